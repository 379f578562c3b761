"""What eyes miss in a text that is signed: characters without a shape or that turn the order of others, and letters in
an address that look like others. They are shown by their number."""

import re
import unicodedata

from django.utils.html import format_html
from django.utils.safestring import SafeString

# Without a shape of their own in every face: format characters, fillers, selectors, tags.
_SHAPELESS = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# One selector and one joiner belong to the letter or picture before them, in scripts and in emoji that need them.
_BELONGS = f"[^\\x00-\u02ff{_SHAPELESS}][\ufe0e\ufe0f]?[\u200c\u200d]?|[0-9#*]\ufe0f\u20e3|[\u00a9\u00ae]\ufe0f"
_UNSEEN = re.compile(f"(?P<belongs>{_BELONGS})|(?P<unseen>[{_SHAPELESS}])(?P=unseen)*")
_ADDRESS = re.compile(r"[^\s<>]*(?:@|://|www\.)[^\s<>]*")
# Of scripts that share their shapes with a to z.
_LOOKALIKE = re.compile(
    "[\u0100-\u058f\u13a0-\u13ff\u1d00-\u1dbf\u1e00-\u1fff\u2c60-\u2cff\ua640-\ua69f\ua720-\ua7ff\uab30-\uabbf"
    "\uff01-\uff5e\U0001d400-\U0001d7ff]"
)
_TAG = re.compile(r"(<[^>]*>)")


def unseen_shown(html: str) -> SafeString:
    """Escaped HTML with what eyes miss in its text shown by its number; attributes, and so what a form sends, stay."""
    if html.isascii():
        return SafeString(html)
    return SafeString("".join(part if part.startswith("<") else _shown(part) for part in _TAG.split(html)))


def _shown(text: str) -> str:
    if text.isascii():
        return text
    text = _ADDRESS.sub(lambda found: _LOOKALIKE.sub(_letter, found[0]), text)
    return _UNSEEN.sub(_character, text)


def _letter(found: re.Match[str]) -> str:
    return _mark(found[0], f"{found[0]} {_number(found[0])}")


def _character(found: re.Match[str]) -> str:
    if found["belongs"]:
        return found[0]
    count = len(found[0])
    return _mark(found["unseen"], _number(found["unseen"]) + (f" × {count}" if count > 1 else ""))


def _mark(character: str, words: str) -> str:
    name = unicodedata.name(character, "a character without a shape").capitalize()
    return format_html('<span class="unseen" title="{}">{}</span>', name, words)


def _number(character: str) -> str:
    return f"U+{ord(character):04X}"
