"""The proposal's snapshot as its fragments draw it."""

from typing import Any

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from approvals import forms
from approvals.proposals import origin
from approvals.selectors import RejectionKind
from portal.proposals import view
from portal.proposals.marks import Piece, Run
from portal.proposals.reach import Reach
from portal.proposals.reach import reach_of as reach
from portal.unseen import unseen_shown

register = template.Library()


@register.simple_tag(takes_context=True)
def proposal_of(context: Any, approval: Any) -> view.Proposal:
    """The drawn form of an approval's document; drawn once a page, whose fragments share it."""
    drawn: dict[tuple[Any, str, str], view.Proposal] = vars(context["request"]).setdefault("drawn", {})
    key = _key(approval)
    if key not in drawn:
        drawn[key] = view.proposal_of(approval.document, approval.drafted_text)
    return drawn[key]


@register.simple_tag
def stale_of(approval: Any) -> list[view.Stale]:
    return view.stale_of(approval.stale, approval.document)


@register.simple_tag
def rejection_kinds() -> list[tuple[str, str]]:
    """Why a proposal may be rejected: each kind of reason with its words."""
    return RejectionKind.choices


@register.simple_tag
def pieces(run: Run) -> SafeString:
    """The words of a run, what was added and removed marked; white space exactly as it stands in the text."""
    return format_html_join("", "{}{}{}", (_piece(piece) for piece in run.pieces))


@register.simple_block_tag
def seen(content: str) -> SafeString:
    """What stands between `seen` and `endseen`, and in it what eyes miss."""
    return unseen_shown(content)


def _piece(piece: Piece) -> tuple[SafeString, str, SafeString]:
    if piece.change == "added":
        return mark_safe('<ins><span class="sr-only">Added: </span>'), piece.text, mark_safe("</ins>")
    if piece.change == "removed":
        return mark_safe('<del><span class="sr-only">Removed: </span>'), piece.text, mark_safe("</del> ")
    return SafeString(""), piece.text, SafeString("")


@register.simple_tag(takes_context=True)
def reach_of(context: Any, user: Any, approval: Any) -> Reach:
    """What the signed-in person can do with an approval; worked out once a page, from `named` where the page knows."""
    found = _reached(context["request"]).get(_key(approval))
    if found is None:
        named = context["named"] if "named" in context else origin().approvers(run=approval.run)
        found = reach(user, approval, named)
        reach_known(context["request"], approval, found)
    return found


def reach_known(request: Any, approval: Any, found: Reach) -> None:
    """Have the page's fragments know it: for a page that has worked it out for several at once."""
    _reached(request)[_key(approval)] = found


def _reached(request: Any) -> dict[tuple[Any, str, str], Reach]:
    known: dict[tuple[Any, str, str], Reach] = vars(request).setdefault("reach", {})
    return known


def _key(approval: Any) -> tuple[Any, str, str]:
    return approval.id, approval.digest, approval.status


@register.simple_tag
def edit_form_of(approval: Any, form: forms.EditForm | None = None) -> forms.EditForm:
    """The edit form of an approval, or the one that holds what was typed."""
    return form or forms.edit_form_of(approval)


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
