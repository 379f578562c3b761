"""Settings, AI models: owners say which models answer what; others read it."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.services import person_add
from ai.routes import ROUTES
from ai.routing import route_of
from ai.services import ask
from ai.tests.conftest import understand_input
from audit.services import Actor
from conftest import Cast, Person
from tenants.selectors import tenant_context
from tests.pages import signed_in
from tests.vendor import Vendor

pytestmark = pytest.mark.usefixtures("db")
PAGE = "/settings/models/"
TESTS = Actor.system("tests")


@pytest.fixture
def owner(cast: Cast) -> Client:
    with tenant_context("acacia"):
        made = person_add(email="helen@acacia.example", name="Helen", role="owner", password=None, actor=TESTS)
    return signed_in(Person(made, "helen@acacia.example", "Helen", ""))


def given(*lines: tuple[str, str, str, str], purpose: str = "draft") -> dict[str, str]:
    names = ("model", "effort", "timeout_seconds", "max_tokens")
    fields = {f"{name}_{at}": value for at, line in enumerate(lines) for name, value in zip(names, line, strict=True)}
    return {"purpose": purpose, **fields}


def draft() -> list[tuple[Any, ...]]:
    with tenant_context("acacia"):
        return [(hop.model, hop.effort, hop.timeout_seconds, hop.max_tokens) for hop in route_of("draft").hops]


def test_an_owner_sets_a_route_and_puts_back_the_one_of_the_product(owner: Client) -> None:
    lines = ("claude-opus-5-5", "high", "30", "4000"), ("claude-haiku-5-5", "low", "", "")
    assert owner.post(PAGE, given(*lines)).status_code == 302
    assert draft() == [("claude-opus-5-5", "high", 30, 4000), ("claude-haiku-5-5", "low", 60, None)]
    shown = owner.get(PAGE).content.decode()
    assert "version 1" in shown
    assert "Helen" in shown
    owner.post(PAGE, {"purpose": "draft", "reset": "1"})
    assert [model for model, *_ in draft()] == [hop.model for hop in ROUTES["draft"].hops]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (("claude-unheard-of-9", "low", "60", ""), "has no price, so it cannot be asked"),
        (("claude-opus-5-5", "low", "soon", ""), "Give a whole number."),
        (("claude-opus-5-5", "low", "1", ""), "Give 5 to 120 seconds."),
        (("claude-opus-5-5", "low", "60", "1"), "Give 256 to 32,000 tokens."),
        (("claude-opus-5-5", "wild", "60", ""), "Choose one of low, medium, high."),
    ],
)
def test_what_is_refused_is_said_and_what_was_typed_stays(
    owner: Client, line: tuple[str, str, str, str], words: str
) -> None:
    before = draft()
    answer = owner.post(PAGE, given(("claude-haiku-5-5", "low", "", ""), line))
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert words in shown
    assert f'value="{line[2]}"' in shown
    assert draft() == before


def test_a_purpose_that_does_not_exist_is_not_found(owner: Client) -> None:
    assert owner.post(PAGE, given(purpose="sing")).status_code == 404


def test_a_manager_reads_it_and_cannot_set_it(cast: Cast) -> None:
    alice = signed_in(cast.alice)
    shown = alice.get(PAGE).content.decode()
    assert "claude-sonnet-5-5" in shown
    assert "Owners can change these." in shown
    assert alice.post(PAGE, given()).status_code == 403
    assert signed_in(cast.bob).get(PAGE).status_code == 403


def test_who_answered_in_whose_place_how_often_and_why_is_shown(owner: Client, settings: Any) -> None:
    cache.clear()  # no breaker knows of former faults
    with Vendor() as vendor, tenant_context("acacia"):
        settings.COUNTERSIGN = settings.COUNTERSIGN.model_copy(
            update={"ai_provider": "auto", "anthropic_api_key": "sk-test", "anthropic_base_url": vendor.url}
        )
        for scenario in ("answer", "overloaded"):
            vendor.play(scenario)
            ask(
                purpose="understand", inputs=understand_input(), run_id=str(uuid4()), step="understand", last_attempt=True
            )  # fmt: skip
    shown = owner.get(PAGE).content.decode().partition("Fallbacks of the last 7 days")[2].partition("</section>")[0]
    told = [" ".join(re.sub("<[^>]+>", " ", cell).split()) for cell in re.findall(r"<td.*?</td>", shown, re.DOTALL)]
    asked = [hop.model for hop in ROUTES["understand"].hops]
    why = " ".join(f"{model}: The model is overloaded (529)." for model in asked)
    assert told == ["Understanding email", "local-1", f"in place of {asked[0]}", why, "1 50 % of 2"]
