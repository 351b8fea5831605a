"""A fast, rough split of Python text into tokens: enough to tell strings, comments, brackets and lines apart."""
from __future__ import annotations

import re

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
