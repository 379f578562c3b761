"""Events: post one to start the workflows that it fits."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from gateway.pagination import cursor_of, page, rows_of
from portal.api.base import View, found
from portal.api.queries import EventQuery, wanted
from portal.api.shapes.events import EventShape
from portal.api.shapes.paging import paged
from workflows.selectors import event_view, events
from workflows.services import event_receive


class Events(View):
    resource = "events"
    rights = {"GET": "workflows.view_run", "POST": "workflows.add_event"}

    @extend_schema(parameters=[EventQuery], responses=paged(EventShape))
    def get(self, request: Request) -> Response:
        """What has happened, newest first; `type` filters."""
        found_events = events(**wanted(request, EventQuery))
        return page(
            request, *rows_of(found_events, cursor_of(request)), lambda event: EventShape(event_view(event)).data
        )

    @extend_schema(request=EventShape, responses={202: EventShape})
    def post(self, request: Request) -> Response:
        """Tell of an event; every active workflow whose trigger it fits starts a run."""
        given = EventShape(data=request.data)
        given.is_valid(raise_exception=True)
        actor = self.actor(request)
        received = event_receive(
            type=given.validated_data["type"],
            data=given.validated_data.get("data", {}),
            actor=actor,
            requester=actor.person,
        )
        event = events().get(pk=received.event)
        return Response(EventShape(event_view(event)).data, status=202)


class EventDetail(View):
    resource = "events"
    rights = {"GET": "workflows.view_run"}

    @extend_schema(responses=EventShape)
    def get(self, request: Request, id: UUID) -> Response:
        """One event."""
        return Response(EventShape(event_view(found(events().filter(pk=id).first()))).data)
