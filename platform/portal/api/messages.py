"""Messages: mail that came in, and replies."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from gateway.pagination import cursor_of, page
from mail.errors import NoSuchMessage
from mail.selectors import message_list, message_view
from portal.api.base import View
from portal.api.queries import MessageQuery, wanted
from portal.api.shapes.mail import MessageShape
from portal.api.shapes.paging import paged


class Messages(View):
    resource = "messages"
    rights = {"GET": "mail.view_message"}

    @extend_schema(parameters=[MessageQuery], responses=paged(MessageShape))
    def get(self, request: Request) -> Response:
        """Mail in both directions, newest first."""
        given, cursor = wanted(request, MessageQuery), cursor_of(request)
        listed = message_list(
            run_id=str(given.pop("run", "")),
            thread_id=given.pop("thread", None),
            before=cursor.older_than,
            limit=cursor.limit,
            **given,
        )
        return page(request, listed.items, listed.older, None, lambda message: MessageShape(message).data)


class MessageDetail(View):
    resource = "messages"
    rights = {"GET": "mail.view_message"}

    @extend_schema(responses=MessageShape)
    def get(self, request: Request, id: UUID) -> Response:
        """One message with its text; the HTML is made safe."""
        try:
            return Response(MessageShape(message_view(id)).data)
        except NoSuchMessage:
            raise NotFound() from None
