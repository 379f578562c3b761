"""Signing in, under the names by which allauth finds its pages. What it offers besides is not there."""

from django.urls import path, re_path

from portal.views import session

urlpatterns = [
    path("sign-in/", session.SignIn.as_view(), name="account_login"),
    path("sign-in/code/", session.SecondFactor.as_view(), name="mfa_authenticate"),
    path("password-forgotten/", session.PasswordForgotten.as_view(), name="account_reset_password"),
    path("password-forgotten/asked/", session.password_asked, name="account_reset_password_done"),
    re_path(
        r"^password-new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[-0-9A-Za-z]+)/$",
        session.PasswordNew.as_view(),
        name="account_reset_password_from_key",
    ),
]
