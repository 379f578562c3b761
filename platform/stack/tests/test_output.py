"""One stream of many voices."""

import contextlib
import io
import os

from stack.output import Output


def test_each_line_says_who_said_it():
    stream = io.StringIO()
    output = Output(stream)
    output.line("web", "started")
    output.line("provisioner", "waiting")
    output.close()
    assert stream.getvalue() == "web        | started\nprovisioner| waiting\n"


def test_a_reader_who_stops_reading_stops_nobody():
    read_end, write_end = os.pipe()
    stream = os.fdopen(write_end, "w")
    output = Output(stream)
    for _ in range(50_000):  # it would stand still in the middle
        output.line("web", "a line that nobody reads, and then another one")
    os.close(read_end)
    output.close()
    with contextlib.suppress(BrokenPipeError):
        stream.close()
