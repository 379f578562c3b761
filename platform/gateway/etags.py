"""Versions of what the API shows as ETags: read once, written only if nobody wrote in between (RFC 9110)."""

from typing import Any

from django.utils.http import parse_etags
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from gateway.problems import Problem

ETAG = OpenApiParameter(
    "ETag", str, "header", response=["200", "201", "304", "412"], description="The record's version."
)
IF_MATCH = OpenApiParameter(
    "If-Match", str, "header", description="Change only this version (an ETag); without it the last write wins."
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, "header", description="Answer 304 when it still is this version."
)


def etag_of(version: int) -> str:
    """The ETag of a version."""
    return f'"{version}"'


def shown_with(version: int, body: Any, request: Request, status: int = 200) -> Response:
    """`body` with its ETag, or 304 when the caller has this version already."""
    etag = etag_of(version)
    known = _named(request.headers.get("If-None-Match"), "If-None-Match")
    # Compared weakly, as RFC 9110 has it for reading: a proxy that compresses marks the ETag so.
    if request.method in ("GET", "HEAD") and etag in [each.removeprefix("W/") for each in known]:
        return Response(status=304, headers={"ETag": etag})
    return Response(body, status=status, headers={"ETag": etag})


def version_expected(request: Request, version: int) -> int | None:
    """The version that the write must start from, where the caller asks for one; 412 when it is not `version`."""
    given = request.headers.get("If-Match")
    if given is None:
        return None
    wanted = _named(given, "If-Match")
    if "*" in wanted:
        return None
    if etag_of(version) not in wanted:
        raise changed_meanwhile(version)
    return version


def changed_meanwhile(version: int) -> Problem:
    """412 with the version that is there now."""
    sentence = "It has been changed since it was read: read it again, then change it."
    return Problem(412, "precondition-failed", sentence, headers={"ETag": etag_of(version)})


def _named(given: str | None, header: str) -> list[str]:
    if given is None:
        return []
    found = parse_etags(given)
    if not found:
        raise Problem(400, "bad-request", f'{header} must be ETags such as "3", or *.')
    return found
