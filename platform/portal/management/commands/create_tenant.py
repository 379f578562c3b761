import json
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, transaction

from portal.onboarding import tenant_onboard
from tenants.errors import TenantRefused
from workflows.packs import NONE, pack_names


class Command(BaseCommand):
    """Makes a tenant, whole or not at all, and prints its two secrets once."""

    help = "Makes a tenant that can work at once; prints JSON with its owner's password and API token."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="its name in hosts and addresses, such as acacia")
        parser.add_argument("--name", required=True, help="the company's name")
        parser.add_argument("--owner-email", required=True)
        parser.add_argument("--pack", default="real_estate", choices=[*pack_names(), NONE])
        parser.add_argument("--timezone", default="UTC", help="such as Australia/Sydney")
        parser.add_argument("--json", action="store_true", help="(the output is JSON in any case)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                made = tenant_onboard(
                    slug=options["slug"],
                    name=options["name"],
                    owner_email=options["owner_email"],
                    pack=options["pack"],
                    timezone=options["timezone"],
                )
        except (TenantRefused, LookupError) as error:
            raise CommandError(str(error)) from None
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from None
        except DatabaseError as error:
            raise CommandError(f"the database refused: {str(error).splitlines()[0]}") from None
        self.stdout.write(
            json.dumps(
                {
                    "slug": made.tenant.slug,
                    "schema": made.tenant.schema,
                    "host": made.tenant.host,
                    "inbound_address": made.tenant.inbound_address,
                    "owner_email": made.owner_email,
                    "owner_password": made.owner_password,
                    "api_token": made.api_token,
                }
            )
        )
