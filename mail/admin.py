"""Mail in the tenant's admin: to be read. What becomes of a message is decided in its approval."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

from mail.models import Attachment, Message, RawMessage, Thread
from mail.parsing.decode import text_decode
from observability.read_only import Part, ReadOnly
from tenants.admin import tenant_site

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
else:
    ModelAdmin, TabularInline = admin.ModelAdmin, admin.TabularInline

_SHOWN_BYTES = 100_000


class AttachmentInline(Part, TabularInline):
    model = Attachment
    fields = ("name", "content_type", "size", "sha256")


class MessageInline(Part, TabularInline):
    model = Message
    fields = ("direction", "status", "from_email", "subject", "received_at", "sent_at")
    ordering = ("id",)
    show_change_link = True


@admin.register(Message, site=tenant_site)
class MessageAdmin(ReadOnly, ModelAdmin):
    list_display = ("subject", "direction", "status", "from_email", "intent", "flags", "created_at")
    list_filter = ("direction", "status", "intent")
    search_fields = ("subject", "from_email", "from_name")
    ordering = ("-id",)
    list_per_page = 50
    show_full_result_count = False
    list_select_related = ("thread",)
    inlines = (AttachmentInline,)
    fieldsets = (
        (None, {"fields": ("subject", "from_name", "from_email", "to", "cc", "reply_to", "text")}),
        ("Warnings", {"fields": ("flags", "hidden_text", "auth", "error")}),
        ("State", {"fields": ("direction", "status", "thread", "created_at", "received_at", "sent_at", "release_at")}),
        ("Made of it", {"fields": ("intent", "run_id", "effect_key", "new_text")}),
        ("Header", {"fields": ("message_id", "in_reply_to", "references")}),
    )


@admin.register(Thread, site=tenant_site)
class ThreadAdmin(ReadOnly, ModelAdmin):
    list_display = ("subject", "last_message_at", "created_at")
    search_fields = ("subject",)
    ordering = ("-last_message_at",)
    list_per_page = 50
    show_full_result_count = False
    fields = ("subject", "created_at", "last_message_at")
    inlines = (MessageInline,)


@admin.register(RawMessage, site=tenant_site)
class RawMessageAdmin(ReadOnly, ModelAdmin):
    list_display = ("received_at", "recipient", "envelope_from", "size", "peer")
    search_fields = ("recipient", "envelope_from", "dedupe_key")
    ordering = ("-received_at",)
    list_per_page = 50
    show_full_result_count = False
    fields = ("message", "received_at", "recipient", "tag", "envelope_from", "peer", "helo", "size", "sha256", "source")
    readonly_fields = ("source",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("content")

    @admin.display(description="What arrived")
    def source(self, raw: RawMessage) -> str:
        """The beginning of it, as text."""
        return text_decode(bytes(raw.content)[:_SHOWN_BYTES])
