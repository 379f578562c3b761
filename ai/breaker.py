"""A breaker for each provider and model, shared by all processes: who is down is not asked until a probe succeeds.

It opens after `FAILURES` faults in a row, all within `WITHIN` seconds. After `OPEN` seconds one caller of all processes
may try; when that fails it stays open as long again, when it succeeds it is closed. It is kept in the cache's server.
Where that is away every breaker counts as closed: a fault of the vendor then costs time, and never an answer.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import structlog
from redis import RedisError

from observability.cache import server

FAILURES = 5
WITHIN = 60.0
OPEN = 30.0

Admitted = Literal["clear", "closed", "probe", "open"]
log = structlog.get_logger(__name__)

# Each script is one step for all processes. Times are seconds; `now` comes from the caller's clock.
ADMIT = """
local opened = redis.call('HGET', KEYS[1], 'opened')
if not opened then return redis.call('EXISTS', KEYS[1]) == 1 and 'closed' or 'clear' end
local now = tonumber(ARGV[1])
if now < tonumber(opened) + tonumber(ARGV[2]) then return 'open' end
local probing = redis.call('HGET', KEYS[1], 'probing')
if probing and now < tonumber(probing) then return 'open' end
redis.call('HSET', KEYS[1], 'probing', now + tonumber(ARGV[3]))
return 'probe'
"""
FAILED = """
local now, probe = tonumber(ARGV[1]), ARGV[2] == 'probe'
if redis.call('HEXISTS', KEYS[1], 'opened') == 1 then
  if probe then
    redis.call('HSET', KEYS[1], 'opened', now)
    redis.call('HDEL', KEYS[1], 'probing')
  end
else
  local first = tonumber(redis.call('HGET', KEYS[1], 'first') or '-1')
  if first < 0 or now - first > tonumber(ARGV[4]) then
    redis.call('HSET', KEYS[1], 'first', now, 'failures', 0)
  end
  if redis.call('HINCRBY', KEYS[1], 'failures', 1) >= tonumber(ARGV[3]) then
    redis.call('HSET', KEYS[1], 'opened', now)
  end
end
redis.call('EXPIRE', KEYS[1], 3600)
return redis.call('HEXISTS', KEYS[1], 'opened')
"""


@dataclass(frozen=True)
class Breaker:
    """The breaker of one model at one address of a provider. `clock` tells the time in seconds."""

    provider: str
    model: str
    address: str
    clock: Callable[[], float] = time.time

    def admit(self, *, longest: float) -> Admitted:
        """Whether the model may be asked: `clear` and `closed` say yes (without, and with faults of a moment ago),
        `probe` says this once, within `longest` seconds.
        """
        answer: Admitted | None = self._run(ADMIT, self.clock(), OPEN, longest)
        return answer or "clear"

    def failed(self, admitted: Admitted) -> None:
        """Say that the one who was let through met a fault of the vendor."""
        if self._run(FAILED, self.clock(), admitted, FAILURES, WITHIN):
            log.warning("breaker_open", provider=self.provider, model=self.model)

    def succeeded(self, admitted: Admitted) -> None:
        """Say that the model has answered the one who was let through, whatever it said."""
        if admitted == "clear":
            return  # there was nothing to forget; faults that came meanwhile are forgotten by the next answer
        try:
            server().delete(self._key)
        except RedisError as error:
            log.warning("breaker_unknown", error=str(error))

    @property
    def _key(self) -> str:
        """Of no tenant: the vendor is down for all of them."""
        named = "\n".join((self.provider, self.model, self.address))
        return f"ai-breaker:{hashlib.sha256(named.encode()).hexdigest()[:32]}"

    def _run(self, script: str, *given: object) -> Any:
        """What a script answers; None where its server is away."""
        try:
            return server().eval(script, 1, self._key, *map(str, given))
        except RedisError as error:
            log.warning("breaker_unknown", error=str(error))
            return None
