"""The API against its own OpenAPI document: whatever is asked, the answer is one that the document tells of."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from conftest import Cast
from tenants.selectors import tenant_context
from tests.story import mail, receive, samples, waiting

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 5
ONE_BY_ONE = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def story(committed: None, work: Callable[[], None]) -> dict[str, str]:
    """A tenant with records and a proposal that waits; ids by the resource that they are found under."""
    with tenant_context("harbour"):
        samples("harbour")
        receive(mail())
        work()
        asked = waiting()
    return {"approvals": str(asked.approval.id), "runs": str(asked.run.id)}


@pytest.fixture
def headers(cast: Cast) -> dict[str, str]:
    return {"Host": "harbour.localhost", "Authorization": f"Bearer {cast.charlie.token}"}


@pytest.fixture
def document(committed: None, headers: dict[str, str]) -> Any:
    from config.wsgi import application

    return schemathesis.openapi.from_wsgi("/api/openapi.json", application, headers=headers)


def known(story: dict[str, str], headers: dict[str, str]) -> dict[str, str]:
    """An id of each resource that has a list, for the paths that ask for one."""
    from django.test import Client

    found = dict(story)
    client = Client(headers={name.lower(): value for name, value in headers.items()})
    for name in ("webhooks", "hooks"):
        body = {"url": "https://example.com/", "types": ["run.failed"]} if name == "webhooks" else {"name": "form"}
        found[name] = client.post(f"/api/v1/{name}", body, content_type="application/json").json()["id"]
    for name in ("contacts", "listings", "enquiries", "tasks", "appointments", "messages", "events"):
        rows = client.get(f"/api/v1/{name}").json()["results"]
        if rows:
            found[name] = rows[0]["id"]
    return found


def _point(real: dict[str, Any], case: Any) -> None:
    case.path_parameters.update(real)


def cases(document: Any, ids: dict[str, str]) -> Iterator[tuple[str, Callable[[Any], None], Any]]:
    """Per operation: input as the document asks for it, input as it does not, and input for what is there."""
    for result in document.get_all_operations():
        operation = result.ok()
        yield operation.label, lambda case: None, operation.as_strategy()
        yield operation.label, lambda case: None, operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
        resource = operation.path.removeprefix("/api/v1/").split("/")[0]
        there = {"id": ids.get(resource), "slug": "property-enquiry", "number": 1}
        wanted = {p.name for p in operation.path_parameters}
        real = {name: there[name] for name in wanted if there.get(name) is not None}
        if real:
            yield operation.label, partial(_point, real), operation.as_strategy()


@pytest.mark.timeout(600)
def test_every_answer_is_one_that_the_document_tells_of(
    document: Any, story: dict[str, str], headers: dict[str, str]
) -> None:
    ids, faults, asked = known(story, headers), [], 0
    for label, change, strategy in cases(document, ids):

        @ONE_BY_ONE
        @given(case=strategy)
        def ask(case: Any) -> None:
            nonlocal asked
            change(case)  # noqa: B023
            asked += 1
            case.call_and_validate(headers=headers, checks=CHECKS)

        try:
            ask()
        except BaseException as error:
            faults.append(f"{label}: {error}")
    assert not faults, "\n\n".join(faults)
    assert asked > 200
