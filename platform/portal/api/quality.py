"""How good the AI's work is: what people made of it, what it cost, and whether that has changed."""

from datetime import timedelta

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from ai.quality.selectors import Filters, looks, quality
from portal.api.base import View
from portal.api.queries import QualityQuery, wanted
from portal.api.shapes.quality import QualityShape

LATELY = timedelta(days=30)


class QualityReport(View):
    resource = "ai"
    rights = {"GET": "ai.view_call"}

    @extend_schema(parameters=[QualityQuery], responses=QualityShape)
    def get(self, request: Request) -> Response:
        """What people made of the AI's proposals, and what its calls came to, by version, purpose, model, intent,
        prompt, day or week. Shares come with 95 % bounds.
        """
        given = wanted(request, QualityQuery)
        by = given.pop("group_by", "version")
        until = given.pop("until", None) or timezone.now()
        since = given.pop("since", None) or until - LATELY
        found = quality(Filters(since=since, until=until, **given))
        told = {
            "group_by": by,
            "since": since,
            "until": until,
            "currency": "USD",
            "results": [
                {"key": "/".join(key), "judged": found.proposals(by).get(key), "calls": found.calls(by).get(key)}
                for key in found.keys(by)
            ],
            "checks": [{"name": name, "calls": count} for name, count in found.checks.items()],
            "fallbacks": [{"reason": reason, "answers": count} for reason, count in found.reasons.items()],
            "fallback_kinds": [{"kind": kind, "answers": count} for kind, count in found.kinds.items()],
            "latency": found.latency,
            "looks": looks(workflow=given.get("workflow", "")),
        }
        return Response(QualityShape(told).data)
