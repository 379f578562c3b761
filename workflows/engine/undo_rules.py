"""When undoing needs a second person. The one place that says so; its version is in every plan's digest."""

from collections.abc import Sequence
from typing import Any

POLICY = "undo-1"
# More records than this are not undone by the person alone who planned it.
ALONE_AT_MOST = 20


def second_person_because(effects: Sequence[dict[str, Any]]) -> str:
    """Why somebody else than a plan's author has to start it; empty where nobody has to."""
    records = [record for effect in effects for record in effect["records"]]
    if any(field["fate"] == "over" for record in records for field in record["fields"]):
        return "It puts back fields that somebody has changed since."
    written = {record["record"] for record in records if record["writes"]}
    if len(written) > ALONE_AT_MOST:
        return f"It changes {len(written)} records: more than {ALONE_AT_MOST}."
    return ""
