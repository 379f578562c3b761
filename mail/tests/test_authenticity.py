"""Who sent it: real signatures, a real DNS server on a socket, and no DNS at all."""

import subprocess
import sys
from pathlib import Path

import dkim
import pytest
from hypothesis import given, strategies

from mail.parsing.authenticity import authenticate, header_fields
from mail.parsing.dmarc import aligned
from mail.parsing.dns import DnsUnavailable, Resolver
from mail.parsing.results import Auth, Verdict
from mail.tests.dns_server import dns_server
from mail.tests.messages import mail
from mail.tests.signing import key_record, signed

DMARC = {"_dmarc.customer.test": "v=DMARC1; p=reject"}
RECORDS = {**key_record("customer.test"), **DMARC}


def verdicts(raw: bytes, records: dict[str, str] = RECORDS) -> Auth:
    with dns_server(records) as nameserver:
        return authenticate(raw, Resolver(seconds=60, nameserver=nameserver).txt)


def test_a_signature_of_the_sender_passes():
    assert verdicts(signed(mail(), "customer.test")) == Auth(
        dkim=Verdict.PASS, dmarc=Verdict.PASS, domain="customer.test"
    )


def test_a_changed_text_fails():
    raw = signed(mail(), "customer.test").replace(b"still for sale", b"mine for free")
    assert verdicts(raw) == Auth(dkim=Verdict.FAIL, dmarc=Verdict.FAIL)


def test_a_missing_key_fails():
    assert verdicts(signed(mail(), "customer.test"), DMARC).dkim == Verdict.FAIL


def test_a_strangers_signature_says_nothing_of_the_from():
    raw = signed(mail(), "mailer.test")
    assert verdicts(raw, {**key_record("mailer.test"), **DMARC}) == Auth(dkim=Verdict.NONE, dmarc=Verdict.FAIL)


def test_a_subdomain_of_the_same_organisation_counts():
    raw = signed(mail(sender="g@mail.customer.test"), "customer.test")
    assert verdicts(raw).dkim == Verdict.PASS
    assert aligned("mail.customer.co.uk", "customer.co.uk")
    assert not aligned("customer.co.uk", "other.co.uk")
    assert not aligned("localhost", "other")


@pytest.mark.parametrize("field", [b"h=subject", b"l=10"])
def test_a_signature_that_leaves_room_for_forgery_fails(field):
    raw = signed(mail(), "customer.test", length=field.startswith(b"l="))
    if field.startswith(b"h="):
        raw = raw.replace(b"h=from : subject", b"h=subject").replace(b"h=from:subject", b"h=subject")
    assert verdicts(raw).dkim == Verdict.FAIL


def test_two_from_fields_fail():
    raw = signed(mail(), "customer.test").replace(b"From: ", b"From: boss@bank.test\r\nFrom: ", 1)
    assert verdicts(raw) == Auth(dkim=Verdict.FAIL, dmarc=Verdict.FAIL)


def test_an_unsigned_mail_of_a_domain_without_a_policy_has_none():
    assert verdicts(mail(), {"other.test": "x"}) == Auth(dkim=Verdict.NONE, dmarc=Verdict.NONE)


@pytest.mark.parametrize("raw", [b"", b"garbage", b"From: \n\nx", b"From: no address\n\nx", b"\xff\xfe\x00"])
def test_a_mail_without_a_sender_has_no_verdict(raw):
    assert verdicts(raw).dkim == Verdict.NONE


def test_silence_of_dns_is_unknown_and_takes_no_longer_than_allowed():
    raw = signed(mail(), "customer.test")
    with dns_server(RECORDS, silent=True) as nameserver:
        assert authenticate(raw, Resolver(seconds=0.4, nameserver=nameserver).txt) == Auth()


def test_a_resolver_closed_off_from_the_world_is_not_believed():
    # It denies everything, "test" itself included.
    assert verdicts(signed(mail(), "customer.test"), {}) == Auth()


@pytest.mark.parametrize("domain", ["example.com", "mail.example.org", "agency.example", "host.localhost"])
def test_names_set_aside_for_examples_are_not_asked_for(domain):
    with dns_server({}, silent=True) as nameserver:
        resolver = Resolver(seconds=60, nameserver=nameserver)
        assert authenticate(mail(sender=f"g@{domain}"), resolver.txt) == Auth(dkim=Verdict.NONE)


def test_no_resolver_at_all_is_unknown():
    def nothing(name: str) -> list[str]:
        raise DnsUnavailable

    assert authenticate(signed(mail(), "customer.test"), nothing) == Auth()


@pytest.mark.parametrize("record", ["v=DMARC1", "v=DMARC1; p", "v=DMARC1;;;p=;=", "v=DMARC1; p=reject; np=x; adkim=s"])
def test_odd_policies_break_nothing(record):
    found = verdicts(mail(), {"_dmarc.customer.test": record})
    assert found.dmarc in (Verdict.NONE, Verdict.FAIL, Verdict.UNKNOWN)


@given(
    strategies.lists(
        strategies.sampled_from([b"From", b":", b" ", b"\t", b"a", b"\xe9", b"\r", b"\n", b"\r\n", b"\0", b"From "])
    )
)
def test_the_fields_read_are_the_ones_that_the_dkim_library_sees(pieces):
    raw = b"".join(pieces)
    try:
        theirs = [(name.lower(), value) for name, value in dkim.rfc822_parse(raw)[0]]
    except (dkim.MessageFormatError, IndexError):
        with pytest.raises(ValueError):
            header_fields(raw)
    else:
        assert header_fields(raw) == theirs


@pytest.mark.parametrize(
    ("raw", "loaded"),
    [
        (mail(sender="g@agency.example"), set()),
        (mail(), {"dns", "dkim", "authheaders"}),
        (signed(mail(sender="g@agency.example"), "agency.example"), {"dkim", "authheaders", "dns"}),
    ],
    ids=["unsigned and unknown to DNS", "of a domain with a policy", "signed"],
)
def test_the_libraries_for_signatures_and_dns_are_loaded_for_what_needs_them(raw, loaded):
    told = """
import sys
from mail.parsing.authenticity import authenticate
from mail.parsing.dns import Resolver
from mail.parsing.stages import stages
authenticate(sys.stdin.buffer.read(), Resolver(seconds=60, nameserver=("127.0.0.1", int(sys.argv[1]))).txt)
print(*{"dns", "dkim", "authheaders"} & set(sys.modules))
"""
    with dns_server(RECORDS) as (_, port):
        child = subprocess.run(
            [sys.executable, "-c", told, str(port)],
            input=raw,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
            check=True,
        )
    assert set(child.stdout.decode().split()) == loaded
