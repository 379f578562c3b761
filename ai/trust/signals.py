"""Signs that a mail is written to a machine: orders to an assistant, characters that nobody sees, encoded text.

Finding them is a warning, not a boundary: whatever a model is talked into, it can only fill in a proposal.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Iterator
from enum import StrEnum

LONGEST = 50_000  # characters that are read
MANY = 3  # characters of no width that no mail program leaves by accident
BLOB = re.compile(
    r"(?<![A-Za-z0-9+/=_-])(?:[A-Za-z0-9+/_-]{40,}={0,2}|(?:[0-9a-fA-F]{2}[ :]?){30,})(?![A-Za-z0-9+/=_-])"
)
READABLE = 0.85  # of a decoded blob that is letters and spaces, if it is a text

# Tags and supplementary selectors spell letters; overrides turn lines round; the rest has no width.
_TAGS = re.compile("[\U000e0000-\U000e01ef]")
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_NO_WIDTH = re.compile("[\u200b\u2060-\u2064\ufeff\u180e\u00ad]")
_UNSEEN = re.compile(f"{_TAGS.pattern}|{_DIRECTIONS.pattern}|{_NO_WIDTH.pattern}")

_ORDERS = re.compile(
    r"(?:ignore|disregard|forget|override|bypass|skip)\b.{0,40}\b(?:instruct\w+|prompts?|rules?|guidelines?"
    r"|directives?"
    r"|context|everything|commands?|constraints?|polic(?:y|ies)|above|restrictions)\b"
    r"|\b(?:system|developer|admin(?:istrator)?|root)[ _-]?(?:prompt|message|override|instruction\w*|mode|note"
    r"|command)\b"
    r"|\bnew (?:instructions?|task|directive|persona)\b"
    r"|</?(?:information|system|instructions?|assistant|user|admin|important|s|inst|im_start|im_end|context"
    r"|document)\b[^>\n]{0,60}>"
    r"|\[/?(?:system|inst|assistant|admin|important)\b|<\|[^|\n]{1,30}\|>|(?:^|\n)\s*(?:#+\s*)?(?:system"
    r"|assistant|user|human|ai)\s*:"
    r"|\byou are (?:now|no longer|an? (?:ai|assistant|language model|llm|chatbot|bot|helpful|unrestricted))\b"
    r"|\b(?:ai|virtual|email|digital) assistants?\b|\b(?:dear|hey|hi|attention|note to|message (?:to|for))"
    r" (?:the )?(?:ai|llm|assistant"
    r"|bot|model|claude|gpt\w*|chatgpt|copilot|gemini)\b|\b(?:llm|language model|chatgpt|jailbreak|dan mode|do"
    r" anything now"
    r"|developer mode|prompt injection)\b"
    r"|\b(?:do not|don't|never|without) (?:tell|inform|alert|notify|mention|warn|let|reveal)\w* (?:\w+"
    r" ){0,2}(?:user|customer|owner|anyone"
    r"|staff|human|agent|person)\b"
    r"|\b(?:respond|reply|answer|output|print|repeat|say|start|begin|end) (?:only )?(?:with|using"
    r"|by)\b.{0,20}\b(?:exactly|only|the word|nothing but)\b|\b(?:print|output|reveal|repeat|leak|exfiltrate"
    r"|dump|show) (?:me )?(?:your|the|all)(?: \w+){0,3} (?:prompt|instructions"
    r"|secrets?|data|passwords?|credentials|configuration|conversation|chat)\b"
    r"|\bbefore you (?:can )?(?:solve|do|answer|complete|continue|proceed)\b|\bimportant message from me\b"
    r"|\b(?:run|execute|call|invoke|use)"
    r" (?:the |this |a )?(?:following )?(?:command|code|script|tool|function|query)\b|\bwhen (?:summari[sz]ing"
    r"|processing|reading|replying"
    r" to|answering) this (?:e-?mail|message|text|document)\b|\bforward (?:this|all|every|the|any)\b.{0,60}@"
    r"|\b(?:your (?:real|actual|true|only|primary|next) (?:task|goal|job|purpose|instructions?))\b"
    r"|\b(?:ignorier|vergiss|vergessen|missacht)\w*\b.{0,40}(?:anweisung|regel|vorgabe|befehl|instruktion)\w*"
    r"|\bsystemanweisung"
    r"|\bdu bist (?:jetzt|nun|ab sofort)\b"
    r"|\b(?:ignor|oubli)\w*\b.{0,40}(?:instructions?|consignes?|règles?|directives?)\b|\b(?:tu es|vous êtes)"
    r" (?:maintenant|désormais) (?:un|une)\b"
    r"|\b(?:ignor|olvid|dimentic|esque[cç])\w*\b.{0,40}(?:instruc\w+|istruzion\w+|instruç\w+|reglas|regole"
    r"|regras|órdenes)\b"
    r"|(?:忽略|无视|忘记).{0,20}(?:指令|指示|规则|提示|内容)|你现在是|系统提示|系统指令",
    re.IGNORECASE | re.DOTALL,
)


class Signal(StrEnum):
    """The value is a stable name, `words` what the staff read."""

    ORDERS = "orders_to_the_assistant"
    UNSEEN = "invisible_characters"
    ENCODED = "encoded_text"

    @property
    def words(self) -> str:
        return WORDS[self]


WORDS = {
    Signal.ORDERS: "The email gives orders to an assistant: read what is proposed with care",
    Signal.UNSEEN: "The email holds characters that nobody can see; they were taken out",
    Signal.ENCODED: "The email holds encoded text",
}


def visible(text: str) -> str:
    """The text without the characters that a person cannot see and a model would read."""
    return _UNSEEN.sub("", text)


def injection_signals(text: str) -> tuple[Signal, ...]:
    """What of this stands in a text, in the order of Signal."""
    return tuple(_signals(text[:LONGEST]))


def _signals(text: str) -> Iterator[Signal]:
    if _ORDERS.search(visible(text)) or any(map(_ORDERS.search, _smuggled(text))):
        yield Signal.ORDERS
    if _TAGS.search(text) or _DIRECTIONS.search(text) or len(_NO_WIDTH.findall(text)) >= MANY:
        yield Signal.UNSEEN
    if any(_decoded(blob) for blob in BLOB.findall(text)):
        yield Signal.ENCODED


def _smuggled(text: str) -> Iterator[str]:
    """What tag characters spell, and what blobs say when they are decoded."""
    yield "".join(chr(ord(mark) - 0xE0000) for mark in _TAGS.findall(text) if 0xE0020 <= ord(mark) <= 0xE007E)
    for blob in BLOB.findall(text):
        yield _decoded(blob)


def _decoded(blob: str) -> str:
    """The readable text that a blob holds in hexadecimal or base64; empty where there is none."""
    for decode in (_from_hex, _from_base64):
        text = decode(blob)
        if len(text) >= 15 and sum(c.isalpha() or c.isspace() for c in text) >= READABLE * len(text):
            return text
    return ""


def _from_hex(blob: str) -> str:
    try:
        return bytes.fromhex(re.sub(r"[ :]", "", blob)).decode()
    except ValueError:
        return ""


def _from_base64(blob: str) -> str:
    bare = blob.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return b64decode(bare + "=" * (-len(bare) % 4)).decode()
    except (binascii.Error, ValueError):
        return ""
