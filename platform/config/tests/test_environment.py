"""The environment: silent means a default, malformed stops the start with one line, secrets are never shown."""

import base64
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from config.settings import environment
from config.settings.environment import ROOT, Environment, read

SECRET = "s3cr3t-that-nobody-sees"
KEY = base64.urlsafe_b64encode(b"k" * 32).decode()


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An environment without any of our variables, without .env and without an embedded stack."""
    for name in Environment.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    return tmp_path


def stopped(capsys: pytest.CaptureFixture[str]) -> str:
    """What the start says when it stops."""
    with pytest.raises(SystemExit) as caught:
        read()
    assert isinstance(caught.value.code, str)  # Python prints it, and ends with 1
    assert capsys.readouterr() == ("", "")
    return caught.value.code


MALFORMED = [
    ("DATABASE_URL", "mysql://u:p@host/db"),
    ("DATABASE_URL", "nonsense"),
    ("DATABASE_URL", "postgresql://"),
    ("DATABASE_URL", f"postgresql://u:{SECRET}/x@host/db"),
    ("DATABASE_URL", f"postgresql://u:{SECRET}@[::1/db"),
    ("DATABASE_OWNER_URL", f"postgresql://u:{SECRET}@host:port/db"),
    ("DATABASE_OWNER_URL", f"postgresql://u:{SECRET}@host:99999/db"),
    ("REDIS_URL", f"http://:{SECRET}@host"),
    ("REDIS_URL", "redis://"),
    ("API_RATE_PER_MINUTE", "many"),
    ("API_FAILURES_PER_MINUTE", "0"),
    ("HOOK_RATE_PER_MINUTE", "-1"),
    ("WEBHOOKS_ALLOW_LOOPBACK", "perhaps"),
    ("HTTP_PORT", "eighty"),
    ("HTTP_PORT", "0"),
    ("HTTP_PORT", "65536"),
    ("HTTP_PORT", "80.5"),
    ("SMTP_PORT", "-25"),
    ("BASE_DOMAIN", "http://example.com"),
    ("BASE_DOMAIN", "example.com:8000"),
    ("BASE_DOMAIN", "exa mple.com"),
    ("BASE_DOMAIN", ".example.com"),
    ("INBOUND_DOMAIN", "in@example.com"),
    ("INBOUND_DOMAIN", "a" * 64 + ".com"),
    ("SECRET_KEY", SECRET),
    ("MASTER_KEY", SECRET),
    ("MASTER_KEY", KEY[:-4]),
    ("MASTER_KEY", f"!{KEY}"),
    ("MASTER_KEY", f"{KEY[:10]} {KEY[10:]}"),
    ("MASTER_KEY", "é" * 44),
    ("ANTHROPIC_BASE_URL", "ftp://api.example"),
    ("AI_PROVIDER", "openai"),
    ("SMTP_OUT_URL", f"mail://u:{SECRET}@host"),
    ("SMTP_OUT_URL", f"smtp://u:{SECRET}@host:no"),
    ("SENTRY_DSN", "sentry"),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"),
    ("METRICS_TOKEN", "easily-guessed"),
    ("PROMPTS_KEPT_DAYS", "0"),
    ("LOG_LEVEL", "debug"),
    ("LOG_LEVEL", "LOUD"),
    ("BEHIND_TLS", "perhaps"),
    ("DEBUG", "maybe"),
    ("LEASE_SECONDS", "0"),
    ("LEASE_SECONDS", "long"),
    ("CRASH_POINTS", "/tmp/without-debug"),
]


@pytest.mark.parametrize(("name", "value"), MALFORMED)
def test_a_malformed_value_stops_the_start_with_one_line_that_names_it(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    line = stopped(capsys)
    assert line.startswith(f"countersign: {name} must ")
    assert "\n" not in line
    for piece in (SECRET, KEY[:8], "{", "pydantic"):
        assert piece not in line


def test_every_variable_that_has_a_form_is_tried_with_a_malformed_value() -> None:
    free = {
        "ANTHROPIC_API_KEY",
        "DATA_DIR",
        "AUDIT_SIGNING_KEY_FILE",
        "AUDIT_HEADS_FILE",
        "CORPORA_DIR",
    }  # any text or path will do
    assert {name for name, _ in MALFORMED} == {name.upper() for name in Environment.model_fields} - free


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("DATABASE_URL", "postgres://u:p%40ss@host:5432/db", "postgres://u:p%40ss@host:5432/db"),
        ("DATABASE_URL", "postgresql:///db", "postgresql:///db"),
        ("REDIS_URL", "redis+socket:///run/v.sock", "redis+socket:///run/v.sock"),
        ("REDIS_URL", "rediss://:pw@host:6380/2", "rediss://:pw@host:6380/2"),
        ("HTTP_PORT", "65535", 65535),
        ("BASE_DOMAIN", "Example.COM.", "example.com"),
        ("MASTER_KEY", KEY, KEY),
        ("MASTER_KEY", KEY.rstrip("="), KEY.rstrip("=")),
        ("SECRET_KEY", "x" * 32, "x" * 32),
        ("DEBUG", "Yes", True),
        ("DEBUG", "off", False),
        ("LOG_LEVEL", "WARNING", "WARNING"),
        ("SMTP_OUT_URL", "smtps://u:p@host:465", "smtps://u:p@host:465"),
    ],
)
def test_a_proper_value_is_taken(
    bare: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, found: object
) -> None:
    monkeypatch.setenv(name, value)
    assert getattr(read(), name.lower()) == found


def test_silence_and_emptiness_mean_the_default(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in set(Environment.model_fields) - {"data_dir"}:
        monkeypatch.setenv(name.upper(), "")
    assert read() == Environment(data_dir=bare)


def test_a_file_beside_the_program_is_read_and_the_environment_wins(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (bare / ".env").write_text("HTTP_PORT=8100\nSMTP_PORT=2600\n")
    monkeypatch.setenv("SMTP_PORT", "2700")
    found = read()
    monkeypatch.delenv("HTTP_PORT")  # reading the file put it there
    assert (found.http_port, found.smtp_port) == (8100, 2700)


def test_what_the_embedded_stack_left_is_taken_unless_the_environment_says_otherwise(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (bare / "stack").mkdir()
    (bare / "stack" / "state.json").write_text('{"database_url": "postgresql://a@h/db", "redis_url": "redis://left"}')
    (bare / "secrets").mkdir()
    (bare / "secrets" / "secret_key").write_text("y" * 40 + "\n")
    monkeypatch.setenv("REDIS_URL", "redis://given")
    found = read()
    assert (found.database_url, found.redis_url) == ("postgresql://a@h/db", "redis://given")
    assert found.secret_key == "y" * 40


def test_a_state_that_was_half_written_is_no_obstacle(bare: Path) -> None:
    (bare / "stack").mkdir()
    (bare / "stack" / "state.json").write_text('{"database_url": "postg')
    assert read().database_url is None


def test_a_command_stops_with_that_line_and_nothing_else() -> None:
    found = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={**os.environ, "HTTP_PORT": "eighty", "PYTHONPATH": str(ROOT / "platform")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 1
    assert (found.stdout, found.stderr) == ("", "countersign: HTTP_PORT must be a whole number, not 'eighty'\n")


def test_the_example_names_every_variable_and_nothing_else() -> None:
    text = (ROOT / ".env.example").read_text()
    named = re.findall(r"^#?([A-Z][A-Z_]+)=", text, re.MULTILINE)
    assert sorted(named) == sorted(name.upper() for name in Environment.model_fields)


def test_the_example_as_it_is_changes_nothing_but_comments() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    assert all(line.startswith("#") for line in lines if line.strip())


def test_the_examples_own_values_are_proper(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / ".env.example").read_text()
    for name, value in re.findall(r"^#([A-Z][A-Z_]+)=(.+)$", text, re.MULTILINE):
        if name != "DATA_DIR":
            monkeypatch.setenv(name, value)
    assert read().http_port == 8000
