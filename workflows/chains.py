"""What an expression names, read off its text: `steps.match.slots[0].text` is one chain.

Only for expressions that compile: the library that compiles CEL does not show its tree, so this reads the tokens.
A chain ends where a value is computed (a call, an index that is no literal): what comes after that is not known.
"""

import re
from dataclasses import dataclass

TOKEN = re.compile(
    r"""
      (?P<space>\s+|//[^\n]*)
    | (?P<text>(?:[rR][bB]?|[bB][rR])(?:\"{3}.*?\"{3}|'{3}.*?'{3}|"[^"\n]*"|'[^'\n]*')
        | [bB]?(?:\"{3}(?:\\.|.)*?\"{3}|'{3}(?:\\.|.)*?'{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))
    | (?P<number>0[xX][0-9a-fA-F]+[uU]?|(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?[uU]?)
    | (?P<name>[A-Za-z_]\w*)
    | (?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)
WORDS = frozenset({"true", "false", "null", "in"})
# Macros that give a name to each element of what they go over.
OVER = frozenset({"all", "exists", "exists_one", "existsOne", "map", "filter", "transformList", "transformMap"})


@dataclass(frozen=True)
class Chain:
    """A name and the fields or literal indexes asked of it; `guarded`: only whether the last is there is asked."""

    parts: tuple[str | int, ...]
    guarded: bool = False

    @property
    def root(self) -> str:
        """The name that it begins with."""
        return str(self.parts[0])


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str


def chains(source: str) -> list[Chain]:
    """Every chain of an expression that begins with a name from outside; elements named by a macro are not."""
    tokens = [*_tokens(source), *[_Token("end", "")] * 4]
    scopes = _scopes(tokens)
    found = []
    for at, token in enumerate(tokens):
        if token.kind != "name" or token.text in WORDS or tokens[at - 1].text == "." or tokens[at + 1].text == "(":
            continue
        if any(begin <= at < end for begin, end in scopes.get(token.text, [])):
            continue
        found.append(_chain(tokens, at))
    return found


def goes_over_elements(source: str) -> bool:
    """Whether an expression has a macro that goes over elements: how long it takes is then up to them."""
    return any(token.kind == "name" and token.text in OVER for token in _tokens(source))


def _tokens(source: str) -> list[_Token]:
    found = TOKEN.finditer(source)
    return [_Token(str(token.lastgroup), token[0]) for token in found if token.lastgroup != "space"]


def _chain(tokens: list[_Token], at: int) -> Chain:
    parts: list[str | int] = [tokens[at].text]
    end = at + 1
    while True:
        first, second, third = tokens[end : end + 3]
        if first.text == "." and second.kind == "name" and third.text != "(":
            parts.append(second.text)
            end += 2
        elif first.text == "[" and third.text == "]" and (index := _literal(second)) is not None:
            parts.append(index)
            end += 3
        else:
            break
    before = [token.text for token in tokens[max(at - 2, 0) : at]]
    if before == ["has", "("]:
        return Chain(tuple(parts), guarded=True)
    if before[1:] == ["in"] and (asked := _literal(tokens[at - 2])) is not None:
        return Chain((*parts, asked), guarded=True)
    return Chain(tuple(parts))


def _literal(token: _Token) -> str | int | None:
    """A text without escapes, or a whole number; None for all else."""
    if token.kind == "number":
        return int(token.text) if token.text.isdecimal() else None
    if token.kind != "text" or "\\" in token.text or token.text[0] not in "\"'":
        return None
    return token.text.strip(token.text[0])


def _scopes(tokens: list[_Token]) -> dict[str, list[tuple[int, int]]]:
    """Where each name of a macro stands for an element: from the macro's bracket to the one that closes it."""
    scopes: dict[str, list[tuple[int, int]]] = {}
    for at in range(1, len(tokens) - 4):
        if tokens[at - 1].text != "." or tokens[at].text not in OVER or tokens[at + 1].text != "(":
            continue
        end = _closing(tokens, at + 1)
        name = at + 2
        while tokens[name].kind == "name" and tokens[name + 1].text == ",":
            scopes.setdefault(tokens[name].text, []).append((at + 1, end))
            name += 2
    return scopes


def _closing(tokens: list[_Token], opening: int) -> int:
    depth = 0
    for at in range(opening, len(tokens)):
        if tokens[at].kind == "mark":
            depth += (tokens[at].text in "([{") - (tokens[at].text in ")]}")
            if depth == 0:
                return at
    return len(tokens)
