"""Mail in the tenant's admin: to be read. What becomes of a message is decided in its approval or conversation."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.selectors import actor_of
from mail.errors import MailRefused
from mail.models import Attachment, Message, Note, RawMessage, Thread
from mail.parsing.decode import text_decode
from mail.services import thread_give_back, thread_take_over
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


class NoteInline(Part, TabularInline):
    model = Note
    fields = ("author", "text", "created_at")
    readonly_fields = ("created_at",)
    ordering = ("id",)


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
        ("Made of it", {"fields": ("intent", "run_id", "effect_key", "author", "new_text")}),
        ("Header", {"fields": ("message_id", "in_reply_to", "references")}),
    )


@admin.register(Thread, site=tenant_site)
class ThreadAdmin(ReadOnly, ModelAdmin):
    list_display = ("subject", "last_message_at", "unanswered_since", "taken_over_by", "assignee")
    list_select_related = ("taken_over_by", "assignee")
    list_filter = (("taken_over_by", admin.EmptyFieldListFilter), ("unanswered_since", admin.EmptyFieldListFilter))
    search_fields = ("subject",)
    ordering = ("-last_message_at",)
    list_per_page = 50
    show_full_result_count = False
    fields = (
        "subject", "created_at", "last_message_at", "unanswered_since", "taken_over_by", "taken_over_at", "assignee",
    )  # fmt: skip
    inlines = (MessageInline, NoteInline)
    actions = ("take_over", "give_back")

    def has_handle_permission(self, request: HttpRequest) -> bool:
        """Named by the actions: the right that the portal asks for, too."""
        return request.user.has_perm("mail.change_thread")

    @admin.action(description="Take over: the AI is silent in them", permissions=["handle"])
    def take_over(self, request: HttpRequest, threads: QuerySet[Thread]) -> None:
        for thread in threads:
            thread_take_over(thread_id=thread.pk, actor=actor_of(request.user))

    @admin.action(description="Give back to the AI", permissions=["handle"])
    def give_back(self, request: HttpRequest, threads: QuerySet[Thread]) -> None:
        for thread in threads:
            try:
                thread_give_back(thread_id=thread.pk, actor=actor_of(request.user))
            except MailRefused as refusal:
                self.message_user(request, f"{thread}: {refusal}", messages.WARNING)


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
