import json
from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from audit.services import Actor
from tenants.errors import NoSuchTenant
from tenants.selectors import TenantInfo, public_context, tenant_by_slug, tenant_context, tenants_all
from workflows.errors import Refused
from workflows.selectors import RunView, run_get, run_statuses, run_view, runs
from workflows.services import run_again, run_cancel, run_retry, runs_retry

HERE = Actor.system("command line")


class Command(BaseCommand):
    """Runs of all tenants or of one, for whoever keeps the installation going; what it does, the ledger tells."""

    help = "Lists, shows, retries, cancels and runs again what workflows do."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        listed = verbs.add_parser("list", help="runs, newest first")
        listed.add_argument("--status", choices=run_statuses())
        listed.add_argument("--limit", type=int, default=50, help="how many of each tenant (default 50)")
        shown = verbs.add_parser("show", help="one run with its steps, their attempts and what they did")
        retried = verbs.add_parser("retry", help="let a failed run go on, or all that failed of one cause")
        cancelled = verbs.add_parser("cancel", help="end a run that has not ended")
        cancelled.add_argument("--reason", default="", help="shown on its page")
        again = verbs.add_parser("again", help="work on the event of an ended run once more, by a new run")
        for verb in (shown, cancelled, again):
            verb.add_argument("run", type=_id, metavar="ID")
        retried.add_argument("run", type=_id, metavar="ID", nargs="?")
        for verb in (listed, retried):
            verb.add_argument("--cause", help="why they failed, such as worker or ai.draft_reply:Retryable")
            verb.add_argument(
                "--since",
                type=_text_of_a_moment,
                help="a time in the tenant's zone: 10:00, 2026-11-21 or 2026-11-21T10:00+11:00; with --cause they"
                " failed since then, else they were begun",
            )
            verb.add_argument("--workflow", metavar="SLUG")
        for verb in (listed, shown, retried, cancelled, again):
            verb.add_argument("--tenant", metavar="SLUG", help="default: whose it is")
            verb.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            told, text = getattr(self, f"_{options['verb']}")(options)
        except Refused as refused:
            raise CommandError(refused.sentence) from None
        except NoSuchTenant as error:
            raise CommandError(str(error)) from None
        self.stdout.write(json.dumps(told, default=_plain, indent=1) if options["json"] else text)

    def _list(self, options: dict[str, Any]) -> tuple[Any, str]:
        found = []
        for tenant in _tenants(options["tenant"]):
            since = _moment(options["since"], tenant.timezone) if options["since"] else None
            failed_since = since if options["cause"] else None
            with tenant_context(tenant.schema):
                rows = runs(
                    status=options["status"],
                    workflow=options["workflow"],
                    cause=options["cause"],
                    since=None if failed_since else since,
                    failed_since=failed_since,
                )
                found += [(tenant.slug, run_view(row)) for row in rows[: max(options["limit"], 0)]]
        lines = [
            f"{slug:16}  {run.id}  {run.status:10}  {run.created_at:%Y-%m-%d %H:%M:%S}  {run.workflow}"
            f"  {run.cause}  {_first_line(run.error)}".rstrip()
            for slug, run in found
        ]
        return [_row(slug, run) for slug, run in found], "\n".join(lines) or "no run fits"

    def _show(self, options: dict[str, Any]) -> tuple[Any, str]:
        with _run(options) as (tenant, run):
            return {"tenant": tenant.slug, **asdict(run)}, _shown(tenant, run)

    def _retry(self, options: dict[str, Any]) -> tuple[Any, str]:
        if options["run"] is None:
            return self._retry_many(options)
        if options["cause"] or options["since"] or options["workflow"]:
            raise CommandError("name a run, or a --cause and --since, not both")
        with _run(options) as (tenant, run):
            done = run_retry(run=run.id, actor=HERE)
            told = f"run {run.id} of {tenant.slug} goes on{' from ' + ', '.join(done.steps) if done.steps else ''}"
            return {"tenant": tenant.slug, "run": run.id, "steps": done.steps}, told

    def _retry_many(self, options: dict[str, Any]) -> tuple[Any, str]:
        if not options["cause"] or not options["since"]:
            raise CommandError("name a run, or a --cause and --since")
        retried: list[UUID] = []
        skipped: list[dict[str, Any]] = []
        for tenant in _tenants(options["tenant"]):
            since = _moment(options["since"], tenant.timezone)
            with tenant_context(tenant.schema):
                after, left = None, 1
                while left:
                    done = runs_retry(
                        cause=options["cause"], since=since, workflow=options["workflow"], after=after, actor=HERE
                    )
                    retried += done.retried
                    skipped += [{"tenant": tenant.slug, **asdict(one)} for one in done.skipped]
                    after, left = done.last, done.left
        lines = [f"{len(retried)} retried, {len(skipped)} left as they are"]
        lines += [f"  {one['run']}  {one['reason']}" for one in skipped]
        return {"retried": retried, "skipped": skipped}, "\n".join(lines)

    def _cancel(self, options: dict[str, Any]) -> tuple[Any, str]:
        with _run(options) as (tenant, run), transaction.atomic():
            if not run_cancel(run=run.id, reason="person", note=options["reason"], actor=HERE):
                raise CommandError("this run has ended, or its reply is leaving right now: nothing was cancelled")
            return {"tenant": tenant.slug, "run": run.id}, f"run {run.id} of {tenant.slug} is cancelled"

    def _again(self, options: dict[str, Any]) -> tuple[Any, str]:
        with _run(options) as (tenant, run):
            made = run_again(run=run.id, actor=HERE)
            return {"tenant": tenant.slug, "run": made, "origin": run.id}, f"run {made} of {tenant.slug} does it again"


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise ArgumentTypeError(f"{text} is no id of a run") from None


def _text_of_a_moment(text: str) -> str:
    try:
        _moment(text, timezone.get_default_timezone())
    except ValueError:
        raise ArgumentTypeError(f"{text} is no time: write 10:00, 2026-11-21 or 2026-11-21T10:00") from None
    return text


def _moment(text: str, zone: tzinfo) -> datetime:
    """A time as it is typed: of today where there is no date, in `zone` where it names none."""
    if "-" not in text:
        text = f"{timezone.now().astimezone(zone).date()}T{text}"
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _tenants(slug: str | None) -> list[TenantInfo]:
    with public_context():
        return [tenant_by_slug(slug)] if slug else tenants_all()


@contextmanager
def _run(options: dict[str, Any]) -> Iterator[tuple[TenantInfo, RunView]]:
    """The run that is named, inside its tenant."""
    for tenant in _tenants(options["tenant"]):
        with tenant_context(tenant.schema):
            run = run_get(options["run"])
            if run is not None:
                yield tenant, run
                return
    raise CommandError(f"there is no run {options['run']}{' of ' + options['tenant'] if options['tenant'] else ''}")


ROW = ("id", "workflow", "version", "status", "cause", "error", "cost_usd", "origin", "created_at", "finished_at")


def _row(slug: str, run: RunView) -> dict[str, Any]:
    return {"tenant": slug, **{name: getattr(run, name) for name in ROW}}


def _shown(tenant: TenantInfo, run: RunView) -> str:
    lines = [f"run {run.id} of {tenant.slug}: {run.workflow}, version {run.version}, {run.status}"]
    lines += [f"  {run.error}"] if run.error else []
    lines += [f"  cause {run.cause}"] if run.cause else []
    lines += [f"  does {run.origin} again"] if run.origin else []
    lines += [f"  run again as {one}" for one in run.again]
    for step in run.steps:
        lines.append(f"  {step.key:20} {step.kind:22} {step.status:10} {step.attempts or ''}".rstrip())
        lines += [f"    {one.number}. {one.started_at:%H:%M:%S} {one.outcome}: {one.error}" for one in step.tries]
    lines += [f"  effect {effect.id} {effect.action} {effect.status}: {effect.summary}" for effect in run.effects]
    return "\n".join(lines)


def _first_line(text: str) -> str:
    return text.splitlines()[0][:100] if text else ""


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
