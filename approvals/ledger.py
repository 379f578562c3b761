"""What people's decisions leave in the ledger."""

from audit.registry import register

register("approval.opened", "A proposal was put before a person", {"digest", "risk", "actions", "expires_at"})
register("approval.edited", "A person edited a proposal", {"digest", "former", "fields", "left_out", "added"})
register("approval.renewed", "A proposal was renewed on today's facts", {"digest", "former"})
register("approval.seconded", "A person approved; another one is needed", {"digest"})
register("approval.approved", "A person approved a proposal", {"digest", "comment"})
register("approval.rejected", "A person rejected a proposal", {"digest", "comment", "rejection"})
register("approval.claimed", "A person is on a proposal", set())
register("approval.released", "A person is on a proposal no more", set())
register("approval.asked", "A colleague was asked about a proposal", {"digest", "question", "colleague", "until"})
register("approval.answered", "A question about a proposal was closed", {"digest", "former", "question", "outcome"})
register("approval.delegated", "A proposal was given to a person", {"to"})
register("approval.escalated", "Nobody decided in time: the proposal went on", {"digest", "former", "role"})
register("approval.expired", "Nobody decided in time", {"digest"})
register("approval.withdrawn", "A proposal was withdrawn", {"reason"})
register("approval.stale", "What a proposal rests on has changed", {"digest", "facts"})
register("approval.executing", "An approved proposal was carried out", {"digest"})
register("approval.executed", "All of an approved proposal has happened", {"digest"})
register("approval.taken_back", "An approved proposal was taken back before its reply left", {"digest"})
register("approval.failed", "An approved proposal could not be carried out", {"digest"})
