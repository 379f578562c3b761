"""`manage.py smtp`: receives mail for all tenants until it is told to stop."""

import asyncio
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from mail.smtp.server import listen, serve_until


class Command(BaseCommand):
    help = "Receive mail over SMTP on SMTP_PORT, until SIGTERM or Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: %(default)s)")
        parser.add_argument("--port", type=int, default=settings.COUNTERSIGN.smtp_port, help="default: SMTP_PORT")

    def handle(self, *args: Any, **options: Any) -> None:
        self.check(databases=["default"])
        try:
            listening = listen(options["host"], options["port"])
        except OSError as error:
            raise CommandError(f"SMTP_PORT {options['port']} cannot be used: {error.strerror}") from error
        port = listening.getsockname()[1]

        def signals(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
            for name in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(name, stop.set)

        serve_until(listening, signals, ready=lambda: self._say(f"receiving mail on port {port}"))
        self._say("stopped")

    def _say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()
