import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.canonical import plain
from audit.errors import NoHeads, NoSigningKey
from audit.heads import kept_read
from audit.verification import Verdict, heads_from, verify
from tenants.errors import NoSuchTenant
from tenants.ledgers import ledger_context, ledgers


class Command(BaseCommand):
    help = "Verifies the ledgers, of all tenants and of the operators, or of one; exits 1 with what is broken first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", nargs="?", help="a tenant, or `public` for the operators' ledger; default: all")
        parser.add_argument("--heads", type=Path, metavar="FILE", help="heads that were kept elsewhere, one per line")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        found: dict[str, Verdict] = {}
        try:
            kept = {head.tenant for head in kept_read(options["heads"])} if options["heads"] else set()
            for ledger in ledgers(options["slug"]):
                with ledger_context(ledger.schema):
                    heads = heads_from(options["heads"]) if options["heads"] else None
                    found[ledger.name] = verify(heads=heads)
        except (NoSuchTenant, NoSigningKey, NoHeads) as error:
            raise CommandError(str(error)) from None
        if options["json"]:
            told = [
                {"name": name, "holds": v.holds, **asdict(v), "statements": v.statements} for name, v in found.items()
            ]
            self.stdout.write(json.dumps(plain(told), indent=1))
        else:
            for name, verdict in found.items():
                self.stdout.write(
                    f"{name:16}  {'holds ' if verdict.holds else 'BROKEN'}  {' '.join(verdict.statements)}"
                )
        broken = [name for name, verdict in found.items() if not verdict.holds]
        if broken:
            raise CommandError(f"broken: {', '.join(broken)}")
        if options["heads"]:
            self._compared(options, {verdict.ledger for verdict in found.values()}, kept)

    def _compared(self, options: dict[str, Any], here: set[str], kept: set[str]) -> None:
        """Whether heads that were kept could say anything: those of a ledger that is gone, or that goes by another id
        now, agree with nothing."""
        file = options["heads"]
        if options["slug"] and not here & kept:
            raise CommandError(f"{file} holds no head of this ledger, {', '.join(here)}: nothing was compared.")
        if not options["slug"] and (gone := kept - here):
            raise CommandError(f"{file} holds heads of ledgers that are not here: {', '.join(sorted(gone))}")
