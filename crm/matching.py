"""Which listing does a customer mean?"""

from dataclasses import dataclass
from uuid import UUID

from crm.addresses import Fit, Mention, Said, read
from crm.models import LIVE, Listing

MAX_MATCHES = 10
_WHY = {
    Fit.EXACT: "by its address",
    Fit.SPELLED: "by its address, spelled differently",
    Fit.BUILDING: "by the building's address, no unit was said",
    Fit.PLACE: "by street and suburb, no number was said",
    Fit.DOUBTFUL: "number and street agree, something else does not",
    Fit.STREET: "only the street was named",
    Fit.SUBURB: "only the suburb was named",
}


@dataclass(frozen=True)
class ListingMatch:
    """`fit` is the name of a `crm.addresses.Fit` in small letters, `why` its sentence."""

    listing: UUID
    title: str
    status: str
    fit: str
    why: str


@dataclass(frozen=True)
class ListingMatches:
    """What may be meant, best first, at most ten; `sure` when the first is, and no other can be."""

    found: tuple[ListingMatch, ...]
    sure: bool

    @property
    def listing(self) -> UUID | None:
        """The listing that is meant, where that is sure."""
        return self.found[0].listing if self.sure else None


def listing_match(*, address: str = "", suburb: str = "", text: str = "") -> ListingMatches:
    """The listings that someone may mean by an `address`, a `suburb` or all they wrote (`text`).

    The text counts where the address alone leads to no sure one. House numbers must agree; sold and withdrawn
    listings are found too, after those on offer.
    """
    rows = list(Listing.objects.only("id", "address", "suburb", "status"))
    parts = {row.pk: read(row.address, row.suburb) for row in rows}
    suburbs = frozenset(part.suburb for part in parts.values() if part.suburb)
    candidates: list[tuple[Listing, Mention]] = []
    for said in _said(address, suburb, text, suburbs):
        mentions = ((row, said.find(parts[row.pk])) for row in rows)
        read_now = sorted(((row, mention) for row, mention in mentions if mention), key=_rank)
        if _best(read_now) > _best(candidates) or _sure(read_now):
            candidates = read_now
        if _sure(candidates):
            break
    found = tuple(
        ListingMatch(row.pk, str(row), row.status, mention.fit.name.lower(), _WHY[mention.fit])
        for row, mention in candidates[:MAX_MATCHES]
    )
    return ListingMatches(found, _sure(candidates))


def _said(address: str, suburb: str, text: str, suburbs: frozenset[str]) -> list[Said]:
    said = [Said(line, suburbs=suburbs, suburb=suburb) for line in (address, text) if line.strip()]
    return said or [Said("", suburbs=suburbs, suburb=suburb)]


def _rank(candidate: tuple[Listing, Mention]) -> tuple[int, bool, str, str]:
    row, mention = candidate
    return (-mention.fit, row.status not in LIVE, str(row).casefold(), str(row.pk))


def _best(candidates: list[tuple[Listing, Mention]]) -> int:
    return candidates[0][1].fit if candidates else 0


def _sure(candidates: list[tuple[Listing, Mention]]) -> bool:
    """Whether one listing alone is meant: a lesser reading of the same words is no rival."""
    if not candidates or candidates[0][1].fit < Fit.PLACE:
        return False
    (first, best), *others = candidates
    for row, mention in others:
        if mention.fit < Fit.PLACE or (mention.fit < best.fit and mention.overlaps(best)):
            continue
        is_former = row.status not in LIVE and first.status in LIVE and mention.overlaps(best)
        if not is_former:
            return False
    return True
