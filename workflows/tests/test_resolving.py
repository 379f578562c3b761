"""A person says what became of a reply of which nobody knew whether it had left."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from approvals.selectors import approval_get
from approvals.services import approval_decide
from audit.selectors import entries
from audit.services import Actor
from conftest import Cast
from mail.selectors import outbox, thread_view
from tenants.selectors import tenant_context
from tests.pages import signed_in
from tests.story import Asked, due_now, person, waiting
from workflows.engine import sending
from workflows.errors import NotFailed, NotUnknown, OutcomeUnknown, Refused
from workflows.selectors import happened, run_get, trouble_count, troubles
from workflows.services import effect_resolve, run_retry

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
Work = Callable[[], None]


class Died(BaseException):
    """A worker that is no more."""


@pytest.fixture
def unknown(asked: Asked, cast: Cast, work: Work, owner: Any, monkeypatch: pytest.MonkeyPatch) -> Asked:
    """The worker died while it was sending the reply: nobody knows whether it left."""
    shown = approval_get(asked.approval.id)
    approval_decide(approval_id=shown.id, decision="approve", digest=shown.digest, actor=person(cast.bob))
    work()
    due_now(owner)

    def dies(**_: Any) -> None:
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(sending, "reply_transmit", dies)
        with pytest.raises(Died):
            work()
    owner.execute("UPDATE public.dispatch_work SET leased_until = NULL, due_at = now() - interval '1 second'")
    work()
    assert state(asked) == ("failed", "unknown", "unknown", "failed", "failed")
    return asked


def effect_of(asked: Asked) -> Any:
    run = run_get(asked.run.id)
    assert run is not None
    return next(effect for effect in run.effects if effect.action == "mail.send_reply")


def state(asked: Asked) -> tuple[str, str, str, str, str]:
    """Of the approval, its effect, its mail, its step and its run."""
    run = run_get(asked.run.id)
    assert run is not None
    step = next(step for step in run.steps if step.key == "reply")
    mail = outbox().items[0].status
    return approval_get(asked.approval.id).status, effect_of(asked).status, mail, step.status, run.status


def test_a_reply_that_has_left_counts_as_sent_and_its_run_as_ended_well(
    unknown: Asked, cast: Cast, work: Work, owner: Any
) -> None:
    became_unknown = effect_of(unknown).settled_at
    effect_resolve(effect=effect_of(unknown).id, outcome="done", actor=person(cast.bob))
    assert state(unknown) == ("executed", "done", "sent", "succeeded", "succeeded")
    [sent] = outbox().items
    assert (sent.sent_at, sent.error) == (became_unknown, ""), "it left then, if at all, and not when it was said"
    assert thread_view(sent.thread).unanswered_since is None  # type: ignore[arg-type]
    run = run_get(unknown.run.id)
    assert run is not None
    assert run.error == ""
    owner.execute("UPDATE public.dispatch_work SET due_at = now() - interval '1 second'")
    work()
    assert state(unknown) == ("executed", "done", "sent", "succeeded", "succeeded"), "and nothing is sent again"


def test_a_reply_that_did_not_leave_counts_as_failed_and_so_does_its_run(unknown: Asked, cast: Cast) -> None:
    effect_resolve(effect=effect_of(unknown).id, outcome="failed", actor=person(cast.bob))
    assert state(unknown) == ("failed", "failed", "failed", "failed", "failed")
    run = run_get(unknown.run.id)
    assert run is not None
    assert run.error == "A person says that the reply did not leave."
    assert thread_view(outbox().items[0].thread).unanswered_since is not None  # type: ignore[arg-type]


def test_a_retry_proposes_anew_what_did_not_leave_and_nothing_that_has_left(
    unknown: Asked, cast: Cast, work: Work
) -> None:
    """While nobody knows there is no retry; a reply that has left is never proposed again."""
    with pytest.raises(OutcomeUnknown):
        run_retry(run=unknown.run.id, actor=person(cast.alice))
    effect_resolve(effect=effect_of(unknown).id, outcome="failed", actor=person(cast.bob))
    run_retry(run=unknown.run.id, actor=person(cast.alice))
    work()
    asked = waiting()
    assert (asked.run.id, asked.approval.id != unknown.approval.id) == (unknown.run.id, True)
    assert [message.status for message in outbox().items] == ["failed"], "nothing leaves before a person has decided"


def test_a_run_whose_reply_has_left_is_not_retried(unknown: Asked, cast: Cast, work: Work) -> None:
    effect_resolve(effect=effect_of(unknown).id, outcome="done", actor=person(cast.bob))
    with pytest.raises(NotFailed):
        run_retry(run=unknown.run.id, actor=person(cast.alice))
    work()
    assert [message.status for message in outbox().items] == ["sent"]


def test_what_comes_after_a_reply_that_has_left_is_gone_on_with_from_the_runs_page(
    unknown: Asked, cast: Cast, work: Work, owner: Any
) -> None:
    owner.execute(
        "UPDATE acacia.workflows_step SET status = 'pending' WHERE run_id = %s AND key = 'book'", [unknown.run.id]
    )
    effect_resolve(effect=effect_of(unknown).id, outcome="done", actor=person(cast.bob))
    assert state(unknown)[-1] == "failed"
    alice = signed_in(cast.alice)
    page = alice.get(f"/runs/{unknown.run.id}/").content.decode()
    assert "what comes after it was not done" in page
    assert f'action="/runs/{unknown.run.id}/retry/"' in page
    alice.post(f"/runs/{unknown.run.id}/retry/")
    with tenant_context("acacia"):
        assert state(unknown)[-1] == "running"
        assert [message.status for message in outbox().items] == ["sent"]


def test_it_is_said_once_and_by_a_person(unknown: Asked, cast: Cast) -> None:
    effect = effect_of(unknown).id
    with pytest.raises(Refused, match="Only a person"):
        effect_resolve(effect=effect, outcome="done", actor=Actor.system("tests"))
    effect_resolve(effect=effect, outcome="failed", actor=person(cast.bob))
    with pytest.raises(NotUnknown, match="it is failed"):
        effect_resolve(effect=effect, outcome="done", actor=person(cast.alice))
    assert state(unknown)[1:3] == ("failed", "failed")
    [told] = entries(event="effect.failed", target=f"effect:{effect}")
    assert told.body["actor"] == f"person:{cast.bob.id}"


def test_two_who_say_opposite_things_at_once_settle_it_one_way(
    unknown: Asked, cast: Cast, at_once: Callable[..., list[Any]]
) -> None:
    effect = effect_of(unknown).id

    def says(outcome: Any) -> Callable[[], None]:
        def say() -> None:
            with tenant_context("acacia"):
                effect_resolve(effect=effect, outcome=outcome, actor=person(cast.bob))

        return say

    answers = at_once(says("done"), says("failed"))
    assert sorted(type(answer).__name__ for answer in answers) == ["NoneType", "NotUnknown"]
    assert state(unknown) in (
        ("executed", "done", "sent", "succeeded", "succeeded"),
        ("failed", "failed", "failed", "failed", "failed"),
    )


def test_what_is_unknown_stands_among_the_troubles_until_a_person_has_said(unknown: Asked, cast: Cast) -> None:
    effect = effect_of(unknown)
    since = unknown.run.created_at
    assert [(each.run, each.effect) for each in troubles(since=since, limit=5)] == [(unknown.run.id, effect.id)]
    effect_resolve(effect=effect.id, outcome="done", actor=person(cast.bob))
    assert troubles(since=since, limit=5) == []


def test_the_troubles_are_found_by_indexes_since_every_page_counts_them(unknown: Asked) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # else a small table is read whole, rightly
        assert "Seq Scan" not in happened._troubled(unknown.run.created_at).explain()
        assert trouble_count(since=unknown.run.created_at, limit=5) == 1


def test_the_run_and_today_ask_who_may_say_and_the_api_takes_their_word(unknown: Asked, cast: Cast) -> None:
    effect = effect_of(unknown).id
    bob = signed_in(cast.bob)
    answers = f'action="/effects/{effect}/resolve/"'
    for path in ("/", f"/runs/{unknown.run.id}/"):
        page = bob.get(path).content.decode()
        assert answers in page
        assert "It has left" in page
        assert "It did not leave" in page
    assert bob.post(f"/effects/{effect}/resolve/", {"outcome": "perhaps"}).status_code == 400
    headers = {"host": "acacia.localhost", "authorization": f"Bearer {cast.bob.token}"}

    def said(outcome: str, **more: str) -> Any:
        path, body = f"/api/v1/effects/{effect}/resolve", {"outcome": outcome}
        return Client().post(path, body, content_type="application/json", headers=headers | more)

    strange = {"host": "harbour.localhost", "authorization": f"Bearer {cast.charlie.token}"}
    assert said("done", **strange).status_code == 404
    assert said("perhaps").status_code == 400
    answer = said("done")
    assert (answer.status_code, answer.json()["status"]) == (200, "done")
    again = said("failed")
    assert (again.status_code, again.json()["type"]) == (409, "urn:countersign:problem:not-unknown")
    for path in ("/", f"/runs/{unknown.run.id}/"):
        assert answers not in bob.get(path).content.decode()
    left = bob.post(f"/effects/{effect}/resolve/", {"outcome": "failed"}, follow=True).content.decode()
    assert "What became of this is known: it is done." in left
