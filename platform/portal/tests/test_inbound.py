"""The page that says where mail comes in."""

from collections.abc import Callable

import pytest

from conftest import Cast
from tenants.selectors import tenant_by_slug, tenant_context
from tests.pages import signed_in
from tests.story import mail, receive

pytestmark = pytest.mark.usefixtures("committed")
PAGE = "/settings/inbound/"


def test_it_shows_the_workspaces_own_address_and_when_mail_last_came(cast: Cast, work: Callable[[], None]) -> None:
    bob = signed_in(cast.bob)
    shown = bob.get(PAGE).content.decode()
    assert f'value="{tenant_by_slug("acacia").inbound_address}"' in shown
    assert tenant_by_slug("harbour").inbound_address not in shown
    assert "No email has arrived yet" in shown
    with tenant_context("acacia"):
        receive(mail())
    assert "Last email received" in bob.get(PAGE).content.decode()
    assert "No email has arrived yet" in signed_in(cast.charlie, "harbour").get(PAGE).content.decode()


def test_it_says_how_mailboxes_are_forwarded(cast: Cast) -> None:
    shown = signed_in(cast.bob).get(PAGE).content.decode()
    for words in ("Gmail", "5.7.520", "Your own mail server"):
        assert words in shown
