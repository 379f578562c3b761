"""What a workspace forbids its replies to say, from Alice's page to the reply that does not leave."""

from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
from django.test import Client

from ai.errors import TopicRefused
from ai.selectors import call_view, calls
from ai.topics.selectors import TopicView, topics
from ai.topics.services import topic_add, topic_change, topic_remove
from approvals.errors import Stale, Unsupported
from approvals.models import Approval
from approvals.selectors import ApprovalView, approval_get
from approvals.services import approval_decide, approval_edit, approval_renew
from audit.services import Actor
from conftest import Cast, Person
from crm.selectors import listing_list
from crm.services import listing_update
from mail.selectors import outbox
from tenants.selectors import public_context, tenant_context
from tests.pages import signed_in
from tests.story import Asked, asks, due_now, mail, person, rebound, receive, samples, waiting
from tests.vendor import Vendor

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
Work = Callable[[], None]
TESTS = Actor.system("tests")
WHY = "School zones change each year: send the department's page."
ZONE = "in the school-zone of Marrickville Public"


@pytest.fixture
def vendor(settings: Any) -> Iterator[Vendor]:
    """The vendor's model, which says what the sources say."""
    with Vendor() as running:
        settings.COUNTERSIGN = settings.COUNTERSIGN.model_copy(
            update={"ai_provider": "anthropic", "anthropic_api_key": "sk-test", "anthropic_base_url": running.url}
        )
        yield running


def opened(who: Person, method: str, path: str, *typed: dict[str, str]) -> Any:
    """A page's answer, without leaving the tenant that was entered."""
    with public_context():
        return getattr(signed_in(who), method)(path, *typed)


def forbid(*phrases: str, name: str = "School zones") -> TopicView:
    return topic_add(actor=TESTS, name=name, phrases=phrases, words=WHY)


def told(approval: ApprovalView) -> list[tuple[str, str, str]]:
    """What the check has found: verdict, sentence, words."""
    found = approval_get(approval.id).trust["findings"]
    return [(each["verdict"], each["text"], each["words"]) for each in found if each["check"] == "topics"]


def approve(asked: Asked, cast: Cast) -> None:
    shown = approval_get(asked.approval.id)
    approval_decide(approval_id=shown.id, decision="approve", digest=shown.digest, actor=person(cast.bob))


def write(asked: Asked, cast: Cast, sentence: str) -> None:
    """Bob writes one more sentence into the reply."""
    shown = approval_get(asked.approval.id)
    text = shown.document["reply"]["text"].replace("Kind regards", f"{sentence}\n\nKind regards")
    approval_edit(approval_id=shown.id, digest=shown.digest, edits={"reply": {"text": text}}, actor=person(cast.bob))


def test_what_alice_forbids_a_models_draft_cannot_say_and_her_words_stand_at_the_sentence(
    vendor: Vendor, cast: Cast, work: Work
) -> None:
    typed = {"name": "School zones", "phrases": "school zone*\n\nSchulbezirk", "words": WHY}
    assert opened(cast.alice, "post", "/settings/topics/", typed).status_code == 302
    samples()
    listing = next(view for view in listing_list().items if view.address == "14 Wattle Street")
    facts = {**listing.facts, "council_rates": f"$512.40 per quarter; {ZONE}"}
    listing_update(listing=listing.id, actor=TESTS, facts=facts)
    receive(mail())
    work()
    asked = waiting()
    ((verdict, sentence, words),) = told(asked.approval)
    assert (verdict, words) == ("refuse", WHY)
    assert ZONE in sentence
    assert "School zones change each year" in asked.approval.blocked_reason
    checked = [call_view(row).checks for row in calls(run_id=asked.run.id, purpose="draft")]
    assert all("topics" in {check["name"] for check in checks} for checks in checked), (
        "the model's, and the offline one"
    )
    assert asked.approval.document["provenance"]["provider"] == "local"
    assert WHY in unescape(opened(cast.bob, "get", f"/approvals/{asked.approval.id}/").content.decode())
    with pytest.raises(Unsupported):
        approve(asked, cast)
    text = asked.approval.document["reply"]["text"].replace(f"; {ZONE}", "")
    approval_edit(
        approval_id=asked.approval.id, digest=asked.approval.digest, edits={"reply": {"text": text}},
        actor=person(cast.bob),
    )  # fmt: skip
    assert told(asked.approval) == []
    approve(asked, cast)
    work()
    assert [reply.status for reply in outbox().items] == ["held"]


def test_a_topic_that_is_added_stops_what_waits_and_what_is_held(
    asked: Asked, cast: Cast, work: Work, owner: Any
) -> None:
    forbid("what nobody says")
    topic = forbid("council rates", name="Rates")
    with pytest.raises(Stale) as refused:
        approve(asked, cast)
    ((record, said),) = [(row["record"], row["is"]) for row in refused.value.stale]
    assert record == f"topic:{topic.id}"
    assert "council rates" in said.lower()
    assert "Forbidden since" in opened(cast.bob, "get", f"/approvals/{asked.approval.id}/").content.decode()
    approval_renew(approval_id=asked.approval.id, actor=person(cast.bob))
    assert [(verdict, words) for verdict, _, words in told(asked.approval)] == [("refuse", WHY)]
    with pytest.raises(Unsupported):
        approve(asked, cast)
    topic_remove(topic=topic.id, actor=TESTS)
    write(asked, cast, "See you soon.")
    assert told(asked.approval) == []
    approve(asked, cast)
    work()
    assert [reply.status for reply in outbox().items] == ["held"]
    forbid("council rates", name="Rates again")
    due_now(owner)
    work()
    assert [reply.status for reply in outbox().items] == ["stopped"]
    assert approval_get(asked.approval.id).status == "stale"


def test_a_customers_question_that_is_only_quoted_is_no_topic_and_stops_nothing(
    work: Work, cast: Cast, owner: Any
) -> None:
    samples()
    forbid("roof")
    receive(mail("Hello,\n\nIs the roof in the school zone?\n\nThanks,\nGeorgia", subject="A question"))
    work()
    asked = waiting()
    assert "“Is the roof in the school zone?”" in asked.approval.document["reply"]["text"]
    assert told(asked.approval) == []
    forbid("school zone", name="Zones")
    approve(asked, cast)
    work()
    due_now(owner)
    work()
    assert [reply.status for reply in outbox().items] == ["kept"]


def test_a_topic_that_a_reply_does_not_touch_stops_nothing(asked: Asked, cast: Cast, work: Work, owner: Any) -> None:
    topic = forbid("school zone*")
    approve(asked, cast)
    work()
    topic_change(topic=topic.id, actor=TESTS, words="Other words.")
    topic_remove(topic=topic.id, actor=TESTS)
    forbid("catchment area")
    due_now(owner)
    work()
    assert [reply.status for reply in outbox().items] == ["kept"]


def test_what_a_colleague_writes_is_theirs_and_leaves_unless_more_is_forbidden_since(
    asked: Asked, cast: Cast, work: Work, owner: Any
) -> None:
    topic = forbid("school zone")
    write(asked, cast, "It is in the school zone of Marrickville Public.")
    assert told(asked.approval) == [("person", "It is in the school zone of Marrickville Public.", WHY)]
    assert approval_get(asked.approval.id).blocked_reason == ""
    topic_change(topic=topic.id, actor=TESTS, phrases=["school zone", "council rates"])
    with pytest.raises(Stale) as refused:
        approve(asked, cast)
    assert ["council rates" in row["is"].lower() for row in refused.value.stale] == [True], "not what he was told of"
    topic_change(topic=topic.id, actor=TESTS, phrases=["school zone", "Marrickville Public"])
    approval_renew(approval_id=asked.approval.id, actor=person(cast.bob))
    approve(asked, cast)
    work()
    due_now(owner)
    work()
    assert [reply.status for reply in outbox().items] == ["kept"]


def test_what_may_be_quoted_hides_nothing_that_is_forbidden_since_beside_it(cast: Cast, work: Work) -> None:
    samples()
    topic = forbid("school zone")
    receive(mail(asks().replace("what are the rates per quarter?", "which school zone is it in?")))
    work()
    asked = waiting()
    assert "which school zone is it in?”" in asked.approval.document["reply"]["text"]
    assert told(asked.approval) == [], "it is the customer's question, which is given back to them"
    topic_change(topic=topic.id, actor=TESTS, phrases=["school zone", "you asked"])
    with pytest.raises(Stale):
        approve(asked, cast)


def test_a_proposal_of_before_there_were_topics_is_stopped_by_one_too(asked: Asked, cast: Cast) -> None:
    binding = Approval.objects.get(pk=asked.approval.id).binding
    assert binding.pop("forbidden") == []
    rebound(asked, binding=binding)
    forbid("council rates")
    with pytest.raises(Stale):
        approve(asked, cast)


def test_charlies_topics_never_touch_acacia(asked: Asked, cast: Cast, work: Work) -> None:
    with tenant_context("harbour"):
        topic = forbid("council rates")
    assert topics() == []
    approve(asked, cast)
    work()
    assert [reply.status for reply in outbox().items] == ["held"]
    for who in (cast.alice, cast.charlie):
        for method in ("get", "patch", "delete"):
            client = Client(headers={"host": "acacia.localhost", "authorization": f"Bearer {who.token}"})
            answer = getattr(client, method)(f"/api/v1/ai/topics/{topic.id}", content_type="application/json")
            assert answer.status_code == (404 if who is cast.alice else 401)
    assert signed_in(cast.alice).get(f"/settings/topics/{topic.id}/").status_code == 404


def test_of_two_who_forbid_the_same_at_once_one_is_told(at_once: Callable[..., list[Any]]) -> None:
    def add() -> Any:
        with tenant_context("acacia"):
            return forbid("school zone")

    refused = [answer for answer in at_once(add, add) if isinstance(answer, TopicRefused)]
    assert (len(refused), len(topics())) == (1, 1)
