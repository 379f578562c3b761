"""The stand-in's HTTP server."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from tests.vendor.answers import NotOurs, purpose_of
from tests.vendor.rules import fault_of
from tests.vendor.scenarios import CACHE, SCENARIOS, Response, failed

PAUSE = 0.05  # seconds between two bytes of a trickle
LONGEST_STALL = 300.0  # seconds, so that nothing hangs for ever


@dataclass
class State:
    """What the next requests meet, and what was asked so far."""

    scenario: str = "answer"
    times: int | None = None
    purpose: str | None = None
    delay: float = 0.0
    requests: list[dict[str, Any]] = field(default_factory=list)
    beginnings: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)
    released: threading.Event = field(default_factory=threading.Event)

    def choose(self, name: str, *, times: int | None = None, purpose: str | None = None, delay: float = 0.0) -> None:
        """From now on this scenario, for so many requests of that purpose; then honest answers again."""
        if name not in SCENARIOS:
            raise KeyError(f"there is no scenario {name!r}")
        with self.lock:
            self.scenario, self.times, self.purpose, self.delay = name, times, purpose, delay

    def next(self, request: dict[str, Any]) -> Response:
        """The response to a request, which is remembered."""
        with self.lock:
            try:
                purpose: str | None = purpose_of(request).name
            except NotOurs:
                purpose = None
            self.requests.append({"purpose": purpose, **request})
            meant = self.purpose in (None, purpose) and self.times != 0
            name = self.scenario if meant else "answer"
            if meant and self.times is not None:
                self.times -= 1
        fault = fault_of(request)
        if fault:
            return failed(400, "invalid_request_error")
        try:
            return SCENARIOS[name](request | self._cache(request))
        except NotOurs:
            return failed(400, "invalid_request_error")

    def _cache(self, request: dict[str, Any]) -> dict[str, str]:
        """What becomes of a beginning that is marked: kept for good, by model, schema and text."""
        system = request.get("system") or [{}]
        if "cache_control" not in system[-1]:
            return {}
        beginning = json.dumps([request["model"], request["output_config"], system])
        with self.lock:
            known = beginning in self.beginnings
            self.beginnings.add(beginning)
        return {CACHE: "read" if known else "written"}


class Handler(BaseHTTPRequestHandler):
    """One connection. The server carries the state."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # a body sent after its headers waits for nobody
    server: StandIn

    def log_message(self, format: str, *args: Any) -> None:
        if self.server.verbose:
            super().log_message(format, *args)

    def do_GET(self) -> None:
        state = self.server.state
        if self.path == "/__scenario":
            self._json({"name": state.scenario, "times": state.times, "purpose": state.purpose, "all": list(SCENARIOS)})
        elif self.path == "/__requests":
            self._json(state.requests)
        else:
            self._json({"error": "not found"}, status=404)

    def do_POST(self) -> None:
        given = self._body()
        if self.path == "/__scenario":
            try:
                self.server.state.choose(
                    str(given.get("name")), times=given.get("times"), purpose=given.get("purpose"),
                    delay=float(given.get("delay", 0)),
                )  # fmt: skip
            except KeyError as error:
                return self._json({"error": str(error)}, status=422)
            return self._json({"name": self.server.state.scenario})
        if self.path != "/v1/messages":
            return self._json({"error": "not found"}, status=404)
        if not (self.headers.get("authorization") or self.headers.get("x-api-key")):
            return self._send(failed(401, "authentication_error"))
        response = self.server.state.next(given)
        if self.server.state.delay:
            self.server.state.released.wait(self.server.state.delay)
        return self._send(response)

    def _body(self) -> dict[str, Any]:
        length = int(self.headers.get("content-length") or 0)
        found = json.loads(self.rfile.read(length) or b"{}")
        return found if isinstance(found, dict) else {}

    def _json(self, value: object, *, status: int = 200) -> None:
        self._send(Response(status, json.dumps(value).encode()))

    def _send(self, response: Response) -> None:
        if response.stall:
            self.server.state.released.wait(LONGEST_STALL)
            self.close_connection = True
            return
        if response.trickle:
            self._trickle()
            return
        self.send_response(response.status)
        self.send_header("Content-Type", response.content_type)
        self.send_header("Content-Length", str(len(response.body)))
        self.send_header("request-id", "req_standin")
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(response.body if response.cut is None else response.body[: response.cut])
        if response.cut is not None:
            self.close_connection = True

    def _trickle(self) -> None:
        """A header that never ends: each pause is short, and all of it is longer than anybody waits."""
        self.close_connection = True
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Patience: ")
        ends = time.monotonic() + LONGEST_STALL
        while time.monotonic() < ends and not self.server.state.released.wait(PAUSE):
            self.wfile.write(b".")


class StandIn(ThreadingHTTPServer):
    """The listening socket with its state."""

    daemon_threads = True
    request_queue_size = 128  # as many as ask at once: who finds no place in it is cut off

    def __init__(self, port: int, *, verbose: bool = False) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.state = State()
        self.verbose = verbose

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up first is a part of the play."""
        if self.verbose:
            super().handle_error(request, client_address)


class Vendor:
    """The stand-in in a thread: `with Vendor() as vendor: … vendor.url …`."""

    def __init__(self, port: int = 0) -> None:
        self._server = StandIn(port)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def requests(self) -> list[dict[str, Any]]:
        """What was asked, oldest first, with the `purpose` it was asked for."""
        return self._server.state.requests

    def play(self, name: str, *, times: int | None = None, purpose: str | None = None, delay: float = 0.0) -> None:
        """From now on this scenario; see State.choose. Forgets what was asked before, and what it keeps in its cache."""
        self._server.state.choose(name, times=times, purpose=purpose, delay=delay)
        self._server.state.requests.clear()
        self._server.state.beginnings.clear()

    def __enter__(self) -> Vendor:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.state.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
