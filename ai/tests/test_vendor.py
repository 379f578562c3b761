"""The stand-in by itself, as a person starts it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from ai.errors import Retryable
from ai.providers.anthropic import AnthropicProvider
from ai.purposes import UNDERSTAND
from ai.routes import ROUTES
from ai.tests.conftest import understand_input

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def started() -> Iterator[str]:
    """The address of a stand-in in a process of its own."""
    command = [sys.executable, "-m", "tests.vendor", "--port", "0", "--scenario", "overloaded"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        yield next(word for word in said.split() if word.startswith("http"))
        process.terminate()


def post(url: str, value: object) -> int:
    request = Request(url, data=json.dumps(value).encode(), method="POST")
    try:
        with urlopen(request, timeout=60) as response:
            return int(response.status)
    except HTTPError as error:
        with error:
            return error.code


def test_a_person_can_start_it_and_change_what_happens(started: str) -> None:
    provider = AnthropicProvider(api_key="any", base_url=started)

    def ask() -> str:
        prepared = provider.prepare(purpose=UNDERSTAND, inputs=understand_input(), repair=None)
        return prepared.answer(hop=ROUTES["understand"].hops[0], max_tokens=1_000).text

    with pytest.raises(Retryable):
        ask()
    assert post(f"{started}/__scenario", {"name": "answer"}) == 200
    assert json.loads(ask())["intent"] == "inspection"
    assert post(f"{started}/__scenario", {"name": "no such thing"}) == 422
    with urlopen(f"{started}/__requests", timeout=60) as response:
        assert [request["purpose"] for request in json.load(response)] == ["understand", "understand"]
