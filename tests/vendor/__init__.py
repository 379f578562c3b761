"""A stand-in for the model vendor: the Messages API on real HTTP, which can answer, stall, fail and lie.

    python -m tests.vendor --port 8900 --scenario answer
    ANTHROPIC_API_KEY=any ANTHROPIC_BASE_URL=http://127.0.0.1:8900 make run

The scenario can be changed while it runs: POST /__scenario {"name": "overloaded", "times": 2, "purpose": "draft"};
GET /__scenario lists them all, GET /__requests shows what was asked.
"""

from tests.vendor.server import Vendor

__all__ = ["Vendor"]
