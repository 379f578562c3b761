"""The snapshot that people sign: the mail, what was understood, every action, every sentence with its source."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from ai.grounding import Account, Names, PersonSpan, account, edited_spans
from ai.purposes import ActionChoice, Claim
from ai.selectors import phrases_of
from ai.sources import Mail, Source
from ai.topics.selectors import OwnTopic, forbidden
from ai.trust import Material, Other, Review, Verdict, injection_signals, review
from approvals.proposals import Fact
from audit.canonical import plain
from crm.selectors import contacts_mentioned, listing_view
from crm.wording import label as field_label
from mail.selectors import MessageView
from mail.services import reply_sender
from workflows.actions import ACTIONS, Action, Plan
from workflows.engine.asking import fallbacks
from workflows.engine.context import RunContext
from workflows.engine.facts import value_now
from workflows.models import EffectStatus
from workflows.steps.base import mail_of, sources
from workflows.steps.knowledge import KIND as KNOWLEDGE
from workflows.steps.knowledge import knowledge_again

# What a quoted source is called as a record.
RECORDS = {"listing": "listing", "contact": "contact", KNOWLEDGE: "document"}


@dataclass(frozen=True)
class Member:
    """A step of a proposal with its input and its plan."""

    step: str
    action: Action
    input: BaseModel
    plan: Plan


@dataclass(frozen=True)
class Drafted:
    """What the AI steps of a run have made; the sources that a reply may rest on and the topics that it may not touch,
    read anew.
    """

    text: str
    claims: list[Claim]
    customer_name: str
    provenance: Mapping[str, Any]
    understood: Mapping[str, Any]
    matched: Mapping[str, Any]
    mails: tuple[Mail, ...]
    sources: tuple[Source, ...]
    topics: tuple[OwnTopic, ...]
    editor: str

    @classmethod
    def of(cls, context: RunContext, former: Any) -> "Drafted":
        """From the run's outputs; `former` is what a person has edited, if anybody has."""
        draft = _output(context, "ai.draft_reply")
        matched = _output(context, "crm.match")
        world = context.world("", last_attempt=False)
        mails = tuple(map(mail_of, [*([context.message] if context.message else []), *world.earlier]))
        records = (
            *sources(listing=matched.get("listing"), contact=matched.get("contact"), now=world.now),
            *knowledge_again(draft.get("sources", ())),
        )
        return cls(
            text=draft.get("text", ""),
            claims=[Claim.model_validate(claim) for claim in draft.get("claims", [])],
            customer_name=draft.get("customer_name", ""),
            provenance=draft.get("provenance", {}),
            understood=_output(context, "ai.understand"),
            matched=matched,
            mails=mails,
            sources=(*(mail.as_source() for mail in mails), *records),
            topics=forbidden(),
            editor=former.editor if former else "",
        )

    def quoted_facts(self, document: Mapping[str, Any]) -> list[Fact]:
        """The fields of records that the reply quotes, as they are now: if one changes, it may not leave.

        The title of a document goes with its sections: it says what they are about.
        """
        quoted = {
            (RECORDS[source["kind"]], source["id"], field)
            for source in (item["source"] for item in document["evidence"])
            if source["kind"] in RECORDS
            for field in ((source["field"], "title") if source["kind"] == KNOWLEDGE else (source["field"],))
        }
        return [
            Fact(record=f"{kind}:{ident}", field=name, value=value_now(f"{kind}:{ident}", name))
            for kind, ident, name in sorted(quoted)
        ]


def _output(context: RunContext, kind: str) -> dict[str, Any]:
    keys = [step.key for step in context.definition.steps if step.do == kind]
    found = context.outputs.get(keys[-1]) if keys else None
    return found or {}


def document_of(context: RunContext, members: Sequence[Member], drafted: Drafted, former: Any) -> dict[str, Any]:
    """The document of a proposal; plain JSON."""
    reply = next((member for member in members if member.plan.mail), None)
    checked = _check(context, members, drafted, reply, former)
    reviewed = _review(context, drafted, reply, checked)
    mail = reply.plan.mail if reply else None
    shown = checked.as_document() if checked else {"sentences": [], "evidence": []}
    document = {
        "title": _title(context, drafted, reply),
        "customer": _customer(context, drafted),
        "message": _message(context),
        "understood": {key: drafted.understood.get(key) for key in ("intent", "summary", "language", "wants_person")},
        "sources": [source.model_dump(mode="json") for source in drafted.sources],
        "actions": [_action(member, drafted) for member in members],
        "left_out": sorted(former.left_out) if former else [],
        "reply": {
            "step": reply.step,
            "sender": reply_sender(mail.thread),
            "to": mail.to,
            "cc": mail.cc,
            "subject": mail.subject,
            "text": mail.text,
            "hold_seconds": mail.hold_seconds,
        }
        if reply and mail
        else None,
        **shown,
        "trust": reviewed.as_document(),
        "provenance": dict(drafted.provenance),
        "reasons": _reasons(context, drafted, members, reviewed),
        "flags": [*context.message.flags, *_signals(context.message)] if context.message else [],
    }
    return dict(plain(document))


def _check(
    context: RunContext, members: Sequence[Member], drafted: Drafted, reply: Member | None, former: Any
) -> Account | None:
    if reply is None or reply.plan.mail is None:
        return None
    text = reply.plan.mail.text
    return account(
        text=text,
        claims=drafted.claims,
        sources=drafted.sources,
        phrases=phrases_of(agency=context.tenant.name),
        actions=[
            *(_kept(member.step, member.action, member.plan.summary) for member in members),
            *_done_already(context),
        ],
        names=Names(name=drafted.customer_name, agency=context.tenant.name),
        written_by=_written_by(text, drafted, former.document) if former else (),
        questions=(drafted.understood.get("facts") or {}).get("questions") or [],
        language=drafted.understood.get("language"),
    )


def _review(context: RunContext, drafted: Drafted, reply: Member | None, checked: Account | None) -> Review:
    """All checks over the mail, and over the reply where there is one."""
    message = context.message
    mail = reply.plan.mail if reply else None
    text = mail.text if mail else ""
    return review(
        Material(
            text=text,
            account=checked,
            mails=drafted.mails,
            hidden=message.hidden_text if message else "",
            intent=str(drafted.understood.get("intent") or ""),
            wants_person=bool(drafted.understood.get("wants_person")),
            language=str(drafted.understood.get("language") or ""),
            recipients=(*mail.to, *mail.cc) if mail else (),
            thread=frozenset({message.answer_to, message.from_email}) if message else None,
            others=_others(text, drafted),
            topics=drafted.topics,
        )
    )


def _others(text: str, drafted: Drafted) -> tuple[Other, ...]:
    """Contacts that the text names, apart from the customer and from what the customer wrote themselves."""
    party = {source.id for source in drafted.sources if source.kind == "contact"}
    told = "\n".join(f"{mail.from_name}\n{mail.from_email}\n{mail.subject}\n{mail.text}" for mail in drafted.mails)
    return tuple(
        Other(text=mention.text, what=mention.what)
        for mention in (contacts_mentioned(text) if text else ())
        if str(mention.contact) not in party
        and mention.text.casefold() not in told.casefold()
        and mention.text.casefold() != drafted.customer_name.casefold()
    )


def _signals(message: MessageView) -> list[str]:
    text = "\n".join((message.from_name, message.subject, message.own_text, message.hidden_text))
    return [str(signal) for signal in injection_signals(text)]


def _written_by(text: str, drafted: Drafted, shown: Mapping[str, Any]) -> tuple[PersonSpan, ...]:
    """Whose words the reply has that were not drafted: who wrote them first, or else who edits now."""
    evidence = {item["n"]: item for item in shown["evidence"] if item["source"]["kind"] == "person"}
    authors = {
        sentence["text"]: evidence[number]
        for sentence in shown["sentences"]
        if sentence["verdict"] == "person"
        for number in sentence["evidence"]
        if number in evidence
    }
    spans = edited_spans(before=drafted.text, after=text, person_id=drafted.editor, person=drafted.editor)
    return tuple(
        replace(span, person_id=author["source"]["id"], person=author["label"])
        if (author := authors.get(text[span.start : span.end]))
        else span
        for span in spans
    )


def _kept(step: str, action: Action, summary: str) -> ActionChoice:
    return ActionChoice(name=action.name, label=action.label, role=action.role, step=step, summary=summary)


def _done_already(context: RunContext) -> list[ActionChoice]:
    """What an earlier approval of this run has done: its reply was stopped, its promises are kept."""
    effects = context.run.effects.select_related("step").filter(status=EffectStatus.DONE)
    return [_kept(effect.step.key, ACTIONS[effect.action], effect.plan["summary"]) for effect in effects]


def _title(context: RunContext, drafted: Drafted, reply: Member | None) -> str:
    who = _customer(context, drafted)["name"]
    return f"Reply to {who}" if reply else f"Records for {who}" if who else "Records"


def _customer(context: RunContext, drafted: Drafted) -> dict[str, str]:
    if context.message is None:
        return {"name": drafted.customer_name, "email": ""}
    email = context.message.answer_to
    return {"name": drafted.customer_name or context.message.from_name or email, "email": email}


def _message(context: RunContext) -> dict[str, Any] | None:
    message = context.message
    if message is None:
        return None
    shown = mail_of(message)
    return {
        "kind": "message",
        "id": str(message.id),
        "version": shown.version,
        "from": message.from_email,
        "from_name": shown.from_name,
        "subject": shown.subject,
        "received_at": message.received_at,
        "text": shown.text,
        "attachments": [
            {name: asdict(item)[name] for name in ("name", "content_type", "size", "sha256")}
            for item in message.attachments
        ],
        "auth": asdict(message.auth),
        "flags": list(message.flags),
    }


def _action(member: Member, drafted: Drafted) -> dict[str, Any]:
    plan = member.plan
    return {
        "step": member.step,
        "action": member.action.name,
        "label": member.action.label,
        "input": member.input.model_dump(mode="json"),
        "editable": sorted(member.action.editable),
        "risk": member.action.risk,
        "reversible": member.action.reversible,
        "summary": plan.summary,
        "changes": [
            {
                "record": {"kind": change.kind, "id": change.id},
                "label": change.label,
                "op": change.op,
                "field": name,
                "field_label": field_label(name),
                "before": delta.before,
                "after": delta.after,
                "shown": _shown(change.kind, name, delta.after, drafted),
            }
            for change in plan.changes
            for name, delta in change.fields.items()
        ],
        "recipients": [*plan.mail.to, *plan.mail.cc] if plan.mail else [],
    }


def _shown(kind: str, field: str, after: Any, drafted: Drafted) -> str:
    """How a value reads: a record by its title, a record to come as such."""
    if isinstance(after, dict) and "$step" in after:
        field = str(after["field"])
        return f"the same {'customer' if field == 'contact' else field}"
    if field == "thread_id":
        return "this one"
    if field == "listing" and after and after == drafted.matched.get("listing"):
        return str(drafted.matched.get("listing_title") or after)
    if field == "listing" and after:
        return _listing_named(after)
    return "" if after is None else str(after)


def _listing_named(listing: str) -> str:
    """The title of a listing that a person chose; its id where it is gone."""
    found = listing_view(UUID(listing))
    return found.title if found else listing


def _reasons(context: RunContext, drafted: Drafted, members: Sequence[Member], reviewed: Review) -> list[str]:
    """Why a person is asked, in words."""
    reasons = [finding.words for finding in reviewed.of("humans")]
    if any(finding.verdict is Verdict.PERSON for finding in reviewed.of("grounding")):
        reasons.append("The model says in its own words what a source says")
    if drafted.matched.get("new_customer"):
        reasons.append("First reply to a new customer")
    if drafted.matched and not drafted.matched.get("listing"):
        reasons.append("No listing was recognised")
    reasons += fallbacks(context)
    if any(not member.action.reversible for member in members):
        reasons.append("A reply cannot be undone once it has left")
    return reasons or ["The policy asks for every proposal"]
