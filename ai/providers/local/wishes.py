"""What the sender wishes: money, people, a call."""

from __future__ import annotations

import re
from typing import Any

from ai.grounding.figures import SCALES, SYMBOLS, Figure, amount, figures
from ai.grounding.sentences import sentences
from ai.grounding.spelled import number_of
from ai.purposes import Budget

MONEY_WORDS = re.compile(
    r"budget|afford|financ|pre-?approv|up to|max(?:imum)?\b|spend|offer|bid\b|biet|angebot|ausgeben|finanzier|bis zu"
    r"|jusqu|finance|dépenser|proposer|offre|presupuesto|hasta|gastar|ofert|ofrec|fino a|massimo|spendere|offr"
    r"|orçamento|até|proposta|预算|出价|愿意出|最多",
    re.IGNORECASE,
)
BARE_AMOUNT = re.compile(r"(?P<n>\d+(?:[.,]\d+)*)\s?(?P<scale>k|m|mio|million(?:s|en)?)(?![^\W\d_])", re.IGNORECASE)
BEYOND_MONEY = 10**12  # what a budget has digits for, and more than anybody has
CURRENCIES = frozenset({"AUD", "NZD", "USD", "EUR", "GBP", "CHF", "BRL", "CNY"})

_PEOPLE = (
    r"people|persons?|adults|guests|of us|personen|leute|personnes|adultes|personas|adultos|persone|adulti|pessoas"
)
PARTY = re.compile(rf"\b(?P<n>\d{{1,2}}|[^\W\d_]+)\s+(?:{_PEOPLE})\b|(?P<zh>\d|两|三|四|五|六)\s?个?人", re.IGNORECASE)
TWO = re.compile(
    r"\b(?:us both|both of us|suits? both|my (?:wife|husband|partner|girlfriend|boyfriend|fiancée?) and i"
    r"|(?:wife|husband|partner) and i|wir beide|meine frau und ich|mein mann und ich|nous deux|ma femme et moi"
    r"|mon mari et moi|los dos|mi (?:mujer|marido|pareja) y yo|entrambi|mia moglie e io|mio marito e io|nós dois"
    r"|minha mulher e eu|meu marido e eu)\b|我们两个|我和(?:我)?(?:妻子|丈夫|太太|先生|女朋友|男朋友)",
    re.IGNORECASE,
)
CHINESE_NUMBERS = {"两": 2, "三": 3, "四": 4, "五": 5, "六": 6}

CALL_WANTED = re.compile(
    r"\b(?:call|ring|phone) (?:me|us)\b|give (?:me|us) a (?:call|ring)|ruf(?:en)? sie (?:mich|uns)|rückruf"
    r"|appelez[- ](?:moi|nous)|m['’]appeler|rappel(?:ez|er)|llám[ea](?:me|nos)|llamarme|chiamatemi|mi chiami|richiamat"
    r"|ligue(?:m)?[- ]me|me ligue|致电|打电话|回电",
    re.IGNORECASE,
)


def budget_of(text: str, *, offered: bool) -> Budget | None:
    """Money that the sender has or, with `offered`, any money they name; the amount is in whole units."""
    for span in sentences(text[:20_000]):
        if not offered and not MONEY_WORDS.search(span.text):
            continue
        money = next((figure for figure in figures(span.text) if figure.kind == "money"), None)
        if money is not None:
            return _budget(money)
        bare = BARE_AMOUNT.search(span.text)
        if bare is not None:
            return _named(bare.group(), amount(bare["n"]) * SCALES[bare["scale"].casefold()])
    return None


def _budget(money: Figure) -> Budget | None:
    (value,) = money.values
    if isinstance(value, tuple):
        return None
    currency = money.unit if money.unit in CURRENCIES and money.unit in SYMBOLS.values() else None
    return _named(money.text, value, currency)


def _named(text: str, value: Any, currency: str | None = None) -> Budget | None:
    """The budget of that amount; None for a number that nobody's money has."""
    if not 0 <= value < BEYOND_MONEY:
        return None
    return Budget(text=text, amount=f"{value:.2f}".removesuffix(".00"), currency=currency)


def party_size_of(text: str) -> int | None:
    """How many people come, where the mail says so."""
    for found in PARTY.finditer(text[:20_000]):
        if found["zh"]:
            return CHINESE_NUMBERS.get(found["zh"]) or int(found["zh"])
        word = found["n"].casefold()
        number = int(word) if word.isdigit() else number_of(word)
        if number and 1 <= number <= 100:
            return number
    return 2 if TWO.search(text[:20_000]) else None


def wants_call(text: str) -> bool:
    """Whether the sender asks to be called."""
    return CALL_WANTED.search(text[:20_000]) is not None
