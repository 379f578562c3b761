"""Outbound webhooks: where they are sent, and what became of each."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from gateway.pagination import PageQuery, cursor_of, page, rows_of
from gateway.problems import Problem
from notify.errors import EndpointOff, EndpointRefused
from notify.selectors import deliveries, delivery_view, endpoint_view, endpoints
from notify.services import delivery_resend, endpoint_add, endpoint_delete, endpoint_switch, webhook_test
from portal.api.base import View, found
from portal.api.queries import DeliveryQuery, wanted
from portal.api.shapes.paging import paged
from portal.api.shapes.webhooks import DeliveryShape, EndpointShape, NewEndpointShape, SwitchShape


def _shown(id: UUID) -> dict[str, Any]:
    return dict(EndpointShape(endpoint_view(found(endpoints().filter(pk=id).first()))).data)


class Webhooks(View):
    resource = "webhooks"
    rights = {"GET": "notify.view_endpoint", "POST": "notify.add_endpoint"}

    @extend_schema(parameters=[PageQuery], responses=paged(EndpointShape))
    def get(self, request: Request) -> Response:
        """Where webhooks are sent, newest first."""
        rows = rows_of(endpoints(), cursor_of(request))
        return page(request, *rows, lambda row: EndpointShape(endpoint_view(row)).data)

    @extend_schema(request=EndpointShape, responses={201: NewEndpointShape})
    def post(self, request: Request) -> Response:
        """Have webhooks sent to an address; the secret that signs them is told this once."""
        given = EndpointShape(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            made = endpoint_add(**given.validated_data, actor=self.actor(request))
        except EndpointRefused as error:
            faults = [{"path": error.field, "message": error.sentence}]
            raise Problem(422, "invalid", "The webhook is not valid.", errors=faults) from None
        return Response({**_shown(made.id), "secret": made.secret}, status=201)


class WebhookDetail(View):
    resource = "webhooks"
    rights = {
        "GET": "notify.view_endpoint",
        "PATCH": "notify.change_endpoint",
        "DELETE": "notify.delete_endpoint",
    }

    @extend_schema(responses=EndpointShape)
    def get(self, request: Request, id: UUID) -> Response:
        """One webhook."""
        return Response(_shown(id))

    @extend_schema(request=SwitchShape, responses=EndpointShape)
    def patch(self, request: Request, id: UUID) -> Response:
        """Switch it on or off."""
        _shown(id)
        given = SwitchShape(data=request.data)
        given.is_valid(raise_exception=True)
        endpoint_switch(endpoint_id=id, on=given.validated_data["enabled"], actor=self.actor(request))
        return Response(_shown(id))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, id: UUID) -> Response:
        """Forget it, with what was sent to it."""
        _shown(id)
        endpoint_delete(endpoint_id=id, actor=self.actor(request))
        return Response(status=204)


class WebhookTest(View):
    resource = "webhooks"
    rights = {"POST": "notify.change_endpoint"}

    @extend_schema(request=None, responses={202: DeliveryShape})
    def post(self, request: Request, id: UUID) -> Response:
        """Send a `webhook.test`, to see whether it arrives."""
        _shown(id)
        try:
            sent = webhook_test(endpoint_id=id, actor=self.actor(request))
        except EndpointOff as error:
            raise Problem(409, "webhook-off", error.sentence) from None
        return Response(DeliveryShape(delivery_view(deliveries(endpoint=id).get(pk=sent))).data, status=202)


class Deliveries(View):
    resource = "webhooks"
    rights = {"GET": "notify.view_endpoint"}

    @extend_schema(parameters=[DeliveryQuery], responses=paged(DeliveryShape))
    def get(self, request: Request, id: UUID) -> Response:
        """What was sent, newest first, with what came back; settled ones are kept for 30 days."""
        _shown(id)
        rows = rows_of(deliveries(endpoint=id, **wanted(request, DeliveryQuery)), cursor_of(request))
        return page(request, *rows, lambda row: DeliveryShape(delivery_view(row)).data)


class DeliveryResend(View):
    resource = "webhooks"
    rights = {"POST": "notify.change_endpoint"}

    @extend_schema(request=None, responses={202: DeliveryShape})
    def post(self, request: Request, id: UUID, delivery: UUID) -> Response:
        """Send it once more, under the same id."""
        if not deliveries(endpoint=id).filter(pk=delivery).exists():
            raise NotFound
        try:
            delivery_resend(delivery_id=delivery, actor=self.actor(request))
        except EndpointOff as error:
            raise Problem(409, "webhook-off", error.sentence) from None
        return Response(DeliveryShape(delivery_view(deliveries(endpoint=id).get(pk=delivery))).data, status=202)
