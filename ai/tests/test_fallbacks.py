"""Why another model answered: each model by its own reason, and every cause of ours in one of a few kinds."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

import ai
from ai import errors
from ai.errors import AIError, BadAnswer, NotRetryable, Retryable
from ai.fallbacks import CODES, KIND_OF, FallbackKind, FellBack, kind_of
from ai.models import Call
from ai.routes import ROUTES, Hop, Route
from ai.services import ask
from ai.tests.conftest import understand_input
from audit.selectors import entries, views
from tests.vendor import Vendor

HAIKU, SONNET = "claude-haiku-5-5", "claude-sonnet-5-5"
ROOT = Path(ai.__file__).parent
# What ends in no fallback: a person answers, nothing was asked at all, or nobody is left to fall back.
NO_FALLBACK = {"refusal", "unknown_purpose", "inside_transaction", "ai_error", "lost"}


def raised() -> set[str]:
    """The codes of all errors that the gateway can raise: of their classes, and those given where they are raised."""
    codes = {
        each.default_code for each in vars(errors).values() if isinstance(each, type) and issubclass(each, AIError)
    }
    for path in ROOT.rglob("*.py"):
        if "tests" in path.parts or "evaluation" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.keyword) and node.arg == "code" and isinstance(node.value, ast.Constant):
                codes.add(str(node.value.value))
    return codes


def test_every_cause_of_a_fallback_has_one_kind() -> None:
    assert "overloaded" in raised()
    assert raised() - NO_FALLBACK == set(KIND_OF)
    assert sum(map(len, CODES.values())) == len(KIND_OF)
    assert set(CODES) == set(FallbackKind)


def test_what_was_not_kept_is_another_reason() -> None:
    assert kind_of("") == kind_of("of a newer release") == FallbackKind.OTHER


def test_one_reason_stands_alone_and_of_several_each_names_its_model() -> None:
    busy, cut = Retryable("It is overloaded.", code="overloaded"), BadAnswer("It was cut off.", code="max_tokens")
    assert FellBack(Hop(HAIKU, "low"), ((HAIKU, busy),)).reason == "It is overloaded."
    both = FellBack(Hop(HAIKU, "low"), ((HAIKU, busy), (SONNET, cut)))
    assert both.reason == f"{HAIKU}: It is overloaded. {SONNET}: It was cut off."
    assert both.code == "overloaded"
    assert FellBack(Hop(HAIKU, "low"), ((HAIKU, NotRetryable("No.")),)).code == "not_retryable"


@pytest.mark.usefixtures("in_acacia")
def test_each_model_is_named_with_why_it_did_not_answer(
    vendor: Vendor, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.COUNTERSIGN = settings.COUNTERSIGN.model_copy(
        update={"ai_provider": "auto", "anthropic_api_key": "sk-test", "anthropic_base_url": vendor.url}
    )
    monkeypatch.setitem(ROUTES, "understand", Route((Hop(HAIKU, "low"), Hop("claude-unheard-of-9", "low"))))
    vendor.play("overloaded", times=1)
    answer = ask(
        purpose="understand", inputs=understand_input(), run_id="run-of-two-reasons", step="understand",
        last_attempt=True,
    )  # fmt: skip
    assert [request["model"] for request in vendor.requests] == [HAIKU]
    assert answer.provenance.fallback_reason == (
        f"{HAIKU}: The model is overloaded (529). "
        "claude-unheard-of-9: The model claude-unheard-of-9 has no price, so it is not called."
    )
    row = Call.objects.get(pk=answer.call_id)
    assert (row.model_requested, row.fallback_error) == (HAIKU, "overloaded")
    (told,) = views(entries(event="ai.fell_back", run="run-of-two-reasons"))
    assert told.data["error"] == "overloaded"
