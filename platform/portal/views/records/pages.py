"""The pages of all kinds of records: list, one record, new, edit, delete."""

from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from uuid_utils.compat import uuid7

from accounts.selectors import actor_of
from crm.errors import Invalid, Missing, RecordRefused, Referred, VersionConflict
from crm.forms import RecordForm
from crm.history import history
from crm.records import record_create, record_delete, record_set
from crm.selectors import COUNTED_TO
from portal.views.access import page
from portal.views.paging import cursor_from, ends
from portal.views.records import appointments, calendar, customers, enquiries, erasing, listings, tasks
from portal.views.records.shapes import Section, rights_of, search_in

SECTIONS = (customers.SECTION, listings.SECTION, enquiries.SECTION, tasks.SECTION, appointments.SECTION)
BY_KIND = {section.kind: section for section in SECTIONS}

View = Callable[..., HttpResponse]


def paths() -> list[URLPattern]:
    """The URLs of all kinds."""
    found = [
        path("calendar/", calendar.calendar_page, name="calendar"),
        path("calendar/<uuid:record_id>/cancel/", appointments.appointment_cancel, name="appointment_cancel"),
        path("customers/<uuid:record_id>/erase/", erasing.erase_page, name="customer_erase"),
        path("tasks/<uuid:record_id>/tick/", tasks.task_tick, name="task_tick"),
    ]
    for section in SECTIONS:
        if section.find:
            found.append(path(f"{section.path}/", list_page(section), name=section.many))
        found += [
            path(f"{section.path}/new/", new_page(section), name=f"{section.one}_new"),
            path(f"{section.path}/<uuid:record_id>/", record_page(section), name=section.one),
            path(f"{section.path}/<uuid:record_id>/edit/", edit_page(section), name=f"{section.one}_edit"),
            path(f"{section.path}/<uuid:record_id>/delete/", delete_post(section), name=f"{section.one}_delete"),
        ]
    return found


def list_page(section: Section) -> View:
    """Records of a kind, with their filters in the URL."""

    @require_safe
    @page(section.right("view"))
    def shown(request: HttpRequest) -> HttpResponse:
        assert section.find is not None
        found = section.find(request, cursor_from(request))
        search = search_in(request)
        context = {
            "section": section.many,
            "kind": section,
            "rows": section.rows(found.page.items),
            "total": _total(found.page.total, section),
            "filters": found.filters,
            "tabs": found.tabs,
            "search": search,
            "filtered": bool(search) or any(each.value for each in found.filters),
            "may_add": request.user.has_perm(section.right("add")),
            "may_change": request.user.has_perm(section.right("change")),
            **ends(found.page.older, found.page.newer),
        }
        return render(request, "records/list.html", context)

    return shown


def record_page(section: Section) -> View:
    """One record, with what belongs to it and its history."""

    @require_safe
    @page(section.right("view"))
    def shown(request: HttpRequest, record_id: UUID) -> HttpResponse:
        return _record(request, section, _found(section, record_id))

    return shown


def new_page(section: Section) -> View:
    """The form of a new record."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @page(section.right("add"))
    def shown(request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return _form(request, section, section.form(given=section.given(request)))
        form = section.form(request.POST, given={})
        if form.asks_rows:
            return _form(request, section, form)
        if not form.is_valid():
            return _form(request, section, form, status=422)
        made = uuid7()
        fields = {name: value for name, value in form.written().items() if value is not None}
        try:
            record_create(kind=section.kind, id=made, fields=fields, actor=actor_of(request.user))
        except RecordRefused as refusal:
            return _refused(request, section, form, refusal)
        messages.success(request, "Added.")
        return redirect(section.url(made))

    return shown


def edit_page(section: Section) -> View:
    """The form of a record; a save over someone else's change is refused, and keeps what was typed."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @page(section.right("change"))
    def shown(request: HttpRequest, record_id: UUID) -> HttpResponse:
        record = _found(section, record_id)
        if request.method != "POST":
            return _form(request, section, section.form(record=record), record)
        form = section.form(request.POST, record=record)
        if form.asks_rows:
            return _form(request, section, form, record)
        valid = form.is_valid()
        if form.seen != record.version:
            return _form(request, section, form.meet(), record, status=409)
        if not valid:
            return _form(request, section, form, record, status=422)
        try:
            record_set(
                kind=section.kind,
                id=record_id,
                fields=form.written(),
                actor=actor_of(request.user),
                version=form.seen,
            )
        except VersionConflict:
            now = _found(section, record_id)
            raced = section.form(request.POST, record=now)
            raced.is_valid()
            return _form(request, section, raced.meet(), now, status=409)
        except RecordRefused as refusal:
            return _refused(request, section, form, refusal, record)
        messages.success(request, "Saved.")
        return redirect(section.url(record_id))

    return shown


def delete_post(section: Section) -> View:
    """Delete a record that nothing refers to; else its page says what does."""

    @require_POST
    @page(section.right("delete"))
    def shown(request: HttpRequest, record_id: UUID) -> HttpResponse:
        record = _found(section, record_id)
        title = section.detail(record, rights_of(request)).title
        try:
            record_delete(kind=section.kind, id=record_id, actor=actor_of(request.user))
        except Referred as refusal:
            sentence = f"This {section.noun} stays: {_referrers(refusal)} to it. Delete or change that first."
            return _record(request, section, record, error=sentence, status=409)
        except Missing:
            raise Http404(f"There is no such {section.noun}.") from None
        messages.success(request, f"Deleted: {title}")
        return redirect(section.list_url)

    return shown


# --- the parts --------------------------------------------------------------------------------


def _found(section: Section, record_id: UUID) -> Any:
    record = section.view(record_id)
    if record is None:
        raise Http404(f"There is no such {section.noun}.")
    return record


def _record(request: HttpRequest, section: Section, record: Any, *, error: str = "", status: int = 200) -> HttpResponse:
    context = {
        "section": section.many,
        "kind": section,
        "record": record,
        "detail": section.detail(record, rights_of(request)),
        "history": history(section.kind, record.id) if request.user.has_perm("audit.view_entry") else None,
        "edit_url": section.url(record.id, "_edit") if request.user.has_perm(section.right("change")) else "",
        "delete_url": section.url(record.id, "_delete") if request.user.has_perm(section.right("delete")) else "",
        "may_change": request.user.has_perm("crm.change_task"),
        "error": error,
    }
    return render(request, "records/record.html", context, status=status)


def _form(
    request: HttpRequest, section: Section, form: RecordForm, record: Any = None, *, status: int = 200
) -> HttpResponse:
    context = {
        "section": section.many,
        "kind": section,
        "form": form,
        "record": record,
        "title": section.detail(record, rights_of(request)).title if record else f"New {section.noun}",
        "back_url": section.url(record.id) if record else section.list_url,
        "errors": form.non_field_errors() if form.is_bound and not form.asks_rows else (),
        "conflict": bool(form.notes),
    }
    return render(request, "records/form.html", context, status=status)


def _refused(
    request: HttpRequest, section: Section, form: RecordForm, refusal: RecordRefused, record: Any = None
) -> HttpResponse:
    if isinstance(refusal, Missing):
        raise Http404(f"There is no such {section.noun}.")
    if isinstance(refusal, Invalid):
        form.tell(refusal.faults)
        return _form(request, section, form, record, status=422)
    form.add_error(None, str(refusal))
    return _form(request, section, form, record, status=409)


def _total(total: int | None, section: Section) -> str:
    if total is None:
        return ""
    if total > COUNTED_TO:
        return f"over {COUNTED_TO:,} {section.nouns}"
    return section.counted(total)


def _referrers(refusal: Referred) -> str:
    """1 enquiry and 2 tasks refer."""
    kinds = Counter(each.partition(":")[0] for each in refusal.by)
    *others, last = [BY_KIND[kind].counted(number) for kind, number in kinds.items()]
    words = f"{', '.join(others)} and {last}" if others else last
    return f"{words} {'refers' if sum(kinds.values()) == 1 else 'refer'}"
