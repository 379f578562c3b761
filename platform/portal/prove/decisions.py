"""What people decide, and what becomes of it when something has changed meanwhile."""

import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from portal.prove.outside import Line, NotProved, Outside, Portal, until


def other_tenant(acacia: Outside, harbour: Outside, approval: dict[str, Any]) -> Line:
    path = f"approvals/{approval['id']}"
    own, theirs = harbour.call("GET", path), harbour.call("GET", path, host=acacia.tenant.host)
    holds = (own.status, theirs.status) == (404, 401) and approval["title"] not in f"{own.body}{theirs.body}"
    return Line(
        "Another agency's token asks for a proposal",
        holds,
        f"{own.status} at its own address, {theirs.status} at {acacia.tenant.slug}'s",
    )


def old_digest(acacia: Outside, approval: dict[str, Any]) -> Line:
    text = next(action["input"]["text"] for action in approval["actions"] if action["step"] == "reply")
    edit = {"digest": approval["digest"], "edits": {"reply": {"text": f"{text}\n\nPlease ring the bell twice."}}}
    edited = acacia.call("POST", f"approvals/{approval['id']}/edit", edit)
    answer = acacia.decide(approval, "approve")
    holds = (edited.status, answer.status) == (200, 409)
    acacia.decide(edited.body, "reject")
    return Line("Approving the digest from before an edit", holds, answer.told)


def changed_listing(acacia: Outside) -> Iterator[Line]:
    """A fact that a proposal quotes changes: before the decision, and while the approved reply is held."""
    approval = acacia.ask()
    with _other_rates(acacia, approval):
        answer = acacia.decide(approval, "approve")
        replies = acacia.replies(approval["run"])
    holds = answer.status == 409 and bool(answer.body.get("stale")) and not replies
    yield Line("Approving after the listing has changed", holds, f"{answer.told}, {len(replies)} replies sent")
    renewed = acacia.call("POST", f"approvals/{approval['id']}/renew", {})
    approved = acacia.decide(renewed.body, "approve")
    until(lambda: acacia.replies(approval["run"]), "the held reply")
    with _other_rates(acacia, approval):
        until(lambda: acacia.replies(approval["run"])[0]["status"] != "held", "the end of the undo window")
        after = acacia.get(f"approvals/{approval['id']}")
    states = [reply["status"] for reply in acacia.replies(approval["run"])]
    holds = (approved.status, after["status"], states) == (200, "stale", ["stopped"])
    told = ", ".join(f"{fact['field']} was {fact['was']}, is {fact['is']}" for fact in after["stale"])
    yield Line(
        "The listing changes while the approved reply is held",
        holds and bool(told),
        f"{after['status']} ({told}), reply {', '.join(states)}",
    )
    acacia.decide(after, "reject")


def unsupported_sentence(acacia: Outside) -> Line:
    """A reply says what no source says any more: it was drafted before the listing changed, and is renewed after."""
    approval = acacia.ask()
    with _other_rates(acacia, approval):
        acacia.decide(approval, "approve")
        renewed = acacia.call("POST", f"approvals/{approval['id']}/renew", {}).body
        told = [sentence["text"] for sentence in renewed["sentences"] if sentence["verdict"] == "unsupported"]
        answer = acacia.decide(renewed, "approve")
        portal = Portal(acacia.tenant, "mei@acacia.example")
        _, page = portal.get(f"/approvals/{approval['id']}/")
        by_page, _ = portal.post(
            f"/approvals/{approval['id']}/decide/", page, decision="approve", digest=renewed["digest"]
        )
        replies = acacia.replies(approval["run"])
    marked = re.findall(r'claim-unsupported"[^>]*>([^<]+)<', page)
    acacia.decide(renewed, "reject")
    return Line(
        "Approving a reply with a sentence that no source supports",
        (answer.status, by_page, replies) == (422, 422, []) and len(told) == 1 and marked == told,
        f"marked at “{' '.join(marked)}”; API {answer.told}, page {by_page}",
    )


def forbidden_topic(acacia: Outside, manager: Outside) -> Line:
    """A manager forbids what a proposal says that waits; renewed, its sentence is marked and cannot be approved."""
    approval = acacia.ask()
    why = "We leave rates to the council."
    topic = {"name": f"Rates {secrets.token_hex(4)}", "phrases": ["council-rates"], "words": why}
    made = manager.call("POST", "ai/topics", topic)
    if made.status != 201:
        raise NotProved(f"POST ai/topics: {made.told}")
    try:
        before = acacia.decide(approval, "approve")
        renewed = acacia.call("POST", f"approvals/{approval['id']}/renew", {}).body
        answer = acacia.decide(renewed, "approve")
    finally:
        manager.call("DELETE", f"ai/topics/{made.body['id']}")
    marked = [each["text"] for each in renewed["trust"]["findings"] if each["words"] == why]
    acacia.decide(renewed, "reject")
    return Line(
        "Approving what a manager has just forbidden replies to speak of",
        (before.status, answer.status) == (409, 422) and bool(marked),
        f"{before.told}; renewed, “{' '.join(marked)}” is marked: {answer.told}",
    )


@contextmanager
def _other_rates(acacia: Outside, approval: dict[str, Any]) -> Iterator[None]:
    """Change what the proposal quotes of its listing, for a while."""
    quoted = next(item["source"]["id"] for item in approval["evidence"] if item["source"]["kind"] == "listing")
    facts = acacia.get(f"listings/{quoted}")["facts"]
    acacia.call("PATCH", f"listings/{quoted}", {"facts": {**facts, "council_rates": "$530.00 per quarter"}})
    try:
        yield
    finally:
        acacia.call("PATCH", f"listings/{quoted}", {"facts": facts})


def second_email(acacia: Outside) -> Line:
    approval = acacia.ask()
    acacia.decide(approval, "approve")
    until(lambda: acacia.replies(approval["run"]), "the held reply")
    arrived = acacia.get("messages?direction=in")["results"]
    first = next(message for message in arrived if message["run"] == approval["run"])
    sender = acacia.write("Sorry, only Sunday works for us.\n\n{name}\n", answers=first)
    until(lambda: (acacia.run_of(sender) or {}).get("id") not in (None, approval["run"]), "the second run")
    second = acacia.proposal(sender)
    former, states = acacia.get(f"runs/{approval['run']}"), [r["status"] for r in acacia.replies(approval["run"])]
    holds = (former["status"], states, second["status"]) == ("cancelled", ["stopped"], "pending")
    acacia.decide(second, "reject")
    return Line(
        "The customer writes again while the approved reply is held",
        holds,
        f"reply {', '.join(states)}; the second email waits with a proposal of its own",
    )


def taken_back(acacia: Outside) -> Line:
    approval = acacia.ask()
    acacia.decide(approval, "approve")
    held = until(lambda: acacia.replies(approval["run"]), "the held reply")
    answer = acacia.call("POST", f"approvals/{approval['id']}/take-back", {})
    hold = next(action["input"]["hold_seconds"] for action in approval["actions"] if action["step"] == "reply")
    left_by_now = time.monotonic() + hold + 2
    until(lambda: time.monotonic() > left_by_now, "the end of the undo window")
    states = [reply["status"] for reply in acacia.replies(approval["run"])]
    holds = answer.status == 200 and [reply["status"] for reply in held] == ["held"] and states == ["stopped"]
    return Line("Taking an approved reply back while it is held", holds, f"{answer.told}, reply {', '.join(states)}")


def undone(acacia: Outside, manager: Outside) -> Line:
    approval = acacia.ask()
    acacia.decide(approval, "approve")
    until(lambda: acacia.replies(approval["run"]), "the held reply")
    acacia.call("POST", f"approvals/{approval['id']}/take-back", {})
    run = until(
        lambda: (found := acacia.get(f"runs/{approval['run']}"))["status"] == "succeeded" and found,
        "the end of the run",
    )
    made = {name: record for step in run["steps"] for name, record in (step["output"] or {}).items()}
    corrected = "0491 570 006"
    manager.call("PATCH", f"contacts/{made['contact']}", {"phone": corrected})
    plan = undo(manager, run["id"])
    again = manager.call("POST", f"undo-plans/{plan['id']}/start", {"digest": plan["digest"]})
    task, kept = manager.call("GET", f"tasks/{made['task']}"), manager.get(f"contacts/{made['contact']}")["phone"]
    holds = (task.status, again.status, kept) == (404, 409, corrected)
    told = f"its task {task.status}; the colleague's number {'stays' if kept == corrected else 'is gone'}"
    return Line("Undoing a run whose customer a colleague corrected", holds, f"{told}; a second start {again.told}")


def undo(manager: Outside, run: str) -> dict[str, Any]:
    """Undo what a run has recorded, and wait for it; gives back the plan."""
    plan = manager.call("POST", f"runs/{run}/undo-plan").body
    manager.call("POST", f"undo-plans/{plan['id']}/start", {"digest": plan["digest"]})
    until(lambda: manager.get(f"undo-plans/{plan['id']}")["status"] in ("done", "incomplete"), "the end of the undo")
    return plan
