"""Signs in a customer's mail that a person has to answer it, told by code in the languages that we read.

They are meant to be heard too often rather than too seldom: a person who looks in vain loses a minute.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST = 20_000  # characters of a mail that are read


@dataclass(frozen=True)
class Signal:
    """`words` say to the staff what was heard."""

    words: str
    pattern: re.Pattern[str]


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


SIGNALS = {
    "complaint": Signal(
        "The customer complains",
        _any(
            r"\b(?:formal|official|make a|lodge a|file a|lodging a|filing a|another|a serious|my) complaint\b"
            r"|\bcomplain(?:ing)?"
            r" (?:about|to)\b|\bi(?:'m| am) (?:very |extremely |really |so |absolutely )?(?:disappointed"
            r"|disgusted|appalled"
            r"|furious|angry|outraged|fed up)|\b(?:unacceptable|disgraceful|appalling|outrageous|shocking"
            r" service|worst"
            r" (?:service|agency|experience)|terrible service|rude and|incompeten\w+)\b|\bnobody (?:has"
            r" )?(?:called|replied"
            r"|answered|responded|bothered)|\b(?:third|fourth|fifth) time (?:i|we)\b"
            r"|\bthis is the (?:second|third|fourth) time\b|\b(?:written|called|asked) (?:you )?(?:now )?(?:three|four"
            r"|five|several|many) times\b|\bmake a fuss\b|\bhow dare\b|\bdisrespectful\b",
            r"\b(?:beschwer(?:e|en|de)\b|beschwere mich|unzumutbar|inakzeptabel|unverschämt|frechheit"
            r"|enttäuscht|katastroph|unanständig|zum (?:letzten|dritten|vierten|wiederholten) mal)",
            r"\b(?:réclamation|plainte|me plains|inacceptable|inadmissible|scandaleux|déçue?|mécontente?"
            r"|injustifiée?|un scandale)\b",
            r"\b(?:queja|reclamación|quejarme|inaceptable|vergüenza|decepcionad[oa]|indignad[oa]|reclamo|lamentarmi"
            r"|inaccettabile|vergognoso|delus[oa]|reclamação|inaceitável|vergonha|desiludid[oa]|decepcionad[oa]"
            r"|reclamaciones|por (?:tercera|cuarta|enésima) vez|pongan remedio)\b",
            r"投诉|无法接受|太差了|非常失望|不满意",
        ),
    ),
    "emergency": Signal(
        "The customer tells of danger",
        _any(
            r"gas leak|smell(?:s|ing)? (?:of )?gas|\bon fire\b|\bfire (?:in|at) the\b|(?:\bis|\bare|'s)(?:"
            r" \w+)? flood(?:ed|ing)\b|\bflooding (?:in|into|from)\b|\bemergency\b"
            r"|\bburst (?:a )?(?:pipe|water main)|\bpipe (?:has )?burst\b|water (?:is )?(?:pouring|gushing"
            r"|coming through the"
            r" ceiling)|\b(?:live|exposed|sparking) wires?\b|\belectric(?:al)? shock\b|\bcarbon monoxide\b"
            r"|\bambulance\b"
            r"|\bbroken into\b|\bbreak-in\b|\bunsafe\b|\bceiling (?:has )?collapsed\b|\bsuicid\w+|\bkill myself\b"
            r"|\b(?:stuck|trapped) in the (?:lift|elevator)\b|\b(?:baby|child|toddler|kid) is (?:locked )?inside\b"
            r"|\b(?:smoke|sparks) (?:is |are )?(?:coming|from|out of)\b|\bsmells? of burning\b|\bburning smell\b"
            r"|\bco (?:alarm|detector)\b",
            r"notfall|gasgeruch|riecht\b.{0,60}\bnach (?:gas|rauch|verbranntem)|rauch kommt|\bfunken\b"
            r"|es brennt|wasserrohrbruch|rohrbruch|überschwemm|lebensgefahr"
            r"|einbruch|stromschlag",
            r"urgence|fuite de gaz|odeur de gaz|incendie|inondation|dégât des eaux|danger"
            r"|(?:bloquée?s?|coincée?s?) dans l['’]ascenseur|odeur de brûlé|étincelles",
            r"emergencia|emergenza|emergência|fuga de gas|olor a gas|huele a gas|fuga di gas|odore di gas"
            r"|cheiro a gás|fuga de gás"
            r"|huele a quemado|\b(?:sale|salió|hay) humo\b|puzza di bruciato|cheira a queimado"
            r"|\bincendio\b|incêndio|inundaci|inondazione|inundaç|allagament",
            r"紧急|着火|火灾|煤气泄漏|漏气|漏水|水管爆|触电",
        ),
    ),
    "legal": Signal(
        "The customer speaks of lawyers or courts",
        _any(
            r"\b(?:lawyers?|solicitors?|attorneys?|legal action|legal proceedings|legal steps|\bsue\b|suing"
            r"|tribunal|ncat|vcat"
            r"|ombudsman|court order|small claims|take (?:you|this|it) to court|see you in court|fair trading"
            r"|breach of contract"
            r"|letter of demand|statutory declaration)\b",
            r"\b(?:(?:rechts)?anw[aä]lt\w*|rechtliche schritte|gericht\w*|verklagen|klage\b|schlichtungsstelle"
            r"|mieterverein"
            r"|mieterschutz)",
            r"\b(?:avocate?s?|tribunal|poursuites?|mise en demeure|justice|conciliateur)\b",
            r"\b(?:abogad\w+|denunciar|demandar(?:l[oe]s?)?|juzgado|acciones legales|avvocat\w+|tribunale"
            r"|azione legale"
            r"|denuncia\w*|advogad\w+|processar|ação judicial)\b",
            r"律师|起诉|法院|法律途径|消费者协会",
        ),
    ),
    "person": Signal(
        "The customer wants a person",
        _any(
            r"(?:speak|talk|chat|deal) (?:directly )?(?:to|with) (?:a |an |the |your )?(?:real |actual |live"
            r" )*(?:human|person|people"
            r"|manager|owner|supervisor|someone|somebody|principal|boss|director)|\b(?:a |an )?(?:real|actual"
            r"|live) (?:human|person)"
            r"|human being|not (?:a|another|some) (?:bot|form letter|robot|machine|template|automated|ai)\b|no"
            r" (?:bots|robots|ai"
            r" replies)|\bis this a (?:bot|robot|machine)|i(?:'d| would)? (?:want|like|need) a (?:human"
            r"|person)\b|a human (?:to|who|please)|\bsome(?:body|one) human\b|\bis there a person there\b",
            r"mit (?:einem|einer) (?:(?:echten|richtigen) )?(?:menschen|mitarbeiter\w*|vorgesetzten|chef\w*"
            r"|person)|kein(?:e|en)?"
            r" (?:bot|roboter|automatische antwort|maschine|ki\b)|echte[nr]? (?:mensch|person)",
            r"parler à (?:une (?:vraie )?personne|un (?:responsable|humain|être humain)|quelqu)|une vraie"
            r" personne|pas (?:à )?un robot"
            r"|un humain|quelqu['’]un de vrai",
            r"hablar con (?:una persona|un responsable|alguien|el encargado|un humano|el gerente)|una persona"
            r" real|no un robot|conteste una persona|no una máquina",
            r"parlare con (?:una persona|un responsabile|qualcuno)|una persona vera|falar com (?:uma pessoa|um"
            r" responsável|alguém)"
            r"|uma pessoa (?:real|de verdade)",
            r"人工|真人|经理给我打电话|不要机器人",
        ),
    ),
    "erasure": Signal(
        "The customer asks about their personal data",
        _any(
            r"(?:delete|erase|remove|wipe|destroy) (?:\w+ ){0,5}(?:data|details|information|records?|account"
            r"|name)\b|right to"
            r" (?:erasure|be forgotten)|\bgdpr\b|privacy act|subject access request|\bforget me\b|personal data"
            r"|everything (?:that )?you (?:hold|have|keep|know) (?:about|on) me|what (?:data|information)"
            r" (?:you|do you) (?:have|hold|keep)",
            r"(?:meine |personenbezogene)\w* ?daten|dsgvo|löschung|löschen sie",
            r"(?:supprim\w+|effac\w+) (?:\w+ ){0,3}(?:données|informations|coordonnées)|\brgpd\b|droit à"
            r" l['’](?:effacement|oubli)|données"
            r" personnelles",
            r"(?:borr\w+|elimin\w+|suprim\w+|cancell\w+|apag\w+) (?:\w+ ){0,3}(?:datos|dati|dados)|datos"
            r" personales|dati personali"
            r"|dados pessoais|derecho (?:al olvido|de supresión)|diritto all['’]oblio",
            r"删除我的|个人信息|个人数据|隐私",
        ),
    ),
}


def human_signals(text: str) -> tuple[str, ...]:
    """The names of the signals that stand in a mail's subject and text."""
    return tuple(name for name, signal in SIGNALS.items() if signal.pattern.search(text[:LONGEST]))


def needs_human(text: str) -> bool:
    """Whether any of them does."""
    return bool(human_signals(text))
