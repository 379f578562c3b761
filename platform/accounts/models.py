"""A person who signs in with an email address."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from uuid_utils.compat import uuid7

from audit.services import Actor, Moves


class People(BaseUserManager["User"]):
    """Finds people by their email address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())

    def create_superuser(self, email: str, password: str | None, name: str) -> "User":
        """An operator; Django's `createsuperuser` calls this on the public schema."""
        from accounts.services import operator_add

        return self.get(pk=operator_add(email=email, name=name, password=password, actor=Actor.system("command line")))


class User(AbstractBaseUser, PermissionsMixin):
    """A person of one tenant, or an operator (in the public schema)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField("may use the admin", default=False)
    # Raised to end all sessions of the person at once: each session carries the number it was opened under.
    sessions_ended = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = People()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = "person"
        verbose_name_plural = "people"
        constraints = [models.CheckConstraint(condition=models.Q(email=Lower("email")), name="email_is_lower_case")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        """How Django's admin greets them."""
        return str(self)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must carry to be theirs; it is another after a new password."""
        bound = f"{self.password}:{self.sessions_ended}"
        return salted_hmac("accounts.session", bound, secret=secret, algorithm="sha256").hexdigest()

    @cached_property
    def role(self) -> str:
        """The name of the person's role, read once per object; empty when they have none."""
        group = self.groups.first()
        return group.name if group else ""


class InvitationStatus(models.TextChoices):
    PENDING = "pending"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


INVITATION_MOVES = Moves(
    {
        (InvitationStatus.PENDING, InvitationStatus.ACCEPTED): "invitation.accepted",
        (InvitationStatus.PENDING, InvitationStatus.WITHDRAWN): "invitation.withdrawn",
    }
)


class Invitation(models.Model):
    """Somebody who was asked to join. Of the link only a hash is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField()
    role = models.CharField(max_length=20)
    token_hash = models.CharField(max_length=64, unique=True)
    status = models.CharField(max_length=10, choices=InvitationStatus, default=InvitationStatus.PENDING)
    inviter = models.UUIDField()
    inviter_name = models.CharField(max_length=200)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(status__in=InvitationStatus.values), name="invitation_status"),
            models.UniqueConstraint(
                fields=["email"],
                condition=models.Q(status=InvitationStatus.PENDING),
                name="one_open_invitation_an_address",
            ),
        ]

    def __str__(self) -> str:
        return self.email
