"""The story of one run: each of its ledger entries in order, with what the tables beside the ledger tell of it.

The entries prove that something happened, and hold ids and digests only; names and words are those that are stored
today. Whatever a reader may not see elsewhere is not told here either: its entry stands without it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ai.selectors import CallView
from approvals.selectors import ApprovalView
from audit.selectors import EntryView
from crm.wording import field_name
from mail.selectors import Brief
from portal.links import Link, link_of, records_of
from portal.proposals.view import digest_short
from portal.run_steps import EFFECT_WORDS, OUTCOMES, checks_of
from portal.templatetags.portal import details
from portal.wording import point, span, words_of
from workflows.selectors import EffectView, RunView, StepView

ASKED = {
    "understand": "to understand the email",
    "recommend": "to recommend what to do",
    "draft": "to draft the reply",
}
# What is told of in passing: the machine at work.
PASSING = ("step.", "run.started", "run.waiting", "run.resumed", "run.queued", "event.", "mail.parsed")
DIGESTS = ("digest", "former")


@dataclass(frozen=True)
class Line:
    """One entry as the story tells it. `passing`: the machine at work, told in one line. `parts`: names and values,
    `says`: a text in its own words, under its name; `notes`: sentences; `links`: records."""

    entry: EntryView
    what: str
    passing: bool = False
    parts: tuple[tuple[str, str], ...] = ()
    says: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Known:
    """What stands beside the ledger of a run, as far as the reader may see it."""

    run: RunView
    email: Brief | None = None
    approvals: Sequence[ApprovalView] = ()
    calls: Sequence[CallView] = ()
    _by_key: dict[str, Any] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        found: dict[str, Any] = {f"approval:{view.id}": view for view in self.approvals}
        found |= {f"call:{call.id}": call for call in self.calls}
        found |= {f"effect:{effect.id}": effect for effect in self.run.effects}
        if self.email:
            found[f"message:{self.email.id}"] = self.email
        object.__setattr__(self, "_by_key", found)

    def of(self, entry: EntryView) -> Any:
        """What the entry is about; None where it is not known, or not to be told."""
        return self._by_key.get(entry.target)

    def step(self, key: object) -> StepView | None:
        """A step by its key."""
        return next((step for step in self.run.steps if step.key == key), None)


def lines_of(entries: Sequence[EntryView], known: Known) -> list[Line]:
    """The story, one line for each entry."""
    return [_line(entry, known) for entry in entries]


def _line(entry: EntryView, known: Known) -> Line:
    kind = entry.event.partition(".")[0]
    about = known.of(entry)
    if entry.event == "mail.received" and isinstance(about, Brief):
        return _mail(entry, about)
    if kind == "ai" and isinstance(about, CallView):
        return _call(entry, about, known)
    if kind == "approval" and isinstance(about, ApprovalView):
        return _approval(entry, about)
    if kind == "effect" and isinstance(about, EffectView):
        return _effect(entry, about)
    if kind == "crm":
        return _record(entry)
    return Line(entry, entry.sentence, passing=entry.event.startswith(PASSING), parts=tuple(details(entry.data)))


def _mail(entry: EntryView, email: Brief) -> Line:
    sender = f"{email.from_name} <{email.from_email}>" if email.from_name else email.from_email
    parts = [("from", sender), ("subject", email.subject), *_digests(entry, "sha256")]
    return Line(entry, "An email arrived", parts=tuple(parts), says=(("Its words", email.own_text),))


def _call(entry: EntryView, call: CallView, known: Known) -> Line:
    asked = ASKED.get(call.purpose, f"for {call.purpose}")
    offline = call.provider == "local"
    parts = [("worked out offline", "without a model")] if offline else [("asked", call.model_requested)]
    if call.model_served and not offline:
        parts.append(("answered by", call.model_served))
    parts += [
        ("prompt", call.prompt_version),
        ("tokens", f"{call.input_tokens:,} in, {call.output_tokens:,} out"),
        ("took", span(call.latency_ms / 1000)),
        ("cost", f"US${call.cost_usd:.4f}" if call.cost_usd else "nothing"),
        *_digests(entry, "answer"),
    ]
    notes = [f"In place of the model asked for: {call.fallback_reason}"] if call.fallback_reason else []
    if call.finding:
        notes.append(call.finding)
    notes += [
        f"{check.name}: {check.findings or ('passed' if check.passed else 'failed')}" for check in checks_of([call])
    ]
    step = known.step(call.step)
    told: tuple[tuple[str, str], ...] = ()
    if call.outcome == "succeeded" and step and step.output and step.kind in OUTCOMES:
        told = (("Answer", OUTCOMES[step.kind](step.output)),)
    what = f"Asked {asked}" if offline else f"The AI was asked {asked}"
    if call.outcome == "failed":
        what = f"{what}: no usable answer"
    return Line(entry, what, parts=tuple(parts), says=told, notes=tuple(notes))


def _approval(entry: EntryView, view: ApprovalView) -> Line:
    parts = _digests(entry, *DIGESTS)
    says: list[tuple[str, str]] = []
    notes: list[str] = []
    match entry.event:
        case "approval.opened":
            parts = [("risk", view.risk), ("to be decided until", _when(entry.data.get("expires_at"))), *parts]
            notes = [*view.reasons, *(str(action.get("summary") or action.get("label")) for action in _actions(view))]
            says = [("The drafted reply", view.drafted_text)] if view.drafted_text else []
        case "approval.edited":
            for name in ("fields", "left_out", "added"):
                if entry.data.get(name):
                    parts.append((words_of(name).lower(), ", ".join(map(str, entry.data[name]))))
        case "approval.approved" | "approval.rejected" | "approval.seconded":
            notes = [
                decision.said
                for decision in view.decisions
                if decision.said and decision.digest == entry.data.get("digest") and _same_moment(decision.at, entry)
            ]
            if entry.event != "approval.rejected" and entry.data.get("digest") == view.digest:
                says = _letter(view)
        case _:
            parts += [(name, str(value)) for name, value in entry.data.items() if name in ("reason", "role")]
    what = f"{entry.sentence}: {view.title}"
    return Line(entry, what, parts=tuple(parts), says=tuple(says), notes=tuple(notes))


def _same_moment(at: datetime, entry: EntryView) -> bool:
    """A decision is stored a moment before its entry; two people's lie further apart than that."""
    return abs((at - entry.at).total_seconds()) < 1


def _actions(view: ApprovalView) -> list[Mapping[str, Any]]:
    return list(view.document.get("actions", ()))


def _letter(view: ApprovalView) -> list[tuple[str, str]]:
    reply = view.document.get("reply") or {}
    to = ", ".join(map(str, reply.get("to", ())))
    return [(f"The reply as it was approved, to {to}", str(reply.get("text", "")))] if reply else []


def _effect(entry: EntryView, effect: EffectView) -> Line:
    parts = [(name, str(entry.data[name])) for name in ("reason",) if entry.data.get(name)]
    parts += _digests(entry, "plan")
    words = EFFECT_WORDS.get(entry.event.removeprefix("effect."), entry.sentence)
    if entry.event == "effect.held":
        words = "Held before it leaves"
    summary = effect.summary or words_of(effect.action)
    links = records_of(effect) if entry.event == "effect.done" else []
    return Line(entry, f"{summary}: {words[:1].lower()}{words[1:]}", parts=tuple(parts), links=tuple(links))


def _record(entry: EntryView) -> Line:
    kind, _, ident = entry.target.partition(":")
    link = link_of(kind, ident)
    fields = ", ".join(field_name(str(name)) for name in entry.data.get("fields", ()))
    did = {"created": "was added", "updated": "was changed", "reverted": "was put back", "deleted": "was deleted"}
    what = f"{link.label.capitalize()} {did.get(entry.event.removeprefix('crm.record_'), entry.sentence)}"
    parts = [("fields", fields)] if fields else []
    return Line(entry, what, parts=tuple(parts), links=(link,) if link.url else ())


def _digests(entry: EntryView, *names: str) -> list[tuple[str, str]]:
    return [(words_of(name).lower(), digest_short(str(entry.data[name]))) for name in names if entry.data.get(name)]


def _when(value: object) -> str:
    try:
        return point(datetime.fromisoformat(str(value)))
    except ValueError:
        return ""
