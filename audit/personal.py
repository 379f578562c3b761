"""Whose the texts of the ledger are: nobody's. The names of who acts stand beside it, and can go."""

from django.db.models import Q

from audit.erasing import Personal, Subject, declare, nothing
from audit.models import ActorName, Entry


def _named(subject: Subject) -> Q:
    return Q(key__in=[f"person:{subject.id}", *(f"token:{token}" for token in subject.records)])


declare(Entry, {"text": "ids, states, amounts and digests", "body": "made of the text by the database"})
declare(
    ActorName,
    {"key": "an id", "name": Personal("colleague", nothing)},
    colleague=_named,
)
