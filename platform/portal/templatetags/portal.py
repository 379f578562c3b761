"""Icons, times and small words for every page."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal import icons, wording

register = template.Library()


@register.simple_tag
@cache
def icon(name: str, size: int = 16, css: str = "") -> SafeString:
    """An icon of the sprite; decoration only, so the words beside it carry the meaning."""
    kind = "icon" if size == 16 else f"icon icon-{size}"
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        f"{kind} {css}".strip(), static("portal/icons.svg"), name,
    )  # fmt: skip


@register.filter
def source_icon(kind: str) -> str:
    return icons.FOR_SOURCE.get(kind, "file-text")


@register.filter
def record_icon(kind: str) -> str:
    return icons.FOR_RECORD.get(kind, "file-text")


@register.filter
def action_icon(action: str) -> str:
    return icons.FOR_ACTION.get(action, "list-checks")


@register.filter
def status_icon(status: str) -> str:
    return icons.FOR_STATUS.get(status, "circle-alert")


def _when(value: object) -> datetime | None:
    return wording.moment(value)


@register.filter
def at(value: object) -> str:
    """8:41 am; with the day where it is not today."""
    found = _when(value)
    return wording.at(found) if found else ""


@register.filter
def near(value: object) -> str:
    found = _when(value)
    return wording.near(found) if found else ""


@register.filter
def point(value: object) -> str:
    found = _when(value)
    return wording.point(found) if found else ""


@register.filter
def exact(value: object) -> str:
    found = _when(value)
    return wording.exact(found) if found else ""


@register.filter
def to_the_second(value: object) -> str:
    found = _when(value)
    return wording.to_the_second(found) if found else ""


@register.filter
def iso(value: object) -> str:
    found = _when(value)
    return found.isoformat() if found else ""


@register.filter
def left(value: object) -> str:
    found = _when(value)
    return wording.left(found) if found else ""


@register.filter
def soon(value: object, hours: int = 2) -> bool:
    """Whether less than `hours` are left."""
    found = _when(value)
    return found is not None and found - timezone.now() < timedelta(hours=hours)


@register.filter
def countdown(value: object) -> str:
    found = _when(value)
    return wording.countdown(found) if found else ""


@register.filter
def lasted(begin: object, end: object) -> str:
    """How long it took from `begin` to `end`; empty while it goes on."""
    first, last = _when(begin), _when(end)
    return wording.span(last - first) if first and last else ""


@register.filter
def initials(name: object) -> str:
    return wording.initials(str(name))


@register.filter
def words(name: object) -> str:
    return wording.words_of(str(name))


@register.filter
def shown(value: object) -> str:
    return wording.shown(value)


@register.filter
def decided(decision: str) -> str:
    return {"approve": "approved", "reject": "rejected"}.get(decision, decision)


@register.filter
def short_target(target: str) -> str:
    """run:019a8f31-7c02-… -> run:019a8f31…"""
    kind, colon, name = target.partition(":")
    return f"{kind}{colon}{name[:8]}…" if len(name) > 12 else target


@register.filter
def details(data: dict[str, object]) -> list[tuple[str, str]]:
    """An entry's data, each value on one line; what is empty says nothing."""
    return [(name, _detail(value)) for name, value in data.items() if value not in (None, "", [], {})]


def _detail(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_detail(item) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    if when := wording.moment(text):
        return wording.point(when)
    return f"{text[:12]}…" if len(text) > 35 and " " not in text else text


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: object) -> str:
    """The page's query string with some values set; None removes one."""
    given = dict(context["request"].GET.items())
    given.update(changes)
    return "?" + urlencode({name: value for name, value in given.items() if value not in (None, "")})
