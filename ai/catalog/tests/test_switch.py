"""The operators' switch for the AI of every workspace, in their admin."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client

from ai.catalog.selectors import stopped_for_all
from ai.errors import Stopped
from ai.providers.local import LOCAL_HOP
from ai.services import ask_these
from ai.tests.conftest import understand_input
from audit.selectors import entries
from conftest import Cast
from tenants.backend.base import PublicAs
from tenants.database_roles import operator_role
from tenants.selectors import public_context, tenant_context

PAGE = "/admin/catalog/switch/"
WHY = "A model answers nonsense."


def as_operator() -> AbstractContextManager[None]:
    return public_context(PublicAs(operator_role()))


@pytest.fixture
def olga(committed: None, cast: Cast) -> Client:
    client = Client(headers={"host": settings.COUNTERSIGN.base_domain})
    with as_operator():
        client.force_login(get_user_model().objects.get(pk=cast.olga.id))
    return client


def stopped() -> Any:
    with as_operator():
        return stopped_for_all()


def told() -> list[Any]:
    with as_operator():
        return [entry.body for entry in entries(event="automation.changed_for_all")]


def throw(client: Client, mode: str, reason: str = "") -> Any:
    return client.post(f"{PAGE}add/", {"mode": mode, "reason": reason})


def test_an_operator_stops_the_ai_with_a_reason_and_lets_it_go_on(olga: Client) -> None:
    assert throw(olga, "people_only", WHY).headers["Location"].startswith(PAGE)
    assert stopped().reason == WHY
    assert throw(olga, "policy").status_code == 302
    assert stopped() is None
    newest, oldest = told()
    assert (newest["data"]["mode"], oldest["data"]["mode"]) == ("policy", "people_only")
    assert newest["actor"].startswith("operator:")
    shown = olga.get(PAGE).content.decode()
    assert WHY in shown
    assert "Off: everything goes to people" in shown


@pytest.mark.parametrize(
    ("mode", "reason", "said"),
    [("people_only", " ", "everybody in every workspace reads it"), ("policy", "", "It is on already")],
)
def test_what_makes_no_sense_is_said_at_its_field(olga: Client, mode: str, reason: str, said: str) -> None:
    answer = throw(olga, mode, reason)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert told() == []


def test_what_was_thrown_stays_as_it_was(olga: Client) -> None:
    throw(olga, "people_only", WHY)
    page = olga.get(PAGE).context["cl"].result_list[0]
    for path in (f"{PAGE}{page.pk}/change/", f"{PAGE}{page.pk}/delete/"):
        assert olga.post(path, {"mode": "policy", "reason": "", "post": "yes"}).status_code == 403
    assert stopped() is not None


def test_nothing_is_evaluated_while_the_ai_is_stopped(olga: Client) -> None:
    throw(olga, "people_only", WHY)
    with tenant_context("acacia"), pytest.raises(Stopped):
        ask_these(purpose="understand", inputs=understand_input(), hops=[LOCAL_HOP], step="")
