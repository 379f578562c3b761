"""What a well-formed definition cannot mean: references to what cannot be there, inputs that nothing fills, steps
that cannot be reached, sensitive actions without approval, retries without a bound.

Only what can be decided for certain is a fault, so that no definition is refused that could work. A condition is
never true when it names nothing, or when no name can change it (`false && …`); one that goes over elements is not
tried, and two that exclude each other are not looked for. What a free-form value holds (an event of an unknown type,
a `dict[str, Any]`) is not known, nor is who has which role, nor the tenant's policy: those are the database's.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from pydantic import ValidationError

from workflows.actions.base import RISKS, Action
from workflows.chains import Chain, chains
from workflows.definition import ApprovalRule, Definition, Retry, StepDefinition
from workflows.errors import Fault
from workflows.expressions import BadExpression, check, expressions_in, is_never_true, is_unfinished
from workflows.kinds import Kind
from workflows.names import EVENTS, TenantNames
from workflows.shapes import Missing, Shape

ROLES = ("viewer", "agent", "manager", "owner")
LEAST_SAMPLE_PERCENT = 10
LONGEST_EXPIRY = timedelta(days=365)
SHORTEST_PAUSE = timedelta(seconds=1)
LONGEST_RETRYING = timedelta(days=1)


def lint(definition: Definition, kinds: Mapping[str, Kind]) -> list[Fault]:
    """Every fault of a definition whose form is right, in the order it is written; `kinds` is what `do` may name."""
    return list(dict.fromkeys(_Lint(definition, kinds).faults()))


class _Lint:
    def __init__(self, definition: Definition, kinds: Mapping[str, Kind]) -> None:
        self.definition = definition
        self.kinds = kinds
        self.keys = [step.key for step in definition.steps]
        self.event = EVENTS.get(definition.on.event)

    def faults(self) -> Iterator[Fault]:
        when = self.definition.on.when
        yield from self._condition("on.when", when, before=None, never="no event can start a run")
        for index, step in enumerate(self.definition.steps):
            yield from self._step(index, step)
        for name, bundle in self.definition.bundles.items():
            yield from self._bundle(f"bundles.{name}", name, bundle.approval)

    def _step(self, index: int, step: StepDefinition) -> Iterator[Fault]:
        at = f"steps[{index}]"
        kind = self.kinds.get(step.do)
        if Counter(self.keys)[step.key] > 1:
            yield Fault(f"{at}.key", f"{step.key} is there twice")
        if kind is None:
            names = ", ".join(sorted(self.kinds))
            yield Fault(f"{at}.do", f"there is no step kind or action {step.do}; there are {names}")
        yield from self._needs(at, step, above=self.keys[:index])
        yield from self._membership(at, step, kind)
        before = self.definition.before(step)
        yield from self._condition(f"{at}.when", step.when, before=before, never="this step can never be reached")
        for path, source in expressions_in(step.with_, f"{at}.with"):
            yield from self._expression(path, source, before=before)
        for path in _unfinished(step.with_, f"{at}.with"):
            yield Fault(path, "begins a ${ that is no reference: close it, and keep braces out of it")
        for path, value in _to_come(step.with_, f"{at}.with"):
            yield from self._record_to_come(path, value, step)
        if kind is not None:
            yield from self._inputs(at, step, kind, before)
        yield from _retry(f"{at}.retry", step.retry)

    def _needs(self, at: str, step: StepDefinition, above: list[str]) -> Iterator[Fault]:
        for position, need in enumerate(self.definition.needs_of(step)):
            if need not in self.keys:
                yield Fault(f"{at}.needs[{position}]", f"there is no step {need}")
            elif need not in above:
                yield Fault(f"{at}.needs[{position}]", f"{need} comes later: a step can need only steps above it")

    def _membership(self, at: str, step: StepDefinition, kind: Kind | None) -> Iterator[Fault]:
        if step.bundle is not None:
            if step.bundle not in self.definition.bundles:
                yield Fault(f"{at}.bundle", f"there is no bundle {step.bundle} under bundles")
            if kind is not None and not isinstance(kind, Action):
                yield Fault(f"{at}.bundle", f"{step.do} is no action: only actions can be part of a proposal")
            if step.approval is not None:
                yield Fault(f"{at}.approval", "belongs to the bundle")
        elif step.approval is not None and kind is not None and not isinstance(kind, Action):
            yield Fault(f"{at}.approval", f"{step.do} is no action: only actions are approved")
        if step.approval is not None:
            yield from self._rule(f"{at}.approval", step.approval, self.definition.bundle_of(step))

    def _bundle(self, at: str, name: str, rule: ApprovalRule) -> Iterator[Fault]:
        if not any(step.bundle == name for step in self.definition.steps):
            yield Fault(at, "no step belongs to it")
        if name in self.keys:
            yield Fault(at, "is also the key of a step")
        yield from self._rule(f"{at}.approval", rule, name)
        yield from self._between(name)
        yield from self._replies(name)

    def _between(self, bundle: str) -> Iterator[Fault]:
        """A step between members would need what the proposal has not done yet, and be needed to make it."""
        members = {step.key for step in self.definition.members(bundle)}
        after: set[str] = set()
        for index, step in enumerate(self.definition.steps):
            needs = set(self.definition.needs_of(step))
            if step.key in members:
                if between := ", ".join(sorted(needs & after)):
                    yield Fault(f"steps[{index}].needs", f"{between} stands between members of {bundle}")
            elif needs & (members | after):
                after.add(step.key)

    def _replies(self, bundle: str) -> Iterator[Fault]:
        """One proposal sends one reply: only conditions can make two of them one."""
        replies = [
            index
            for index, step in enumerate(self.definition.steps)
            if step.bundle == bundle and step.when is None and self._role(step) == "reply"
        ]
        for index in replies[1:]:
            first = self.keys[replies[0]]
            yield Fault(f"steps[{index}].bundle", f"{first} sends the reply of this proposal: it can send one only")

    def _role(self, step: StepDefinition) -> str:
        kind = self.kinds.get(step.do)
        return kind.role if isinstance(kind, Action) else ""

    # What expressions name

    def _condition(self, path: str, source: str | None, *, before: set[str] | None, never: str) -> Iterator[Fault]:
        if source is None:
            return
        found = list(self._expression(path, source, before=before))
        yield from found
        if not found and is_never_true(source):
            yield Fault(path, f"is never true, so {never}: correct the condition, or take it out")

    def _expression(self, path: str, source: str, *, before: set[str] | None) -> Iterator[Fault]:
        """`before`: the steps that are done by then; None where an event has only just come."""
        try:
            check(source)
        except BadExpression as error:
            yield Fault(path, str(error))
            return
        asked = chains(source)
        guarded = [chain.parts for chain in asked if chain.guarded]
        for chain in asked:
            if chain.guarded:
                yield from self._chain(path, Chain(chain.parts[:-1]), before)
            elif not any(chain.parts[: len(parts)] == parts for parts in guarded):
                yield from self._chain(path, chain, before)

    def _chain(self, path: str, chain: Chain, before: set[str] | None) -> Iterator[Fault]:
        shape, said, rest = Shape(), chain.root, chain.parts[1:]
        if chain.root == "tenant":
            shape = Shape.of(TenantNames)
        elif chain.root == "event":
            shape = Shape.of(self.event) if self.event else shape
            said = f"event ({self.definition.on.event})" if self.event else said
        elif before is None:
            yield Fault(path, "no step has run when an event comes: only event and tenant can be named here")
            return
        elif chain.root == "bundles":
            if (fault := self._not_decided(rest, before)) is not None:
                yield Fault(path, fault)
            return
        elif rest and isinstance(rest[0], str):
            key = rest[0]
            if (fault := self._not_there(key, before)) is not None:
                yield Fault(path, fault)
                return
            kind = self.kinds.get(self.definition.step(key).do)
            shape = Shape.of(kind.Output) if kind else shape
            said, rest = f"steps.{key} ({self.definition.step(key).do})", rest[1:]
        for part in rest:
            try:
                shape = shape.into(part)
            except Missing as missing:
                there = f"it has {', '.join(missing.there)}" if missing.there else "it is a plain value or a list"
                yield Fault(path, f"{said} has no {part}; {there}")
                return
            said += f"[{part}]" if isinstance(part, int) else f".{part}"

    def _not_there(self, key: str, before: set[str]) -> str | None:
        """Why a step's output cannot be named; None where it can."""
        if key not in self.keys:
            return f"there is no step {key}; there are {', '.join(self.keys)}"
        if key not in before:
            return f"{key} may not have run by then: add it to what this step needs, directly or by way of others"
        return None

    def _not_decided(self, rest: Sequence[str | int], before: set[str]) -> str | None:
        """Why it cannot be named what became of a proposal; None where it can."""
        bundle = rest[0] if rest else None
        if bundle not in self.definition.bundles or len(rest) > 1:
            there = ", ".join(self.definition.bundles) or "none"
            return f"bundles names a bundle, and what became of it is a word; there are {there}"
        waited = [step.key for step in self.definition.members(str(bundle)) if step.key not in before]
        if waited:
            return f"{bundle} may not be decided by then: add {', '.join(waited)} to what this step needs"
        return None

    # What steps are given

    def _inputs(self, at: str, step: StepDefinition, kind: Kind, before: set[str]) -> Iterator[Fault]:
        fields = kind.given_model().model_fields
        for name in step.with_:
            if name not in fields:
                yield Fault(f"{at}.with.{name}", f"{kind.name} takes no {name}; it takes {', '.join(fields)}")
        yield from _literals(f"{at}.with", step, kind)
        for name, about in fields.items():
            if not about.is_required() or step.with_.get(name) is not None:
                continue
            if name in step.with_ or not self._is_taken(kind.takes.get(name, ""), before):
                origin = kind.takes.get(name, "").partition(":")[0]
                other = f", or need a step that does {origin}" if origin in self.kinds else ""
                yield Fault(f"{at}.with.{name}", f"is missing: {kind.name} needs it; write it under with{other}")

    def _is_taken(self, source: str, before: set[str]) -> bool:
        """Whether a kind can take an input by itself; as far as is known of the event."""
        origin, _, inner = source.partition(":")
        if origin in ("event", "message"):
            wanted = inner if origin == "event" else "message"
            return self.event is None or wanted.split(".")[0] in self.event.model_fields
        return any(step.do == origin and step.key in before for step in self.definition.steps)

    def _record_to_come(self, path: str, value: Mapping[str, Any], step: StepDefinition) -> Iterator[Fault]:
        key, field = value["$step"], value.get("field")
        if not isinstance(key, str) or not isinstance(field, str) or len(value) != 2:
            yield Fault(path, 'a record to come is {"$step": key, "field": name}')
            return
        members = [member.key for member in self.definition.members(step.bundle)] if step.bundle else []
        if key not in self.keys:
            yield Fault(path, f"there is no step {key}; there are {', '.join(self.keys)}")
        elif key not in members:
            yield Fault(path, f"{key} is not part of the same bundle: write ${{steps.{key}.{field}}}, and need it")
        elif key not in self.definition.before(step):
            yield Fault(path, f"{key} comes later: a record to come is one of a step above")
        elif kind := self.kinds.get(self.definition.step(key).do):
            try:
                Shape.of(kind.Output).into(field)
            except Missing as missing:
                yield Fault(path, f"{key} ({kind.name}) puts out no {field}; it puts out {', '.join(missing.there)}")

    # Who is asked

    def _rule(self, at: str, rule: ApprovalRule, bundle: str) -> Iterator[Fault]:
        members = self.definition.members(bundle)
        done = {member.key for member in members}.union(*(self.definition.before(member) for member in members))
        if rule.when is not None:
            yield from self._expression(f"{at}.when", rule.when, before=done)
        if rule.ask == "when" and not rule.when:
            yield Fault(f"{at}.when", "is missing: `ask: when` needs a condition")
        if rule.ask == "sampled" and rule.percent is None:
            yield Fault(f"{at}.percent", "is missing: `ask: sampled` needs a percentage")
        yield from self._ceiling(at, rule, members)
        above = rule.escalate_to
        if above is not None and ROLES.index(above.role) < ROLES.index(rule.approvers.role):
            text = f"{above.role} is less than {rule.approvers.role}, who decides before: name that role or one above"
            yield Fault(f"{at}.escalate_to.role", text)
        if not timedelta(0) < rule.expires <= LONGEST_EXPIRY:
            yield Fault(f"{at}.expires", f"must be 1s at least, and {LONGEST_EXPIRY.days}d at most")

    def _ceiling(self, at: str, rule: ApprovalRule, members: list[StepDefinition]) -> Iterator[Fault]:
        """What the risk of a proposal asks, whatever its rule says."""
        actions = [kind for step in members if isinstance(kind := self.kinds.get(step.do), Action)]
        if not actions:
            return
        worst = max(actions, key=lambda action: RISKS.index(action.risk))
        told = f"{worst.name} has {worst.risk} risk"
        if worst.risk == "high" and rule.ask in ("when", "sampled"):
            yield Fault(f"{at}.ask", f"{told}: a person is always asked; write `ask: always`, or `policy`")
        elif worst.risk == "medium" and rule.ask == "sampled" and (rule.percent or 0) < LEAST_SAMPLE_PERCENT:
            text = f"{told}: people are asked about {LEAST_SAMPLE_PERCENT} % at least; raise it, or write `ask: policy`"
            if rule.percent is not None:
                yield Fault(f"{at}.percent", text)
        elif worst.risk == "medium" and rule.ask == "when" and rule.when and is_never_true(rule.when):
            yield Fault(f"{at}.when", f"is never true, and {told}: people have to be asked; write `ask: policy`")


def _literals(at: str, step: StepDefinition, kind: Kind) -> Iterator[Fault]:
    """Values that are written out, as the kind's model judges them: a run would fail on them just the same."""
    stored = step.model_dump(mode="json", include={"with_"})["with_"]
    written = {name: value for name, value in stored.items() if value is not None and not _is_filled_in(value)}
    try:
        kind.given_model().model_validate(written)
    except ValidationError as error:
        for fault in error.errors(include_url=False):
            if fault["loc"] and fault["loc"][0] in written:
                parts = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in fault["loc"])
                yield Fault(f"{at}{parts}", fault["msg"].removeprefix("Value error, "))


def _is_filled_in(value: Any) -> bool:
    """Whether a value is known only in a run."""
    return any(True for _ in expressions_in(value)) or any(True for _ in _to_come(value, ""))


def _unfinished(value: Any, path: str) -> Iterator[str]:
    """Where a text begins a reference that never ends."""
    if isinstance(value, str) and is_unfinished(value):
        yield path
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _unfinished(item, f"{path}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _unfinished(item, f"{path}[{index}]")


def _to_come(value: Any, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The records to come that a value names, where they stand. One whose name is itself an expression is not known."""
    if isinstance(value, Mapping):
        if "$step" in value and not any(True for _ in expressions_in(value)):
            yield path, value
        for key, item in value.items():
            yield from _to_come(item, f"{path}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _to_come(item, f"{path}[{index}]")


def _retry(at: str, retry: Retry) -> Iterator[Fault]:
    if retry.first_pause < SHORTEST_PAUSE:
        yield Fault(f"{at}.first_pause", "must be 1s at least")
    if retry.longest_pause < retry.first_pause:
        yield Fault(f"{at}.longest_pause", "is shorter than first_pause: raise it, or shorten that")
    elif retry.pauses > LONGEST_RETRYING:
        hours = retry.pauses / timedelta(hours=1)
        text = f"{retry.attempts} attempts could pause {hours:.0f} hours together, a day at most: lower it, or attempts"
        yield Fault(f"{at}.longest_pause", text)
