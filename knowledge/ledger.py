"""What documents leave in the ledger: which version, who may read it, and digests of its words."""

from audit.registry import register

VERSION = {"number", "language", "audience", "title", "text"}

register("knowledge.added", "A document was added that replies may quote from", VERSION)
register("knowledge.changed", "A document of the house has a new version", VERSION)
register("knowledge.retired", "A document was retired: no reply quotes it any more", {"number"})
register("knowledge.restored", "A retired document is in use again", {"number"})
