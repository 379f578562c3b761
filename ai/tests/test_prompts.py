"""What two emails of a tenant share of their requests is byte for byte the same, and the vendor keeps it where it pays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from ai.errors import Retryable
from ai.evaluation.checks import prompts_have_their_versions
from ai.known import KEPT_FOR
from ai.models import Call
from ai.prompts import prompt_digest, prompt_for
from ai.purposes import PURPOSES, UNDERSTAND, Draft, DraftInput, Purpose
from ai.purposes.pinned import PINNED
from ai.services import ask
from ai.sources import Mail
from ai.tests.conftest import NOW, draft_input, mail, recommend_input, understand_input
from tests.vendor import Vendor

INPUTS: dict[str, Callable[[Mail], Any]] = {
    "understand": understand_input,
    "recommend": recommend_input,
    "draft": draft_input,
}
# As the vendor says in October 2026: of Haiku 5.5 and Opus 5.5, and of their tokens.
SHORTEST_KEPT = 512
CHARACTERS_A_TOKEN = 2.5


@pytest.mark.parametrize("name", PURPOSES)
def test_instructions_schema_and_settings_depend_neither_on_the_email_nor_on_the_time(name: str) -> None:
    purpose = PURPOSES[name]
    one, other = (INPUTS[name](message) for message in (mail(), mail("Is there parking?", from_name="Bo Chen")))
    other = other.model_copy(update={"now": NOW + timedelta(days=1)})
    first, second = prompt_for(purpose, one), prompt_for(purpose, other)
    assert (first.instructions, first.settings) == (second.instructions, second.settings)
    assert purpose.schema(one) == purpose.schema(other)
    assert first.user != second.user


def test_the_tenants_phrases_stand_at_the_beginning_without_the_customers_name() -> None:
    asked = draft_input().model_copy(update={"phrases": ("Hi {name},", "Thank you for your email.")})
    other = asked.model_copy(update={"customer_name": "Bo Chen"})
    told = prompt_for(PURPOSES["draft"], asked)
    assert told.settings == prompt_for(PURPOSES["draft"], other).settings
    assert "Hi {name}," in told.settings
    assert "Georgia" not in told.settings


@pytest.mark.parametrize("name", PURPOSES)
def test_what_is_shared_is_long_enough_for_the_vendor_to_keep(name: str) -> None:
    """Also without the schema, which the vendor lays before it in words of its own."""
    shared = prompt_for(PURPOSES[name], INPUTS[name](mail()))
    assert len(shared.instructions + shared.settings) / CHARACTERS_A_TOKEN > SHORTEST_KEPT


@pytest.fixture
def with_vendor(vendor: Vendor, settings: Any) -> Vendor:
    settings.COUNTERSIGN = settings.COUNTERSIGN.model_copy(
        update={"ai_provider": "auto", "anthropic_api_key": "sk-test", "anthropic_base_url": vendor.url}
    )
    return vendor


def asked(text: str, name: str = "understand") -> Call:
    answer = ask(purpose=name, inputs=INPUTS[name](mail(text)), run_id=str(uuid4()), step=name)
    return Call.objects.get(pk=answer.call_id)


def marked(vendor: Vendor) -> list[bool]:
    return ["cache_control" in str(request["system"]) for request in vendor.requests]


@pytest.mark.usefixtures("in_acacia")
@pytest.mark.parametrize("name", PURPOSES)
def test_the_second_of_two_emails_close_together_writes_the_beginning_and_the_third_reads_it(
    with_vendor: Vendor, name: str
) -> None:
    first, second, third = (asked(f"Email {number}.", name) for number in range(3))
    assert marked(with_vendor) == [False, True, True]
    assert (first.cache_write_5m_tokens, first.cache_read_tokens) == (0, 0)
    assert second.cache_write_5m_tokens == third.cache_read_tokens > 0
    assert second.cache_read_tokens == third.cache_write_5m_tokens == 0
    fresh, output, write, read = map(
        Decimal,
        {"claude-haiku-5-5": ("0.10", "0.50", "0.125", "0.01"), "claude-sonnet-5-5": ("2", "10", "2.5", "0.10")}[
            second.model_served
        ],
    )
    for call in (first, second, third):
        parts = call.input_tokens * fresh + call.output_tokens * output
        parts += call.cache_write_5m_tokens * write + call.cache_read_tokens * read
        assert call.cost_usd == parts / 1_000_000


@pytest.mark.usefixtures("in_acacia")
def test_after_a_pause_nothing_is_written_for_an_email_that_may_stay_the_only_one(with_vendor: Vendor) -> None:
    asked("One.")
    Call.objects.update(created_at=Call.objects.get().created_at - KEPT_FOR)
    asked("Another.")
    assert marked(with_vendor) == [False, False]


@pytest.mark.usefixtures("in_acacia")
def test_another_purpose_or_another_model_has_a_beginning_of_its_own(with_vendor: Vendor) -> None:
    asked("One.", "draft")
    asked("Two.", "understand")
    Call.objects.update(model_served="claude-opus-5-5")
    asked("Three.", "draft")
    assert marked(with_vendor) == [False, False, False]


@pytest.mark.usefixtures("in_acacia")
@pytest.mark.parametrize("name", PURPOSES)
def test_what_is_reserved_covers_a_prompt_that_is_written_to_the_cache_as_a_whole(
    with_vendor: Vendor, name: str
) -> None:
    asked("One.", name)
    with_vendor.play("disconnect", times=1)
    with pytest.raises(Retryable):
        asked("Two.", name)
    reserved = Call.objects.get(cost_known=False).cost_usd
    with_vendor.play("thinks_to_the_end")
    dearest = asked("Two.", name)
    assert marked(with_vendor) == [True]
    assert reserved >= dearest.cost_usd > reserved * Decimal("0.8")


@pytest.mark.parametrize("purpose", PURPOSES.values(), ids=lambda purpose: purpose.name)
def test_a_prompt_that_changed_has_another_version(purpose: Purpose) -> None:
    assert PINNED.get(purpose.prompt_version) == prompt_digest(purpose), (
        "what a model is told has changed: raise the purpose's version, and pin its digest in ai/purposes/pinned.py"
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"instructions": "Say what it wants."},
        {"trusted": frozenset({"agency"})},
        {"result": Draft},
        {"inputs": DraftInput},
        {"version": UNDERSTAND.version + 1},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_the_installation_refuses_a_prompt_that_is_not_the_one_of_its_version(
    changed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert prompts_have_their_versions(None) == []
    monkeypatch.setitem(PURPOSES, "understand", replace(UNDERSTAND, **changed))
    (fault,) = prompts_have_their_versions(None)
    assert fault.is_serious()
    assert "The prompt of understand is not the one of understand@" in fault.msg
