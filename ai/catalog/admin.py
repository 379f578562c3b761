"""Prices in the operators' admin: saved and removed through the services, so that the ledger tells of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.selectors import actor_of
from ai.catalog.models import ModelPrice
from ai.catalog.services import FIELDS, price_remove, price_set
from audit.services import Actor
from tenants.admin import operator_site

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[ModelPrice]
else:
    ModelAdmin = admin.ModelAdmin


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


def _operator(request: HttpRequest) -> Actor:
    person = actor_of(request.user)
    return Actor("operator", person.id, person.name, person=person.person)
