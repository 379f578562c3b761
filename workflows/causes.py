"""Why runs fail, in plain words: what happened, and what a person can do about it."""

from dataclasses import dataclass

from workflows.catalogue import KINDS


@dataclass(frozen=True)
class Cause:
    """A cause of failure. `retry` says whether retrying can help before something else was done."""

    name: str
    happened: str
    todo: str
    retry: bool = True


@dataclass(frozen=True)
class _Words:
    happened: str
    todo: str
    retry: bool = True


_OF_RUNS = {
    "worker": _Words(
        "Workers broke off again and again over these runs.",
        "Retry them. If they fail again, the log of the workers says what broke.",
    ),
    "limit:cost": _Words(
        "The model calls cost more than the workflow allows a run.",
        "Run them again as new runs, which begin at 0, or raise limits.cost_usd in the workflow first.",
        retry=False,
    ),
    "limit:running": _Words(
        "They were at work for longer than the workflow allows.",
        "Retry them: the clock begins anew. If it happens again, raise limits.running in the workflow.",
    ),
    "limit:steps": _Words(
        "Their steps needed more attempts than the workflow allows.",
        "Look why the steps were tried so often, then retry. If it happens again, raise limits.steps in the workflow.",
    ),
    "rest": _Words(
        "A person says that the reply has left; what comes after it was not done.",
        "Retry: it goes on with the rest. The reply is not sent again.",
    ),
    "": _Words(
        "Why they failed is told on their pages only.", "Open each, and retry it from its failed step.", retry=False
    ),
}
_RECORDS = _Words(
    "The records refused what it wanted to write.",
    "Retry: it is proposed anew on the facts as they are now. Where it fails again, retry it with changed input.",
)
_GIVEN = _Words("It was given what it does not take.", "Retry it with changed input, and mend the workflow.")
_THREAD = _Words("The conversation did not take the reply.", "Read the conversation, then retry or answer by hand.")
_OF_STEPS = {
    "Retryable": _Words(
        "What it needs did not answer, however often it was tried.",
        "Retry once it answers again: nothing that has succeeded is done twice.",
    ),
    "NeedsAPerson": _Words("The model would not answer this.", "Answer by hand, or retry it later."),
    "NotRetryable": _Words("It could not do its work.", "Read what its step says, mend that, then retry."),
    "Unplannable": _Words(
        "It could not be proposed, since something that it needs is missing.",
        "Retry it with changed input, or mend the record that it works on first.",
    ),
    "ValidationError": _GIVEN,
    "BadExpression": _Words(
        "An expression of the workflow could not be worked out.",
        "Retry it with the value typed in, and mend the workflow in a new version.",
    ),
    "expired": _Words(
        "Nobody decided in time.", "Retry: what is not done is proposed anew, and asked of the same people."
    ),
    "reply_failed": _Words(
        "The mail server refused the reply; nothing left.",
        "Mend the address or the mail server, then retry: the reply is proposed anew.",
    ),
    "reply_unknown": _Words(
        "Nobody knows whether the reply has left. It is never sent twice by itself.",
        "Say on the run's page what became of it. Then retry.",
        retry=False,
    ),
    **dict.fromkeys(("Missing", "Invalid", "Taken", "Changed", "VersionConflict", "Referred"), _RECORDS),
    **dict.fromkeys(("NoSuchMessage", "NoSuchThread", "ThreadRefused", "ReplyRefused", "ReplyAlreadyHeld"), _THREAD),
}
_OTHER = _Words("It failed.", "Read what its step says, mend that, then retry.")


def cause_told(name: str) -> Cause:
    """A run's `cause` in words; every cause has some."""
    if words := _OF_RUNS.get(name):
        return Cause(name, words.happened, words.todo, words.retry)
    kind, _, error = name.partition(":")
    words = _OF_STEPS.get(error, _OTHER)
    known = KINDS.get(kind)
    return Cause(name, f"{known.label if known else kind}: {words.happened}", words.todo, words.retry)
