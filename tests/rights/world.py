"""Rows of acacia to visit, with words in them that nobody of harbour may ever read."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import psycopg
from django.contrib.auth import get_user_model
from django.db import connections, transaction
from django.utils import timezone

from accounts.invitations import invitation_create
from accounts.services import person_add
from ai.catalog.services import switch_set
from ai.evaluation.selectors import cases, evaluations
from ai.evaluation.services import evaluation_advance, evaluation_start, golden_add
from ai.providers.local import LOCAL_HOP
from ai.quality.services import Judged, judgement_keep
from ai.selectors import calls
from ai.topics.services import topic_add
from audit.keys import signing_key
from audit.selectors import entries
from audit.services import Actor
from audit.tests.sealed import sealed
from conftest import PASSWORD, Cast, _clean
from crm import services as crm
from dispatch.connection import tenant_connection
from dispatch.services import heartbeat
from dispatch.worker import run_next
from gateway.scopes import SCOPES
from gateway.services import hook_create, token_create, token_find
from knowledge.services import document_add, document_change
from mail.selectors import message_list
from mail.services import reply_prepare
from notify.services import endpoint_add, webhook_test
from tenants.admin import operator_site, tenant_site
from tenants.backend.base import PublicAs
from tenants.database_roles import operator_role
from tenants.selectors import public_context, tenant_by_slug, tenant_context
from tenants.services import tenant_request
from tenants.support import support_open
from tests.rights.routes import ARGUMENT, Route
from tests.rights.table import EVERYONE
from tests.story import mail, receive, samples, waiting
from workflows.engine.undo_documents import undo_document
from workflows.models import Effect, Erasure, ErasureStatus, Step, UndoPlan
from workflows.selectors import events
from workflows.services import automation_set

TESTS = Actor.system("tests")
# Each begins alike, so that one search finds them all; one for each kind of thing that can be read.
CANARY = "quokka"
KINDS = ("sender", "subject", "body", "contact", "listing", "enquiry", "task", "knowledge", "person", "token")
WRONG_DIGEST = "0" * 64


def canary(kind: str) -> str:
    """The word that stands in things of this kind."""
    return f"{CANARY}-{kind}"


@dataclass
class World:
    """`rows` gives what stands in a path for the part before it: `/runs/<uuid:run_id>/` takes rows["runs"].

    What belongs to one section or one argument alone is named by it. `sent` is a harmless body for what would otherwise be refused for its form, `asked` a query; `objects` are the
    keys of rows of the admins' models.
    """

    people: dict[str, Any]
    tokens: dict[str, str]
    scoped: dict[str, str]
    scoped_but: dict[str, str]
    charlie: Any
    charlies_token: str
    olga: Any
    rows: dict[str, object]
    objects: dict[tuple[str, str], object]
    sent: dict[str, dict[str, object]] = field(default_factory=dict)
    asked: dict[str, dict[str, str]] = field(default_factory=dict)

    def url(self, route: Route) -> str:
        """The address of a route with acacia's rows in it; LookupError says what this world lacks."""
        try:
            return self._filled(route)
        except KeyError as error:
            raise LookupError(f"{route.path}: tests/rights/world.py makes no row for {error}") from None

    def _filled(self, route: Route) -> str:
        parts: list[str] = []
        for part in route.path.split("/"):
            if not ARGUMENT.search(part):
                parts.append(part)
            elif route.model:
                parts.append(str(self.objects[route.section, route.model]))
            else:
                names = [name for name in route.path.partition(part)[0].split("/") if name and "<" not in name]
                own = self.rows.get(f"{names[-1]}/{part}") or self.rows.get(f"{route.section} {names[-1]}")
                parts.append(str(own or self.rows[names[-1]]))
        return "/".join(parts)


@contextmanager
def made_world(cast: Cast, owner_url: str, django_db_blocker: Any) -> Iterator[World]:
    """A customer has written to acacia and the run waits; what is made beside it is never committed."""
    logging.disable(logging.CRITICAL)  # thousands of requests, of which most are meant to be refused
    with django_db_blocker.unblock():
        tenant_connection().set_schema_to_public()
        with tenant_context("acacia"):
            _story()
        heartbeat(process="tests", kind="worker")
        with transaction.atomic():
            yield make(cast)
            transaction.set_rollback(True)
        connections.close_all()
        tenant_connection().set_schema_to_public()
        with psycopg.connect(owner_url, autocommit=True) as owner:
            _clean(owner)
    logging.disable(logging.NOTSET)


def _story() -> None:
    samples()
    body = f"Are you open this Saturday? We are the {canary('body')} family, and what are the rates per quarter?"
    message = mail(
        body,
        subject=f"Inspection at 14 Wattle Street, {canary('subject')}",
        sender=f"Georgia {canary('sender')} <georgia@{CANARY}.example>",
    )
    message.add_alternative(f"<p>{body}</p>", subtype="html")
    message.add_attachment(canary("body").encode(), maintype="text", subtype="plain", filename="plan.txt")
    receive(message)
    with public_context():
        while run_next("runs") or run_next("ai"):
            pass
    _measured()
    sealed()


def as_operator() -> Any:
    """Work as the operators' admin does."""
    return public_context(PublicAs(operator_role()))


def make(cast: Cast) -> World:
    """The world after the story; in the caller's transaction, to be rolled back."""
    user = get_user_model()
    people, tokens = {}, {}
    with tenant_context("acacia"):
        for role in EVERYONE:
            name = f"{role} {canary('person')}"
            key = person_add(email=f"{role}@rights.example", name=name, role=role, password=PASSWORD, actor=TESTS)
            people[role] = user.objects.get(pk=key)
            tokens[role] = token_create(person=key, name=canary("token"), scopes=SCOPES, actor=TESTS)
        owner = people["owner"].pk
        scoped = {
            scope: token_create(person=owner, name=canary("token"), scopes=[scope], actor=TESTS) for scope in SCOPES
        }
        scoped_but = {
            scope: token_create(
                person=owner, name=canary("token"), scopes=[each for each in SCOPES if each != scope], actor=TESTS
            )
            for scope in SCOPES
        }
        rows = _rows(owner, people["viewer"].pk)
        objects = {("admin", label): key for label, key in _objects(tenant_site).items()}
    with tenant_context("harbour"):
        charlie = user.objects.get(pk=cast.charlie.id)
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
        olga = user.objects.get(pk=cast.olga.id)
        acacia = tenant_by_slug("acacia").id
        operator = Actor("operator", str(olga.pk), "Olga", person=olga.pk)
        support = support_open(tenant=acacia, reason="A drill.", minutes=15, actor=operator)
        for mode in ("people_only", "policy"):
            switch_set(mode=mode, reason="A drill.", actor=operator)
        rows |= {"support": support.id, "support/<str:token>": support.token, "tenant": acacia}
        objects |= {("operators' admin", label): key for label, key in _objects(operator_site).items()}
    decide: dict[str, object] = {"decision": "approve", "digest": WRONG_DIGEST}
    return World(
        people=people,
        tokens=tokens,
        scoped=scoped,
        scoped_but=scoped_but,
        charlie=charlie,
        charlies_token=cast.charlie.token,
        olga=olga,
        rows=rows,
        objects=objects,
        sent={
            "POST /approvals/<uuid:approval_id>/decide/": decide,
            "POST /approvals/<uuid:approval_id>/edit/": {"digest": WRONG_DIGEST, "edits.reply.text": "Hello"},
            "POST /admin/approvals/approval/<path:object_id>/change/": decide,
            "POST /approvals/<uuid:approval_id>/hands/": {"act": "claim"},
            "POST /api/v1/approvals/<uuid:id>/answer": {"answer": "Yes"},
            "POST /api/v1/approvals/<uuid:id>/ask": {"colleague": str(people["manager"].pk), "note": "Right?"},
            "POST /api/v1/approvals/<uuid:id>/delegate": {"to": str(people["manager"].pk)},
            "POST /inbox/together/": {"decision": "approve", "chosen": f"{rows['approvals']}:{WRONG_DIGEST}"},
            "POST /api/v1/approvals/decide": {
                "decision": "approve",
                "approvals": [{"id": str(rows["approvals"]), "digest": WRONG_DIGEST}],
            },
            "POST /api/v1/approvals/<uuid:id>/decide": decide,
            "POST /api/v1/approvals/<uuid:id>/edit": {"digest": WRONG_DIGEST},
            "POST /api/v1/effects/<uuid:id>/resolve": {"outcome": "done"},
            "PUT /api/v1/ai/budgets": {"budgets": []},
            "POST /effects/<uuid:effect_id>/resolve/": {"outcome": "done"},
            "POST /settings/evaluation/": {"purpose": "understand", "offline": "1"},
            "POST /settings/models/": {"purpose": "draft", "reset": "1"},
            "POST /api/v1/undo-plans/<uuid:id>/start": {"digest": "1" * 64},
        },
        asked={"/admin/autocomplete/": {"app_label": "crm", "model_name": "task", "field_name": "contact"}},
    )


def _rows(owner: Any, colleague: Any) -> dict[str, object]:
    asked = waiting()
    message = message_list(direction="in").items[0]
    event, call = events().first(), calls(run_id=asked.run.id).first()
    assert event is not None
    assert call is not None
    entry = entries(event="run.queued").first()
    assert entry is not None
    contact = crm.contact_create(actor=TESTS, name=canary("contact"), email=f"contact@{CANARY}.example")
    listing = crm.listing_create(actor=TESTS, address=f"1 {canary('listing')} Street", suburb="Newtown")
    enquiry = crm.enquiry_create(actor=TESTS, contact=contact.id, listing=listing.id, summary=canary("enquiry"))
    task = crm.task_create(actor=TESTS, title=canary("task"), assignee=owner, contact=contact.id, due_at=timezone.now())
    begins = timezone.now() + timedelta(days=2)
    appointment = crm.appointment_create(
        actor=TESTS,
        listing=listing.id,
        contact=contact.id,
        starts_at=begins,
        ends_at=begins + timedelta(minutes=30),
    )
    document = document_add(actor=TESTS, title=f"Opening hours {canary('knowledge')}", text="We are open on Saturday.")
    document_change(document=document.id, actor=TESTS, text="We are open on Saturday.\n\nOn Sunday we are closed.")
    topic = topic_add(
        actor=TESTS, name=f"Zones {canary('knowledge')}", phrases=[canary("knowledge")], words="We don't say it."
    )
    hook = hook_create(name=f"{CANARY}_hook", actor=TESTS)
    held = reply_prepare(
        thread_id=str(message.thread),
        in_reply_to=message.id,
        to=[message.answer_to],
        subject="",
        text=canary("body"),
        effect_key="hand",
        release_at=timezone.now() + timedelta(minutes=1),
        actor=TESTS,
        author=owner,
    )
    Erasure.objects.create(contact=contact.id, status=ErasureStatus.DONE, requested_by="system:tests")
    endpoint = endpoint_add(url=f"https://{CANARY}.example/", types=["run.failed"], actor=TESTS).id
    delivery = webhook_test(endpoint_id=endpoint, actor=TESTS)
    a_colleagues = token_find(token_create(person=colleague, name=canary("token"), scopes=["runs:read"], actor=TESTS))
    assert a_colleagues is not None
    by_owner = Actor("person", str(owner), "The owner", person=owner)
    for mode in ("people_only", "policy"):
        automation_set(mode=mode, reason="A drill.", actor=TESTS)
    judgement_keep(
        Judged(
            approval=asked.approval.id, workflow="property-enquiry", version=1, intent="inspection", provider="local",
            model="local", prompt_version="draft@1", fell_back=False, decision="approve", edited=False,
            drafted=canary("body"), final=canary("body"), waited=timedelta(minutes=1), at=timezone.now(),
        )
    )  # fmt: skip
    invited = invitation_create(email=f"invited@{CANARY}.example", role="agent", actor=by_owner)
    return {
        "appointments": appointment.id,
        "approvers": "property-enquiry",
        "approvals": asked.approval.id,
        "attachments": message.attachments[0].id,
        "calls": call.pk,
        "contacts": contact.id,
        "conversations": message.thread,
        "customers": contact.id,
        "calendar": appointment.id,
        "enquiries": enquiry.id,
        "evaluation": evaluations()[0].id,
        "examples": "understand",
        "examples/<uuid:case_id>": cases(purpose="understand")[0].pk,
        "effects": _effect(asked.run.id).pk,
        "entries": entry.pk,
        "audit": entry.pk,
        "keys": signing_key().public.id,
        "undo-plans": _undo_plan(asked.run.id).pk,
        "events": event.pk,
        "knowledge": document.id,
        "listings": listing.id,
        "messages": message.id,
        "replies": held,
        "runs": asked.run.id,
        "tasks": task.id,
        "versions": 1,
        "workflows": "property-enquiry",
        "admin": "crm",
        "public host admin": "tenants",
        "hooks": hook.id,
        "webhooks": endpoint,
        "deliveries": delivery,
        "webhooks/<uuid:delivery_id>": delivery,
        "tokens": a_colleagues.pk,
        "topics": topic.id,
        "people": colleague,
        "invitations": invited.id,
        "join": invited.token,
        "hooks/<str:token>": hook.token,
        "admin/<url>": "nowhere",
        "password-new": "0-set-password",
    }


def _effect(run: Any) -> Effect:
    """What a run has done, as if its proposal had been carried out."""
    step = Step.objects.filter(run=run).first()
    assert step is not None
    return Effect.objects.create(
        run_id=run, step=step, key="rights", action="crm.create_task", status="done", risk="low", reversible=True,
        plan={"action": "crm.create_task", "input": {}, "summary": canary("task")},
    )  # fmt: skip


def _measured() -> None:
    """An example with a customer's words, and what the offline provider made of it; no model is asked in a transaction,
    so this is committed."""
    words = {"subject": canary("subject"), "text": canary("body")}
    inputs = {
        "message": {"id": "m1", "received_at": "2026-11-16T21:00:00Z", **words},
        "intents": [{"name": "inspection"}, {"name": "other"}],
        "agency": "Acacia Realty",
        "now": "2026-11-16T21:00:00Z",
    }
    golden_add(purpose="understand", inputs=inputs, expected={"intent": "inspection"}, actor=TESTS)
    evaluation_advance(evaluation_start(purpose="understand", hops=[LOCAL_HOP], actor=TESTS, in_background=False))


def _undo_plan(run: Any) -> UndoPlan:
    """What undoing a run would do, planned as if it had ended."""
    document = undo_document(runs=[run])
    return UndoPlan.objects.create(
        runs=[run], document=document, digest=WRONG_DIGEST, total=1, created_by="system:tests"
    )


def _objects(site: Any) -> dict[str, object]:
    found = {}
    for model in site._registry:
        row = model._default_manager.order_by("-pk").first()
        if row is not None:
            found[model._meta.label_lower] = row.pk
    return found
