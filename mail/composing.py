"""A reply as the bytes that go over the wire: plain text, threaded, the same on each try."""

from email.charset import QP, Charset
from email.header import Header
from email.message import Message as Mime
from email.policy import compat32
from email.utils import format_datetime, formataddr

from mail.models import Message

_UTF_8 = Charset("utf-8")
_UTF_8.body_encoding = QP
# The standard library would fold long message ids into encoded words, which no mail program threads by: headers are
# folded here, at the blanks between ids and addresses.
_WIRE = compat32.clone(linesep="\r\n", max_line_length=None)


def compose(message: Message) -> bytes:
    """The mail of a reply. Raises UnicodeError for an address that only SMTPUTF8 could carry."""
    mime: Mime[str, str] = Mime(policy=_WIRE)
    mime["From"] = _address({"email": message.from_email, "name": message.from_name})
    mime["To"] = _folded([_address(address) for address in message.to], ",")
    if message.cc:
        mime["Cc"] = _folded([_address(address) for address in message.cc], ",")
    mime["Reply-To"] = _folded([_address(address) for address in message.reply_to], ",")
    mime["Subject"] = Header(message.subject, "utf-8" if not message.subject.isascii() else None,
                             header_name="Subject").encode()  # fmt: skip
    mime["Date"] = format_datetime(message.created_at)
    mime["Message-ID"] = message.message_id
    if message.in_reply_to:
        mime["In-Reply-To"] = message.in_reply_to
    if message.references:
        mime["References"] = _folded(message.references, "")
    mime["MIME-Version"] = "1.0"
    mime.set_payload(message.text.rstrip("\n") + "\n", _UTF_8)
    return mime.as_bytes(policy=_WIRE)


def recipients_of(message: Message) -> list[str]:
    """Where it goes: To and Cc, each address once."""
    return list(dict.fromkeys(address["email"] for address in (*message.to, *message.cc)))


def _address(address: dict[str, str]) -> str:
    address["email"].encode("ascii")
    return formataddr((address["name"], address["email"]))


def _folded(parts: list[str], mark: str) -> str:
    return f"{mark}\r\n ".join(parts)
