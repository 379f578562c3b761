"""Words that bound a fact. Left out, they make a lie of it; put in, they promise more than the source does."""

from __future__ import annotations

from dataclasses import dataclass

from ai.grounding.lexicon.likeness import likenesses


@dataclass(frozen=True)
class Limit:
    """`words` of a source set it; the sentence keeps it with a word of one of the groups of `likeness.py`."""

    words: frozenset[str]
    kept_by: frozenset[str]
    by_no: bool = False


def _limit(words: str, kept_by: str, *, by_no: bool = False) -> Limit:
    return Limit(frozenset(words.split()), frozenset(kept_by.split()), by_no)


LIMITS = (
    _limit(
        "only just solely exclusively nur ausschließlich lediglich seulement uniquement exclusivement solo sólo"
        " solamente únicamente soltanto solamente unicamente só somente apenas",
        "~only ~single ~need ~excluded ~appointment ~end ~within",
        by_no=True,
    ),
    _limit(
        "partly partially part some teilweise teils partie partiellement certains parcialmente parte algunos algunas"
        " parzialmente alcuni alguns algumas",
        "~not_all ~considered",
        by_no=True,
    ),
    _limit(
        "except excluding excluded without extra separately separate apart exclusive zzgl außer ohne"
        " ausgenommen zuzüglich separat exklusive hors sauf excepté sans"
        " excepto salvo sin aparte excluido eccetto tranne senza escluso exceto salvo sem excluído",
        "~excluded ~only ~lacking ~single ~own",
        by_no=True,
    ),
    _limit(
        "until till bis jusqu'à jusque hasta fino até",
        "~end ~condition_of ~not_yet ~within ~excluded",
        by_no=True,
    ),
    _limit("minimum least mindestens minimum mínimo mínima minimo minima almeno", "~minimum ~need"),
    _limit("maximum most höchstens maximal máximo máxima massimo massima", "~maximum ~only ~within", by_no=True),
    _limit(
        "approximately approx circa ca roughly etwa ungefähr environ approximativement aproximadamente unos unas",
        "~approx",
    ),
    _limit(
        "if unless provided subject falls sofern wenn vorausgesetzt vorbehaltlich absprache zustimmung"
        " genehmigung"
        " réserve accord consentement sujeto previa consulta consentimiento consenso autorizzazione sujeito mediante"
        " considered consent approval request anfrage demande agreement arrangement vereinbarung acuerdo accordo"
        " acordo",
        "~condition_of ~considered ~request ~hedge ~need ~able ~appointment",
    ),
    _limit(
        "owner owners vendor vendors landlord landlords eigentümer eigentümerin vermieter vermieterin verkäufer"
        " verkäuferin propriétaire propriétaires bailleur vendeur vendeuse propietario propietaria vendedor vendedora"
        " proprietario proprietaria venditore venditrice proprietário proprietária senhorio",
        "~owner ~considered ~request",
    ),
    _limit(
        "shared communal gemeinschaftlich gemeinschaftliche gemeinsam partagé partagée partagés commun commune"
        " collectif compartido compartida comunitario comunitaria condiviso condivisa partilhado partilhada",
        "~shared ~all ~not_all",
    ),
    _limit(
        "usually normally generally expected probably likely might could should may according reportedly recommended"
        " voraussichtlich normalerweise üblicherweise wahrscheinlich laut empfohlen prévu probablement normalement"
        " généralement selon habituellement recommandé previsto prevista probablemente normalmente generalmente según"
        " recomendado probabilmente secondo provavelmente normalmente geralmente",
        "~hedge ~able ~condition_of ~recommend",
    ),
)
# What is not there, without a word for "no".
SOFT_NO = frozenset({"~excluded", "~unfurnished", "~free_of_charge", "~only", "~not_yet", "~lacking", "~taken"})
_CLOSED = "closed shut geschlossen fermé fermée cerrado cerrada chiuso chiusa fechado fechada"
CLOSED = frozenset(_CLOSED.split())

_STRONG = {
    "en": "all every always never only entire entirely whole completely fully guaranteed guarantee best totally"
    " everything everyone",
    "de": "alle alles allen aller immer jederzeit nie niemals nur jede jeder jedes jeden ganze ganzen garantiert"
    " alles sämtliche",
    "fr": "tout toute tous toutes toujours jamais seulement chaque uniquement garanti garantie",
    "es": "todo toda todos todas siempre nunca solo sólo cada solamente garantizado",
    "it": "tutto tutta tutti tutte sempre mai ogni solo soltanto garantito",
    "pt": "todo toda todos todas sempre nunca jamais apenas só cada garantido",
}
# These need their like in the source, small as they are.
STRONG = {language: {word: likenesses(word) | {word} for word in words.split()} for language, words in _STRONG.items()}
# Groups that name neither a thing nor a state of it: what is done, asked and said about it.
_LIGHT = (
    "~able ~begin ~end ~handles ~agent ~owner ~tenant ~buyer ~view ~appointment ~register ~confirm ~apply ~papers"
    " ~answer ~within ~recent ~request ~need ~recommend ~receive ~report ~writing ~oral ~call ~bring ~property ~flat"
    " ~rooms ~not_yet ~hedge ~condition_of ~lacking ~office ~hour ~per_day ~week ~month ~year ~emergency ~notice"
    " date time office hours house apartment identity"
)
LIGHT = frozenset(_LIGHT.split())
_PLACES = {
    "en": "behind opposite above below beneath beside adjacent",
    "de": "hinter neben gegenüber oberhalb unterhalb vor über unter",
    "fr": "derrière devant dessous dessus sous",
    "es": "detrás delante debajo encima enfrente",
    "it": "dietro davanti sotto sopra accanto",
    "pt": "atrás acima abaixo debaixo sob",
}
# Where something is: these need their like too, but before a figure, where they say when or how much.
PLACES = {language: {word: likenesses(word) | {word} for word in words.split()} for language, words in _PLACES.items()}
# Never only named: what is said of money, of a state, or of what may be done.
_GRAVE = (
    "~free_of_charge ~included ~renovated ~replaced ~repaired ~new ~condition ~price ~quiet ~bright ~damp ~fee ~own"
    " ~furnished ~welcome ~move_in ~reserved ~view_sea ~discount ~near ~distance ~large ~refund ~public ~official"
    " ~insurance ~tested ~connected ~fenced ~shared ~all ~always ~never ~faces ~behind ~front ~opposite ~beside ~above"
    " ~below ~extension ~street ~heating ~weekend ~north ~south ~east ~west ~by_car ~ground ~2nd ~3rd ~4th ~5th ~6th"
    " ~7th ~8th ~9th ~10th"
)
GRAVE = frozenset(_GRAVE.split())
# Two words that together say nothing of the kind.
_IDIOMS = (
    "up+front all+i it's+best best+to am+besten the+best toute+neuve tout+neuf all+right at+all after+all of+all"
    " vor+allem tout+de à+condition du+tout tout+à sobre+todo del+todo not+only nicht+nur"
)
IDIOMS = frozenset((first, second) for first, _, second in (pair.partition("+") for pair in _IDIOMS.split()))
STRONG_WORDS = frozenset[str]().union(*STRONG.values())
# What comes first and what later: a source that has the one is not said by the other.
_BEFORE = "before bevor ehe avant antes prima"
BEFORE = frozenset(_BEFORE.split())
_AFTER = "after nach nachdem erst once après après-que después tras dopo após depois"
AFTER = frozenset(_AFTER.split())
