"""Where the pages of a workspace are, as seen from outside: for what is written when nobody asks."""

from django.conf import settings
from django.urls import reverse

from tenants.selectors import current


def workspace_url(path: str) -> str:
    """The address of a path in the current tenant's workspace."""
    env, host = settings.COUNTERSIGN, current().host
    return f"https://{host}{path}" if env.behind_tls else f"http://{host}:{env.http_port}{path}"


def page_url(name: str, *args: object) -> str:
    """The address of a page of the current tenant's workspace, by its name."""
    return workspace_url(reverse(name, args=args))
