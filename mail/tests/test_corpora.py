"""Real, odd and broken mail: each is read without a crash, and nothing it gives is refused by the database."""

import json
from dataclasses import asdict

import pytest

from mail.parsing.results import Body, Flag
from mail.parsing.stages import Options, stages
from mail.tests.dns_server import dns_server
from mail.tests.messages import corpus


@pytest.mark.parametrize("name", ["mikel", "bounces"])
def test_no_mail_of_the_collections_breaks_a_stage(name):
    unreadable = []
    files = corpus(name, "*.eml")
    with dns_server({}) as nameserver:
        for file in files:
            for frame in stages(file.read_bytes(), Options(dns_seconds=1, nameserver=nameserver)):
                assert frame.error == "", (file.name, frame)
                if frame.stage == "markup" and isinstance(frame.value, Body) and Flag.UNREADABLE in frame.value.flags:
                    unreadable.append(file.name)
                text = json.dumps(asdict(frame), default=str, ensure_ascii=False)
                assert "\\u0000" not in text
                text.encode()  # no lone surrogate
    print(f"\n{name}: {len(files)} mails, unreadable: {unreadable}")
    assert len(unreadable) <= 0.02 * len(files)
