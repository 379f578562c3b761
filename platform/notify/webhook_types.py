"""The types of webhooks that can happen, each with the words a person chooses it by."""

TYPES = {
    "message.received": "A message was received and read",
    "run.waiting": "A run waits",
    "run.succeeded": "A run has ended well",
    "run.failed": "A run has failed",
    "approval.pending": "A proposal waits for a person",
    "approval.asked": "A colleague is asked about a proposal",
    "approval.answered": "A question about a proposal was closed, and it waits again",
    "approval.decided": "A proposal was approved or rejected",
    "approval.expired": "Nobody decided in time",
    "approval.stale": "What a proposal rests on has changed",
    "effect.done": "Something was done",
    "effect.undone": "Something was undone",
    "effect.unknown": "Nobody knows whether something has happened",
    "version.activated": "A version of a workflow was put in force",
    "version.rolled_back": "The former version of a workflow was put back",
    "budget.soft": "Asking models has cost more than a soft limit",
    "budget.hard": "A hard limit was reached: no model is asked",
    "quality.drifted": "What people make of a version's proposals has moved away from its beginning",
    "audit.sealed": "The ledger was sealed: its last head, at most once an hour",
}
SEALED = "audit.sealed"
TEST = "webhook.test"
