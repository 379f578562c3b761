"""Cursors of the portal's lists: over time-ordered ids, so that new rows never shift a page."""

from uuid import UUID

from django.http import Http404, HttpRequest

from gateway.pagination import Cursor


def cursor_from(request: HttpRequest) -> Cursor:
    """The cursor in the query: 'o' or 'n' (older, newer than) and an id; 404 for anything else."""
    text = request.GET.get("cursor", "")
    if not text:
        return Cursor()
    try:
        ident = UUID(text[1:])
    except ValueError:
        raise Http404("This is no page of this list.") from None
    if text[0] == "o":
        return Cursor(older_than=ident)
    if text[0] == "n":
        return Cursor(newer_than=ident)
    raise Http404("This is no page of this list.")


def ends(older: UUID | None, newer: UUID | None) -> dict[str, str]:
    """What a template needs for its links to older and newer rows."""
    return {"older": f"o{older}" if older else "", "newer": f"n{newer}" if newer else ""}
