"""A failed run goes on from its failed step: with the same input, or with what a person types."""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.selectors import actor_of
from gateway.parsers import json_read
from portal.views.access import page
from portal.wording import words_of
from workflows.errors import InputRefused, Refused
from workflows.selectors import InputField, RunView, StepInput, run_get, step_inputs
from workflows.services import run_retry

CHANGE = "workflows.change_run"
NOT_FAILED = "Only a failed run can be retried, and no step of this one has failed."


@dataclass(frozen=True)
class Typed:
    """A field of a step's input as a form shows it: a text, or JSON."""

    name: str
    label: str
    is_text: bool
    text: str
    errors: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        return f"input-{self.name}"

    @property
    def rows(self) -> int:
        """How high it is shown."""
        return min(max(self.text.count("\n") + 1, 1), 16)


@require_http_methods(["GET", "HEAD", "POST"])
@page(CHANGE)
def run_retry_page(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """A failed step's input, to be changed; a POST lets the run go on, with what was typed where that is `changed`."""
    run = run_get(run_id)
    if run is None:
        raise Http404("There is no such run.")
    if request.method != "POST":
        return _form(request, run, _step(run, request.GET.get("step", "")))
    if "changed" not in request.POST:
        return _retry(request, run)
    step = _step(run, request.POST.get("step", ""))
    if step is None:
        return _form(request, run, None, error=NOT_FAILED, status=409)
    typed, errors = _read(step, request)
    if not errors:
        try:
            run_retry(run=run.id, from_step=step.step, input=typed or None, actor=actor_of(request.user))
        except InputRefused as refused:
            for fault in refused.faults:
                path = fault.path.removeprefix("input.")
                errors.setdefault(_field_of(path), []).append(f"{path}: {fault.message}")
        except Refused as refused:
            return _form(request, run, step, error=refused.sentence, status=409)
        else:
            changed = ", with the changed input" if typed else ""
            messages.success(request, f"The run goes on from {words_of(step.step)}{changed}.")
            return redirect("portal:run", run.id)
    return _form(request, run, step, errors=errors, status=422)


def _retry(request: HttpRequest, run: RunView) -> HttpResponseRedirect:
    """The same input: what is refused is told on the run's page."""
    try:
        run_retry(run=run.id, actor=actor_of(request.user))
    except Refused as refused:
        messages.warning(request, refused.sentence)
    else:
        messages.success(request, "The run goes on from where it failed.")
    return redirect("portal:run", run.id)


def _step(run: RunView, key: str) -> StepInput | None:
    inputs = step_inputs(run.id) if run.status == "failed" else []
    return next((one for one in inputs if one.step == key or not key), None)


def _form(
    request: HttpRequest,
    run: RunView,
    step: StepInput | None,
    *,
    errors: dict[str, list[str]] | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    errors = errors or {}
    shown = [_typed_field(one, request, errors) for one in step.fields] if step else []
    named = {one.name for one in shown}
    elsewhere = [text for name, texts in errors.items() if name not in named for text in texts]
    context = {
        "section": "runs",
        "run": run,
        "step": step,
        "title": words_of(step.step) if step else "Nothing to retry",
        "fields": shown,
        "errors": [*filter(None, [error]), *elsewhere],
        "not_failed": "" if step else NOT_FAILED,
        "failure": next((one.error for one in run.steps if step and one.key == step.step), ""),
    }
    return render(request, "workflows/run_retry.html", context, status=status)


def _typed_field(one: InputField, request: HttpRequest, errors: dict[str, list[str]]) -> Typed:
    text = request.POST.get(f"input.{one.name}", _text(one))
    return Typed(one.name, words_of(one.name), one.is_text, text, errors.get(one.name, []))


def _text(one: InputField) -> str:
    if one.value is None:
        return ""
    return str(one.value) if one.is_text else json.dumps(one.value, ensure_ascii=False, indent=2)


def _read(step: StepInput, request: HttpRequest) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """The fields that were changed, and what is wrong with any."""
    changed: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    for one in step.fields:
        text = request.POST.get(f"input.{one.name}", "").replace("\r\n", "\n").replace("\0", "")
        if text.strip() == _text(one).strip():
            continue
        if one.is_text:
            changed[one.name] = None if one.nullable and not text.strip() else text
            continue
        try:
            changed[one.name] = json_read(text) if text.strip() else None
        except ValueError as error:
            errors[one.name] = [f"This is no JSON: {error}."]
    return changed, errors


def _field_of(path: str) -> str:
    return path.partition(".")[0].partition("[")[0]
