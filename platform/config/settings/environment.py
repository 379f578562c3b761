"""What the environment may say, its types, and what is true when it is silent.

A variable that is set but malformed stops the start with one line that names it: half-understood
settings are how a platform ends up serving the wrong thing.
"""

import base64
import binascii
import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import environ
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, ValidationInfo

ROOT = Path(__file__).resolve().parents[3]


def _url(*schemes: str) -> AfterValidator:
    def check(value: str | None) -> str | None:
        if value is None:
            return None
        try:
            parts = urlsplit(value)
            _ = parts.port
        except ValueError:
            # Python's own words would show a piece of it: of the password, when that holds a slash.
            raise ValueError("must be a URL whose host and port can be told apart from its password") from None
        if parts.scheme not in schemes:
            raise ValueError(f"must be a URL that starts with {' or '.join(f'{s}://' for s in schemes)}")
        if not parts.scheme.endswith("+socket") and not parts.hostname and not parts.path.strip("/"):
            raise ValueError("must name a host")
        return value

    return AfterValidator(check)


def _domain(value: str) -> str:
    labels = value.lower().rstrip(".").split(".")
    if not all(label and len(label) < 64 and label.replace("-", "").isalnum() for label in labels):
        raise ValueError("must be a domain name such as example.com")
    return ".".join(labels)


def _key_of_32_bytes(value: str | None) -> str | None:
    if value is None:
        return None
    try:
        raw = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != 32:
        raise ValueError("must be 32 bytes in URL-safe base64")
    return value


def _truth(value: object) -> object:
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if isinstance(value, str):
        if value.lower() not in words:
            raise ValueError("must be true or false")
        return words[value.lower()]
    return value


def _only_in_debug(value: Path | None, info: ValidationInfo) -> Path | None:
    if value is not None and not info.data.get("debug"):
        raise ValueError("must not be set without DEBUG: it kills workers")
    return value


Port = Annotated[int, Field(ge=1, le=65535)]
Rate = Annotated[int, Field(ge=1)]
Domain = Annotated[str, AfterValidator(_domain)]
Postgres = Annotated[str | None, _url("postgres", "postgresql")]


class Environment(BaseModel):
    """The settings that the environment decides; see .env.example for what each means."""

    model_config = ConfigDict(frozen=True)

    database_url: Postgres = None
    database_owner_url: Postgres = None
    redis_url: Annotated[str | None, _url("redis", "rediss", "redis+socket")] = None
    data_dir: Path = ROOT / ".data"
    http_port: Port = 8000
    smtp_port: Port = 2525
    base_domain: Domain = "localhost"
    inbound_domain: Domain = "in.localhost"
    secret_key: Annotated[str | None, Field(min_length=32)] = None
    master_key: Annotated[str | None, AfterValidator(_key_of_32_bytes)] = None
    audit_signing_key_file: Path | None = None
    audit_heads_file: Path | None = None
    anthropic_api_key: str | None = None
    anthropic_base_url: Annotated[str | None, _url("http", "https")] = None
    ai_provider: Literal["auto", "anthropic", "local"] = "auto"
    prompts_kept_days: Annotated[int, Field(ge=1, le=3650)] = 90
    smtp_out_url: Annotated[str | None, _url("smtp", "smtps")] = None
    api_rate_per_minute: Rate = 600
    api_failures_per_minute: Rate = 30
    hook_rate_per_minute: Rate = 120
    webhooks_allow_loopback: Annotated[bool, BeforeValidator(_truth)] = False
    metrics_token: Annotated[str | None, Field(min_length=16)] = None
    otel_exporter_otlp_endpoint: Annotated[str | None, _url("http", "https")] = None
    sentry_dsn: Annotated[str | None, _url("http", "https")] = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    debug: Annotated[bool, BeforeValidator(_truth)] = False
    lease_seconds: Annotated[float, Field(ge=1, le=600)] = 20
    crash_points: Annotated[Path | None, AfterValidator(_only_in_debug)] = None
    behind_tls: Annotated[bool, BeforeValidator(_truth)] = False
    corpora_dir: Path = ROOT.parent / "shared" / "data"


def _explain(error: dict[str, Any]) -> str:
    name = str(error["loc"][0]).upper()
    reasons = {
        "int_parsing": "must be a whole number",
        "float_parsing": "must be a number",
        "greater_than_equal": "must be at least {ge}",
        "less_than_equal": "must be at most {le}",
        "literal_error": "must be {expected}",
        "string_too_short": "must have at least {min_length} characters",
        "value_error": "{error}",
    }
    reason = reasons.get(error["type"], error["msg"]).format(**error.get("ctx", {}))
    # Values of URLs and keys may hold secrets: only plain words and numbers are echoed.
    shown = f", not {error['input']!r}" if error["type"] in {"int_parsing", "float_parsing", "literal_error"} else ""
    return f"countersign: {name} {reason}{shown}"


def read() -> Environment:
    """The environment with `.env` and what the embedded stack left in DATA_DIR; exits with one line when malformed."""
    environ.Env.read_env(str(ROOT / ".env"))
    given = {name: os.environ[name.upper()] for name in Environment.model_fields if os.environ.get(name.upper())}
    try:
        found = Environment.model_validate(given)
        return Environment.model_validate(_left_by_stack(found.data_dir.absolute()) | given)
    except ValidationError as error:
        sys.exit(_explain(error.errors()[0]))  # type: ignore[arg-type]


def _left_by_stack(data_dir: Path) -> dict[str, str]:
    """What the embedded stack wrote for commands run beside it: service URLs and generated secrets."""
    found: dict[str, str] = {}
    try:
        state = json.loads((data_dir / "stack" / "state.json").read_text())
        found |= {k: state[k] for k in ("database_url", "database_owner_url", "redis_url") if state.get(k)}
    except (OSError, ValueError):
        pass  # no embedded stack runs here: the environment must say where the services are
    for name in ("secret_key", "master_key"):
        path = data_dir / "secrets" / name
        if path.is_file():
            found[name] = path.read_text().strip()
    signing_key = data_dir / "secrets" / "audit_signing_key.pem"
    if signing_key.is_file():
        found["audit_signing_key_file"] = str(signing_key)
    return found
