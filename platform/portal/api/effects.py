"""Effects: what runs did to the world."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from portal.api.base import View, refuse
from portal.api.shapes.runs import EffectShape, ResolveShape
from workflows.errors import Refused
from workflows.selectors import effect_get
from workflows.services import effect_resolve


class EffectResolve(View):
    resource = "runs"
    rights = {"POST": "approvals.decide_approval"}

    @extend_schema(request=ResolveShape, responses=EffectShape)
    def post(self, request: Request, id: UUID) -> Response:
        """Say what became of an effect of which nobody knew. Nothing is sent by it, whatever is said."""
        given = ResolveShape(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            effect_resolve(effect=id, outcome=given.validated_data["outcome"], actor=self.actor(request))
        except Refused as refused:
            refuse(refused)
        return Response(EffectShape(effect_get(id)).data)
