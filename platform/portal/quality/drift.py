"""What people are emailed about drift: figures and a link, no customer's word."""

from dataclasses import dataclass
from uuid import UUID

from accounts.models import User
from accounts.selectors import people_who
from ai.quality.selectors import LookView, look_get
from notify.addresses import page_url
from notify.notices import News
from portal.quality.drifts import drifts_of

# Who can put a former version back is told.
ACTS = "workflows.change_workflow"


@dataclass(frozen=True)
class DriftReport:
    """A look that found drift."""

    look: LookView
    news: News = News.DRIFTED

    @property
    def subject(self) -> UUID:
        return self.look.id

    @property
    def holds(self) -> bool:
        return True

    @property
    def sentence(self) -> str:
        return f"Version {self.look.version} of {self.look.workflow} does not work as it did"

    @property
    def told(self) -> str:
        moved = "; ".join(f"{drift.title}: {drift.was} to {drift.now}" for drift in drifts_of(self.look))
        return f"Version {self.look.version} of {self.look.workflow}, its first proposals beside its newest. {moved}."

    @property
    def url(self) -> str:
        return f"{page_url('portal:quality')}?workflow={self.look.workflow}"

    def readers(self) -> list[UUID]:
        return [person.id for person in people_who(ACTS)]

    def concerns(self, user: User) -> bool:
        return user.is_active and user.has_perm(ACTS)


def drift_reported(look: UUID) -> DriftReport | None:
    """What a look has found; None where there is no such look."""
    found = look_get(look)
    return DriftReport(found) if found else None
