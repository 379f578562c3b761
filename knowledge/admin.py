"""Documents in the tenant's admin: every write goes through the services, as everywhere else."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from accounts.selectors import actor_of
from knowledge.errors import KnowledgeRefused
from knowledge.forms import FIELDS
from knowledge.models import TITLE_CHARS, Audience, Document, DocumentVersion, Language
from knowledge.sections import faults_of, tidied
from knowledge.selectors import documents
from knowledge.services import document_add, document_change, document_restore, document_retire
from observability.read_only import Part
from tenants.admin import tenant_site

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Document]
    ModelAdmin = admin.ModelAdmin[Document]
    TabularInline = admin.TabularInline[DocumentVersion, Document]
else:
    ModelForm, ModelAdmin, TabularInline = forms.ModelForm, admin.ModelAdmin, admin.TabularInline


class DocumentForm(ModelForm):
    """What the document says today; a save makes a version of what is said then."""

    title = forms.CharField(max_length=TITLE_CHARS)
    text = forms.CharField(widget=forms.Textarea, help_text="An empty line begins a new section.")
    language = forms.ChoiceField(choices=Language.choices)
    audience = forms.ChoiceField(choices=Audience.choices, label="May be read by")
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Document
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            return
        said = self.instance.versions.get(number=self.instance.number)
        self.initial.update({name: getattr(said, name) for name in FIELDS}, seen=self.instance.revision)

    def clean(self) -> dict[str, Any]:
        for name, fault in faults_of(self.said()).items():
            self.add_error(name, fault)
        seen = self.cleaned_data.get("seen")
        if seen is not None and not self.instance._state.adding and seen != self.instance.revision:
            self.add_error(None, "Someone changed this meanwhile. Open it again to see what it says now.")
        return self.cleaned_data

    def said(self) -> dict[str, Any]:
        """What was typed, as the services take it."""
        return tidied({name: self.cleaned_data[name] for name in FIELDS if name in self.cleaned_data})


class Versions(Part, TabularInline):
    model = DocumentVersion
    fields = readonly_fields = ("number", "title", "text", "language", "audience", "created_at")
    ordering = ("-number",)


@admin.register(Document, site=tenant_site)
class DocumentAdmin(ModelAdmin):
    form = DocumentForm
    inlines = (Versions,)
    readonly_fields = ("status", "created_at", "updated_at")
    list_display = ("title", "audience", "language", "status", "number", "updated_at")
    list_filter = ("status",)
    search_fields = ("versions__title", "versions__text")
    ordering = ("-id",)
    list_per_page = 50
    show_full_result_count = False
    actions = ("retire", "restore")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Document]:
        said = Prefetch("versions", queryset=documents(), to_attr="said_today")
        return super().get_queryset(request).prefetch_related(said)

    @admin.display(description="title")
    def title(self, document: Any) -> str:
        return str(document.said_today[0].title)

    @admin.display(description="may be read by")
    def audience(self, document: Any) -> str:
        return str(document.said_today[0].get_audience_display())

    @admin.display(description="language")
    def language(self, document: Any) -> str:
        return str(document.said_today[0].get_language_display())

    def get_fields(self, request: HttpRequest, obj: Document | None = None) -> tuple[str, ...]:
        if obj is None:
            return FIELDS
        if self.has_change_permission(request, obj):
            return (*FIELDS, "seen", *self.readonly_fields)
        return ("title", "language", "audience", *self.readonly_fields)

    def has_delete_permission(self, request: HttpRequest, obj: Document | None = None) -> bool:
        return False

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
        except KnowledgeRefused as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    @admin.action(description="Retire: no reply quotes it any more", permissions=["change"])
    def retire(self, request: HttpRequest, queryset: QuerySet[Document]) -> None:
        for document in queryset:
            done = document_retire(document=document.pk, actor=actor_of(request.user))
            self.message_user(request, f"{done.title} is retired.", messages.SUCCESS)

    @admin.action(description="Put in use again, as it was", permissions=["change"])
    def restore(self, request: HttpRequest, queryset: QuerySet[Document]) -> None:
        for document in queryset:
            done = document_restore(document=document.pk, actor=actor_of(request.user))
            self.message_user(request, f"{done.title} is in use.", messages.SUCCESS)

    def save_model(self, request: HttpRequest, obj: Document, form: Any, change: bool) -> None:
        actor = actor_of(request.user)
        if change:
            document_change(document=obj.pk, actor=actor, seen=form.cleaned_data.get("seen"), **form.said())
        else:
            obj.pk = document_add(actor=actor, **form.said()).id
        obj.refresh_from_db()
