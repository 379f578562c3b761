"""The app's door: asking a model, and the phrases of the tenant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Generic, Literal, TypeVar, overload
from uuid import UUID

from django.conf import settings
from django.db import transaction
from pydantic import BaseModel, ConfigDict

from ai.calls import Answered, Question, call, known_of, settle
from ai.errors import AIError, BadAnswer, NoKey, NotRetryable, Retryable, SoftLimit, Stopped, StopsRoute, UnknownPurpose
from ai.fallbacks import FellBack
from ai.known import Known
from ai.models import Call, CallUse, Phrase
from ai.providers.base import Provider
from ai.providers.local import LOCAL_HOP, LocalProvider
from ai.purposes import (
    Draft,
    DraftInput,
    Recommendation,
    RecommendInput,
    Understanding,
    UnderstandInput,
    purpose_named,
)
from ai.routes import Hop, Route
from ai.routing import by_price
from audit.canonical import digest
from audit.services import Actor, record
from observability.tracing import span
from tenants.selectors import current

__all__ = ["Answer", "Provenance", "ask", "ask_these", "phrase_remove", "phrase_set", "phrases_install"]

R = TypeVar("R", bound=BaseModel, covariant=True)


class Provenance(BaseModel):
    """Where an answer comes from. `cost_usd` is decimal text: all requests that this answer took."""

    model_config = ConfigDict(frozen=True, protected_namespaces=())

    provider: str
    model_requested: str
    model_served: str
    fallback_reason: str | None
    prompt_version: str
    cost_usd: str
    latency_ms: int
    input_tokens: int
    output_tokens: int


@dataclass(frozen=True)
class Answer(Generic[R]):
    """A checked result of the purpose's type, the call that gave it, and where it comes from."""

    result: R
    call_id: UUID
    provenance: Provenance


@overload
def ask(
    *,
    purpose: Literal["understand"],
    inputs: UnderstandInput,
    run_id: str,
    step: str,
    last_attempt: bool = ...,
    workflow: str = ...,
    limit_usd: Decimal | None = ...,
    version: int = ...,
) -> Answer[Understanding]: ...
@overload
def ask(
    *,
    purpose: Literal["recommend"],
    inputs: RecommendInput,
    run_id: str,
    step: str,
    last_attempt: bool = ...,
    workflow: str = ...,
    limit_usd: Decimal | None = ...,
    version: int = ...,
) -> Answer[Recommendation]: ...
@overload
def ask(
    *,
    purpose: Literal["draft"],
    inputs: DraftInput,
    run_id: str,
    step: str,
    last_attempt: bool = ...,
    workflow: str = ...,
    limit_usd: Decimal | None = ...,
    version: int = ...,
) -> Answer[Draft]: ...
@overload
def ask(
    *,
    purpose: str,
    inputs: BaseModel,
    run_id: str,
    step: str,
    last_attempt: bool = ...,
    workflow: str = ...,
    limit_usd: Decimal | None = ...,
    version: int = ...,
) -> Answer[BaseModel]: ...
def ask(
    *,
    purpose: str,
    inputs: BaseModel,
    run_id: str,
    step: str,
    last_attempt: bool = False,
    workflow: str = "",
    limit_usd: Decimal | None = None,
    version: int = 0,
) -> Answer[Any]:
    """Asks the models of the purpose's route, and gives back the checked answer of the first that has one.

    `workflow` and `version` say for which version of which workflow.

    A step that asks again with the same inputs gets the stored answer and pays nothing. Where the vendor
    cannot answer, or may cost more than `limit_usd` leaves of its run or a budget of the tenant, the offline
    provider does, and the reason is kept; for faults that may pass, only when
    `last_attempt` says that the step will not be tried again. Raises Retryable (try the step again later),
    NeedsPerson (the model refused), UnknownPurpose and InsideTransaction.
    """
    asked = purpose_named(purpose)
    if not isinstance(inputs, asked.inputs):
        raise UnknownPurpose(f"{type(inputs).__name__} are no inputs of {purpose!r}.")
    question = Question(asked, inputs, run_id, step, workflow, limit_usd, version=version)
    whose = {"tenant": current().slug, "run": run_id, "step": step, "workflow": workflow}
    with span("ai.ask", purpose=purpose, version=version, **whose) as traced:
        answer = _asked(question, last_attempt=last_attempt)
        traced.set_attribute("countersign.model_served", answer.provenance.model_served)
        traced.set_attribute("countersign.fell_back", answer.provenance.fallback_reason is not None)
        return answer


def _asked(question: Question, *, last_attempt: bool) -> Answer[Any]:
    """What is stored already, or else what the provider of the settings answers."""
    facts = known_of(question)
    if facts.stored is not None:
        with suppress(BadAnswer):  # stored, but never checked: it is asked for anew
            return _answer(settle(question, Call.objects.get(pk=facts.stored), facts.forbidden))
    provider = _provider()
    if isinstance(provider, LocalProvider):
        return _answer(call(question, provider, LOCAL_HOP, facts))
    return _ask_route(question, provider, facts, last_attempt=last_attempt)


def _ask_route(question: Question, provider: Provider | None, facts: Known, *, last_attempt: bool) -> Answer[Any]:
    """Asks the models of the purpose's route one after another, and at last the offline provider.

    A fault that may pass is the step's to try again, unless this is its last attempt. A fault of our account, or of
    the length of what is asked, no other model mends.
    """
    asked_for, hops = facts.route.hops[0], list(facts.route.hops)
    faults: list[tuple[str, AIError]] = []
    if facts.soft_limit:
        hops = by_price(hops, facts.prices)
        if hops[0] != asked_for:
            told = f"{facts.soft_limit} is passed, so the cheapest model of the route is asked."
            faults = [(asked_for.model, SoftLimit(told))]
    for hop in hops:
        try:
            if provider is None:
                raise NoKey()
            return _answer(call(question, provider, hop, facts, _fell_back(asked_for, faults)))
        except (Retryable, NotRetryable, BadAnswer) as fault:
            if isinstance(fault, Retryable) and not last_attempt:
                raise
            faults.append((hop.model, fault))
            if isinstance(fault, StopsRoute):
                break
    assert faults, "a route has a model at least"
    return _answer(call(question, LocalProvider(), LOCAL_HOP, facts, _fell_back(asked_for, faults)))


def _fell_back(asked_for: Hop, faults: Sequence[tuple[str, AIError]]) -> FellBack | None:
    return FellBack(asked_for, tuple(faults)) if faults else None


def ask_these(*, purpose: str, inputs: BaseModel, hops: Sequence[Hop], step: str) -> Answer[Any]:
    """Asks these models, and nobody else, to see what they answer: in their order, the next one where one's answer is
    no good. It serves no run, and draws on the limit of evaluations.

    A step that asks again with the same inputs gets the stored answer and pays nothing. Raises BadAnswer and
    NeedsPerson, which tell of the models; every other AIError tells that they could not be asked, Stopped among them:
    the operators have stopped the AI.
    """
    question = Question(purpose_named(purpose), inputs, run_id="", step=step, use=CallUse.EVALUATION)
    with span("ai.evaluate", purpose=purpose, tenant=current().slug, step=step) as traced:
        answer = _asked_these(question, hops)
        traced.set_attribute("countersign.model_served", answer.provenance.model_served)
        return answer


def _asked_these(question: Question, hops: Sequence[Hop]) -> Answer[Any]:
    facts = replace(known_of(question, hops), route=Route(tuple(hops)))
    if facts.stopped:
        raise Stopped("The operators have stopped the AI: nothing is evaluated meanwhile.")
    if facts.stored is not None:
        with suppress(BadAnswer):  # stored, but never checked: it is asked for anew
            return _answer(settle(question, Call.objects.get(pk=facts.stored), facts.forbidden))
    vendor = _provider()
    faults: list[tuple[str, BadAnswer]] = []
    for hop in hops:
        provider = LocalProvider() if hop.provider == LocalProvider.name else vendor
        if provider is None or provider.name != hop.provider:
            raise NoKey()
        try:
            return _answer(call(question, provider, hop, facts, _fell_back(hops[0], faults)))
        except BadAnswer as fault:
            faults.append((hop.model, fault))
    raise faults[-1][1]


def _provider() -> Provider | None:
    """The provider that the settings choose; None where that is the vendor and there is no key."""
    env = settings.COUNTERSIGN
    if env.ai_provider == "local" or (env.ai_provider == "auto" and not env.anthropic_api_key):
        return LocalProvider()
    if not env.anthropic_api_key:
        return None
    # Its SDK takes a second to import, which only the processes that ask a vendor should pay.
    from ai.providers.anthropic import AnthropicProvider

    return AnthropicProvider(api_key=env.anthropic_api_key, base_url=env.anthropic_base_url)


def _answer(answered: Answered) -> Answer[Any]:
    row = answered.row
    provenance = Provenance(
        provider=row.provider,
        model_requested=row.model_requested,
        model_served=row.model_served,
        fallback_reason=row.fallback_reason,
        prompt_version=row.prompt_version,
        cost_usd=f"{answered.cost_usd:.6f}",
        latency_ms=row.latency_ms,
        input_tokens=row.input_tokens,
        output_tokens=row.output_tokens,
    )
    return Answer(result=answered.result, call_id=row.pk, provenance=provenance)


@transaction.atomic
def phrases_install(phrases: Mapping[str, Any], *, actor: Actor) -> int:
    """Adds the phrases of a pack that are not there yet: part -> language -> sentences, or part -> sentences
    for every language. The number of those that were added.
    """
    wanted = [
        Phrase(language=language, part=part, text=text)
        for part, by_language in phrases.items()
        for language, texts in _by_language(by_language)
        for text in texts
    ]
    known = set(Phrase.objects.values_list("language", "part", "text"))
    added = {(p.language, p.part, p.text): p for p in wanted if (p.language, p.part, p.text) not in known}
    if added:
        Phrase.objects.bulk_create(added.values())
        told = {"count": len(added), "texts": digest(sorted(map(list, added)))}
        record(event="phrases.installed", target="phrases:all", actor=actor, data=told)
    return len(added)


def _by_language(given: Mapping[str, Sequence[str]] | Sequence[str]) -> list[tuple[str, Sequence[str]]]:
    return list(given.items()) if isinstance(given, Mapping) else [("", given)]


@transaction.atomic
def phrase_set(*, id: UUID, language: str, part: str, text: str, actor: Actor) -> Phrase:
    """Adds the phrase of that id, or changes it where it exists. Raises ValidationError."""
    former = Phrase.objects.select_for_update().filter(pk=id).first()
    phrase = former or Phrase(pk=id)
    before = _told(phrase) if former else None
    phrase.language, phrase.part, phrase.text = language, part, text
    phrase.full_clean()
    phrase.save()
    if before is None:
        record(event="phrase.added", target=f"phrase:{id}", actor=actor, data=_told(phrase))
    elif before != _told(phrase):
        data = {**_told(phrase), "before": before["text"]}
        record(event="phrase.changed", target=f"phrase:{id}", actor=actor, data=data)
    return phrase


@transaction.atomic
def phrase_remove(*, id: UUID, actor: Actor) -> None:
    """Removes a phrase: from now on its sentence needs a source. Raises Phrase.DoesNotExist."""
    phrase = Phrase.objects.select_for_update().get(pk=id)
    record(event="phrase.removed", target=f"phrase:{id}", actor=actor, data=_told(phrase))
    phrase.delete()


def _told(phrase: Phrase) -> dict[str, Any]:
    return {"language": phrase.language, "part": phrase.part, "text": digest(phrase.text)}
