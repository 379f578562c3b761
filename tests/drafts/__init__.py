"""How often lies pass the checks, and truths are refused or shown to a person: `make drafts`.

Each in the format of one JSON object a line. `build` was written by who wrote the checks, and the checks are built on it
and on `free`, whose author had not read them: neither is a measure any more. `blind` and `fresh` only measure.
"""
