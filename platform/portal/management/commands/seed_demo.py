from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from portal.demo import PASSWORD, seed


class Command(BaseCommand):
    """Idempotent: a second start finds everything in place."""

    help = "Makes the demo's two agencies with people and records, and prints who can sign in."

    def handle(self, *args: Any, **options: Any) -> None:
        port = settings.COUNTERSIGN.http_port
        logins = seed()
        self.stdout.write(f"Demo people, all with the password {PASSWORD}:")
        former = ""
        for login in logins:
            if login.tenant != former:
                former = login.tenant
                self.stdout.write(f"  {login.tenant}  http://{login.host}:{port}/")
            self.stdout.write(f"    {login.email:<28} {login.role}")
