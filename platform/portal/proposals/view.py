"""A proposal as the pages draw it, from the approval's stored snapshot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from portal.proposals.changes import Effects, effects_of, start_of
from portal.proposals.evidence import Letter, Source, letter_of, noun_of, sources_of, understood_of
from portal.proposals.reply import Claim, Reply, claims_of, reply_of
from portal.wording import shown, span, weekday_clock, words_of

SHORT = {"mail.send_reply": "reply", "crm.upsert_enquiry": "enquiry", "crm.create_task": "task"}


@dataclass(frozen=True)
class Provenance:
    """Who drafted it: `local` is true where no model answered."""

    local: bool
    served: str
    asked: str
    fallback_reason: str
    details: str


@dataclass(frozen=True)
class Stale:
    """A fact that differs from the one the proposal rests on."""

    record: str
    field: str
    was: str
    is_now: str


@dataclass(frozen=True)
class Proposal:
    """Everything that the fragments draw."""

    customer: str
    reply: Reply | None
    claims: list[Claim]
    effects: Effects
    letter: Letter | None
    understood: list[str]
    sources: list[Source]
    provenance: Provenance | None
    binds: str
    flags: list[str]
    warnings: list[str]
    what: str

    @property
    def without_source(self) -> list[Claim]:
        return [claim for claim in self.claims if not claim.supported]

    @property
    def to_compare(self) -> int:
        """The sentences in the model's own words."""
        return sum(not fix.blocks for fix in self.reply.fixes) if self.reply else 0

    @property
    def quoted(self) -> set[int]:
        """The claims whose quote is marked in a source on the page."""
        shown = [*self.letter.subject, *self.letter.paragraphs] if self.letter else []
        shown += [paragraph for source in self.sources for field in source.fields for paragraph in field.paragraphs]
        runs = [run for paragraph in shown for line in paragraph.lines for run in line if run.begins]
        return {number for run in runs for number in run.numbers}

    @property
    def claim(self) -> dict[int, Claim]:
        return {claim.number: claim for claim in self.claims if claim.number is not None}


def proposal_of(document: Mapping[str, Any], drafted_text: str | None = None) -> Proposal:
    """Raises KeyError or ValueError only for a document that no approval can hold."""
    customer = document.get("customer") or {}
    return Proposal(
        customer=str(customer.get("name") or customer.get("email") or document.get("title") or ""),
        reply=reply_of(document, drafted_text),
        claims=claims_of(document),
        effects=effects_of(document),
        letter=letter_of(document),
        understood=understood_of(document),
        sources=sources_of(document),
        provenance=provenance_of(document.get("provenance") or {}),
        binds=binds_of(document),
        flags=[words_of(str(flag)) for flag in document.get("flags", ())],
        warnings=warnings_of(document),
        what=what_of(document),
    )


def warnings_of(document: Mapping[str, Any]) -> list[str]:
    """What the checks found of the mail or the whole reply; why a person answers stands among the reasons."""
    found = (document.get("trust") or {}).get("findings", ())
    return [str(f["words"]) for f in found if f.get("start") is None and f.get("check") != "humans"]


def what_of(document: Mapping[str, Any]) -> str:
    """One line for lists, the reply first: 'Reply, enquiry, task, book Sat 10:30 am'."""
    reply_step = (document.get("reply") or {}).get("step")
    actions = sorted(document.get("actions", ()), key=lambda action: action.get("step") != reply_step)
    line = ", ".join(dict.fromkeys(_short(action) for action in actions))
    return line[:1].upper() + line[1:]


def _short(action: Mapping[str, Any]) -> str:
    name = str(action.get("action", ""))
    starts_at = start_of(action) if name == "crm.book_appointment" else None
    if starts_at:
        return f"book {weekday_clock(starts_at)}"
    label = str(action.get("label") or name)
    return SHORT.get(name, label[:1].lower() + label[1:])


def provenance_of(provenance: Mapping[str, Any]) -> Provenance | None:
    """The drafting call in words."""
    if not provenance:
        return None
    details = []
    cost = _money(provenance.get("cost_usd"))
    if cost:
        details.append(cost)
    if provenance.get("latency_ms") is not None:
        details.append(span(float(provenance["latency_ms"]) / 1000))
    if provenance.get("prompt_version"):
        details.append(f"prompt {provenance['prompt_version']}")
    served = str(provenance.get("model_served") or "")
    asked = str(provenance.get("model_requested") or "")
    return Provenance(
        local=provenance.get("provider") == "local",
        served=served or asked,
        asked=asked if asked != served else "",
        fallback_reason=str(provenance.get("fallback_reason") or ""),
        details=", ".join(details),
    )


def _money(value: object) -> str:
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return ""
    return f"US${amount:.4f}" if amount else ""


def binds_of(document: Mapping[str, Any]) -> str:
    """What the digest holds fast: 'binds 5 actions, listing rev 31'."""
    count = len(document.get("actions", ()))
    parts = [f"{count} action" if count == 1 else f"{count} actions"]
    for source in document.get("sources", ()):
        noun = noun_of(source)
        if ", rev " in noun and len(parts) < 3:
            parts.append(noun.replace(", rev", " rev"))
    policy = document.get("policy_version")
    if policy:
        parts.append(f"policy {policy}")
    return "binds " + ", ".join(parts)


def stale_of(rows: Sequence[Any], document: Mapping[str, Any]) -> list[Stale]:
    """The facts that changed, with the names of their records where the snapshot knows them."""
    titles = {str(s.get("id")): str(s.get("title") or "") for s in document.get("sources", ())}
    labels = {f.get("name"): f.get("label") for s in document.get("sources", ()) for f in s.get("fields", ())}
    found = []
    for row in rows:
        kind, _, record_id = str(row["record"]).partition(":")
        name = str(row["field"])
        if kind == "topic":
            found.append(Stale("Forbidden since", name, "free to say", str(row.get("is"))))
            continue
        found.append(
            Stale(
                titles.get(record_id) or words_of(kind),
                str(labels.get(name) or words_of(name.partition(".")[0])),
                shown(row.get("was")),
                shown(row.get("is")),
            )
        )
    return found


def digest_short(digest: str) -> str:
    """9f2c 41ab 77e0 … d03e"""
    return f"{digest[:4]} {digest[4:8]} {digest[8:12]} … {digest[-4:]}" if len(digest) > 16 else digest


def digest_start(digest: str) -> str:
    """9f2c 41ab"""
    return f"{digest[:4]} {digest[4:8]}"
