from typing import Any

from django.contrib.auth.management.commands import createsuperuser

from tenants.backend.base import PublicAs
from tenants.database_roles import operator_role
from tenants.selectors import public_context


class Command(createsuperuser.Command):
    """Django's, with the rights of operators: the app's own login may not write their table."""

    help = "Makes an operator, who signs in to the admin on the public host."

    def handle(self, *args: Any, **options: Any) -> None:
        with public_context(PublicAs(operator_role())):
            super().handle(*args, **options)
