"""The ledger, read-only."""

from dataclasses import replace
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from audit.errors import NoHeads, NoSigningKey, NotSealed, VerificationUnderWay
from audit.finding import Filters, Search
from audit.keys import public_keys
from audit.proofs import proof_of
from audit.selectors import views
from audit.standing import verified
from gateway.pagination import cursor_of, page, rows_read
from gateway.problems import Problem
from portal.api.base import View
from portal.api.queries import EntryFilters, EntryQuery, ExportQuery, wanted
from portal.api.shapes.ledger import EntryShape, KeysShape, ProofShape, VerdictShape
from portal.api.shapes.paging import paged
from portal.ledger_file import JSON_LINES, export_answer

SCRIPT = "text/x-python"
VERIFIER = settings.ROOT / "docs" / "verify_entry.py"


def filters_in(request: Request, query: type[EntryFilters]) -> Filters:
    """The filters that a request gives, checked; raises ValidationError."""
    given = wanted(request, query)
    given.pop("format", None)
    if "run" in given:
        given["run"] = str(given["run"])
    return replace(Filters(), **given)


class Script(JSONRenderer):
    """So that a caller may ask for what it is given."""

    media_type = SCRIPT


class Ledger(View):
    resource = "audit"
    rights = {"GET": "audit.view_entry"}

    @extend_schema(parameters=[EntryQuery], responses=paged(EntryShape))
    def get(self, request: Request) -> Response:
        """Entries, newest first; all filters that are given hold."""
        rows, older, newer = rows_read(Search(filters_in(request, EntryQuery)).rows, cursor_of(request))
        # One serializer for all: each has its copies of all fields, thousands of objects that only the collector frees.
        return page(request, views(rows), older, newer, EntryShape().to_representation)


class LedgerVerify(View):
    resource = "audit"
    rights = {"GET": "audit.view_entry"}

    @extend_schema(responses=VerdictShape)
    def get(self, request: Request) -> Response:
        """All that is sealed is computed anew from the texts of the entries.

        `broken` is what is wrong first, null where all holds; `sealed` and `not_sealed` count entries, `kept` is the
        last head that is kept elsewhere, null where only this server has heads. What takes seconds is done again after
        ten times as long; `verified_at` says when it was.
        """
        try:
            found = verified()
        except VerificationUnderWay as error:
            raise Problem(409, "verification-under-way", str(error), headers={"Retry-After": "5"}) from None
        except (NoSigningKey, NoHeads) as error:
            raise Problem(503, "cannot-verify", f"{error}.") from None
        verdict = found.verdict
        told = {
            **vars(verdict),
            "holds": verdict.holds,
            "statements": verdict.statements,
            "not_sealed": verdict.waiting,
            "verified_at": found.at,
        }
        return Response(VerdictShape(told).data)


class EntryProof(View):
    resource = "audit"
    rights = {"GET": "audit.view_entry"}

    @extend_schema(responses=ProofShape)
    def get(self, request: Request, id: UUID) -> Response:
        """The proof that an entry is in the sealed ledger, for `audit/verifier`."""
        try:
            return Response(proof_of(id))
        except NotSealed:
            raise NotFound("There is no such entry, or it is not sealed yet.") from None


class LedgerKeys(View):
    resource = "audit"
    rights = {"GET": "audit.view_entry"}

    @extend_schema(responses=KeysShape)
    def get(self, request: Request) -> Response:
        """The public keys that seals are signed with: the one in force, then former ones. A proof names its own."""
        keys = sorted(public_keys().values(), key=lambda key: not key.in_force)
        return Response(KeysShape({"keys": keys}).data)


class LedgerVerifier(View):
    resource = "audit"
    rights = {"GET": "audit.view_entry"}
    renderer_classes = (JSONRenderer, Script)

    @extend_schema(responses={(200, SCRIPT): OpenApiTypes.STR})
    def get(self, request: Request) -> HttpResponse:
        """A program that checks a proof without ours: Python's standard library and `cryptography`."""
        return HttpResponse(VERIFIER.read_bytes(), content_type=SCRIPT)


class JsonLines(JSONRenderer):
    """So that a caller may ask for what it is given."""

    media_type = JSON_LINES


class LedgerExport(View):
    resource = "audit"
    rights = {"GET": "audit.view_entry"}
    renderer_classes = (JSONRenderer, JsonLines)

    @extend_schema(parameters=[ExportQuery], responses={(200, JSON_LINES): OpenApiTypes.BINARY})
    def get(self, request: Request) -> StreamingHttpResponse:
        """All entries that fit, oldest first, one a line: its exact canonical text, `seal` and `seq` behind its last
        field. The ledger gets an entry that it was exported, by whom and with which filters."""
        return export_answer(filters_in(request, ExportQuery), actor=self.actor(request))
