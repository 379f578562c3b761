"""Which language a text is written in, told from its script and its commonest small words."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

UNKNOWN = "und"  # the tag of BCP 47 for "undetermined"
LONGEST = 5_000  # characters that are looked at

_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af\u1100-\u11ff]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
)
_SMALL_WORDS = {
    "en": "the and you your for with is are this that have would i we my our can it of to in at on be please",
    "de": "der die das und ist ich sie wir nicht ein eine mit für zu den von es auf wie am im bei oder auch uns",
    "fr": "le la les et est je vous nous pas une des pour avec du que dans sur ce au votre mon en serait bonjour",
    "es": "el la los y es que de en un una por para con su mi no me se las del hola gracias usted está quiero",
    "it": "il la i e è che di un una per con sono non mi le del della vorrei grazie buongiorno si gli questo",
    "pt": "o a os e é que de um uma para com não do da em meu minha por você obrigado olá está gostaria são no",
    "nl": "de het een en is ik niet u wij voor met van dat op te zijn graag naar mijn ons heeft kan ook wat",
    "sv": "och är jag det att en ett inte för med på som av vi har kan till min vill om tack hej den",
    "da": "og er jeg det at en et ikke for med på som af vi har kan til min vil om tak hej den de",
    "no": "og er jeg det å en et ikke for med på som av vi har kan til min vil om takk hei den",
    "pl": "i jest nie się w na z do że to czy proszę dzień dobry mam dla oraz jak pan pani o po za",
    "tr": "ve bir bu için ile mi var ben siz merhaba evet değil da de çok olarak teşekkürler daha ne",
    "vi": "và là tôi của có không cho một được với này xin chào bạn các những cảm ơn ở",
    "id": "dan yang di untuk dengan saya ini itu apakah ada tidak anda kami bisa terima kasih dari ke",
    "ro": "și este nu în cu pentru sunt care la de un o mai bună ziua aș mulțumesc am vă din",
    "cs": "a je v na se že to jsem pro s z do ne dobrý den děkuji bych máte za by jak",
    "hu": "a az és hogy nem egy van is meg vagy köszönöm jó napot szeretnék én ez mi ha",
    "fi": "ja on ei että se hei kiitos olen voi mutta kun minun haluaisin ole mitä tämä onko",
}
_USED_IN: dict[str, tuple[str, ...]] = {}
for _language, _words in _SMALL_WORDS.items():
    _USED_IN |= {_word: (*_USED_IN.get(_word, ()), _language) for _word in set(_words.split())}
_LETTERS = {
    "de": "äöüß", "fr": "çèêàùœ", "es": "ñ¿¡áóí", "it": "òìù", "pt": "ãõçâ", "sv": "åäö", "da": "æøå", "no": "æøå",
    "pl": "łżźśćńąę", "tr": "ğışİ", "vi": "đơưạế", "ro": "șțăîâ", "cs": "řěůčž", "hu": "őű", "fi": "äö",
}  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


@lru_cache(maxsize=64)  # several checks read one text
def language_of(text: str) -> str:
    """The BCP 47 tag of the language of `text` (primary subtag only), `und` where there are too few signs."""
    sample = text[:LONGEST]
    words = [word.casefold() for word in _WORD.findall(sample)]
    if not sample.isascii() and (script := _script_of(sample, words)):
        return script
    scores = dict.fromkeys(_SMALL_WORDS, 0.0)
    for word in words:
        for language in _USED_IN.get(word, ()):
            scores[language] += 1
    lowered = sample.casefold()
    for language, marks in _LETTERS.items() if not sample.isascii() else ():
        scores[language] += 0.3 * sum(lowered.count(mark) for mark in marks)
    best = max(scores, key=lambda language: scores[language])
    return best if scores[best] >= 1 else UNKNOWN


def _script_of(sample: str, words: list[str]) -> str:
    """The language whose script a good part of the letters is in; empty where that is the Latin script."""
    scripts = Counter({tag: len(pattern.findall(sample)) for tag, pattern in _SCRIPTS})
    tag, letters = scripts.most_common(1)[0]
    if scripts["ja"] and scripts["zh"] + scripts["ja"] >= letters:
        tag, letters = "ja", scripts["zh"] + scripts["ja"]
    latin = sum(len(word) for word in words if word.isascii() or not any(p.search(word) for _, p in _SCRIPTS))
    return tag if letters and letters * 3 >= latin else ""


def primary(tag: str) -> str:
    """The language of a BCP 47 tag without script and region: `pt-BR` is `pt`."""
    return tag.split("-")[0].casefold()
