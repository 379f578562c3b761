"""Where the pages of records, runs and conversations are."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from workflows.selectors import EffectView

# kind of record -> (its page, how people call it)
RECORDS = {
    "contact": ("portal:customer", "customer"),
    "listing": ("portal:listing", "listing"),
    "enquiry": ("portal:enquiry", "enquiry"),
    "task": ("portal:task", "task"),
    "appointment": ("portal:appointment", "appointment"),
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


def records_of(effect: EffectView) -> list[Link]:
    """The records that an effect wrote, and that are there."""
    if effect.status not in ("done", "undo_failed"):
        return []
    return [link_of(kind, ident) for kind, ident in effect.outcome.items() if kind in RECORDS]
