"""Runs, workflows, versions and events in the tenant's admin: to be read, and runs let go on or ended."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.selectors import actor_of
from crm.selectors import contact_view
from observability.read_only import Part, ReadOnly
from tenants.admin import tenant_site
from workflows.errors import Refused
from workflows.models import Automation, Effect, Erasure, Event, Run, Step, VersionStatus, Workflow, WorkflowVersion
from workflows.services import (
    erasure_request,
    run_again,
    run_cancel,
    run_retry,
    workflow_switch_off,
    workflow_switch_on,
)

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Any]
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
else:
    ModelForm, ModelAdmin, TabularInline = forms.ModelForm, admin.ModelAdmin, admin.TabularInline


def _folded(output: dict[str, Any]) -> SafeString:
    text = json.dumps(output, ensure_ascii=False, indent=2, sort_keys=True)
    return format_html("<details><summary>{}</summary><pre>{}</pre></details>", ", ".join(sorted(output)), text)


class StepInline(Part, TabularInline):
    model = Step
    fields = ("key", "kind", "status", "attempts", "started_at", "finished_at", "error", "result")
    readonly_fields = ("result",)

    @admin.display
    def result(self, step: Step) -> str:
        """The output, folded: it can be long."""
        return _folded(step.output) if step.output else "-"


class EffectInline(Part, TabularInline):
    model = Effect
    fields = ("step", "action", "status", "risk", "reversible", "summary", "due_at", "settled_at", "outcome")
    readonly_fields = ("summary",)
    ordering = ("id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Effect]:
        return super().get_queryset(request).select_related("step")

    @admin.display
    def summary(self, effect: Effect) -> str:
        return str(effect.plan.get("summary", ""))


@admin.register(Run, site=tenant_site)
class RunAdmin(ReadOnly, ModelAdmin):
    list_display = (
        "id", "workflow", "version_number", "status", "cause", "cost_usd", "created_at", "finished_at", "error",
    )  # fmt: skip
    list_filter = ("status", "created_at", "version__workflow", "cause")
    list_select_related = ("version__workflow",)
    search_fields = ("=id", "=thread", "error")
    search_help_text = "The id of a run or of a thread, or words of an error"
    ordering = ("-id",)
    list_per_page = 50
    show_full_result_count = False
    fields = (
        "page", "version", "event", "origin", "status", "cause", "error", "cost_usd", "thread", "created_at",
        "started_at", "finished_at",
    )  # fmt: skip
    readonly_fields = ("page",)
    inlines = (StepInline, EffectInline)
    actions = ("retry", "again", "cancel")

    @admin.display(ordering="version__workflow__slug")
    def workflow(self, run: Run) -> str:
        return run.version.workflow.slug

    @admin.display(description="version", ordering="version__number")
    def version_number(self, run: Run) -> int:
        return run.version.number

    @admin.display
    def page(self, run: Run) -> SafeString:
        """Where the run is told in full."""
        return format_html('<a href="{}">Its page in the workspace</a>', reverse("portal:run", args=[run.pk]))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Run]:
        return super().get_queryset(request).select_related("version__workflow", "event")

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Whether retrying, running again and cancelling are offered."""
        return request.user.has_perm("workflows.change_run")

    @admin.action(description="Retry what has failed, from the failed step", permissions=["act"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Run]) -> None:
        for run in queryset.order_by("pk"):
            try:
                run_retry(run=run.pk, actor=actor_of(request.user))
            except Refused as refused:
                self.message_user(request, f"{run.pk}: {refused.sentence}", messages.WARNING)
            else:
                self.message_user(request, f"{run.pk} goes on.", messages.SUCCESS)

    @admin.action(description="Run again what has ended, as new runs", permissions=["act"])
    def again(self, request: HttpRequest, queryset: QuerySet[Run]) -> None:
        for run in queryset.order_by("pk"):
            try:
                made = run_again(run=run.pk, actor=actor_of(request.user))
            except Refused as refused:
                self.message_user(request, f"{run.pk}: {refused.sentence}", messages.WARNING)
            else:
                self.message_user(request, f"{made} does {run.pk} again.", messages.SUCCESS)

    @admin.action(description="Cancel what has not ended: nothing of it is sent any more", permissions=["act"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Run]) -> None:
        for run in queryset.order_by("pk"):
            with transaction.atomic():
                done = run_cancel(run=run.pk, reason="person", actor=actor_of(request.user))
            if done:
                self.message_user(request, f"{run.pk} is cancelled.", messages.SUCCESS)
            else:
                text = f"{run.pk} has ended, or its reply is leaving right now: nothing was cancelled."
                self.message_user(request, text, messages.WARNING)


class VersionInline(Part, TabularInline):
    model = WorkflowVersion
    fields = readonly_fields = ("number", "status", "digest", "author", "created_at")
    ordering = ("-number",)
    show_change_link = True


@admin.register(Workflow, site=tenant_site)
class WorkflowAdmin(ReadOnly, ModelAdmin):
    """Switched off and on here as in the workspace; versions are put in force and rolled back on its page there."""

    list_display = ("slug", "in_force", "created_at")
    search_fields = ("slug",)
    ordering = ("slug",)
    list_per_page = 50
    show_full_result_count = False
    fields = ("page", "slug", "in_force", "created_at")
    readonly_fields = ("page", "in_force")
    inlines = (VersionInline,)
    actions = ("switch_off", "switch_on")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Workflow]:
        active = Max("versions__number", filter=Q(versions__status=VersionStatus.ACTIVE))
        found: QuerySet[Workflow] = super().get_queryset(request).annotate(active=active)
        return found

    @admin.display(description="in force", ordering="active")
    def in_force(self, workflow: Any) -> str:
        return f"version {workflow.active}" if workflow.active else "off"

    @admin.display
    def page(self, workflow: Workflow) -> SafeString:
        """Where it is told in words, and its versions are moved."""
        return format_html('<a href="{}">Its page in the workspace</a>', reverse("portal:workflow", args=[workflow]))

    def has_switch_permission(self, request: HttpRequest) -> bool:
        """Whether switching is offered."""
        return request.user.has_perm("workflows.change_workflow")

    @admin.action(description="Switch off: new events start nothing", permissions=["switch"])
    def switch_off(self, request: HttpRequest, queryset: QuerySet[Workflow]) -> None:
        for workflow in queryset:
            workflow_switch_off(slug=workflow.slug, actor=actor_of(request.user))
            self.message_user(request, f"{workflow.slug} is off.", messages.SUCCESS)

    @admin.action(description="Switch on: the version that was in force last", permissions=["switch"])
    def switch_on(self, request: HttpRequest, queryset: QuerySet[Workflow]) -> None:
        for workflow in queryset:
            workflow_switch_on(slug=workflow.slug, actor=actor_of(request.user))
            self.message_user(request, f"{workflow.slug} is on.", messages.SUCCESS)


@admin.register(WorkflowVersion, site=tenant_site)
class WorkflowVersionAdmin(ReadOnly, ModelAdmin):
    list_display = ("workflow", "number", "status", "author", "created_at")
    list_display_links = ("number",)
    list_filter = ("status", "workflow")
    list_select_related = ("workflow",)
    search_fields = ("workflow__slug", "digest")
    ordering = ("workflow__slug", "-number")
    list_per_page = 50
    show_full_result_count = False
    fields = ("workflow", "number", "status", "digest", "author", "created_at", "source", "definition")


@admin.register(Event, site=tenant_site)
class EventAdmin(ReadOnly, ModelAdmin):
    list_display = ("type", "id", "created_at")
    list_filter = ("created_at", "type")
    search_fields = ("=id", "type")
    search_help_text = "The id of an event, or its type"
    ordering = ("-id",)
    list_per_page = 50
    show_full_result_count = False
    fields = ("type", "data", "created_at")


@admin.register(Automation, site=tenant_site)
class AutomationAdmin(ReadOnly, ModelAdmin):
    """Every throw of the switch, newest first; it is thrown in the workspace's settings."""

    list_display = ("created_at", "mode", "reason", "changed_by")
    list_filter = ("mode",)
    search_fields = ("reason",)
    ordering = ("-id",)
    list_per_page = 50
    show_full_result_count = False
    fields = ("mode", "reason", "changed_by", "created_at")


class ErasureForm(ModelForm):
    """Whom to erase: their id, and what tells that it is them."""

    contact = forms.UUIDField(label="The customer's id", help_text="It stands in the address of their page.")
    typed = forms.CharField(label="Their email address", help_text="Their name, where no address is known.")

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        contact = contact_view(self.cleaned_data["contact"]) if "contact" in self.cleaned_data else None
        if contact is None:
            self.add_error("contact", "There is no such customer.")
        elif self.cleaned_data.get("typed", "").strip().lower() != (contact.email or contact.called).lower():
            self.add_error("typed", "This is not theirs.")
        return cleaned


@admin.register(Erasure, site=tenant_site)
class ErasureAdmin(ModelAdmin):
    """Customers who were erased. Adding one erases another, as their page in the workspace does, which says first
    what goes and what stays."""

    form = ErasureForm
    list_display = ("created_at", "contact", "status", "requested_by", "finished_at")
    list_filter = ("status", "created_at")
    search_fields = ("=id", "=contact")
    search_help_text = "The id of an erasure or of a customer"
    ordering = ("-id",)
    list_per_page = 50
    show_full_result_count = False

    def get_fields(self, request: HttpRequest, obj: Erasure | None = None) -> tuple[str, ...]:
        if obj is None:
            return ("contact", "typed")
        return ("contact", "status", "requested_by", "counts", "error", "created_at", "finished_at")

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Mapping[str, Any] | None = None
    ) -> HttpResponse:
        try:
            with transaction.atomic():
                return super().add_view(request, form_url, dict(extra_context or {}))
        except Refused as refused:
            self.message_user(request, refused.sentence, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def save_model(self, request: HttpRequest, obj: Erasure, form: Any, change: bool) -> None:
        obj.pk = erasure_request(contact=obj.contact, actor=actor_of(request.user))
