"""Structured logs: one event a line, each with the tenant, run, step and request that it belongs to."""

import logging
import logging.config
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# API tokens, and the addresses of inbound webhooks: their beginning tells which it was.
TOKEN = re.compile(r"(c[sh]k_[0-9a-f]{6})[0-9a-f]{34}")
# Links that let in whoever has them: an invitation, a new password, support access.
LINK = re.compile(r"(/(?:join|password-new|support)/)[\w-]{40,}")
# What was asked of a page: people search for names and addresses.
QUERY = re.compile(r"(\b[A-Z]{3,7} /[^\s?\"']*\?)[^\s\"']+")


def without_tokens(text: str) -> str:
    """`text` with all but the beginning of each of our tokens taken out, and without the secrets of links and what
    requests asked for."""
    return QUERY.sub(r"\1…", LINK.sub(r"\1…", TOKEN.sub(r"\1…", text)))


def _mask(logger: Any, method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: without_tokens(value) if isinstance(value, str) else value for name, value in line.items()}


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    _mask,
]


# Each SQL statement, HTTP call and wake-up is noise; what comes of them is logged by us.
NOISY = (
    "django.db",
    "httpx2",
    "httpcore2",
    "asyncio",
    "mail.log",
    "celery.worker.strategy",
    "celery.app.trace",
)


def configure(given: dict[str, Any]) -> None:
    """Set up logging; `given["level"]` is the lowest level that is written. People get text, files JSON."""
    renderer: Any = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            *SHARED,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "structured": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
                    "foreign_pre_chain": SHARED,
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
            "root": {"handlers": ["stderr"], "level": given["level"]},
            "loggers": {name: {"level": "WARNING"} for name in NOISY},
        }
    )
