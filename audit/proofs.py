"""The proof that one entry is in the sealed ledger, for somebody who has neither our database nor our code.

It holds the entry's text, the hashes that lead from it to its batch's root, and the signed head with that root;
`docs/verify_entry.py` verifies it with a public key alone. That the head itself was not made anew afterwards, only a
head shows that the verifier got before.
"""

import base64
import json
from typing import Any
from uuid import UUID

from audit import merkle
from audit.errors import NotSealed
from audit.models import Entry, Leaf, Seal

FORMAT = 1


def proof_of(entry: UUID) -> dict[str, Any]:
    """The proof as JSON types. Raises NotSealed for an entry that has no place yet or whose text is gone."""
    leaf = Leaf.objects.filter(entry=entry).first()
    text = Entry.objects.filter(pk=entry).values_list("text", flat=True).first()
    if leaf is None or text is None:
        raise NotSealed(f"the entry {entry} is not sealed yet" if text else f"there is no entry {entry}")
    seal = Seal.objects.get(number=leaf.seal)
    batch = Leaf.objects.filter(seq__range=(seal.first_seq, seal.last_seq)).order_by("seq")
    hashes = [bytes(each) for each in batch.values_list("hash", flat=True)]
    path = merkle.path(hashes, leaf.seq - seal.first_seq)
    return {
        "format": FORMAT,
        "entry": text,
        "seq": leaf.seq,
        "path": [each.hex() for each in path],
        "head": seal.head,
        "signature": base64.b64encode(bytes(seal.signature)).decode(),
        "key": seal.key,
    }


def proof_file(entry: UUID) -> str:
    """The proof as the text of a file. Raises NotSealed."""
    return json.dumps(proof_of(entry), indent=1, ensure_ascii=False) + "\n"
