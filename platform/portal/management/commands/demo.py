import smtplib
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.demo import link, push, sample_names
from portal.prove import NotProved, prove
from tenants.errors import NoSuchTenant
from tenants.selectors import tenant_by_slug, tenant_context


class Command(BaseCommand):
    """The story from outside: SMTP in, and then only what the ledger says; then what must be refused or survived."""

    help = "Sends a sample email through the running stack and prints its run until it waits or ends."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--mail", default="inspection", choices=sample_names(), help="which sample")
        parser.add_argument("--tenant", default="acacia", help="slug of the agency that gets it")
        parser.add_argument("--prove", action="store_true", help="then try what must be refused or survived")

    def handle(self, *args: Any, **options: Any) -> None:
        def tell(seconds: float, sentence: str) -> None:
            self.stdout.write(f"  {seconds:6.2f} s  {sentence}")
            self.stdout.flush()

        try:
            tenant = tenant_by_slug(options["tenant"])
            arrived = push(options["mail"], tenant.slug, tell)
        except NoSuchTenant as error:
            raise CommandError(f"{error}: run `python manage.py stack up` without --no-demo first") from None
        except TimeoutError as error:
            raise CommandError(str(error)) from None
        except (OSError, smtplib.SMTPException) as error:
            raise CommandError(f"the mail could not be handed over: {error}") from None
        with tenant_context(tenant.schema):
            if arrived.approval:
                self.stdout.write(f"The run waits for approval: {link(f'/approvals/{arrived.approval}/')}")
            elif arrived.run:
                self.stdout.write(f"The run has {arrived.status}: {link(f'/runs/{arrived.run}/')}")
        if arrived.status in ("failed", "cancelled"):
            raise CommandError(f"the run has {arrived.status}")
        if options["prove"]:
            self._prove()

    def _prove(self) -> None:
        self.stdout.write("\nWhat must be refused or survived, and what was answered:")
        try:
            for line in prove():
                self.stdout.write(f"  {'held' if line.holds else 'BROKE'}  {line.tried}: {line.answered}")
                self.stdout.flush()
                if not line.holds:
                    raise CommandError(f"this did not hold: {line.tried}")
        except (NotProved, NoSuchTenant, OSError, smtplib.SMTPException) as error:
            raise CommandError(f"this could not be tried: {error}") from None
