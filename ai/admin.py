"""Calls, to be read, and phrases, written through the services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.selectors import actor_of
from ai.models import Call, Phrase
from ai.services import phrase_remove, phrase_set
from ai.words import READ
from tenants.admin import tenant_site

if TYPE_CHECKING:
    CallModelAdmin = admin.ModelAdmin[Call]
    PhraseModelAdmin = admin.ModelAdmin[Phrase]
else:
    CallModelAdmin = PhraseModelAdmin = admin.ModelAdmin


@admin.register(Call, site=tenant_site)
class CallAdmin(CallModelAdmin):
    list_display = ("created_at", "purpose", "provider", "model_served", "outcome", "error", "cost_usd", "latency_ms")
    list_filter = ("purpose", "use", "provider", "outcome", "created_at")
    search_fields = ("run_id", "step", "model_served")
    ordering = ("-id",)
    list_per_page = 50
    show_full_result_count = False

    def get_exclude(self, request: HttpRequest, obj: Call | None = None) -> tuple[str, ...]:
        """The words of an answer are for who may read them; the page of a call tells others how long they are."""
        return () if request.user.has_perm(READ) else ("answer",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Call | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Call | None = None) -> bool:
        return False


@admin.register(Phrase, site=tenant_site)
class PhraseAdmin(PhraseModelAdmin):
    fields = ("part", "language", "text")
    list_display = ("text", "part", "language")
    list_filter = ("part", "language")
    search_fields = ("text",)
    ordering = ("part", "language", "text")

    def save_model(self, request: HttpRequest, obj: Phrase, form: Any, change: bool) -> None:
        phrase_set(id=obj.pk, language=obj.language, part=obj.part, text=obj.text, actor=actor_of(request.user))
        obj.refresh_from_db()

    def delete_model(self, request: HttpRequest, obj: Phrase) -> None:
        phrase_remove(id=obj.pk, actor=actor_of(request.user))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Phrase]) -> None:
        for phrase in queryset:
            phrase_remove(id=phrase.pk, actor=actor_of(request.user))
