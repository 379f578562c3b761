"""How often lies pass the checks and truths are refused: `make drafts`.

Two halves of each, in the format of one JSON object a line. `build` was written by who wrote the checks, who looks at
it; `blind` by somebody who had not read them, and no check is made to suit it.
"""
