"""What every page knows: whose workspace it is, and how much waits in it."""

from functools import cache
from typing import Any

from django.http import HttpRequest

from approvals.selectors import waiting_count
from portal.navigation import navigation_for
from portal.settings_tabs import tabs_for
from portal.today import wrong_count
from portal.views.theme import theme_of
from tenants.errors import NoTenant
from tenants.selectors import current
from tenants.support import access_of, support_active
from workflows.selectors import switch


def workspace(request: HttpRequest) -> dict[str, Any]:
    """`tenant`: the tenant of the page, or None on the public host; `theme`: light, dark or empty. The rest is read
    only where it is shown."""
    try:
        return {
            "tenant": current(),
            "theme": theme_of(request),
            "waiting_count": cache(waiting_count),
            "failed_count": cache(wrong_count),
            "automation": cache(switch),
            "support_now": cache(support_active),
            "support_access": lambda: access_of(getattr(request, "user", None)),
            "navigation": lambda: navigation_for(getattr(request, "user", None)),
            "settings_tabs": lambda: tabs_for(getattr(request, "user", None)),
        }
    except NoTenant:
        return {"tenant": None, "theme": theme_of(request)}
