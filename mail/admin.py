"""Mail in the tenant's admin: to be read. What becomes of a message is decided in its approval or conversation."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

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


# A message's texts can be long, and a list shows none of them.
_TEXTS = ("text", "new_text", "html", "hidden_text", "quotes", "references", "error")


class AttachmentInline(Part, TabularInline):
    model = Attachment
    fields = ("name", "content_type", "size", "sha256")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Attachment]:
        return super().get_queryset(request).defer("content")


class MessageInline(Part, TabularInline):
    model = Message
    fields = ("direction", "status", "from_email", "subject", "received_at", "sent_at")
    ordering = ("id",)
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        return super().get_queryset(request).defer(*_TEXTS)


class NoteInline(Part, TabularInline):
    model = Note
    fields = ("author", "text", "created_at")
    readonly_fields = ("created_at",)
    ordering = ("id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Note]:
        return super().get_queryset(request).select_related("author")


class YesNoFilter(admin.SimpleListFilter):
    """Whether a moment or a person is noted in a field."""

    field: str
    words: tuple[str, str]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", self.words[0]), ("no", self.words[1])]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(**{f"{self.field}__isnull": self.value() == "no"})


class UnansweredFilter(YesNoFilter):
    title = parameter_name = "answer"
    field = "unanswered_since"
    words = ("Waits for one", "Answered")


class TakenOverFilter(YesNoFilter):
    title, parameter_name = "who answers", "person"
    field = "taken_over_by"
    words = ("A person", "The AI")


@admin.register(Message, site=tenant_site)
class MessageAdmin(ReadOnly, ModelAdmin):
    list_display = ("subject", "direction", "status", "from_email", "intent", "flags", "created_at")
    list_filter = ("direction", "status", "created_at", "intent")
    search_fields = ("subject", "from_email", "from_name", "=message_id", "=run_id")
    search_help_text = "A subject, a sender, a Message-ID, or the id of a run"
    ordering = ("-id",)
    list_per_page = 50
    show_full_result_count = False
    inlines = (AttachmentInline,)
    fieldsets = (
        (None, {"fields": ("subject", "from_name", "from_email", "to", "cc", "reply_to", "text")}),
        ("Warnings", {"fields": ("flags", "hidden_text", "auth", "error")}),
        ("State", {"fields": ("direction", "status", "thread", "created_at", "received_at", "sent_at", "release_at")}),
        ("Made of it", {"fields": ("intent", "run_id", "effect_key", "author", "new_text")}),
        ("Header", {"fields": ("message_id", "in_reply_to", "references")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        found: QuerySet[Message] = super().get_queryset(request)
        listed = getattr(request.resolver_match, "url_name", "") == "mail_message_changelist"
        return found.defer(*_TEXTS) if listed else found.select_related("thread", "author")


@admin.register(Thread, site=tenant_site)
class ThreadAdmin(ReadOnly, ModelAdmin):
    list_display = ("subject", "last_message_at", "unanswered_since", "taken_over_by", "assignee")
    list_select_related = ("taken_over_by", "assignee")
    list_filter = (UnansweredFilter, TakenOverFilter, "last_message_at")
    search_fields = ("subject", "=id")
    search_help_text = "A subject, or the id of a thread"
    ordering = ("-last_message_at", "-id")
    list_per_page = 50
    show_full_result_count = False
    fields = (
        "page", "subject", "created_at", "last_message_at", "unanswered_since", "taken_over_by", "taken_over_at",
        "assignee",
    )  # fmt: skip
    readonly_fields = ("page",)
    inlines = (MessageInline, NoteInline)
    actions = ("take_over", "give_back")

    @admin.display
    def page(self, thread: Thread) -> SafeString:
        """Where it is read, answered and assigned."""
        return format_html(
            '<a href="{}">Its page in the workspace</a>', reverse("portal:conversation", args=[thread.pk])
        )

    def has_handle_permission(self, request: HttpRequest) -> bool:
        """Named by the actions: the right that the portal asks for, too."""
        return request.user.has_perm("mail.change_thread")

    @admin.action(description="Take over: the AI is silent in them", permissions=["handle"])
    def take_over(self, request: HttpRequest, threads: QuerySet[Thread]) -> None:
        for thread in threads:
            thread_take_over(thread_id=thread.pk, actor=actor_of(request.user))
            self.message_user(
                request, f"{thread}: the AI is silent here until somebody gives it back.", messages.SUCCESS
            )

    @admin.action(description="Give back to the AI", permissions=["handle"])
    def give_back(self, request: HttpRequest, threads: QuerySet[Thread]) -> None:
        for thread in threads:
            try:
                thread_give_back(thread_id=thread.pk, actor=actor_of(request.user))
            except MailRefused as refusal:
                self.message_user(request, f"{thread}: {refusal}", messages.WARNING)
            else:
                self.message_user(request, f"{thread}: the AI answers here again.", messages.SUCCESS)


@admin.register(RawMessage, site=tenant_site)
class RawMessageAdmin(ReadOnly, ModelAdmin):
    list_display = ("received_at", "recipient", "envelope_from", "size", "peer")
    list_filter = ("received_at",)
    search_fields = ("recipient", "envelope_from", "dedupe_key")
    search_help_text = "A recipient, a sender, or a Message-ID"
    ordering = ("-pk",)
    list_per_page = 50
    show_full_result_count = False
    fields = ("message", "received_at", "recipient", "tag", "envelope_from", "peer", "helo", "size", "sha256", "source")
    readonly_fields = ("source",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("message").defer("content")

    @admin.display(description="What arrived")
    def source(self, raw: RawMessage) -> str:
        """The beginning of it, as text."""
        return text_decode(bytes(raw.content)[:_SHOWN_BYTES])
