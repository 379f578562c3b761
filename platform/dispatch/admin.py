"""Due work and living processes, for operators to look at; the operators' site registers them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from dispatch.models import Heartbeat, Work
from observability.read_only import ReadOnly

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("parked", "Parked"),
            ("due", "Due, and nobody is at it"),
            ("busy", "Worked on"),
            ("later", "Not yet due"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Work]) -> QuerySet[Work]:
        now = timezone.now()
        match self.value():
            case "parked":
                return queryset.filter(parked_at__isnull=False)
            case "busy":
                return queryset.filter(leased_until__gt=now)
            case "due":
                return queryset.filter(parked_at=None, due_at__lte=now).exclude(leased_until__gt=now)
            case "later":
                return queryset.filter(parked_at=None, due_at__gt=now).exclude(leased_until__gt=now)
        return queryset


class WorkAdmin(ReadOnly, ModelAdmin):
    list_display = ("handler", "subject", "tenant", "queue", "due_at", "attempts", "parked_at", "leased_until", "error")
    list_filter = (StateFilter, "queue")
    search_fields = ("tenant", "handler", "subject", "error")
    ordering = ("-parked_at", "due_at")
    list_per_page = 50
    show_full_result_count = False


class HeartbeatAdmin(ReadOnly, ModelAdmin):
    list_display = ("process", "kind", "at")
    list_filter = ("kind",)
    ordering = ("-at",)


def register(site: admin.AdminSite, *, work_actions: Sequence[Any]) -> None:
    """Put both on a site; `work_actions` come from the floor that can write the ledger."""
    site.register(Work, WorkAdmin, actions=work_actions)
    site.register(Heartbeat, HeartbeatAdmin)
