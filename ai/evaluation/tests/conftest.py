"""The stand-in for the vendor, as the tests of `ai` have it, and none where everything is worked out offline."""

from __future__ import annotations

from typing import Any

import pytest

from ai.tests.conftest import running_vendor, vendor
from tests.vendor import Vendor

__all__ = ["running_vendor", "vendor"]


@pytest.fixture
def with_vendor(vendor: Vendor, settings: Any) -> Vendor:
    settings.COUNTERSIGN = settings.COUNTERSIGN.model_copy(
        update={"ai_provider": "auto", "anthropic_api_key": "sk-test", "anthropic_base_url": vendor.url}
    )
    return vendor


@pytest.fixture
def without_vendor(settings: Any) -> None:
    settings.COUNTERSIGN = settings.COUNTERSIGN.model_copy(update={"ai_provider": "local", "anthropic_api_key": None})
