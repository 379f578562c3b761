"""One question to one provider: price, request, booking, storing, checking, at most one repair."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cached_property

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from pydantic import BaseModel

from ai.breaker import Breaker
from ai.budgets.accounts import Spender
from ai.budgets.lapsing import call_of
from ai.budgets.reserving import reserve
from ai.catalog.selectors import Prices, price_for
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
from ai.fallbacks import FellBack
from ai.keeping import call_keep, call_move, cost_of, entry_of
from ai.known import Known, known
from ai.metrics import call_counted
from ai.models import Call, CallOutcome, CallUse, Reservation
from ai.providers.base import Prepared, Provider, Repair, Reply
from ai.providers.local import LocalProvider
from ai.purposes import Purpose, Understanding
from ai.purposes.base import LONGEST_ANSWER
from ai.routes import Hop
from ai.trust.findings import Review, Verdict
from ai.trust.own_topics import OwnTopic
from audit.canonical import digest
from audit.services import Actor, Composed
from dispatch.services import storable

# Beyond its timeout a call takes no longer to be settled, while its worker lives.
TO_SETTLE = timedelta(seconds=60)
MOST_TOKENS = 128_000  # of one answer, at the vendor
REPAIRABLE = frozenset({"not_json", "wrong_shape", "rule_broken", "not_trusted", "max_tokens"})
MENDABLE = frozenset({Verdict.REPAIRABLE, Verdict.REFUSE})


@dataclass(frozen=True)
class Question:
    """What is asked, and for which step of which run; `limit_usd` is what the run may cost in all.

    `version` is that of the workflow.
    """

    purpose: Purpose
    inputs: BaseModel
    run_id: str
    step: str
    workflow: str = ""
    limit_usd: Decimal | None = None
    version: int = 0
    use: CallUse = CallUse.WORK

    @cached_property
    def digest(self) -> str:
        return self.purpose.inputs_digest(self.inputs)

    @property
    def spender(self) -> Spender:
        return Spender(purpose=self.purpose.name, workflow=self.workflow, run_id=self.run_id, use=self.use)

    @property
    def keeps(self) -> bool:
        """Whether its answer stands for the next time that it is asked; outside runs and evaluations it never does."""
        return bool(self.run_id) or self.use == CallUse.EVALUATION

    @property
    def intent(self) -> str:
        """What the customer wants, where that is understood already."""
        return _intent(getattr(self.inputs, "understanding", None))

    @property
    def actor(self) -> Actor:
        return Actor("run", self.run_id) if self.run_id else Actor.system("ai")


@dataclass(frozen=True)
class Answered:
    """A checked result with the request that gave it; `cost_usd`: what all requests of its question have cost."""

    row: Call
    result: BaseModel
    cost_usd: Decimal


def known_of(question: Question, hops: Sequence[Hop] = ()) -> Known:
    """What has to be known of a question before it is asked, of these models too; raises InsideTransaction inside a
    transaction.
    """
    try:
        with transaction.atomic(durable=True):
            pass  # sends nothing
    except RuntimeError as error:
        raise InsideTransaction("A model is never asked inside an open transaction.") from error
    now = timezone.now()
    return known(
        purpose=question.purpose.name,
        run_id=question.run_id,
        step=question.step,
        digest=question.digest,
        keeps=question.keeps,
        hops=hops,
        accounts=question.spender.accounts(now),
        now=now,
    )


def call(question: Question, provider: Provider, hop: Hop, facts: Known, fell_back: FellBack | None = None) -> Answered:
    """Asks, and asks once more with the findings where the answer can be repaired.

    Every request leaves a row, whatever becomes of it. Raises Retryable, NotRetryable, BadAnswer,
    NeedsPerson.
    """
    max_tokens = hop.max_tokens or question.purpose.max_tokens
    repair: Repair | None = None
    row = _request(question, provider, hop, facts, fell_back, max_tokens, repair)
    try:
        return settle(question, row, facts.forbidden)
    except BadAnswer as error:
        if error.code not in REPAIRABLE or not provider.priced:
            raise
        if error.code == "max_tokens":
            max_tokens = min(2 * max_tokens, MOST_TOKENS)
        else:
            repair = Repair(row.answer, error.findings)
    row = _request(question, provider, hop, facts, fell_back, max_tokens, repair)
    return settle(question, row, facts.forbidden)


def settle(question: Question, row: Call, forbidden: Sequence[OwnTopic]) -> Answered:
    """Checks a stored answer, and moves its row on. Raises BadAnswer, NeedsPerson or NotRetryable.

    One that was checked before stands, whatever was forbidden since: its proposal is checked anew.
    """
    review = Review()
    try:
        result = _read(question, row)
        if row.outcome == CallOutcome.ANSWERED:
            review = question.purpose.review(question.inputs, result, forbidden)
        # The last resort answers as well as it can: what is amiss there, a person sees.
        if row.provider != LocalProvider.name and review.verdict in MENDABLE:
            raise _distrusted(review)
    except AIError as error:
        if row.outcome == CallOutcome.ANSWERED:
            _move(question, row, CallOutcome.FAILED, error, review)
        raise
    if row.outcome == CallOutcome.ANSWERED:
        row.intent = _intent(result) or row.intent
        return Answered(row, result, _move(question, row, CallOutcome.SUCCEEDED, None, review))
    asked = Call.objects.filter(run_id=row.run_id, step=row.step, inputs_digest=row.inputs_digest)
    return Answered(row, result, cost_of(row, asked.aggregate(sum=Sum("cost_usd"))["sum"]))


def _intent(understanding: object) -> str:
    return understanding.intent[:60] if isinstance(understanding, Understanding) else ""


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
    facts: Known,
    fell_back: FellBack | None,
    max_tokens: int,
    repair: Repair | None,
) -> Call:
    """One request. The most it can cost is reserved before it; what it used is booked and its answer stored before
    anybody looks at it.
    """
    warm = hop.model in facts.warm
    prepared = provider.prepare(purpose=question.purpose, inputs=question.inputs, repair=repair, warm=warm)
    began, now = time.monotonic(), timezone.now()
    reservation = Reservation(
        purpose=question.purpose.name,
        provider=provider.name,
        model_requested=(fell_back.hop if fell_back else hop).model,
        prompt_version=question.purpose.prompt_version,
        workflow=question.workflow,
        version=question.version,
        intent=question.intent,
        run_id=question.run_id,
        step=question.step,
        inputs_digest=question.digest,
        use=question.use,
        made_at=now,
        until=now + timedelta(seconds=hop.timeout_seconds) + TO_SETTLE,
    )
    row = call_of(reservation)
    row.route_version = facts.route.number if provider.priced or fell_back else 0
    if fell_back:
        row.fallback_reason, row.fallback_error = fell_back.reason, fell_back.code
    reserved: Reservation | None = None
    try:
        if prepared.tokens_at_most is not None:
            _reserve(question, reservation, hop, facts.prices, prepared.tokens_at_most, max_tokens)
            reserved = reservation
        reply = _answered(provider, prepared, hop, max_tokens)
    except AIError as error:
        row.latency_ms = _since(began)
        row.outcome, row.error, row.finding = CallOutcome.FAILED, error.code, error.message
        if reserved and isinstance(error, Retryable) and error.charged:
            row.cost_usd, row.cost_known = reservation.amount_usd, False
        _keep(row, reserved, prepared.prompt, [entry_of(row, "ai.failed", actor=question.actor, data=_told(row))])
        call_counted(row)
        raise
    row.latency_ms = _since(began)
    _book(row, reply, facts.prices, priced_as=hop.model if reserved else None)
    entries = []
    if fell_back:
        told = {**_told(row), "error": fell_back.code}
        entries = [entry_of(row, "ai.fell_back", actor=question.actor, data=told)]
    _keep(row, reserved, prepared.prompt, entries)
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
        breaker.succeeded(admitted)  # it is there: what it refuses is ours
        raise
    breaker.succeeded(admitted)
    return reply


def _reserve(
    question: Question, reservation: Reservation, hop: Hop, prices: Prices, prompt_tokens: int, output_tokens: int
) -> None:
    """Raises UnknownPrice or BudgetSpent."""
    most = prices.most(hop.model, prompt_tokens=prompt_tokens, output_tokens=output_tokens)
    if most is None:
        raise UnknownPrice(hop.model)
    reservation.amount_usd = most
    reserve(reservation, run_limit_usd=question.limit_usd)


def _keep(row: Call, reservation: Reservation | None, prompt: str, entries: Sequence[Composed]) -> None:
    """Raises Retryable where the answer came so late that its worker was taken for dead: it is charged already."""
    if not call_keep(row, reservation=reservation, entries=entries, prompt=prompt):
        raise Retryable("The answer came too late.", code="too_late")


def _book(row: Call, reply: Reply, prices: Prices, *, priced_as: str | None) -> None:
    """Tokens, and their cost by the model that served, where it has a price, else by the one that was asked."""
    usage = reply.usage
    if priced_as is not None:
        price = prices.price(reply.model_served, usage.prompt)
        if price is None and reply.model_served != priced_as:  # one that nobody asked for
            price = price_for(reply.model_served, row.created_at, usage.prompt)
        price = price or prices.price(priced_as, usage.prompt)
        if price is not None:
            row.cost_usd = price.cost(usage)
    row.outcome = CallOutcome.ANSWERED
    row.model_served = reply.model_served[:100]
    row.stop_reason = reply.stop_reason[:60]
    row.request_id = reply.request_id[:200]
    row.answer = storable(reply.text[: LONGEST_ANSWER + 1].replace("\x00", ""))
    row.input_tokens, row.output_tokens = usage.input, usage.output
    row.cache_write_5m_tokens, row.cache_write_1h_tokens = usage.cache_write_5m, usage.cache_write_1h
    row.cache_read_tokens = usage.cache_read


def _move(question: Question, row: Call, to: CallOutcome, error: AIError | None, review: Review) -> Decimal:
    """What all requests of the question have cost."""
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
    row.failed_checks = [str(check["name"]) for check in checks if check["verdict"] not in ("passed", Verdict.PASS)]
    cost = call_move(row, to=to, actor=question.actor, data=_told(row), checks=checks)
    call_counted(row)
    return cost


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
