"""Is the process alive, and can the platform do its work? Answered on every host, before anything else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from dispatch.services import errors_of, living
from tenants.checks import login_faults
from tenants.selectors import public_context

HEARTBEAT_SECONDS = 20


class HealthMiddleware:
    """GET /healthz: the process lives. GET /readyz: each part by name; 503 when one is missing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in ("GET", "HEAD"):
            if request.path_info == "/healthz":
                return JsonResponse({"status": "ok"})
            if request.path_info == "/readyz":
                parts = readiness()
                ready = all(part["ok"] for part in parts.values())
                answer = JsonResponse({"ready": ready, **parts}, status=200 if ready else 503)
                answer._has_been_logged = True  # type: ignore[attr-defined] # not ready yet is no error
                return answer
        return self.get_response(request)


def readiness() -> dict[str, dict[str, Any]]:
    """What the platform needs to work: database, migrations, a login that is restricted, broker, a worker."""
    parts: dict[str, dict[str, Any]] = {}
    try:
        with public_context():
            faults = login_faults()
            parts["database"] = _part(not faults, " ".join(faults))
            missing = _unapplied()
            parts["migrations"] = _part(not missing, f"not applied: {', '.join(missing[:3])}" if missing else "")
            alive = living(since=timezone.now() - timedelta(seconds=HEARTBEAT_SECONDS)).get("worker", 0)
            parts["workers"] = _part(alive > 0, f"{alive} alive")
            # Told, but no reason to take requests away: everything else goes on.
            unsealed = errors_of("audit.seal")
            parts["ledger"] = _part(True, f"{len(unsealed)} not sealed: {unsealed[0]}" if unsealed else "")
    except DatabaseError as error:
        parts["database"] = _part(False, str(error).splitlines()[0])
        for unknown in {"migrations", "workers", "ledger"} - parts.keys():
            parts[unknown] = _part(False, "not known while the database is away")
    try:
        url = settings.REDIS_URL.replace("redis+socket://", "unix://")
        with redis.Redis.from_url(url, socket_timeout=2) as broker:
            broker.ping()
        parts["broker"] = _part(True)
    except (redis.RedisError, ValueError) as error:
        parts["broker"] = _part(False, str(error))
    return parts


def _part(ok: bool, detail: str = "") -> dict[str, Any]:
    return {"ok": ok, "detail": detail} if detail else {"ok": ok}


def _unapplied() -> list[str]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    labels = {a.split(".")[-1] for a in settings.SHARED_APPS}
    return [f"{m.app_label}.{m.name}" for m, _ in plan if m.app_label in labels]
