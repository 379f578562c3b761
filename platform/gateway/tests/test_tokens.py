"""Tokens: their form, what is kept of them, and when they stop working."""

import hashlib
import re
import zlib
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.services import person_change
from audit.selectors import entries
from audit.services import Actor
from conftest import Cast
from gateway.models import ApiToken
from gateway.scopes import SCOPES
from gateway.services import token_create, token_find, token_revoke, well_formed
from tenants.selectors import tenant_context

ACTOR = Actor.system("tokens")
TEXT = "csk_" + "0123456789abcdef" * 2 + f"{zlib.crc32(b'0123456789abcdef' * 2):08x}"


def make(cast: Cast, **more: Any) -> str:
    return token_create(**{"person": cast.bob.id, "name": "test", "scopes": ["runs:read"], "actor": ACTOR, **more})


# --- form --------------------------------------------------------------------------------------


def test_a_token_is_a_prefix_128_random_bits_and_their_checksum(in_acacia: None, cast: Cast) -> None:
    tokens = {make(cast) for _ in range(5)}
    assert len(tokens) == 5
    for token in tokens:
        found = re.fullmatch(r"csk_([0-9a-f]{32})([0-9a-f]{8})", token)
        assert found
        assert f"{zlib.crc32(found[1].encode()):08x}" == found[2]
        assert well_formed(token)


@pytest.mark.parametrize(
    "text",
    ["", "csk_", "csk_" * 11, TEXT[:-1], TEXT + "0", TEXT[4:], TEXT.upper(), TEXT.replace("csk_", "csk-"), f" {TEXT}",
     TEXT[:-1] + ("0" if TEXT[-1] != "0" else "1"), "csk_" + "ü" * 40, "csk_" + "\x00" * 40],
)  # fmt: skip
def test_a_text_that_is_none_of_ours_is_told_without_a_query(text: str) -> None:
    assert well_formed(TEXT)
    assert not well_formed(text)
    assert token_find(text) is None  # the database is out of reach of this test


@given(place=st.integers(4, len(TEXT) - 1), letter=st.sampled_from("0123456789abcdef"))
def test_a_typing_error_is_noticed(place: int, letter: str) -> None:
    typed = TEXT[:place] + letter + TEXT[place + 1 :]
    assert well_formed(typed) == (typed == TEXT)


@given(st.text())
def test_no_text_at_all_breaks_the_check(text: str) -> None:
    assert not well_formed("csk_" + text) or len(text) == 40


# --- what is kept ------------------------------------------------------------------------------


def test_only_its_digest_and_first_letters_are_kept(in_acacia: None, cast: Cast) -> None:
    token = make(cast, scopes=["runs:read", "approvals:decide", "runs:read"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM gateway_apitoken t WHERE name = 'test'")
        [(row,)] = cursor.fetchall()
        cursor.execute("SELECT text FROM audit_entry WHERE body ->> 'event' = 'token.created'")
        told = "".join(text for (text,) in cursor.fetchall())
    assert hashlib.sha256(token.encode()).hexdigest() in row
    assert token[10:] not in row + told
    found = token_find(token)
    assert found is not None
    assert found.prefix == token[:10]
    assert found.scopes == ["approvals:decide", "runs:read"]
    [entry] = entries(event="token.created", target=f"token:{found.pk}")
    assert entry.body["data"] == {"prefix": token[:10], "scopes": ["approvals:decide", "runs:read"]}


def test_a_scope_that_does_not_exist_is_refused(in_acacia: None, cast: Cast) -> None:
    with pytest.raises(ValueError, match="no such scopes: runs:admin"):
        make(cast, scopes=["runs:read", "runs:admin"])
    assert not ApiToken.objects.filter(name="test").exists()


def test_scopes_are_what_the_contract_says() -> None:
    assert all(re.fullmatch(r"[a-z]+:(read|write)", scope) for scope in SCOPES - {"approvals:decide"})
    assert {"approvals:decide", "messages:read", "runs:write", "audit:read"} <= SCOPES


# --- when it stops working ---------------------------------------------------------------------


def test_a_token_is_known_in_its_own_tenant_only(in_acacia: None, cast: Cast) -> None:
    token = make(cast)
    assert token_find(token) is not None
    with tenant_context("harbour"):
        assert token_find(token) is None


def test_a_revoked_token_is_unknown_at_once_and_revoking_again_tells_nothing_new(in_acacia: None, cast: Cast) -> None:
    token = make(cast)
    row = token_find(token)
    assert row is not None
    token_revoke(token=row.pk, actor=ACTOR)
    assert token_find(token) is None
    token_revoke(token=row.pk, actor=ACTOR)
    assert entries(event="token.revoked", target=f"token:{row.pk}").count() == 1


@pytest.mark.parametrize(
    ("expires", "works"), [(timedelta(minutes=1), True), (timedelta(0), False), (-timedelta(days=1), False)]
)
def test_a_token_works_until_it_expires(in_acacia: None, cast: Cast, expires: timedelta, works: bool) -> None:
    token = make(cast)
    ApiToken.objects.filter(name="test").update(expires_at=timezone.now() + expires)
    assert (token_find(token) is not None) == works


def test_the_token_of_somebody_who_left_stops_working(in_acacia: None, cast: Cast) -> None:
    token = make(cast)
    person_change(person=cast.bob.id, fields={"is_active": False}, actor=ACTOR)
    assert token_find(token) is None
