"""How tenants are at a glance: each tells by itself, and operators look into no tables of theirs."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import ProgrammingError, transaction
from django.test import Client
from django.utils import timezone

from audit.services import Actor
from conftest import Cast
from dispatch.services import work_add
from tenants.backend.base import PublicAs
from tenants.database_roles import operator_role
from tenants.models import TenantPulse
from tenants.selectors import public_context, tenant_by_slug, tenant_context
from tenants.services import pulse_soon, pulse_tell
from tests.story import mail, receive
from workflows.selectors import run_get
from workflows.services import event_receive

BASE = settings.COUNTERSIGN.base_domain
TENANTS = "/admin/tenants/tenant/"


def as_operator() -> Any:
    return public_context(PublicAs(operator_role()))


def test_the_list_shows_each_tenants_health_as_it_told_itself(
    committed: None, cast: Cast, work: Callable[[], None], owner: Any
) -> None:
    with tenant_context("acacia"):
        run = event_receive(type="email.received", data={"auto_generated": False}, actor=Actor.system("tests")).runs[0]
        receive(mail())
    work()
    owner.execute("UPDATE public.dispatch_work SET due_at = now() WHERE handler = 'portal.pulse'")
    work()
    with tenant_context("harbour"):
        work_add(handler="nobody.knows", subject="this")
    owner.execute("UPDATE public.dispatch_work SET parked_at = now() WHERE handler = 'nobody.knows'")
    olga = Client(headers={"host": BASE})
    with as_operator():
        olga.force_login(get_user_model().objects.get(pk=cast.olga.id))
    acacia, harbour = olga.get(TENANTS).context["cl"].result_list
    with tenant_context("acacia"):
        failed = run_get(run)
    assert failed is not None
    assert failed.status == "failed", "nothing to read: it carries no message"
    assert (acacia.pulse.runs_failed, acacia.depth.parked) == (1, 0)
    assert acacia.pulse.last_mail_at is not None
    assert acacia.pulse.people >= 3
    assert (harbour.depth.due, harbour.depth.parked) == (0, 1)
    assert getattr(harbour, "pulse", None) is None


def test_a_tenant_tells_once_a_minute_however_much_happens(committed: None, owner: Any) -> None:
    with tenant_context("acacia"):
        for _ in range(5):
            pulse_soon()
    rows = owner.execute("SELECT due_at > now() + interval '50 seconds' FROM public.dispatch_work").fetchall()
    assert rows == [(True,)]


def test_a_failure_is_forgotten_after_a_day_though_nothing_happens(
    committed: None, work: Callable[[], None], owner: Any
) -> None:
    with tenant_context("acacia"):
        event_receive(type="email.received", data={"auto_generated": False}, actor=Actor.system("tests"))
    work()
    owner.execute("UPDATE public.dispatch_work SET due_at = now() WHERE handler = 'portal.pulse'")
    work()
    told = "SELECT runs_failed FROM public.tenants_tenantpulse"
    assert owner.execute(told).fetchall() == [(1,)]
    again = owner.execute("SELECT due_at FROM public.dispatch_work WHERE handler = 'portal.pulse'").fetchone()
    assert again is not None, "it comes back by itself when the failure is a day old"
    owner.execute("UPDATE acacia.workflows_run SET finished_at = now() - interval '25 hours'")
    owner.execute("UPDATE public.dispatch_work SET due_at = now() WHERE handler = 'portal.pulse'")
    work()
    assert owner.execute(told).fetchall() == [(0,)]


def test_a_tenant_sees_and_writes_its_own_pulse_only(committed: None) -> None:
    figures: dict[str, Any] = {
        "last_mail_at": None,
        "runs_failed": 0,
        "cost_usd": Decimal(0),
        "month": date(2026, 6, 1),
        "people": 1,
    }
    acacia = tenant_by_slug("acacia")
    with tenant_context("acacia"):
        pulse_tell(**figures)
    with tenant_context("harbour"):
        assert not TenantPulse.objects.exists()
        with pytest.raises(ProgrammingError), transaction.atomic():
            TenantPulse.objects.create(tenant_id=acacia.id, told_at=timezone.now(), **figures)
