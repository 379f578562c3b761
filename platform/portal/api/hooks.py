"""Inbound webhooks: an address that whoever knows it may post to; what is posted becomes an event."""

from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from gateway.authentication import HookAuthentication, hook_of
from gateway.pagination import PageQuery, cursor_of, page, rows_of
from gateway.problems import Problem
from gateway.selectors import hook_view, hooks
from gateway.services import hook_create, hook_revoke
from portal.api.base import View, found
from portal.api.shapes.events import EventShape, HookShape, NewHookShape
from portal.api.shapes.paging import paged
from workflows.selectors import event_view, events
from workflows.services import event_receive

LARGEST_BODY = 256 * 1024


class Hooks(View):
    resource = "hooks"
    rights = {"GET": "gateway.view_hook", "POST": "gateway.add_hook"}

    @extend_schema(parameters=[PageQuery], responses=paged(HookShape))
    def get(self, request: Request) -> Response:
        """Inbound webhooks, newest first, revoked ones too."""
        return page(request, *rows_of(hooks(), cursor_of(request)), lambda row: HookShape(hook_view(row)).data)

    @extend_schema(request=HookShape, responses={201: NewHookShape})
    def post(self, request: Request) -> Response:
        """Make an inbound webhook; its address is told this once."""
        given = HookShape(data=request.data)
        given.is_valid(raise_exception=True)
        made = hook_create(name=given.validated_data["name"], actor=self.actor(request))
        address = request.build_absolute_uri(f"/api/v1/hooks/{made.token}")
        shown = HookShape(hook_view(hooks().get(pk=made.id))).data
        return Response({**shown, "address": address}, status=201)


class HookRevoke(View):
    resource = "hooks"
    rights = {"POST": "gateway.change_hook"}

    @extend_schema(request=None, responses=HookShape)
    def post(self, request: Request, id: UUID) -> Response:
        """Make an inbound webhook's address useless at once."""
        found(hooks().filter(pk=id).first())
        hook_revoke(hook=id, actor=self.actor(request))
        return Response(HookShape(hook_view(hooks().get(pk=id))).data)


class HookPost(View):
    """The address itself: knowing it is the right to post to it."""

    authentication_classes = [HookAuthentication]
    permission_classes = []

    @extend_schema(request=OpenApiTypes.OBJECT, responses={202: EventShape}, auth=[])
    def post(self, request: Request, token: str) -> Response:
        """Tell of an event `hook.<name>` whose data is the body, a JSON object; it starts what it fits."""
        hook = hook_of(request)
        if len(request.body) > LARGEST_BODY:
            raise Problem(413, "too-large", f"The body may have {LARGEST_BODY // 1024} KiB.")
        if not isinstance(request.data, dict):
            raise ValidationError(["The body must be a JSON object."])
        received = event_receive(type=f"hook.{hook.name}", data=request.data, actor=self.actor(request))
        return Response(EventShape(event_view(events().get(pk=received.event))).data, status=202)
