"""Every page in a browser, found from the URLs: what it weighs, what it asks for, and whether everybody can use it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Request

from tests.live.conftest import Stack, Tenant, send, sign_in, until
from tests.rights.expected import expected
from tests.rights.routes import ARGUMENT
from tests.rights.table import ANYONE

pytestmark = [pytest.mark.xdist_group("stack"), pytest.mark.browser, pytest.mark.timeout(600)]

KILOBYTES = 200
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
GRAVE = {"serious", "critical"}
# What a browser saves and does not show.
DOWNLOADS = {"/quality/csv/"}
WHOLE: dict[str, Any] = {"resultTypes": ["violations"]}
COLOURS: dict[str, Any] = {**WHOLE, "runOnly": ["color-contrast"]}
# Another scheme changes colours only; another width changes what stands where.
LOOKS = ((WIDE, "light", WHOLE), (WIDE, "dark", COLOURS), (NARROW, "dark", WHOLE), (NARROW, "light", COLOURS))


@dataclass
class Visit:
    """What the first load of a page did, with nothing in the cache."""

    path: str
    status: int = 0
    transferred: int = 0
    faults: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)


def paths(rows: dict[str, str]) -> list[tuple[str, bool]]:
    """Each page that an owner may open, with a row of this tenant in it; and whether it is for the signed-out."""
    found = []
    for route, rule in expected():
        if rule.method != "GET" or rule.section != "portal" or "owner" not in rule.roles or route.redirects:
            continue
        if route.path in DOWNLOADS:
            continue
        parts: list[str] = []
        for part in route.path.split("/"):
            parts.append(rows.get(parts[-1], "none") if ARGUMENT.search(part) else part)
        found.append(("/".join(parts), ANYONE in rule.roles))
    return found


def lived_in(stack: Stack, tenant: Tenant) -> dict[str, str]:
    """Let everything be there once; by the part of an address that stands before its id."""
    listing = tenant.post("listings", {"address": "14 Wattle Street", "suburb": "Marrickville", "status": "available"})
    send(stack, tenant.inbound_address, "When can I see 14 Wattle Street? My number is 0491 570 110.")
    approval = until(lambda: tenant.get("approvals?status=pending")["results"], "a proposal")[0]
    contact = tenant.post("contacts", {"name": "Vera Lang", "email": "vera@example.org"})
    enquiry = tenant.post("enquiries", {"contact": contact, "listing": listing, "summary": "Asks for an inspection"})
    task = tenant.post("tasks", {"title": "Ring Vera", "contact": contact})
    begins = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    times = {"starts_at": begins.isoformat(), "ends_at": (begins + timedelta(minutes=30)).isoformat()}
    appointment = tenant.post("appointments", {"contact": contact, "listing": listing, **times})
    document = tenant.post("knowledge", {"title": "Opening hours", "text": "We open at 9 am on weekdays."})
    tenant.call("PATCH", f"knowledge/{document}", json={"text": "We open at 8 am on weekdays.", "audience": "staff"})
    message = tenant.get("messages")["results"][0]
    return {
        "approvals": approval["id"],
        "runs": approval["run"],
        "calls": tenant.get("ai/calls")["results"][0]["id"],
        "conversations": message["thread"],
        "customers": contact,
        "knowledge": document,
        "listings": listing,
        "enquiries": enquiry,
        "tasks": task,
        "calendar": appointment,
        "people": tenant.get("me")["person"]["id"],
        "workflows": "property-enquiry",
        "approvers": "property-enquiry",
    }


class Visitor:
    """A browser's page that opens one address after another, each as if it were the first: with nothing in the cache.

    A page of its own for each address would take twice the time.
    """

    def __init__(self, browser: Browser, home: str, session: Any = None) -> None:
        context = browser.new_context(
            reduced_motion="reduce",  # colours change at once, and are judged as they will stay
            storage_state=session,
        )
        self._home = home
        self._page = context.new_page()
        network = context.new_cdp_session(self._page)
        network.send("Network.enable")
        network.send("Network.setCacheDisabled", {"cacheDisabled": True})
        network.on("Network.loadingFinished", self._loaded)
        self._page.on("console", self._said)
        self._page.on("pageerror", lambda error: self._seen.faults.append(str(error)))
        self._page.on("request", self._asked)
        self._leave()

    def visit(self, path: str) -> Visit:
        """Load a page, then look at it light and dark, wide and narrow."""
        seen = self._seen = Visit(path)
        page = self._page
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        page.emulate_media(color_scheme="light")
        self._loading = True
        answer = page.goto(self._home.rstrip("/") + path)
        self._loading = False
        assert answer is not None
        seen.status = answer.status
        if b"<html" in answer.body():  # else a piece that a page fetches for itself
            page.evaluate(Axe().axe_script)
            for viewport, scheme, options in LOOKS:
                page.set_viewport_size(viewport)  # type: ignore[arg-type]
                page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                for found in page.evaluate("options => axe.run(document, options)", options)["violations"]:
                    if found["impact"] in GRAVE:
                        places = ", ".join(str(node["target"]) for node in found["nodes"][:3])
                        seen.findings.append(f"{viewport['width']} {scheme}: {found['id']} at {places}")
        self._leave()
        return seen

    def _leave(self) -> None:
        """End what the page still does, so that none of it counts as the next one's."""
        self._seen, self._loading = Visit("about:blank"), False
        self._page.goto("about:blank")

    def _loaded(self, done: dict[str, Any]) -> None:
        self._seen.transferred += int(done["encodedDataLength"])

    def _said(self, message: ConsoleMessage) -> None:
        if self._loading and message.type == "error":
            self._seen.faults.append(message.text)

    def _asked(self, asked: Request) -> None:
        if not asked.url.startswith((self._home, "data:", "blob:")):
            self._seen.faults.append(asked.url)


@pytest.fixture(scope="module")
def visits(stack: Stack, browser: Browser) -> list[Visit]:
    tenant = stack.tenant("ash")
    rows = lived_in(stack, tenant)
    home = f"http://ash.localhost:{stack.http_port}/"
    context = browser.new_context()
    sign_in(context.new_page(), home, "owner@ash.example", tenant.password)
    owner, nobody = Visitor(browser, home, context.storage_state()), Visitor(browser, home)
    context.close()
    return [(nobody if anyone else owner).visit(path) for path, anyone in paths(rows)]


def test_every_page_is_there(visits: list[Visit]) -> None:
    assert len(visits) > 20
    assert [(seen.path, seen.status) for seen in visits if seen.status >= 400 and "/none/" not in seen.path] == []


def test_the_first_load_of_every_page_is_light(visits: list[Visit]) -> None:
    heavy = {seen.path: f"{seen.transferred / 1000:.0f} kB" for seen in visits if seen.transferred > KILOBYTES * 1000}
    assert heavy == {}, {seen.path: seen.transferred // 1000 for seen in visits}


def test_no_page_complains_or_asks_another_host(visits: list[Visit]) -> None:
    assert {seen.path: seen.faults for seen in visits if seen.faults and "/none/" not in seen.path} == {}


def test_no_page_keeps_anybody_out(visits: list[Visit]) -> None:
    found = [f"{seen.path} {finding}" for seen in visits for finding in seen.findings]
    assert not found, "\n".join(found)
