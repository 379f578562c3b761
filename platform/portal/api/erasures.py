"""contacts/{id}/erase: a customer's data is taken out."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from portal.api.base import View, found, refuse
from workflows.errors import Refused
from workflows.selectors import ErasureStatus, erasure_of
from workflows.services import erasure_request


class ErasureShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    contact = serializers.UUIDField()
    status = serializers.ChoiceField(ErasureStatus.choices)
    requested_by = serializers.CharField()
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="Erased rows by table")
    error = serializers.CharField(help_text="Why it rests; empty while it does not")
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class ContactErase(View):
    resource = "erasures"
    rights = {"GET": "workflows.view_erasure", "POST": "workflows.add_erasure"}

    @extend_schema(responses=ErasureShape)
    def get(self, request: Request, id: UUID) -> Response:
        """How far the last erasure of this customer has come."""
        return Response(ErasureShape(found(erasure_of(id))).data)

    @extend_schema(request=None, responses={202: ErasureShape})
    def post(self, request: Request, id: UUID) -> Response:
        """Erase this customer: what waits or is held for them stops now, what is known of them goes within seconds.
        It cannot be taken back. Asked again before it is done, it is the same erasure."""
        try:
            erasure_request(contact=id, actor=self.actor(request))
        except Refused as refused:
            refuse(refused)
        return Response(ErasureShape(erasure_of(id)).data, status=202)
