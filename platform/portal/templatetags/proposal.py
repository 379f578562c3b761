"""The proposal's snapshot as its fragments draw it."""

from typing import Any

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from approvals.forms import EditForm, edit_form
from approvals.proposals import origin
from portal.proposals import view
from portal.proposals.marks import Piece, Run
from portal.proposals.reach import Reach
from portal.proposals.reach import reach_of as reach
from portal.wording import zone

register = template.Library()


@register.simple_tag
def proposal_of(approval: Any) -> view.Proposal:
    """The drawn form of an approval's document."""
    return view.proposal_of(approval.document, approval.drafted_text)


@register.simple_tag
def stale_of(approval: Any) -> list[view.Stale]:
    return view.stale_of(approval.stale, approval.document)


@register.simple_tag
def pieces(run: Run) -> SafeString:
    """The words of a run, what was added and removed marked; white space exactly as it stands in the text."""
    return format_html_join("", "{}{}{}", (_piece(piece) for piece in run.pieces))


def _piece(piece: Piece) -> tuple[SafeString, str, SafeString]:
    if piece.change == "added":
        return mark_safe('<ins><span class="sr-only">Added: </span>'), piece.text, mark_safe("</ins>")
    if piece.change == "removed":
        return mark_safe('<del><span class="sr-only">Removed: </span>'), piece.text, mark_safe("</del> ")
    return SafeString(""), piece.text, SafeString("")


@register.simple_tag(takes_context=True)
def reach_of(context: Any, user: Any, approval: Any) -> Reach:
    """What the signed-in person can do with an approval; worked out once a page, from `named` where the page knows."""
    known = vars(context["request"]).setdefault("reach", {})
    key = (approval.id, approval.digest, approval.status)
    if key not in known:
        named = context["named"] if "named" in context else origin().approvers(run=approval.run)
        known[key] = reach(user, approval, named)
    found: Reach = known[key]
    return found


@register.simple_tag
def edit_form_of(approval: Any, form: EditForm | None = None) -> EditForm:
    """The edit form of an approval, or the one that holds what was typed."""
    return form or edit_form(approval.document, zone())


@register.filter
def quote_of(proposal: view.Proposal, run: Run) -> int | None:
    """The first claim of a mark whose quote is marked on the page: aria-details names one place, and links name all."""
    return next((number for number in run.numbers if number in proposal.quoted), None)


@register.filter
def claim_of(proposal: view.Proposal, number: int) -> Any:
    return proposal.claim.get(number)


@register.filter
def digest_short(digest: str) -> str:
    return view.digest_short(digest)


@register.filter
def digest_start(digest: str) -> str:
    return view.digest_start(digest)
