"""The two admin sites: operators' on the public host, each tenant's on its own.

A model of the public schema is never registered on the tenant's: search_path would show it other
tenants' rows. Apps on floors below are registered here, those above register themselves.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin import AdminSite
from django.contrib.auth.views import PasswordChangeView, redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

import audit.admin
import dispatch.admin
from accounts.admin import OperatorsAdmin, PeopleAdmin
from accounts.forms import OwnPasswordForm
from accounts.models import User
from accounts.selectors import operator_of
from audit.errors import IllegalMove, MovedMeanwhile
from audit.services import Actor
from observability.read_only import ReadOnly
from tenants.errors import TenantRefused
from tenants.forms import TenantRequestForm
from tenants.models import Tenant, TenantRequest
from tenants.services import tenant_request, tenant_resume, tenant_suspend, work_retry

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
    own_password_form = OperatorPasswordForm


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


@admin.register(Tenant, site=operator_site)
class TenantAdmin(ReadOnly, ModelAdmin):
    list_display = ("slug", "name", "status", "host", "inbound_address", "timezone", "created_at")
    list_filter = ("status",)
    search_fields = ("slug", "name")
    ordering = ("slug",)
    list_per_page = 50
    show_full_result_count = False
    fields = (
        "slug", "name", "status", "host", "inbound_address", "timezone", "schema_name", "created_at",
    )  # fmt: skip
    readonly_fields = ("host", "inbound_address")
    actions = ("suspend", "resume")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tenant]:
        return super().get_queryset(request).prefetch_related("domains", "inbound_addresses")

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

    @admin.action(description="Suspend: its hosts say so, its mail waits", permissions=["move"])
    def suspend(self, request: HttpRequest, queryset: QuerySet[Tenant]) -> None:
        self._move(request, queryset, tenant_suspend, "suspended")

    @admin.action(description="Resume", permissions=["move"])
    def resume(self, request: HttpRequest, queryset: QuerySet[Tenant]) -> None:
        self._move(request, queryset, tenant_resume, "active")

    def _move(self, request: HttpRequest, tenants: QuerySet[Tenant], move: Callable[..., None], to: str) -> None:
        for tenant in tenants:
            try:
                move(slug=tenant.slug, actor=operator_of(request.user))
            except (IllegalMove, MovedMeanwhile):
                self.message_user(request, f"{tenant.name} is {to} already.", messages.WARNING)
            else:
                self.message_user(request, f"{tenant.name} is {to} now.", messages.SUCCESS)


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
