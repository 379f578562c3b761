"""Which prompt each version is, as the digest of all that a model is told: frame, instructions, schema, inputs.

A change of any of it gets a new version and a line here; a line is never changed, since answers and evaluations name
the version that they are of. `manage.py check` refuses a prompt that is not the one of its version.
"""

PINNED = {
    "understand@1": "",
    "recommend@1": "",
    "draft@1": "",
}
