"""Today's figures are those of the rows; each email counts once."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from ai.selectors import calls
from approvals.services import approval_decide
from audit.selectors import last_act
from conftest import Cast
from mail.selectors import arrivals
from portal.today import today_of
from tenants.selectors import tenant_context
from tests.pages import signed_in
from tests.story import due_now, mail, person, receive, samples, waiting
from workflows.selectors import runs

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
Work = Callable[[], None]


def figures(cast: Cast) -> dict[str, int]:
    found = today_of(person(cast.bob)).mail
    assert sum(part.count for part in found.parts) == found.total
    return {part.key: part.count for part in found.parts}


def page(who: Any, query: str = "") -> str:
    return signed_in(who).get(f"/{query}").content.decode()


@pytest.fixture
def asked(work: Work) -> Any:
    samples()
    receive(mail())
    work()
    return waiting()


def test_the_first_day_names_the_address_to_write_to(cast: Cast) -> None:
    shown = page(cast.bob)
    assert "No email has arrived." in shown
    assert re.search(r"acacia-[a-z0-9]+@in\.localhost", shown)
    assert "Nothing waits for you." in shown


def test_every_email_is_in_exactly_one_part_of_the_bar(work: Work, cast: Cast, owner: Any) -> None:
    samples()
    receive(mail())
    receive(mail(sender="Lena Fischer <lena@example.com>", subject="14 Wattle Street"))
    receive(mail(sender="Robot <no-reply@example.com>", Auto_Submitted="auto-replied"))
    assert figures(cast) == {"moving": 3}
    work()
    assert figures(cast) == {"waits": 2, "screened": 1}
    asked = waiting()
    approval_decide(
        approval_id=asked.approval.id, decision="approve", digest=asked.approval.digest, actor=person(cast.bob)
    )
    work()
    assert figures(cast) == {"waits": 1, "moving": 1, "screened": 1}, "its reply is held"
    due_now(owner)
    work()
    assert figures(cast) == {"handled": 1, "waits": 1, "screened": 1}
    owner.execute(
        "UPDATE acacia.workflows_run SET status = 'failed', finished_at = now(), error = 'It broke.'"
        " WHERE status = 'waiting'"
    )
    with tenant_context("acacia"):
        assert runs(status="failed").count() == 1
    owner.execute("DELETE FROM acacia.approvals_approval WHERE status = 'pending'")
    assert figures(cast) == {"handled": 1, "screened": 1, "wrong": 1}
    shown = page(cast.bob)
    assert "3 emails since" in shown
    assert "A run failed" in shown
    assert "It broke." in shown


def test_the_bar_fills_its_width_and_shows_the_smallest_part(asked: Any, cast: Cast) -> None:
    for number in range(3):
        receive(mail(sender=f"Robot <no-reply{number}@example.com>", Auto_Submitted="auto-replied"))
    parts = today_of(person(cast.bob)).mail.parts
    assert parts[0].x == 0
    assert parts[-1].x + parts[-1].width == pytest.approx(100, abs=0.01)
    assert all(part.width > 0.5 for part in parts)


def test_what_waits_can_be_opened_from_today(asked: Any, cast: Cast) -> None:
    shown = page(cast.bob)
    assert f'href="/approvals/{asked.approval.id}/"' in shown
    assert "One waits for people." in shown
    assert "Georgia Papadopoulos" in shown


def test_a_held_reply_is_taken_back_from_today(asked: Any, cast: Cast, work: Work) -> None:
    client = signed_in(cast.bob)
    approve = {"decision": "approve", "digest": asked.approval.digest}
    client.post(f"/approvals/{asked.approval.id}/decide/", approve)
    work()
    shown = page(cast.bob)
    assert "Take back" in shown
    assert "data-until" in shown
    assert "Approved by Bob" in shown
    client.post(f"/approvals/{asked.approval.id}/decide/", {"decision": "take_back"})
    work()
    shown = page(cast.bob)
    assert "Stopped before it left" in shown
    assert ">Take back<" not in shown


def test_what_has_left_says_that_it_cannot_be_undone(asked: Any, cast: Cast, work: Work, owner: Any) -> None:
    approval_decide(
        approval_id=asked.approval.id, decision="approve", digest=asked.approval.digest, actor=person(cast.bob)
    )
    work()
    due_now(owner)
    work()
    sent = page(cast.bob, "?done=sent")
    assert "can’t be undone" in sent or "Kept in the outbox" in sent
    assert "Reply to georgia.papadopoulos@example.com" in sent
    assert "Approved by Bob" not in sent
    assert "Approved by Bob" in page(cast.bob, "?done=recorded")
    assert "Booked Sat" in page(cast.bob, "?done=booked")
    assert "Booked Sat" in page(cast.bob, "?done=nonsense")


def test_a_week_counts_a_persons_own_decisions(asked: Any, cast: Cast) -> None:
    assert today_of(person(cast.bob)).week is None
    approval_decide(
        approval_id=asked.approval.id, decision="reject", digest=asked.approval.digest, actor=person(cast.bob)
    )
    week = today_of(person(cast.bob)).week
    assert week is not None
    assert (week.decided, week.unedited, week.edited, week.rejected) == (1, 0, 0, 1)
    assert today_of(person(cast.alice)).week is None
    assert "You decided once" in page(cast.bob)


def test_what_counts_is_since_the_person_was_last_here(asked: Any, cast: Cast) -> None:
    approval_decide(
        approval_id=asked.approval.id, decision="reject", digest=asked.approval.digest, actor=person(cast.bob)
    )
    tomorrow = timezone.now() + timedelta(days=1)
    acted = last_act(actor=person(cast.bob).key, before=tomorrow)
    assert acted is not None
    assert timezone.now() - acted < timedelta(minutes=5)
    assert last_act(actor=person(cast.bob).key, before=acted) is None


def test_spend_is_for_those_who_may_see_it(asked: Any, cast: Cast) -> None:
    assert calls().exists()
    assert "Spend" in page(cast.alice)
    assert "worked out offline" in page(cast.alice)
    assert "Spend" not in page(cast.bob)


def test_nothing_of_another_workspace_is_on_today(asked: Any, cast: Cast) -> None:
    shown = signed_in(cast.charlie, "harbour").get("/").content.decode()
    assert "Georgia" not in shown
    assert "No email has arrived." in shown


def test_names_from_mail_are_text_and_escaped_once(work: Work, cast: Cast) -> None:
    samples()
    sender = '"Sinead O\'Brien <b>&" <sinead@example.com>'
    receive(mail("Is 14 Wattle Street open on Saturday?", sender=sender, subject="14 <i>Wattle</i> & Street"))
    work()
    shown = page(cast.bob)
    assert "14 &lt;i&gt;Wattle&lt;/i&gt; &amp; Street" in shown
    assert "O&#x27;Brien &lt;b&gt;&amp;" in shown


def test_today_asks_as_much_of_the_database_for_many_rows_as_for_one(
    asked: Any, cast: Cast, work: Work, django_assert_max_num_queries: Any
) -> None:
    approval_decide(
        approval_id=asked.approval.id, decision="approve", digest=asked.approval.digest, actor=person(cast.bob)
    )
    work()
    receive(mail(sender="Lena Fischer <lena@example.com>"))
    work()
    client = signed_in(cast.alice)
    client.get("/")

    def queries() -> int:
        with django_assert_max_num_queries(19) as found:
            assert client.get("/").status_code == 200
        return len(found)

    one = queries()
    # A request leaves its tenant behind when it ends.
    with tenant_context("acacia"):
        for number in range(6):
            receive(mail(sender=f"Customer {number} <customer{number}@example.com>"))
        work()
        assert len(arrivals(since=timezone.now() - timedelta(hours=1))) == 8
    assert queries() == one
