"""Examples and evaluations in the workspace: kept by a click, measured, corrected, brought in, and the gate's refusal."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.selectors import person_by_email
from accounts.services import person_add
from ai.evaluation.selectors import case_counts, cases, evaluations
from ai.evaluation.services import golden_export, golden_retire
from ai.evaluation.tests.examples import HAIKU, OPUS, TESTS, examples, measured
from ai.providers.local import LOCAL_HOP
from ai.routing import route_of
from approvals.selectors import approval_get
from approvals.services import approval_decide
from audit.selectors import entries
from conftest import Cast, Person
from tenants.selectors import tenant_context
from tests.pages import signed_in
from tests.story import Asked, person

PAGE = "/settings/evaluation/"
MODELS = "/settings/models/"


@pytest.fixture(autouse=True)
def without_vendor(settings: Any) -> None:
    settings.COUNTERSIGN = settings.COUNTERSIGN.model_copy(update={"ai_provider": "local", "anthropic_api_key": None})


@pytest.fixture
def helen(cast: Cast) -> Client:
    """The owner of acacia, with an address of her own: people stay in the database."""
    email = f"helen.{uuid4().hex}@acacia.example"
    with tenant_context("acacia"):
        made = person_add(email=email, name="Helen", role="owner", password=None, actor=TESTS)
        assert person_by_email(email) is not None
    return signed_in(Person(made, email, "Helen", ""))


@pytest.fixture
def kept(in_acacia: None) -> None:
    examples()


def test_a_decided_proposal_is_kept_as_an_example_by_one_click(
    asked: Asked, cast: Cast, work: Callable[[], None]
) -> None:
    bob = signed_in(cast.bob)
    address = f"/approvals/{asked.approval.id}/"
    assert "Keep as an example" not in bob.get(address).content.decode()
    with tenant_context("acacia"):
        shown = approval_get(asked.approval.id)
        approval_decide(approval_id=shown.id, decision="approve", digest=shown.digest, actor=person(cast.bob))
    work()
    assert "Keep as an example" in bob.get(address).content.decode()
    told = bob.post(f"{address}example/", follow=True).content.decode()
    assert "Kept as an example: understanding email, recommending, drafting replies." in told
    again = bob.post(f"{address}example/", follow=True).content.decode()
    assert "It is an example already" in again
    listed = signed_in(cast.alice).get(f"{PAGE}examples/understand/").content.decode()
    assert "Inspection at 14 Wattle Street" in listed
    assert "1 example in use" in listed


def test_a_proposal_that_waits_is_no_example_and_the_page_says_so(asked: Asked, cast: Cast) -> None:
    told = signed_in(cast.bob).post(f"/approvals/{asked.approval.id}/example/", follow=True).content.decode()
    assert "Only what people have approved says what is right." in told
    with tenant_context("acacia"):
        assert case_counts() == {}


@pytest.mark.usefixtures("in_committed_acacia")
def test_a_manager_measures_the_offline_provider_and_reads_the_figures(cast: Cast, work: Callable[[], None]) -> None:
    examples(3)
    alice = signed_in(cast.alice)
    assert "Nothing was measured yet." in alice.get(PAGE).content.decode()
    answer = alice.post(PAGE, {"purpose": "understand", "offline": "1"})
    assert "Waits for a worker, 0 of 3 examples" in alice.get(answer["Location"]).content.decode()
    work()
    shown = alice.get(answer["Location"]).content.decode()
    assert "Measured, 3 of 3 examples" in shown
    assert "100.0 % (95 %: 43.9 % to 100.0 %, n 3)" in shown
    assert "local-1 (low)" in alice.get(PAGE).content.decode()


@pytest.mark.usefixtures("kept")
def test_a_purpose_without_examples_is_not_measured_and_the_page_says_what_to_do(cast: Cast) -> None:
    answer = signed_in(cast.alice).post(PAGE, {"purpose": "draft"})
    assert answer.status_code == 422
    assert "There are no examples of this purpose. Keep some of decided proposals" in answer.content.decode()
    assert signed_in(cast.alice).post(PAGE, {"purpose": "sing"}).status_code == 404


@pytest.mark.usefixtures("kept")
def test_a_route_that_was_not_measured_is_set_with_a_reason_alone(helen: Client) -> None:
    typed = {"purpose": "understand", "model_0": OPUS.model, "effort_0": OPUS.effort}
    refused = helen.post(MODELS, typed)
    assert refused.status_code == 409
    assert "It was not measured by the 12 examples" in refused.content.decode()
    assert f"<option selected>{OPUS.model}</option>" in refused.content.decode()
    assert helen.post(MODELS, typed | {"override": "Haiku goes away."}).status_code == 302
    shown = helen.get(MODELS).content.decode()
    assert "It was not measured, and was set all the same: “Haiku goes away.”" in shown
    with tenant_context("acacia"):
        assert [hop.model for hop in route_of("understand").hops] == [OPUS.model]


@pytest.mark.usefixtures("kept")
def test_a_candidate_is_measured_from_the_form_of_its_route_with_what_is_in_force(helen: Client) -> None:
    answer = helen.post(MODELS, {"purpose": "understand", "model_0": HAIKU.model, "effort_0": "low", "measure": "1"})
    assert answer.status_code == 302
    with tenant_context("acacia"):
        asked = {found.hops: found.id for found in evaluations()}
        assert set(asked) == {(HAIKU,), route_of("understand").hops}
    assert answer["Location"] == f"{PAGE}{asked[(HAIKU,)]}/"


@pytest.mark.usefixtures("kept")
def test_an_evaluation_that_stopped_says_why_and_goes_on(cast: Cast) -> None:
    alice, stopped = signed_in(cast.alice), measured(HAIKU)
    shown = alice.get(f"{PAGE}{stopped}/").content.decode()
    assert "There is no key for the vendor: who runs this installation sets ANTHROPIC_API_KEY" in shown
    assert alice.post(f"{PAGE}{stopped}/").status_code == 302
    assert "Is being measured" in alice.get(f"{PAGE}{stopped}/").content.decode()
    assert alice.post(f"{PAGE}{stopped}/").status_code == 302
    with tenant_context("acacia"):
        done = measured(LOCAL_HOP)
    assert alice.post(f"{PAGE}{done}/").status_code == 409


@pytest.mark.usefixtures("kept")
def test_what_is_right_is_corrected_and_nothing_typed_is_lost(cast: Cast) -> None:
    alice = signed_in(cast.alice)
    with tenant_context("acacia"):
        first = cases(purpose="understand")[0].pk
    address = f"{PAGE}examples/understand/{first}/"
    assert alice.get(f"{PAGE}examples/draft/{first}/").status_code == 404
    for typed, words in (('{"intent": "sing"}', "expected.intent: choose one of"), ("{not", "This is no JSON")):
        answer = alice.post(address, {"expected": typed})
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert typed.replace('"', "&quot;") in answer.content.decode()
    corrected = alice.post(address, {"expected": '{"intent": "question"}'})
    assert corrected.status_code == 302
    assert "Retired" in alice.get(address).content.decode()
    assert alice.post(corrected["Location"], {"retire": "1"}).status_code == 302
    with tenant_context("acacia"):
        assert case_counts() == {"understand": 11}


@pytest.mark.usefixtures("kept")
def test_examples_are_taken_out_and_brought_in_as_a_file_by_owners(helen: Client, cast: Cast) -> None:
    answer = helen.post(f"{PAGE}examples/understand/export/")
    assert answer["Content-Type"] == "application/jsonl"
    assert len(answer.content.splitlines()) == 12
    with tenant_context("acacia"):
        assert entries(event="golden.exported").count() == 1
        for case in cases(purpose="understand"):
            golden_retire(case=case.pk, actor=TESTS)
    address = f"{PAGE}examples/understand/import/"
    file = SimpleUploadedFile("examples.jsonl", answer.content)
    assert (
        "12 added, 0 corrected, 0 known already." in helen.post(address, {"file": file}, follow=True).content.decode()
    )
    for content, words in ((b"{", "line 1, line: is no JSON"), (b"\xff", "This file is no UTF-8 text.")):
        refused = helen.post(address, {"file": SimpleUploadedFile("examples.jsonl", content)})
        assert refused.status_code == 422
        assert words in refused.content.decode()
    assert "Choose a file." in helen.post(address).content.decode()
    assert signed_in(cast.alice).post(address).status_code == 403


@pytest.mark.usefixtures("kept")
def test_nothing_of_it_is_another_tenants(cast: Cast) -> None:
    charlie, found = signed_in(cast.charlie, "harbour"), measured(LOCAL_HOP)
    with tenant_context("acacia"):
        first = cases(purpose="understand")[0].pk
    assert charlie.get(f"{PAGE}{found}/").status_code == 404
    assert charlie.get(f"{PAGE}examples/understand/{first}/").status_code == 404
    assert "There are no examples yet." in charlie.get(f"{PAGE}examples/understand/").content.decode()


def command(*words: object) -> str:
    out = StringIO()
    call_command("evaluate", "acacia", *map(str, words), stdout=out)
    return out.getvalue()


@pytest.mark.usefixtures("in_committed_acacia")
def test_the_command_brings_examples_in_measures_and_takes_them_out(tmp_path: Path) -> None:
    examples(3)
    with tenant_context("acacia"):
        lines = golden_export(purpose="understand", actor=TESTS)
    file = tmp_path / "examples.jsonl"
    command("--purpose", "understand", "--export", file)
    assert file.read_text().splitlines() == lines
    assert command("--import", file) == "0 added, 0 corrected, 3 known already\n"
    assert "Intent right: 100.0 % (95 %: 43.9 % to 100.0 %, n 3)" in command("--purpose", "understand")
    told = json.loads(command("--purpose", "understand", "--json"))
    assert (told["status"], told["measured"], told["lowered"], told["comparison"]) == ("done", 3, [], None)


@pytest.mark.usefixtures("in_committed_acacia")
def test_the_command_holds_a_new_prompt_against_the_former_one(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from ai.purposes import PURPOSES, UNDERSTAND

    examples(3)
    command("--purpose", "understand")
    monkeypatch.setitem(PURPOSES, "understand", replace(UNDERSTAND, version=UNDERSTAND.version + 1))
    told = command("--purpose", "understand")
    assert f"understand@{UNDERSTAND.version + 1} by local-1 (low): 3 of 3 examples" in told
    assert "no gate metric is lower" in told
    monkeypatch.setitem(
        PURPOSES,
        "understand",
        replace(UNDERSTAND, version=UNDERSTAND.version + 2, check=lambda inputs, result: ("It is no good.",)),
    )
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("evaluate", "acacia", "--purpose", "understand", stdout=out)
    assert ended.value.code == 1
    assert "LOWER: Intent right" in out.getvalue()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "say --purpose"),
        (("--purpose", "understand"), "There are no examples of this purpose"),
        (("--purpose", "understand", "--limit-usd", "much"), "much is no amount of US dollars"),
        (("--purpose", "understand", "--route", "claude-opus-5-5:wild"), "is no model"),
        (("--import", "/nowhere"), "/nowhere cannot be read"),
    ],
)
@pytest.mark.usefixtures("in_acacia")
def test_the_command_says_what_is_wrong_in_a_line(words: tuple[str, ...], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        command(*words)
