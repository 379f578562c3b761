"""The story in a browser: sign in, read, edit, see the new digest, approve, see the reply and the ledger."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.inbox_filled import inbox_fill
from tests.live.conftest import Stack, Tenant, send, sign_in, until

PASSWORD = "seven-lilies-in-a-row"
pytestmark = [pytest.mark.xdist_group("stack"), pytest.mark.browser, pytest.mark.timeout(400)]


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    mark = request.node.get_closest_marker("refusals")
    expected = mark.args if mark else ()
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    shown = context.new_page()
    faults: list[str] = []
    shown.on("pageerror", lambda error: faults.append(str(error)))
    shown.on(
        "console",
        lambda said: (
            faults.append(said.text) if said.type == "error" and not any(n in said.text for n in expected) else None
        ),
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
    page.wait_for_url("**/approvals/**")  # and until its scripts listen to keys
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

    with page.expect_navigation():
        page.get_by_role("button", name="Approve").click()
    reply = page.get_by_text("georgia.papadopoulos@example.com")
    until(lambda: page.goto(f"{home}outbox/") and reply.count(), "the reply in the outbox")
    page.goto(f"{home}ledger/")
    for sentence in ("A person approved a proposal", "A person edited a proposal"):
        expect(page.locator("td", has_text=sentence).first).to_be_visible()


@pytest.mark.refusals("404")
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


def row(page: Page, customer: str) -> Locator:
    return page.locator("[data-list] [data-row]").filter(has=page.get_by_text(customer, exact=True))


def heading_has_focus(page: Page) -> None:
    """The page of a proposal is there, and keys are about it."""
    expect(page.locator("[data-approval] [data-heading]")).to_be_focused()


def test_a_long_inbox_is_worked_through_with_the_keyboard_alone(stack: Stack, page: Page) -> None:
    home, first = asked(stack, "wattle")
    with stack.database() as owner:
        (schema,) = owner.execute("SELECT schema_name FROM public.tenants_tenant WHERE slug = 'wattle'").fetchall()[0]
        inbox_fill(owner, schema, 119)
    sign_in(page, home, "owner@wattle.example", stack.tenants["wattle"].password)

    page.goto(f"{home}inbox/")
    expect(page.locator("[data-heading]")).to_be_focused()
    for _ in range(25):
        page.keyboard.press("j")
    expect(row(page, "Customer 24")).to_be_focused()
    expect(row(page, "Customer 24")).to_be_in_viewport()
    page.keyboard.press("j")
    expect(row(page, "Customer 25")).to_be_focused()
    page.keyboard.press("k")
    expect(row(page, "Customer 24")).to_be_focused()

    # Opened and left, also far down: the focus is on the row that was left.
    page.keyboard.press("Enter")
    heading_has_focus(page)
    page.keyboard.press("Escape")
    expect(row(page, "Customer 24")).to_be_focused()
    page.keyboard.press("j")
    expect(row(page, "Customer 25")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    heading_has_focus(page)
    expect(page.get_by_text("27 of 120").first).to_be_attached()
    page.keyboard.press("Escape")
    expect(row(page, "Customer 26")).to_be_focused()
    expect(row(page, "Customer 26")).to_be_in_viewport()

    # A decision opens the next one; left, the focus is on that.
    page.goto(f"{home}approvals/{first}/")
    heading_has_focus(page)
    page.keyboard.press("r")
    expect(page.locator("#reject-comment")).to_be_focused()
    page.keyboard.type("Not ours")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/approvals/" in url and first not in url)
    heading_has_focus(page)
    expect(page.get_by_text("1 of 119").first).to_be_attached()
    page.keyboard.press("Escape")
    expect(row(page, "Customer 1")).to_be_focused()

    # A tick keeps the keys going; the filter is entered and left.
    page.keyboard.press("x")
    expect(page.locator("[data-tick]").first).to_be_checked()
    page.keyboard.press("j")
    expect(row(page, "Customer 2")).to_be_focused()
    page.keyboard.press("/")
    page.keyboard.type("customer 77")
    page.keyboard.press("Enter")
    page.wait_for_url("**/inbox/?*q=customer*")
    expect(page.locator("[data-heading]")).to_be_focused()
    page.keyboard.press("j")
    expect(row(page, "Customer 77")).to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()


def test_an_edit_shows_the_changed_words_and_is_what_is_approved(stack: Stack, page: Page) -> None:
    home, approval = asked(stack, "kurrajong")
    tenant = stack.tenants["kurrajong"]
    sign_in(page, home, "owner@kurrajong.example", tenant.password)
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
    page.goto(f"{home}settings/people/invite/")
    page.get_by_label("Email").fill("nora@lilly.example")
    page.locator("[name=role]").first.select_option("agent")
    page.locator("main").get_by_role("button", name="Invite").click()
    address = page.locator("main .once").inner_text()
    page.context.clear_cookies()
    page.goto(address.strip())
    page.get_by_label("Name").fill("Nora Blum")
    for field in page.locator("main input[type=password]").all():
        field.fill(PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(lambda url: "/join/" not in url)
    page.context.clear_cookies()
    sign_in(page, home, "nora@lilly.example", PASSWORD)
    expect(page.get_by_text("Nora Blum").first).to_be_attached()


def at(stack: Stack, page: Page, slug: str) -> str:
    """Signed in as the owner of a tenant: its home."""
    home = f"http://{slug}.localhost:{stack.http_port}/"
    sign_in(page, home, f"owner@{slug}.example", stack.tenants[slug].password)
    return home


def hold_longer(tenant: Tenant) -> None:
    """Have replies held for longer than a browser on a busy machine takes: ten minutes."""
    path = "workflows/property-enquiry/versions"
    definition = tenant.get(f"{path}/1")["definition"]
    reply = next(step for step in definition["steps"] if step["key"] == "reply")
    reply["with"]["hold"] = "10m"
    answer = tenant.call("POST", path, json={"definition": definition})
    assert answer.status_code == 201, answer.text
    answer = tenant.call("POST", f"{path}/{answer.json()['number']}/activate")
    assert answer.status_code == 200, answer.text


def test_a_held_reply_is_taken_back_with_one_key(stack: Stack, page: Page) -> None:
    hold_longer(stack.tenant("mulga"))
    _, approval = asked(stack, "mulga")
    tenant, home = stack.tenants["mulga"], at(stack, page, "mulga")
    page.goto(f"{home}approvals/{approval}/")
    page.get_by_role("button", name="Approve").click()
    until(lambda: tenant.get(f"approvals/{approval}")["decisions"], "the decision")
    page.goto(f"{home}approvals/{approval}/")

    def taken_back() -> bool:
        page.keyboard.press("z")
        return bool(tenant.get(f"approvals/{approval}")["status"] == "taken_back")

    until(taken_back, "the reply to be taken back")
    expect(page.get_by_text("The reply did not leave.").first).to_be_visible()
    assert [reply["status"] for reply in tenant.get("messages?direction=out")["results"]] == ["stopped"]


def test_after_taking_over_an_email_waits_for_the_person(stack: Stack, page: Page) -> None:
    _, approval = asked(stack, "nettle")
    tenant, home = stack.tenants["nettle"], at(stack, page, "nettle")
    first = tenant.get("messages")["results"][0]
    page.goto(f"{home}conversations/{first['thread']}/")
    page.get_by_role("button", name="Take over").click()
    expect(page.get_by_text("answers this conversation").first).to_be_visible()
    assert tenant.get(f"approvals/{approval}")["status"] == "withdrawn"

    follows = f"<{first['message_id'].strip('<>')}>"
    send(stack, tenant.inbound_address, "Can I bring my dog?", In_Reply_To=follows, References=follows)
    message = until(
        lambda: [m for m in tenant.get("messages")["results"] if m["id"] != first["id"] and m["thread"]],
        "the second email",
    )[0]
    assert message["thread"] == first["thread"]
    # An email that came later, in a conversation of its own, has started a run: this one starts none.
    send(stack, tenant.inbound_address, "Is 14 Wattle Street sold?", sender="Otis Hale <otis@example.org>")
    until(lambda: [run for run in tenant.get("runs")["results"] if run["status"] == "waiting"], "the other's run")
    assert len(tenant.get("runs")["results"]) == 2
    page.goto(f"{home}conversations/{first['thread']}/")
    expect(page.get_by_text("Can I bring my dog?").first).to_be_visible()
    expect(page.get_by_text("Unanswered since").first).to_be_visible()
    page.goto(f"{home}conversations/?state=taken_over")
    expect(page.locator(".talk-row.is-waiting")).to_have_count(1)


@pytest.mark.refusals("403")
def test_an_operator_suspends_a_workspace_and_brings_it_back(stack: Stack, page: Page) -> None:
    tenant = stack.tenant("oleander")
    words = ("createsuperuser", "--no-input", "--email", "otto@example.com", "--name", "Otto")
    Stack({**stack.env, "DJANGO_SUPERUSER_PASSWORD": PASSWORD}, stack.http_port, stack.smtp_port).manage(*words)
    admin, home = f"http://localhost:{stack.http_port}/admin/", f"http://oleander.localhost:{stack.http_port}/"
    page.goto(admin)
    page.locator("[name=username]").fill("otto@example.com")
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("link", name="Tenants").first).to_be_visible()

    def move(word: str, reason: str) -> None:
        page.goto(f"{admin}tenants/tenant/?q=oleander")
        page.get_by_role("link", name="oleander").first.click()
        page.get_by_role("button", name=word).click()
        page.get_by_label("Reason").fill(reason)
        page.get_by_role("button", name=word).click()
        page.wait_for_url("**/tenants/tenant/")

    move("Suspend", "Asked for by its owner.")
    page.goto(home)
    expect(page.get_by_role("heading", name="This workspace is suspended")).to_be_visible()
    assert tenant.call("GET", "me").status_code == 403
    move("Resume", "Its owner came back.")
    at(stack, page, "oleander")
    assert tenant.call("GET", "me").status_code == 200
