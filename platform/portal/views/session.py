"""Signing in and out."""

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView


class SignInForm(AuthenticationForm):
    """Email and password; the answer does not tell which of them is wrong."""

    error_messages = {
        "invalid_login": "This email and password do not belong together.",
        "inactive": "This account is switched off. Ask an owner of the workspace.",
    }


class SignIn(LoginView):
    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True


class SignOut(LogoutView):
    """By POST only; leads back to the sign-in page."""
