"""Prices and the switch for every workspace in the operators' admin: written through the services, so that the ledger
tells of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.selectors import actor_of
from ai.catalog.models import ModelPrice, Switch, SwitchMode
from ai.catalog.selectors import stopped_for_all
from ai.catalog.services import FIELDS, price_remove, price_set, switch_set
from audit.services import Actor
from tenants.admin import operator_site

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    ModelForm = forms.ModelForm[Switch]
else:
    ModelAdmin = admin.ModelAdmin
    ModelForm = forms.ModelForm


@admin.register(ModelPrice, site=operator_site)
class ModelPriceAdmin(ModelAdmin):
    fields = FIELDS
    list_display = ("model", "valid_from", "min_prompt_tokens", "input", "output", "cache_read", "source")
    list_filter = ("model",)
    search_fields = ("model", "source")

    def save_model(self, request: HttpRequest, obj: ModelPrice, form: Any, change: bool) -> None:
        price_set(id=obj.pk, fields={name: getattr(obj, name) for name in FIELDS}, actor=_operator(request))
        obj.refresh_from_db()

    def delete_model(self, request: HttpRequest, obj: ModelPrice) -> None:
        price_remove(id=obj.pk, actor=_operator(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ModelPrice]) -> None:
        for price in queryset:
            price_remove(id=price.pk, actor=_operator(request))


class SwitchForm(ModelForm):
    """The AI of every workspace, off with a reason, or on."""

    class Meta:
        widgets: ClassVar = {"reason": AdminTextareaWidget(attrs={"rows": 3})}

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        mode, reason = self.cleaned_data.get("mode"), self.cleaned_data.get("reason", "")
        if mode == SwitchMode.PEOPLE_ONLY and not reason.strip():
            self.add_error("reason", "Say why: everybody in every workspace reads it.")
        if mode == SwitchMode.POLICY and not stopped_for_all():
            self.add_error("mode", "It is on already.")
        return cleaned


@admin.register(Switch, site=operator_site)
class SwitchAdmin(ModelAdmin):
    """Every throw of the switch, newest first: what the first row says is in force. Adding one throws it."""

    form = SwitchForm
    list_display = ("created_at", "mode", "reason", "changed_by")
    list_filter = ("mode",)
    search_fields = ("reason",)
    ordering = ("-id",)
    list_per_page = 50
    show_full_result_count = False

    def get_fields(self, request: HttpRequest, obj: Switch | None = None) -> tuple[str, ...]:
        return ("mode", "reason") if obj is None else ("mode", "reason", "changed_by", "created_at")

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Switch, form: Any, change: bool) -> None:
        row = switch_set(mode=obj.mode, reason=obj.reason, actor=_operator(request))
        if row is not None:
            obj.pk, obj.changed_by, obj.created_at = row.pk, row.changed_by, row.created_at


def _operator(request: HttpRequest) -> Actor:
    person = actor_of(request.user)
    return Actor("operator", person.id, person.name, person=person.person)
