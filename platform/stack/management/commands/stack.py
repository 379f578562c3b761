import os
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from stack import cli


class Command(BaseCommand):
    """Hands over to `python -m stack`: a supervisor needs neither Django nor its memory."""

    help = "Starts, shows or stops the embedded stack: stack up|status|down."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        cli.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        arguments = sys.argv[sys.argv.index("stack") + 1 :]
        os.execv(sys.executable, [sys.executable, "-m", "stack", *arguments])  # noqa: S606 (no shell is wanted)
