"""Every page in a browser, found from the URLs: what it weighs, what it asks for, and whether everybody can use it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.live.conftest import Stack, Tenant, send, sign_in, until
from tests.rights.expected import expected
from tests.rights.routes import ARGUMENT
from tests.rights.table import ANYONE

pytestmark = [pytest.mark.xdist_group("stack"), pytest.mark.browser, pytest.mark.timeout(600)]

KILOBYTES = 200
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
GRAVE = {"serious", "critical"}
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
    message = tenant.get("messages")["results"][0]
    return {
        "approvals": approval["id"],
        "runs": approval["run"],
        "conversations": message["thread"],
        "customers": contact,
        "listings": listing,
        "enquiries": enquiry,
        "tasks": task,
        "calendar": appointment,
        "people": tenant.get("me")["person"]["id"],
        "workflows": "property-enquiry",
        "approvers": "property-enquiry",
    }


def visit(browser: Browser, home: str, path: str, session: Any) -> Visit:
    """Load a page with an empty cache, then look at it light and dark, wide and narrow."""
    seen = Visit(path)
    context = browser.new_context(
        viewport=WIDE,  # type: ignore[arg-type]
        color_scheme="light",
        reduced_motion="reduce",  # colours change at once, and are judged as they will stay
        storage_state=session,
    )
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    network.on("Network.loadingFinished", lambda done: _add(seen, int(done["encodedDataLength"])))
    said = lambda message: seen.faults.append(message.text) if message.type == "error" else None  # noqa: E731
    page.on("console", said)
    page.on("pageerror", lambda error: seen.faults.append(str(error)))
    page.on(
        "request",
        lambda asked: seen.faults.append(asked.url) if not asked.url.startswith((home, "data:", "blob:")) else None,
    )
    answer = page.goto(home.rstrip("/") + path)
    assert answer is not None
    seen.status = answer.status
    page.remove_listener("console", said)
    if b"<html" not in answer.body():  # a piece that a page fetches for itself
        context.close()
        return seen
    page.evaluate(Axe().axe_script)
    for viewport, scheme, options in LOOKS:
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for found in page.evaluate("options => axe.run(document, options)", options)["violations"]:
            if found["impact"] in GRAVE:
                places = ", ".join(str(node["target"]) for node in found["nodes"][:3])
                seen.findings.append(f"{viewport['width']} {scheme}: {found['id']} at {places}")
    context.close()
    return seen


def _add(seen: Visit, size: int) -> None:
    seen.transferred += size


@pytest.fixture(scope="module")
def visits(stack: Stack, browser: Browser) -> list[Visit]:
    tenant = stack.tenant("ash")
    rows = lived_in(stack, tenant)
    home = f"http://ash.localhost:{stack.http_port}/"
    context = browser.new_context()
    page = context.new_page()
    sign_in(page, home, "owner@ash.example", tenant.password)
    session = context.storage_state()
    context.close()
    return [visit(browser, home, path, None if anyone else session) for path, anyone in paths(rows)]


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
