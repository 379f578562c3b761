"""The offline provider: the same answer to the same question, without a key, a network or a cost.

An intent classifier on sentence embeddings, extraction by rules, replies from sentences that we wrote. It
answers from the given sources and from nothing else.
"""

from ai.providers.local.provider import LOCAL_HOP, LOCAL_MODEL, LocalProvider, answer_to

__all__ = ["LOCAL_HOP", "LOCAL_MODEL", "LocalProvider", "answer_to"]
