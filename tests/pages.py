"""Opening pages as one of the cast."""

from typing import Any

from django.test import Client

from accounts.models import User
from conftest import Person
from tenants.selectors import tenant_context


def signed_in(who: Person, slug: str = "acacia", **more: Any) -> Client:
    """A client of a tenant's host with a session of `who`."""
    client = Client(HTTP_HOST=f"{slug}.localhost", **more)
    with tenant_context(slug):
        client.force_login(User.objects.get(pk=who.id))
    return client
