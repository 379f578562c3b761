"""Due work that joins apps: making a tenant, telling operators how one is, and colleagues what waits for them."""

from datetime import timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.selectors import people_count, user_get
from ai.selectors import cost_since
from audit.services import Actor
from dispatch.leases import Lease
from dispatch.registry import Again, handler
from mail.selectors import last_received_at
from notify.looking import looks
from notify.notices import TELL, news_add, news_drop, news_of, news_told
from notify.outgoing import is_set
from notify.receivers import FIND_READERS
from notify.services import email_send
from portal.notices import letter, reported, still_news
from portal.onboarding import tenant_onboard
from tenants.errors import TenantRefused
from tenants.selectors import current
from tenants.services import pulse_tell, request_fulfil, request_open, request_refuse
from workflows.selectors import failures_since

FAILURES_COUNT = timedelta(hours=24)
# Who is looking is not emailed; whether they still are is looked at again after that.
LOOK_AGAIN = timedelta(minutes=5)
NOTICES = Actor.system("notices")


def provision_failed(subject: str, error: str) -> None:
    """Tell the operator that their tenant could not be made."""
    request_refuse(UUID(subject), error=error)


@handler("portal.provision", on_parked=provision_failed)
def provision(subject: str, lease: Lease) -> None:
    """Make the tenant of a request; runs in the provisioner, which has the owner's login."""
    request = request_open(UUID(subject))
    if request is None:
        return
    try:
        with transaction.atomic():
            lease.hold()
            tenant_onboard(
                slug=request.slug,
                name=request.name,
                timezone=request.timezone,
                owner_email=request.owner_email,
                owner_password_hash=request.owner_password_hash,
                pack=request.pack,
            )
            request_fulfil(request.id)
    except (TenantRefused, LookupError, ValidationError) as error:
        request_refuse(request.id, error=" ".join(getattr(error, "messages", [str(error)])))


@handler("portal.pulse")
def pulse(subject: str, lease: Lease) -> Again | None:
    """Tell how the tenant is; again when the first failure of the last day is older than that."""
    now = timezone.now()
    failed, first = failures_since(now - FAILURES_COUNT)
    month = now.astimezone(current().timezone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    pulse_tell(
        last_mail_at=last_received_at(),
        runs_failed=failed,
        cost_usd=cost_since(month),
        month=month.date(),
        people=people_count(),
    )
    return Again(first + FAILURES_COUNT) if first else None


@handler(FIND_READERS)
def notices(subject: str, lease: Lease) -> None:
    """Find whom news, "<news>:<proposal or question>", concerns, and have each told in their time."""
    news, _, about = subject.partition(":")
    report = reported(news, UUID(about))
    if report is None:
        return
    people = report.readers()
    with transaction.atomic():
        lease.hold()
        news_add(subject=report.subject, news=news, people=people)


@handler(TELL)
def tell(subject: str, lease: Lease) -> Again | None:
    """Email a person what is news for them and due, once, all in one; later while they are looking at the portal."""
    person, now = UUID(subject), timezone.now()
    items = news_of(person)
    later = min((item.due_at for item in items), default=None)
    if later is None or later > now:
        return Again(later) if later else None
    if looks(person):
        return Again(now + LOOK_AGAIN)
    due = [item for item in items if item.due_at <= now]
    news = list(still_news(person, due))
    told = [item for item, _ in news]
    user = user_get(person)
    with transaction.atomic():
        lease.hold()
        news_drop(person=person, items=[item for item in due if item not in told])
        if news and user is not None and is_set():
            written = letter(user.name, [report for _, report in news])
            email_send(purpose="notice", to=user.email, subject=written.subject, text=written.text, actor=NOTICES)
        news_told(person=person, items=told)
    rest = [item.due_at for item in items if item.due_at > now]
    return Again(min(rest)) if rest else None
