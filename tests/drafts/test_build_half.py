"""The build part of the drafts: what passes and what is refused is known to the last one."""

from tests.drafts.judging import Rate, drafts, judged, rates

# Lies of which a person is shown where to look, and truths that are refused. No lie passes unseen.
LIES_SHOWN = {
    "build-twin-01a", "build-twin-03a", "build-twin-09a", "build-twin-10b", "build-twin-12a", "build-twin-13a",
    "build-twin-15b", "build-twin-15c", "build-twin-26a", "build-twin-29a", "build-twin-32b", "build-twin-36a",
    "build-twin-39a", "build-twin-42b",
}  # fmt: skip
TRUTHS_REFUSED = {
    "build-own-01", "build-own-02", "build-own-03", "build-own-05", "build-own-06", "build-own-08",
    "build-own-10", "build-own-11", "build-own-31", "build-own-33", "build-own-35", "build-own-36",
    "build-own-38", "build-own-41", "build-own-43",
}  # fmt: skip
COUNTS = {
    "address": 27, "almost_quote": 37, "date": 44, "left_out": 37, "name": 23, "negated": 43, "other_listing":
    20, "planted": 20, "price": 36, "promise": 28, "truthful": 107,
}  # fmt: skip


def test_the_build_half_slips_exactly_where_the_docs_say() -> None:
    found = [judged(draft) for draft in drafts("build")]
    assert {kind: rate.of for kind, rate in rates(found).items()} == COUNTS
    lies = [one for one in found if not one.truthful]
    assert [one.id for one in lies if one.outcome == "passed"] == []
    assert {one.id for one in lies if one.outcome == "shown"} == LIES_SHOWN
    assert {one.id for one in found if one.truthful and one.outcome == "refused"} == TRUTHS_REFUSED


def test_bounds_are_those_of_wilson() -> None:
    low, high = Rate(0, 20).bounds
    assert (round(low, 3), round(high, 3)) == (0.0, 0.161)
    low, high = Rate(14, 60).bounds
    assert (round(low, 3), round(high, 3)) == (0.144, 0.354)
    assert Rate(0, 0).bounds == (0.0, 1.0)
