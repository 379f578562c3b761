"""A stand-in for the vendor, and the material of one enquiry: Georgia's mail and the listing it is about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.core.cache import cache

from ai.purposes import (
    ActionChoice,
    DraftInput,
    Facts,
    IntentChoice,
    RecommendInput,
    Slot,
    Understanding,
    UnderstandInput,
)
from ai.sources import Mail, Source, SourceField
from tests.vendor import Vendor

NOW = datetime(2026, 11, 16, 21, 0, tzinfo=UTC)  # Tuesday 17 November, 8 am in Sydney
INTENTS = tuple(
    IntentChoice(name=name)
    for name in (
        "inspection", "search", "question", "offer", "application", "maintenance", "complaint", "appraisal",
        "cancellation", "other",
    )
)  # fmt: skip
TEXT = """\
Hi there,

We saw 14 Wattle Street in Marrickville online and would love to have a look. Are you open this Saturday? Any time \
before noon suits us both.

Our unit in Petersham has sold and finance is approved up to $1.55m, so we could move fairly quickly.

Two questions: is the studio out the back council approved, and what are the rates per quarter?

Best to call me on 0491 570 156 after 4 pm.

Thanks,
Georgia"""
FIELDS = (
    ("address", "Address", "14 Wattle Street"),
    ("suburb", "Suburb", "Marrickville"),
    ("status", "Status", "Available"),
    ("price_guide", "Price guide", "$1,480,000 to $1,560,000"),
    ("open_times.2026-11-20T23:30:00.000000Z", "Open home", "Sat 21 Nov, 10:30 to 11:00 am"),
    ("open_times.2026-11-25T06:30:00.000000Z", "Open home", "Wed 25 Nov, 5:30 to 6:00 pm"),
    ("facts.bedrooms", "Bedrooms", "3"),
    ("facts.parking", "Parking", "One car off the street, from the rear lane"),
    ("facts.council_rates", "Council rates", "$512.40 per quarter"),
    ("facts.studio", "Studio", "Detached studio, power and water"),
    ("facts.pets", "Pets", "Pets are not allowed by the strata"),
    ("facts.at_the_open_home", "At the open home", "Please bring photo ID to every open home."),
)
ACTIONS = (
    ActionChoice(name="crm.upsert_enquiry", label="Keep the enquiry", role="record", step="record"),
    ActionChoice(name="crm.create_task", label="Follow up", role="follow_up", step="follow_up"),
    ActionChoice(name="crm.book_appointment", label="Book", role="booking", step="book"),
    ActionChoice(name="mail.send_reply", label="Reply", role="reply", step="reply"),
)


def mail(text: str = TEXT, *, subject: str = "Inspection at 14 Wattle Street", from_name: str = "") -> Mail:
    """A mail of a customer; Georgia's where nothing else is said."""
    return Mail(
        id="m1", from_email="georgia@example.com", from_name=from_name, subject=subject, text=text, received_at=NOW
    )


def listing(*, id: str = "l1", title: str = "14 Wattle Street, Marrickville", **other: str) -> Source:
    """The listing at 14 Wattle Street; `other` replaces the text of fields."""
    fields = tuple(SourceField(name=name, label=label, text=other.get(name, text)) for name, label, text in FIELDS)
    return Source(kind="listing", id=id, version="31", title=title, fields=fields)


def understand_input(message: Mail | None = None) -> UnderstandInput:
    return UnderstandInput(
        message=message or mail(from_name="Georgia Papadopoulos"), intents=INTENTS, agency="Acacia Realty",
        timezone="Australia/Sydney", now=NOW,
    )  # fmt: skip


def recommend_input(message: Mail | None = None, understanding: Understanding | None = None) -> RecommendInput:
    return RecommendInput(
        message=message or mail(), understanding=understanding or understood(), sources=(listing(),), actions=ACTIONS,
        slots=(
            Slot(
                starts_at=datetime(2026, 11, 20, 23, 30, tzinfo=UTC), ends_at=datetime(2026, 11, 21, 0, 0, tzinfo=UTC),
                source_id="l1", field="open_times.2026-11-20T23:30:00.000000Z",
            ),
        ),
        agency="Acacia Realty", timezone="Australia/Sydney", now=NOW,
    )  # fmt: skip


def draft_input(message: Mail | None = None) -> DraftInput:
    return DraftInput(
        message=message or mail(), understanding=understood(), sources=(listing(),), actions=ACTIONS,
        customer_name="Georgia Papadopoulos", agency="Acacia Realty", timezone="Australia/Sydney", now=NOW,
    )  # fmt: skip


def understood(language: str = "en", intent: str = "inspection") -> Understanding:
    facts = Facts(
        name="Georgia",
        phone="0491 570 156",
        questions=["is the studio out the back council approved", "what are the rates per quarter?"],
    )
    return Understanding(intent=intent, summary="Wants to see 14 Wattle Street.", language=language, facts=facts)


@pytest.fixture(scope="session")
def running_vendor() -> Iterator[Vendor]:
    with Vendor() as vendor:
        yield vendor


@pytest.fixture
def vendor(running_vendor: Vendor) -> Vendor:
    """The stand-in, honest until a test says otherwise; no breaker knows of former faults."""
    cache.clear()
    running_vendor.play("answer")
    return running_vendor
