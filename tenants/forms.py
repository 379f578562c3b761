"""The form by which an operator asks for a tenant."""

from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from django import forms
from django.contrib.auth.forms import SetPasswordMixin
from django.contrib.auth.hashers import make_password

from tenants.errors import TenantRefused
from tenants.models import TenantRequest
from tenants.packs import packs_offered
from tenants.services import slug_check
from tenants.support import MINUTES

if TYPE_CHECKING:
    RequestModelForm = forms.ModelForm[TenantRequest]
    PasswordTwice = SetPasswordMixin[Any]
else:
    RequestModelForm, PasswordTwice = forms.ModelForm, SetPasswordMixin


def _zones() -> list[tuple[str, str]]:
    return [(zone, zone) for zone in sorted(available_timezones())]


def _packs() -> list[tuple[str, str]]:
    return [(name, name.replace("_", " ").capitalize()) for name in packs_offered()]


class TenantRequestForm(PasswordTwice, RequestModelForm):
    """Everything the provisioner needs. The owner's first password leaves the form as a hash only."""

    timezone = forms.ChoiceField(choices=_zones, initial="UTC")
    pack = forms.ChoiceField(choices=_packs)
    password1, password2 = SetPasswordMixin.create_password_fields("Owner's first password", "The same again")

    class Meta:
        model = TenantRequest
        fields = ("slug", "name", "timezone", "owner_email", "pack")
        help_texts = {
            "slug": "The first part of its host and of its inbound address. It stays as it is.",
            "owner_email": "They sign in first, and invite the others.",
        }

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"])
        try:
            slug_check(slug)
        except TenantRefused as refused:
            raise forms.ValidationError(str(refused)) from None
        return slug

    def clean_owner_email(self) -> str:
        return str(self.cleaned_data["owner_email"]).strip().lower()

    def clean(self) -> dict[str, Any] | None:
        self.validate_passwords()
        self.validate_password_for_user(None)
        return super().clean()

    def asked(self) -> dict[str, str]:
        """The arguments of `tenants.services.tenant_request`."""
        given = {name: str(self.cleaned_data[name]) for name in TenantRequestForm.Meta.fields}
        return given | {"owner_password_hash": make_password(self.cleaned_data["password1"])}


def _length(minutes: int) -> str:
    return f"{minutes} minutes" if minutes < 60 else f"{minutes // 60} hour{'s' if minutes > 60 else ''}"


class SupportForm(forms.Form):
    """Why an operator enters a tenant's workspace, and for how long."""

    reason = forms.CharField(
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text="The workspace's owners read it.",
    )
    minutes = forms.TypedChoiceField(
        coerce=int, choices=[(minutes, _length(minutes)) for minutes in MINUTES], label="For how long"
    )
