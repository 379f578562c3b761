"""Light and dark: the colours hold their contrasts, and a choice stays on its host."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from conftest import Cast
from tests.pages import signed_in

SHEET = (Path(__file__).resolve().parents[1] / "assets" / "css" / "theme.css").read_text()
COLOURS = {
    name: values
    for name, *values in re.findall(r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", SHEET)
}
GROUNDS = ("color-base-100", "color-base-200", "color-base-300")
TEXT, GRAPHIC = 4.5, 3.0
# What is read or must be told apart, on what it stands, and the least contrast of WCAG 2.2 AA.
PAIRS = [
    *((name, ground, TEXT) for name in ("color-base-content", "ink2", "ink3", "color-primary") for ground in GROUNDS),
    *(("control", ground, GRAPHIC) for ground in GROUNDS),
    ("color-primary-content", "color-primary", TEXT),
    ("color-primary-content", "accent-hover", TEXT),
    ("color-primary", "accent-soft", TEXT),
    ("color-base-content", "accent-soft", TEXT),
    ("color-base-content", "mark", TEXT),
    ("color-error-content", "color-error", TEXT),
    *((name, "color-base-100", TEXT) for name in ("color-error", "color-warning", "color-success")),
    ("color-error", "danger-soft", TEXT),
    ("color-warning", "warn-soft", TEXT),
    ("color-success", "ok-soft", TEXT),
    *((f"chart-{name}", "color-base-100", GRAPHIC) for name in ("1", "2", "3", "bad", "edited")),
]


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("scheme", "at"), [("light", 0), ("dark", 1)])
def test_every_colour_stands_out_from_what_it_stands_on(scheme: str, at: int) -> None:
    weak = [
        (name, ground, round(contrast(COLOURS[name][at], COLOURS[ground][at]), 2))
        for name, ground, least in PAIRS
        if contrast(COLOURS[name][at], COLOURS[ground][at]) < least
    ]
    assert weak == []


def root_of(page: Any) -> str:
    return str(re.search(r"<html[^>]*>", page.content.decode()).group())  # type: ignore[union-attr]


def test_a_chosen_theme_is_kept_on_this_host_alone_and_leads_back(in_acacia: None, cast: Cast) -> None:
    client = signed_in(cast.bob)
    answer = client.post("/theme/", {"theme": "dark", "next": "/inbox/?a=1"})
    assert answer.status_code == 302
    assert answer["Location"] == "/inbox/?a=1"
    cookie = answer.cookies["theme"]
    assert cookie.value == "dark"
    assert cookie["domain"] == ""
    assert cookie["httponly"]
    assert 'data-theme="dark"' in root_of(client.get("/inbox/"))
    client.post("/theme/", {"theme": "light"})
    assert 'data-theme="light"' in root_of(client.get("/inbox/"))
    client.post("/theme/", {"theme": "system"})
    assert "data-theme" not in root_of(client.get("/inbox/"))


@pytest.mark.parametrize("path", ["/sign-in/", "/nothing-is-here/"])
def test_pages_without_a_frame_wear_the_chosen_theme_too(path: str, in_acacia: None) -> None:
    client = Client(HTTP_HOST="acacia.localhost")
    client.cookies["theme"] = "dark"
    assert 'data-theme="dark"' in root_of(client.get(path))
    client.cookies["theme"] = '"><b>'
    assert "data-theme" not in root_of(client.get(path))


def test_the_admin_wears_the_chosen_theme(in_acacia: None, cast: Cast) -> None:
    client = signed_in(cast.bob)
    client.cookies["theme"] = "dark"
    page = client.get("/admin/").content.decode()
    assert "theme-dark" in str(re.search(r"<body[^>]*>", page))
    assert "theme.js" not in page


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_choosing_a_theme_leads_to_no_other_host(elsewhere: str, in_acacia: None) -> None:
    answer = Client(HTTP_HOST="acacia.localhost").post("/theme/", {"theme": "dark", "next": elsewhere})
    assert answer["Location"] == "/"


def test_a_theme_is_chosen_by_post_only(in_acacia: None) -> None:
    assert Client(HTTP_HOST="acacia.localhost").get("/theme/?theme=dark").status_code == 405
