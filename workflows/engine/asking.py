"""How often people are asked about a proposal: the strictest of all that have a say, so that none can lift another's.

The policy of every tenant says "always" today, and so each proposal is put before people. Whatever a policy may say one
day, it lets nothing out of what is asked about for another reason.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from ai.trust import Verdict
from workflows.definition import ApprovalRule
from workflows.engine.context import RunContext
from workflows.expressions import BadExpression, evaluate
from workflows.selectors import people_only

# Of a hundred such proposals.
ALWAYS = 100
POLICY = ALWAYS
RISK = {"low": 0, "medium": 10, "high": ALWAYS}
FELL_BACK = {
    "ai.draft_reply": "A fallback drafted it",
    "ai.understand": "A fallback read the email",
    "ai.recommend": "A fallback recommended it",
}


def fallbacks(context: RunContext) -> list[str]:
    """Which steps of a run another model answered than the one that was asked, or the offline provider, in words."""
    steps = {step.do: context.outputs.get(step.key) for step in context.definition.steps if step.do in FELL_BACK}
    return [words for kind, words in FELL_BACK.items() if fell_back(steps.get(kind))]


def fell_back(output: Mapping[str, Any] | None) -> bool:
    """Whether an answer is a fallback's."""
    return bool(((output or {}).get("provenance") or {}).get("fallback_reason"))


def asked_of_run(context: RunContext, bundle: str, *, risk: str, verdict: str) -> int:
    """Of how many such proposals in a hundred people are asked about this one's kind."""
    rule = context.definition.rule_of(bundle)
    return asked(
        risk=risk,
        version=asked_by_version(rule, context.names),
        policy=POLICY,
        provenances=context.outputs.values(),
        verdict=verdict,
        stopped=bool(people_only()),
    )


def asked(
    *,
    risk: str,
    version: int,
    policy: int,
    provenances: Iterable[Any],
    verdict: str,
    stopped: bool,
) -> int:
    """The strictest of the risk's ceiling, the version, the policy, provenance, checks and the switch."""
    answers = (output for output in provenances if isinstance(output, Mapping))
    says = [
        RISK[risk],
        version,
        policy,
        ALWAYS if any(fell_back(output) for output in answers) else 0,
        ALWAYS if verdict in (Verdict.PERSON, Verdict.REFUSE) else 0,
        ALWAYS if stopped else 0,
    ]
    return max(says)


def asked_by_version(rule: ApprovalRule, names: Mapping[str, Any]) -> int:
    """What the version itself says; `policy` leaves it to the policy."""
    match rule.ask:
        case "always":
            return ALWAYS
        case "sampled":
            return rule.percent or 0
        case "when":
            # Only a plain no: a condition about what this run does not have is none.
            try:
                return 0 if evaluate(rule.when or "true", names) is False else ALWAYS
            except BadExpression:
                return ALWAYS
    return 0
