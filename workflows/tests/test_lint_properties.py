"""No false alarm: definitions made of what is there are published; with one reference broken, each is refused there."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.services import Actor
from workflows.actions import ACTIONS
from workflows.catalogue import KINDS
from workflows.errors import InvalidDefinition
from workflows.names import EVENTS, TenantNames
from workflows.services import version_publish
from workflows.shapes import Shape
from workflows.steps import STEP_KINDS

pytestmark = pytest.mark.usefixtures("in_acacia")
TESTS = Actor.system("tests")
AS_OFTEN = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
DECOYS = ("'steps.nobody.x'", '"${event.nothing}".size()', "[1, 2].exists(steps, steps == 1)", "r'\\'.size()")


@dataclass
class Made:
    """A definition, and where its references stand: the path, and how to put another one there."""

    definition: dict[str, Any]
    sites: list[tuple[str, Callable[[str], None], set[str] | None]] = field(default_factory=list)


@st.composite
def chain(draw: st.DrawFn, known: dict[str, str], event: str) -> str:
    """A chain of names that are there: steps among `known` (key -> kind), the event, the tenant."""
    root = draw(st.sampled_from(["tenant", "event", *(["steps"] if known else [])]))
    if root == "steps":
        key = draw(st.sampled_from(sorted(known)))
        return _walked(
            draw, draw(st.sampled_from([f"steps.{key}", f"steps['{key}']"])), Shape.of(KINDS[known[key]].Output)
        )
    if root == "tenant":
        return _walked(draw, "tenant", Shape.of(TenantNames))
    return _walked(draw, "event", Shape.of(EVENTS[event]) if event in EVENTS else Shape())


def _walked(draw: st.DrawFn, text: str, shape: Shape) -> str:
    for _ in range(draw(st.integers(0, 4))):
        parts: list[str | int] = [*shape.fields] or (
            [0] if _has(shape, 0) else ["anything"] if _has(shape, "anything") else []
        )
        if not parts:
            break
        part = draw(st.sampled_from(parts))
        shape = shape.into(part)
        text += (
            f"[{part}]" if isinstance(part, int) else draw(st.sampled_from([f".{part}", f'["{part}"]', f" . {part}"]))
        )
    return text


def _has(shape: Shape, part: str | int) -> bool:
    try:
        shape.into(part)
    except LookupError:
        return False
    return True


@st.composite
def condition(draw: st.DrawFn, known: dict[str, str], event: str) -> str:
    """A condition whose value depends on what it names."""
    one, other = draw(chain(known, event)), draw(chain(known, event))
    decoy = draw(st.sampled_from(DECOYS))
    return draw(
        st.sampled_from(
            [
                f"{one} != null",
                f"{one} == {other} || {decoy} == {one}",
                f"!({one} == 'steps.nobody.x') // steps.nobody",
                f"has({one}.what_nobody_knows) && {one}.what_nobody_knows == 1",
                f"'what' in {one} && {one}.what == {other}",
                f"[{one}].exists(item, item.whatever == {other})",
                f"{{'steps': {one}}}.size() == {decoy} || {one} == 1.5e3",
                f"{one} == null ? {other} == 1 : size({one}) > 0x1F",
            ]
        )
    )


@st.composite
def definitions(draw: st.DrawFn) -> Made:
    """Step kinds, then bundles of actions, then step kinds again; each needs some of what is above it."""
    event = draw(st.sampled_from([*EVENTS, "hook.form"]))
    made = Made({"name": f"made-{uuid4().hex[:12]}", "on": {"event": event}, "steps": [], "bundles": {}})
    kinds: dict[str, str] = {}
    needs: dict[str, set[str]] = {}

    def all_needs(direct: set[str]) -> set[str]:
        return direct.union(*(needs[key] for key in direct))

    def site(path: str, holder: dict[str, Any], name: str, wrap: str, before: set[str] | None) -> None:
        made.sites.append((path, lambda text: holder.__setitem__(name, wrap.replace("@", text)), before))

    def add(do: str, direct: set[str], before: set[str], bundle: str | None) -> None:
        index, key = len(made.definition["steps"]), f"s{len(made.definition['steps'])}"
        known = {other: kinds[other] for other in before}
        step: dict[str, Any] = {"key": key, "do": do, "needs": sorted(direct), "with": {}}
        if bundle:
            step["bundle"] = bundle
        if draw(st.booleans()):
            step["when"] = draw(condition(known, event))
            site(f"steps[{index}].when", step, "when", "@ != null", before)
        kind = KINDS[do]
        for name, about in kind.given_model().model_fields.items():
            origin = kind.takes.get(name, "").partition(":")[0]
            taken = origin in ("event", "message") or origin in known.values()
            if draw(st.booleans()) or (about.is_required() and not taken):
                step["with"][name] = f"${{{draw(chain(known, event))}}}"
                site(f"steps[{index}].with.{name}", step["with"], name, "so ${@} it is", before)
        records = [other for other in known if bundle and kinds[other] in ACTIONS and other in members]
        if "contact" in kind.given_model().model_fields and records and draw(st.booleans()):
            other = draw(st.sampled_from(records))
            named = draw(st.sampled_from(Shape.of(KINDS[kinds[other]].Output).fields))
            step["with"]["contact"] = {"$step": other, "field": named}
            made.sites = [one for one in made.sites if one[0] != f"steps[{index}].with.contact"]
        step["retry"] = draw(st.sampled_from([{}, {"attempts": 10, "longest_pause": "2h"}, {"first_pause": "1s"}]))
        made.definition["steps"].append(step)
        kinds[key], needs[key] = do, all_needs(direct)

    def some(of: set[str]) -> set[str]:
        return draw(st.sets(st.sampled_from(sorted(of)))) if of else set()

    members: set[str] = set()
    if draw(st.booleans()):
        made.definition["on"]["when"] = draw(condition({}, event))
        site("on.when", made.definition["on"], "when", "@ != null", None)
    for _ in range(draw(st.integers(1, 4))):
        direct = some(set(kinds))
        add(draw(st.sampled_from(sorted(STEP_KINDS))), direct, all_needs(direct), None)
    outside = set(kinds)
    for number in range(draw(st.integers(0, 2))):
        bundle = f"b{number}"
        members = set()
        # Members of a bundle see what any of them needs from outside; here the first one needs it all.
        reached = all_needs(some(outside))
        replies = 0
        for _ in range(draw(st.integers(1, 3))):
            do = draw(st.sampled_from(sorted(ACTIONS)))
            replies += ACTIONS[do].role == "reply"
            if replies > 1:
                continue
            direct = some(members) | (reached if not members else set())
            add(do, direct, reached | members, bundle)
            members = members | {made.definition["steps"][-1]["key"]}
        made.definition["bundles"][bundle] = {
            "approval": draw(
                st.sampled_from(
                    [
                        {},
                        {"ask": "always", "expires": "365d"},
                        {"ask": "sampled", "percent": 10, "escalate_to": {"role": "agent", "count": 2}},
                        {"ask": "when", "when": f"steps.{min(members)} != null"},
                    ]
                )
            )
        }
        for key in members:
            needs[key] = needs[key] | reached
    members = set()
    for _ in range(draw(st.integers(0, 2))):
        direct = some(set(kinds))
        add(draw(st.sampled_from(sorted(STEP_KINDS))), direct, all_needs(direct), None)
    return made


@given(made=definitions())
@AS_OFTEN
def test_a_definition_that_names_only_what_is_there_is_published(made: Made) -> None:
    assert version_publish(source=made.definition, actor=TESTS).number == 1


@given(made=definitions(), data=st.data())
@AS_OFTEN
def test_one_broken_reference_is_refused_where_it_stands(made: Made, data: st.DataObject) -> None:
    if not made.sites:
        return
    path, put, before = data.draw(st.sampled_from(made.sites))
    wrong = ["tenant.town", "event.type.x", "secrets.key", "steps.nobody.x", "tenant['town']", "tenant.slug[0]"]
    every = [step["key"] for step in made.definition["steps"]]
    wrong += [f"steps.{key}" for key in every if before is None or key not in before]
    wrong += [f"steps.{key}.what_nobody_puts_out" for key in every if before and key in before]
    if made.definition["on"]["event"] in EVENTS:
        wrong.append("event.subject")
    else:
        wrong.remove("event.type.x")
    put(data.draw(st.sampled_from(wrong)))
    with pytest.raises(InvalidDefinition) as refused:
        version_publish(source=made.definition, actor=TESTS)
    assert [fault.path for fault in refused.value.faults] == [path]
