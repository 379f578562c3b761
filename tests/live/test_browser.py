"""The story in a browser: sign in, read, edit, see the new digest, approve, see the reply and the ledger."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.live.conftest import Stack, sign_in, until

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
