"""Forms of the admin about people. They check and type what was entered; services write it."""

from typing import TYPE_CHECKING, Any

from allauth.core import context
from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm, AdminPasswordChangeForm
from django.contrib.auth.forms import SetPasswordMixin

from accounts.attempts import attempt
from accounts.errors import LastOwner
from accounts.models import User
from accounts.roles import OWNER, ROLES
from accounts.selectors import actor_of, is_last_owner
from accounts.services import person_password_set
from audit.services import Actor

if TYPE_CHECKING:
    PersonModelForm = forms.ModelForm[User]
    PasswordTwice = SetPasswordMixin[User]
else:
    PersonModelForm, PasswordTwice = forms.ModelForm, SetPasswordMixin


def role_choices() -> list[tuple[str, str]]:
    """The roles there are, as a form offers them."""
    return [(role, role.capitalize()) for role in ROLES]


class PersonAddForm(PasswordTwice, PersonModelForm):
    """A new person, who signs in with the password that is typed twice here."""

    role = forms.ChoiceField(choices=role_choices)
    password1, password2 = SetPasswordMixin.create_password_fields()

    class Meta:
        model = User
        fields = ("email", "name")

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()

    def clean(self) -> dict[str, Any] | None:
        self.validate_passwords()
        return super().clean()

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        self.validate_password_for_user(self.instance)


class PersonChangeForm(PasswordTwice, PersonModelForm):
    """A person's name, role, whether they may sign in; a password only where a new one is wanted."""

    role = forms.ChoiceField(choices=role_choices)
    password1, password2 = SetPasswordMixin.create_password_fields("New password", "New password again")

    class Meta:
        model = User
        fields = ("name", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["role"] = self.instance.role
        for name in ("password1", "password2"):
            if name in self.fields:
                self.fields[name].required = False

    def clean(self) -> dict[str, Any] | None:
        self.validate_passwords()
        given = self.cleaned_data
        if bool(given.get("password1")) != bool(given.get("password2")):
            self.add_error("password2", "Type the new password twice.")
        leaves = {"is_active": given.get("is_active") is False, "role": given.get("role") not in (None, OWNER)}
        if any(leaves.values()) and is_last_owner(self.instance.pk):
            for name in (name for name, left in leaves.items() if left):
                self.add_error(name, LastOwner().sentence)
        return super().clean()

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        self.validate_password_for_user(self.instance)


class OwnPasswordForm(AdminPasswordChangeForm):
    """The signed-in person's own new password; the old one is asked for, and not for guessing."""

    def clean_old_password(self) -> str:
        with attempt(context.request, self.user.email):
            return str(super().clean_old_password())

    def save(self, commit: bool = True) -> User:
        user: User = self.user
        new = self.cleaned_data["new_password1"]
        person_password_set(person=user.pk, name=user.name, password=new, actor=self.acting(user))
        user.refresh_from_db()
        return user

    def acting(self, user: User) -> Actor:
        """Who does it, as the ledger names them."""
        return actor_of(user)


class OperatorSignInForm(AdminAuthenticationForm):
    """An operator's email and password, guessed at as seldom as those of a tenant's people."""

    def clean(self) -> dict[str, Any]:
        assert self.request is not None
        with attempt(self.request, str(self.cleaned_data.get("username", ""))):
            return super().clean()
