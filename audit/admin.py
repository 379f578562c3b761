"""The ledger, to be read; the sites, which stand on a floor above, register it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import CharField, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from audit.canonical import canonical
from audit.errors import NoHeads, NoSigningKey, NotSealed, VerificationUnderWay
from audit.finding import ANY_OF, Filters, Search, by_fields, placed
from audit.models import ActorName, Entry
from audit.proofs import proof_file
from audit.registry import event_types, sentence_of
from audit.selectors import said
from audit.standing import last_verified, standing, verified
from observability.read_only import ReadOnly

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    Pages = Paginator[Any]
else:
    ModelAdmin = admin.ModelAdmin
    Pages = Paginator


class LedgerFilter(admin.SimpleListFilter):
    """One of the ledger's filters, as `audit.finding` knows them."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Entry]) -> QuerySet[Entry]:
        value = self.value()
        return by_fields(queryset).filter(Search(self.wanted(value)).condition()) if value else queryset

    def wanted(self, value: str) -> Filters:
        given: dict[str, Any] = {str(self.parameter_name): value}
        return replace(Filters(), **given)


class EventFilter(LedgerFilter):
    title = "event"
    parameter_name = "event"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        names = [event.name for event in event_types()]
        families = dict.fromkeys(f"{name.partition('.')[0]}{ANY_OF}" for name in names)
        return [(name, name) for name in sorted([*names, *families])]


class NamedFilter(LedgerFilter):
    """One value that a link of the list names; there are too many to offer them all."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        value = self.value()
        return [(value, value)] if value else []


class TargetFilter(NamedFilter):
    title = "target"
    parameter_name = "target"


class AboutFilter(NamedFilter):
    title = "everything about"
    parameter_name = "about"


class ActorFilter(NamedFilter):
    title = "actor"
    parameter_name = "actor"


class RunFilter(NamedFilter):
    title = "run"
    parameter_name = "run"


class WhenFilter(LedgerFilter):
    """A period that ends now, in days of the tenant's zone."""

    title = "time"
    parameter_name = "days"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("1", "Today"), ("7", "Last 7 days"), ("30", "Last 30 days"), ("365", "Last 365 days")]

    def wanted(self, value: str) -> Filters:
        today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        days = int(value) if value.isdecimal() and len(value) < 5 else 1
        return Filters(since=today - timedelta(days=days - 1))


class Newest(Pages):
    """Pages of the newest entries that fit: counting a million of them would take longer than all else."""

    COUNTED = 10_000

    @cached_property
    def count(self) -> int:
        found = cast(QuerySet[Entry], self.object_list)
        return found.order_by("-id").values("pk")[: self.COUNTED].count()


class EntryAdmin(ReadOnly, ModelAdmin):
    list_display = ("place", "at", "sentence", "event_link", "actor_link", "target_link", "run_link")
    list_filter = (WhenFilter, EventFilter, TargetFilter, AboutFilter, ActorFilter, RunFilter)
    search_fields = ("id",)
    search_help_text = (
        "A record or an actor, such as contact:019a8f31-… or person:019a8f31-…, or an event, such as approval.*"
    )
    ordering = ("-id",)
    list_per_page = 50
    paginator = Newest
    show_full_result_count = False
    readonly_fields = (
        *("at", "sentence", "event", "actor_name", "actor", "target", "run", "data"),
        *("place", "seal", "proof"),
    )
    fields = (*readonly_fields[:8], "text", *readonly_fields[8:])

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        names = ActorName.objects.filter(key=OuterRef("actor_key")).values("name")[:1]
        entries: QuerySet[Entry] = super().get_queryset(request)
        found = placed(entries).annotate(actor_key=KeyTextTransform("actor", "body"))
        return found.annotate(actor_name=Subquery(names, output_field=CharField()))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Entry], search_term: str
    ) -> tuple[QuerySet[Entry], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        named = (Filters(about=term), Filters(actor=term)) if ":" in term else (Filters(event=term),)
        any_of = Q()
        for filters in named:
            any_of |= Search(filters).condition()
        return by_fields(queryset).filter(any_of), False

    def get_urls(self) -> list[Any]:
        wrapped = self.admin_site.admin_view(require_POST(self.verify_view))
        return [path("verify/", wrapped, name="audit_entry_verify"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        more = {"standing": standing(), "checked": last_verified()} if self.has_view_permission(request) else {}
        return super().changelist_view(request, {**(extra_context or {}), **more})

    def verify_view(self, request: HttpRequest) -> HttpResponse:
        """Verify the ledger of this site's schema, and show in its list what that came to."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            verified()
        except (VerificationUnderWay, NoSigningKey, NoHeads) as error:
            self.message_user(request, str(error), messages.WARNING)
        return HttpResponseRedirect(reverse("admin:audit_entry_changelist", current_app=self.admin_site.name))

    @admin.display(description="no.", empty_value="not yet sealed")
    def place(self, entry: Entry) -> int | None:
        seq: int | None = entry.seq  # type: ignore[attr-defined]
        return seq

    @admin.display(empty_value="-")
    def seal(self, entry: Entry) -> int | None:
        number: int | None = entry.seal  # type: ignore[attr-defined]
        return number

    @admin.display(empty_value="-")
    def proof(self, entry: Entry) -> SafeString | None:
        """What `docs/verify_entry.py` checks without ours."""
        try:
            return format_html("<pre>{}</pre>", proof_file(entry.pk))
        except NotSealed:
            return None

    @admin.display(description="time", ordering="id")
    def at(self, entry: Entry) -> datetime:
        return said(entry).at

    @admin.display
    def sentence(self, entry: Entry) -> str:
        return sentence_of(said(entry).event)

    @admin.display
    def event(self, entry: Entry) -> str:
        return said(entry).event

    @admin.display(description="who")
    def actor_name(self, entry: Entry) -> str:
        """The name that the actor has today, else the beginning of their key."""
        return str(entry.actor_name or _short(said(entry).actor))  # type: ignore[attr-defined]

    @admin.display
    def actor(self, entry: Entry) -> str:
        return said(entry).actor

    @admin.display
    def target(self, entry: Entry) -> str:
        return said(entry).target

    @admin.display(empty_value="-")
    def run(self, entry: Entry) -> str | None:
        return said(entry).run

    @admin.display
    def data(self, entry: Entry) -> str:
        return canonical(said(entry).data)

    @admin.display(description="event")
    def event_link(self, entry: Entry) -> SafeString:
        return _link("event", said(entry).event, said(entry).event)

    @admin.display(description="who")
    def actor_link(self, entry: Entry) -> SafeString:
        return _link("actor", said(entry).actor, self.actor_name(entry))

    @admin.display(description="target")
    def target_link(self, entry: Entry) -> SafeString:
        return _link("target", said(entry).target, _short(said(entry).target))

    @admin.display(description="run", empty_value="-")
    def run_link(self, entry: Entry) -> SafeString | None:
        run = said(entry).run
        return _link("run", run, _short(run)) if run else None


def _link(field: str, value: str, text: str) -> SafeString:
    return format_html('<a href="?{}" title="{}">{}</a>', urlencode({field: value}), value, text)


def _short(key: str) -> str:
    kind, colon, ident = key.rpartition(":")
    return f"{kind}{colon}{ident[:13]}…" if len(ident) > 14 else key


def register(site: admin.AdminSite) -> None:
    """Put the ledger of the site's schema on it."""
    site.register(Entry, EntryAdmin)
