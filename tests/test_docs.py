"""What the docs do not mention does not exist for our users: a setting, command or event left out fails."""

import ast
import re
from pathlib import Path

import pytest
from django.core.management import get_commands
from rest_framework import exceptions

from audit.registry import event_types
from config.settings.environment import Environment
from notify.receivers import TOLD
from notify.webhook_types import SEALED, TEST, TYPES
from observability.metrics import known
from portal.api.base import STATUS
from portal.views.metrics import ALIVE, DUE
from tests import kinds
from tests.rights.expected import missing
from tests.rights.page import page as rights_page

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = (ROOT / "docs" / "reference.md").read_text()
OURS = {"tenants", "dispatch", "mail", "portal", "stack"}


@pytest.mark.parametrize("name", sorted(Environment.model_fields))
def test_every_setting_is_documented(name: str) -> None:
    assert f"`{name.upper()}`" in REFERENCE
    assert name.upper() in (ROOT / ".env.example").read_text()


@pytest.mark.parametrize("command", sorted(name for name, app in get_commands().items() if app in OURS))
def test_every_command_is_documented(command: str) -> None:
    assert re.search(rf"`{command}[ `]", REFERENCE), f"docs/reference.md does not mention {command}"


def test_every_metric_is_documented_with_its_labels_and_no_other() -> None:
    table = REFERENCE.split("## Metrics")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(countersign_[a-z_]+)` \| ([^|]*)", table, re.MULTILINE)
    told = {name: re.findall(r"`([a-z]+)`", labels) for name, labels in rows}
    assert told == {one.name: list(one.labels) for one in known() if one.name.startswith("countersign_")}
    assert {DUE.name, ALIVE.name} <= told.keys()


def test_every_ledger_event_is_documented() -> None:
    missing = [event.name for event in event_types() if f"| `{event.name}` | {event.sentence} |" not in REFERENCE]
    assert missing == []


def test_no_documented_event_is_unknown() -> None:
    known = {event.name for event in event_types()}
    table = REFERENCE.split("## Ledger events")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `([a-z_]+\.[a-z_]+)` \|", table, re.MULTILINE)) == known


def test_every_route_has_a_line_that_says_who_may() -> None:
    lines = missing()
    assert not lines, "\n".join(["", *lines, "Then: make rights"])


def test_the_page_of_rights_is_what_the_table_gives() -> None:
    assert (ROOT / "docs" / "rights.md").read_text() == rights_page(), "run `make rights`, and commit docs/rights.md"


def test_the_page_of_step_kinds_and_actions_is_what_they_say() -> None:
    assert kinds.PAGE.read_text() == kinds.page(), "run `make kinds`, and commit docs/workflows.md"


QUESTIONS = (ROOT / "docs" / "questions.md").read_text()


@pytest.mark.parametrize("named", sorted(set(re.findall(r"`([a-z_/]+\.py::test_[a-z0-9_]+)`", QUESTIONS))))
def test_every_test_that_answers_a_question_is_there(named: str) -> None:
    path, name = named.split("::")
    assert f"def {name}(" in (ROOT / path).read_text()


def test_every_question_is_answered_by_a_test_and_every_command_is_one() -> None:
    parts = QUESTIONS.split("\n## ")[1:]
    assert [part.splitlines()[0] for part in parts if "::test_" not in part] == []
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert set(re.findall(r"`make ([a-z]+)`", QUESTIONS)) <= set(targets)
    assert set(re.findall(r"`manage\.py ([a-z_]+)", QUESTIONS)) <= set(get_commands())


@pytest.mark.parametrize("page", [*sorted(ROOT.glob("docs/**/*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])
def test_every_file_that_the_docs_name_is_there(page: Path) -> None:
    text = page.read_text()
    named = set(re.findall(r"`((?:[a-z_]+/)+[a-z_]+\.(?:py|html|md|yaml))", text))
    named |= {str((page.parent / link).resolve().relative_to(ROOT)) for link in re.findall(r"\]\(([^):#]+)\)", text)}
    roots = (ROOT, ROOT / "platform")
    missing = [name for name in named if not any((root / name).exists() for root in roots)]
    assert missing == []


def problems_of_the_code() -> set[str]:
    """The names that follow a status where a problem is made, and those that come from errors' classes."""
    found = {str(error.name) for error in STATUS}
    found |= {error.default_code.replace("_", "-") for error in exceptions.APIException.__subclasses__()}
    for folder in ("tenants", "platform/gateway", "platform/portal"):
        for source in (ROOT / folder).rglob("*.py"):
            if "tests" in source.parts:
                continue
            for call in ast.walk(ast.parse(source.read_text())):
                if isinstance(call, ast.Call) and re.search("problem|_plain|_answer", ast.unparse(call.func), re.I):
                    known = [arg.value for arg in call.args if isinstance(arg, ast.Constant)]
                    if len(known) > 1 and isinstance(known[0], int):
                        found.add(str(known[1]))
    return found - {"refused"}


def test_every_problem_of_the_api_is_documented_and_no_other() -> None:
    table = REFERENCE.split("## Problems of the API")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE)) == problems_of_the_code()


def test_every_webhook_is_documented_and_no_other() -> None:
    table = REFERENCE.split("## Outbound webhooks")[1].split("\n## ")[0]
    first_cells = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    documented = {name for cell in first_cells for name in re.findall(r"`([a-z._]+)`", cell)} - {"type"}
    assert documented == {*TYPES, TEST}
    assert {told.type for told in TOLD.values()} == set(TYPES) - {SEALED}
    assert set(TOLD) <= {event.name for event in event_types()}
