"""Anything at all may arrive: reading never raises, within the stages or around them."""

from contextlib import suppress

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mail.parsing.addresses import addresses
from mail.parsing.decode import clean, header_text, text_decode
from mail.parsing.glance import dedupe_key, has_header, received_headers
from mail.parsing.markup import TooDeep, html_read
from mail.parsing.new_text import new_text
from mail.parsing.results import RangeKind
from mail.parsing.stages import Options, stages

NAMES = ["From", "To", "Subject", "Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Message-ID",
         "References", "Date", "Reply-To", "DKIM-Signature", "Auto-Submitted"]  # fmt: skip
VALUES = ["multipart/mixed; boundary=b", "text/html; charset=utf-8", "message/rfc822", "base64", "quoted-printable",
          "=?utf-8?b?//8=?=", "<a@b>", "a@b.test", "attachment; filename*=utf-8''%ff",
          "multipart/alternative; boundary=b"]  # fmt: skip
header = st.tuples(st.sampled_from(NAMES), st.one_of(st.sampled_from(VALUES), st.text(max_size=40)))
body = st.lists(
    st.one_of(st.sampled_from(["--b", "--b--", "", "> x", "<div hidden>"]), st.text(max_size=60)), max_size=12
)
message = st.builds(
    lambda headers, lines: "".join(f"{n}: {v}\n" for n, v in headers).encode("utf-8", "surrogatepass")
    + b"\n" + "\n".join(lines).encode("utf-8", "surrogatepass"),
    st.lists(header, max_size=8), body,
)  # fmt: skip
# Nothing listens there: DNS is refused at once.
NOWHERE = Options(dns_seconds=0, nameserver=("127.0.0.1", 1))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(message, st.binary(max_size=400)))
@example(b"\t")
@example(b"Content-Type: message/rfc822\n\nContent-Type: multipart/mixed\n\n")
def test_stages_give_frames_for_anything(raw):
    for frame in stages(raw, NOWHERE):
        assert frame.error == ""


@given(st.text())
@example("0@\x1b")
@example("<0@\x1b>")
def test_addresses_and_headers_of_anything(value):
    for found in addresses(value):
        assert found.email.count("@") >= 1
        assert "\n" not in found.name
    assert "\x00" not in header_text(value)


@given(st.text(alphabet=st.sampled_from("On wrote:>\n-_ @12FromTo:ab"), max_size=300))
def test_new_text_and_its_ranges_fit_the_text(text):
    found = new_text(text)
    for taken in found.ranges:
        assert 0 <= taken.start < taken.end <= len(text)
        assert isinstance(taken.kind, RangeKind)


@given(st.text(alphabet=st.sampled_from("<>/divspatyle=\"'#f:;0&{} "), max_size=200))
def test_html_of_anything_becomes_safe(text):
    with suppress(TooDeep):
        assert "<script" not in html_read(text).html


@given(st.binary(max_size=300), st.text(max_size=20))
def test_bytes_always_become_text(data, charset):
    assert isinstance(clean(text_decode(data, charset)), str)


@given(st.binary(max_size=300))
def test_the_quick_look_at_a_header_never_fails(raw):
    assert len(dedupe_key(raw)) <= 500
    assert received_headers(raw) >= 0
    has_header(raw)
