"""Calls, to be read; phrases and forbidden topics, written through the services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from accounts.selectors import actor_of
from ai.errors import NoSuchTopic, TopicChanged, TopicRefused
from ai.models import TOPIC_NAME_CHARS, TOPIC_WORDS_CHARS, Call, ForbiddenTopic, Phrase
from ai.services import phrase_remove, phrase_set
from ai.topics.forms import phrases_in
from ai.topics.services import topic_add, topic_change, topic_faults, topic_remove
from ai.words import READ
from tenants.admin import tenant_site

if TYPE_CHECKING:
    CallModelAdmin = admin.ModelAdmin[Call]
    PhraseModelAdmin = admin.ModelAdmin[Phrase]
    TopicModelAdmin = admin.ModelAdmin[ForbiddenTopic]
    TopicModelForm = forms.ModelForm[ForbiddenTopic]
else:
    CallModelAdmin = PhraseModelAdmin = TopicModelAdmin = admin.ModelAdmin
    TopicModelForm = forms.ModelForm


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


class TopicForm(TopicModelForm):
    """A forbidden topic as it is typed; `seen` is the version that is changed."""

    name = forms.CharField(max_length=TOPIC_NAME_CHARS)
    phrases = forms.CharField(
        strip=False, widget=forms.Textarea, help_text="One a line. A star at the end of a phrase stands for any ending."
    )
    words = forms.CharField(max_length=TOPIC_WORDS_CHARS, help_text="What the staff read at a sentence that says it.")
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = ForbiddenTopic
        fields = ("in_use",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row = self.instance
        if not row._state.adding:
            said = {"name": row.name, "phrases": "\n".join(row.phrases), "words": row.words}
            self.initial.update(said, seen=row.version)

    def clean_phrases(self) -> list[str]:
        return phrases_in(self.cleaned_data["phrases"])

    def clean(self) -> dict[str, Any]:
        adding = self.instance._state.adding
        if not self.errors:
            for path, sentence in topic_faults(self.said(), topic=None if adding else self.instance.pk):
                self.add_error(path.partition(".")[0], sentence)
        seen = self.cleaned_data.get("seen")
        if not adding and seen is not None and seen != self.instance.version:
            self.add_error(None, "Someone changed this meanwhile. Open it again to see what it says now.")
        return self.cleaned_data

    def said(self) -> dict[str, Any]:
        """What was typed, as the services take it."""
        return {name: self.cleaned_data[name] for name in ("name", "phrases", "words")}


@admin.register(ForbiddenTopic, site=tenant_site)
class ForbiddenTopicAdmin(TopicModelAdmin):
    form = TopicForm
    readonly_fields = ("version", "updated_by", "updated_at")
    list_display = ("name", "words", "in_use", "version", "updated_at")
    list_filter = ("in_use",)
    search_fields = ("name",)
    ordering = ("name",)

    def get_fields(self, request: HttpRequest, obj: ForbiddenTopic | None = None) -> tuple[str, ...]:
        said = ("name", "phrases", "words", "in_use")
        if obj is None:
            return said
        return (*said, "seen", *self.readonly_fields) if self.has_change_permission(request, obj) else said

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            with transaction.atomic():
                return super().changeform_view(request, object_id, form_url, extra_context)
        except (TopicRefused, TopicChanged, NoSuchTopic) as refused:  # between its form's look and its save
            self.message_user(request, str(refused), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def save_model(self, request: HttpRequest, obj: ForbiddenTopic, form: Any, change: bool) -> None:
        actor, said = actor_of(request.user), {**form.said(), "in_use": form.cleaned_data["in_use"]}
        if change:
            topic_change(topic=obj.pk, actor=actor, seen=form.cleaned_data.get("seen"), **said)
        else:
            obj.pk = topic_add(actor=actor, **said).id
        obj.refresh_from_db()

    def delete_model(self, request: HttpRequest, obj: ForbiddenTopic) -> None:
        topic_remove(topic=obj.pk, actor=actor_of(request.user))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ForbiddenTopic]) -> None:
        for topic in queryset:
            topic_remove(topic=topic.pk, actor=actor_of(request.user))
