"""The four ways in which a person decides: portal, admin, API, and several at once. Each answers in the same form."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client

from approvals.selectors import ApprovalView
from conftest import Person
from tenants.selectors import tenant_context


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


def portal(who: Person, approval: ApprovalView, decision: str, digest: str, slug: str = "acacia") -> Answer:
    """The page of the proposal."""
    given = {"decision": decision, "digest": digest}
    answer = _session(who, slug).post(f"/approvals/{approval.id}/decide/", given)
    return _page(answer, done=answer.status_code == 302 and answer.headers["Location"].startswith("/approvals/"))


def admin(who: Person, approval: ApprovalView, decision: str, digest: str, slug: str = "acacia") -> Answer:
    """The proposal in the tenant's admin."""
    path = f"/admin/approvals/approval/{approval.id}/change/"
    answer = _session(who, slug).post(path, {"decision": decision, "digest": digest})
    return _page(answer, done=answer.status_code == 302 and answer.headers["Location"] == path)


def api(who: Person, approval: ApprovalView, decision: str, digest: str, slug: str = "acacia") -> Answer:
    """The REST API, with the person's token."""
    answer: Any = Client().post(
        f"/api/v1/approvals/{approval.id}/decide",
        {"decision": decision, "digest": digest},
        content_type="application/json",
        headers={"host": _host(slug), "authorization": f"Bearer {who.token}"},
    )
    return Answer(answer.status_code == 200, answer.status_code, str(answer.json().get("detail", "")))


def bulk(who: Person, approval: ApprovalView, decision: str, digest: str, slug: str = "acacia") -> Answer:
    """One of several, on the page that shows them together."""
    given = {"decision": decision, "chosen": [f"{approval.id}:{digest}"]}
    answer = _session(who, slug).post("/inbox/together/", given)
    words = str(answer.content.decode())
    return _page(answer, done=answer.status_code == 200 and "Left as it is." not in words)


def _page(answer: Any, *, done: bool) -> Answer:
    return Answer(done, answer.status_code, answer.content.decode())


Surface = Callable[..., Answer]
SURFACES: tuple[Surface, ...] = (portal, admin, api, bulk)
