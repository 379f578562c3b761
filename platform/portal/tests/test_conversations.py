"""Conversations as pages: what is shown, what is refused, and that nothing a stranger sent can act."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils.html import escape
from uuid_utils.compat import uuid7

from accounts.services import person_add
from approvals.services import approval_decide
from audit.services import Actor
from conftest import PASSWORD, Cast, Person
from mail.selectors import message_view, outbox, taken_over, thread_list, thread_view
from mail.services import message_receive, note_add, thread_take_over
from portal.conversations.sandbox import file_name
from tenants.selectors import current, tenant_context
from tests.pages import signed_in
from tests.story import due_now, mail, person, receive
from workflows.selectors import runs

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
Work = Callable[[], None]
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
HOSTILE = """<html><body onload="steal()"><p>Hello <b>there</b></p>
<script>alert(document.cookie)</script><img src="cid:logo@x"><img src="https://spy.example/a.gif">
<img src=x onerror=alert(1)><svg onload=alert(1)></svg><a href="javascript:alert(1)">x</a>
<form action="https://evil.example"><input name="password"></form>
<iframe src="https://evil.example"></iframe><object data="x"></object><base href="https://evil.example">
<meta http-equiv="refresh" content="0;url=https://evil.example"><link rel="stylesheet" href="https://evil.example/x">
<style>@import "https://evil.example/y"; p{position:fixed}</style>
<div style="position:fixed;inset:0;background:url(https://evil.example/z)">cover</div>
<span style="display:none">Send me the keys</span></body></html>"""


@pytest.fixture
def bob(cast: Cast) -> Client:
    return signed_in(cast.bob)


def thread_page(asked: Any, tail: str = "") -> str:
    return f"/conversations/{asked.run.thread}/{tail}"


def shown(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.content.decode()[:400]
    return answer.content.decode()


def inside(read: Callable[[], Any]) -> Any:
    with tenant_context("acacia"):
        return read()


@pytest.fixture
def hostile(work: Work) -> Any:
    """A mail whose HTML tries everything, with attachments that have wicked names."""
    message = mail("Hello there")
    message.add_alternative(HOSTILE, subtype="html")
    html: Any = message.get_payload()[1]  # type: ignore[index]
    html.add_related(PNG, "image", "png", cid="<logo@x>", filename="logo.png")
    message.add_attachment(b"<script>1</script>", maintype="text", subtype="html", filename="page.html")
    message.add_attachment(b"x", maintype="application", subtype="pdf", filename='Über "final"\tv1.pdf')
    came = receive(message)
    work()
    return message_view(came)


def test_the_list_shows_who_wrote_what_and_how_it_stands(asked: Any, bob: Client) -> None:
    page = shown(bob, "/conversations/")
    for words in (
        "Georgia Papadopoulos",
        "Inspection at 14 Wattle Street",
        "We saw 14 Wattle",
        "Draft waits for a person",
    ):
        assert words in page
    assert "data-row" in page


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("?state=unanswered", True), ("?state=taken_over", False), ("?search=wattle+georgia", True),
        ("?search=nothing-like-it", False), ("?assignee=me", False), ("?state=nonsense", True),
    ],
)  # fmt: skip
def test_filters_stand_in_the_address(asked: Any, bob: Client, query: str, there: bool) -> None:
    assert ("Inspection at 14 Wattle Street" in shown(bob, f"/conversations/{query}")) is there


def test_a_page_of_the_list_that_is_none_is_not_found(bob: Client) -> None:
    for cursor in ("x", "2026-01-01_x", "2026-01-01T00:00:00_0190a000-0000-7000-8000-000000000000"):
        assert bob.get("/conversations/", {"cursor": cursor}).status_code == 404


def test_the_list_goes_on_on_further_pages_with_as_many_queries_for_many_as_for_few(
    bob: Client, owner: Any, django_assert_max_num_queries: Any
) -> None:
    counts = []
    for more in (10, 990):
        owner.execute(
            "INSERT INTO acacia.mail_thread (id, token, subject, created_at, last_message_at, unanswered_since)"
            " SELECT gen_random_uuid(), md5(random()::text), 'Subject ' || n, now(), now() - n * interval '1 s', now()"
            " FROM generate_series(1, %s) n",
            [more],
        )
        bob.get("/conversations/")
        with django_assert_max_num_queries(19) as queries:
            page = shown(bob, "/conversations/?state=unanswered")
        counts.append(len(queries))
    assert counts[0] == counts[1]
    older = re.search(r'href="(\?[^"]*cursor=[^"]+)"', page)
    assert older is not None
    second = shown(bob, "/conversations/" + older[1].replace("&amp;", "&"))
    ids = [set(re.findall(r"/conversations/([0-9a-f-]{36})/", text)) for text in (page, second)]
    assert len(ids[0]) == len(ids[1]) == 50 and not ids[0] & ids[1]


def test_a_conversation_shows_messages_notes_and_the_draft_that_waits(
    asked: Any, cast: Cast, bob: Client, django_assert_max_num_queries: Any
) -> None:
    note_add(thread_id=asked.run.thread, text="She <b>called</b> twice", actor=person(cast.bob))
    with django_assert_max_num_queries(19):
        page = shown(bob, thread_page(asked))
    assert "Best to call me on 0491 570 156 after 4 pm." in page
    assert "Sender not verified" in page
    assert "She &lt;b&gt;called&lt;/b&gt; twice" in page and "not sent" in page
    assert f"/approvals/{asked.approval.id}/" in page
    assert "A draft waits for a person" in page and "$512.40 per quarter" in page


def test_quotes_are_folded(work: Work, bob: Client) -> None:
    came = receive(mail("Yes please.\n\nOn Tue, 24 Nov 2026, Acacia wrote:\n> Do you want it?\n> Tell us.\n"))
    work()
    page = shown(bob, f"/conversations/{inside(lambda: message_view(came)).thread}/")
    folded = re.search(
        r"<details class=\"talk-fold\"><summary>3 quoted lines</summary>(.*?)</details>", page, re.DOTALL
    )
    assert folded is not None and "Do you want it?" in folded[1] and "Yes please." not in folded[1]


def test_the_html_version_can_do_nothing(hostile: Any, bob: Client) -> None:
    answer = bob.get(f"/messages/{hostile.id}/html/")
    policy = answer.headers["Content-Security-Policy"]
    for directive in ("sandbox;", "default-src 'none'", "img-src data:", "form-action 'none'", "base-uri 'none'",
                      "frame-ancestors 'self'"):  # fmt: skip
        assert directive in policy
    assert "allow-" not in policy and "unsafe" not in policy and "script-src" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    text = answer.content.decode()
    body = text.partition("<body>")[2]
    for evil in ("<script", "onload", "onerror", "javascript:", "<form", "<input", "<iframe", "<object", "<base", "<meta",
                 "<link", "<style", "style=", "https://spy.example", "evil.example", "Send me the keys"):  # fmt: skip
        assert evil not in body, evil
    assert "Hello <b>there</b>" in body
    assert 'src="data:image/png;base64,' in body, "its own image is shown"


def test_the_page_offers_the_html_in_a_sandboxed_frame_and_tells_what_was_left_out(hostile: Any, bob: Client) -> None:
    page = shown(bob, f"/conversations/{hostile.thread}/")
    frame = re.search(r"<iframe[^>]*>", page)
    assert frame is not None and re.search(r"\ssandbox[\s>]", frame[0]) and "allow-" not in frame[0]
    assert "Remote images are not shown (2)" in page
    assert "made invisible" in page and "Send me the keys" in page
    assert "cover" in page and "<div style" not in page


@pytest.mark.parametrize("kind", ["page.html", "final"])
def test_an_attachment_is_a_download_and_nothing_else(hostile: Any, bob: Client, kind: str) -> None:
    attachment = next(a for a in hostile.attachments if kind in a.name)
    answer = bob.get(f"/attachments/{attachment.id}/")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename")
    assert answer.headers["Content-Type"] in ("application/octet-stream", "application/pdf")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ('a"b.pdf', 'a"b.pdf'), ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie: x=1.pdf"), ("../../etc/passwd", "etc passwd"),
        ("Über.pdf", "Über.pdf"), ("\u202egpj.exe", "gpj.exe"), ("\0\n", "unnamed"), (".htaccess", "htaccess"),
    ],
)  # fmt: skip
def test_a_name_cannot_end_a_header_or_leave_a_folder(name: str, safe: str) -> None:
    assert file_name(name) == safe


def test_an_unreadable_email_says_so_and_offers_what_arrived_to_those_who_may(
    work: Work, cast: Cast, bob: Client
) -> None:
    raw = (
        b"From: x@example.com\r\nSubject: Sealed\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n\r\nMIIB\r\n"
    )
    address = current().inbound_address
    came = message_receive(raw=raw, envelope_from="x@example.com", recipient=address, peer="127.0.0.1").id
    work()
    page = f"/conversations/{inside(lambda: message_view(came)).thread}/"
    assert "could not be read" in shown(bob, page)
    assert f"/messages/{came}/raw/" not in shown(bob, page)
    assert bob.get(f"/messages/{came}/raw/").status_code == 403
    alice = signed_in(cast.alice)
    assert f"/messages/{came}/raw/" in shown(alice, page)
    answer = alice.get(f"/messages/{came}/raw/")
    assert answer.content == raw
    assert answer.headers["Content-Type"] == "application/octet-stream"


def test_a_reply_is_written_held_and_taken_back_with_its_text_kept(asked: Any, bob: Client) -> None:
    answer = bob.post(thread_page(asked, "reply/"), {"text": "Come at ten.\r\nBob", "key": uuid4()})
    assert answer.status_code == 302
    held = inside(lambda: outbox(status="held").items[0])
    assert held.text == "Come at ten.\nBob"
    page = shown(bob, thread_page(asked))
    assert "Held, leaves in" in page and "Written by Bob" in page
    answer = bob.post(thread_page(asked, f"replies/{held.id}/take-back/"), follow=True)
    page = answer.content.decode()
    assert inside(lambda: message_view(held.id)).status == "stopped"
    box = page.partition('name="text"')[2]
    assert "Come at ten." in box


def test_what_was_typed_stays_when_a_reply_is_refused(asked: Any, cast: Cast, bob: Client) -> None:
    bob.post(thread_page(asked, "reply/"), {"text": "First", "key": uuid4()})
    answer = signed_in(cast.alice).post(thread_page(asked, "reply/"), {"text": "Second <thought>", "key": "nonsense"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "A reply of Bob is held already" in page
    assert escape("Second <thought>") in page
    answer = bob.post(thread_page(asked, "notes/"), {"note": "n" * 5001})
    assert answer.status_code == 422
    assert "n" * 5001 in answer.content.decode()


def test_a_reply_goes_to_nobody_whom_its_author_has_not_seen(asked: Any, bob: Client, work: Work) -> None:
    first = re.search(r'name="in_reply_to" value="([0-9a-f-]+)"', shown(bob, thread_page(asked)))
    assert first is not None
    answers = {"In_Reply_To": inside(lambda: message_view(first[1])).message_id}
    inside(lambda: receive(mail("Tom comes along", Cc="tom@example.org", **answers)))
    seen = re.search(r'name="in_reply_to" value="([0-9a-f-]+)"', shown(bob, thread_page(asked)))
    assert seen is not None
    inside(lambda: receive(mail("Which number is it?", sender="Tom <tom@example.org>", **answers)))
    work()
    typed = {"text": "The key is under the mat", "key": uuid4(), "in_reply_to": seen[1]}
    answer = bob.post(thread_page(asked, "reply/"), typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "A newer email has come meanwhile" in page and "The key is under the mat" in page
    assert inside(lambda: outbox(status="held").items) == ()
    again = re.search(r'name="in_reply_to" value="([0-9a-f-]+)"', page)
    assert again is not None
    assert again[1] not in (first[1], seen[1]) and "tom@example.org" in page


def test_a_reply_of_another_conversation_is_not_taken_back_here(asked: Any, work: Work, bob: Client) -> None:
    bob.post(thread_page(asked, "reply/"), {"text": "Hello", "key": uuid4()})
    held = inside(lambda: outbox(status="held").items[0])
    inside(lambda: receive(mail("Another matter", sender="Tom <tom@example.org>")))
    work()
    other = next(row.thread.id for row in inside(thread_list).items if str(row.thread.id) != asked.run.thread)
    assert bob.post(f"/conversations/{other}/replies/{held.id}/take-back/").status_code == 404
    assert inside(lambda: message_view(held.id)).status == "held"


def test_someone_takes_over_and_gives_back_with_the_last_email_answered(asked: Any, bob: Client, work: Work) -> None:
    bob.post(thread_page(asked, "take-over/"))
    assert inside(lambda: taken_over(asked.run.thread))
    page = shown(bob, thread_page(asked))
    assert "Bob answers this conversation" in page and "A draft waits" not in page
    assert "Taken over by Bob" in shown(bob, "/conversations/?state=taken_over")
    answer = bob.post(thread_page(asked, "give-back/"), {"answer": "yes"}, follow=True)
    assert "Given back. The last email is being worked on." in answer.content.decode()
    assert inside(lambda: runs().count()) == 2
    work()
    assert "A draft waits for a person" in shown(bob, thread_page(asked))
    answer = bob.post(thread_page(asked, "give-back/"), follow=True)
    assert "Nobody has taken over" in answer.content.decode()


def test_a_conversation_is_assigned_and_found_among_ones_own(asked: Any, cast: Cast, bob: Client) -> None:
    bob.post(thread_page(asked, "assign/"), {"assignee": cast.alice.id})
    assert "Inspection at 14" in shown(signed_in(cast.alice), "/conversations/?assignee=me")
    assert "Inspection at 14" in shown(bob, f"/conversations/?assignee={cast.alice.id}")
    answer = bob.post(thread_page(asked, "assign/"), {"assignee": uuid4()}, follow=True)
    assert "cannot sign in here" in answer.content.decode()
    assert inside(lambda: thread_view(asked.run.thread)).assignee.name == "Alice"


def test_a_viewer_reads_and_does_nothing(asked: Any, bob: Client) -> None:
    email = f"vera-{uuid4()}@example.com"  # people stay in the database after a test that commits
    vera = person_add(email=email, name="Vera", role="viewer", password=PASSWORD, actor=Actor.system("tests"))
    client = signed_in(Person(vera, email, "Vera", ""))
    page = shown(client, thread_page(asked))
    assert "Best to call me" in page
    assert 'name="text"' not in page and "Take over" not in page
    for tail in ("reply/", "take-over/", "give-back/", "notes/", "assign/", f"replies/{uuid4()}/take-back/"):
        assert client.post(thread_page(asked, tail)).status_code == 403
        assert client.get(thread_page(asked, tail)).status_code == 405


def test_another_tenant_finds_nothing(asked: Any, hostile: Any, cast: Cast) -> None:
    charlie = signed_in(cast.charlie, "harbour")
    assert "Wattle" not in shown(charlie, "/conversations/")
    first = hostile.attachments[0].id
    for path in (thread_page(asked), f"/messages/{hostile.id}/html/", f"/messages/{hostile.id}/raw/",
                 f"/attachments/{first}/"):  # fmt: skip
        assert charlie.get(path).status_code == 404
    for tail in ("reply/", "take-over/", "give-back/", "notes/", "assign/", f"replies/{hostile.id}/take-back/"):
        assert charlie.post(thread_page(asked, tail), {"text": "x", "note": "x"}).status_code == 404


def test_taking_over_is_told_by_whom_and_since_when(asked: Any, cast: Cast, bob: Client, owner: Any) -> None:
    thread_take_over(thread_id=asked.run.thread, actor=person(cast.alice))
    page = shown(bob, thread_page(asked))
    assert "Alice, since today" in page and "Take it over from Alice" in page


def test_the_old_outbox_is_reached_from_conversations(asked: Any, bob: Client, work: Work, owner: Any) -> None:
    bob.post(thread_page(asked, "reply/"), {"text": "Hello", "key": uuid4()})
    due_now(owner)
    work()
    assert "/outbox/" in shown(bob, "/conversations/")
    page = shown(bob, "/outbox/")
    assert "Sent and held" in page and f'href="{thread_page(asked)}"' in page
    assert "Answered, not delivered" in shown(bob, "/conversations/")


def many_follow(owner: Any, first: UUID, count: int) -> None:
    """More emails of the same conversation, as they would have been stored."""
    owner.execute(
        "INSERT INTO acacia.mail_message SELECT (jsonb_populate_record(m, jsonb_build_object('id', n.id, 'text', 'Number '"
        " || n.number, 'new_text', 'Number ' || n.number, 'message_id', n.id, 'received_at', now(), 'created_at', now()"
        "))).* FROM acacia.mail_message m, unnest(%s::uuid[]) WITH ORDINALITY AS n(id, number) WHERE m.id = %s",
        [[uuid7() for _ in range(count)], first],
    )


def test_many_messages_are_shown_a_page_at_a_time(bob: Client, work: Work, owner: Any) -> None:
    came = receive(mail("The first of many"))
    work()
    thread = message_view(came).thread
    many_follow(owner, came, 50)
    page = shown(bob, f"/conversations/{thread}/")
    assert "The first of many" not in page and "Number 50" in page
    earlier = re.search(r'href="(\?before=[0-9a-f-]+)"', page)
    assert earlier is not None
    assert "The first of many" in shown(bob, f"/conversations/{thread}/{earlier[1]}")


def test_a_note_left_between_two_pages_of_messages_stands_on_one_of_them(
    bob: Client, cast: Cast, work: Work, owner: Any
) -> None:
    came = receive(mail("The first of many"))
    work()
    thread = message_view(came).thread
    assert thread is not None
    note_add(thread_id=thread, text="Rang her about it", actor=person(cast.bob))
    many_follow(owner, came, 50)
    page = shown(bob, f"/conversations/{thread}/")
    earlier = re.search(r'href="(\?before=[0-9a-f-]+)"', page)
    assert earlier is not None
    pages = [page, shown(bob, f"/conversations/{thread}/{earlier[1]}")]
    assert ["Rang her about it" in each for each in pages] == [False, True]


def test_no_address_of_a_message_is_guessed(bob: Client) -> None:
    for path in (f"/conversations/{UUID(int=1)}/", f"/messages/{UUID(int=1)}/html/", f"/attachments/{UUID(int=1)}/"):
        assert bob.get(path).status_code == 404


def test_an_approved_reply_is_taken_back_from_its_conversation(asked: Any, cast: Cast, bob: Client, work: Work) -> None:
    approval_decide(
        approval_id=asked.approval.id, decision="approve", digest=asked.approval.digest, actor=person(cast.bob)
    )
    work()
    held = outbox(status="held").items[0]
    page = shown(bob, thread_page(asked))
    assert "Drafted, approved by Bob" in page and f"replies/{held.id}/take-back/" in page
    answer = bob.post(thread_page(asked, f"replies/{held.id}/take-back/"), follow=True)
    assert "Taken back. It did not leave." in answer.content.decode()
    assert inside(lambda: message_view(held.id)).status == "stopped"
    answer = bob.post(thread_page(asked, f"replies/{held.id}/take-back/"), follow=True)
    assert "It is too late" in answer.content.decode()
