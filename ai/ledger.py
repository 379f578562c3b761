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
register("ai.fell_back", "Another provider answered in place of the one that was asked", CALL | {"error"})
PHRASE = {"language", "part", "text"}

register("phrases.installed", "Phrases were added that replies may use without a source", {"count", "texts"})
register("phrase.added", "A phrase was added that replies may use without a source", PHRASE)
register("phrase.changed", "A phrase that replies may use was changed", PHRASE | {"before"})
register("phrase.removed", "A phrase that replies may use was removed", PHRASE)
