"""What no reply may speak of: the tenant's own topics, beside those of every tenant."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from ai.errors import NoSuchTopic, TopicChanged, TopicRefused
from ai.topics.selectors import TOPICS, TopicView, topic_get, topics
from ai.topics.services import topic_add, topic_change, topic_remove
from gateway.etags import ETAG, IF_MATCH, IF_NONE_MATCH, changed_meanwhile, shown_with, version_expected
from gateway.openapi import ProblemSerializer
from gateway.problems import Problem
from portal.api.base import View, found
from portal.api.shapes.topics import TopicShape, TopicsShape

MOVED = {
    (412, "application/problem+json"): OpenApiResponse(
        ProblemSerializer, description="It was changed since; `ETag` names it."
    )
}


def _shown(topic: TopicView) -> dict[str, Any]:
    return dict(TopicShape(topic).data)


def _given(request: Request, *, partial: bool) -> dict[str, Any]:
    given = TopicShape(data=request.data, partial=partial)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


def _refused(error: TopicRefused) -> Problem:
    faults = [{"path": path, "message": sentence} for path, sentence in error.faults]
    return Problem(422, "invalid", "The topic is not valid.", errors=faults)


class Topics(View):
    resource = "ai"
    rights = {"GET": "ai.view_forbiddentopic", "POST": "ai.add_forbiddentopic"}

    @extend_schema(responses=TopicsShape)
    def get(self, request: Request) -> Response:
        """What no reply may speak of: `topics` are the tenant's own, `built_in` hold for everybody."""
        return Response(TopicsShape({"topics": topics(), "built_in": TOPICS}).data)

    @extend_schema(parameters=[ETAG], request=TopicShape, responses={201: TopicShape})
    def post(self, request: Request) -> Response:
        """Forbid a topic."""
        given = _given(request, partial=False)
        try:
            made = topic_add(actor=self.actor(request), **given)
        except TopicRefused as error:
            raise _refused(error) from None
        return shown_with(made.version, _shown(made), request, 201)


class TopicDetail(View):
    resource = "ai"
    rights = {
        "GET": "ai.view_forbiddentopic",
        "PATCH": "ai.change_forbiddentopic",
        "DELETE": "ai.delete_forbiddentopic",
    }

    @extend_schema(
        parameters=[ETAG, IF_NONE_MATCH],
        responses={200: TopicShape, 304: OpenApiResponse(description="It still is that version.")},
    )
    def get(self, request: Request, id: UUID) -> Response:
        """One topic of the tenant's."""
        topic = found(topic_get(id))
        return shown_with(topic.version, _shown(topic), request)

    @extend_schema(parameters=[ETAG, IF_MATCH], request=TopicShape, responses={200: TopicShape, **MOVED})
    def patch(self, request: Request, id: UUID) -> Response:
        """Change it, or switch it off and on with `in_use`; `If-Match` makes sure that nobody did in between."""
        given = _given(request, partial=True)
        seen = version_expected(request, found(topic_get(id)).version)
        try:
            changed = topic_change(topic=id, actor=self.actor(request), seen=seen, **given)
        except NoSuchTopic:
            raise NotFound from None
        except TopicChanged as error:
            raise changed_meanwhile(error.found) from None
        except TopicRefused as error:
            raise _refused(error) from None
        return shown_with(changed.version, _shown(changed), request)

    @extend_schema(parameters=[IF_MATCH], responses={204: None, **MOVED})
    def delete(self, request: Request, id: UUID) -> Response:
        """Forget it: replies may speak of it."""
        seen = version_expected(request, found(topic_get(id)).version)
        try:
            topic_remove(topic=id, actor=self.actor(request), seen=seen)
        except NoSuchTopic:
            raise NotFound from None
        except TopicChanged as error:
            raise changed_meanwhile(error.found) from None
        return Response(status=204)
