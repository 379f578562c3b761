"""The style guide shows every component, and is there only while developing."""

import re
from pathlib import Path

import pytest
from django.test import Client, RequestFactory

from portal.views.styleguide import styleguide

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"
COMPONENTS = sorted(path.stem.replace("_", "-") for path in (TEMPLATES / "cotton").glob("*.html"))


def test_the_style_guide_is_absent_outside_of_development(in_acacia: None) -> None:
    assert Client(HTTP_HOST="acacia.localhost").get("/styleguide/").status_code == 404


@pytest.mark.parametrize("component", COMPONENTS)
def test_every_component_stands_in_the_style_guide(component: str) -> None:
    source = (TEMPLATES / "portal" / "_styleguide.html").read_text()
    assert re.search(rf"<c-{component}[\s/>]", source), f"templates/portal/_styleguide.html lacks <c-{component}>"


def test_the_style_guide_shows_both_themes(in_acacia: None) -> None:
    shown = styleguide(RequestFactory().get("/styleguide/")).content.decode()
    assert re.findall(r'class="guide-theme" data-theme="(\w+)"', shown) == ["light", "dark"]
    assert "<c-" not in shown
