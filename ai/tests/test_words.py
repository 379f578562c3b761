"""Prompts and answers, word for word: kept for a while, read by those who may, told in outline to others."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from ai.models import Call, CallText
from ai.purposes import PURPOSES
from ai.services import ask
from ai.tests.conftest import draft_input, recommend_input, understand_input
from ai.words import outline, words_of
from tests.story import due_now
from tests.vendor import Vendor

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
Work = Callable[[], None]
SAID = ("Georgia", "Wattle", "Petersham", "0491 570 156")
INPUTS: dict[str, Any] = {"understand": understand_input(), "recommend": recommend_input(), "draft": draft_input()}


@pytest.fixture
def with_vendor(vendor: Vendor, settings: Any) -> Vendor:
    settings.COUNTERSIGN = settings.COUNTERSIGN.model_copy(
        update={"ai_provider": "auto", "anthropic_api_key": "sk-test", "anthropic_base_url": vendor.url}
    )
    return vendor


def asked(name: str = "understand", run: str = "") -> UUID:
    return ask(purpose=name, inputs=INPUTS[name], run_id=run or str(uuid4()), step=name).call_id


@pytest.mark.parametrize("name", PURPOSES)
def test_who_may_reads_exactly_what_was_sent_and_what_came_back(with_vendor: Vendor, name: str) -> None:
    words = words_of(asked(name), readable=True)
    assert words is not None
    (sent,) = with_vendor.requests
    assert words.system == "\n\n".join(block["text"] for block in sent["system"])
    assert [(turn.role, turn.content) for turn in words.turns] == [
        (turn["role"], turn["content"]) for turn in sent["messages"]
    ]
    assert "Georgia" in words.turns[0].content
    assert json.loads(words.answer)
    assert not words.redacted


@pytest.mark.parametrize("name", PURPOSES)
def test_others_read_how_long_it_is_and_no_word_of_a_customer(with_vendor: Vendor, name: str) -> None:
    words = words_of(asked(name), readable=False)
    assert words is not None
    assert words.redacted
    assert words.system, "the beginning is ours"
    told = f"{words.turns} {words.answer}"
    assert "characters]" in told
    for word in SAID:
        assert word not in told
        assert word not in words.system


def test_of_a_repair_both_turns_are_kept(with_vendor: Vendor) -> None:
    with_vendor.play("wrong_shape", times=1)
    words = words_of(asked(), readable=True)
    assert words is not None
    assert [turn.role for turn in words.turns] == ["user", "assistant", "user"]


def test_offline_nobody_was_asked_and_the_answer_is_kept(settings: Any) -> None:
    settings.COUNTERSIGN = settings.COUNTERSIGN.model_copy(update={"ai_provider": "local"})
    words = words_of(asked(), readable=True)
    assert words is not None
    assert (words.system, words.turns) == ("", ())
    assert words.answer
    assert words.until is not None


def test_what_failed_keeps_what_was_asked(with_vendor: Vendor) -> None:
    with_vendor.play("refusal")
    run = str(uuid4())
    with pytest.raises(Exception, match="refused"):
        asked(run=run)
    (row,) = Call.objects.filter(run_id=run)
    words = words_of(row.pk, readable=True)
    assert words is not None
    assert words.turns


def test_prompt_and_answer_go_when_their_time_is_over_and_the_call_stays(
    with_vendor: Vendor, work: Work, owner: Any
) -> None:
    old, young = asked(), asked()
    work()
    assert CallText.objects.count() == 2, "nothing goes before its time"
    CallText.objects.filter(pk=old).update(until=timezone.now() - timedelta(seconds=1))
    due_now(owner)
    work()
    assert list(CallText.objects.values_list("pk", flat=True)) == [young]
    gone, there = words_of(old, readable=True), words_of(young, readable=True)
    assert gone is not None
    assert there is not None
    assert (gone.turns, gone.answer, gone.until) == ((), "", None)
    assert there.turns
    assert there.answer
    assert Call.objects.get(pk=old).cost_usd > 0


def test_who_deletes_the_last_words_comes_back_once_more(with_vendor: Vendor, work: Work, owner: Any) -> None:
    """A call that is kept in that moment has still seen them, and so adds no work of its own."""

    def due() -> list[tuple[bool]]:
        found = "SELECT due_at > now() + interval '23 hours' FROM public.dispatch_work WHERE handler = 'ai.forget'"
        return owner.execute(found).fetchall()  # type: ignore[no-any-return]

    asked()
    CallText.objects.update(until=timezone.now() - timedelta(seconds=1))
    due_now(owner)
    work()
    assert not CallText.objects.exists()
    assert due() == [(True,)]
    due_now(owner)
    work()
    assert due() == []
    asked()
    assert due() == [(True,)], "the first words that are kept anew bring their work with them"


def test_how_long_they_are_kept_is_what_the_settings_say(with_vendor: Vendor, settings: Any) -> None:
    settings.COUNTERSIGN = settings.COUNTERSIGN.model_copy(update={"prompts_kept_days": 7})
    row = CallText.objects.select_related("call").get(pk=asked())
    assert row.until - row.call.created_at == timedelta(days=7)


def test_a_step_whose_answer_is_gone_asks_anew(with_vendor: Vendor, work: Work, owner: Any) -> None:
    run = str(uuid4())
    first = asked(run=run)
    assert asked(run=run) == first, "a stored answer is reused"
    CallText.objects.update(until=timezone.now() - timedelta(seconds=1))
    due_now(owner)
    work()
    second = asked(run=run)
    assert second != first
    assert Call.objects.get(pk=second).outcome == "succeeded"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ""),
        ("Call me on 0491.", "[16 characters]"),
        ('"Georgia"', '"[7 characters]"'),
        ("491570156", '"[a number]"'),
        ('{"name": "Georgia", "wants": [true, null, 3]}', '{"name": "[7 characters]", "wants": [true, null, "[a number]"]}'),
        ('{"Georgia Papadopoulos": 1}', '{"[20 characters]": "[a number]"}'),
        ("[" * 100_000, "[100000 characters]"),
    ],
)  # fmt: skip
def test_an_outline_has_no_word_of_its_text(text: str, told: str) -> None:
    found = outline(text)
    assert (json.loads(found) == json.loads(told)) if told.startswith(('"', "{")) else found == told


def test_there_are_no_words_of_a_call_that_is_not_there() -> None:
    assert words_of(uuid4(), readable=True) is None
