from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.errors import IllegalMove
from audit.services import Actor
from tenants.backend.base import PublicAs
from tenants.database_roles import operator_role
from tenants.errors import NoSuchTenant
from tenants.selectors import public_context
from tenants.services import tenant_suspend


class Command(BaseCommand):
    help = "Stops a tenant: its hosts say so, its mail is asked to wait."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with public_context(PublicAs(operator_role())):
                tenant_suspend(slug=options["slug"], actor=Actor.system("command line"))
        except NoSuchTenant as error:
            raise CommandError(str(error)) from None
        except IllegalMove:
            raise CommandError(f"{options['slug']} is suspended already") from None
        self.stdout.write(f"{options['slug']} is suspended")
