"""The gate before libcst: how deep the text nests, counted over its tokens.

libcst's parser takes seconds to minutes on a few hundred nested calls, or ends the process; nobody writes such code by hand.
The limits keep the worst case of parsing near a second, and within what `run_deep` can hold.
"""
from __future__ import annotations

import re

from lstmlint.sources.lexing import CLOSERS, FRAGMENT, OPENERS, QUOTES, STATEMENT_WORDS, TOKEN

BRACKETS = 200
"""Nested brackets: Python's own limit."""
CHAIN = 1000
"""What one expression may nest in all: brackets, operators, attributes, calls, adjoining strings; also the `elif`s of one `if`."""
PATTERN_BRACKETS = 8
"""Nested brackets in the pattern of a `case`: libcst's time grows fourfold with each."""

MESSAGE = "source is too deeply nested"

_LINKS = frozenset("+-*/%@&|^<>=!~.") | frozenset(
    ["not", "and", "or", "if", "else", "await", "in", "is", "for", "yield"]
)
_LINE = re.compile(r"^([ \t]*)([^\s#]\w*)", re.MULTILINE)


def too_deep(text: str) -> int | None:
    """The row (from 1) at which the text nests more deeply than can be parsed, None if it never does."""
    count = _offending_token(TOKEN.findall(text))
    if count is not None:
        for index, match in enumerate(TOKEN.finditer(text)):
            if index == count:
                return text.count("\n", 0, match.start()) + 1
    return _offending_elif(text) if text.count("elif") > CHAIN else None


def _offending_token(tokens: list[str]) -> int | None:
    counts = [0]
    total = 0
    lambdas = 0
    limit = BRACKETS
    previous = "\n"
    for index, token in enumerate(tokens):
        first = token[0]
        if first in OPENERS:
            counts[-1] += 1
            counts.append(0)
            total += 1
            if len(counts) > limit:
                return index
        elif first in CLOSERS:
            if len(counts) > 1:
                total -= counts.pop()
        elif first == "\n":
            if len(counts) == 1:
                total = counts[0] = lambdas = 0
                limit = BRACKETS
        elif first == "," or first == ";":
            total -= counts[-1]
            counts[-1] = 0
        elif token in _LINKS:
            counts[-1] += 1
            total += 1
        elif token[-1] in QUOTES:
            counts[-1] += 1
            total += 1
            if "{" in token and token.rstrip("rR")[:1] not in QUOTES and _fragment_too_deep(token):
                return index
        elif token == "lambda":
            # Its parameters' commas don't end what it nests in.
            lambdas += 1
        elif token in STATEMENT_WORDS:
            counts = [0]
            total = 0
        elif token == "case" and previous[0] == "\n" and index + 1 < len(tokens) and tokens[index + 1] != "=":
            limit = PATTERN_BRACKETS
        if total + lambdas > CHAIN:
            return index
        previous = token
    return None


def _fragment_too_deep(string: str) -> bool:
    return _offending_token(FRAGMENT.findall(string)) is not None


def _offending_elif(text: str) -> int | None:
    chains: dict[str, int] = {}
    for match in _LINE.finditer(text):
        indentation, word = match.groups()
        chains = {where: count for where, count in chains.items() if len(where) <= len(indentation)}
        if word == "elif":
            chains[indentation] = chains.get(indentation, 0) + 1
            if sum(chains.values()) > CHAIN:
                return text.count("\n", 0, match.start(2)) + 1
        elif word != "else":
            chains.pop(indentation, None)
    return None
