"""Signing in, with a second factor where a person has one, signing out, and a new password by emailed link.

The pages are allauth's; what they look like and say is ours.
"""

from typing import Any

from allauth.account.forms import LoginForm
from allauth.account.views import LoginView, LogoutView, PasswordResetFromKeyView, PasswordResetView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy

from accounts.second_factor import recovery_code_used
from accounts.selectors import actor_of
from notify.looking import left
from notify.outgoing import is_set

BOUND = "bound"


class SignInForm(LoginForm):
    """Email and password; the answer does not tell which of them is wrong, nor whether there is such a person."""

    def add_prefix(self, field_name: str) -> str:
        """The field's name as password managers and programs know it."""
        return "username" if field_name == "login" else str(super().add_prefix(field_name))

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        # What waits for a second factor rests on this password, and ends with it.
        self._login.state[BOUND] = self.user.get_session_auth_hash()
        answer: HttpResponse = super().login(request, redirect_url=redirect_url)
        return answer


class SignIn(LoginView):
    template_name = "accounts/sign_in.html"
    form_class = SignInForm


class SecondFactor(AuthenticateView):
    """The code from the person's app, or one of their recovery codes."""

    template_name = "accounts/second_factor.html"

    def form_valid(self, form: Any) -> HttpResponse:
        if self.stage.login.state.get(BOUND) != form.user.get_session_auth_hash():
            ended: HttpResponse = self.stage.abort()
            return ended
        if form.authenticator.type == Authenticator.Type.RECOVERY_CODES:
            recovery_code_used(person=form.user.pk, actor=actor_of(form.user))
        answer: HttpResponse = super().form_valid(form)
        return answer


class SignOut(LogoutView):
    """By POST only; leads back to the sign-in page. Ends a sign-in that waits for its second factor, too."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.pk:
            left(request.user.pk)
        answer: HttpResponse = super().post(request, *args, **kwargs)
        return answer


class PasswordForgotten(PasswordResetView):
    """Ask for a link by email. The answer is the same whether or not there is such a person."""

    template_name = "accounts/password_forgotten.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return {**super().get_context_data(**more), "can_email": is_set()}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_set():
            return render(request, self.template_name, {"can_email": False})
        answer: HttpResponse = super().post(request, *args, **kwargs)
        return answer


def password_asked(request: HttpRequest) -> HttpResponse:
    """What is shown after a link was asked for."""
    return render(request, "accounts/password_asked.html")


class PasswordNew(PasswordResetFromKeyView):
    """Where the emailed link leads. It signs nobody in: a second factor is still asked for."""

    template_name = "accounts/password_new.html"
    success_url = reverse_lazy("account_login")

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        messages.success(self.request, "Your new password is set. Sign in with it.")
        return answer
