from typing import Any

from django.core.management.base import BaseCommand

from dispatch.loops import run_until_stopped
from dispatch.services import OWNER_QUEUE, heartbeat
from dispatch.worker import process_name, run_next


class Command(BaseCommand):
    """The only long-lived process with the owner's login: what it does was asked for by a row."""

    help = "Carries out requests that need the database owner, such as new tenants (started by the stack)."

    def handle(self, *args: Any, **options: Any) -> None:
        def turn() -> None:
            heartbeat(process=process_name(), kind="provisioner")
            while run_next(OWNER_QUEUE):
                pass

        run_until_stopped(turn, every=1.0)
