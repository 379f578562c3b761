"""Emails to colleagues: through the outbox, kept where no mail server is set, their text gone once they left."""

from collections.abc import Callable

import pytest
from django.conf import settings

from audit.selectors import entries, views
from audit.services import Actor
from notify.selectors import EmailView, email_get
from notify.services import email_send
from tests.sink import sink

pytestmark = pytest.mark.usefixtures("in_committed_acacia")


def let_leave_through(monkeypatch: pytest.MonkeyPatch, url: str | None) -> None:
    monkeypatch.setattr(settings, "COUNTERSIGN", settings.COUNTERSIGN.model_copy(update={"smtp_out_url": url}))


def written() -> EmailView:
    ident = email_send(
        purpose="invitation",
        to="dora@example.com",
        subject="Come in",
        text="https://acacia.example/join/secret",
        actor=Actor.system("tests"),
    )
    found = email_get(ident)
    assert found is not None
    return found


def test_an_email_leaves_and_its_text_with_it(work: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    email = written()
    with sink("take") as server:
        let_leave_through(monkeypatch, f"smtp://127.0.0.1:{server.port}")
        work()
    ((sender, recipients, content),) = server.taken
    assert recipients == ["dora@example.com"]
    assert sender.startswith("acacia-")
    assert b"https://acacia.example/join/secret" in content
    after = email_get(email.id)
    assert after is not None
    assert (after.status, after.text) == ("sent", "")


def test_without_a_mail_server_it_is_kept_to_be_read(work: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    let_leave_through(monkeypatch, None)
    email = written()
    work()
    after = email_get(email.id)
    assert after is not None
    assert (after.status, after.text) == ("kept", email.text)


def test_one_that_the_server_refuses_is_tried_again_later(
    work: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    email = written()
    with sink("refuse for now") as server:
        let_leave_through(monkeypatch, f"smtp://127.0.0.1:{server.port}")
        work()
    after = email_get(email.id)
    assert after is not None
    assert after.status == "queued"


def test_the_ledger_tells_of_it_and_not_to_whom(work: Callable[[], None]) -> None:
    email = written()
    (entry,) = views(entries(target=f"email:{email.id}"))
    assert (entry.event, entry.data) == ("email.queued", {"purpose": "invitation"})
