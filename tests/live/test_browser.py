"""The story in a browser: sign in, read, edit, see the new digest, approve, see the reply and the ledger."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.live.conftest import PATIENCE, Stack, send, sign_in, until

pytestmark = [pytest.mark.xdist_group("stack"), pytest.mark.browser]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    shown = context.new_page()
    faults: list[str] = []
    shown.on("pageerror", lambda error: faults.append(str(error)))
    shown.on(
        "console",
        lambda said: faults.append(said.text) if said.type == "error" and "404" not in said.text else None,
    )
    shown.on("request", lambda asked: faults.append(asked.url) if "localhost" not in asked.url else None)
    yield shown
    context.close()
    assert faults == [], "errors on a page, or a request to another host"


def test_the_story_from_sign_in_to_the_ledger(stack: Stack, page: Page) -> None:
    until(lambda: "waits for approval" in stack.log(), "the demo's story")
    home = f"http://acacia.localhost:{stack.http_port}/"
    sign_in(page, home, "mei@acacia.example", "countersign-demo")
    page.get_by_role("link", name="Georgia Papadopoulos").first.click()
    expect(page.get_by_role("heading", name="What will happen")).to_be_visible()
    expect(page.get_by_text("$512.40 per quarter").first).to_be_visible()
    digest = page.locator("[data-digest]").first.get_attribute("data-digest")
    assert digest

    page.keyboard.press("e")
    text = page.get_by_label("Reply")
    text.fill(text.input_value() + "\n\nPlease ring the bell twice.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Please ring the bell twice.").first).to_be_visible()
    new = page.locator("[data-digest]").first.get_attribute("data-digest")
    assert new != digest

    page.get_by_role("button", name="Approve").click()
    reply = page.get_by_text("georgia.papadopoulos@example.com")
    until(lambda: page.goto(f"{home}outbox/") and reply.count(), "the reply in the outbox")
    page.goto(f"{home}ledger/")
    for sentence in ("A person approved a proposal", "A person edited a proposal"):
        expect(page.locator("td", has_text=sentence).first).to_be_visible()


def test_charlie_of_another_agency_gets_404_for_everything_of_acacia(stack: Stack, page: Page) -> None:
    until(lambda: "waits for approval" in stack.log(), "the demo's story")
    with stack.database() as database:
        paths = [f"approvals/{row[0]}/" for row in database.execute("SELECT id FROM acacia.approvals_approval")]
        paths += [f"runs/{row[0]}/" for row in database.execute("SELECT id FROM acacia.workflows_run")]
    assert paths
    home = f"http://harbour.localhost:{stack.http_port}/"
    with stack.database() as database:
        owner = database.execute(
            "SELECT u.email FROM harbour.accounts_user u JOIN harbour.accounts_user_groups g ON g.user_id = u.id"
            " JOIN harbour.auth_group r ON r.id = g.group_id WHERE r.name = 'owner'"
        ).fetchone()
    assert owner
    sign_in(page, home, owner[0], "countersign-demo")
    for path in paths:
        answer = page.goto(f"{home}{path}")
        assert answer is not None
        assert answer.status == 404, path


def test_the_api_explains_itself_offline(stack: Stack, page: Page) -> None:
    page.goto(f"http://acacia.localhost:{stack.http_port}/api/docs/")
    expect(page.get_by_text("/api/v1/approvals/{id}/decide")).to_be_visible()


def asked(stack: Stack, slug: str, text: str = "Is 14 Wattle Street still available? Vera Lang") -> tuple[str, str]:
    """A tenant where a customer's mail waits for a decision: its home, and the proposal's id."""
    tenant = stack.tenant(slug)
    tenant.post("listings", {"address": "14 Wattle Street", "suburb": "Marrickville", "status": "available"})
    send(stack, tenant.inbound_address, text)
    approval = until(lambda: tenant.get("approvals?status=pending")["results"], "a proposal")[0]
    return f"http://{slug}.localhost:{stack.http_port}/", approval["id"]


def test_a_proposal_is_approved_with_the_keyboard_alone(stack: Stack, page: Page) -> None:
    home, approval = asked(stack, "juniper")
    sign_in(page, home, "owner@juniper.example", stack.tenants["juniper"].password)
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    page.goto(f"{home}inbox/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/approvals/{approval}/**")
    expect(page.get_by_role("button", name="Approve")).to_be_visible()
    # A key pressed for the page before must not decide: only a fresh one, after a moment, does.
    tenant = stack.tenants["juniper"]

    def decided() -> Any:
        page.keyboard.press("a")
        return tenant.get(f"approvals/{approval}")["decisions"]

    until(decided, "the decision")
    found = tenant.get(f"approvals/{approval}")
    assert [decision["decision"] for decision in found["decisions"]] == ["approve"]


def test_an_edit_shows_the_changed_words_and_is_what_is_approved(stack: Stack, page: Page) -> None:
    home, approval = asked(stack, "kurrajong")
    tenant = stack.tenants["kurrajong"]
    sign_in(page, home, "owner@kurrajong.example", tenant.password)
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    page.goto(f"{home}approvals/{approval}/")
    page.keyboard.press("e")
    page.wait_for_url("**/edit/")
    text = page.get_by_label("Reply")
    text.fill(text.input_value() + "\n\nPlease ring the bell twice.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("ins", has_text="Please ring the bell twice.").first).to_be_visible()
    page.get_by_role("button", name="Approve").click()
    found = until(
        lambda: (shown := tenant.get(f"approvals/{approval}"))["decisions"] and shown, "the decision about the edit"
    )
    sent = next(action["input"]["text"] for action in found["actions"] if action["step"] == "reply")
    assert sent.endswith("Please ring the bell twice.")


def test_a_colleague_is_invited_joins_and_signs_in(stack: Stack, page: Page) -> None:
    stack.tenant("lilly")
    home = f"http://lilly.localhost:{stack.http_port}/"
    sign_in(page, home, "owner@lilly.example", stack.tenants["lilly"].password)
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    page.goto(f"{home}settings/people/invite/")
    page.get_by_label("Email").fill("nora@lilly.example")
    page.locator("[name=role]").first.select_option("agent")
    page.locator("main").get_by_role("button", name="Invite").click()
    address = page.locator("main .once").inner_text()
    page.context.clear_cookies()
    page.goto(address.strip())
    page.get_by_label("Name").fill("Nora Blum")
    for field in page.locator("main input[type=password]").all():
        field.fill("seven-lilies-in-a-row")
    page.locator("main button[type=submit]").first.click()
    page.context.clear_cookies()
    sign_in(page, home, "nora@lilly.example", "seven-lilies-in-a-row")
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    expect(page.get_by_text("Nora Blum").first).to_be_attached()


def test_a_new_mail_is_told_by_a_bar_and_moves_nothing_until_it_is_pressed(stack: Stack, page: Page) -> None:
    home, first = asked(stack, "melaleuca")
    tenant = stack.tenants["melaleuca"]
    sign_in(page, home, "owner@melaleuca.example", tenant.password)
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    page.goto(f"{home}inbox/")
    rows, bar = page.locator("[data-list] [data-id]"), page.locator("[data-arrivals-bar]")
    expect(rows).to_have_count(1)
    expect(bar).to_be_hidden()

    send(stack, tenant.inbound_address, "May I see it on Friday? Otis Reed", sender="Otis Reed <otis@example.net>")
    until(lambda: len(tenant.get("approvals?status=pending")["results"]) == 2, "the second proposal")
    expect(bar).to_have_text("1 new", timeout=PATIENCE * 1000)
    expect(rows).to_have_count(1)
    expect(rows).to_have_attribute("data-id", first)

    bar.click()
    expect(rows).to_have_count(2)
    expect(bar).to_be_hidden()
    newest = page.locator("[data-list] [data-id]", has_text="Otis Reed")
    expect(newest).to_be_focused()
