"""A fast, rough split of Python text into tokens: enough to tell strings, comments, brackets and lines apart."""
from __future__ import annotations

import re
from collections.abc import Sequence

_PREFIX = r"[rRbBuUfFtT]{0,2}"
_STRINGS = "|".join(
    (
        r'"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""',
        r"'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''",
        r'"[^"\\\n]*(?:\\.[^"\\\n]*)*"',
        r"'[^'\\\n]*(?:\\.[^'\\\n]*)*'",
    )
)
_REST = r"\w+|[^\w\s]|\n[ \t]*"

TOKEN = re.compile(rf"{_PREFIX}(?:{_STRINGS})|#[^\n]*|{_REST}", re.DOTALL)
"""A string with its prefix, a comment, a word or number, any other character, or a line's end with the next line's indentation."""

FRAGMENT = re.compile(_REST)
"""The same for the inside of a string, where quotes mean nothing."""

OPENERS = frozenset("([{")
CLOSERS = frozenset(")]}")
QUOTES = ('"', "'")

STATEMENT_WORDS = frozenset(
    (
        "def", "class", "import", "return", "while", "with", "raise", "try", "except",
        "finally", "del", "global", "nonlocal", "pass", "break", "continue", "elif", "assert",
    )  # fmt: skip
)
"""Words that never stand inside brackets: where one does, the brackets were miscounted."""


def logical_line(lines: Sequence[str], row: int, end: int | None = None) -> tuple[int, bool]:
    """Where the logical line that starts at `row` ends (exclusive), and whether it does: a bracket or string may stay open."""
    end = len(lines) if end is None else end
    rows = 1
    # A few lines at first: most logical lines are one.
    for size in (1, 8, 64, end - row):
        rows, complete = _logical_line("\n".join(lines[row : min(row + size, end)]))
        if complete:
            return row + rows, True
    return min(row + rows, end), False


def _logical_line(text: str) -> tuple[int, bool]:
    rows = 1
    depth = 0
    previous = "\n"
    for match in TOKEN.finditer(text):
        token = match[0]
        if token[0] == "\n":
            if not depth and previous != "\\":
                return rows, True
            rows += 1
        elif token[0] != "#":
            if token in ('""', "''") and text[match.end() : match.end() + 1] == token[0]:
                return rows, False
            rows += token.count("\n")
            if token in OPENERS:
                depth += 1
            elif token in CLOSERS:
                depth = max(depth - 1, 0)
            elif depth and token in STATEMENT_WORDS and previous[0] == "\n":
                return rows - 1, False
        previous = token
    return rows, not depth and previous != "\\"
