"""Which tenant a request belongs to: decided by its host, before anything else looks at it."""

from collections.abc import Callable

import structlog
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import SimpleTemplateResponse
from django.utils import timezone

from dispatch.connection import tenant_connection
from tenants.backend.base import PublicAs
from tenants.database_roles import operator_role
from tenants.models import TenantStatus
from tenants.selectors import tenant_by_host


class TenantMiddleware:
    """Enters the tenant of the request's host; an unknown host is answered 404, never the public schema.

    The public host is the operators': only its admin puts on their role.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        tenant_connection().set_schema_to_public()
        try:
            host = request.get_host().rsplit(":", 1)[0].lower().rstrip(".")
        except DisallowedHost:
            return _answer(request, 404, "unknown-host", "No workspace answers at this address.")
        structlog.contextvars.bind_contextvars(tenant="public")
        if host == settings.COUNTERSIGN.base_domain:
            request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
            if request.path_info.startswith("/admin/"):
                tenant_connection().set_tenant(PublicAs(operator_role()))
            else:  # nobody is signed in outside of it, and only operators can read who is
                request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
        else:
            tenant = tenant_by_host(host)
            if tenant is None:
                return _answer(request, 404, "unknown-host", "No workspace answers at this address.")
            if tenant.status == TenantStatus.SUSPENDED:
                return _answer(request, 403, "suspended", "This workspace is suspended.")
            tenant_connection().set_tenant(tenant)
            if not request.path_info.startswith("/api/"):  # people read their own time, programs UTC
                timezone.activate(tenant.timezone)
            structlog.contextvars.bind_contextvars(tenant=tenant.slug)
        try:
            return self.get_response(request)
        finally:
            tenant_connection().set_schema_to_public()
            timezone.deactivate()
            structlog.contextvars.unbind_contextvars("tenant")


def _answer(request: HttpRequest, status: int, name: str, sentence: str) -> HttpResponse:
    if request.path_info.startswith("/api/"):
        # As the API tells its errors; the floor of that is above this one.
        title = name.replace("-", " ").capitalize()
        problem = {"type": f"urn:countersign:problem:{name}", "title": title, "status": status, "detail": sentence}
        return JsonResponse(problem, status=status, content_type="application/problem+json")
    template = f"errors/{name.replace('-', '_')}.html"
    return SimpleTemplateResponse(template, {"sentence": sentence}, status=status).render()
