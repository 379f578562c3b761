"""One question to one provider: price, request, booking, storing, checking, at most one repair."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cached_property

from django.db import transaction
from django.utils import timezone
from pydantic import BaseModel

from ai.breaker import Breaker
from ai.budgets.services import call_of, reserve
from ai.budgets.services import settle as settle_reserved
from ai.catalog.selectors import most_for, price_for
from ai.errors import (
    AIError,
    BadAnswer,
    BreakerOpen,
    ContextWindow,
    InsideTransaction,
    NeedsPerson,
    Retryable,
    UnknownPrice,
)
from ai.models import CALL_MOVES, Call, CallOutcome, Reservation
from ai.providers.base import Prepared, Provider, Repair, Reply
from ai.providers.local import LocalProvider
from ai.purposes import Purpose
from ai.purposes.base import LONGEST_ANSWER
from ai.routes import Hop
from ai.trust.findings import Review, Verdict
from audit.canonical import digest
from audit.services import Actor, record, transition

# Beyond its timeout a call takes no longer to be settled, while its worker lives.
TO_SETTLE = timedelta(seconds=60)
MOST_TOKENS = 128_000  # of one answer, at the vendor
REPAIRABLE = frozenset({"not_json", "wrong_shape", "rule_broken", "not_trusted", "max_tokens"})
MENDABLE = frozenset({Verdict.REPAIRABLE, Verdict.REFUSE})


@dataclass(frozen=True)
class Question:
    """What is asked, and for which step of which run.

    `limit_usd` is what the run may cost in all, `route` the version of the purpose's route. `spent_on` is what budgets
    count it under where that is not its purpose.
    """

    purpose: Purpose
    inputs: BaseModel
    run_id: str
    step: str
    workflow: str = ""
    limit_usd: Decimal | None = None
    route: int = 0
    spent_on: str = ""

    @cached_property
    def digest(self) -> str:
        return self.purpose.inputs_digest(self.inputs)

    @property
    def actor(self) -> Actor:
        return Actor("run", self.run_id) if self.run_id else Actor.system("ai")


@dataclass(frozen=True)
class FellBack:
    """Which model should have answered, and why it did not."""

    hop: Hop
    error: AIError


def stored_call(question: Question) -> Call | None:
    """The answer that this step already has for these inputs; raises InsideTransaction inside a transaction."""
    try:
        with transaction.atomic(durable=True):
            rows = Call.objects.filter(
                run_id=question.run_id,
                step=question.step,
                inputs_digest=question.digest,
                outcome__in=(CallOutcome.SUCCEEDED, CallOutcome.ANSWERED),
            )
            # Answered sorts before succeeded: what was checked already comes first here.
            return rows.order_by("-outcome", "-id").first() if question.run_id else None
    except RuntimeError as error:
        raise InsideTransaction("A model is never asked inside an open transaction.") from error


def call(question: Question, provider: Provider, hop: Hop, fell_back: FellBack | None = None) -> tuple[Call, BaseModel]:
    """Asks, and asks once more with the findings where the answer can be repaired.

    Every request leaves a row, whatever becomes of it. Raises Retryable, NotRetryable, BadAnswer,
    NeedsPerson.
    """
    max_tokens = hop.max_tokens or question.purpose.max_tokens
    repair: Repair | None = None
    row = _request(question, provider, hop, fell_back, max_tokens, repair)
    try:
        return row, settle(question, row)
    except BadAnswer as error:
        if error.code not in REPAIRABLE or not provider.priced:
            raise
        if error.code == "max_tokens":
            max_tokens = min(2 * max_tokens, MOST_TOKENS)
        else:
            repair = Repair(row.answer, error.findings)
    row = _request(question, provider, hop, fell_back, max_tokens, repair)
    return row, settle(question, row)


def settle(question: Question, row: Call) -> BaseModel:
    """Checks a stored answer, and moves its row on. Raises BadAnswer, NeedsPerson or NotRetryable."""
    review = Review()
    try:
        result = _read(question, row)
        review = question.purpose.review(question.inputs, result)
        # The last resort answers as well as it can: what is amiss there, a person sees.
        if row.provider != LocalProvider.name and review.verdict in MENDABLE:
            raise _distrusted(review)
    except AIError as error:
        if row.outcome == CallOutcome.ANSWERED:
            _move(question, row, CallOutcome.FAILED, error, review)
        raise
    if row.outcome == CallOutcome.ANSWERED:
        _move(question, row, CallOutcome.SUCCEEDED, None, review)
    return result


def _distrusted(review: Review) -> BadAnswer:
    """The findings as a model can mend them: the sentence that each is about, and what is wrong with it."""
    return BadAnswer("What it answered could not be trusted.", code="not_trusted", findings=review.told)


def _read(question: Question, row: Call) -> BaseModel:
    if row.stop_reason == "refusal":
        raise NeedsPerson("The model refused to answer.")
    if row.stop_reason == "max_tokens":
        raise BadAnswer("The answer was cut off at its longest allowed length.", code="max_tokens")
    if row.stop_reason == "model_context_window_exceeded":
        raise ContextWindow("The conversation is too long for the model.")
    return question.purpose.read(question.inputs, row.answer)


def _request(
    question: Question,
    provider: Provider,
    hop: Hop,
    fell_back: FellBack | None,
    max_tokens: int,
    repair: Repair | None,
) -> Call:
    """One request. The most it can cost is reserved before it; what it used is booked and its answer stored before
    anybody looks at it.
    """
    prepared = provider.prepare(purpose=question.purpose, inputs=question.inputs, repair=repair)
    began, now = time.monotonic(), timezone.now()
    reservation = Reservation(
        purpose=question.spent_on or question.purpose.name,
        provider=provider.name,
        model_requested=(fell_back.hop if fell_back else hop).model,
        prompt_version=question.purpose.prompt_version,
        workflow=question.workflow,
        run_id=question.run_id,
        step=question.step,
        inputs_digest=question.digest,
        made_at=now,
        until=now + timedelta(seconds=hop.timeout_seconds) + TO_SETTLE,
    )
    row = call_of(reservation)
    row.route_version = question.route
    row.fallback_reason = fell_back.error.message if fell_back else None
    reserved = False
    try:
        if prepared.tokens_at_most is not None:
            _reserve(question, reservation, hop, prepared.tokens_at_most, max_tokens)
            reserved = True
        reply = _answered(provider, prepared, hop, max_tokens)
    except AIError as error:
        row.latency_ms = _since(began)
        row.outcome, row.error, row.finding = CallOutcome.FAILED, error.code, error.message
        if reserved and isinstance(error, Retryable) and error.charged:
            row.cost_usd, row.cost_known = reservation.amount_usd, False
        with transaction.atomic(durable=True):
            _keep(row, reservation if reserved else None)
            record(
                event="ai.failed", target=f"call:{row.pk}", actor=question.actor, data=_told(row),
                run=question.run_id or None,
            )  # fmt: skip
        raise
    row.latency_ms = _since(began)
    _book(row, reply, priced_as=hop.model if reserved else None)
    with transaction.atomic(durable=True):
        _keep(row, reservation if reserved else None)
        if fell_back:
            told = {**_told(row), "error": fell_back.error.code}
            record(
                event="ai.fell_back", target=f"call:{row.pk}", actor=question.actor, data=told,
                run=question.run_id or None,
            )  # fmt: skip
    return row


def _answered(provider: Provider, prepared: Prepared, hop: Hop, max_tokens: int) -> Reply:
    """The reply, where the model's breaker lets the request through. Raises BreakerOpen, Retryable, NotRetryable."""
    if not provider.priced:
        return prepared.answer(hop=hop, max_tokens=max_tokens)
    breaker = Breaker(provider.name, hop.model, provider.address)
    admitted = breaker.admit(longest=hop.timeout_seconds)
    if admitted == "open":
        raise BreakerOpen(f"{hop.model} has failed again and again, so it is not asked for a while.")
    try:
        reply = prepared.answer(hop=hop, max_tokens=max_tokens)
    except Retryable:
        breaker.failed(admitted)
        raise
    except AIError:
        breaker.succeeded()  # it is there: what it refuses is ours
        raise
    breaker.succeeded()
    return reply


def _reserve(question: Question, reservation: Reservation, hop: Hop, prompt_tokens: int, output_tokens: int) -> None:
    """Raises UnknownPrice or BudgetSpent."""
    most = most_for(hop.model, reservation.made_at, prompt_tokens=prompt_tokens, output_tokens=output_tokens)
    if most is None:
        raise UnknownPrice(hop.model)
    reservation.amount_usd = most
    reserve(reservation, run_limit_usd=question.limit_usd)


def _keep(row: Call, reservation: Reservation | None) -> None:
    """Raises Retryable where the answer came so late that its worker was taken for dead: it is charged already."""
    if reservation is not None and not settle_reserved(reservation, cost_usd=row.cost_usd):
        raise Retryable("The answer came too late.", code="too_late")
    row.save(force_insert=True)


def _book(row: Call, reply: Reply, *, priced_as: str | None) -> None:
    """Tokens, and their cost by the model that served, where it has a price, else by the one that was asked."""
    usage = reply.usage
    if priced_as is not None:
        at = row.created_at
        price = price_for(reply.model_served, at, usage.prompt) or price_for(priced_as, at, usage.prompt)
        if price is not None:
            row.cost_usd = price.cost(usage)
    row.outcome = CallOutcome.ANSWERED
    row.model_served = reply.model_served[:100]
    row.stop_reason = reply.stop_reason[:60]
    row.request_id = reply.request_id[:200]
    row.answer = reply.text[: LONGEST_ANSWER + 1].replace("\x00", "")
    row.input_tokens, row.output_tokens = usage.input, usage.output
    row.cache_write_5m_tokens, row.cache_write_1h_tokens = usage.cache_write_5m, usage.cache_write_1h
    row.cache_read_tokens = usage.cache_read


def _move(question: Question, row: Call, to: CallOutcome, error: AIError | None, review: Review) -> None:
    row.error, row.finding = (error.code, error.message) if error else ("", "")
    distrusted = error is not None and error.code == "not_trusted"
    findings = error.findings if isinstance(error, BadAnswer) else (error.message,) if error else ()
    checks: list[dict[str, object]] = [
        {
            "name": "answer",
            "verdict": "failed" if error and not distrusted else "passed",
            "findings": [] if distrusted else list(findings),
        }
    ]
    checks += review.as_checks()
    with transaction.atomic(durable=True):
        transition(
            row,
            moves=CALL_MOVES,
            to=to,
            actor=question.actor,
            data=_told(row),
            run=question.run_id or None,
            changes={"error": row.error, "finding": row.finding, "checks": checks},
        )


def _told(row: Call) -> dict[str, object]:
    told: dict[str, object] = {
        "purpose": row.purpose,
        "provider": row.provider,
        "model_requested": row.model_requested,
        "model_served": row.model_served,
        "prompt_version": row.prompt_version,
        "input_tokens": row.input_tokens,
        "output_tokens": row.output_tokens,
        "cost_usd": row.cost_usd,
        "latency_ms": row.latency_ms,
        "answer": digest(row.answer),
    }
    return {**told, "error": row.error} if row.error else told


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
