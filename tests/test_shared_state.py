"""What is kept outside of the tenants' tables: caches, sessions, admin sites, and the settings that keep them apart."""

import threading
from collections.abc import Callable
from typing import Any

import psycopg
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.test import Client, override_settings
from psycopg import sql

from tenants.admin import operator_site, tenant_site
from tenants.checks import tenant_settings
from tenants.selectors import tenant_context


def test_what_one_tenant_caches_another_does_not_find(db: None) -> None:
    with tenant_context("acacia"):
        cache.set("listing", "14 Wattle Street")
        assert cache.get("listing") == "14 Wattle Street"
    with tenant_context("harbour"):
        assert cache.get("listing") is None
    assert cache.get("listing") is None


def test_a_session_of_one_host_is_none_at_another(cast: Any, committed: None) -> None:
    browser = Client(headers={"host": "acacia.localhost"})
    assert browser.post("/sign-in/", {"username": cast.alice.email, "password": cast.alice.password}).status_code == 302
    assert browser.get("/inbox/").status_code == 200
    assert browser.cookies["sessionid"]["domain"] == ""
    session = browser.cookies["sessionid"].value
    elsewhere = browser.get("/inbox/", headers={"host": "harbour.localhost"})
    assert (elsewhere.status_code, elsewhere["location"].split("?")[0]) == (302, "/sign-in/")
    browser.cookies["sessionid"] = session
    operators = browser.get("/admin/", headers={"host": "localhost"})
    assert (operators.status_code, operators["location"].split("?")[0]) == (302, "/admin/login/")
    with tenant_context("acacia"):
        assert SessionStore().exists(session)
    with tenant_context("harbour"):
        assert not SessionStore().exists(session)


@override_settings(SESSION_COOKIE_DOMAIN=".localhost")
def test_a_session_cookie_wider_than_its_host_is_refused() -> None:
    assert [fault.id for fault in tenant_settings()] == ["tenants.E001"]


@override_settings(CACHES={**settings.CACHES, "more": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}})
def test_a_cache_whose_keys_lack_the_tenant_is_refused() -> None:
    assert [fault.id for fault in tenant_settings()] == ["tenants.E002"]


def test_people_sessions_and_rights_have_the_same_scope() -> None:
    scope = {"django.contrib.auth", "django.contrib.sessions", "django.contrib.contenttypes", "accounts"}
    assert scope <= set(settings.SHARED_APPS)
    assert scope <= set(settings.TENANT_APPS)


def test_a_content_type_remembered_by_a_thread_in_one_schema_is_not_taken_for_anothers(
    committed: None, at_once: Callable[..., list[Any]], owner: psycopg.Connection[Any]
) -> None:
    # A table that came later has another id in each schema.
    for schema, ident in (("acacia", 9001), ("harbour", 9002)):
        types = sql.Identifier(schema, "django_content_type")
        owner.execute(sql.SQL("INSERT INTO {} VALUES (%s, 'tests', 'thing')").format(types), [ident])
    entered, remembered, read = threading.Event(), threading.Event(), threading.Event()

    def known() -> int:
        return int(ContentType.objects.get_by_natural_key("tests", "thing").pk)

    def in_harbour() -> int:
        with tenant_context("harbour"):
            assert entered.wait(10)
            found = known()
            remembered.set()
            assert read.wait(10)
        return found

    def in_acacia() -> int:
        with tenant_context("acacia"):
            entered.set()
            assert remembered.wait(10)
            found = known()
            read.set()
        return found

    try:
        assert at_once(in_harbour, in_acacia) == [9002, 9001]
    finally:
        for schema in ("acacia", "harbour"):
            types = sql.Identifier(schema, "django_content_type")
            owner.execute(sql.SQL("DELETE FROM {} WHERE model = 'thing'").format(types))


def test_the_tenants_admin_shows_no_table_of_the_public_schema_and_the_operators_none_of_a_tenants() -> None:
    of_tenants = {model._meta.app_config.name for model in tenant_site._registry}
    of_operators = {model._meta.app_config.name for model in operator_site._registry}
    assert of_tenants
    assert of_operators
    assert of_tenants <= set(settings.TENANT_APPS)
    assert of_operators <= set(settings.SHARED_APPS)
