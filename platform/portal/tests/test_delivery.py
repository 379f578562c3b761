"""Static files come compressed, and stay with the browser until they change."""

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from django.templatetags.static import static
from django.test import Client

from conftest import Cast
from portal import delivery
from tests.pages import signed_in

STATIC = Path(__file__).resolve().parents[1] / "static"


TAKES_GZIP = "gzip, deflate, br"


def fetched(address: str, accepts: str = TAKES_GZIP, **more: Any) -> Any:
    """The answer for a file, read to its end, which closes it."""
    answer: Any = Client(HTTP_HOST="acacia.localhost").get(address, HTTP_ACCEPT_ENCODING=accepts, **more)
    answer.body = answer.getvalue()
    return answer


def test_the_address_of_a_file_holds_the_version_of_all() -> None:
    address = static("portal/portal.css")
    assert re.fullmatch(r"/static/[0-9a-f]{12}/portal/portal\.css", address)
    answer = fetched(address)
    assert answer.status_code == 200
    assert "immutable" in answer["Cache-Control"]
    assert "immutable" not in fetched("/static/portal/portal.css")["Cache-Control"]


@pytest.mark.parametrize("name", ["portal/portal.css", "portal/keys.js", "portal/icons.svg", "admin/css/base.css"])
def test_text_leaves_compressed_where_the_browser_takes_it(name: str) -> None:
    answer = fetched(static(name))
    assert answer["Content-Encoding"] == "gzip"
    assert answer["Vary"] == "Accept-Encoding"
    assert answer["Content-Length"] == str(len(answer.body))
    plain = fetched(static(name), "identity").body
    assert gzip.decompress(answer.body) == plain
    assert len(answer.body) < len(plain)


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "gzip;q=0.0, br"])
def test_nobody_gets_gzip_who_does_not_take_it(accepted: str) -> None:
    assert "Content-Encoding" not in fetched(static("portal/portal.css"), accepted)


def test_what_the_browser_has_is_not_sent_again() -> None:
    tag = fetched(static("portal/portal.css"))["ETag"]
    assert fetched(static("portal/portal.css"), HTTP_IF_NONE_MATCH=tag).status_code == 304


def test_fonts_are_compressed_already_and_found_beside_their_sheet() -> None:
    folder = static("portal/portal.css").rpartition("/")[0]
    fonts = re.findall(r'url\("?(fonts/[^)"]+)"?\)', (STATIC / "portal" / "portal.css").read_text())
    assert fonts
    for font in fonts:
        answer = fetched(f"{folder}/{font}")
        assert answer.status_code == 200
        assert "Content-Encoding" not in answer


def test_a_part_of_a_file_is_never_compressed() -> None:
    answer = fetched(static("portal/portal.css"), HTTP_RANGE="bytes=0-9")
    assert answer.status_code == 206
    assert "Content-Encoding" not in answer
    assert len(answer.body) == 10


def test_the_version_is_of_the_contents(monkeypatch: pytest.MonkeyPatch) -> None:
    before = delivery.version()
    read = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read(path) + (b" " if path.name == "keys.js" else b""))
    assert delivery.version.__wrapped__() != before


def test_pages_leave_compressed_and_answers_of_the_api_as_they_are(in_acacia: None, cast: Cast) -> None:
    client = signed_in(cast.bob)
    page = client.get("/inbox/", HTTP_ACCEPT_ENCODING=TAKES_GZIP)
    assert page["Content-Encoding"] == "gzip"
    assert b"</html>" in gzip.decompress(page.content)
    answer = client.get(
        "/api/v1/listings", HTTP_ACCEPT_ENCODING=TAKES_GZIP, HTTP_AUTHORIZATION=f"Bearer {cast.bob.token}"
    )
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer
