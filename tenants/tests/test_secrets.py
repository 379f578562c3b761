"""Secrets at rest: unreadable in the database, in another tenant, and under another name."""

import pytest
from cryptography.exceptions import InvalidTag

from tenants.errors import NoTenant
from tenants.models import Tenant
from tenants.secrets import seal, unseal
from tenants.selectors import public_context, tenant_context

pytestmark = pytest.mark.usefixtures("in_acacia")


def test_what_was_sealed_is_read_again_and_is_never_sealed_alike() -> None:
    one, two = seal("whsec_Zoë", purpose="endpoint:1"), seal("whsec_Zoë", purpose="endpoint:1")
    assert one != two
    assert "whsec" not in one
    assert unseal(one, purpose="endpoint:1") == unseal(two, purpose="endpoint:1") == "whsec_Zoë"


def test_it_opens_for_what_it_was_sealed_for_only() -> None:
    sealed = seal("secret", purpose="endpoint:1")
    with pytest.raises(InvalidTag):
        unseal(sealed, purpose="endpoint:2")


def test_another_tenant_cannot_open_it_nor_use_the_key_of_this_one() -> None:
    sealed = seal("secret", purpose="endpoint:1")
    key = Tenant.objects.get(slug="acacia").data_key
    with tenant_context("harbour"):
        with pytest.raises(InvalidTag):
            unseal(sealed, purpose="endpoint:1")
        from dispatch.connection import tenant_connection

        harbour = tenant_connection().tenant
        assert isinstance(harbour, Tenant)
        harbour.data_key = key  # as if its row had been given acacia's
        with pytest.raises(InvalidTag):
            unseal(sealed, purpose="endpoint:1")


def test_outside_of_a_tenant_there_is_no_key() -> None:
    with public_context(), pytest.raises(NoTenant):
        seal("secret", purpose="endpoint:1")
