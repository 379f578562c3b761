"""Whatever is written through an admin page is told of by the ledger; an admin that writes in silence fails here."""

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.test import Client, override_settings
from django.urls import path

from accounts.selectors import person_by_email
from accounts.services import person_change, person_password_set
from ai.catalog.services import switch_set
from ai.topics.services import topic_add
from approvals.errors import Stale
from approvals.selectors import approval_get
from approvals.services import approval_decide
from audit.services import Actor
from conftest import PASSWORD, Cast
from crm.models import Contact
from crm.selectors import listing_list
from crm.services import contact_create, listing_update
from dispatch.services import MAX_ATTEMPTS, heartbeat, work_add
from gateway.services import hook_create
from knowledge.services import document_add
from notify.services import endpoint_add, webhook_test
from portal.views.theme import theme_post
from tenants.admin import TenantSite, operator_site, tenant_site
from tenants.backend.base import PublicAs
from tenants.database_roles import operator_role
from tenants.selectors import public_context, tenant_by_slug, tenant_context
from tenants.services import tenant_request
from tenants.support import support_open
from tests.admin_forms import NEW_PASSWORD
from tests.admin_walk import Place, Walk
from tests.story import due_now, mail, person, receive, samples, waiting
from workflows.services import automation_set, erasure_request

Work = Callable[[], None]
TESTS = Actor.system("tests")
BASE = settings.COUNTERSIGN.base_domain
ACACIA = f"acacia.{BASE}"


def acacia(site: admin.AdminSite, urls: Any = settings.ROOT_URLCONF) -> Place:
    return Place(site, ACACIA, urls, lambda: tenant_context("acacia"), ("acacia", "public"))


def as_operator() -> Any:
    return public_context(PublicAs(operator_role()))


def signed_in(email: str, enter: Callable[[], Any]) -> Client:
    client = Client()
    with enter():
        client.force_login(get_user_model().objects.get(email=email))
    return client


@pytest.fixture
def owner_of_acacia(in_committed_acacia: None) -> Iterator[Client]:
    """The owner of acacia at her admin, with every right there is: a page is judged before a role is given it."""
    known = person_by_email("owner@acacia.example")
    assert known is not None
    person_password_set(person=known.id, name="Olive", password=PASSWORD, actor=TESTS)
    person_change(person=known.id, fields={"is_superuser": True}, actor=TESTS)
    yield signed_in(known.email, lambda: tenant_context("acacia"))
    with tenant_context("acacia"):
        person_change(person=known.id, fields={"is_superuser": False}, actor=TESTS)


@pytest.fixture
def lived_in(in_committed_acacia: None, cast: Cast, work: Work, owner: Any) -> None:
    """A workspace in which everything has happened once: carried out, gone stale, and waiting."""
    samples()

    def ask(name: str) -> Any:
        receive(mail(sender=f"{name} <{name.lower()}@example.com>"))
        work()
        return waiting().approval

    def approve(asked: Any) -> None:
        approval_decide(approval_id=asked.id, decision="approve", digest=asked.digest, actor=person(cast.bob))

    approve(ask("Georgia"))
    work()
    due_now(owner)
    work()
    asked = ask("Tom")
    listing = next(item for item in listing_list().items if item.address == "14 Wattle Street")
    listing_update(listing=listing.id, open_times=[], actor=TESTS)
    with pytest.raises(Stale):
        approve(asked)
    assert approval_get(asked.id).status == "stale"
    ask("Ines")
    for mode in ("people_only", "policy"):
        automation_set(mode=mode, reason="A drill.", actor=TESTS)
    erasure_request(contact=contact_create(actor=TESTS, name="Gone", email="gone@example.com").id, actor=TESTS)
    document_add(title="Opening hours", text="We are open on Saturday.", actor=TESTS)
    topic_add(name="School zones", phrases=["school zone"], words="They change.", actor=TESTS)
    hook_create(name="website", actor=TESTS)
    told = endpoint_add(url="https://hooks.example.com/acacia", types=["run.failed"], actor=TESTS)
    webhook_test(endpoint_id=told.id, actor=TESTS)


def test_everything_written_in_a_tenants_admin_leaves_an_entry(owner_of_acacia: Client, lived_in: None) -> None:
    theirs = contact_create(actor=TESTS, name="Walked", email="walked@example.com")
    extra = {
        "crm.enquiry": {"currency": "EUR"},
        "workflows.erasure": {"contact": str(theirs.id), "typed": theirs.email},
    }
    walk = Walk(acacia(tenant_site), owner_of_acacia, extra)
    walk.all()
    own = {"old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    walk.submit("an own new password", "password_change", own)
    assert not walk.faults, "\n".join(walk.faults)
    assert walk.wrote >= {
        "accounts.User add",
        "accounts.User change: role",
        "approvals.Approval action renew",
        "approvals.Approval change: decide approve",
        "approvals.Approval change: decide reject",
        "approvals.Approval change: decide renew",
        "approvals.Approval change: edit , with another edits.reply.text",
        "ai.ForbiddenTopic add",
        "ai.ForbiddenTopic change: phrases",
        "an own new password",
        "gateway.ApiToken add",
        "gateway.ApiToken action revoke",
        "gateway.Hook action revoke",
        "knowledge.Document add",
        "knowledge.Document change: text",
        "knowledge.Document action retire",
        "notify.Endpoint action switch_off",
        "workflows.Erasure add",
        "workflows.Workflow action switch_off",
    }


@pytest.fixture
def busy_platform(committed: None, cast: Cast, work: Work, owner: Any) -> Iterator[None]:
    """A platform with a tenant that was asked for, work that was given up, and a process that lives."""
    with tenant_context("acacia"):
        work_add(handler="nobody.knows", subject="this")
    for _ in range(MAX_ATTEMPTS):
        work()
        due_now(owner)
    with as_operator():
        tenant_request(
            slug="wattle",
            name="Wattle",
            timezone="Australia/Sydney",
            owner_email="owner@wattle.example",
            owner_password_hash="!",
            pack="none",
            actor=TESTS,
        )
        olga = Actor("operator", str(cast.olga.id), "Olga", person=cast.olga.id)
        support_open(tenant=tenant_by_slug("acacia").id, reason="A drill.", minutes=15, actor=olga)
        switch_set(mode="people_only", reason="A drill.", actor=olga)
    heartbeat(process="tests", kind="worker")
    yield
    owner.execute("DELETE FROM public.tenants_tenantrequest WHERE slug = 'wattle'")


def test_everything_written_in_the_operators_admin_leaves_an_entry(busy_platform: None) -> None:
    olga = signed_in("olga@example.com", as_operator)
    extra = {"catalog.switch": {"mode": "people_only", "reason": "A drill."}}
    walk = Walk(Place(operator_site, BASE, settings.PUBLIC_SCHEMA_URLCONF, as_operator, ("public",)), olga, extra)
    walk.all()
    own = {"old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    walk.submit("an own new password", "password_change", own)
    assert not walk.faults, "\n".join(walk.faults)
    assert walk.wrote >= {
        "catalog.Switch add",
        "tenants.SupportAccess action end_now",
        "tenants.Tenant action suspend",
        "tenants.TenantRequest add",
        "dispatch.Work action work_go_on",
        "an own new password",
    }


@admin.action(description="Forget the telephone")
def forget_phone(modeladmin: Any, request: Any, queryset: Any) -> None:
    queryset.update(phone="")


class SilentAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """What Django does by itself: it saves, and tells nobody."""

    actions = (forget_phone,)


def test_an_admin_that_writes_in_silence_is_found_and_named(owner_of_acacia: Client) -> None:
    contact_create(actor=TESTS, name="Georgia", phone="0491 570 156")
    site = TenantSite(name="admin")
    site.register(Contact, SilentAdmin)
    urls = ModuleType("urls_of_a_silent_admin")
    urls.urlpatterns = [path("admin/", site.urls), path("theme/", theme_post, name="theme")]  # type: ignore[attr-defined]
    with override_settings(ROOT_URLCONF=urls):
        walk = Walk(acacia(site, urls), owner_of_acacia)
        walk.all()
    silent = {fault.partition(" and no entry")[0] for fault in walk.faults}
    assert silent >= {
        "crm.Contact add: wrote acacia.crm_contact",
        "crm.Contact change: name: wrote acacia.crm_contact",
        "crm.Contact delete: wrote acacia.crm_contact",
        "crm.Contact action forget_phone: wrote acacia.crm_contact",
        "crm.Contact action delete_selected: wrote acacia.crm_contact",
    }


def test_each_site_shows_only_models_whose_tables_its_schema_has() -> None:
    for site, apps in ((tenant_site, settings.TENANT_APPS), (operator_site, settings.SHARED_APPS)):
        foreign = [model._meta.label for model in site._registry if model._meta.app_config.name not in apps]
        assert foreign == []
