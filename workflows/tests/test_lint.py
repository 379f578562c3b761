"""What publication refuses: each fault where it stands, all of them at once, and never a definition that could work."""

from typing import Any, ClassVar

import pytest
from pydantic import BaseModel

from audit.services import Actor
from workflows.actions.base import Action, Plan, Reader
from workflows.catalogue import KINDS
from workflows.definition import parse, read
from workflows.errors import InvalidDefinition
from workflows.kinds import Kind, Out
from workflows.lint import lint
from workflows.packs import pack_get, pack_names
from workflows.selectors import version_list
from workflows.services import version_publish

TEXT = """
name: answer
on: {event: email.received, when: "!event.auto_generated && tenant.slug != 'x'"}
steps:
  - {key: understand, do: ai.understand}
  - {key: match, do: crm.match, with: {facts: "${steps.understand.facts}"}}
  - {key: lonely, do: crm.match, needs: [], with: {facts: {suburb: Newtown}}}
  - {key: draft, do: ai.draft_reply, needs: [match]}
  - {key: record, do: crm.upsert_enquiry, bundle: both, needs: [draft]}
  - {key: task, do: crm.create_task, bundle: both, needs: [record], with: {contact: {$step: record, field: contact}}}
  - {key: reply, do: mail.send_reply, bundle: both, needs: [task], with: {draft: "${steps.draft}", hold: 30s}}
  - {key: after, do: crm.match, needs: [reply], when: "steps.match.listing != null", with: {facts: {}}}
bundles:
  both: {approval: {ask: policy, expires: 24h, escalate_to: {role: manager}}}
"""
UNDERSTAND, MATCH, LONELY, DRAFT, RECORD, TASK, REPLY, AFTER = range(8)
RULE = ("bundles", "both", "approval")


class Shredded(Out):
    sheets: int


class ShredGiven(BaseModel):
    sheets: int = 1


class Shred(Action):
    """Shred paper, which nobody puts together again."""

    name = "office.shred"
    label = "Shred"
    risk = "high"
    reversible = False
    role = "other"
    Given: ClassVar[type[BaseModel]] = ShredGiven
    Input: ClassVar[type[BaseModel]] = ShredGiven
    Output = Shredded

    def prepare(self, given: Any, reader: Reader) -> BaseModel:
        return ShredGiven(sheets=given.sheets)

    def plan(self, input: Any, reader: Reader) -> Plan:
        return Plan(action=self.name, input={}, summary="Shred", output={"sheets": input.sheets})


ALL: dict[str, Kind] = {**KINDS, Shred.name: Shred()}


def faults_of(definition: Any) -> dict[str, str]:
    return {fault.path: fault.message for fault in lint(parse(definition), ALL)}


def changed(*changes: tuple[tuple[Any, ...], Any]) -> Any:
    """The valid definition with the value at each path replaced."""
    definition = read(TEXT)
    for path, value in changes:
        at = definition
        for part in path[:-1]:
            at = at.setdefault(part, {}) if isinstance(at, dict) else at[part]
        at[path[-1]] = value
    return definition


def step(index: int, *path: Any) -> tuple[Any, ...]:
    return ("steps", index, *path)


def test_the_definition_that_the_faults_are_put_into_has_none() -> None:
    assert faults_of(TEXT) == {}


@pytest.mark.parametrize("name", pack_names())
def test_a_packs_workflows_have_no_fault(name: str) -> None:
    pack = pack_get(name)
    assert pack is not None
    assert pack.definitions()
    for text in pack.definitions():
        assert lint(parse(text), KINDS) == []


SENTENCES = [
    # References to steps
    (step(MATCH, "when"), "steps.nobody.x == 1", "steps[1].when", "there is no step nobody; there are understand,"),
    (step(MATCH, "with"), {"facts": "${steps.nobody}"}, "steps[1].with.facts", "there is no step nobody"),
    (step(MATCH, "when"), "steps['nobody'].x", "steps[1].when", "there is no step nobody"),
    (step(MATCH, "when"), "steps.draft.text == ''", "steps[1].when", "draft may not have run by then: add it to what"),
    (step(MATCH, "when"), "steps.match.listing != null", "steps[1].when", "match may not have run"),
    (step(DRAFT, "when"), "steps.lonely.listing != null", "steps[3].when", "lonely may not have run"),
    (step(RECORD, "with"), {"summary": "${steps.task.task}"}, "steps[4].with.summary", "task may not have run"),
    # Fields of what steps put out
    (step(MATCH, "with"), {"facts": "${steps.understand.fact}"}, "steps[1].with.facts", "has no fact; it has facts,"),
    (step(MATCH, "when"), "steps.understand.facts.color == ''", "steps[1].when", "facts has no color; it has address,"),
    (step(MATCH, "when"), "steps.understand.intent.name == ''", "steps[1].when", "intent has no name; it is a plain"),
    (step(DRAFT, "when"), "steps.match.slots.text == ''", "steps[3].when", "slots has no text; it is a plain value or"),
    (step(DRAFT, "when"), "steps.match.slots[0].day == ''", "steps[3].when", "slots[0] has no day; it has ends_at,"),
    (step(DRAFT, "when"), "has(steps.match.x.y)", "steps[3].when", "(crm.match) has no x"),
    (step(AFTER, "when"), "steps.record.person != null", "steps[7].when", "(crm.upsert_enquiry) has no person"),
    (
        step(REPLY, "with"),
        {"draft": {"text": "Hello ${steps.draft.txt}"}},
        "steps[6].with.draft.text",
        "(ai.draft_reply) has no txt",
    ),
    (
        step(UNDERSTAND, "with"),
        {"intents": {"a": "${tenant.city}"}},
        "steps[0].with.intents.a",
        "tenant has no city; it has name, slug, timezone",
    ),
    (step(MATCH, "with"), {"facts": {"a": "${steps.draft"}}, "steps[1].with.facts.a", "close it"),
    (step(MATCH, "with"), {"facts": {"a": ["${{'a': 1}.a}"]}}, "steps[1].with.facts.a[0]", "keep braces out of it"),
    # Events, tenants and other names
    (("on", "when"), "event.subject == ''", "on.when", "event (email.received) has no subject; it has auto_generated"),
    (("on", "when"), "event.message.text == ''", "on.when", "message has no text; it is a plain value"),
    (("on", "when"), "steps.understand.intent == ''", "on.when", "no step has run when an event comes"),
    (step(MATCH, "when"), "secrets.key == 1", "steps[1].when", "only event, steps, tenant and bundles can be named"),
    (step(MATCH, "when"), "a ===", "steps[1].when", ""),
    (("on", "when"), "(", "on.when", ""),
    (step(UNDERSTAND, "with"), {"message": "${event.}"}, "steps[0].with.message", ""),
    # What steps are given
    (step(MATCH, "with"), {"fact": 1}, "steps[1].with.fact", "crm.match takes no fact; it takes facts"),
    (step(MATCH, "with"), {"facts": "Newtown"}, "steps[1].with.facts", "valid dictionary"),
    (step(UNDERSTAND, "with"), {"intents": {"a": 1}}, "steps[0].with.intents.a", "valid string"),
    (step(REPLY, "with", "hold"), "2d", "steps[6].with.hold", "less than or equal to 1 day"),
    (step(REPLY, "with", "hold"), "soon", "steps[6].with.hold", ""),
    (step(REPLY, "with", "draft"), None, "steps[6].with.draft", "is missing: mail.send_reply needs it; write it"),
    (step(UNDERSTAND, "with"), {"message": None}, "steps[0].with.message", "is missing: ai.understand needs it"),
    (
        step(LONELY),
        {"key": "lonely", "do": "mail.send_reply", "needs": []},
        "steps[2].with.draft",
        "or need a step that does ai.draft_reply",
    ),
    (
        step(DRAFT, "needs"),
        ["lonely"],
        "steps[3].with.understanding",
        "or need a step that does ai.understand",
    ),
    # Records to come
    (step(TASK, "with", "contact"), {"$step": "nobody", "field": "contact"}, "steps[5].with.contact", "no step nobody"),
    (step(TASK, "with", "contact"), {"$step": "match", "field": "contact"}, "steps[5].with.contact", "not part of the"),
    (step(TASK, "with", "contact"), {"$step": "reply", "field": "message"}, "steps[5].with.contact", "comes later"),
    (step(TASK, "with", "contact"), {"$step": "task", "field": "task"}, "steps[5].with.contact", "comes later"),
    (step(TASK, "with", "contact"), {"$step": "record", "field": "x"}, "steps[5].with.contact", "puts out no x; it"),
    (step(TASK, "with", "contact"), {"$step": "record"}, "steps[5].with.contact", "a record to come is"),
    (step(TASK, "with", "contact"), {"$step": 1, "field": "contact"}, "steps[5].with.contact", "a record to come is"),
    (
        step(AFTER, "with", "facts"),
        {"a": [{"$step": "record", "field": "contact"}]},
        "steps[7].with.facts.a[0]",
        "write ${steps.record.contact}",
    ),
    # What cannot be reached
    (step(MATCH, "when"), "false", "steps[1].when", "is never true, so this step can never be reached"),
    (step(MATCH, "when"), "1 == 2", "steps[1].when", "is never true"),
    (step(MATCH, "when"), "'yes'", "steps[1].when", "is never true"),
    (step(MATCH, "when"), "steps.understand.wants_person && false", "steps[1].when", "is never true"),
    (("on", "when"), "false", "on.when", "is never true, so no event can start a run"),
    # Steps, bundles
    (step(UNDERSTAND, "do"), "ai.guess", "steps[0].do", "there is no step kind or action ai.guess; there are ai."),
    (step(MATCH, "needs"), ["nobody"], "steps[1].needs[0]", "there is no step nobody"),
    (step(MATCH, "needs"), ["understand", "reply"], "steps[1].needs[1]", "reply comes later"),
    (step(AFTER, "key"), "understand", "steps[7].key", "understand is there twice"),
    (step(UNDERSTAND, "bundle"), "both", "steps[0].bundle", "only actions can be part of a proposal"),
    (step(UNDERSTAND, "approval"), {}, "steps[0].approval", "only actions are approved"),
    (step(TASK, "bundle"), "none", "steps[5].bundle", "there is no bundle none"),
    (step(TASK, "approval"), {}, "steps[5].approval", "belongs to the bundle"),
    (("bundles", "empty"), {}, "bundles.empty", "no step belongs to it"),
    (("bundles", "after"), {}, "bundles.after", "is also the key of a step"),
    # Who is asked
    ((*RULE, "ask"), "when", "bundles.both.approval.when", "is missing"),
    ((*RULE, "ask"), "sampled", "bundles.both.approval.percent", "is missing"),
    (RULE, {"ask": "sampled", "percent": 9}, "bundles.both.approval.percent", "medium risk: people are asked about 10"),
    (RULE, {"ask": "when", "when": "false"}, "bundles.both.approval.when", "people have to be asked"),
    (RULE, {"ask": "when", "when": "steps.after.listing"}, "bundles.both.approval.when", "after may not have run"),
    (RULE, {"when": "steps.nobody.x"}, "bundles.both.approval.when", "there is no step nobody"),
    (
        RULE,
        {"approvers": {"role": "manager"}, "escalate_to": {"role": "agent"}},
        "bundles.both.approval.escalate_to.role",
        "agent is less than manager",
    ),
    ((*RULE, "expires"), "0s", "bundles.both.approval.expires", "must be 1s at least"),
    ((*RULE, "expires"), "366d", "bundles.both.approval.expires", "365d at most"),
    (
        step(LONELY),
        {"key": "lonely", "do": "office.shred", "needs": [], "approval": {"ask": "sampled", "percent": 99}},
        "steps[2].approval.ask",
        "office.shred has high risk: a person is always asked",
    ),
    (
        step(LONELY),
        {"key": "lonely", "do": "office.shred", "needs": [], "approval": {"ask": "when", "when": "event.id != ''"}},
        "steps[2].approval.ask",
        "office.shred has high risk",
    ),
    # Retries
    (step(MATCH, "retry"), {"first_pause": "0s"}, "steps[1].retry.first_pause", "must be 1s at least"),
    (step(MATCH, "retry"), {"first_pause": "10m"}, "steps[1].retry.longest_pause", "is shorter than first_pause"),
    (
        step(MATCH, "retry"),
        {"attempts": 10, "first_pause": "6h", "longest_pause": "6h"},
        "steps[1].retry.longest_pause",
        "10 attempts could pause 54 hours together, a day at most",
    ),
]


@pytest.mark.parametrize(
    ("path", "value", "where", "said"),
    SENTENCES,
    ids=[f"{'.'.join(str(part) for part in path)}={value}" for path, value, *_ in SENTENCES],
)
def test_a_fault_is_told_where_it_stands_and_what_it_is(
    path: tuple[Any, ...], value: Any, where: str, said: str
) -> None:
    found = faults_of(changed((path, value)))
    assert said in found[where]


@pytest.mark.parametrize(
    ("path", "value", "where", "said"),
    [row for row in SENTENCES if row[0][-1] in ("when", "with", "contact", "facts", "hold", "expires", "retry")],
)
def test_one_mistake_is_one_fault(path: tuple[Any, ...], value: Any, where: str, said: str) -> None:
    assert list(faults_of(changed((path, value)))) == [where]


def test_a_step_between_members_of_a_bundle_is_refused() -> None:
    definition = changed((step(REPLY, "needs"), ["between"]))
    between = {"key": "between", "do": "crm.match", "needs": ["task"]}
    definition["steps"].insert(REPLY, between)
    assert faults_of(definition) == {"steps[7].needs": "between stands between members of both"}


def test_a_proposal_with_two_replies_is_refused_unless_a_condition_may_make_it_one() -> None:
    definition = changed()
    again = {"key": "again", "do": "mail.send_reply", "bundle": "both", "needs": ["task"]}
    definition["steps"].insert(REPLY, again)
    assert list(faults_of(definition)) == ["steps[7].bundle"]
    again["when"] = "steps.match.listing == null"
    assert faults_of(definition) == {}


def test_all_faults_are_told_at_once_in_the_order_they_are_written() -> None:
    definition = changed(
        (("on", "when"), "event.nothing"),
        (step(MATCH, "with"), {"fact": "${steps.nobody}"}),
        (step(TASK, "with", "contact"), {"$step": "record", "field": "x"}),
        (step(REPLY, "do"), "mail.forward"),
        ((*RULE, "expires"), "400d"),
    )
    assert list(faults_of(definition)) == [
        "on.when",
        "steps[1].with.fact",
        "steps[5].with.contact",
        "steps[6].do",
        "bundles.both.approval.expires",
    ]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (step(MATCH, "when"), "has(steps.understand.facts.colour) && steps.understand.facts.colour == 'red'"),
        (step(MATCH, "when"), "'colour' in steps.understand && steps.understand.colour == 'red'"),
        (step(MATCH, "when"), "steps.understand.facts.preferred_times.exists(time, time.text == 'steps.nobody')"),
        (step(MATCH, "when"), "steps.understand.facts.preferred_times[0].earliest != null"),
        (step(MATCH, "when"), "steps.understand.facts.budget.amount.startsWith('1')"),
        (step(MATCH, "when"), "true"),
        (step(MATCH, "with"), {"facts": {"a": "costs 5 $", "b": [1, None, True]}}),
        (step(AFTER, "when"), "steps.record.contact != null && steps.match == null || size(steps) > 0"),
        (step(TASK, "with"), {"title": "${steps.draft.sources[0].fields[0].text} for ${tenant.name}"}),
        (step(TASK, "with"), {"title": "${steps.record.contact}"}),
        (step(TASK, "with", "contact"), {"$step": "${'record'}", "field": "contact"}),
        (step(LONELY, "with"), {"facts": "${event}"}),
        (RULE, {"ask": "sampled", "percent": 10}),
        (RULE, {"ask": "when", "when": "steps.task.task != null"}),
        (step(LONELY), {"key": "lonely", "do": "office.shred", "needs": [], "approval": {"ask": "always"}}),
        (step(MATCH, "retry"), {"attempts": 10, "first_pause": "1s", "longest_pause": "2h"}),
        (step(MATCH, "retry"), {"attempts": 1, "longest_pause": "7d"}),
    ],
)
def test_what_could_work_is_no_fault(path: tuple[Any, ...], value: Any) -> None:
    assert faults_of(changed((path, value))) == {}


def test_what_an_event_of_another_type_holds_is_not_known() -> None:
    definition = changed((("on",), {"event": "hook.form", "when": "event.budget.amount > 5"}))
    assert faults_of(definition) == {}


@pytest.mark.usefixtures("in_acacia")
def test_a_definition_with_faults_is_not_stored_and_one_without_is() -> None:
    tests = Actor.system("tests")
    wrong = changed((step(MATCH, "when"), "steps.nobody.x"))
    with pytest.raises(InvalidDefinition) as refused:
        version_publish(source=wrong, actor=tests, slug="other")
    assert [fault.path for fault in refused.value.faults] == ["name", "steps[1].when"]
    assert version_list("answer") == []
    assert version_publish(source=TEXT, actor=tests).number == 1
    again = read(TEXT.replace("24h", "1d"))
    assert version_publish(source=again, actor=tests).number == 1, "said in other words it is the same"
