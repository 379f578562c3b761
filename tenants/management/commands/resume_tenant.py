from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.errors import IllegalMove
from audit.services import Actor
from tenants.backend.base import PublicAs
from tenants.database_roles import operator_role
from tenants.errors import NoSuchTenant
from tenants.selectors import public_context
from tenants.services import tenant_resume


class Command(BaseCommand):
    help = "Lets a suspended tenant work again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with public_context(PublicAs(operator_role())):
                tenant_resume(slug=options["slug"], actor=Actor.system("command line"))
        except NoSuchTenant as error:
            raise CommandError(str(error)) from None
        except IllegalMove:
            raise CommandError(f"{options['slug']} is not suspended") from None
        self.stdout.write(f"{options['slug']} works again")
