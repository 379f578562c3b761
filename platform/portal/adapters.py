"""How signing in with allauth is joined to our own floors: people, emails, secrets, words."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from accounts.attempts import TOO_MANY
from accounts.models import User
from accounts.second_factor import second_factor_of
from accounts.selectors import actor_of
from accounts.services import person_password_set, person_signed_in
from audit.services import Actor
from notify.services import email_send
from tenants.secrets import seal, unseal
from tenants.selectors import current

SECOND_FACTOR = "second factor"
# Who asks for a new password has not shown who they are.
ANYBODY = Actor.system("sign-in")
RESET_LINK = """Hello {name},

somebody, most likely you, has asked for a new password for {tenant}. Set it here within the hour:

{url}

If it was not you, leave this email alone: your password stays as it is.
"""


class PeopleAdapter(DefaultAccountAdapter):
    """People are made by invitation, their passwords set through our services, their emails sent by notify."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "This email and password do not belong together.",
        "too_many_login_attempts": TOO_MANY,
        "invalid_password_reset": "This link has been used, or it has expired.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing: our pages speak for themselves."""

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Failures count for the account, whatever port or spelling of the host they were made at."""
        return str(credentials["email"]).strip().lower()

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        factor = second_factor_of(user.pk)
        person_signed_in(person=user.pk, second_factor=factor.since is not None, actor=actor_of(user))

    def set_password(self, user: User, password: str) -> None:
        person_password_set(person=user.pk, name=user.name, password=password, actor=actor_of(user))

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        tenant = current().name
        email_send(
            purpose="password",
            to=user.email,
            subject=f"A new password for {tenant}",
            text=RESET_LINK.format(name=user.name, tenant=tenant, url=context["password_reset_url"]),
            actor=ANYBODY,
        )

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send nothing: the ledger tells of what was changed."""


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of second factors are sealed; an app shows the code under the workspace's name."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "This code is not right, or it was used already.",
    }

    def get_totp_issuer(self) -> str:
        return current().name

    def encrypt(self, text: str) -> str:
        return seal(text, purpose=SECOND_FACTOR)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text, purpose=SECOND_FACTOR)
