"""Who approves: whom a workflow names to decide its proposals."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.selectors import actor_of, people_who
from approvals.deciders import DECIDE
from portal.views.access import page
from workflows.approvers import DECIDING_ROLES, approvers_by_workflow, approvers_of, approvers_set
from workflows.errors import ApproversRefused
from workflows.selectors import workflow_get, workflow_list


def _people() -> list[tuple[str, str]]:
    return [(str(person.id), f"{person.name or person.email}, {person.role}") for person in people_who(DECIDE)]


class ApproversForm(forms.Form):
    """People and roles; none of either leaves it to the rule that the workflow itself has."""

    roles = forms.MultipleChoiceField(
        label="Everybody who is",
        required=False,
        choices=[(role, role.capitalize()) for role in DECIDING_ROLES],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "checkbox"}),
    )
    people = forms.MultipleChoiceField(
        label="These people",
        required=False,
        choices=_people,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "checkbox"}),
    )


@require_safe
@page("workflows.view_workflow")
def approvers_page(request: HttpRequest) -> HttpResponse:
    """Each workflow and who decides its proposals."""
    named, able = approvers_by_workflow(), people_who(DECIDE)
    rows = []
    for workflow in workflow_list():
        approvers = named.get(workflow.slug)
        stuck = approvers is not None and not any(p.id in approvers.people or p.role in approvers.roles for p in able)
        rows.append({"workflow": workflow, "approvers": approvers, "stuck": stuck})
    return _show(request, "settings/approvers.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@page("workflows.change_workflow")
def approvers_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Name them."""
    workflow = workflow_get(slug)
    if workflow is None:
        raise Http404("There is no such workflow.")
    named = approvers_of(slug)
    chosen = {"people": [str(person) for person in named.people], "roles": named.roles} if named else {}
    form = ApproversForm(request.POST if request.method == "POST" else None, initial=chosen)
    if form.is_valid():
        people, roles = [UUID(person) for person in form.cleaned_data["people"]], form.cleaned_data["roles"]
        try:
            approvers_set(slug=slug, people=people, roles=roles, actor=actor_of(request.user))
        except ApproversRefused as refused:  # somebody lost the right while the form was open
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, f"Saved: who decides the proposals of {slug}.")
            return redirect("portal:settings_approvers")
    context = {"workflow": workflow, "form": form}
    return _show(request, "settings/approvers_edit.html", context, status=422 if form.is_bound else 200)


def _show(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, template, {"section": "settings", "tab": "approvers", **context}, status=status)
