"""Support access, by breaking it: whoever enters reads, in plain sight, for a time, and does nothing else."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client

from accounts.selectors import person_by_email
from accounts.services import person_password_set
from approvals.selectors import approval_get
from audit.selectors import entries, views
from audit.services import Actor
from conftest import PASSWORD, Cast, Person
from tenants.backend.base import PublicAs
from tenants.database_roles import operator_role
from tenants.errors import SupportRefused
from tenants.selectors import public_context, tenant_by_slug, tenant_context
from tenants.services import tenant_resume, tenant_suspend
from tenants.support import Opened, support_active, support_end, support_open
from tests.pages import signed_in
from tests.story import Asked

BASE = settings.COUNTERSIGN.base_domain
REASON = "The inbox stays empty, ticket 118."
pytestmark = pytest.mark.usefixtures("committed")


def as_operator() -> Any:
    return public_context(PublicAs(operator_role()))


def open_for(cast: Cast, slug: str = "acacia", **more: Any) -> Opened:
    olga = Actor("operator", str(cast.olga.id), "Olga", person=cast.olga.id)
    given: dict[str, Any] = {"tenant": tenant_by_slug(slug).id, "reason": REASON, "minutes": 15, "actor": olga} | more
    with as_operator():
        return support_open(**given)


def follow(opened: Opened, slug: str = "acacia") -> tuple[Client, Any]:
    client = Client(HTTP_HOST=f"{slug}.{BASE}")
    return client, client.post(f"/support/{opened.token}/")


@pytest.fixture
def inside(cast: Cast) -> Client:
    client, answer = follow(open_for(cast))
    assert answer.status_code == 302
    return client


@pytest.fixture
def owner_of_acacia(cast: Cast) -> Client:
    with tenant_context("acacia"):
        known = person_by_email("owner@acacia.example")
        assert known is not None
        person_password_set(person=known.id, name="Olive", password=PASSWORD, actor=Actor.system("tests"))
    return signed_in(Person(known.id, known.email, "Olive", ""))


def is_in(client: Client) -> bool:
    return bool(client.get("/inbox/").status_code == 200)


def told(event: str) -> list[str]:
    return [entry.actor_name for entry in views(entries(event=event))]


def test_support_reads_under_a_name_of_its_own(inside: Client) -> None:
    for path in ("/inbox/", "/runs/", "/ledger/", "/workflows/", "/settings/automation/"):
        shown = inside.get(path)
        assert shown.status_code == 200, path
        assert "You read as Olga, Countersign support until" in shown.content.decode()
    for path in ("/settings/support/", "/admin/"):
        assert inside.get(path).status_code in (302, 403), path


def test_looking_at_the_link_does_not_use_it_up(cast: Cast) -> None:
    opened = open_for(cast)
    client = Client(HTTP_HOST=f"acacia.{BASE}")
    assert "Olga, Countersign support" in client.get(f"/support/{opened.token}/").content.decode()
    assert not is_in(client)
    assert client.post(f"/support/{opened.token}/").status_code == 302


def test_a_link_works_once(cast: Cast) -> None:
    opened = open_for(cast)
    follow(opened)
    again, answer = follow(opened)
    assert (answer.status_code, is_in(again)) == (404, False)
    assert again.get(f"/support/{opened.token}/").status_code == 404


def test_two_who_use_a_link_at_once_are_one(cast: Cast, at_once: Callable[..., list[Any]]) -> None:
    opened = open_for(cast)
    answers = at_once(*[lambda: follow(opened)[1].status_code] * 2)
    assert sorted(answers) == [302, 404]


def test_a_link_opens_no_other_workspace(cast: Cast) -> None:
    opened = open_for(cast)
    client, answer = follow(opened, "harbour")
    assert (answer.status_code, is_in(client)) == (404, False)
    assert Client(HTTP_HOST=BASE).post(f"/support/{opened.token}/").status_code == 404
    assert follow(opened)[1].status_code == 302, "and was not used up by trying"


def test_a_session_is_nobodys_on_another_host(inside: Client) -> None:
    assert inside.get("/inbox/", HTTP_HOST=f"harbour.{BASE}").status_code == 302
    assert inside.get("/admin/", HTTP_HOST=BASE).status_code == 302


@pytest.mark.parametrize("column", ["created_at", "until"])
def test_a_link_that_is_too_old_opens_nothing(cast: Cast, owner: Any, column: str) -> None:
    opened = open_for(cast)
    owner.execute(f"UPDATE public.tenants_supportaccess SET {column} = now() - interval '11 minutes'")
    assert follow(opened)[1].status_code == 404


def test_a_session_ends_with_its_time(inside: Client, owner: Any) -> None:
    assert is_in(inside)
    owner.execute("UPDATE public.tenants_supportaccess SET until = now() - interval '1 second'")
    assert not is_in(inside)


def test_an_owner_ends_it_and_the_next_request_is_nobodys(inside: Client, owner_of_acacia: Client) -> None:
    shown = owner_of_acacia.get("/settings/support/").content.decode()
    assert REASON in shown
    assert "Olga, Countersign support may read here until" in shown
    with tenant_context("acacia"):
        (access,) = support_active()
    end = f"/settings/support/{access.id}/end/"
    assert "Support access has ended." in owner_of_acacia.post(end, follow=True).content.decode()
    assert not is_in(inside)
    assert "It had ended already." in owner_of_acacia.post(end, follow=True).content.decode()
    assert "may read here" not in owner_of_acacia.get("/inbox/").content.decode()


def test_many_accesses_take_one_line_of_a_page(cast: Cast, owner_of_acacia: Client) -> None:
    for more in ("", "1 more support access is open.", "2 more support accesses are open."):
        open_for(cast)
        shown = owner_of_acacia.get("/inbox/").content.decode()
        assert shown.count("may read here until") == 1
        assert more in shown
    assert owner_of_acacia.get("/settings/support/").content.decode().count(REASON) >= 3


def test_only_owners_end_it_and_only_their_own(inside: Client, cast: Cast) -> None:
    with tenant_context("acacia"):
        (access,) = support_active()
    end = f"/settings/support/{access.id}/end/"
    assert signed_in(cast.alice).post(end).status_code == 403
    assert signed_in(cast.charlie, "harbour").post(end).status_code == 404
    assert is_in(inside)
    assert inside.post(end).status_code == 403


def test_an_operator_ends_it_and_support_leaves_by_itself(inside: Client, cast: Cast) -> None:
    with tenant_context("acacia"):
        (access,) = support_active()
    with as_operator():
        assert support_end(access=access.id, actor=Actor("operator", str(cast.olga.id), "Olga", person=cast.olga.id))
    assert not is_in(inside)
    client, _ = follow(open_for(cast))
    assert "You have left" in client.post("/support/leave/").content.decode()
    assert not is_in(client)
    with tenant_context("acacia"):
        assert support_active() == []


def test_whatever_support_sends_is_refused(inside: Client, asked: Asked) -> None:
    approval = f"/approvals/{asked.approval.id}/"
    sent = {"decision": "approve", "digest": asked.approval.digest}
    for path in (
        f"{approval}decide/",
        f"{approval}edit/",
        "/settings/automation/",
        "/workflows/property-enquiry/switch/",
        "/workflows/property-enquiry/versions/1/activate/",
        "/admin/password_change/",
    ):
        assert inside.post(path, sent).status_code == 403, path
    with tenant_context("acacia"):
        assert approval_get(asked.approval.id).status == "pending"
    assert inside.get("/api/v1/runs").status_code == 401


def test_nobody_is_added_and_no_password_opens_it(inside: Client, cast: Cast) -> None:
    with tenant_context("acacia"):
        assert not get_user_model().objects.filter(name__contains="support").exists()
    with tenant_context("acacia"):
        (access,) = support_active()
    again = Client(HTTP_HOST=f"acacia.{BASE}")
    again.post("/sign-in/", {"username": str(access.id), "password": ""})
    assert not is_in(again)


def test_both_ledgers_tell_and_each_names_its_own_people_only(inside: Client, owner_of_acacia: Client) -> None:
    with tenant_context("acacia"):
        (access,) = support_active()
    owner_of_acacia.post(f"/settings/support/{access.id}/end/")
    with tenant_context("acacia"):
        assert told("support.opened") == told("support.entered") == ["Olga, Countersign support"]
        assert told("support.ended") == ["Olive"]
        assert not any(REASON in row.text for row in entries())
    with as_operator():
        assert told("support.opened") == told("support.entered") == ["Olga"]
        assert told("support.ended") == ["A former colleague"], "an owner's name stays in the workspace"
    with tenant_context("harbour"):
        assert told("support.opened") == []


def test_without_a_reason_or_a_time_nobody_is_let_in(cast: Cast) -> None:
    for wrong in ({"reason": " "}, {"minutes": 600}):
        with pytest.raises(SupportRefused):
            open_for(cast, **wrong)
    with as_operator():
        tenant_suspend(slug="harbour", actor=Actor.system("tests"))
    try:
        with pytest.raises(SupportRefused):
            open_for(cast, "harbour")
    finally:
        with as_operator():
            tenant_resume(slug="harbour", actor=Actor.system("tests"))


def test_the_link_itself_is_kept_nowhere(cast: Cast, owner: Any) -> None:
    opened = open_for(cast)
    rows = owner.execute("SELECT t::text FROM public.tenants_supportaccess t").fetchall()
    assert opened.token not in str(rows)


def test_neither_side_can_lengthen_it(cast: Cast) -> None:
    from django.db import ProgrammingError, connection, transaction

    open_for(cast)
    for enter in (as_operator, lambda: tenant_context("acacia")):
        for change in ("until = until + interval '1 day'", "reason = 'none'"):
            with enter(), pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"UPDATE public.tenants_supportaccess SET {change}")


def test_an_operator_asks_on_the_tenants_page_and_gets_the_link_once(cast: Cast) -> None:
    olga = Client(headers={"host": BASE})
    with as_operator():
        olga.force_login(get_user_model().objects.get(pk=cast.olga.id))
    page = f"/admin/tenants/tenant/{tenant_by_slug('acacia').id}/"
    assert "Enter for support" in olga.get(f"{page}change/").content.decode()
    refused = olga.post(f"{page}support/", {"reason": "", "minutes": "15"})
    assert "link" not in refused.context
    shown = olga.post(f"{page}support/", {"reason": REASON, "minutes": "60"})
    link = shown.context["link"]
    assert link.startswith(f"http://acacia.{BASE}/support/")
    assert link in shown.content.decode()
    assert Client(HTTP_HOST=f"acacia.{BASE}").post(link.partition(BASE)[2]).status_code == 302
    listed = olga.get("/admin/tenants/supportaccess/").content.decode()
    assert REASON in listed
    assert link.rsplit("/", 2)[1] not in listed
