"""Sending, against a real mail server that behaves and misbehaves."""

import email
import socket
import ssl
from datetime import UTC, datetime, timedelta
from email import policy
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit.services import Actor
from mail.errors import NoSuchMessage, ReplyRefused
from mail.models import Message
from mail.selectors import message_view
from mail.services import reply_prepare, reply_sending, reply_transmit
from mail.tests.tenant import arrive, thread_of
from notify.outgoing import Server
from tests.sink import sink

pytestmark = [pytest.mark.committed, pytest.mark.usefixtures("in_committed_acacia", "heard")]
ACTOR = Actor.system("tests")


@pytest.fixture
def send_to(monkeypatch):
    """Let replies leave through this URL."""

    def use(url: str | None) -> None:
        changed = settings.COUNTERSIGN.model_copy(update={"smtp_out_url": url})
        monkeypatch.setattr(settings, "COUNTERSIGN", changed)

    return use


def sending(text: str = "Yes, it is.\n", **given: list[str]):
    """A reply that is being sent."""
    first = arrive()
    held = reply_prepare(
        thread_id=thread_of(first),
        in_reply_to=first.id,
        to=given.get("to", [first.answer_to]),
        cc=given.get("cc", []),
        subject="",
        text=text,
        effect_key="k",
        release_at=timezone.now(),
        actor=ACTOR,
    )
    with transaction.atomic():
        reply_sending(held, actor=ACTOR)
    return held


def test_a_reply_arrives_threaded_and_whole(send_to):
    text = "Grüße aus Sydney,\n.a line that begins with a dot\n" + "x" * 2_000 + "\n"
    message = sending(text, cc=["Jane Müller <jane@customer.test>"])
    view = message_view(message)
    with sink() as server:
        send_to(f"smtp://127.0.0.1:{server.port}")
        outcome = reply_transmit(message)
    assert (outcome.status, outcome.detail) == ("sent", "250 OK queued as 7")
    ((path, recipients, raw),) = server.taken
    assert path == view.reply_to[0].email
    assert recipients == ["georgia@customer.test", "jane@customer.test"]
    mime = email.message_from_bytes(raw, policy=policy.default)
    assert mime["Message-ID"] == view.message_id
    assert (mime["In-Reply-To"], mime["References"]) == ("<first@customer.test>", "<first@customer.test>")
    assert mime["Subject"] == "Re: 14 Wattle Street"
    assert str(mime["From"]) == f"Acacia Realty <{view.from_email}>"
    assert mime["Reply-To"].addresses[0].addr_spec == view.reply_to[0].email
    assert mime["Cc"].addresses[0].display_name == "Jane Müller"
    assert mime.get_content().replace("\r\n", "\n") == text
    assert "Auto-Submitted" not in mime
    assert max(map(len, raw.split(b"\r\n"))) < 998 and b"\n" not in raw.replace(b"\r\n", b"")


def test_long_message_ids_are_not_folded_into_encoded_words(send_to):
    message = sending()
    long = [f"<{'a' * 90}{n}@customer.test>" for n in range(40)]
    Message.objects.filter(pk=message).update(references=long, in_reply_to=long[-1], subject="Re: " + "Straße " * 40)
    with sink() as server:
        send_to(f"smtp://127.0.0.1:{server.port}")
        assert reply_transmit(message).status == "sent"
    mime = email.message_from_bytes(server.taken[0][2], policy=policy.default)
    assert str(mime["References"]).split() == long
    assert b"=?" not in server.taken[0][2].split(b"References: ")[1].split(b"MIME")[0]
    assert mime["Subject"].strip() == ("Re: " + "Straße " * 40).strip()


def test_the_same_effect_writes_the_same_mail(send_to):
    message = sending()
    with sink() as server:
        send_to(f"smtp://127.0.0.1:{server.port}")
        reply_transmit(message)
        reply_transmit(message)
    assert server.taken[0] == server.taken[1]


def test_without_a_mail_server_a_reply_is_kept(send_to):
    send_to(None)
    assert reply_transmit(sending()).status == "kept"


@pytest.mark.parametrize(
    ("mood", "status", "said"),
    [
        ("refuse sender", "failed", "550 5.7.1 Not you"),
        ("refuse recipient", "failed", "550 5.1.1 No such user"),
        ("refuse text", "failed", "554 5.7.1 Spam"),
        ("refuse for now", "failed", "451 4.3.0 Later"),
        ("hang up at text", "failed", "before the text was sent"),
        ("hang up after text", "unknown", "without an answer"),
        ("be silent", "unknown", "without an answer"),
    ],
)
def test_what_becomes_of_it_is_said_as_it_is(send_to, mood, status, said):
    message = sending(cc=["jane@customer.test"])
    with sink(mood) as server:
        send_to(f"smtp://127.0.0.1:{server.port}")
        outcome = reply_transmit(message, timeout_seconds=3 if mood == "be silent" else 60)
    assert outcome.status == status
    assert said in outcome.detail


def test_nobody_there_is_a_failure(send_to):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        send_to(f"smtp://127.0.0.1:{closed.getsockname()[1]}")
        assert reply_transmit(sending(), timeout_seconds=0.5).status == "failed"


def test_a_server_that_never_greets_is_a_failure(send_to):
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        send_to(f"smtp://127.0.0.1:{mute.getsockname()[1]}")
        assert reply_transmit(sending(), timeout_seconds=0.3).status == "failed"


def test_an_address_that_plain_smtp_cannot_carry_is_a_failure(send_to):
    send_to("smtp://127.0.0.1:1")
    assert "cannot be written" in reply_transmit(sending(to=["jörn@customer.test"])).detail


def test_only_a_reply_that_is_being_sent_is_sent(send_to):
    first = arrive()
    with pytest.raises(NoSuchMessage):
        reply_transmit(first.id)
    held = reply_prepare(
        thread_id=thread_of(first), in_reply_to=first.id, to=["a@b.test"], subject="", text="x", effect_key="h",
        release_at=timezone.now(), actor=ACTOR,
    )  # fmt: skip
    with pytest.raises(ReplyRefused):
        reply_transmit(held)


def test_nothing_is_sent_inside_a_transaction():
    message = sending()
    with transaction.atomic(), pytest.raises(RuntimeError):
        reply_transmit(message)


@pytest.fixture
def tls(tmp_path, monkeypatch) -> ssl.SSLContext:
    """A certificate for 127.0.0.1 that this process trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sink.test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "sink.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def test_starttls_and_a_sign_in(send_to, tls):
    message = sending()
    with sink(tls=tls) as server:
        send_to(f"smtp://user%40x:right@127.0.0.1:{server.port}?starttls")
        assert reply_transmit(message).status == "sent"
        send_to(f"smtp://user:wrong@127.0.0.1:{server.port}?starttls")
        assert reply_transmit(message).status == "failed"
    first, *others = server.logins
    assert (first, set(others)) == ((b"user@x", b"right"), {(b"user", b"wrong")})


def test_tls_from_the_start(send_to, tls):
    message = sending()
    with sink(tls=tls, implicit=True) as server:
        send_to(f"smtps://127.0.0.1:{server.port}")
        assert reply_transmit(message).status == "sent"


def test_an_untrusted_certificate_is_a_failure(send_to, tls, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    message = sending()
    with sink(tls=tls) as server:
        send_to(f"smtp://127.0.0.1:{server.port}?starttls")
        assert reply_transmit(message).status == "failed"
    assert server.taken == []


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mx.test", Server("mx.test", 25, "", "", "none")),
        ("smtp://u:p%2F@mx.test?starttls", Server("mx.test", 587, "u", "p/", "starttls")),
        ("smtps://mx.test", Server("mx.test", 465, "", "", "implicit")),
        ("smtp://mx.test:2525", Server("mx.test", 2525, "", "", "none")),
    ],
)
def test_the_url_names_server_and_safety(url, server):
    assert Server.from_url(url) == server
