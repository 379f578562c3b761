"""What calls of models leave in the ledger: numbers and digests, never a prompt or an answer."""

from audit.registry import register

CALL = {
    "purpose",
    "provider",
    "model_requested",
    "model_served",
    "prompt_version",
    "input_tokens",
    "output_tokens",
    "cost_usd",
    "latency_ms",
    "answer",
}

register("ai.called", "An answer was given, by a model or offline", CALL)
register("ai.failed", "The AI gave no usable answer", CALL | {"error"})
register(
    "ai.fell_back",
    "Another model, or the offline provider, answered in place of the one that was asked",
    CALL | {"error"},
)

BUDGET = {"scope", "key", "window"}
LIMITS = {"soft_usd", "hard_usd"}
REACHED = {"limit_usd", "spent_usd"}

register("budget.set", "What calls of models may cost was set", BUDGET | LIMITS)
register("budget.removed", "A limit of what calls of models may cost was removed", BUDGET | LIMITS)
register("budget.soft", "Calls of models have cost more than people wanted to be told of", BUDGET | REACHED)
register("budget.hard", "No model was asked, since it could have cost more than is allowed", BUDGET | REACHED)
register("route.set", "Which models answer a purpose was set", {"purpose", "number", "hops", "former"})

register(
    "quality.drifted",
    "What people make of a version's proposals has moved away from its beginning",
    {"workflow", "version", "number", "signals"},
)

TOPIC = {"name", "phrases", "words", "count", "version"}

register("topic.added", "A topic was forbidden to replies", TOPIC | {"in_use"})
register("topic.changed", "A forbidden topic was changed", TOPIC)
register("topic.switched_off", "A forbidden topic was switched off: replies may speak of it", {"version"})
register("topic.switched_on", "A forbidden topic was switched on again", {"version"})
register("topic.removed", "A forbidden topic was removed: replies may speak of it", TOPIC)

PHRASE = {"language", "part", "text"}

register("phrases.installed", "Phrases were added that replies may use without a source", {"count", "texts"})
register("phrase.added", "A phrase was added that replies may use without a source", PHRASE)
register("phrase.changed", "A phrase that replies may use was changed", PHRASE | {"before"})
register("phrase.removed", "A phrase that replies may use was removed", PHRASE)
