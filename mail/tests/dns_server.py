"""A DNS server that answers from a table, on a real socket."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset


def _answer(asked: bytes, records: dict[str, str]) -> bytes:
    query = dns.message.from_wire(asked)
    question = query.question[0]
    name = question.name.to_text(omit_final_dot=True).lower()
    response = dns.message.make_response(query)
    if question.rdtype == dns.rdatatype.NS and any(known.endswith(f".{name}") for known in records):
        response.answer.append(dns.rrset.from_text(question.name, 60, "IN", "NS", "ns.test."))
    elif question.rdtype == dns.rdatatype.TXT and name in records:
        chunks = [records[name][at : at + 200] for at in range(0, len(records[name]), 200)]
        quoted = " ".join(f'"{chunk}"' for chunk in chunks)
        response.answer.append(dns.rrset.from_text(question.name, 60, "IN", "TXT", quoted))
    else:
        response.set_rcode(dns.rcode.NXDOMAIN)
    # Long keys do not fit into a plain UDP answer of the old size, and loopback takes more.
    response.flags &= ~dns.flags.TC
    return response.to_wire(max_size=65_535)


@contextmanager
def dns_server(records: dict[str, str], *, silent: bool = False) -> Iterator[tuple[str, int]]:
    """Serve TXT `records` by name; the server's address. `silent`: takes questions and answers none.

    It knows the top-level domain of each name it has records for, and denies all else.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as serving:
        serving.bind(("127.0.0.1", 0))
        ended = threading.Event()

        def serve() -> None:
            while not ended.is_set():
                asked, client = serving.recvfrom(65_535)
                if asked and not silent:
                    serving.sendto(_answer(asked, records), client)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield serving.getsockname()
        finally:
            ended.set()
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waking:
                waking.sendto(b"", serving.getsockname())
            thread.join()
