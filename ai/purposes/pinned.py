"""Which prompt each version is, as the digest of all that a model is told: frame, instructions, schema, inputs.

A change of any of it gets a new version and a line here; a line is never changed, since answers and evaluations name
the version that they are of. `manage.py check` refuses a prompt that is not the one of its version.
"""

PINNED = {
    "understand@1": "e64d719321b23bd62e6e87ebdff89f1ef6d14157976ef4bfce4e1ecd9aafc27c",
    "recommend@1": "74c543d81a2b2cdf28102083a0a2d17d9e5a8407758ffdf92c091edab53675b1",
    "draft@1": "3267c98a20805b4386ddbcb3fa3b3c0f52fa879136714a9452d59e8a9e2e5d87",
}
