"""Whose the texts of the API's tables are."""

from audit.erasing import declare
from gateway.models import ApiToken, Hook, KeptAnswer

HASH = "a hash of 128 random bits, or its beginning"

declare(ApiToken, {"name": "what its owner calls it", "prefix": HASH, "sha256": HASH, "scopes": "words of ours"})
declare(Hook, {"name": "a word", "prefix": HASH, "sha256": HASH})
declare(
    KeptAnswer,
    {
        "caller": "an id",
        "endpoint": "a digest",
        "key": "what a program calls its request",
        "body": "a digest of a request; gone after a day",
        "answer": "sealed, and gone after a day: without it a repeated request would be carried out twice",
    },
)
