"""People of the workspace: who they are, who is invited, and what an owner changes about them."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.errors import InvitationUnknown, PersonRefused
from accounts.forms import role_choices
from accounts.invitations import invitation_withdraw, invitations_open
from accounts.second_factor import people_with_second_factor, second_factor_of, second_factor_off
from accounts.selectors import actor_of, people, person_row, user_get
from accounts.services import person_change, person_role_set
from gateway.pagination import rows_of
from portal.invitations import Link, password_link, person_invite, person_invite_again
from portal.views.access import page
from portal.views.paging import cursor_from, ends

READ, INVITE, CHANGE = "accounts.view_user", "accounts.add_user", "accounts.change_user"
NO_INVITATION = "There is no such invitation."


class InviteForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(label="Email")
    role = forms.ChoiceField(label="Role", choices=role_choices, initial="agent")


class RoleForm(forms.Form):
    """Another role for somebody."""

    role = forms.ChoiceField(label="Role", choices=role_choices)


@require_safe
@page(READ)
def people_page(request: HttpRequest) -> HttpResponse:
    """Everybody, newest first, and who is invited."""
    rows, older, newer = rows_of(people(), cursor_from(request))
    context = {
        "people": [person_row(row) for row in rows],
        "with_factor": people_with_second_factor(),
        "invitations": invitations_open(),
        **ends(older, newer),
    }
    return _show(request, "settings/people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@page(INVITE)
def invite_page(request: HttpRequest) -> HttpResponse:
    """Ask for an address and a role; the link is emailed, or shown once."""
    form = InviteForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            given = form.cleaned_data
            return _handed_over(request, person_invite(**given, host=_host(request), actor=actor_of(request.user)))
        except PersonRefused as refused:
            form.add_error("email", refused.sentence)
    return _show(request, "settings/invite.html", {"form": form}, status=422 if form.is_bound else 200)


@require_POST
@never_cache
@page(INVITE)
def invitation_again(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """Send an open invitation again."""
    try:
        link = person_invite_again(invitation=invitation_id, host=_host(request), actor=actor_of(request.user))
    except InvitationUnknown:
        raise Http404(NO_INVITATION) from None
    except PersonRefused as refused:
        messages.error(request, refused.sentence)
        return redirect("portal:settings_people")
    return _handed_over(request, link)


@require_POST
@page(INVITE)
def invitation_stop(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """Withdraw an open invitation."""
    try:
        email = invitation_withdraw(invitation=invitation_id, actor=actor_of(request.user))
    except InvitationUnknown:
        raise Http404(NO_INVITATION) from None
    except PersonRefused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, f"Withdrawn: the link of {email} no longer works.")
    return redirect("portal:settings_people")


@require_safe
@page(READ)
def person_page(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """One person, and what an owner may change."""
    return _person(request, person_id)


@require_POST
@page(CHANGE)
def person_role(request: HttpRequest, person_id: UUID) -> HttpResponse:
    form = RoleForm(request.POST)
    person = _found(person_id)
    if not form.is_valid():
        return _person(request, person_id, refused="There is no such role.")
    role = form.cleaned_data["role"]
    if role != person.role:
        try:
            person_role_set(person=person_id, role=role, actor=actor_of(request.user))
        except PersonRefused as refused:
            return _person(request, person_id, refused=refused.sentence)
        messages.success(request, f"{person.name} is {role} now.")
    return redirect("portal:settings_person", person_id)


@require_POST
@page(CHANGE)
def person_switch(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Deactivate (`active` is empty) or reactivate somebody; nobody is deleted: the ledger goes on naming them."""
    person, active = _found(person_id), request.POST.get("active") == "yes"
    if active != person.active:
        try:
            person_change(person=person_id, fields={"is_active": active}, actor=actor_of(request.user))
        except PersonRefused as refused:
            return _person(request, person_id, refused=refused.sentence)
        told = "can sign in again" if active else "is signed out everywhere and cannot sign in"
        messages.success(request, f"{person.name} {told}.")
    return redirect("portal:settings_person", person_id)


@require_POST
@page(CHANGE)
def person_factor_off(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """For somebody who has lost their phone and their recovery codes."""
    person = _found(person_id)
    try:
        second_factor_off(person=person_id, actor=actor_of(request.user))
    except PersonRefused as refused:
        return _person(request, person_id, refused=refused.sentence)
    messages.success(request, f"The second factor of {person.name} is off.")
    return redirect("portal:settings_person", person_id)


@require_POST
@never_cache
@page(CHANGE)
def person_password(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """A link with which somebody sets a new password."""
    _found(person_id)
    link = password_link(person=person_id, host=_host(request), actor=actor_of(request.user))
    return _handed_over(request, link, password=True)


def _found(person_id: UUID) -> Any:
    user = user_get(person_id)
    if user is None:
        raise Http404("There is no such person.")
    return person_row(user)


def _host(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")


def _handed_over(request: HttpRequest, link: Link, *, password: bool = False) -> HttpResponse:
    if link.url:
        return _show(request, "settings/link.html", {"link": link, "password": password})
    messages.success(request, f"A link is on its way to {link.email}.")
    return redirect("portal:settings_people")


def _person(request: HttpRequest, person_id: UUID, refused: str = "") -> HttpResponse:
    person = _found(person_id)
    context = {
        "person": person,
        "factor": second_factor_of(person_id),
        "form": RoleForm({"role": person.role}),
        "refused": refused,
    }
    return _show(request, "settings/person.html", context, status=409 if refused else 200)


def _show(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, template, {"section": "settings", "tab": "people", **context}, status=status)
