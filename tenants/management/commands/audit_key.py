import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from audit.errors import NoSigningKey
from audit.keys import key_rotate, public_keys
from audit.services import Actor, record
from tenants.ledgers import ledger_context, ledgers

HERE = Actor.system("command line")


class Command(BaseCommand):
    help = "Lists the keys that sign the ledger's heads, prints the public half of one, or puts a new one in force."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        listed = verbs.add_parser("list", help="the ids of all keys, the one in force first")
        exported = verbs.add_parser("export", help="a public key in PEM, for auditors")
        exported.add_argument("id", nargs="?", help="default: the one in force")
        rotated = verbs.add_parser(
            "rotate", help="make a new key and keep the public half of the former; all ledgers tell of it"
        )
        for verb in (listed, exported, rotated):
            verb.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            told, text = getattr(self, f"_{options['verb']}")(options)
        except (NoSigningKey, OSError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(json.dumps(told, indent=1) if options["json"] else text)

    def _list(self, options: dict[str, Any]) -> tuple[Any, str]:
        keys = sorted(public_keys().values(), key=lambda key: not key.in_force)
        told = [{"id": key.id, "in_force": key.in_force} for key in keys]
        return told, "\n".join(f"{key.id}  {'in force' if key.in_force else 'former'}" for key in keys)

    def _export(self, options: dict[str, Any]) -> tuple[Any, str]:
        keys = public_keys()
        wanted = options["id"] or next((key.id for key in keys.values() if key.in_force), "")
        if wanted not in keys:
            raise CommandError(f"there is no key {wanted}")
        return {"id": wanted, "pem": keys[wanted].pem}, keys[wanted].pem.rstrip()

    def _rotate(self, options: dict[str, Any]) -> tuple[Any, str]:
        former, new = key_rotate()
        for ledger in ledgers():
            with ledger_context(ledger.schema), transaction.atomic():
                data = {"former": former.id, "key": new.id}
                record(event="audit.key_rotated", target=f"key:{new.id}", actor=HERE, data=data)
        told = {"former": former.id, "key": new.id, "public": new.pem}
        return (
            told,
            f"{new.id} is in force; {former.id} verifies what it has signed. For auditors:\n{new.pem.rstrip()}",
        )
