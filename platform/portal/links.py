"""Where the pages of records, runs and conversations are."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from workflows.selectors import EffectView

# kind of record -> (its page, how people call it)
RECORDS = {
    "contact": ("portal:customer", "customer"),
    "listing": ("portal:listing", "listing"),
    "enquiry": ("portal:enquiry", "enquiry"),
    "task": ("portal:task", "task"),
    "appointment": ("portal:appointment", "appointment"),
    "document": ("portal:document", "document"),
    "thread": ("portal:conversation", "conversation"),
    "run": ("portal:run", "run"),
    "approval": ("portal:approval", "proposal"),
    "undoplan": ("portal:undo_plan", "undo plan"),
}


@dataclass(frozen=True)
class Link:
    """A record by what people call it; `url` is empty where it has no page."""

    label: str
    url: str


def link_of(kind: str, ident: object) -> Link:
    """The link to a record; without an address where `ident`, which a reader may have typed, can be none's."""
    name, label = RECORDS.get(kind, ("", kind.replace("_", " ")))
    try:
        return Link(label, reverse(name, args=[ident]) if name else "")
    except NoReverseMatch:
        return Link(label, "")


def key_in(text: str) -> str:
    """The key of the record whose page's address this is; any other text as it is."""
    try:
        found = resolve(urlsplit(text).path) if "/" in text else None
    except (Resolver404, ValueError):
        found = None
    if found is None:
        return text
    kinds = {name: kind for kind, (name, _) in RECORDS.items()}
    idents = [str(value) for value in found.kwargs.values()]
    return f"{kinds[found.view_name]}:{idents[0]}" if found.view_name in kinds and idents else text


def records_of(effect: EffectView) -> list[Link]:
    """The records that an effect wrote, and that are there."""
    if effect.status not in ("done", "undo_failed"):
        return []
    return [link_of(kind, ident) for kind, ident in effect.outcome.items() if kind in RECORDS]
