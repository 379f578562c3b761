"""Which prompt each version is, as the digest of all that a model is told: frame, instructions, schema, inputs.

A change of any of it gets a new version and a line here; a line is never changed, since answers and evaluations name
the version that they are of. `manage.py check` refuses a prompt that is not the one of its version.
"""

PINNED = {
    "understand@1": "e64d719321b23bd62e6e87ebdff89f1ef6d14157976ef4bfce4e1ecd9aafc27c",
    "recommend@1": "74c543d81a2b2cdf28102083a0a2d17d9e5a8407758ffdf92c091edab53675b1",
    "draft@1": "3267c98a20805b4386ddbcb3fa3b3c0f52fa879136714a9452d59e8a9e2e5d87",
    "understand@2": "8b0c9bdb757f0e900b46cb81c4cc25bb66209f449d5261860ab2d9bf22585466",
    "recommend@2": "a8f18e37a5c76fc0fe6049d19d91584aca7d57b4f36e2bf3ec1422ddae63da59",
    "draft@2": "1fa159f36e1ff98d5bcb2bb7eab7bc705ccf888edcea64178815342e9e7e9786",
    "draft@3": "91137e089eb0e64638a90c766b5d77b5fe2f497cef18dae531c2284aa601b4aa",
}
