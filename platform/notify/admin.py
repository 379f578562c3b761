"""Webhooks in the tenant's admin: where they go, switched on and off, and what became of each."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.selectors import actor_of
from notify.errors import EndpointOff
from notify.models import Delivery, Endpoint
from notify.services import delivery_resend, endpoint_switch
from observability.read_only import ReadOnly
from tenants.admin import tenant_site

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


@admin.register(Endpoint, site=tenant_site)
class EndpointAdmin(ReadOnly, ModelAdmin):
    """Added, tested and deleted on its page in the workspace; its secret is shown there, once."""

    list_display = ("url", "type_list", "enabled", "given_up", "created_at")
    list_filter = ("enabled",)
    search_fields = ("url",)
    ordering = ("-id",)
    list_per_page = 50
    show_full_result_count = False
    fields = ("page", "url", "type_list", "enabled", "off_reason", "given_up", "created_at")
    readonly_fields = ("page", "type_list")
    actions = ("switch_off", "switch_on")

    @admin.display(description="tells of")
    def type_list(self, endpoint: Endpoint) -> str:
        return ", ".join(endpoint.types)

    @admin.display
    def page(self, endpoint: Endpoint) -> SafeString:
        """Where it is tested and deleted, with what was sent to it."""
        there = reverse("portal:settings_webhook", args=[endpoint.pk])
        return format_html('<a href="{}">Its page in the workspace</a>', there)

    def has_switch_permission(self, request: HttpRequest) -> bool:
        """Whether switching is offered."""
        return request.user.has_perm("notify.change_endpoint")

    @admin.action(description="Switch off: nothing is sent to it", permissions=["switch"])
    def switch_off(self, request: HttpRequest, queryset: QuerySet[Endpoint]) -> None:
        self._switch(request, queryset, on=False)

    @admin.action(description="Switch on: what happens from now on is sent", permissions=["switch"])
    def switch_on(self, request: HttpRequest, queryset: QuerySet[Endpoint]) -> None:
        self._switch(request, queryset, on=True)

    def _switch(self, request: HttpRequest, endpoints: QuerySet[Endpoint], *, on: bool) -> None:
        for endpoint in endpoints:
            endpoint_switch(endpoint_id=endpoint.pk, on=on, actor=actor_of(request.user))
            self.message_user(request, f"{endpoint} is {'on' if on else 'off'}.", messages.SUCCESS)


@admin.register(Delivery, site=tenant_site)
class DeliveryAdmin(ReadOnly, ModelAdmin):
    """What was sent, for whoever may see where it goes."""

    list_display = ("created_at", "type", "endpoint", "status", "attempts", "answer_status", "next_at", "settled_at")
    list_filter = ("status", "type", "created_at")
    list_select_related = ("endpoint",)
    search_fields = ("=id", "endpoint__url")
    search_help_text = "The id of a delivery, or a part of an address"
    ordering = ("-id",)
    list_per_page = 50
    show_full_result_count = False
    fields = (
        "endpoint", "type", "status", "attempts", "answer_status", "answer", "body", "created_at", "next_at",
        "settled_at",
    )  # fmt: skip
    actions = ("resend",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        found: QuerySet[Delivery] = super().get_queryset(request).defer("body", "answer")
        return found

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return request.user.has_perm("notify.view_endpoint")

    def has_resend_permission(self, request: HttpRequest) -> bool:
        """Whether sending again is offered."""
        return request.user.has_perm("notify.change_endpoint")

    @admin.action(description="Send again, under the same id", permissions=["resend"])
    def resend(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        for delivery in queryset:
            try:
                delivery_resend(delivery_id=delivery.pk, actor=actor_of(request.user))
            except EndpointOff as refused:
                self.message_user(request, f"{delivery}: {refused.sentence}", messages.WARNING)
            else:
                self.message_user(request, f"{delivery} is on its way.", messages.SUCCESS)
