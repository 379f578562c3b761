"""The ledger, to be read; the sites, which stand on a floor above, register it."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import CharField, OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from audit.canonical import canonical
from audit.models import ActorName, Entry
from audit.registry import event_types, sentence_of
from observability.read_only import ReadOnly

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


class EventFilter(admin.SimpleListFilter):
    title = "event"
    parameter_name = "event"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(event.name, event.name) for event in event_types()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Entry]) -> QuerySet[Entry]:
        return _where(queryset, "event", self.value())


class NamedFilter(admin.SimpleListFilter):
    """One value that a link of the list names; there are too many to offer them all."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        value = self.value()
        return [(value, value)] if value else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Entry]) -> QuerySet[Entry]:
        return _where(queryset, str(self.parameter_name), self.value())


class TargetFilter(NamedFilter):
    title = "target"
    parameter_name = "target"


class ActorFilter(NamedFilter):
    title = "actor"
    parameter_name = "actor"


class RunFilter(NamedFilter):
    title = "run"
    parameter_name = "run"


def _where(found: QuerySet[Entry], field: str, value: str | None) -> QuerySet[Entry]:
    return found.filter(body__contains={field: value}) if value else found


class EntryAdmin(ReadOnly, ModelAdmin):
    list_display = ("at", "sentence", "event_link", "actor_link", "target_link", "run_link")
    list_filter = (EventFilter, TargetFilter, ActorFilter, RunFilter)
    search_fields = ("id",)
    search_help_text = "A target or an actor, such as run:019a8f31-… or person:019a8f31-…, or the name of an event"
    ordering = ("-id",)
    list_per_page = 50
    show_full_result_count = False
    fields = ("at", "sentence", "event", "actor_name", "actor", "target", "run", "data", "text")
    readonly_fields = ("at", "sentence", "event", "actor_name", "actor", "target", "run", "data")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        names = ActorName.objects.filter(key=OuterRef("actor_key")).values("name")[:1]
        found: QuerySet[Entry] = super().get_queryset(request).annotate(actor_key=KeyTextTransform("actor", "body"))
        return found.annotate(actor_name=Subquery(names, output_field=CharField()))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Entry], search_term: str
    ) -> tuple[QuerySet[Entry], bool]:
        term = search_term.strip()
        fields = ("target", "actor") if ":" in term else ("event",)
        found = queryset.none() if term else queryset
        for field in fields:
            found = found | _where(queryset, field, term)
        return found, False

    @admin.display(description="time", ordering="id")
    def at(self, entry: Entry) -> datetime:
        return datetime.fromisoformat(entry.body["at"])

    @admin.display
    def sentence(self, entry: Entry) -> str:
        return sentence_of(entry.body["event"])

    @admin.display
    def event(self, entry: Entry) -> str:
        return str(entry.body["event"])

    @admin.display(description="who")
    def actor_name(self, entry: Entry) -> str:
        """The name that the actor has today, else the beginning of their key."""
        return str(entry.actor_name or _short(entry.body["actor"]))  # type: ignore[attr-defined]

    @admin.display
    def actor(self, entry: Entry) -> str:
        return str(entry.body["actor"])

    @admin.display
    def target(self, entry: Entry) -> str:
        return str(entry.body["target"])

    @admin.display(empty_value="-")
    def run(self, entry: Entry) -> str | None:
        return entry.body["run"] or None

    @admin.display
    def data(self, entry: Entry) -> str:
        return canonical(entry.body["data"])

    @admin.display(description="event")
    def event_link(self, entry: Entry) -> SafeString:
        return _link("event", entry.body["event"], entry.body["event"])

    @admin.display(description="who")
    def actor_link(self, entry: Entry) -> SafeString:
        return _link("actor", entry.body["actor"], self.actor_name(entry))

    @admin.display(description="target")
    def target_link(self, entry: Entry) -> SafeString:
        return _link("target", entry.body["target"], _short(entry.body["target"]))

    @admin.display(description="run", empty_value="-")
    def run_link(self, entry: Entry) -> SafeString | None:
        run = entry.body["run"]
        return _link("run", run, _short(run)) if run else None


def _link(field: str, value: str, text: str) -> SafeString:
    return format_html('<a href="?{}" title="{}">{}</a>', urlencode({field: value}), value, text)


def _short(key: str) -> str:
    kind, colon, ident = key.rpartition(":")
    return f"{kind}{colon}{ident[:13]}…" if len(ident) > 14 else key


def register(site: admin.AdminSite) -> None:
    """Put the ledger of the site's schema on it."""
    site.register(Entry, EntryAdmin)
