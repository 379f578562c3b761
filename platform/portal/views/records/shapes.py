"""What the templates of records draw: rows of lists, fields and parts of a record's page, and what a kind brings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from crm.forms import FORMS, RecordForm
from crm.selectors import Page
from gateway.pagination import Cursor


@dataclass(frozen=True)
class Row:
    """A record in a list. It begins with the initials of `person`, else with its kind's icon, or with a tick."""

    kind: str
    id: UUID
    url: str
    title: str
    under: str = ""
    person: str = ""
    middle: str = ""
    middle_under: str = ""
    tag: str = ""
    tone: str = ""
    end: str = ""
    end_exact: str = ""
    end_tone: str = ""
    end_words: str = ""
    done: bool | None = None


@dataclass(frozen=True)
class Field:
    """A field on a record's page; `form`: "lines" keeps them. `empty` stands where there is no value."""

    label: str
    value: str
    url: str = ""
    form: str = ""
    empty: str = "Not known"


@dataclass(frozen=True)
class Block:
    """A part of a record's page: rows of other records, with the way to add one."""

    title: str
    rows: list[Row]
    empty: str
    new_url: str = ""
    new_label: str = ""


@dataclass(frozen=True)
class Detail:
    """A record's page."""

    title: str
    fields: list[Field]
    blocks: list[Block] = field(default_factory=list)
    person: str = ""
    tag: str = ""
    tone: str = ""
    more_title: str = ""
    more: list[Field] = field(default_factory=list)
    erase_url: str = ""


@dataclass(frozen=True)
class Filter:
    """A choice among `options` in the URL."""

    name: str
    label: str
    options: Mapping[str, str]
    value: str


@dataclass(frozen=True)
class Tab:
    """A list among several of one kind."""

    label: str
    url: str
    current: bool
    count: str = ""


@dataclass(frozen=True)
class Found:
    """One page of a list with its filters."""

    page: Page[Any]
    filters: list[Filter] = field(default_factory=list)
    tabs: list[Tab] = field(default_factory=list)


@dataclass(frozen=True)
class Section:
    """What a kind brings to the pages that all share. `one` and `many` name its URLs, `noun` its words."""

    kind: str
    one: str
    many: str
    label: str
    noun: str
    nouns: str
    path: str
    hint: str
    find: Callable[[HttpRequest, Cursor], Found] | None
    view: Callable[[UUID], Any]
    rows: Callable[..., list[Row]]
    detail: Callable[[Any, "Rights"], Detail]
    given: Callable[[HttpRequest], dict[str, Any]]

    @property
    def form(self) -> type[RecordForm]:
        return FORMS[self.kind]

    def right(self, verb: str) -> str:
        return f"crm.{verb}_{self.kind}"

    def counted(self, number: int) -> str:
        """1 enquiry, 2 enquiries."""
        return f"{number:,} {self.noun if number == 1 else self.nouns}"

    @property
    def list_url(self) -> str:
        return reverse(f"portal:{self.many}")

    @property
    def new_url(self) -> str:
        return reverse(f"portal:{self.one}_new")

    def url(self, id: UUID, act: str = "") -> str:
        return reverse(f"portal:{self.one}{act}", args=[id])


@dataclass(frozen=True)
class Rights:
    """What the person who looks may do with records."""

    has: Callable[[str], bool]

    def may(self, verb: str, kind: str) -> bool:
        return self.has(f"crm.{verb}_{kind}")

    def block(self, kind: str, title: str, rows: list[Row], empty: str, **given: object) -> Block:
        """Records of `kind` that belong to another one; where the person may, with the way to add one of `given`."""
        if not self.may("add", kind):
            return Block(title, rows, empty)
        query = "&".join(f"{name}={value}" for name, value in given.items() if value)
        return Block(title, rows, empty, f"{reverse(f'portal:{kind}_new')}?{query}", f"New {kind}")


def rights_of(request: HttpRequest) -> Rights:
    """The rights of the one who asks."""
    return Rights(request.user.has_perm)


def uuid_in(request: HttpRequest, name: str) -> UUID | None:
    """An id in the query; None for anything else."""
    try:
        return UUID(request.GET.get(name, ""))
    except ValueError:
        return None


def chosen(request: HttpRequest, name: str, options: Mapping[str, str]) -> str | None:
    """A choice in the query, where it is one of the `options`."""
    value = request.GET.get(name, "")
    return value if value in options else None


def search_in(request: HttpRequest) -> str:
    """The words that are searched."""
    return request.GET.get("q", "").strip()[:200]
