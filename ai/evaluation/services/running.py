"""Measuring a route by the examples of a purpose: one call an example, outside any transaction, each kept at once.

What is interrupted goes on where it was: an example that has a result is not asked about again, and one that was
answered when a worker died is not paid for again.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from ai.errors import AIError, BadAnswer, ContextWindow, InsideTransaction, NeedsPerson
from ai.evaluation.errors import EvaluationRefused, InvalidCase, NoSuchEvaluation, NothingToMeasure
from ai.evaluation.expected import read_case
from ai.evaluation.gate import newest, route_key
from ai.evaluation.metrics import scores_of
from ai.evaluation.models import EVALUATION_MOVES, Evaluation, EvaluationResult, EvaluationStatus, GoldenCase
from ai.models import Call
from ai.purposes import purpose_named
from ai.routes import ROUTES, Hop
from ai.routing import route_of
from ai.services import ask_these
from ai.topics.selectors import forbidden
from audit.services import Actor, record, transition
from dispatch.crash_points import reached
from dispatch.leases import Lease
from dispatch.services import work_add

HANDLER = "ai.evaluate"
BACKGROUND = 8  # of ten; what customers wait for goes first
LIMIT_USD = Decimal(1)
MOST_USD = Decimal(1_000)
# After so many a worker gives its row back, so that others get their turn.
AT_ONCE = 10
HERE = Actor.system("evaluation")
S = EvaluationStatus
UNFINISHED = (S.QUEUED, S.RUNNING)


@transaction.atomic
def evaluation_start(
    *,
    purpose: str,
    hops: Sequence[Hop],
    actor: Actor,
    limit_usd: Decimal = LIMIT_USD,
    in_background: bool = True,
) -> UUID:
    """Have these models measured by the examples of a purpose, for `limit_usd` US dollars at most.

    A worker does it, or with `in_background=False` whoever calls `evaluation_advance`. Asked for again while it is
    under way it is the same evaluation. Raises NothingToMeasure, EvaluationRefused, UnknownPurpose.
    """
    asked = purpose_named(purpose)
    if not hops:
        raise EvaluationRefused("Name a model at least.")
    _limit(limit_usd)
    cases = list(
        GoldenCase.objects.filter(purpose=purpose, retired_at=None).order_by("pk").values_list("pk", flat=True)
    )
    if not cases:
        raise NothingToMeasure(
            "There are no examples of this purpose. Keep some of decided proposals, or bring in a file."
        )
    key = route_key(hops)
    same = Evaluation.objects.filter(
        purpose=purpose, prompt_version=asked.prompt_version, route_key=key, cases=cases, status__in=UNFINISHED
    )
    row = same.order_by("-pk").first() if in_background else None
    if row is None:
        row = Evaluation.objects.create(
            purpose=purpose,
            prompt_version=asked.prompt_version,
            hops=[asdict(hop) for hop in hops],
            route_key=key,
            cases=cases,
            limit_usd=limit_usd,
            author=actor.key,
        )
        told = {
            "purpose": purpose,
            "prompt_version": row.prompt_version,
            "route": key,
            "cases": len(cases),
            "limit_usd": limit_usd,
        }
        record(event="evaluation.queued", target=f"evaluation:{row.pk}", actor=actor, data=told)
    if in_background:
        _queue(row)
    return row.pk


@transaction.atomic
def candidate_measure(*, purpose: str, hops: Sequence[Hop], actor: Actor) -> UUID:
    """Have models measured that are to take the place of those in force; none: those of the product. What is in force
    is measured too, unless it was by the same examples. Raises as `evaluation_start` does."""
    started = evaluation_start(purpose=purpose, hops=hops or ROUTES[purpose].hops, actor=actor)
    in_force = route_of(purpose).hops
    former = newest(purpose=purpose, hops=in_force)
    if former is None or former.cases != Evaluation.objects.values_list("cases", flat=True).get(pk=started):
        evaluation_start(purpose=purpose, hops=in_force, actor=actor)
    return started


@transaction.atomic
def evaluation_go_on(*, evaluation: UUID, actor: Actor, limit_usd: Decimal | None = None) -> None:
    """Have a worker go on with an evaluation where it stopped, or stands still since whoever measured died, with
    another limit if one is given. Raises NoSuchEvaluation, EvaluationRefused."""
    row = Evaluation.objects.select_for_update().filter(pk=evaluation).first()
    if row is None:
        raise NoSuchEvaluation("There is no such evaluation.")
    if row.status == S.DONE:
        raise EvaluationRefused("This evaluation is at its end.")
    changes: dict[str, Any] = {"reason": "", "finished_at": None}
    if limit_usd is not None:
        changes["limit_usd"] = _limit(limit_usd)
    if row.status == S.STOPPED:
        _move(row, S.RUNNING, actor, {"purpose": row.purpose}, changes)
    elif limit_usd is not None:
        row.limit_usd = limit_usd
        row.save(update_fields=["limit_usd"])
    _queue(row)


def _limit(given: Decimal) -> Decimal:
    if not 0 < given <= MOST_USD:
        raise EvaluationRefused(f"What an evaluation may cost lies above US$0 and is US${MOST_USD:,} at most.")
    return given


def _queue(row: Evaluation) -> None:
    work_add(handler=HANDLER, subject=str(row.pk), queue="ai", priority=BACKGROUND)


def evaluation_advance(evaluation: UUID, *, lease: Lease | None = None, most: int | None = None) -> bool:
    """Measure the next examples, `most` or all; whether some are left. What cannot go on stops, and says why.

    A worker gives its lease, under which everything is kept.
    """
    row = _begin(evaluation, lease)
    if row is None:
        return False
    if row.prompt_version != purpose_named(row.purpose).prompt_version:
        _end(row, lease, S.STOPPED, "prompt", f"{row.prompt_version} is no longer the prompt. Measure anew.")
        return False
    for count, case in enumerate(_left(row)):
        if count == most:
            return True
        if _spent(row) >= row.limit_usd:
            _end(row, lease, S.STOPPED, "limit", f"Its limit of US${row.limit_usd.normalize():f} is used up.")
            return False
        reached("before_effect", "evaluation")
        try:
            result = _result(row, case)
        except InsideTransaction:
            raise
        except AIError as error:
            _end(row, lease, S.STOPPED, error.code, error.message)
            return False
        reached("after_effect", "evaluation")
        with transaction.atomic():
            _hold(lease)
            # Another worker that was taken for dead may have been faster.
            with suppress(IntegrityError), transaction.atomic():
                result.save(force_insert=True)
            reached("before_commit", "evaluation")
        reached("after_commit", "evaluation")
    _end(row, lease, S.DONE, "", "")
    return False


def _begin(evaluation: UUID, lease: Lease | None) -> Evaluation | None:
    with transaction.atomic():
        _hold(lease)
        row = Evaluation.objects.select_for_update().filter(pk=evaluation, status__in=UNFINISHED).first()
        if row is not None and row.status == S.QUEUED:
            _move(row, S.RUNNING, HERE, {"purpose": row.purpose})
    return row


def _left(row: Evaluation) -> list[GoldenCase]:
    """Its examples that have no result yet and are not retired since."""
    done = EvaluationResult.objects.filter(evaluation=row).values("case")
    return list(GoldenCase.objects.filter(pk__in=row.cases, retired_at=None).exclude(pk__in=done).order_by("pk"))


def _result(row: Evaluation, case: GoldenCase) -> EvaluationResult:
    """What the models make of an example. Raises AIError where they could not be asked."""
    result = EvaluationResult(evaluation=row, case=case)
    try:
        inputs, right = read_case(case.purpose, case.inputs, case.expected)
    except InvalidCase:
        result.code = "unreadable"  # the purpose has other inputs by now
        return result
    step, hops = f"{row.pk}:{case.pk}", [Hop(**hop) for hop in row.hops]
    try:
        answer = ask_these(purpose=row.purpose, inputs=inputs, hops=hops, step=step)
    except (BadAnswer, NeedsPerson, ContextWindow) as error:
        result.code = error.code
        scores = scores_of(row.purpose, inputs, right, None)
    else:
        result.call, result.model_served = answer.call_id, answer.provenance.model_served
        scores = scores_of(row.purpose, inputs, right, answer.result, forbidden())
    result.cost_usd = _cost(Call.objects.filter(run_id="", step=step))
    result.scores = {name: str(value) for name, value in scores.items()}
    return result


def _end(row: Evaluation, lease: Lease | None, to: EvaluationStatus, code: str, reason: str) -> None:
    with transaction.atomic():
        _hold(lease)
        # Another worker that was taken for dead may have ended it.
        if not Evaluation.objects.select_for_update().filter(pk=row.pk, status__in=UNFINISHED).exists():
            return
        told: dict[str, Any] = {"purpose": row.purpose, "measured": _measured(row), "cost_usd": _spent(row)}
        changes = {"reason": reason[:300], "finished_at": timezone.now()}
        _move(row, to, HERE, {**told, "code": code} if code else told, changes)


def _move(
    row: Evaluation, to: EvaluationStatus, actor: Actor, data: dict[str, Any], changes: dict[str, Any] | None = None
) -> None:
    transition(row, moves=EVALUATION_MOVES, to=to, actor=actor, data=data, changes=changes)


def _hold(lease: Lease | None) -> None:
    if lease is not None:
        lease.hold()


def _spent(row: Evaluation) -> Decimal:
    """What its calls have cost, those too that came to nothing."""
    return _cost(Call.objects.filter(run_id="", step__startswith=f"{row.pk}:"))


def _cost(calls: QuerySet[Call]) -> Decimal:
    return calls.aggregate(sum=Sum("cost_usd"))["sum"] or Decimal(0)


def _measured(row: Evaluation) -> int:
    return EvaluationResult.objects.filter(evaluation=row).count()


def evaluation_give_up(subject: str, error: str) -> None:
    """A worker broke off over it again and again."""
    row = Evaluation.objects.filter(pk=subject, status__in=UNFINISHED).first()
    if row is not None:
        _end(row, None, S.STOPPED, "worker", "Workers broke off over it again and again.")
