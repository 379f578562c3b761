"""How often lies pass the checks, and truths are refused or shown to a person: `make drafts`.

Each in the format of one JSON object a line. `build` was written by who wrote the checks, who looks at it; `blind` and
`free` by others, who had not read them. The checks may be built on the odd lines of `free`; its even lines and `blind`
only measure.
"""
