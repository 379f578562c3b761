"""How the languages that we read count in letters."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class Tongue:
    """How one language counts. `numbers` hold values below 100, `large` what multiplies, `ordinals` days of a month.

    `alone` are numbers that are also an article or another common word: they count within a larger number only.
    `joined`: several numbers are written as one word. `half_to`: "halb elf" is half past ten.
    """

    numbers: dict[str, int]
    large: dict[str, int]
    ordinals: dict[str, int]
    and_: frozenset[str]
    alone: frozenset[str] = frozenset()
    joined: bool = False
    half: frozenset[str] = frozenset()
    quarter: frozenset[str] = frozenset()
    past: frozenset[str] = frozenset()
    to: frozenset[str] = frozenset()
    clock: frozenset[str] = frozenset()
    article: frozenset[str] = frozenset()
    morning: frozenset[str] = frozenset()
    evening: frozenset[str] = frozenset()
    half_to: bool = False


def _listed(text: str, first: int = 1, step: int = 1) -> dict[str, int]:
    return {
        word: first + step * place
        for place, names in enumerate(text.split())
        for word in names.split("/")
        if word != "-"
    }


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


TONGUES = {
    "en": Tongue(
        numbers={
            **_listed(
                "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
                " seventeen eighteen nineteen"
            ),
            **_listed("twenty thirty forty/fourty fifty sixty seventy eighty ninety", 20, 10),
        },
        large={"hundred": 100, "thousand": 1000, "million": 1_000_000},
        ordinals={
            **_listed(
                "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth"
                " fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
            ),
            "thirtieth": 30,
        },
        and_=_set("and"),
        half=_set("half"),
        quarter=_set("quarter"),
        past=_set("past after"),
        to=_set("to before"),
        clock=_set("o'clock oclock"),
        article=_set("a"),
        morning=_set("morning am"),
        evening=_set("afternoon evening pm"),
    ),
    "de": Tongue(
        numbers={
            **_listed(
                "ein/eins/eine zwei/zwo drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn"
                " fünfzehn sechzehn siebzehn achtzehn neunzehn"
            ),
            **_listed("zwanzig dreißig/dreissig vierzig fünfzig sechzig siebzig achtzig neunzig", 20, 10),
        },
        large={"hundert": 100, "tausend": 1000, "million": 1_000_000, "millionen": 1_000_000},
        ordinals={},
        and_=_set("und"),
        alone=_set("ein eine"),
        joined=True,
        half=_set("halb"),
        quarter=_set("viertel"),
        past=_set("nach"),
        to=_set("vor"),
        clock=_set("uhr"),
        morning=_set("morgens vormittags früh"),
        evening=_set("nachmittags abends"),
        half_to=True,
    ),
    "fr": Tongue(
        numbers={
            **_listed(
                "un/une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"
            ),
            **_listed("vingt/vingts trente quarante cinquante soixante", 20, 10),
        },
        large={"cent": 100, "cents": 100, "mille": 1000, "million": 1_000_000, "millions": 1_000_000},
        ordinals={"premier": 1},
        and_=_set("et"),
        alone=_set("un une"),
        half=_set("demie demi"),
        quarter=_set("quart"),
        past=_set("et"),
        to=_set("moins"),
        clock=_set("heures heure"),
        article=_set("le"),
        morning=_set("matin"),
        evening=_set("après-midi soir"),
    ),
    "es": Tongue(
        numbers={
            **_listed(
                "un/uno/una dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince"
                " dieciséis diecisiete dieciocho diecinueve veinte veintiuno/veintiún/veintiuna veintidós veintitrés"
                " veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve"
            ),
            **_listed("treinta cuarenta cincuenta sesenta setenta ochenta noventa", 30, 10),
            **_listed(
                "cien/ciento doscientos/doscientas trescientos/trescientas cuatrocientos/cuatrocientas"
                " quinientos/quinientas seiscientos/seiscientas setecientos/setecientas ochocientos/ochocientas"
                " novecientos/novecientas",
                100,
                100,
            ),
        },
        large={"mil": 1000, "millón": 1_000_000, "millones": 1_000_000},
        ordinals={"primero": 1},
        and_=_set("y"),
        alone=_set("un uno una"),
        half=_set("media"),
        quarter=_set("cuarto"),
        past=_set("y"),
        to=_set("menos"),
        clock=_set("horas"),
        morning=_set("mañana"),
        evening=_set("tarde noche"),
    ),
    "it": Tongue(
        numbers={
            **_listed(
                "un/uno/una due tre/tré quattro cinque sei sette otto nove dieci undici dodici tredici quattordici"
                " quindici sedici diciassette diciotto diciannove"
            ),
            **_listed("venti trenta quaranta cinquanta sessanta settanta ottanta novanta", 20, 10),
            **_listed("vent trent quarant cinquant sessant settant ottant novant", 20, 10),
        },
        large={"cento": 100, "mille": 1000, "mila": 1000, "milione": 1_000_000, "milioni": 1_000_000},
        ordinals={"primo": 1},
        and_=_set("e"),
        alone=_set("un uno una vent"),
        joined=True,
        half=_set("mezza mezzo"),
        quarter=_set("quarto"),
        past=_set("e"),
        to=_set("meno"),
        clock=_set("ore"),
        article=_set("un"),
        morning=_set("mattina mattino"),
        evening=_set("pomeriggio sera"),
    ),
    "pt": Tongue(
        numbers={
            **_listed(
                "um/uma dois/duas três quatro cinco seis sete oito nove dez onze doze treze catorze/quatorze quinze"
                " dezasseis/dezesseis dezassete/dezessete dezoito dezanove/dezenove"
            ),
            **_listed("vinte trinta quarenta cinquenta sessenta setenta oitenta noventa", 20, 10),
            **_listed(
                "cem/cento duzentos/duzentas trezentos/trezentas quatrocentos/quatrocentas quinhentos/quinhentas"
                " seiscentos/seiscentas setecentos/setecentas oitocentos/oitocentas novecentos/novecentas",
                100,
                100,
            ),
        },
        large={"mil": 1000, "milhão": 1_000_000, "milhões": 1_000_000},
        ordinals={"primeiro": 1},
        and_=_set("e"),
        alone=_set("um uma"),
        half=_set("meia"),
        quarter=_set("quarto"),
        past=_set("e"),
        to=_set("menos"),
        clock=_set("horas hora"),
        morning=_set("manhã"),
        evening=_set("tarde noite"),
    ),
}  # fmt: skip
