"""How many requests a minute: counted in the cache, whose keys carry the tenant. Without it everybody passes."""

import math
import time

import structlog
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError
from rest_framework.exceptions import Throttled
from rest_framework.request import Request

MINUTE = 60

log = structlog.get_logger(__name__)


def count(kind: str, ident: str, per_minute: int) -> None:
    """Count one request of `ident`; raises Throttled for each beyond `per_minute` in the running minute."""
    now = time.time()
    key = f"rate:{kind}:{ident}:{int(now // MINUTE)}"
    try:
        cache.add(key, 0, timeout=2 * MINUTE)
        counted = cache.incr(key)
    except RedisError as error:
        log.warning("request_not_counted", error=str(error))
        return
    except ValueError:  # the cache was emptied in between
        return
    if counted > per_minute:
        raise Throttled(wait=math.ceil(MINUTE - now % MINUTE))


def address_of(request: Request | HttpRequest) -> str:
    """Where a request comes from: what our proxy saw, where there is one."""
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", "")) if settings.BEHIND_TLS else ""
    return forwarded.rpartition(",")[2].strip() or str(request.META.get("REMOTE_ADDR", ""))
