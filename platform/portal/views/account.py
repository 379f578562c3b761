"""Your account: name, password, second factor. Each change leaves an entry; what is secret is shown once."""

import base64
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.base.forms import ReauthenticateForm
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import SetPasswordMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.errors import PersonRefused
from accounts.forms import PasswordTwice
from accounts.models import User
from accounts.second_factor import recovery_codes_renew, second_factor_of, second_factor_off, second_factor_on
from accounts.selectors import actor_of
from accounts.services import person_change, person_password_set
from portal.adapters import SecondFactorAdapter
from portal.settings_tabs import tabs_for

# The secret that an app is being taught; it moves to the person's second factor once a code confirms it.
SECRET = "second_factor_secret"  # noqa: S105
LONGEST_CODE = 8


class NameForm(forms.Form):
    """How a person is called."""

    name = forms.CharField(max_length=200)


class ProofForm(forms.Form):
    """That it is really this person who sits there: their password, or a code. Failures are throttled as at sign-in."""

    proof = forms.CharField(label="Your password, or a code", strip=False)

    def __init__(self, request: HttpRequest, prefix: str, data: Any = None) -> None:
        super().__init__(data, prefix=prefix)
        self.request = request

    def clean_proof(self) -> str:
        proof: str = self.cleaned_data["proof"]
        code = proof.replace(" ", "")
        # No password is as short as a code.
        if code.isdecimal() and len(code) <= LONGEST_CODE:
            shown = ReauthenticateForm({"code": code}, user=self.request.user)
            if not shown.is_valid():
                raise forms.ValidationError(shown.errors["code"].as_data())
        elif not password_holds(self.request, proof):
            raise forms.ValidationError("This is neither your password nor a code that holds.")
        return proof


class PasswordForm(PasswordTwice, forms.Form):
    """A new password; the present one is asked for."""

    current = forms.CharField(label="Present password", strip=False)
    password1, password2 = SetPasswordMixin.create_password_fields("New password", "New password again")

    def __init__(self, request: HttpRequest, data: Any = None) -> None:
        super().__init__(data)
        self.request = request

    def clean_current(self) -> str:
        current: str = self.cleaned_data["current"]
        if not password_holds(self.request, current):
            raise forms.ValidationError("This is not your password.")
        return current

    def clean(self) -> dict[str, Any] | None:
        self.validate_passwords()
        self.validate_password_for_user(_user(self.request), "password1")
        return super().clean()


def password_holds(request: HttpRequest, password: str) -> bool:
    """Whether this is the signed-in person's password; raises ValidationError after too many failures."""
    return get_adapter(request).authenticate(request, email=_user(request).email, password=password) is not None


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


@require_safe
@login_required
def settings(request: HttpRequest) -> HttpResponse:
    """The first of the settings that this person may open."""
    return redirect(tabs_for(request.user)[0].url_name)


@require_safe
@never_cache
@login_required
def account_page(request: HttpRequest) -> HttpResponse:
    """What one may change of oneself."""
    return _page(request)


@require_POST
@login_required
def account_name(request: HttpRequest) -> HttpResponse:
    form = NameForm(request.POST)
    if not form.is_valid():
        return _page(request, name_form=form)
    person_change(person=_user(request).pk, fields=form.cleaned_data, actor=actor_of(request.user))
    messages.success(request, "Your name is changed.")
    return redirect("portal:settings_account")


@require_POST
@sensitive_post_parameters()
@login_required
def account_password(request: HttpRequest) -> HttpResponse:
    form = PasswordForm(request, request.POST)
    if not form.is_valid():
        return _page(request, password_form=form)
    user = _user(request)
    new = form.cleaned_data["password1"]
    person_password_set(person=user.pk, name=user.name, password=new, actor=actor_of(user))
    _stay(request)
    messages.success(request, "Your password is changed. Everywhere else you are signed out.")
    return redirect("portal:settings_account")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def second_factor_page(request: HttpRequest) -> HttpResponse:
    """Teach an app the secret; a code from it switches the second factor on. The recovery codes are shown once."""
    user = _user(request)
    if second_factor_of(user.pk).since:
        return redirect("portal:settings_account")
    secret = request.session.setdefault(SECRET, generate_totp_secret())
    refused, code = "", request.POST.get("code", "")
    if request.method == "POST":
        try:
            codes = second_factor_on(person=user.pk, secret=secret, code=code, actor=actor_of(user))
        except PersonRefused as refusal:
            refused = refusal.sentence
        else:
            del request.session[SECRET]
            _stay(request)
            return _codes(request, codes)
    adapter = SecondFactorAdapter()
    picture = base64.b64encode(adapter.build_totp_svg(adapter.build_totp_url(user, secret)).encode()).decode()
    context = {
        "picture": f"data:image/svg+xml;base64,{picture}",
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "code": code,
        "refused": refused,
    }
    return render(request, "settings/second_factor.html", _around(context), status=422 if refused else 200)


@require_POST
@sensitive_post_parameters()
@login_required
def second_factor_switch_off(request: HttpRequest) -> HttpResponse:
    form = ProofForm(request, "off", request.POST)
    if not form.is_valid():
        return _page(request, off_form=form)
    try:
        second_factor_off(person=_user(request).pk, actor=actor_of(request.user))
    except PersonRefused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, "Your second factor is off. From now on the password alone signs you in.")
    return redirect("portal:settings_account")


@require_POST
@never_cache
@sensitive_post_parameters()
@login_required
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes, shown in this one answer."""
    form = ProofForm(request, "codes", request.POST)
    if not form.is_valid():
        return _page(request, codes_form=form)
    try:
        return _codes(request, recovery_codes_renew(person=_user(request).pk, actor=actor_of(request.user)))
    except PersonRefused as refused:
        messages.error(request, refused.sentence)
        return redirect("portal:settings_account")


def _stay(request: HttpRequest) -> None:
    """Keep this session, where all of the person's have just ended."""
    user = _user(request)
    user.refresh_from_db()
    update_session_auth_hash(request, user)


def _codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    shown = [f"{code[:4]} {code[4:]}" for code in codes]
    return render(request, "settings/recovery_codes.html", _around({"codes": shown}))


def _page(request: HttpRequest, **forms_with_faults: forms.Form) -> HttpResponse:
    user = _user(request)
    context = {
        "factor": second_factor_of(user.pk),
        "name_form": NameForm({"name": user.name}),
        "password_form": PasswordForm(request),
        "off_form": ProofForm(request, "off"),
        "codes_form": ProofForm(request, "codes"),
        **forms_with_faults,
    }
    return render(request, "settings/account.html", _around(context), status=422 if forms_with_faults else 200)


def _around(context: dict[str, Any]) -> dict[str, Any]:
    return {"section": "settings", "tab": "account", **context}
