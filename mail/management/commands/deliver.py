"""`manage.py deliver --to ADDRESS < message.eml`: takes mail from a pipe, as Postfix and Exim hand it over."""

import json
import os
import sys
from email.parser import BytesHeaderParser
from email.policy import compat32
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from mail.errors import NotAMessage
from mail.parsing.addresses import addresses, email_clean
from mail.parsing.caps import MESSAGE_BYTES
from mail.parsing.glance import has_header
from mail.smtp.delivery import Envelope, MailLoop, RecipientRefused, Refusal, deliver

# sysexits.h, which mail servers read
EX_DATAERR = 65  # not a message: bounced
EX_NOUSER = 67  # no such address: bounced
EX_TEMPFAIL = 75  # tried again later


class Command(BaseCommand):
    help = "Deliver a message from standard input; exits 0 stored, 67 no such address, 65 no message, 75 try again."
    # A failing check would end with 1, which a mail server takes for a bounce.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", required=True, help="the address it came to, with its +tag")
        parser.add_argument(
            "--from", dest="sender", default=None, help="the envelope's sender (default: $SENDER, Return-Path or From)"
        )
        parser.add_argument("--json", action="store_true", help='print {"ids": [...]}')

    def handle(self, *args: Any, **options: Any) -> None:
        raw = _without_mailbox_line(sys.stdin.buffer.read(MESSAGE_BYTES + 1))
        if not raw.strip() or not has_header(raw):
            raise CommandError("not a message: it has no header", returncode=EX_DATAERR)
        envelope = Envelope(sender=_sender(options["sender"], raw), recipients=(options["to"],), peer="pipe")
        try:
            ids = deliver(raw, envelope)
        except RecipientRefused as refused:
            known = refused.refusal is Refusal.SUSPENDED
            raise CommandError(refused.refusal.value[10:], returncode=EX_TEMPFAIL if known else EX_NOUSER) from refused
        except (NotAMessage, MailLoop) as refused:
            raise CommandError(f"refused: {refused}", returncode=EX_DATAERR) from refused
        except (DatabaseError, OSError) as error:
            raise CommandError(f"try again: {str(error).splitlines()[0]}", returncode=EX_TEMPFAIL) from error
        self.stdout.write(json.dumps({"ids": ids}) if options["json"] else f"stored as {', '.join(ids)}")


def _sender(given: str | None, raw: bytes) -> str:
    """The envelope's sender: as given, as the pipe's environment has it, or as the message's header says.

    Only an empty one that was given means the null return path of delivery reports.
    """
    if given is None:
        given = os.environ.get("SENDER")
    if given is not None:
        return email_clean(given)
    message = BytesHeaderParser(policy=compat32).parsebytes(raw[:1_000_000])
    written = [addresses(str(message.get(name) or "")) for name in ("Return-Path", "From")]
    return next((found[0].email for found in written if found), "")


def _without_mailbox_line(raw: bytes) -> bytes:
    """Without the "From sender date" line that a mailbox, and some pipes, put before the header."""
    return raw.partition(b"\n")[2] if raw.startswith(b"From ") else raw
