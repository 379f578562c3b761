import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError
from django.utils import timezone

from audit.pruning import Pruned, prune
from audit.services import Actor
from tenants.errors import NoSuchTenant
from tenants.ledgers import ledger_context, ledgers

# What somebody may still ask about is not removed by a slip of the finger.
YOUNGEST = timedelta(days=30)


class Command(BaseCommand):
    help = "Removes ledger entries of before a date, of all tenants and of the operators, or of one; the rest verifies."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", nargs="?", help="a tenant, or `public` for the operators' ledger; default: all")
        parser.add_argument("--before", type=date.fromisoformat, required=True, metavar="YYYY-MM-DD", help="in UTC")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        before = datetime.combine(options["before"], time(), UTC)
        if before > timezone.now() - YOUNGEST:
            raise CommandError(f"--before must lie at least {YOUNGEST.days} days back.")
        found: dict[str, Pruned] = {}
        try:
            for ledger in ledgers(options["slug"]):
                with ledger_context(ledger.schema):
                    found[ledger.name] = prune(before=before, actor=Actor.system("retention"))
        except NoSuchTenant as error:
            raise CommandError(str(error)) from None
        except OperationalError as error:
            raise CommandError(f"the ledger is too busy; run it again, it goes on where it stopped ({error})") from None
        if options["json"]:
            told = [{"name": name, "entries": done.entries, "up_to": done.up_to} for name, done in found.items()]
            self.stdout.write(json.dumps(told, indent=1))
            return
        for name, done in found.items():
            self.stdout.write(f"{name:16}  {done.entries} entries removed, up to {done.up_to}")
