"""JSON that can be stored: anything else is refused before it costs anything."""

from decimal import Decimal

import pytest

from gateway.parsers import json_read


@pytest.mark.parametrize(
    "number", ["1e999999999", "-1.5E+401", "1e-999999999", "0e-999999999", "1e99999999999999999999"]
)
def test_a_number_that_would_fill_the_memory_when_written_out_is_refused(number: str) -> None:
    with pytest.raises(ValueError, match="out of range"):
        json_read(f'{{"budget": [{number}]}}')


def test_numbers_with_a_fraction_stay_exact() -> None:
    assert json_read("[1550000.10, 1e2, 0.0, -2.50e-3]") == [
        Decimal("1550000.10"),
        Decimal("1E+2"),
        Decimal("0.0"),
        Decimal("-0.00250"),
    ]
