"""What a workflow may say: one model that validates, makes the JSON Schema and is the documentation.

`parse` turns YAML or JSON text into a Definition, or says everything that is wrong with it, each fault
with its path.
"""

import math
import re
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal

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

from workflows.errors import Fault, InvalidDefinition
from workflows.expressions import BadExpression, check, expressions_in

KEY = r"^[a-z][a-z0-9_]{0,39}$"
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
LONGEST_TEXT = 100_000


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

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Trigger(Part):
    """Which events start a run: their type, and a condition over `event`."""

    event: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.]{0,59}$")]
    when: str | None = None


class Limits(Part):
    """What a run may cost, how long it may be at work (waiting does not count), and how many attempts its steps may
    make in all."""

    cost_usd: Annotated[Decimal, Field(gt=0, le=1000)] = Decimal("0.25")
    running: Duration = timedelta(minutes=30)
    steps: Annotated[int, Field(ge=1, le=1000)] = 200


class Retry(Part):
    """How often a step is tried before it has failed."""

    attempts: Annotated[int, Field(ge=1, le=10)] = 4


class Approvers(Part):
    """Who decides: people of this role or one above it."""

    role: Role = "agent"
    count: Annotated[int, Field(ge=1, le=5)] = 1


class ApprovalRule(Part):
    """When a person is asked, who, and for how long. `policy` leaves it to the tenant's policy."""

    ask: Literal["policy", "always", "when", "sampled"] = "policy"
    when: str | None = None
    percent: Annotated[int, Field(ge=0, le=100)] | None = None
    approvers: Approvers = Approvers()
    expires: Duration = timedelta(hours=24)
    escalate_to: Approvers | None = None


class StepDefinition(Part):
    """One step: a kind or an action, what it is given, what it needs, and when it is skipped."""

    key: Key
    do: str
    with_: dict[str, Any] = Field(default_factory=dict, alias="with")
    needs: list[str] | None = None
    when: str | None = None
    bundle: Key | None = None
    retry: Retry = Retry()
    approval: ApprovalRule | None = None


class BundleDefinition(Part):
    """Steps that form one proposal."""

    approval: ApprovalRule = ApprovalRule()


class Definition(Part):
    """A workflow as it is written down."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
    on: Trigger
    limits: Limits = Limits()
    steps: Annotated[list[StepDefinition], Field(min_length=1, max_length=50)]
    bundles: dict[Key, BundleDefinition] = Field(default_factory=dict)

    def needs_of(self, step: StepDefinition) -> list[str]:
        """The keys that a step waits for: those it names, or else the step before it."""
        if step.needs is not None:
            return step.needs
        position = next(position for position, other in enumerate(self.steps) if other is step)
        return [self.steps[position - 1].key] if position else []

    @cached_property
    def needed_by(self) -> dict[str, list[str]]:
        """For each step the keys of those that need it."""
        found: dict[str, list[str]] = {step.key: [] for step in self.steps}
        for step in self.steps:
            for need in set(self.needs_of(step)):
                found[need].append(step.key)
        return found

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


def stored(digest: str, data: dict[str, Any]) -> Definition:
    """The definition of a stored version, parsed once a process: `digest` says what is in it."""
    if digest not in _stored:
        if len(_stored) >= _MOST_STORED:
            _stored.clear()
        _stored[digest] = Definition.model_validate(data)
    return _stored[digest]


def parse(given: str | dict[str, Any], *, kinds: dict[str, bool]) -> Definition:
    """The definition in `given` (text or data); raises InvalidDefinition with every fault and its path.

    `kinds` holds what `do` may name: True for an action, False for a step kind.
    """
    data = read(given) if isinstance(given, str) else given
    if not isinstance(data, dict):
        raise InvalidDefinition([Fault("", "must be a mapping with name, on and steps")])
    if fault := _not_storable(data):
        raise InvalidDefinition([fault])
    try:
        definition = Definition.model_validate(data)
    except ValidationError as error:
        raise InvalidDefinition([_fault(detail) for detail in error.errors(include_url=False)]) from None
    if faults := list(_faults(definition, kinds)):
        raise InvalidDefinition(faults)
    return definition


def _not_storable(value: Any, path: str = "") -> Fault | None:
    """The first thing in plain data that JSON in the database cannot hold."""
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
    return next(filter(None, (_not_storable(item, where) for where, item in items)), None)


def _fault(detail: Any) -> Fault:
    path = ""
    for part in detail["loc"]:
        path += f"[{part}]" if isinstance(part, int) else f".{part}"
    words = {"extra_forbidden": "is not a known field", "missing": "is missing"}
    message = words.get(detail["type"], detail["msg"].removeprefix("Value error, "))
    return Fault(path.lstrip("."), message)


def _faults(definition: Definition, kinds: dict[str, bool]) -> list[Fault]:
    faults: list[Fault] = []

    def add(path: str, message: str) -> None:
        faults.append(Fault(path, message))

    def compiled(path: str, source: str) -> None:
        try:
            check(source)
        except BadExpression as error:
            add(path, str(error))

    if definition.on.when:
        compiled("on.when", definition.on.when)
    keys = Counter(step.key for step in definition.steps)
    before: set[str] = set()
    used_bundles = set()
    for index, step in enumerate(definition.steps):
        at = f"steps[{index}]"
        if keys[step.key] > 1:
            add(f"{at}.key", f"{step.key} is there twice")
        if step.do not in kinds:
            add(f"{at}.do", f"there is no step kind or action {step.do}; there are {', '.join(sorted(kinds))}")
        for position, need in enumerate(definition.needs_of(step)):
            if need not in keys:
                add(f"{at}.needs[{position}]", f"there is no step {need}")
            elif need not in before:
                add(f"{at}.needs[{position}]", f"{need} comes later: a step can need only steps above it")
        before.add(step.key)
        if step.when:
            compiled(f"{at}.when", step.when)
        for name, value in step.with_.items():
            for source in expressions_in(value):
                compiled(f"{at}.with.{name}", source)
        if step.bundle is not None:
            used_bundles.add(step.bundle)
            if step.bundle not in definition.bundles:
                add(f"{at}.bundle", f"there is no bundle {step.bundle} under bundles")
            if kinds.get(step.do) is False:
                add(f"{at}.bundle", f"{step.do} is no action: only actions can be part of a proposal")
            if step.approval is not None:
                add(f"{at}.approval", "belongs to the bundle")
        elif step.approval is not None and kinds.get(step.do) is False:
            add(f"{at}.approval", f"{step.do} is no action: only actions are approved")
        if step.approval is not None:
            faults += _rule_faults(f"{at}.approval", step.approval, compiled)
    for name, bundle in definition.bundles.items():
        if name not in used_bundles:
            add(f"bundles.{name}", "no step belongs to it")
        if name in keys:
            add(f"bundles.{name}", "is also the key of a step")
        faults += _rule_faults(f"bundles.{name}.approval", bundle.approval, compiled)
    if not faults:
        faults += _between(definition)
    return faults


def _rule_faults(path: str, rule: ApprovalRule, compiled: Any) -> list[Fault]:
    if rule.ask == "when" and not rule.when:
        return [Fault(f"{path}.when", "is missing: `ask: when` needs a condition")]
    if rule.ask == "sampled" and rule.percent is None:
        return [Fault(f"{path}.percent", "is missing: `ask: sampled` needs a percentage")]
    if rule.when:
        compiled(f"{path}.when", rule.when)
    return []


def _between(definition: Definition) -> list[Fault]:
    """A step between members would need what the proposal has not done yet, and be needed to make it."""
    faults = []
    for bundle in definition.bundles:
        members = {step.key for step in definition.members(bundle)}
        after: set[str] = set()
        for index, step in enumerate(definition.steps):
            needs = set(definition.needs_of(step))
            if step.key in members:
                if needs & after:
                    between = ", ".join(sorted(needs & after))
                    faults.append(Fault(f"steps[{index}].needs", f"{between} stands between members of {bundle}"))
            elif needs & (members | after):
                after.add(step.key)
    return faults
