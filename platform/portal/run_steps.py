"""A run's steps as its page draws them: names, a waterfall, what each cost, and the calls behind it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from ai.selectors import CallView
from approvals.deciders import why_not
from approvals.selectors import ApprovalView
from portal.links import Link, records_of
from portal.proposals.evidence import LANGUAGES
from portal.timeline import Axis, Bar, Interval, Label
from portal.wording import initials, span, words_of
from workflows.approvers import approvers_of
from workflows.selectors import EffectView, RunView, StepView

STEP_WORDS = {
    "skipped": "Skipped",
    "waiting": "Waits for a decision",
    "retrying": "Will be tried again",
    "stopped": "Not done when the run ended",
}
# A step that its run's end found like this goes on no more, unless the run is retried.
UNDER_WAY = ("running", "waiting", "retrying")
STEP_TONES = {"failed": "danger", "waiting": "accent", "running": "accent", "retrying": "accent"}
EFFECT_WORDS = {
    "held": "Held, leaves in",
    "intended": "Leaving right now",
    "done": "Done",
    "stopped": "Stopped before it left",
    "unknown": "Nobody knows whether it left",
    "failed": "Failed",
    "undoing": "Being undone",
    "undone": "Undone",
    "undo_failed": "Undone in part: somebody had changed the rest",
}
TRY_WORDS = {"retrying": "to be tried again", "failed": "failed", "lost": "its worker broke off"}
UNDOABLE = ("done", "undo_failed")
DECISIONS = {
    "pending": "waits for a decision",
    "stale": "the facts changed: to be renewed",
    "approved": "approved",
    "executing": "approved",
    "executed": "approved",
    "failed": "approved",
    "taken_back": "approved, then taken back",
    "rejected": "rejected",
    "expired": "nobody decided",
    "withdrawn": "withdrawn",
}


@dataclass(frozen=True)
class CallRow:
    """One call of a model."""

    id: UUID
    asked: str
    served: str
    outcome: str
    failed: bool
    tokens: str
    took: str
    cost: str


@dataclass(frozen=True)
class Check:
    """What code held an answer against."""

    name: str
    passed: bool
    findings: str


@dataclass(frozen=True)
class TryRow:
    """An attempt that came to nothing: when that was, what it said, and what came of it."""

    at: datetime
    error: str
    then: str


@dataclass(frozen=True)
class StepRow:
    """A row of the page: a step, or a person's decision (`initials` is theirs, `url` leads to the proposal)."""

    name: str
    key: str
    kind: str
    status: str
    tone: str
    outcome: str
    error: str
    attempts: int
    took: str
    cost: str
    bars: list[Bar]
    label: Label | None
    calls: list[CallRow]
    checks: list[Check]
    tries: list[TryRow] = field(default_factory=list)
    initials: str = ""
    url: str = ""

    @property
    def opened(self) -> bool:
        """Whether what is behind it is shown at once: something there did not go as asked."""
        return any(call.failed for call in self.calls) or any(not check.passed for check in self.checks)


@dataclass(frozen=True)
class EffectRow:
    """What a run did, or is about to do. `take_back`: the approval that this person may take back now; `resolve`: the
    effect of which this person may say what became of it; `undo`: the one that this person may undo."""

    action: str
    title: str
    words: str
    tone: str
    held_until: datetime | None
    records: list[Link]
    take_back: UUID | None
    resolve: UUID | None
    undo: UUID | None


@dataclass(frozen=True)
class _Row:
    """A row before it is placed on the axis."""

    row: StepRow
    intervals: list[Interval]


def step_rows(run: RunView, asked: Sequence[ApprovalView], calls: Sequence[CallView]) -> dict[str, Any]:
    """`steps`, with each decision before the first step that it lets, and the `axis` that they are drawn on."""
    effects = {effect.step: effect for effect in run.effects}
    first = {_first_step(view): view for view in reversed(asked)}
    rows: list[_Row] = []
    for step in run.steps:
        view = first.pop(step.key, None)
        if view is not None:
            rows.extend(_decision(each) for each in asked if _first_step(each) == step.key)
        if run.ended and step.status in UNDER_WAY:
            step = replace(step, status="stopped", finished_at=step.finished_at or run.finished_at)
        rows.append(_step(step, effects.get(step.key), [call for call in calls if call.step == step.key]))
    axis = Axis(interval for row in rows for interval in row.intervals)
    placed = []
    for row in rows:
        bars = [axis.bar(interval) for interval in row.intervals]
        label = axis.label(bars, row.row.outcome) if bars else None
        placed.append(StepRow(**{**row.row.__dict__, "bars": bars, "label": label}))
    return {"steps": placed, "axis": axis}


def _first_step(view: ApprovalView) -> str:
    steps = [str(action.get("step")) for action in view.document.get("actions", ())]
    return steps[0] if steps else ""


def _decision(view: ApprovalView) -> _Row:
    last = view.decisions[-1] if view.decisions else None
    ends = view.decided_at or timezone.now()
    open_now = view.status in ("pending", "stale")
    name = "A person is asked" if open_now else f"{last.name} decided" if last else "A person was asked"
    told = DECISIONS.get(view.status, view.status)
    if view.edited_by and not open_now:
        told = f"edited and {told}"
    row = StepRow(
        name=name,
        key="",
        kind=told,
        status=view.status,
        tone="accent" if open_now else "",
        outcome=f"Edited by {view.edited_by}" if view.edited_by else "",
        error="",
        attempts=0,
        took=span(ends - view.created_at) if view.decided_at or open_now else "",
        cost="0",
        bars=[],
        label=None,
        calls=[],
        checks=[],
        initials=initials(last.name) if last else "",
        url=str(view.id),
    )
    interval = Interval("person", view.created_at, max(ends, view.created_at))
    return _Row(row, [interval] if view.decided_at or open_now else [])


def _step(step: StepView, effect: EffectView | None, calls: Sequence[CallView]) -> _Row:
    cost = sum((call.cost_usd for call in calls), Decimal(0))
    row = StepRow(
        name=words_of(step.key),
        key=step.key,
        kind=step.kind,
        status=step.status,
        tone=STEP_TONES.get(step.status, ""),
        outcome=_outcome(step, effect),
        error=step.error,
        attempts=step.attempts,
        took=_took(step, effect),
        cost=f"{cost:.4f}" if cost else "0",
        bars=[],
        label=None,
        calls=[_call(call) for call in calls],
        checks=checks_of(calls),
        tries=_tries(step),
    )
    return _Row(row, _intervals(step, effect, calls))


def _tries(step: StepView) -> list[TryRow]:
    """Each attempt that came to nothing; none where the step's error tells the only one."""
    if len(step.tries) == 1 and step.status == "failed":
        return []
    ends = [one.started_at for one in step.tries[1:]] + [step.tried_at]
    rows = []
    for one, following in zip(step.tries, ends, strict=False):
        pause = following - one.finished_at if following and following > one.finished_at else None
        then = TRY_WORDS[one.outcome]
        if one.outcome == "retrying":
            then = f"tried again after {span(pause)}" if pause else "tried again soon"
        rows.append(TryRow(one.finished_at, one.error, then))
    return rows


def _took(step: StepView, effect: EffectView | None) -> str:
    if effect is not None:
        if effect.due_at is None:
            return ""  # an action's local changes are made at one moment, together
        return "held" if effect.status == "held" else span((effect.settled_at or effect.due_at) - effect.created_at)
    if step.started_at and step.finished_at and step.attempts:
        return span(step.finished_at - step.started_at)
    return ""


def _intervals(step: StepView, effect: EffectView | None, calls: Sequence[CallView]) -> list[Interval]:
    if effect is not None:
        if effect.due_at is None:
            return [Interval("work", effect.created_at, effect.created_at)]
        return [Interval("held", effect.created_at, effect.settled_at or effect.due_at)]
    if not step.started_at or not step.attempts:
        return []
    ends = step.finished_at or timezone.now()
    if step.tries:
        drawn = [Interval("failed", one.started_at, one.finished_at) for one in step.tries]
        if step.status in ("succeeded", "running") and step.tried_at:
            drawn.append(Interval("work", step.tried_at, max(ends, step.tried_at)))
        return drawn
    if len(calls) < 2:
        return [Interval("failed" if step.status == "failed" else "work", step.started_at, ends)]
    drawn = []
    for call in calls:
        kind = "failed" if call.outcome == "failed" else "fallback" if call.fallback_reason else "work"
        begins = max(step.started_at, call.created_at - timedelta(milliseconds=call.latency_ms))
        drawn.append(Interval(kind, begins, max(begins, call.created_at)))  # type: ignore[arg-type]
    return drawn


def _call(call: CallView) -> CallRow:
    failed = call.outcome == "failed"
    outcome = call.finding or words_of(call.error) if failed else "Answered"
    if call.fallback_reason:
        outcome = f"{outcome}, in place of the model asked for: {call.fallback_reason}"
    return CallRow(
        id=call.id,
        asked=call.model_requested,
        served=call.model_served or "none",
        outcome=outcome or "Failed",
        failed=failed,
        tokens=f"{call.input_tokens:,}, {call.output_tokens:,}",
        took=span(call.latency_ms / 1000),
        cost=f"{call.cost_usd:.4f}" if call.cost_usd else "0",
    )


def checks_of(calls: Sequence[CallView]) -> list[Check]:
    """The checks of the last answer."""
    found = calls[-1].checks if calls else []
    return [
        Check(
            words_of(str(check.get("name", ""))),
            check.get("verdict") == "passed",
            "; ".join(map(str, check.get("findings", ()))),
        )
        for check in found
    ]


def _outcome(step: StepView, effect: EffectView | None) -> str:
    told = STEP_WORDS.get(step.status, "")
    if effect is not None:
        told = effect.summary
    elif step.output and step.kind in OUTCOMES:
        told = OUTCOMES[step.kind](step.output)
    return f"{step.attempts} attempts; {told}".rstrip("; ") if step.attempts > 1 else told


def _understood(output: dict[str, Any]) -> str:
    intent = words_of(str(output.get("intent") or "unknown"))
    language = str(output.get("language") or "en").lower()[:2]
    return f"{intent}, in {LANGUAGES[language]}" if language in LANGUAGES else intent


def _matched(output: dict[str, Any]) -> str:
    return str(output.get("listing_title") or "No listing was recognised")


def _recommended(output: dict[str, Any]) -> str:
    return _count(len(output.get("actions", ())), "action")


def _drafted(output: dict[str, Any]) -> str:
    return f"{_count(len(output.get('claims', ())), 'claim')} with a quote"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


OUTCOMES: dict[str, Callable[[dict[str, Any]], str]] = {
    "ai.understand": _understood,
    "crm.match": _matched,
    "ai.recommend": _recommended,
    "ai.draft_reply": _drafted,
}


def effect_rows(run: RunView, asked: Sequence[ApprovalView], person: Any) -> list[EffectRow]:
    """What changed, the last first; with a way back for what is held, where this person may decide about it."""
    views = {view.id: view for view in asked}
    holds = any(effect.status == "held" for effect in run.effects)
    decides = holds and person.has_perm("approvals.decide_approval")
    named = approvers_of(run.workflow) if decides else None
    resolves = person.has_perm("approvals.decide_approval")
    undoes = run.ended and person.has_perm("workflows.change_run")
    rows = []
    for effect in reversed(run.effects):
        view = views.get(effect.approval) if effect.approval else None
        held = effect.status == "held"
        may = held and decides and view and not why_not(person=person.pk, role=person.role, approval=view, named=named)
        words, tone = EFFECT_WORDS.get(effect.status, effect.status), ""
        if effect.status in ("failed", "unknown"):
            tone = "danger"
        if effect.status == "undo_failed":
            tone = "warn"
        if effect.outcome.get("status") == "kept":
            words = "Kept in the outbox, not delivered: no outgoing mail server is set up"
        rows.append(
            EffectRow(
                action=effect.action,
                title=view.title if view and effect.due_at else effect.summary or effect.action,
                words=words,
                tone=tone,
                held_until=effect.due_at if held else None,
                records=records_of(effect),
                take_back=view.id if may and view else None,
                resolve=effect.id if effect.status == "unknown" and resolves else None,
                undo=effect.id if undoes and effect.reversible and effect.status in UNDOABLE else None,
            )
        )
    return rows
