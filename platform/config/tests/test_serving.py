"""What the web process has done before its first page."""

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from django.template import engines

from config.serving import when_ready


@pytest.fixture
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_pages_are_loaded_before_the_workers_are_forked_and_no_collection_walks_them(thawed: None) -> None:
    django: Any = engines["django"]
    (loader,) = django.engine.template_loaders
    loader.reset()
    when_ready(None)
    assert gc.get_freeze_count() > 50_000
    assert len(gc.get_objects()) < gc.get_freeze_count() / 10
    assert {"approvals/inbox.html", "cotton/row.html"} <= set(loader.get_template_cache)
