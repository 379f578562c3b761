"""What replies say that the tenant has forbidden, and whether it was known when a person was asked."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ai.topics.selectors import OwnTopic, Said, forbidden, said
from approvals.proposals import Changed


def touched(plans: Iterable[Mapping[str, Any]], topics: Sequence[OwnTopic]) -> list[list[Any]]:
    """Which topics the reply among these plans speaks of, and from which character to which. It is part of what a
    decision binds to.
    """
    return [place for each in _said(plans, topics) for place in _places(each)]


def forbidden_since(binding: Mapping[str, Any]) -> list[Changed]:
    """What a reply says that nobody was told of when it was shown: it was forbidden since."""
    plans = [item["plan"] for item in binding["plans"]]
    if not any(plan["mail"] for plan in plans):
        return []
    known = binding.get("forbidden", [])  # one that was asked before there were topics has none
    return [
        Changed(record=f"topic:{each.topic.key}", field=each.topic.name, was=None, is_=each.span.text)
        for each in _said(plans, forbidden())
        if any(place not in known for place in _places(each))
    ]


def _places(each: Said) -> list[list[Any]]:
    """The words themselves and not their sentence: what may be said in it, for being quoted, tells of nothing else."""
    return [[each.topic.key, start, end] for start, end in each.hits]


def _said(plans: Iterable[Mapping[str, Any]], topics: Sequence[OwnTopic]) -> list[Said]:
    texts = [plan["mail"]["text"] for plan in plans if plan["mail"]]
    return [each for text in texts for each in said(text, topics)]
