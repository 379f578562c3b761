"""Whether CSS hides the text it applies to: inline styles, old attributes, and plain rules of a style element."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_ZERO = re.compile(r"^[+-]?0*\.?0*(?:px|pt|em|rem|%|in|cm|mm|vh|vw)?$")
_TINY = re.compile(r"^0*(?:[01](?:\.\d+)?px|(?:0|1)(?:\.\d+)?pt|0?\.[01]\d*(?:em|rem)|[0-9](?:\.\d+)?%)$")
_FAR = re.compile(r"^-\s*\d{3,}(?:\.\d+)?(?:px|pt|em|rem|%|vw|vh)?$")
_HEX = re.compile(r"^#([0-9a-f]{3,8})$")
_RGB = re.compile(r"^rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)\s*(?:[,/]\s*([\d.]+%?)\s*)?\)$")
_RULE = re.compile(r"([^{}]{1,500})\{([^{}]{0,2000})\}")
_SIMPLE = re.compile(r"^([a-z][a-z0-9]*)?(?:([.#])([\w-]+))?$")
_CLOSE = 24  # how near two colours must be, in steps of 255 per channel, for text not to stand out
_NAMES = {
    "white": (255, 255, 255), "black": (0, 0, 0), "red": (255, 0, 0), "blue": (0, 0, 255), "green": (0, 128, 0),
    "yellow": (255, 255, 0), "gray": (128, 128, 128), "grey": (128, 128, 128), "silver": (192, 192, 192),
    "navy": (0, 0, 128), "snow": (255, 250, 250), "ivory": (255, 255, 240), "whitesmoke": (245, 245, 245),
    "ghostwhite": (248, 248, 255), "floralwhite": (255, 250, 240), "azure": (240, 255, 255),
    "mintcream": (245, 255, 250), "seashell": (255, 245, 238),
}  # fmt: skip

Colour = tuple[int, int, int]


def declarations(style: str) -> dict[str, str]:
    """Properties of a `style` attribute or a rule's block, in lower case, `!important` taken off."""
    found: dict[str, str] = {}
    for part in _without_comments(style[:5_000]).lower().split(";"):
        name, colon, value = part.partition(":")
        if colon:
            found[name.strip()] = value.replace("!important", "").strip()
    return found


def colour(value: str) -> Colour | None:
    """A CSS colour as red, green, blue; None where it is none, or transparent."""
    value = value.strip().lower()
    if value in _NAMES:
        return _NAMES[value]
    if match := _HEX.match(value if value.startswith("#") else f"#{value}"):
        digits = match[1]
        if len(digits) in (3, 4):
            digits = "".join(2 * d for d in digits)
        if len(digits) in (6, 8):
            return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)
    if match := _RGB.match(value):
        return int(match[1]), int(match[2]), int(match[3])
    return None


def is_see_through(value: str) -> bool:
    """Whether a text colour draws nothing."""
    value = value.strip().lower()
    if value == "transparent":
        return True
    match = _RGB.match(value)
    if match and match[4]:
        return float(match[4].rstrip("%")) == 0
    hexed = _HEX.match(value)
    return bool(hexed and len(hexed[1]) in (4, 8) and hexed[1][-len(hexed[1]) // 4 :].strip("0") == "")


def alike(one: Colour, other: Colour) -> bool:
    return all(abs(a - b) <= _CLOSE for a, b in zip(one, other, strict=True))


def hides(style: dict[str, str]) -> bool:
    """Whether these declarations alone make an element's text invisible."""
    get = style.get
    if get("display") == "none" or get("visibility") in ("hidden", "collapse") or get("mso-hide") == "all":
        return True
    if _is_zero(get("opacity")) or is_see_through(get("color", "")):
        return True
    if _TINY.match(get("font-size", "")) or _is_zero(get("font-size")) or _font_is_zero(get("font", "")):
        return True
    if _FAR.match(get("text-indent", "")):
        return True
    if get("position") in ("absolute", "fixed") and any(_FAR.match(get(side, "")) for side in ("left", "top", "right")):
        return True
    if "clip-path" in style and re.search(r"inset\(\s*(?:50|100)%|circle\(\s*0", style["clip-path"]):
        return True
    if re.match(r"rect\(\s*[01](?:px)?[\s,]+[01](?:px)?[\s,]+[01](?:px)?[\s,]+[01](?:px)?", get("clip", "")):
        return True
    small = any(_is_zero(get(side)) for side in ("width", "height", "max-height", "max-width"))
    return small and get("overflow", "").startswith("hidden")


def _is_zero(value: str | None) -> bool:
    return bool(value) and _ZERO.match(value or "") is not None


def _font_is_zero(value: str) -> bool:
    return any(_ZERO.match(part.split("/")[0]) and part[:1].isdigit() for part in value.split())


@dataclass(frozen=True)
class Sheet:
    """Rules of style elements that say something of visibility or colour, by what they select."""

    rules: dict[str, dict[str, str]] = field(default_factory=dict)

    def style_of(self, tag: str, classes: list[str], ident: str) -> dict[str, str]:
        """Declarations for an element, the more specific selector last. Media queries don't take part."""
        merged: dict[str, str] = {}
        keys = [tag, *(f".{c}" for c in classes), *(f"{tag}.{c}" for c in classes)]
        for key in (*keys, f"#{ident}", f"{tag}#{ident}"):
            merged.update(self.rules.get(key, {}))
        return merged


def sheet_read(css: str) -> Sheet:
    """The plain rules of a style sheet: one tag, class or id each (the last of a descendant chain)."""
    rules: dict[str, dict[str, str]] = {}
    for match in _RULE.finditer(_without_blocks(_without_comments(css[:200_000]).lower())):
        style = declarations(match[2])
        for selector in match[1].split(","):
            last = selector.strip().split()[-1:] or [""]
            if last[0] and _SIMPLE.match(last[0]):
                rules.setdefault(last[0], {}).update(style)
    return Sheet(rules)


def style_elements(html: str) -> str:
    """The text of all style elements of a document; an unclosed one reaches to its end."""
    found: list[str] = []
    lower, at = html.lower(), 0
    while (start := lower.find("<style", at)) >= 0:
        opened = lower.find(">", start)
        end = lower.find("</style", opened)
        if opened < 0 or end < 0:
            found.append(html[opened + 1 :] if opened >= 0 else "")
            break
        found.append(html[opened + 1 : end])
        at = end + 1
    return "\n".join(found)


def _without_comments(css: str) -> str:
    kept: list[str] = []
    at = 0
    while (start := css.find("/*", at)) >= 0:
        kept.append(css[at:start])
        end = css.find("*/", start + 2)
        if end < 0:
            return "".join(kept)
        at = end + 2
    return "".join([*kept, css[at:]])


def _without_blocks(css: str) -> str:
    """`css` without @media and other blocks of rules: what hides on a phone is seen on a desk."""
    kept: list[str] = []
    at = 0
    while (start := css.find("@", at)) >= 0:
        kept.append(css[at:start])
        brace, semicolon = css.find("{", start), css.find(";", start)
        if brace < 0 or 0 <= semicolon < brace:
            at = semicolon + 1 if semicolon >= 0 else len(css)
            continue
        depth, at = 1, brace + 1
        while depth and at < len(css):
            depth += (css[at] == "{") - (css[at] == "}")
            at += 1
    kept.append(css[at:])
    return "".join(kept)
