"""What tokens cost: tiers by prompt length, prices by day, exact to the last digit."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.utils import ProgrammingError

from ai.catalog.models import ModelPrice
from ai.catalog.selectors import price_for
from ai.catalog.services import price_remove, price_set
from ai.usage import Usage
from audit.selectors import entries, views
from audit.services import Actor

NOVEMBER = datetime(2026, 11, 23, tzinfo=UTC)
OPERATOR = Actor("operator", str(uuid4()), "Olga")


def price(model: str, prompt_tokens: int = 0, at: datetime = NOVEMBER) -> Any:
    found = price_for(model, at, prompt_tokens)
    assert found is not None
    return found


@pytest.mark.usefixtures("in_acacia")
@pytest.mark.parametrize(
    ("model", "prompt_tokens", "rates"),
    [
        ("claude-haiku-5-5", 0, "0.10 0.50 0.125 0.20 0.01"),
        ("claude-haiku-5-5", 100_000, "0.10 0.50 0.125 0.20 0.01"),
        ("claude-haiku-5-5", 100_001, "0.50 2.50 0.625 1.00 0.05"),
        ("claude-sonnet-5-5", 900_000, "2.00 10.00 2.50 4.00 0.10"),
        ("claude-opus-5-5", 0, "4.00 20.00 5.00 8.00 0.20"), ("claude-sonnet-5", 0, "2.00 10.00 2.50 4.00 0.20"),
        ("claude-haiku-4-5", 0, "1.00 5.00 1.25 2.00 0.10"),
    ],
)  # fmt: skip
def test_the_list_prices_stand_in_the_table(model: str, prompt_tokens: int, rates: str) -> None:
    found = price(model, prompt_tokens)
    told = (found.input, found.output, found.cache_write_5m, found.cache_write_1h, found.cache_read)
    assert told == tuple(map(Decimal, rates.split()))
    assert found.batch_factor == Decimal("0.5")


@pytest.mark.usefixtures("in_acacia")
def test_a_price_holds_from_its_day_on() -> None:
    before = price("claude-sonnet-5-5", at=datetime(2026, 10, 6, 23, 59, tzinfo=UTC))
    after = price("claude-sonnet-5-5", at=datetime(2026, 10, 7, 0, 0, tzinfo=UTC))
    assert (before.cache_read, after.cache_read) == (Decimal("0.20"), Decimal("0.10"))


@pytest.mark.usefixtures("in_acacia")
def test_an_unknown_model_has_no_price() -> None:
    assert price_for("claude-unheard-of-9", NOVEMBER, 0) is None
    assert price_for("claude-opus-5-5", datetime(2020, 1, 1, tzinfo=UTC), 0) is None


@pytest.mark.usefixtures("in_acacia")
def test_every_token_of_a_long_prompt_costs_the_long_price() -> None:
    usage = Usage(input=60_000, cache_read=30_000, cache_write_5m=10_001, output=1_000)
    assert usage.prompt == 100_001
    cost = price("claude-haiku-5-5", usage.prompt).cost(usage)
    by_hand = 60_000 * Decimal("0.50") + 30_000 * Decimal("0.05") + 10_001 * Decimal("0.625") + 1_000 * Decimal("2.50")
    assert cost == by_hand / 1_000_000 == Decimal("0.040250625")


@pytest.mark.usefixtures("in_acacia")
def test_costs_are_exact_for_a_single_token() -> None:
    haiku = price("claude-haiku-5-5")
    assert haiku.cost(Usage(cache_read=1)) == Decimal("0.00000001")
    assert haiku.cost(Usage(cache_write_5m=1)) == Decimal("0.000000125")
    assert haiku.cost(Usage()) == 0


@pytest.mark.usefixtures("in_acacia")
def test_a_batch_halves_input_and_output_only() -> None:
    usage = Usage(input=1_000_000, output=1_000_000, cache_read=1_000_000)
    assert price("claude-opus-5-5").cost(usage) == Decimal("24.20")
    assert price("claude-opus-5-5").cost(usage, batch=True) == Decimal("12.20")


@pytest.mark.usefixtures("in_acacia")
def test_a_tenant_can_read_prices_and_not_write_them() -> None:
    with pytest.raises(ProgrammingError), transaction.atomic():
        ModelPrice.objects.update(input=0)


@pytest.fixture
def as_operator(db: None, cast: Any) -> Any:
    """The public host's admin, where operators work."""
    from tenants.backend.base import PublicAs
    from tenants.database_roles import operator_role
    from tenants.selectors import public_context

    with public_context(PublicAs(operator_role())):
        yield


FIELDS = {
    "model": "claude-next", "valid_from": date(2026, 12, 1), "min_prompt_tokens": 0, "input": Decimal("1"),
    "output": Decimal("2"), "cache_write_5m": Decimal("3"), "cache_write_1h": Decimal("4"), "cache_read": Decimal("5"),
    "batch_factor": Decimal("0.5"), "source": "by hand",
}  # fmt: skip


@pytest.mark.usefixtures("as_operator")
def test_an_operators_change_of_a_price_leaves_an_entry() -> None:
    ident = uuid4()
    price_set(id=ident, fields=FIELDS, actor=OPERATOR)
    price_set(id=ident, fields={"input": Decimal("1.5")}, actor=OPERATOR)
    price_set(id=ident, fields={"input": Decimal("1.5")}, actor=OPERATOR)
    price_remove(id=ident, actor=OPERATOR)
    told = views(entries(target=f"price:{ident}"))
    assert [entry.event for entry in told] == ["price.removed", "price.changed", "price.added"]
    assert told[1].data["before"]["rates"]["input"] == "1"
    assert told[1].data["rates"]["input"] == "1.5"


@pytest.mark.usefixtures("as_operator")
def test_a_price_below_nothing_and_a_second_price_for_a_day_are_refused() -> None:
    with pytest.raises(ValidationError):
        price_set(id=uuid4(), fields={**FIELDS, "input": Decimal("-1")}, actor=OPERATOR)
    price_set(id=uuid4(), fields=FIELDS, actor=OPERATOR)
    with pytest.raises(ValidationError):
        price_set(id=uuid4(), fields=FIELDS, actor=OPERATOR)
    with pytest.raises(KeyError):
        price_set(id=uuid4(), fields={"discount": 1}, actor=OPERATOR)
