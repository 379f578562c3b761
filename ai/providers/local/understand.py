"""Understanding a mail without a model."""

from __future__ import annotations

from ai.language import language_of
from ai.providers.local.contact import name_of, phone_of
from ai.providers.local.intents import intent_of
from ai.providers.local.places import address_of, suburb_of
from ai.providers.local.questions import questions_in
from ai.providers.local.times import preferred_times
from ai.providers.local.wishes import budget_of, party_size_of
from ai.purposes import Facts, Understanding, UnderstandInput
from ai.trust import needs_human

# What an intent is called in the summary for the staff.
DOING = {
    "inspection": "Wants to see {it}",
    "search": "Looks for a property",
    "question": "Asks about {it}",
    "offer": "Makes an offer for {it}",
    "application": "Applies for {it}",
    "maintenance": "Reports a repair at {it}",
    "complaint": "Complains",
    "appraisal": "Asks what {it} is worth",
    "cancellation": "Cancels or moves an appointment",
    "price_question": "Asks what {it} costs",
    "availability": "Asks whether {it} is still to be had",
    "application_status": "Asks what became of an application",
    "document_request": "Asks for a document",
    "rent_arrears": "Writes about rent that is due",
    "move_out_notice": "Gives notice",
    "key_handover": "Writes about keys",
    "noise_dispute": "Writes about noise",
    "unsubscribe": "Wants no more circulars",
    "privacy_request": "Asks about their personal data",
    "job_application": "Looks for work",
}
LONGEST_SUMMARY = 600


def understand(inputs: UnderstandInput) -> Understanding:
    """Intent, language and facts of the mail; a fact that it does not say stays null."""
    mail = inputs.message
    text = mail.text
    intent = intent_of(mail.subject, text, inputs.intents)
    address = address_of(mail.subject, text)
    facts = Facts(
        name=name_of(text, mail.from_name),
        phone=phone_of(text),
        address=address,
        suburb=suburb_of(address, mail.subject, text, anywhere=intent == "search"),
        budget=budget_of(text, offered=intent == "offer"),
        preferred_times=preferred_times(text, now=inputs.now, timezone=inputs.timezone),
        party_size=party_size_of(text),
        questions=questions_in(text),
    )
    return Understanding(
        intent=intent,
        summary=_summary(intent, facts, mail.subject),
        language=language_of(f"{mail.subject}\n{text}" if len(text) < 200 else text),
        facts=facts,
        wants_person=intent == "complaint" or needs_human(f"{mail.subject}\n{text}"),
    )


def _summary(intent: str, facts: Facts, subject: str) -> str:
    place = facts.address + (f", {facts.suburb}" if facts.suburb else "") if facts.address else "a property"
    about = f"“{' '.join(subject.split())[:120]}”" if subject.strip() else place
    doing = DOING[intent].format(it=place) if intent in DOING else f"Writes about {about}"
    parts = [doing]
    if len(facts.questions) == 1:
        parts.append("Asks one question")
    elif facts.questions:
        parts.append(f"Asks {len(facts.questions)} questions")
    if facts.budget:
        parts.append(f"Names {facts.budget.text}")
    if facts.party_size:
        parts.append(f"Party of {facts.party_size}")
    return ". ".join(parts)[:LONGEST_SUMMARY] + "."
