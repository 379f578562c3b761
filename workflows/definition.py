"""What a workflow may say: one model that validates, makes the JSON Schema and is the documentation.

`parse` turns YAML or JSON text into a Definition, or says everything that is wrong with its form, each fault
with its path. What a well-formed definition cannot mean is found by `workflows.lint`, when it is published.
"""

import math
import re
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal, Protocol

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    WithJsonSchema,
)

from workflows.errors import Fault, InvalidDefinition, fault_of

KEY = r"^[a-z][a-z0-9_]{0,39}$"
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
LONGEST_TEXT = 100_000
# Deeper is nothing that a step takes, and more than can be stored as JSON.
DEEPEST = 64


def _duration(value: object) -> object:
    found = re.fullmatch(r"(\d{1,6})([smhd])", value) if isinstance(value, str) else None
    if not found:
        raise ValueError("must be a number with a unit, such as 30s, 15m, 24h or 7d")
    return timedelta(seconds=int(found[1]) * UNITS[found[2]])


Duration = Annotated[
    timedelta,
    BeforeValidator(_duration),
    PlainSerializer(lambda value: f"{int(value.total_seconds())}s", return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,6}[smhd]$"}),
]
Key = Annotated[str, Field(pattern=KEY)]
Role = Literal["viewer", "agent", "manager", "owner"]


class Part(BaseModel):
    """A part of a definition: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, use_attribute_docstrings=True)


class Trigger(Part):
    """Which events start a run: their type, and a condition over `event`."""

    event: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.]{0,59}$")]
    """The type of the events, such as `email.received` or `hook.<name>`."""
    when: str | None = None
    """A CEL condition over `event` and `tenant`; no run starts unless it is true."""


class Limits(Part):
    """What a run may cost, how long it may be at work (waiting does not count), and how many attempts its steps may
    make in all."""

    cost_usd: Annotated[Decimal, Field(gt=0, le=1000)] = Decimal("0.25")
    """What the models asked by one run may cost together, in US dollars."""
    running: Duration = timedelta(minutes=30)
    """How long one run may be at work; waiting for people, timers and retries does not count."""
    steps: Annotated[int, Field(ge=1, le=1000)] = 200
    """How many attempts its steps may make in all."""


class Retry(Part):
    """How often a step is tried before it has failed, where trying again can help, and the pauses between."""

    attempts: Annotated[int, Field(ge=1, le=10)] = 4
    """How often the step is tried altogether."""
    first_pause: Duration = timedelta(seconds=2)
    """The pause after the first attempt, from 1s; each one after it is twice as long."""
    longest_pause: Duration = timedelta(minutes=5)
    """No pause is longer than this; all pauses of a step together last a day at most."""

    def pause_after(self, attempts: int) -> timedelta:
        """The pause after so many attempts (from 1 on), before chance shortens it."""
        return min(self.first_pause * (1 << (attempts - 1)), self.longest_pause)

    @property
    def pauses(self) -> timedelta:
        """All pauses together, where every attempt but the last fails in a way that trying again can mend."""
        return sum((self.pause_after(attempt) for attempt in range(1, self.attempts)), timedelta())


class Approvers(Part):
    """Who decides: people of this role or one above it."""

    role: Role = "agent"
    """The least role that decides."""
    count: Annotated[int, Field(ge=1, le=5)] = 1
    """How many distinct people have to approve."""


class ApprovalRule(Part):
    """When a person is asked, who, and for how long. `policy` leaves it to the tenant's policy."""

    ask: Literal["policy", "always", "when", "sampled"] = "policy"
    """`policy`: as the tenant's policy says; `when`: if `when` is true; `sampled`: `percent` of all."""
    when: str | None = None
    """A CEL condition, for `ask: when`."""
    percent: Annotated[int, Field(ge=0, le=100)] | None = None
    """How many of a hundred proposals people are asked about, for `ask: sampled`; where risk is medium, 10 at least."""
    approvers: Approvers = Approvers()
    """Who decides."""
    expires: Duration = timedelta(hours=24)
    """How long they have, up to 365d; after that it goes to `escalate_to` for as long again, and then expires."""
    escalate_to: Approvers | None = None
    """Who decides when nobody has; no lesser role than `approvers`."""
    if_expired: Literal["fail", "go_on"] = "fail"
    """What then, when nobody has decided at all. `fail`: the run has failed, and waits to be retried; `go_on`: what was
    proposed is skipped, and steps below see `bundles.<name> == "expired"`."""


class StepDefinition(Part):
    """One step: a kind or an action, what it is given, what it needs, and when it is skipped."""

    key: Key
    """What other steps call it: `steps.<key>` is what it has put out."""
    do: str
    """The step kind or action."""
    with_: dict[str, Any] = Field(default_factory=dict, alias="with")
    """Its input by name: values, `${…}` with a CEL expression, or {"$step": key, "field": name}, a record to come."""
    needs: list[str] | None = None
    """The steps above that have to be done first; without it, the step just before."""
    when: str | None = None
    """A CEL condition; the step is skipped unless it is true."""
    bundle: Key | None = None
    """The proposal that this action is part of; without it, an action is a proposal of its own."""
    retry: Retry = Retry()
    """How a step kind is tried again. An action is carried out once: what is refused goes back to people."""
    approval: ApprovalRule | None = None
    """Who is asked, for an action that is a proposal of its own."""


class BundleDefinition(Part):
    """Steps that form one proposal."""

    approval: ApprovalRule = ApprovalRule()
    """Who is asked about it."""


class Definition(Part):
    """A workflow as it is written down."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
    """What the workflow is called; its versions share it."""
    on: Trigger
    """What starts a run."""
    limits: Limits = Limits()
    """Beyond these a run has failed."""
    steps: Annotated[list[StepDefinition], Field(min_length=1, max_length=50)]
    """In an order in which each step stands below those that it needs."""
    bundles: dict[Key, BundleDefinition] = Field(default_factory=dict)
    """The proposals of several actions, by the name that their steps give under `bundle`."""

    def needs_of(self, step: StepDefinition) -> list[str]:
        """The keys that a step waits for: those it names, or else the step before it."""
        if step.needs is not None:
            return step.needs
        position = next(position for position, other in enumerate(self.steps) if other is step)
        return [self.steps[position - 1].key] if position else []

    def before(self, step: StepDefinition) -> set[str]:
        """The keys of the steps whose output is there when this one begins, whatever runs beside it.

        Those are all that it needs, directly or not, and of its proposal the members above it: they are planned in
        the order they are written, so that each sees what those above it will put out.
        """
        keys = [member.key for member in self.members(self.bundle_of(step))]
        found = set(keys[: keys.index(step.key)])
        open_keys = [step.key]
        while open_keys:
            more = self._waits_for.get(open_keys.pop(), set()) - found
            found |= more
            open_keys += more
        return found

    @cached_property
    def _waits_for(self) -> dict[str, set[str]]:
        """For each step the keys of those it waits for: what it needs, and what any member of its proposal needs from
        outside, since a proposal is made when all of that is done."""
        found = {}
        for step in self.steps:
            members = self.members(self.bundle_of(step))
            needs = {need for member in members for need in self.needs_of(member)}
            found[step.key] = needs.difference(member.key for member in members).union(self.needs_of(step))
        return found

    @cached_property
    def needed_by(self) -> dict[str, list[str]]:
        """For each step the keys of those that need it."""
        found: dict[str, list[str]] = {step.key: [] for step in self.steps}
        for step in self.steps:
            for need in set(self.needs_of(step)):
                found[need].append(step.key)
        return found

    @cached_property
    def names_bundles(self) -> bool:
        """Whether anything in it asks what became of a proposal."""
        return any("bundles" in f"{step.when} {step.with_}" for step in self.steps)

    def step(self, key: str) -> StepDefinition:
        """The step of that key; raises KeyError."""
        for step in self.steps:
            if step.key == key:
                return step
        raise KeyError(key)

    def bundle_of(self, step: StepDefinition) -> str:
        """The proposal that an action belongs to: its bundle, or one of its own."""
        return step.bundle or step.key

    def rule_of(self, bundle: str) -> ApprovalRule:
        """The approval rule of a bundle, or of a step that is a proposal of its own."""
        if bundle in self.bundles:
            return self.bundles[bundle].approval
        return self.step(bundle).approval or ApprovalRule()

    def members(self, bundle: str) -> list[StepDefinition]:
        """The steps of a bundle, in the order they are written."""
        return [step for step in self.steps if step.bundle == bundle or (step.bundle is None and step.key == bundle)]


class _Loader(yaml.SafeLoader):
    """YAML in which `on`, `off`, `yes` and `no` are words: a definition begins with `on:`.

    Without aliases, which could make a few lines as large as one likes, or endless.
    """

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "aliases are not taken", mark)
        return super().compose_node(parent, index)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """What a node stands for. Of 2026-13-45, or a number of 5,000 digits, the library says so in Python's words."""
        try:
            return super().construct_object(node, deep)
        except (ValueError, LookupError, AttributeError):
            told = f"{str(node.value)[:40]} is no value: write it as text, in quotes"
            raise yaml.constructor.ConstructorError(None, None, told, node.start_mark) from None


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _number(loader: _Loader, node: yaml.ScalarNode) -> Decimal | float:
    """A number with a fraction, exact; what is none stays a float, and is refused."""
    value: float = loader.construct_yaml_float(node)
    return Decimal(str(value)) if math.isfinite(value) else value


_Loader.add_constructor("tag:yaml.org,2002:float", _number)
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def read(text: str) -> Any:
    """The plain data of a YAML or JSON text; raises InvalidDefinition."""
    if len(text) > LONGEST_TEXT:
        raise InvalidDefinition([Fault("", f"is longer than {LONGEST_TEXT} characters")])
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark else ""
        raise InvalidDefinition([Fault(where, f"is not YAML: {getattr(error, 'problem', error)}")]) from None


_stored: dict[str, Definition] = {}
_MOST_STORED = 1000


class Stored(Protocol):
    """A version as it is stored: `digest` says what is in its `definition`."""

    digest: str
    definition: Any


def stored(version: Stored) -> Definition:
    """The definition of a stored version, read and parsed once a process."""
    if version.digest not in _stored:
        if len(_stored) >= _MOST_STORED:
            _stored.clear()
        _stored[version.digest] = Definition.model_validate(version.definition)
    return _stored[version.digest]


def parse(given: str | dict[str, Any]) -> Definition:
    """The definition in `given` (text or data); raises InvalidDefinition with every fault and its path."""
    data = read(given) if isinstance(given, str) else given
    if not isinstance(data, dict):
        raise InvalidDefinition([Fault("", "must be a mapping with name, on and steps")])
    if fault := _not_storable(data):
        raise InvalidDefinition([fault])
    try:
        return Definition.model_validate(data)
    except ValidationError as error:
        raise InvalidDefinition([fault_of(detail) for detail in error.errors(include_url=False)]) from None


def _not_storable(value: Any, path: str = "", depth: int = 0) -> Fault | None:
    """The first thing in plain data that JSON in the database cannot hold."""
    if depth > DEEPEST:
        return Fault(path[:200], f"is nested deeper than {DEEPEST}")
    if isinstance(value, str):
        odd = "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value)
        return Fault(path.encode(errors="replace").decode(), "holds NUL or half a surrogate pair") if odd else None
    if isinstance(value, dict):
        if odd_key := next((key for key in value if not isinstance(key, str)), None):
            return Fault(path, f"has a key that is no text: {odd_key}")
        items = [(f"{path}.{key}".lstrip("."), item) for key, item in [*value.items(), *((k, k) for k in value)]]
    elif isinstance(value, list):
        items = [(f"{path}[{index}]", item) for index, item in enumerate(value)]
    else:
        known = value is None or isinstance(value, bool | int | Decimal)
        return None if known else Fault(path, f"is a {type(value).__name__}: write it as text, in quotes")
    return next(filter(None, (_not_storable(item, where, depth + 1) for where, item in items)), None)
