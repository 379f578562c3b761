"""What no reply of any tenant may say, in the languages that replies are written in. Nobody switches it off."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Topic:
    """`title` and `about` say to the staff what it is, `words` why a sentence cannot leave."""

    name: str
    title: str
    about: str
    words: str
    pattern: re.Pattern[str]


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_PEOPLE = (
    r"(?:famil(?:y|ies)|kids?|child(?:ren)?|couples?|singles?|students?|pensioners?|foreigners?|immigrants?|migrants?"
    r"|refugees?|muslims?|jews?|jewish|christians?|catholics?|hindus?|asians?|africans?|indians?|arabs?|blacks?"
    r"|whites?"
    r"|aborigin\w+|gays?|lesbians?|disabled(?: people)?|wheelchair users?|welfare recipients?|single"
    r" (?:mothers?|mums?|moms?))"
)
_GRUPPEN = (
    r"(?:Familien|Kindern?|Studenten|Studierenden?|Rentnern?|Ausländern?|Migranten|Flüchtlingen?|Muslimen?"
    r"|Juden|Christen"
    r"|Behinderten?|Homosexuellen?|Hartz-IV-Empfängern?|Alleinerziehenden?)"
)
_GROUPES = (
    r"(?:familles?|enfants?|étudiants?|retraités?|étrangers?|immigrés?|migrants?|réfugiés?|musulmans?|juifs?"
    r"|chrétiens?"
    r"|handicapés?|homosexuels?)"
)
_GRUPOS = (
    r"(?:familias?|niñ[oa]s|estudiantes|jubilados|extranjeros|inmigrantes|refugiados|musulmanes|judíos|cristianos"
    r"|discapacitados|homosexuales|famiglie|bambini|studenti|stranieri|immigrati|musulmani|ebrei|disabili|famílias"
    r"|crianças|estudantes|estrangeiros|imigrantes|muçulmanos|judeus|deficientes)"
)

DISCRIMINATION = Topic(
    "discrimination",
    "Discrimination in housing",
    "Who may live in a home, by family, age, origin, faith, health or the like: “not suitable for families”.",
    "It would keep a group of people out of a home, which the law forbids.",
    _any(
        rf"\b(?:no|not (?:suitable|suited|available|open|let|rented|appropriate) (?:for|to)|isn't (?:suitable"
        rf"|suited) for"
        rf"|(?:don't|do not|doesn't|does not|won't|will not|cannot|can't) (?:accept|take|want|rent to|let to|allow)"
        rf"|without|exclud(?:es?|ing)|prefers? not to (?:have|let to|rent to)) (?:any )?{_PEOPLE}\b",
        rf"\b(?:only|exclusively|solely|strictly) (?:for |to |open to |let to )?{_PEOPLE}\b",
        rf"\b{_PEOPLE} (?:only|are not (?:welcome|accepted|allowed)|aren't (?:welcome|accepted|allowed)|need not"
        rf" apply"
        r"|not (?:welcome|accepted|allowed))\b",
        rf"\b(?:mostly|mainly|predominantly|largely|many|too many) {_PEOPLE}\b.{{0,40}}\b(?:street|building|area"
        rf"|suburb"
        r"|neighbou?rhood|live)\b",
        r"\b(?:prefers?|prefer(?:red|ence for)|wants?|looking for) (?:a |an )?(?:\w+ )?(?:christian|muslim"
        r"|jewish|white"
        r"|asian|european|australian|anglo|childless|heterosexual|straight|able-bodied)\b",
        rf"\b(?:keine|nicht (?:geeignet )?(?:für|an)|nur (?:für|an)|ausschließlich (?:für|an)) {_GRUPPEN}\b",
        r"\bnur (?:an )?(?:Deutsche|Christen|Europäer|Weiße)\b",
        rf"\b(?:pas d['’](?=[eé])|pas de |aucun |sans |uniquement (?:pour |aux? )|réservée? (?:aux? )|interdite?"
        rf" aux )"
        rf"{_GROUPES}\b",
        rf"\b(?:no (?:se )?(?:aceptan?|admiten?|alquila a)|sin|solo (?:para|a)|sólo (?:para|a)|exclusivamente"
        rf" para|non"
        rf" (?:si )?accettano|niente|solo per|apenas para|só para|não (?:se )?aceita(?:mos|m)?) {_GRUPOS}\b",
        r"(?:不接受|不租给|仅限|只租给|不欢迎)(?:外国人|有小孩|孩子|学生|老人|穆斯林|亚洲人|黑人|残疾人|家庭)",
    ),
)
LEGAL = Topic(
    "legal_advice",
    "Legal advice",
    "What somebody is entitled or obliged to, what a contract is worth, whom to sue: “you could withhold the rent”.",
    "It gives legal advice.",
    _any(
        r"\byou(?:'re| are| may be| would be|'d be)? (?:legally |lawfully )(?:entitled|obliged|obligated"
        r"|required|bound"
        r"|allowed|free|liable)\b",
        r"\byou (?:can|could|should|may|must|have grounds to) (?:legally |lawfully )?(?:sue|take (?:them|him"
        r"|her|it|the \w+"
        r") to court|take legal action|terminate the (?:lease|contract)|break the (?:lease|contract)|rescind"
        r"|withhold (?:the"
        r" )?rent|stop paying)\b",
        r"\b(?:under|according to|by) (?:the |australian |state |local |federal |tenancy |consumer )*(?:law"
        r"|legislation"
        r"|residential tenancies act|tenancies act|fair trading act|conveyancing act)\b",
        r"\b(?:this|that|it|(?:the|this|that|your) (?:contract|clause|lease|agreement)) (?:is|would be|is not"
        r"|isn't) (?:not )?(?:legally"
        r" )?(?:binding|enforceable|void|unlawful|illegal|legal|lawful)\b",
        r"\b(?:my|our) legal (?:advice|opinion)\b|\bin legal terms\b|\blegally speaking\b|\byour legal rights?\b",
        r"\b(?:Sie (?:sind|wären) (?:rechtlich|gesetzlich)|rechtlich (?:gesehen|verpflichtet|bindend)|nach dem"
        r" Gesetz|laut"
        r" Gesetz|gesetzlich (?:verpflichtet|vorgeschrieben)|Sie (?:können|könnten|sollten) (?:\w+"
        r" ){0,4}(?:verklagen|klagen"
        r"|die Miete (?:mindern|einbehalten)|fristlos kündigen)|rechtswidrig|unwirksam)\b",
        r"\b(?:légalement|juridiquement|selon la loi|aux termes de la loi|vous pouvez (?:\w+"
        r" ){0,3}(?:poursuivre|porter"
        r" plainte|résilier le bail)|illégale?)\b",
        r"\b(?:legalmente|según la ley|por ley|conforme a la ley|(?:puede|podría|debería) (?:\w+"
        r" ){0,3}(?:demandar|rescindir"
        r" el contrato)|secondo la legge|per legge|può (?:fare causa|denunciare|recedere)|segundo a lei|por lei|pode"
        r" processar)\b",
        r"法律上|根据法律|依法|您可以起诉|您有权(?:起诉|解除)|合同无效",
    ),
)
TOPICS = (DISCRIMINATION, LEGAL)
