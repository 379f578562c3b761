"""Webhooks as Slack takes them (and what is compatible with it): a sentence and a link, no customer's word."""

import json
from collections.abc import Mapping
from typing import Any

from notify.addresses import page_url
from notify.webhook_types import TEST, TYPES
from tenants.selectors import current

# What a webhook tells of -> the page where it is shown, and which of its data leads there; the first that fits.
PAGES = (
    ("approval", "portal:approval", "approval"),
    ("version", "portal:workflow", "slug"),
    ("run", "portal:run", "run"),
    ("message", "portal:conversation", "thread"),
)
PASSED_ON = "Nobody decided in time: a proposal was passed on"


def message(type: str, data: Mapping[str, Any]) -> str:
    """The body of an incoming webhook of Slack."""
    sentence = "This is a test" if type == TEST else PASSED_ON if "role" in data else TYPES[type]
    return json.dumps({"text": f"{_plain(current().name)}: {sentence}. <{_page(data)}|Open it>"})


def _page(data: Mapping[str, Any]) -> str:
    if "budget" in data:
        return page_url("portal:settings_spending")
    if "look" in data:
        return page_url("portal:quality")
    for kind, name, key in PAGES:
        if kind in data and data.get(key):
            return page_url(name, data[key])
    return page_url("portal:today")


def _plain(text: str) -> str:
    """Without what Slack would take for markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
