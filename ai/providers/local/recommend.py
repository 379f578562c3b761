"""Recommending what comes next, by rule."""

from __future__ import annotations

from ai.providers.local.questions import about_coming, answers
from ai.purposes import (
    ActionChoice,
    QuestionAnswer,
    Recommendation,
    RecommendedAction,
    RecommendInput,
    Slot,
    Understanding,
)
from ai.purposes.recommend import SlotChoice


def recommend(inputs: RecommendInput) -> Recommendation:
    """Records and the reply always, a booking where a free time lies within the wish, a task for what stays
    open.
    """
    understanding = inputs.understanding
    questions = answers(understanding.facts.questions, inputs.sources, understanding.language)
    slot = _slot(inputs) if _wants_to_come(understanding) else None
    if slot is not None:
        questions = [_settled(answer, slot, understanding.language) for answer in questions]
    actions: list[RecommendedAction] = []
    for choice in inputs.actions:
        reason = _reason(choice, inputs, questions, slot)
        if reason and choice.name not in {action.name for action in actions}:
            actions.append(RecommendedAction(name=choice.name, reason=reason))
    chosen = SlotChoice(starts_at=slot.starts_at, ends_at=slot.ends_at) if slot else None
    return Recommendation(actions=actions[:20], slot=chosen, questions=questions)


def _wants_to_come(understanding: Understanding) -> bool:
    """Whether the mail asks for a visit: as a whole, or in one of its questions beside others."""
    asked = (about_coming(question, understanding.language) for question in understanding.facts.questions)
    return understanding.intent == "inspection" or any(asked)


def _settled(answer: QuestionAnswer, slot: Slot, language: str) -> QuestionAnswer:
    """A question for a time is answered by the slot that was found for it."""
    if answer.answered or not slot.source_id or not about_coming(answer.question, language):
        return answer
    return QuestionAnswer(
        question=answer.question,
        answered=True,
        source_kind=slot.source_kind,
        source_id=slot.source_id,
        field=slot.field,
    )


def _slot(inputs: RecommendInput) -> Slot | None:
    """The first free time that begins within a window that the customer named."""
    windows = [
        (wish.earliest, wish.latest)
        for wish in inputs.understanding.facts.preferred_times
        if wish.earliest is not None and wish.latest is not None
    ]
    for slot in sorted(inputs.slots, key=lambda slot: slot.starts_at):
        if slot.starts_at > inputs.now and any(start <= slot.starts_at < end for start, end in windows):
            return slot
    return None


def _reason(choice: ActionChoice, inputs: RecommendInput, questions: list[QuestionAnswer], slot: Slot | None) -> str:
    """Why this action fits, for the staff; empty where it does not."""
    opened = [answer.question for answer in questions if not answer.answered]
    match choice.role:
        case "record":
            return "So that this enquiry is kept with the customer."
        case "reply":
            return "The customer waits for an answer."
        case "booking" if slot is not None:
            return "This open time lies within what the customer wishes."
        case "follow_up" if opened:
            return f"No source answers: {opened[0]}"[:300]
        case "follow_up" if inputs.understanding.intent != "inspection" or slot is None:
            return "Somebody has to look into this."
        case "follow_up":
            return "So that somebody stays with this customer."
    return ""
