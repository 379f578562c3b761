"""Mail in the tenant's admin: it can be read, and nothing can be changed."""

import pytest
from django.test import Client
from django.urls import reverse

from mail.tests.tenant import arrive
from tenants.selectors import current

pytestmark = pytest.mark.usefixtures("in_acacia", "heard")


@pytest.fixture
def alice(cast) -> Client:
    """Alice, who manages acacia, signed in on its host."""
    from accounts.models import User

    client = Client(headers={"host": current().host})
    client.force_login(User.objects.get(pk=cast.alice.id))
    return client


@pytest.mark.parametrize("name", ["message", "thread", "rawmessage"])
def test_mail_is_listed_and_shown(alice, name):
    view = arrive("Is it free?", headers=["Cc: <jane@customer.test>"])
    listed = alice.get(reverse(f"admin:mail_{name}_changelist"))
    key = view.thread if name == "thread" else view.id
    shown = alice.get(reverse(f"admin:mail_{name}_change", args=[key]))
    assert (listed.status_code, shown.status_code) in {(200, 200), (403, 403)}
    if name != "rawmessage":
        assert shown.status_code == 200 and b"14 Wattle Street" in shown.content


@pytest.mark.parametrize("name", ["message", "thread", "rawmessage"])
def test_nothing_can_be_written(alice, name):
    view = arrive()
    key = view.thread if name == "thread" else view.id
    assert alice.get(reverse(f"admin:mail_{name}_add")).status_code == 403
    assert alice.post(reverse(f"admin:mail_{name}_change", args=[key]), {"subject": "x"}).status_code == 403
    assert alice.post(reverse(f"admin:mail_{name}_delete", args=[key]), {"post": "yes"}).status_code == 403


def test_markup_of_a_mail_is_shown_as_text(alice):
    view = arrive("<script>alert(1)</script>")
    page = alice.get(reverse("admin:mail_message_change", args=[view.id])).content
    assert b"<script>alert(1)" not in page
    assert b"&lt;script&gt;alert(1)" in page
