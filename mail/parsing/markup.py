"""HTML of a mail made safe to show, and its text as a person would have seen it.

First nh3 brings the markup into order (real HTML5 parsing, an allow-list of tags), still with its styles. One walk
over that orderly markup then drops what a reader would not have seen, and reads the text. A last pass of nh3 takes
the styles away. Remote images are removed; `cid:` ones keep their place as `cid:` sources for the page to fill.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser

import nh3

from . import caps
from .decode import clean
from .results import Flag
from .styles import Colour, Sheet, alike, colour, declarations, hides, sheet_read, style_elements

_BODY = re.compile(r"<body\b([^<>]{0,500})>", re.IGNORECASE)
_NESTING = re.compile(
    r"<(/?)(?:a|abbr|b|big|blockquote|center|code|del|div|dl|em|font|i|ol|s|small|span|strike|strong|sub|sup|table|tt|u"
    r"|ul)\b",
    re.IGNORECASE,
)
_DEPTH = 1_000  # open elements; real HTML parsing takes quadratic time and memory in them
_LINES = re.compile(r"\n{3,}")
_SPACES = re.compile(r"[ \t\f\u00a0]+")
# Invisible characters that carry text for machines alone: "tag" letters spell ASCII, the others pad it.
_TAGGED = re.compile("[\U000e0000-\U000e007f]+")
_ZERO_WIDTH = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u180e]{4,}")

_TAGS = nh3.ALLOWED_TAGS - {"map", "area"} | {"font", "label", "button"}
_STYLED = {"style", "class", "id", "hidden", "bgcolor", "color", "aria-hidden"}
_ATTRIBUTES: dict[str, set[str]] = {
    "a": {"href", "title"}, "img": {"src", "alt", "width", "height"}, "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"}, "ol": {"start", "type"}, "*": {"dir", "lang"},
}  # fmt: skip
_SCHEMES = {"http", "https", "mailto", "tel", "cid"}
_VOID = {"br", "hr", "img", "wbr", "col"}
_BLOCKS = {"p", "div", "tr", "table", "ul", "ol", "li", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "hr",
           "center", "article", "section", "header", "footer", "dl", "dt", "dd", "figure", "address"}  # fmt: skip
_DROPPED = {"script", "style", "title", "template", "noscript", "iframe", "object", "svg", "math"}
_QUOTE_OPENS, _QUOTE_CLOSES = "\x02", "\x03"
_WHITE: Colour = (255, 255, 255)
_BLACK: Colour = (0, 0, 0)


class TooDeep(Exception):
    """The elements of the HTML are nested deeper than any mail program writes."""


@dataclass(frozen=True)
class Markup:
    """`text` as seen, `html` safe to show, `hidden` what was taken out of both."""

    text: str
    html: str
    hidden: str
    flags: frozenset[Flag]
    remote_images: int = 0


@dataclass(frozen=True)
class _Look:
    """How the text inside an element looks, as far as it can hide. `background` None: a picture, not known."""

    tag: str
    hidden: bool = False
    colour: Colour = _BLACK
    background: Colour | None = _WHITE


def html_read(source: str) -> Markup:
    """Read at most `caps.HTML_CHARS` of `source`. Raises TooDeep for what no mail program writes."""
    flags: set[Flag] = set()
    if len(source) > caps.HTML_CHARS:
        flags.add(Flag.TRUNCATED)
        source = source[: caps.HTML_CHARS]
    if _nesting(source) > _DEPTH:
        raise TooDeep
    sheet = sheet_read(style_elements(source))
    if body := _BODY.search(source):  # nh3 knows only fragments: the body's own look moves to an element of it
        source = f"<div {body[1].rstrip('/')}>{source}"
    orderly = nh3.clean(
        source,
        tags=_TAGS,
        attributes={**{tag: names | _STYLED for tag, names in _ATTRIBUTES.items()}},
        url_schemes=_SCHEMES,
        link_rel=None,
        clean_content_tags=_DROPPED,
    )
    walk = _Walk(sheet)
    walk.feed(orderly)
    walk.close()
    html = nh3.clean("".join(walk.html), tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES,
                     link_rel="noopener noreferrer nofollow")  # fmt: skip
    hidden = " ".join("".join(walk.unseen).split())[: caps.HIDDEN_CHARS]
    if hidden:
        flags.add(Flag.HIDDEN_TEXT)
    if walk.remote_images:
        flags.add(Flag.REMOTE_CONTENT)
    return Markup(_tidy("".join(walk.seen)), clean(html), hidden, frozenset(flags), walk.remote_images)


def _nesting(source: str) -> int:
    """The most elements open at once, by a rough count of their tags."""
    depth = most = 0
    for match in _NESTING.finditer(source):
        depth = max(0, depth - 1) if match[1] else depth + 1
        most = max(most, depth)
    return most


def _tidy(text: str) -> str:
    """Lines without padding, no more than one empty line in a row, quotes marked with `> ` per level."""
    depth, lines = 0, []
    for line in text.split("\n"):
        depth += line.count(_QUOTE_OPENS)
        content = _SPACES.sub(" ", clean(line)).strip()
        lines.append("> " * depth + content if content else "")
        depth -= line.count(_QUOTE_CLOSES)
    return _LINES.sub("\n\n", "\n".join(lines)).strip()


class _Walk(HTMLParser):
    """One pass over orderly markup, where every element is closed and each attribute quoted."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__(convert_charrefs=True)
        self.sheet = sheet
        self.html: list[str] = []
        self.seen: list[str] = []
        self.unseen: list[str] = []
        self.remote_images = 0
        self._stack: list[_Look] = [_Look("")]
        self._links: list[str] = []
        self._pre = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        look = self._look(tag, given)
        if tag not in _VOID:
            self._stack.append(look)
            self._pre += tag == "pre"
        if look.hidden:
            return
        if tag == "img" and not given.get("src", "").startswith("cid:"):
            self.remote_images += bool(given.get("src"))
            self._put(given.get("alt", ""))
            return
        written = "".join(f' {name}="{escape(value)}"' for name, value in given.items())
        self.html.append(f"<{tag}{written}>")
        self._break(tag)
        if tag == "blockquote":
            self.seen.append(_QUOTE_OPENS)
        elif tag == "li":
            self.seen.append("- ")
        elif tag == "a":
            self._links.append(given.get("href", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID or len(self._stack) == 1:
            return
        look = self._stack.pop()
        self._pre -= tag == "pre"
        if look.hidden:
            return
        self.html.append(f"</{tag}>")
        if tag == "blockquote":
            self.seen.append(_QUOTE_CLOSES)
        self._break(tag)
        if tag in ("td", "th"):
            self.seen.append(" ")
        elif tag == "a" and self._links:
            self._link(self._links.pop())

    def handle_data(self, data: str) -> None:
        look = self._stack[-1]
        sunk = look.background is not None and alike(look.colour, look.background)
        if data.strip() and (look.hidden or sunk):
            self.unseen.append(data + " ")
            return
        self._put(data)
        self.html.append(escape(data, quote=False))

    def _put(self, data: str) -> None:
        self.seen.append(data if self._pre else re.sub(r"\s+", " ", data))

    def _break(self, tag: str) -> None:
        if tag == "p":
            self.seen.append("\n\n")
        elif tag == "br" or (tag in _BLOCKS and not "".join(self.seen[-1:]).endswith("\n")):
            self.seen.append("\n")

    def _link(self, href: str) -> None:
        """A link whose text does not show where it goes is followed by its target, as a pointer over it would show."""
        tail = "".join(self.seen[-6:])
        if href.startswith(("http:", "https:")) and href.split("?")[0].rstrip("/")[-60:] not in tail:
            self.seen.append(f" <{href[:300]}>")

    def _look(self, tag: str, given: dict[str, str]) -> _Look:
        above = self._stack[-1]
        style = self.sheet.style_of(tag, given.get("class", "").lower().split(), given.get("id", "").lower())
        style |= declarations(given.get("style", ""))
        for attribute, name in (("bgcolor", "background-color"), ("color", "color")):
            if given.get(attribute):
                style.setdefault(name, given[attribute])
        hidden = above.hidden or "hidden" in given or hides(style)
        return _Look(tag, hidden, colour(style.get("color", "")) or above.colour, _ground(style, above.background))


def _ground(style: dict[str, str], above: Colour | None) -> Colour | None:
    painted = " ".join(style.get(name, "") for name in ("background", "background-image"))
    if "url(" in painted or "gradient" in painted:
        return None
    given = [style.get("background-color", ""), style.get("background", ""), *style.get("background", "").split()]
    return next((found for found in map(colour, given) if found), above)


def without_fragments(text: str, hidden: str) -> str:
    """The plain text of a mail whose HTML hid something, without that: clients copy it into the plain part too."""
    words = hidden.split()
    if len(words) < 4 or len(hidden) < 20:
        return text
    pattern = r"\s+".join(re.escape(word) for word in words[:400])
    return re.sub(pattern, "", text)


def invisible_remove(text: str) -> tuple[str, str]:
    """(`text` without characters nobody sees, what those spelled). Joiners inside emoji and scripts stay."""
    spelled = "".join(chr(ord(c) - 0xE0000) for run in _TAGGED.findall(text) for c in run if ord(c) > 0xE001F)
    text = _ZERO_WIDTH.sub("", _TAGGED.sub("", text))
    return text, spelled if len(spelled) > 8 else ""
