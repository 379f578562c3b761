import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.erasing import colleague_erase
from accounts.errors import NoSuchPerson, StillHere
from accounts.selectors import person_by_email
from audit.services import Actor
from tenants.errors import NoSuchTenant
from tenants.selectors import tenant_by_slug, tenant_context


class Command(BaseCommand):
    help = "Erases the name and the address of a tenant's former colleague; what they did stays, without them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="their tenant")
        parser.add_argument("email", help="the address that they signed in with")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with tenant_context(tenant_by_slug(options["slug"]).schema):
                person = person_by_email(options["email"])
                if person is None:
                    raise CommandError(f"nobody of {options['slug']} has the address {options['email']}")
                counts = colleague_erase(person=person.id, actor=Actor.system("command line"))
        except (NoSuchTenant, NoSuchPerson) as error:
            raise CommandError(str(error)) from None
        except StillHere as refused:
            raise CommandError(refused.sentence) from None
        if options["json"]:
            self.stdout.write(json.dumps({"person": str(person.id), "counts": counts}, indent=1))
            return
        for table, rows in counts.items():
            self.stdout.write(f"{table:30}  {rows}")
