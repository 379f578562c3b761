"""Measure the gateway against the stand-in for the vendor, which runs in a process of its own.

`make bench-ai` runs all of it with services of its own, some four minutes; ONLY=overhead (flight, story,
outage) a part.
"""

import argparse
import gc
import json
import logging
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.request import Request, urlopen
from uuid import UUID, uuid4

from benchmarks.engine.tenancy import SLUG, django_start, tenant_make

if TYPE_CHECKING:
    from pydantic import BaseModel

CALLS = 200
IN_FLIGHT = 64
MODEL_SECONDS = 2.0
OUTAGE_SECONDS = 60.0
LOAD = 8
OPENS_WITHIN = 25.0  # seconds: a breaker's first probe comes later
EMAILS = 3


def main() -> None:
    parts: dict[str, Callable[[str], None]] = {"overhead": overhead, "flight": flight, "story": story, "outage": outage}
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--only", choices=list(parts))
    only = options.parse_args().only
    tenant_make(pack="real_estate")
    django_start()
    logging.disable(logging.CRITICAL)
    with vendor() as url:
        _use(url)
        for name, part in parts.items():
            if only in (None, name):
                print(f"\n{name}\n")
                part(url)


@contextmanager
def vendor() -> Iterator[str]:
    """The stand-in, listening; its own work takes nothing of this process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.vendor", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                play(url, "answer")
                break
            except URLError:
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait()


def play(url: str, name: str, **more: Any) -> None:
    """Have the stand-in do this from now on."""
    body = json.dumps({"name": name, **more}).encode()
    urlopen(Request(f"{url}/__scenario", body), timeout=10).read()


def _use(url: str) -> None:
    from django.conf import settings

    settings.COUNTERSIGN = settings.COUNTERSIGN.model_copy(
        update={"ai_provider": "auto", "anthropic_api_key": "sk-stand-in", "anthropic_base_url": url}
    )


def _ask(name: str = "draft", *, last_attempt: bool = False) -> str:
    from ai.services import ask
    from ai.tests.conftest import draft_input, understand_input
    from tenants.selectors import tenant_context

    inputs = draft_input() if name == "draft" else understand_input()
    with tenant_context(SLUG):
        answer = ask(purpose=name, inputs=inputs, run_id=str(uuid4()), step=name, last_attempt=last_attempt)
    return answer.provenance.model_served


def overhead(url: str) -> None:
    """A call of each purpose through the gateway, the same request through the SDK alone, and the checks of a draft, in
    turns, one after another.
    """
    from ai.budgets.services import Given, budgets_set
    from ai.providers.anthropic import AnthropicProvider
    from ai.purposes import DRAFT, PURPOSES
    from ai.routes import ROUTES
    from ai.services import ask
    from audit.services import Actor
    from tenants.selectors import tenant_context

    provider = AnthropicProvider(api_key="sk-stand-in", base_url=url)
    wall: dict[str, list[float]] = defaultdict(list)
    cpu: dict[str, list[float]] = defaultdict(list)
    with tenant_context(SLUG):  # as a worker has entered it before it asks
        limits = [Given(scope, key, window, None, Decimal(10**6)) for scope, key, window in BUDGETS]
        budgets_set(budgets=limits, actor=Actor.system("benchmark"))
        for turn in range(CALLS + 20):
            acts: list[tuple[str, Callable[[], object]]] = []
            for name, purpose in PURPOSES.items():
                inputs = _enquiry(name, 2 * turn)
                request = provider.prepare(purpose=purpose, inputs=inputs, repair=None)
                bare = partial(request.answer, hop=ROUTES[name].hops[0], max_tokens=purpose.max_tokens)
                acts.append((f"{name}, bare SDK", bare))
                acts.append((name, partial(ask, purpose=name, inputs=inputs, run_id=str(uuid4()), step=name)))
            drafted = _enquiry("draft", 2 * turn + 1)
            text = provider.prepare(purpose=DRAFT, inputs=drafted, repair=None)
            answer = text.answer(hop=ROUTES["draft"].hops[0], max_tokens=DRAFT.max_tokens).text
            acts.append(("checks of a draft", partial(_checked, drafted, answer)))
            if turn == 20:
                gc.collect()
                gc.freeze()  # no call pays for walking what was imported
            for name, act in acts:
                began, worked = time.perf_counter(), time.process_time()
                act()
                if turn >= 20:
                    cpu[name].append(time.process_time() - worked)
                    wall[name].append(time.perf_counter() - began)
    for name in cpu:
        print(f"{name:20} p50 {_ms(wall[name]):6.2f} ms, CPU of this process {_ms(cpu[name]):6.2f} ms")
    own = {name: _ms(cpu[name]) - _ms(cpu[f"{name}, bare SDK"]) for name in PURPOSES}
    told = ", ".join(f"{name} {of:.2f}" for name, of in own.items())
    print(
        f"the gateway's own CPU in ms: {told}; together {sum(own.values()) / len(own):.2f} a call"
        f" ({CALLS} calls each, with {len(BUDGETS)} budgets)"
    )


def _enquiry(name: str, number: int) -> "BaseModel":
    """Another customer's email each time: what was read before of an enquiry are its listing, phrases and actions."""
    from ai.tests.conftest import TEXT, draft_input, mail, recommend_input, understand_input

    customer = "Ann" + "".join(chr(ord("a") + int(digit)) for digit in str(number))
    message = mail(TEXT.replace("Georgia", customer).replace("Petersham", f"Street {number}"))
    if name == "draft":
        return draft_input(message).model_copy(update={"customer_name": customer})
    return understand_input(message) if name == "understand" else recommend_input(message)


def _checked(inputs: "BaseModel", text: str) -> None:
    from ai.purposes import DRAFT

    DRAFT.review(inputs, DRAFT.read(inputs, text), ())


BUDGETS = (("tenant", "", "day"), ("tenant", "", "month"), ("purpose", "draft", "day"))


def _ms(times: list[float]) -> float:
    return statistics.median(times) * 1000


def flight(url: str) -> None:
    """As many threads as a worker may have calls in flight, each asking a model that takes two seconds."""
    from django.db import connections

    play(url, "answer", delay=MODEL_SECONDS)
    rounds = 3

    def work(_: int) -> Counter[str]:
        try:
            return Counter(_ask() for _ in range(rounds))
        finally:
            connections.close_all()

    began, worked = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(IN_FLIGHT) as pool:
        served = sum(pool.map(work, range(IN_FLIGHT)), Counter[str]())
    took, cpu = time.perf_counter() - began, time.process_time() - worked
    calls = IN_FLIGHT * rounds
    print(f"{calls} calls, {IN_FLIGHT} in flight, a model that takes {MODEL_SECONDS:g} s: {took:.1f} s")
    print(
        f"{calls / took:.1f} calls/s of {IN_FLIGHT / MODEL_SECONDS:.0f} that are possible;"
        f" {cpu / calls * 1000:.1f} ms CPU a call"
    )
    print(f"served: {dict(served)}")
    play(url, "answer")


def story(url: str) -> None:
    """What emails take that come one after another, the sample first: tokens as the stand-in counts them (four
    characters each), dollars by list price. From the third on the vendor has the beginning of each request.
    """
    from ai.selectors import calls
    from dispatch.worker import run_next
    from tenants.selectors import public_context, tenant_context
    from tests.story import mail, receive, samples

    told: set[UUID] = set()
    for number in range(EMAILS):
        with tenant_context(SLUG):
            if not number:
                samples()
            receive(mail(**({"subject": f"Inspection {number}"} if number else {})))
        with public_context():
            while any(run_next(queue) for queue in ("runs", "ai", "notify")):
                pass
        total = 0.0
        with tenant_context(SLUG):
            for call in calls(purpose=None).exclude(workflow="").exclude(pk__in=told).order_by("id"):
                told.add(call.pk)
                total += float(call.cost_usd)
                print(
                    f"{call.purpose:12} {call.model_served:18} {call.input_tokens:6} in {call.cache_write_5m_tokens:6}"
                    f" written {call.cache_read_tokens:6} read {call.output_tokens:5} out  US${call.cost_usd:.6f}"
                )
        print(f"email {number + 1} together US${total:.6f}")


@dataclass(frozen=True)
class Served:
    """One step that was done, or put off: when it began and ended, in seconds, and by whom it was served."""

    began: float
    ended: float
    by: str


PUT_OFF = "tried again later"


def outage(url: str) -> None:
    """A vendor that is overloaded for a minute, under load: who serves before, while and after, and when it is over."""
    from django.db import connections

    _ask("understand")  # imports take their time
    play(url, "answer", delay=0.2)
    began, over = time.monotonic(), threading.Event()
    seen: list[Served] = []

    def work(_: int) -> None:
        from ai.errors import Retryable

        try:
            while not over.is_set():
                at = time.monotonic() - began
                try:
                    served = _ask("understand")
                except Retryable:
                    served = PUT_OFF
                seen.append(Served(at, time.monotonic() - began, served))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(LOAD) as pool:
        running = pool.map(work, range(LOAD))
        time.sleep(10)
        asked_before = _asked(url)
        play(url, "overloaded")
        down = time.monotonic() - began
        time.sleep(OUTAGE_SECONDS)
        asked = _asked(url) - asked_before
        play(url, "answer", delay=0.2)
        back = time.monotonic() - began
        time.sleep(40)
        over.set()
        list(running)
    end = max(one.ended for one in seen)
    for name, since, until in (("before", 0.0, down), ("down", down, back), ("back", back, end)):
        counted = Counter(one.by for one in seen if since <= one.ended < until)
        print(f"{name:7} {until - since:5.1f} s: {dict(counted)}")
    meanwhile = [one for one in seen if down <= one.began and one.ended < back]
    put_off = [one.ended - down for one in meanwhile if one.by == PUT_OFF]
    opened = max((at for at in put_off if at < OPENS_WITHIN), default=0.0)
    print(f"down: {asked} requests reached the vendor, of {len(meanwhile)} steps")
    print(f"down: from {opened:.1f} s on no step is put off before the first probe, {len(put_off)} in all")
    print(f"down: the slowest step {max(one.ended - one.began for one in meanwhile):.2f} s")
    hop = next(one.by for one in seen if one.by.startswith("claude"))
    after = [one for one in seen if one.began > back]
    answers = min((one.ended - back for one in after if one.by.startswith("claude")), default=None)
    others = max((one.ended - back for one in after if one.by != hop), default=0.0)
    print(f"back: a model answers after {answers:.1f} s" if answers else "back: no model answers again")
    print(f"back: from {others:.1f} s on {hop} alone")


def _asked(url: str) -> int:
    """How many requests have reached the stand-in."""
    with urlopen(f"{url}/__requests", timeout=30) as answer:
        return len(json.load(answer))


if __name__ == "__main__":
    main()
