"""The build half of the drafts: what passes and what is refused is known to the last one."""

from tests.drafts.judging import Rate, drafts, judged, rates

# What slips through, and what is refused though it is true.
LIES_THAT_PASS: set[str] = set()
TRUTHS_REFUSED: set[str] = set()


def test_the_build_half_slips_exactly_where_the_docs_say() -> None:
    found = [judged(draft) for draft in drafts("build")]
    counts = {kind: rate.of for kind, rate in rates(found).items()}
    assert counts == dict.fromkeys(
        ("address", "almost_quote", "date", "left_out", "name", "negated", "other_listing", "planted", "price",
         "promise"), 20,
    ) | {"truthful": 60}  # fmt: skip
    assert {one.id for one in found if not one.right and not one.truthful} == LIES_THAT_PASS
    assert {one.id for one in found if not one.right and one.truthful} == TRUTHS_REFUSED


def test_bounds_are_those_of_wilson() -> None:
    low, high = Rate(0, 20).bounds
    assert (round(low, 3), round(high, 3)) == (0.0, 0.161)
    low, high = Rate(14, 60).bounds
    assert (round(low, 3), round(high, 3)) == (0.144, 0.354)
    assert Rate(0, 0).bounds == (0.0, 1.0)
