"""Why a model step has no result: the class decides what happens next, the text is what a person reads."""

from __future__ import annotations

# A vendor may ask for any wait; a run must not stand still for an hour because of one header.
LONGEST_WAIT_SECONDS = 60.0


class AIError(Exception):
    """A model step without a result.

    `message` is one plain sentence; `code` is a stable snake_case name of the cause, which is stored with the
    call.
    """

    default_code = "ai_error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code


class Retryable(AIError):
    """Trying again later can help: time-out, broken connection, overload, rate limit, a fault of the vendor.

    `retry_after` is in seconds, never above LONGEST_WAIT_SECONDS; None means that the vendor named no time.
    `charged`: the request was broken off, so the vendor may charge for it, and nobody knows how much.
    """

    default_code = "retryable"

    def __init__(
        self, message: str, *, code: str | None = None, retry_after: float | None = None, charged: bool = False
    ) -> None:
        super().__init__(message, code=code)
        self.charged = charged
        self.retry_after = None if retry_after is None else min(max(retry_after, 0.0), LONGEST_WAIT_SECONDS)


class NotRetryable(AIError):
    """Trying again cannot help: a bad key, no credit, a spend limit, a request that the vendor refuses."""

    default_code = "not_retryable"


class StopsRoute(NotRetryable):
    """No other model of the same vendor would do better: a bad key, no credit, a spend limit."""

    default_code = "account"


class NoKey(StopsRoute):
    """No vendor can be asked: the settings name one, and hold no key for it."""

    default_code = "no_key"

    def __init__(self) -> None:
        super().__init__(
            "There is no key for the vendor: who runs this installation sets ANTHROPIC_API_KEY, or AI_PROVIDER=local "
            "to have everything worked out offline."
        )


class SpendLimit(StopsRoute):
    """The spend limit of our account at the vendor is reached."""

    default_code = "spend_limit"


class ContextWindow(StopsRoute):
    """What was to be read is too long for a model."""

    default_code = "context_window"


class Stopped(StopsRoute):
    """The operators have stopped the AI of every workspace."""

    default_code = "stopped"


class BreakerOpen(NotRetryable):
    """The model has failed so often that it is not asked until a probe succeeds; another may."""

    default_code = "breaker_open"


class SoftLimit(NotRetryable):
    """A soft limit is passed: a cheaper model is asked in the place of the first."""

    default_code = "soft_limit"


class BadAnswer(AIError):
    """The model answered, but not usably: cut off, not JSON, the wrong shape, a rule of the purpose broken.

    `findings` are sentences that go back to the model once, so that it can repair its answer.
    """

    default_code = "bad_answer"

    def __init__(self, message: str, *, code: str | None = None, findings: tuple[str, ...] = ()) -> None:
        super().__init__(message, code=code)
        self.findings = findings or (message,)


class NeedsPerson(AIError):
    """No machine should answer this: the model refused. A person takes over."""

    default_code = "refusal"


class UnknownPrice(NotRetryable):
    """The model has no price in the catalogue, so nobody can say what a call would cost."""

    default_code = "unknown_price"

    def __init__(self, model: str) -> None:
        super().__init__(f"The model {model} has no price, so it is not called.")


class BudgetSpent(NotRetryable):
    """What the call can cost at most is more than a budget has left."""

    default_code = "budget"


class UnknownPurpose(AIError):
    """The name of a purpose that does not exist, or inputs that belong to another purpose."""

    default_code = "unknown_purpose"


class InsideTransaction(AIError):
    """A model was asked inside an open transaction, which would stay open for as long as the model thinks."""

    default_code = "inside_transaction"


class BudgetsRefused(Exception):
    """Budgets that cannot be set; `faults` are (which one, its field, a sentence)."""

    def __init__(self, faults: tuple[tuple[int, str, str], ...]) -> None:
        super().__init__(faults[0][2])
        self.faults = faults


class TopicRefused(Exception):
    """A forbidden topic that cannot be kept; `faults` are (a field, or a phrase as `phrases.2`; a sentence)."""

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        super().__init__(faults[0][1])
        self.faults = faults


class NoSuchTopic(LookupError):
    """No forbidden topic of that id."""


class TopicChanged(Exception):
    """Somebody has changed the topic since it was read; `found` is its version now."""

    def __init__(self, found: int) -> None:
        super().__init__("Someone changed this topic meanwhile.")
        self.found = found


class RouteRefused(Exception):
    """A route that cannot be set; `faults` are (which model of it, its field, a sentence)."""

    def __init__(self, faults: tuple[tuple[int, str, str], ...]) -> None:
        super().__init__(faults[0][2])
        self.faults = faults
