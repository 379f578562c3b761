"""`demo --prove`: tries, from outside, what must be refused or survived, and tells what was really answered.

It speaks HTTP and SMTP as a customer, a colleague or an attacker would. Some things it takes from inside: a token for
each of three people (revoked at the end), the pids of the workers that it kills or has rest, the database login of the
app, with which it tries to rewrite the ledger, and that of the owner, with which it does. What it asked is rejected or
undone at the end, and what it rewrote is put back.
"""

from collections.abc import Iterator
from contextlib import ExitStack

from portal.prove.decisions import (
    changed_listing,
    forbidden_topic,
    old_digest,
    other_tenant,
    second_email,
    taken_back,
    undone,
    unsupported_sentence,
)
from portal.prove.ledger import edited_ledger, rewritten_ledger
from portal.prove.outside import Line, NotProved, agency
from portal.prove.strangers import hostile_email, untrue_models
from portal.prove.workers import killed, taken_over

__all__ = ["Line", "NotProved", "prove"]


def prove() -> Iterator[Line]:
    """Try everything, one line each. Raises NotProved, OSError and smtplib.SMTPException.

    While the run whose worker was killed waits for its lease to end, the lines after it are tried.
    """
    with ExitStack() as stack:
        acacia = stack.enter_context(agency("acacia", "mei@acacia.example"))
        harbour = stack.enter_context(agency("harbour", "helen@harbour.example"))
        manager = stack.enter_context(agency("acacia", "priya@acacia.example"))
        approval = acacia.ask()
        yield other_tenant(acacia, harbour, approval)
        yield old_digest(acacia, approval)
        yield from changed_listing(acacia)
        yield unsupported_sentence(acacia)
        yield forbidden_topic(acacia, manager)
        yield second_email(acacia)
        yield hostile_email(acacia)
        yield from untrue_models(acacia, manager)
        died = killed(acacia)
        yield taken_back(acacia)
        yield undone(acacia, manager)
        yield rewritten_ledger(acacia.tenant)
        yield edited_ledger(acacia.tenant)
        yield taken_over(acacia, died)
