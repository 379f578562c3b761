"""Who writes: name and phone of the sender, as the mail gives them."""

from __future__ import annotations

import re

from ai.grounding.figures import figures
from ai.names import person_name

LONGEST_CLOSING = 40
_WORD = r"[A-ZÀ-ÖØ-ÞŁŚŠŽČĐ][\w'’-]*\.?"
_NAME = rf"{_WORD}(?:\s+(?:(?:de|da|do|dos|del|della|di|van|von|der|den|la|le|al|bin)\s+)*{_WORD}){{0,3}}"
INTRODUCED = re.compile(
    rf"(?:\b[Mm]y name is|\b[Ii]ch heiße|\b[Mm]ein Name ist|\b[Jj]e m['’]appelle|\b[Mm]e llamo|\b[Mm]i nombre es"
    rf"|\b[Mm]i chiamo|\b[Cc]hamo-me|\b[Mm]eu nome é|\b[Mm]e chamo)\s+(?P<latin>{_NAME})"
    r"|我叫(?P<zh>[\u4e00-\u9fff]{2,4})"
)
SALUTATION = re.compile(
    r"^(?:hi|hello|hey|dear|hallo|guten|bonjour|hola|buenos|buenas|buongiorno|ciao|salve|olá|bom|boa|sent from)\b",
    re.IGNORECASE,
)
CLOSING = re.compile(
    r"^(?:(?:kind|best|warm|many|yours|with)\b.*|thanks?\b.*|thank you\b.*|regards|cheers|sincerely|all the best"
    r"|.*\b(?:grüße|grüßen|gruß|grüsse)\b.*|danke\b.*|vielen dank.*|cordialement|bien à vous|merci\b.*|.*salutations.*"
    r"|(?:un |atentos |cordiales )?saludos?\b.*|atentamente|gracias\b.*|(?:cordiali |distinti )?saluti\b.*|grazie\b.*"
    r"|.*cumprimentos|atenciosamente|obrigad[oa]\b.*|谢谢.*|祝好.*|此致.*|敬礼.*)[\s,.!，。！]*$",
    re.IGNORECASE,
)


def name_of(text: str, from_name: str) -> str | None:
    """The sender's name: as they introduce themselves, else as their mailbox names them, else as they sign."""
    introduced = INTRODUCED.search(text[:5_000])
    if introduced:
        return (introduced["latin"] or introduced["zh"]).rstrip(".")
    signed = _signature(text)
    shown = person_name(from_name) or None
    if shown and (signed is None or signed.split()[0].casefold() in shown.casefold() or " " in shown):
        return shown
    return signed or shown


def greeting_name(name: str, *, whole: bool) -> str:
    """How the sender is addressed: by first name, or by the `whole` name; empty where it is no person's name."""
    person = person_name(name)
    if not person:
        return ""
    return person if whole or (not person.isascii() and " " not in person) else person.split()[0]


def phone_of(text: str) -> str | None:
    """The first phone number of the mail, as it is written there."""
    return next((figure.text for figure in figures(text[:20_000]) if figure.kind == "phone"), None)


def _person(name: str) -> str | None:
    bare = person_name(name)
    return (
        bare if bare and not name.strip().islower() and not CLOSING.match(bare) and not SALUTATION.match(bare) else None
    )


def _signature(text: str) -> str | None:
    """The name below the closing line, or a name that stands alone in the last lines."""
    lines = [line.strip() for line in text.splitlines() if line.strip()][-8:]
    for index, line in enumerate(lines[:-1]):
        if len(line) <= LONGEST_CLOSING and CLOSING.match(line):
            person = _person(re.sub(r"[\d+()./-]{7,}.*$", "", lines[index + 1]))
            if person:
                return person
    last = re.sub(r"\s*[\d+(][\d\s()./-]{6,}$", "", lines[-1]) if lines else ""
    return _person(last) if len(last.split()) <= 3 else None
