"""What replies say that the tenant has forbidden, and whether it was known when a person was asked."""

from collections.abc import Mapping, Sequence
from typing import Any

from ai.topics.selectors import OwnTopic, Said, forbidden, said
from approvals.proposals import Changed


def touched(document: Mapping[str, Any], topics: Sequence[OwnTopic]) -> list[list[Any]]:
    """Which topics the reply of a document speaks of, and from which character to which. It is part of what a decision
    binds to.
    """
    return [place for each in _said(document, topics) for place in _places(each)]


def forbidden_since(document: Mapping[str, Any], binding: Mapping[str, Any]) -> list[Changed]:
    """What a reply says that nobody was told of when it was shown: it was forbidden since."""
    if not document["reply"]:
        return []
    known = binding.get("forbidden", [])  # one that was asked before there were topics has none
    return [
        Changed(record=f"topic:{each.topic.key}", field=each.topic.name, was=None, is_=each.span.text)
        for each in _said(document, forbidden())
        if any(place not in known for place in _places(each))
    ]


def _places(each: Said) -> list[list[Any]]:
    """The words themselves and not their sentence: who was told of one of its words was told of no other."""
    return [[each.topic.key, start, end] for start, end in each.hits]


def _said(document: Mapping[str, Any], topics: Sequence[OwnTopic]) -> list[Said]:
    """The customer's own words may be quoted."""
    if not document["reply"]:
        return []
    mails = [source for source in document["sources"] if source["kind"] == "message"]
    written = ["\n".join(field["text"] for field in mail["fields"]) for mail in mails]
    return said(document["reply"]["text"], topics, written)
