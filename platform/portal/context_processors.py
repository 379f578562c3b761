"""What every page knows: whose workspace it is, and how much waits in it."""

from typing import Any

from django.http import HttpRequest

from approvals.selectors import waiting_count
from portal.navigation import navigation_for
from portal.settings_tabs import tabs_for
from tenants.errors import NoTenant
from tenants.selectors import current
from tenants.support import access_of, support_active
from workflows.selectors import automation


def workspace(request: HttpRequest) -> dict[str, Any]:
    """`tenant`: the tenant of the page, or None on the public host. The rest is read only where it is shown."""
    try:
        return {
            "tenant": current(),
            "waiting_count": waiting_count,
            "automation": automation,
            "support_now": support_active,
            "support_access": access_of(getattr(request, "user", None)),
            "navigation": lambda: navigation_for(getattr(request, "user", None)),
            "settings_tabs": lambda: tabs_for(getattr(request, "user", None)),
        }
    except NoTenant:
        return {"tenant": None}
