"""What every page knows: whose workspace it is, and how much waits in it."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from approvals.selectors import waiting_count
from portal.navigation import navigation_for
from portal.settings_tabs import tabs_for
from tenants.errors import NoTenant
from tenants.selectors import current


def workspace(request: HttpRequest) -> dict[str, Any]:
    """`tenant`: the tenant of the page, or None on the public host. The rest is read only where it is shown."""
    try:
        return {
            "tenant": current(),
            "waiting_count": SimpleLazyObject(waiting_count),
            "navigation": lambda: navigation_for(getattr(request, "user", None)),
            "settings_tabs": lambda: tabs_for(getattr(request, "user", None)),
        }
    except NoTenant:
        return {"tenant": None}
