"""Whose the texts of documents are: the tenant's own, about itself."""

from audit.erasing import declare
from knowledge.models import DocumentVersion

OWN = "what the tenant says of itself, to everybody"

declare(
    DocumentVersion,
    {
        "title": OWN,
        "text": OWN,
        "searched": "made of the title and the text by the database",
        "author": "a word or an id of ours",
    },
)
