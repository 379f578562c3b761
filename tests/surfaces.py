"""The four ways in which a person decides: portal, admin, API, and several at once; and the three in which they edit.

Each answers in the same form.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.http import QueryDict
from django.test import Client

from approvals.fields import Field, shown
from approvals.forms import edit_form_of
from approvals.selectors import ApprovalView
from conftest import Person
from tenants.selectors import current, tenant_context


@dataclass(frozen=True)
class Answer:
    """Whether it was done, the status of the answer, and what the person reads."""

    done: bool
    status: int
    words: str


def _host(slug: str) -> str:
    return f"{slug}.{settings.COUNTERSIGN.base_domain}"


def _session(who: Person, slug: str) -> Client:
    client = Client(headers={"host": _host(slug)})
    with tenant_context(slug):
        client.force_login(get_user_model().objects.get(pk=who.id))
    return client


def portal(
    who: Person, approval: ApprovalView, decision: str, digest: str, slug: str = "acacia", **more: str
) -> Answer:
    """The page of the proposal."""
    given = {"decision": decision, "digest": digest, **more}
    answer = _session(who, slug).post(f"/approvals/{approval.id}/decide/", given)
    return _page(answer, done=answer.status_code == 302 and answer.headers["Location"].startswith("/approvals/"))


def admin(who: Person, approval: ApprovalView, decision: str, digest: str, slug: str = "acacia", **more: str) -> Answer:
    """The proposal in the tenant's admin."""
    path = f"/admin/approvals/approval/{approval.id}/change/"
    answer = _session(who, slug).post(path, {"decision": decision, "digest": digest, **more})
    return _page(answer, done=answer.status_code == 302 and answer.headers["Location"] == path)


def api(who: Person, approval: ApprovalView, decision: str, digest: str, slug: str = "acacia", **more: str) -> Answer:
    """The REST API, with the person's token."""
    answer: Any = Client().post(
        f"/api/v1/approvals/{approval.id}/decide",
        {"decision": decision, "digest": digest, **more},
        content_type="application/json",
        headers={"host": _host(slug), "authorization": f"Bearer {who.token}"},
    )
    return Answer(answer.status_code == 200, answer.status_code, str(answer.json().get("detail", "")))


def bulk(who: Person, approval: ApprovalView, decision: str, digest: str, slug: str = "acacia", **more: str) -> Answer:
    """One of several, on the page that shows them together."""
    given = {"decision": decision, "chosen": [f"{approval.id}:{digest}"], **more}
    answer = _session(who, slug).post("/inbox/together/", given)
    words = str(answer.content.decode())
    return _page(answer, done=answer.status_code == 200 and "Left as it is." not in words)


def _page(answer: Any, *, done: bool) -> Answer:
    return Answer(done, answer.status_code, answer.content.decode())


Surface = Callable[..., Answer]
SURFACES: tuple[Surface, ...] = (portal, admin, api, bulk)


@dataclass(frozen=True)
class Change:
    """What an edit says, in JSON: fields by step, steps left out, actions added with their input."""

    edits: dict[str, dict[str, Any]] = field(default_factory=dict)
    leave_out: list[str] = field(default_factory=list)
    add: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


def edit_in_portal(who: Person, approval: ApprovalView, change: Change, digest: str, slug: str = "acacia") -> Answer:
    """The edit page of the proposal."""
    answer = _session(who, slug).post(f"/approvals/{approval.id}/edit/", _typed(approval, change, digest))
    return _page(answer, done=answer.status_code == 302 and answer.headers["Location"].startswith("/approvals/"))


def edit_in_admin(who: Person, approval: ApprovalView, change: Change, digest: str, slug: str = "acacia") -> Answer:
    """The form on the proposal's page in the tenant's admin."""
    path = f"/admin/approvals/approval/{approval.id}/change/"
    answer = _session(who, slug).post(path, _typed(approval, change, digest))
    return _page(answer, done=answer.status_code == 302 and answer.headers["Location"] == path)


def edit_by_api(who: Person, approval: ApprovalView, change: Change, digest: str, slug: str = "acacia") -> Answer:
    """The REST API, with the person's token."""
    add = [{"action": action, "input": given} for action, given in change.add]
    answer: Any = Client().post(
        f"/api/v1/approvals/{approval.id}/edit",
        {"digest": digest, "edits": change.edits, "leave_out": change.leave_out, "add": add},
        content_type="application/json",
        headers={"host": _host(slug), "authorization": f"Bearer {who.token}"},
    )
    return Answer(answer.status_code == 200, answer.status_code, answer.content.decode())


def _typed(approval: ApprovalView, change: Change, digest: str) -> dict[str, Any]:
    """What the form sends when a person has typed the change into it."""
    asked = QueryDict(mutable=True)
    for place, (action, _) in enumerate(change.add):
        asked[f"add[{place}].action"] = action
    with tenant_context("acacia"):
        form = edit_form_of(approval, asked)
        sent = {item.name: item.value for shows in form.every for item in shows.fields} | asked.dict()
        given = {shows.path: change.edits.get(shows.step, {}) for shows in form.actions}
        given |= {shows.path: values for shows, (_, values) in zip(form.added, change.add, strict=False)}
        for shows in form.every:
            for item in shows.fields:
                if item.field in given[shows.path]:
                    sent[item.name] = _as_typed(item, given[shows.path][item.field])
    return {"decision": "edit", "digest": digest, "leave_out": change.leave_out, **sent}


def _as_typed(item: Field, value: Any) -> str:
    try:
        return shown(item, value, current().timezone)
    except ValueError:  # no such value: a person can type that too
        return str(value)


Editing = Callable[..., Answer]
EDITING: tuple[Editing, ...] = (edit_in_portal, edit_in_admin, edit_by_api)
