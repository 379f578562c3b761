"""Records in the tenant's admin: every write goes through `crm.records`, as everywhere else."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from accounts.selectors import actor_of
from crm.errors import Invalid, RecordRefused
from crm.models import Appointment, Contact, Enquiry, Listing, Record, Task
from crm.records import clean, record_create, record_delete, record_set
from tenants.admin import tenant_site

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Any]
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelForm, ModelAdmin = forms.ModelForm, admin.ModelAdmin


class RecordForm(ModelForm):
    """Refuses what the record would refuse, and a save over what someone else wrote meanwhile."""

    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.initial["seen_version"] = self.instance.version

    def written(self) -> dict[str, Any]:
        """The changed fields, as `crm.records` takes them."""
        names = [name for name in self.changed_data if name != "seen_version"]
        values = {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}
        return {name: value.pk if hasattr(value, "pk") else value for name, value in values.items()}

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        kind = str(self._meta.model._meta.model_name)
        try:
            clean(kind, self.written())
        except Invalid as refused:
            for name, fault in refused.faults.items():
                self.add_error(name, fault)
        seen = self.cleaned_data.get("seen_version")
        if seen is not None and not self.instance._state.adding and seen != self.instance.version:
            self.add_error(None, "Someone changed this meanwhile. Open it again to see what it is now.")
        return cleaned


class RecordAdmin(ModelAdmin):
    form = RecordForm
    readonly_fields = ("version", "created_at", "updated_at")
    list_per_page = 50
    show_full_result_count = False

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        return _told(
            self,
            request,
            lambda: super(RecordAdmin, self).changeform_view(request, object_id, form_url, extra_context),
        )

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return _told(self, request, lambda: super(RecordAdmin, self).delete_view(request, object_id, extra_context))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return _told(self, request, lambda: super(RecordAdmin, self).changelist_view(request, extra_context))

    def save_model(self, request: HttpRequest, obj: Record, form: Any, change: bool) -> None:
        kind, actor = str(obj._meta.model_name), actor_of(request.user)
        if change:
            seen = form.cleaned_data.get("seen_version")
            record_set(kind=kind, id=obj.pk, fields=form.written(), actor=actor, version=seen)
        else:
            record_create(kind=kind, id=obj.pk, fields=form.written(), actor=actor)
        obj.refresh_from_db()

    def delete_model(self, request: HttpRequest, obj: Record) -> None:
        record_delete(kind=str(obj._meta.model_name), id=obj.pk, actor=actor_of(request.user))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for obj in queryset:
            self.delete_model(request, obj)


def _told(record_admin: RecordAdmin, request: HttpRequest, view: Callable[[], HttpResponse]) -> HttpResponse:
    """The view's answer; where a record refused what it did, all of it is undone and the page says why."""
    try:
        with transaction.atomic():
            return view()
    except RecordRefused as refused:
        record_admin.message_user(request, str(refused), messages.ERROR)
        return HttpResponseRedirect(request.get_full_path())


@admin.register(Contact, site=tenant_site)
class ContactAdmin(RecordAdmin):
    list_display = ("name", "email", "phone", "updated_at")
    search_fields = ("name", "email", "phone")
    ordering = ("-id",)


@admin.register(Listing, site=tenant_site)
class ListingAdmin(RecordAdmin):
    list_display = ("address", "suburb", "status", "price_guide", "updated_at")
    list_filter = ("status", "suburb")
    search_fields = ("address", "suburb")
    ordering = ("-id",)


@admin.register(Enquiry, site=tenant_site)
class EnquiryAdmin(RecordAdmin):
    list_display = ("contact", "listing", "status", "summary", "updated_at")
    list_filter = ("status",)
    list_select_related = ("contact", "listing")
    search_fields = ("contact__name", "contact__email", "listing__address", "summary")
    ordering = ("-id",)
    autocomplete_fields = ("contact", "listing")


@admin.register(Task, site=tenant_site)
class TaskAdmin(RecordAdmin):
    list_display = ("title", "contact", "due_at", "assignee", "done")
    list_filter = ("done", "due_at", "assignee")
    list_select_related = ("assignee", "contact")
    ordering = ("done", "due_at", "-id")
    search_fields = ("title", "contact__name")
    autocomplete_fields = ("contact", "enquiry")


@admin.register(Appointment, site=tenant_site)
class AppointmentAdmin(RecordAdmin):
    list_display = ("starts_at", "ends_at", "listing", "contact", "status")
    list_filter = ("status", "starts_at")
    list_select_related = ("listing", "contact")
    ordering = ("-starts_at", "-id")
    search_fields = ("listing__address", "contact__name")
    autocomplete_fields = ("contact", "listing")
