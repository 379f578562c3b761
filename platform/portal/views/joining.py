"""Where an invitation leads: a name and a password, and one is a person of the workspace."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.forms import SetPasswordMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.errors import PersonRefused
from accounts.forms import PasswordTwice
from accounts.invitations import invitation_accept, invitation_of
from accounts.models import User


class JoinForm(PasswordTwice, forms.Form):
    """How one is called, and the password one signs in with."""

    name = forms.CharField(label="Your name", max_length=200)
    password1, password2 = SetPasswordMixin.create_password_fields("Password", "Password again")

    def __init__(self, data: Any, email: str) -> None:
        super().__init__(data)
        self.email = email

    def clean(self) -> dict[str, Any] | None:
        self.validate_passwords()
        self.validate_password_for_user(User(email=self.email), "password1")
        return super().clean()


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
def join(request: HttpRequest, token: str) -> HttpResponse:
    """One answer for links that are used, withdrawn, expired, another workspace's, or were never made."""
    invitation = invitation_of(token)
    if invitation is None:
        return render(request, "accounts/join_gone.html", status=404)
    form = JoinForm(request.POST if request.method == "POST" else None, invitation.email)
    if form.is_valid():
        given = form.cleaned_data
        try:
            invitation_accept(token=token, name=given["name"], password=given["password1"])
        except PersonRefused:  # somebody was faster with the same link
            return render(request, "accounts/join_gone.html", status=404)
        messages.success(request, f"Welcome, {given['name']}. Sign in as {invitation.email}.")
        return redirect("account_login")
    context = {"invitation": invitation, "form": form}
    return render(request, "accounts/join.html", context, status=422 if form.is_bound else 200)
