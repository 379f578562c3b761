"""Whose the texts of accounts are: colleagues'. Django's and allauth's tables are declared here too."""

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.models import Q
from guardian.models import GroupObjectPermission, UserObjectPermission
from uuid_utils.compat import uuid7

from accounts.models import Invitation, User
from audit.erasing import Personal, Subject, declare, named_by, nothing

OURS = "a word of ours"
FORMER = "A former colleague"
NOWHERE = "@erased.invalid"


def _logged(subject: Subject) -> Q:
    ids = {subject.id, *subject.records, *subject.threads, *subject.messages, *subject.runs}
    return Q(object_id__in=[str(each) for each in ids])


def _invited(subject: Subject) -> Q:
    return (Q(email__in=subject.addresses) & ~Q(status="pending")) | Q(inviter=subject.id)


def _nobody(email: str) -> str:
    """An address that nobody has: each person needs one of their own."""
    return email if email.endswith(NOWHERE) else f"{uuid7()}{NOWHERE}"


declare(
    User,
    {
        "name": Personal("colleague", lambda name: FORMER),
        "email": Personal("colleague", _nobody),
        "password": "a hash; useless once they cannot sign in",
    },
    colleague=lambda subject: Q(pk=subject.id),
)
declare(
    Invitation,
    {
        "email": Personal("colleague", nothing, of=lambda row, subject: row.email.lower() in subject.addresses),
        "inviter_name": named_by("inviter"),
        "role": OURS,
        "token_hash": "a hash of random bits",
    },
    colleague=_invited,
)
declare(
    LogEntry,
    {
        "object_repr": Personal("customer"),
        "change_message": Personal("customer", nothing),
        "object_id": "an id",
    },
    customer=_logged,
)
declare(
    Session,
    {
        "session_key": "random",
        "session_data": "signed: the id of who is signed in, and a sentence until it is shown",
    },
)
declare(Group, {"name": "a role"})
declare(Permission, {"name": OURS, "codename": OURS})
declare(ContentType, {"app_label": OURS, "model": OURS})
declare(EmailAddress, {"email": Personal("colleague", _nobody)}, colleague=lambda subject: Q(user=subject.id))
declare(EmailConfirmation, {"key": "random"})
declare(Authenticator, {"data": "sealed; gone when its second factor is switched off"})
declare(UserObjectPermission, {"object_pk": "an id"})
declare(GroupObjectPermission, {"object_pk": "an id"})
