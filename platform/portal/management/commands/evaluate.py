import json
import sys
from dataclasses import asdict
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ai.evaluation.comparing import Comparison, Figure
from ai.evaluation.errors import EvaluationRefused, InvalidCase
from ai.evaluation.selectors import (
    EvaluationView,
    Report,
    case_counts,
    evaluation_get,
    evaluation_report,
    newest_of,
)
from ai.evaluation.services import (
    LIMIT_USD,
    evaluation_advance,
    evaluation_start,
    golden_export,
    golden_import,
)
from ai.evaluation.wording import change_words, figure_words
from ai.providers.local import LOCAL_HOP
from ai.purposes import PURPOSES
from ai.routes import EFFORTS, ROUTES, Hop
from ai.routing import route_of
from ai.selectors import offline_only
from audit.services import Actor
from tenants.errors import NoSuchTenant
from tenants.selectors import public_context, tenant_by_slug, tenant_context

HERE = Actor.system("command line")
IN_FORCE, PRODUCT, OFFLINE = "in-force", "product", "offline"


class Command(BaseCommand):
    """Measures models by a tenant's examples here and now; exit 1 where a gate metric falls, or it stopped."""

    help = "Measures what is in force, or a candidate beside it, by a tenant's examples; brings examples in and out."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the tenant")
        parser.add_argument("--purpose", choices=list(PURPOSES), help="what to measure, or to export")
        parser.add_argument(
            "--route",
            default=IN_FORCE,
            help=f"the candidate: models with their effort, as claude-opus-5-5:high,claude-haiku-5-5:low; {PRODUCT},"
            f" {OFFLINE}, or {IN_FORCE} (default), which is held against the former version of its prompt",
        )
        parser.add_argument("--limit-usd", default=str(LIMIT_USD), help="what each measurement may cost")
        parser.add_argument("--import", dest="bring_in", metavar="FILE", help="bring in examples; - reads them here")
        parser.add_argument("--export", dest="take_out", metavar="FILE", help="take examples out; - writes them here")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with public_context():
                tenant = tenant_by_slug(options["slug"])
            with tenant_context(tenant.schema):
                fell = self._do(options)
        except NoSuchTenant as error:
            raise CommandError(str(error)) from None
        except InvalidCase as refused:
            raise CommandError("\n".join(map(str, refused.faults))) from None
        except EvaluationRefused as refused:
            raise CommandError(refused.sentence) from None
        if fell:
            sys.exit(1)

    def _do(self, options: dict[str, Any]) -> bool:
        if options["bring_in"]:
            self._bring_in(options)
            return False
        if not options["purpose"]:
            raise CommandError(f"say --purpose {' or '.join(PURPOSES)}")
        if options["take_out"]:
            self._take_out(options)
            return False
        return self._measure(options)

    def _bring_in(self, options: dict[str, Any]) -> None:
        try:
            text = sys.stdin.read() if options["bring_in"] == "-" else Path(options["bring_in"]).read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{options['bring_in']} cannot be read: {error}") from None
        found = golden_import(lines=text.split("\n"), actor=HERE)
        told = f"{found.added} added, {found.replaced} corrected, {found.known} known already"
        self.stdout.write(json.dumps(asdict(found)) if options["json"] else told)

    def _take_out(self, options: dict[str, Any]) -> None:
        lines = golden_export(purpose=options["purpose"], actor=HERE)
        text = "".join(f"{line}\n" for line in lines)
        if options["take_out"] == "-":
            self.stdout.write(text, ending="")
            return
        try:
            Path(options["take_out"]).write_text(text, "utf-8")
        except OSError as error:
            raise CommandError(f"{options['take_out']} cannot be written: {error}") from None
        told = f"{len(lines)} examples in {options['take_out']}"
        self.stdout.write(json.dumps({"count": len(lines)}) if options["json"] else told)

    def _measure(self, options: dict[str, Any]) -> bool:
        """Whether a gate metric fell, or it stopped before its end."""
        purpose, limit = options["purpose"], _limit(options["limit_usd"])
        in_force = (LOCAL_HOP,) if offline_only() else route_of(purpose).hops
        hops = _hops(options["route"], purpose, in_force)
        candidate = hops != in_force
        before = newest_of(purpose=purpose, hops=in_force) if candidate else None
        if candidate and (before is None or not _same_examples(before, purpose)):
            self._say(options, "measuring what is in force first")
            _measured(purpose, in_force, limit)
        after = _measured(purpose, hops, limit)
        report = evaluation_report(after.id, in_force=in_force)
        if options["json"]:
            told = _told(after, report.figures, report.comparison)
            self.stdout.write(json.dumps(told, default=str, indent=1))
        else:
            self.stdout.write(_shown(after, report))
        return after.status != "done" or bool(report.comparison and report.comparison.lowered)

    def _say(self, options: dict[str, Any], text: str) -> None:
        if not options["json"]:
            self.stdout.write(text)


def _limit(text: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        raise CommandError(f"{text} is no amount of US dollars") from None
    if not found.is_finite():
        raise CommandError(f"{text} is no amount of US dollars")
    return found


def _hops(text: str, purpose: str, in_force: tuple[Hop, ...]) -> tuple[Hop, ...]:
    known = {IN_FORCE: in_force, PRODUCT: ROUTES[purpose].hops, OFFLINE: (LOCAL_HOP,)}
    if text in known:
        return known[text]
    return tuple(_hop(part.strip()) for part in text.split(","))


def _hop(text: str) -> Hop:
    model, _, effort = text.partition(":")
    for known in EFFORTS:
        if model and known == (effort or "low"):
            return Hop(model, known)
    raise CommandError(f"{text} is no model: write claude-opus-5-5:high; its effort is {', '.join(EFFORTS)}")


def _measured(purpose: str, hops: tuple[Hop, ...], limit: Decimal) -> EvaluationView:
    started = evaluation_start(purpose=purpose, hops=hops, limit_usd=limit, in_background=False, actor=HERE)
    evaluation_advance(started)
    return evaluation_get(started)


def _same_examples(evaluation: UUID, purpose: str) -> bool:
    found = evaluation_get(evaluation)
    return found.total == found.measured == case_counts().get(purpose, 0)


def _told(found: EvaluationView, figures: tuple[Figure, ...], comparison: Comparison | None) -> dict[str, Any]:
    return {
        "evaluation": found.id,
        "purpose": found.purpose,
        "prompt_version": found.prompt_version,
        "models": [asdict(hop) for hop in found.hops],
        "status": found.status,
        "reason": found.reason,
        "measured": found.measured,
        "total": found.total,
        "cost_usd": found.cost_usd,
        "metrics": [
            {"name": figure.metric.name, "gate": figure.metric.gate, "mean": figure.mean, "n": figure.total,
             "low": figure.interval.low, "high": figure.interval.high}
            for figure in figures
        ],
        "comparison": None if comparison is None else [
            {"name": line.metric.name, "gate": line.metric.gate, "before": line.before, "after": line.after,
             "n": line.total, "better": line.better, "worse": line.worse, "difference": line.difference.mean,
             "low": line.difference.interval.low, "high": line.difference.interval.high, "p": line.difference.p,
             "method": line.difference.method, "significant": line.significant}
            for line in comparison.lines
        ],
        "lowered": [line.metric.name for line in comparison.lowered] if comparison else [],
    }  # fmt: skip


def _shown(found: EvaluationView, report: Report) -> str:
    measured = f"{found.measured} of {found.total} examples, US${found.cost_usd:.4f}, {found.status}"
    lines = [f"{found.prompt_version} by {found.models}: {measured}"]
    lines += [f"  {found.reason}"] if found.reason else []
    lines += [f"  {figure.metric.label}: {figure_words(figure)}" for figure in report.figures]
    if (comparison := report.comparison) is not None and comparison.cases:
        named = "the former prompt" if report.former_prompt else "what is in force"
        lines.append(f"beside {named}, on {comparison.cases} examples that both share:")
        lines += [f"  {change_words(line)}" for line in comparison.lines]
        fell = ", ".join(line.metric.label for line in comparison.lowered)
        lines.append(f"LOWER: {fell}" if fell else "no gate metric is lower")
    return "\n".join(lines)
