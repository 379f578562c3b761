"""Whose the texts of the ledger are: nobody's. The names of who acts stand beside it, and can go."""

from django.db.models import Q

from audit.erasing import Personal, Subject, declare, nothing
from audit.models import ActorName, Entry, KeptHead, Leaf, Seal


def _named(subject: Subject) -> Q:
    return Q(key__in=[f"person:{subject.id}", *(f"token:{token}" for token in subject.records)])


declare(Entry, {"text": "ids, states, amounts and digests", "body": "made of the text by the database"})
declare(Leaf, {"hash": "of an entry, which holds no words"})
declare(Seal, dict.fromkeys(("root", "former", "key", "head", "signature"), "hashes, numbers and a signature"))
declare(KeptHead, {"place": "where heads are kept", "hash": "of a head"})
declare(
    ActorName,
    {"key": "an id", "name": Personal("colleague", nothing)},
    colleague=_named,
)
