"""The two admin sites: operators' on the public host, each tenant's on its own.

A model of the public schema is never registered on the tenant's: search_path would show it other
tenants' rows. Apps on floors below are registered here, those above register themselves.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin import AdminSite
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth.views import PasswordChangeView, redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.debug import sensitive_post_parameters

import audit.admin
import dispatch.admin
from accounts.admin import OperatorsAdmin, PeopleAdmin
from accounts.forms import OperatorSignInForm, OwnPasswordForm
from accounts.models import User
from accounts.selectors import operator_of
from accounts.services import person_signed_in
from audit.errors import IllegalMove, MovedMeanwhile
from audit.services import Actor
from dispatch.services import Depth, depth_by_tenant
from observability.read_only import ReadOnly
from tenants.errors import SupportRefused, TenantRefused
from tenants.forms import SupportForm, TenantRequestForm
from tenants.models import SupportAccess, Tenant, TenantPulse, TenantRequest
from tenants.services import tenant_request, tenant_resume, tenant_suspend, work_retry
from tenants.support import support_end, support_open

REASON_LENGTH = 500

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


class Site(AdminSite):
    """What both have in common: a person's own new password leaves an entry too; no row has a page elsewhere."""

    own_password_form = OwnPasswordForm

    def get_urls(self) -> list[Any]:
        # Django's way to such a page fails on any id that is not of its row's kind.
        return [pattern for pattern in super().get_urls() if getattr(pattern, "name", "") != "view_on_site"]

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        request.current_app = self.name
        answer = PasswordChangeView.as_view(
            form_class=self.own_password_form,
            template_name="registration/password_change_form.html",
            success_url=reverse("admin:password_change_done", current_app=self.name),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )(request)
        return cast(TemplateResponse, answer)


class OperatorPasswordForm(OwnPasswordForm):
    def acting(self, user: User) -> Actor:
        return operator_of(user)


class OperatorSite(Site):
    site_header = "Countersign operators"
    site_title = "Countersign operators"
    index_title = "Tenants and platform"
    login_form = OperatorSignInForm
    own_password_form = OperatorPasswordForm

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        before = request.user.pk
        answer = super().login(request, extra_context)
        if isinstance(request.user, User) and request.user.pk != before:
            person_signed_in(person=request.user.pk, second_factor=False, actor=operator_of(request.user))
        return answer


class TenantSite(Site):
    site_header = "Countersign"
    site_title = "Countersign"
    index_title = "Workspace"

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """People sign in at the portal, which asks for their second factor."""
        here = request.GET.get("next") or reverse("admin:index", current_app=self.name)
        if not request.user.is_authenticated:
            return redirect_to_login(here)
        if not self.has_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(reverse("admin:index", current_app=self.name))


operator_site = OperatorSite(name="operator_admin")
tenant_site = TenantSite(name="admin")


class Health(ChangeList):
    """The page's tenants with the depth of their queues: one query for all of them."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        depths = depth_by_tenant(tenant.schema_name for tenant in self.result_list)
        for tenant in self.result_list:
            tenant.depth = depths.get(tenant.schema_name, Depth())


@admin.register(Tenant, site=operator_site)
class TenantAdmin(ReadOnly, ModelAdmin):
    """Tenants at a glance. Figures come from what each tells by itself; nobody looks into its tables."""

    list_display = (
        "name", "status", "last_mail", "failed", "due", "parked", "cost", "people", "reached_at",
    )  # fmt: skip
    list_filter = ("status",)
    search_fields = ("slug", "name")
    ordering = ("slug",)
    list_per_page = 50
    list_select_related = ("pulse",)
    show_full_result_count = False
    fields = (
        "slug", "name", "status", "status_reason", "host", "inbound_address", "timezone", "schema_name", "created_at",
        "last_mail", "failed", "due", "parked", "cost", "people", "told_at",
    )  # fmt: skip
    readonly_fields = ("host", "inbound_address", "last_mail", "failed", "due", "parked", "cost", "people", "told_at")
    actions = ("suspend", "resume")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tenant]:
        return super().get_queryset(request).prefetch_related("domains", "inbound_addresses")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return Health

    def get_urls(self) -> list[Any]:
        wrapped = self.admin_site.admin_view(self.support_view)
        return [path("<uuid:tenant_id>/support/", wrapped, name="tenants_tenant_support"), *super().get_urls()]

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return request.user.has_perm("tenants.add_tenantrequest")

    def has_move_permission(self, request: HttpRequest) -> bool:
        """Whether suspending and resuming are offered."""
        return request.user.has_perm("tenants.change_tenant")

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Web processes cannot make a schema: a tenant is asked for.
        return HttpResponseRedirect(reverse("admin:tenants_tenantrequest_add", current_app=self.admin_site.name))

    @admin.display
    def host(self, tenant: Tenant) -> str:
        return ", ".join(domain.domain for domain in tenant.domains.all())

    @admin.display
    def inbound_address(self, tenant: Tenant) -> str:
        domain = settings.COUNTERSIGN.inbound_domain
        active = [address for address in tenant.inbound_addresses.all() if address.active]
        return ", ".join(f"{address.local_part}@{domain}" for address in active)

    @admin.display(description="reached at")
    def reached_at(self, tenant: Tenant) -> SafeString:
        return format_html("{}<br>{}", self.host(tenant), self.inbound_address(tenant))

    @admin.display(description="last mail", ordering="pulse__last_mail_at")
    def last_mail(self, tenant: Tenant) -> str | None:
        pulse = _pulse(tenant)
        return _moment(pulse.last_mail_at) if pulse else None

    @admin.display(description="failed in 24 h", ordering="pulse__runs_failed")
    def failed(self, tenant: Tenant) -> int | None:
        pulse = _pulse(tenant)
        return pulse.runs_failed if pulse else None

    @admin.display(description="work due")
    def due(self, tenant: Tenant) -> int:
        return _depth(tenant).due

    @admin.display(description="given up")
    def parked(self, tenant: Tenant) -> int:
        return _depth(tenant).parked

    @admin.display(description="AI this month")
    def cost(self, tenant: Tenant) -> str:
        """A month that has passed says nothing of this one."""
        pulse = _pulse(tenant)
        month = timezone.now().astimezone(ZoneInfo(tenant.timezone)).date().replace(day=1)
        return f"US${pulse.cost_usd if pulse and pulse.month == month else 0:.2f}"

    @admin.display(ordering="pulse__people")
    def people(self, tenant: Tenant) -> int | None:
        pulse = _pulse(tenant)
        return pulse.people if pulse else None

    @admin.display(description="these figures are from")
    def told_at(self, tenant: Tenant) -> str | None:
        pulse = _pulse(tenant)
        return _moment(pulse.told_at) if pulse else None

    @admin.action(description="Suspend: its hosts say so, its mail waits", permissions=["move"])
    def suspend(self, request: HttpRequest, queryset: QuerySet[Tenant]) -> HttpResponse | None:
        return self._move(request, queryset, tenant_suspend, "suspend", "suspended")

    @admin.action(description="Resume", permissions=["move"])
    def resume(self, request: HttpRequest, queryset: QuerySet[Tenant]) -> HttpResponse | None:
        return self._move(request, queryset, tenant_resume, "resume", "active")

    def _move(
        self, request: HttpRequest, tenants: QuerySet[Tenant], move: Callable[..., None], action: str, to: str
    ) -> HttpResponse | None:
        """Ask for a reason first; then move."""
        reason = request.POST.get("reason", "").strip()
        confirmed = "post" in request.POST
        if not confirmed or not 0 < len(reason) <= REASON_LENGTH:
            context = {
                "title": f"{action.capitalize()} {', '.join(tenant.name for tenant in tenants)}",
                "tenants": tenants,
                "action": action,
                "opts": self.opts,
                "reason": reason,
                "length": REASON_LENGTH,
                "error": f"Say why, in {REASON_LENGTH} characters at most." if confirmed else "",
            }
            context = {**self.admin_site.each_context(request), **context}
            return TemplateResponse(request, "admin/tenants/tenant/move.html", context)
        for tenant in tenants:
            try:
                move(slug=tenant.slug, actor=operator_of(request.user), reason=reason)
            except (IllegalMove, MovedMeanwhile):
                self.message_user(request, f"{tenant.name} is {to} already.", messages.WARNING)
            else:
                self.message_user(request, f"{tenant.name} is {to} now.", messages.SUCCESS)
        return None

    def support_view(self, request: HttpRequest, tenant_id: UUID) -> HttpResponse:
        """Ask for a way into a tenant's workspace, and get its link, once."""
        tenant = self.get_object(request, str(tenant_id))
        if tenant is None or not request.user.has_perm("tenants.add_supportaccess"):
            raise PermissionDenied
        form = SupportForm(request.POST or None)
        context = {"title": f"Enter {tenant.name} for support", "tenant_entered": tenant, "opts": self.opts}
        if request.method == "POST" and form.is_valid():
            try:
                opened = support_open(tenant=tenant.pk, actor=operator_of(request.user), **form.cleaned_data)
            except SupportRefused as refused:
                form.add_error(None, str(refused))
            else:
                port = request.get_host().rpartition(":")[2] if ":" in request.get_host() else ""
                host = f"{opened.host}:{port}" if port else opened.host
                context["link"] = f"{request.scheme}://{host}/support/{opened.token}/"
                context["until"] = opened.until
        context = {**self.admin_site.each_context(request), **context, "form": form}
        return TemplateResponse(request, "admin/tenants/tenant/support.html", context)


def _pulse(tenant: Tenant) -> TenantPulse | None:
    """What the tenant told last; None where it has not told anything yet."""
    return getattr(tenant, "pulse", None)


def _moment(value: datetime | None) -> str | None:
    return date_format(timezone.localtime(value), "DATETIME_FORMAT") if value else None


def _depth(tenant: Tenant) -> Depth:
    known: Depth | None = getattr(tenant, "depth", None)
    return known or depth_by_tenant([tenant.schema_name]).get(tenant.schema_name, Depth())


@admin.register(SupportAccess, site=operator_site)
class SupportAccessAdmin(ReadOnly, ModelAdmin):
    """Who entered which workspace, why and until when. It is asked for on the tenant's page."""

    list_display = ("tenant", "operator_name", "reason", "created_at", "until", "entered_at", "ended_at")
    list_filter = ("tenant",)
    list_select_related = ("tenant",)
    search_fields = ("operator_name", "reason", "tenant__name")
    ordering = ("-id",)
    list_per_page = 50
    show_full_result_count = False
    fields = ("tenant", "operator_name", "reason", "created_at", "until", "entered_at", "ended_at", "ended_by")
    actions = ("end_now",)

    def has_end_permission(self, request: HttpRequest) -> bool:
        """Whether ending is offered."""
        return request.user.has_perm("tenants.change_supportaccess")

    @admin.action(description="End now", permissions=["end"])
    def end_now(self, request: HttpRequest, queryset: QuerySet[SupportAccess]) -> None:
        done = [support_end(access=access.pk, actor=operator_of(request.user)) for access in queryset]
        self.message_user(request, f"{sum(done)} of {len(done)} ended.", messages.SUCCESS)


@admin.register(TenantRequest, site=operator_site)
class TenantRequestAdmin(ReadOnly, ModelAdmin):
    list_display = ("slug", "name", "status", "error", "pack", "owner_email", "created_at")
    list_filter = ("status",)
    search_fields = ("slug", "name", "owner_email")
    ordering = ("-id",)
    list_per_page = 50
    show_full_result_count = False
    fields = ("slug", "name", "timezone", "owner_email", "pack", "status", "error", "created_at")

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return request.user.has_perm("tenants.add_tenantrequest")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **(kwargs if change else {"form": TenantRequestForm, **kwargs}))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None:
            return super().get_fieldsets(request, obj)
        return [(None, {"fields": (*TenantRequestForm.Meta.fields, "password1", "password2")})]

    @method_decorator(sensitive_post_parameters())
    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kwargs["extra_context"] = {"title": "Add tenant", **(kwargs.get("extra_context") or {})}
        try:
            return super().add_view(request, *args, **kwargs)
        except TenantRefused as refused:  # the form found nothing wrong, but somebody was faster
            self.message_user(request, f"{refused}.", messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def save_model(self, request: HttpRequest, obj: TenantRequest, form: Any, change: bool) -> None:
        obj.pk = tenant_request(**form.asked(), actor=operator_of(request.user))
        obj.refresh_from_db()


@admin.action(description="Try again what was given up")
def work_go_on(modeladmin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> None:
    """Let parked work go on; work that is not parked is left alone."""
    done = [
        work_retry(work=work.pk, tenant=work.tenant, handler=work.handler, actor=operator_of(request.user))
        for work in queryset
    ]
    modeladmin.message_user(request, f"{sum(done)} of {len(done)} will be tried again.")


tenant_site.register(User, PeopleAdmin)
operator_site.register(User, OperatorsAdmin)
audit.admin.register(tenant_site)
audit.admin.register(operator_site)
dispatch.admin.register(operator_site, work_actions=[work_go_on])
