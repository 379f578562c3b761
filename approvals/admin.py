"""The inbox in the tenant's admin: read proposals, edit one, decide, through the services that portal and API use."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from accounts.selectors import actor_of, colleagues
from approvals.deciders import DECIDE
from approvals.errors import (
    InvalidEdit,
    InvalidRejection,
    NoSuchApproval,
    NoSuchColleague,
    NotAllowed,
    Refused,
    Unsupported,
)
from approvals.forms import comment_of, edit_form_of, rejection_of, revision_of
from approvals.hands import TOLD as HANDED
from approvals.hands import hand
from approvals.models import Approval, ApprovalStatus
from approvals.proposals import origin
from approvals.selectors import WAITING, ApprovalView, approval_get, approvals_shown
from approvals.services import (
    MOST_AT_ONCE,
    approval_decide,
    approval_edit,
    approval_renew,
    approval_take_back,
    approvals_decide,
    chosen_of,
)
from observability.read_only import ReadOnly
from tenants.admin import tenant_site

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Approval]
else:
    ModelAdmin = admin.ModelAdmin

S = ApprovalStatus
HTTP_STATUS: dict[type[Refused], int] = {
    Unsupported: 422,
    InvalidEdit: 422,
    InvalidRejection: 422,
    NoSuchColleague: 422,
    NotAllowed: 403,
}
TOLD = {
    "approve": "Approved: {title}.",
    "reject": "Rejected: {title}. Nothing was sent or changed.",
    "edit": "Saved. It was checked again and waits, under a new digest. Nothing was sent.",
    "renew": "Renewed on the facts as they are now. Read it again, then decide.",
    "take_back": "Taken back: the reply of {title} does not leave. What was recorded before stays.",
}
SECONDED = "Approved. One more person must approve before anything happens."


class StatusFilter(admin.SimpleListFilter):
    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [*((str(value), str(label)) for value, label in ApprovalStatus.choices), ("all", "All")]

    def choices(self, changelist: Any) -> Iterator[Any]:
        first, *others = super().choices(changelist)
        yield {**first, "display": "Waits for a person"}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Approval]) -> QuerySet[Approval]:
        match self.value():
            case None:
                return queryset.filter(status__in=WAITING)
            case "all":
                return queryset
            case status:
                return queryset.filter(status=status)


@admin.register(Approval, site=tenant_site)
class ApprovalAdmin(ReadOnly, ModelAdmin):
    list_display = ("title", "risk", "status", "approver_role", "created_at", "expires_at", "edited_by")
    list_filter = (StatusFilter, "risk", "approver_role", "created_at")
    search_fields = ("title", "document__customer__email", "=run")
    search_help_text = "A title, a customer's email address, or the id of a run"
    ordering = ("expires_at",)
    list_per_page = 50
    show_full_result_count = False
    change_form_template = "admin/approvals/approval/change_form.html"
    actions = ("renew", "together")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Approval]:
        return super().get_queryset(request).defer("document", "binding", "basis", "drafted_text")

    def has_renew_permission(self, request: HttpRequest) -> bool:
        """Whether renewing is offered."""
        return request.user.has_perm("approvals.change_approval")

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Whether deciding about several is offered."""
        return request.user.has_perm(DECIDE)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": "Inbox", **(extra_context or {})})

    @admin.action(description="Renew what has gone stale (to be read and decided again)", permissions=["renew"])
    def renew(self, request: HttpRequest, queryset: QuerySet[Approval]) -> None:
        for approval in queryset:
            try:
                approval_renew(approval_id=approval.pk, actor=actor_of(request.user))
            except Refused as refused:
                self.message_user(request, f"{approval.title}: {refused.sentence}", messages.ERROR)
            else:
                self.message_user(request, f"{approval.title}: {TOLD['renew']}", messages.SUCCESS)

    @admin.action(description="Read together, then decide", permissions=["decide"])
    def together(self, request: HttpRequest, queryset: QuerySet[Approval]) -> HttpResponse | None:
        """Shows each of them in full; what that page sends comes here again, with `decision` and what was `chosen`."""
        decision = request.POST.get("decision")
        if decision is None:
            return self._together(request, [approval.pk for approval in queryset[: MOST_AT_ONCE + 1]])
        try:
            told = approvals_decide(
                chosen=chosen_of(request.POST.getlist("chosen")),
                decision="approve" if decision == "approve" else "reject",
                comment=comment_of(request.POST),
                rejection=rejection_of(request.POST),
                actor=actor_of(request.user),
            )
        except Refused as refused:
            self.message_user(request, refused.sentence, messages.ERROR)
            return None
        for each in told:
            if each.refused:
                self.message_user(request, f"{each.title}: {each.refused.sentence}", messages.ERROR)
                continue
            self.log_change(request, Approval.objects.only("title").get(pk=each.id), decision)
            words = SECONDED if decision == "approve" and each.status == S.PENDING else TOLD[decision]
            self.message_user(request, words.format(title=each.title), messages.SUCCESS)
        return None

    def _together(self, request: HttpRequest, ids: list[UUID]) -> HttpResponse | None:
        if len(ids) > MOST_AT_ONCE:
            self.message_user(request, f"Choose {MOST_AT_ONCE} at most: you read each of them first.", messages.ERROR)
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": "Read together, then decide",
            "opts": self.opts,
            "media": self.media,
            "approvals": approvals_shown(ids),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/approvals/approval/together.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The proposal's page. A POST carries `decision` (approve, reject, edit, renew, take_back) and `digest`."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        approval = _approval(unquote(object_id))
        if request.method == "POST":
            return self._decide(request, approval)
        return self._page(request, approval)

    def _decide(self, request: HttpRequest, approval: ApprovalView) -> HttpResponse:
        decision = request.POST.get("decision", "")
        if request.POST.get("act", "") in HANDED:
            return self._hand(request, approval, request.POST["act"])
        if decision == "edit" and (form := edit_form_of(approval, request.POST)).asks:
            return self._page(request, approval, form=form)
        try:
            done = _carry_out(request, approval, decision)
        except Refused as refused:
            return self._refused(request, approval.id, decision, refused)
        if done is None:
            self.message_user(request, "Nothing was changed.", messages.INFO)
            return HttpResponseRedirect(request.path)
        waits = decision == "approve" and done.status == ApprovalStatus.PENDING
        self.log_change(request, Approval.objects.only("title").get(pk=approval.id), decision)
        self.message_user(request, SECONDED if waits else TOLD[decision].format(title=done.title), messages.SUCCESS)
        return HttpResponseRedirect(request.path)

    def _hand(self, request: HttpRequest, approval: ApprovalView, act: str) -> HttpResponse:
        try:
            hand(act, approval_id=approval.id, typed=dict(request.POST.items()), actor=actor_of(request.user))
        except Refused as refused:
            return self._refused(request, approval.id, act, refused)
        self.log_change(request, Approval.objects.only("title").get(pk=approval.id), act)
        self.message_user(request, HANDED[act], messages.SUCCESS)
        return HttpResponseRedirect(request.path)

    def _refused(self, request: HttpRequest, approval_id: UUID, decision: str, refused: Refused) -> HttpResponse:
        approval = _approval(approval_id)
        more: dict[str, Any] = {"error": refused.sentence, "comment": comment_of(request.POST)}
        more["rejection"] = rejection_of(request.POST)
        if decision == "edit":
            more["form"] = form = edit_form_of(approval, request.POST)
            more["error"] = form.tell(refused)
        return self._page(request, approval, status=HTTP_STATUS.get(type(refused), 409), **more)

    def _page(self, request: HttpRequest, approval: ApprovalView, *, status: int = 200, **more: Any) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": approval.title,
            "opts": self.opts,
            "original": approval.title,
            "object_id": approval.id,
            "media": self.media,
            "has_view_permission": True,
            "approval": approval,
            "held_until": origin().held_until(run=approval.run, approval_id=approval.id),
            "people": colleagues() if approval.status in WAITING else [],
            "run_url": reverse("portal:run", args=[approval.run]),
            "ledger_url": f"{reverse('admin:audit_entry_changelist')}?run={approval.run}",
            **more,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, self.change_form_template or "", context, status=status)


def _approval(approval_id: UUID | str) -> ApprovalView:
    try:
        return approval_get(approval_id)
    except NoSuchApproval as missing:
        raise Http404(missing.sentence) from None


def _carry_out(request: HttpRequest, approval: ApprovalView, decision: str) -> ApprovalView | None:
    """What the person asked for; None for an edit that changes nothing. Raises Refused."""
    actor, digest = actor_of(request.user), request.POST.get("digest", "")
    if decision == "renew":
        return approval_renew(approval_id=approval.id, actor=actor)
    if decision == "take_back":
        return approval_take_back(approval_id=approval.id, actor=actor)
    if decision == "edit":
        revision = revision_of(edit_form_of(approval, request.POST))
        if revision is None:
            return None
        return approval_edit(approval_id=approval.id, digest=digest, actor=actor, **revision.model_dump())
    if decision not in ("approve", "reject"):
        raise Http404("There is no such decision.")
    return approval_decide(
        approval_id=approval.id,
        decision="approve" if decision == "approve" else "reject",
        digest=digest,
        comment=comment_of(request.POST),
        rejection=rejection_of(request.POST),
        actor=actor,
    )
