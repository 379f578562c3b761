"""Whether Countersign does its work, as its own readiness page says."""

import asyncio
import http.client
import json

from stack.ports import HOST

_REQUEST_SECONDS = 5.0
_POLL_SECONDS = 0.25


class Readiness:
    """Asks the readiness page on 127.0.0.1:`port` as host `host` would."""

    def __init__(self, *, port: int, host: str, path: str) -> None:
        self._port = port
        self._host = host
        self._path = path
        self.missing = "the web process does not answer"

    async def wait(self) -> None:
        """Wait until the answer is 200; meanwhile `missing` says what is not there yet."""
        while True:
            self.missing = await asyncio.to_thread(self._ask)
            if not self.missing:
                return
            await asyncio.sleep(_POLL_SECONDS)

    def _ask(self) -> str:
        connection = http.client.HTTPConnection(HOST, self._port, timeout=_REQUEST_SECONDS)
        try:
            connection.request("GET", self._path, headers={"Host": f"{self._host}:{self._port}"})
            answer = connection.getresponse()
            body = answer.read(65536)
        except (OSError, http.client.HTTPException):
            return "the web process does not answer"
        finally:
            connection.close()
        return "" if answer.status == 200 else _missing(answer.status, body)


def _missing(status: int, body: bytes) -> str:
    """The parts that the page says are not there, or its status when it does not list any."""
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    parts = found.items() if isinstance(found, dict) else ()
    unmet = [
        f"{name} ({part.get('detail') or 'not ready'})"
        for name, part in parts
        if isinstance(part, dict) and not part.get("ok")
    ]
    return ", ".join(unmet) or f"the readiness page answers {status}"
