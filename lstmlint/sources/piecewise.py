"""Parsing a text that was parsed before with a small difference: piece by piece, of which those that are known are reused."""
from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import libcst

from lstmlint.sources.lexing import logical_line
from lstmlint.sources.parse import REJECTIONS
from lstmlint.sources.recovery import python_takes

_STARTS = re.compile(r"(?![)\]}#])\S")
_GOES_ON = re.compile(r"(?:elif|else|except|finally)\b")
_INDENTED = re.compile(r"^[ \t]+\S", re.MULTILINE)
SHORTEST = 40
"""Texts of fewer lines are parsed as a whole."""

_Key = tuple[str, int]
"""A piece's text, and how many pieces with the same text stand before it."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """What a piece of a text is parsed to: its statements, its indentation (None: there is none), the comments behind them."""

    statements: tuple[libcst.CSTNode, ...]
    indent: str | None
    footer: tuple[libcst.EmptyLine, ...]


class PiecewiseParser:
    """Parses as `libcst.parse_module` does; what it raises is about the piece at fault, counted from there.

    A node stands for one place only: within one `round` no piece is used twice, and what two rounds made must not be mixed.
    """

    def __init__(self) -> None:
        self._known: dict[_Key, _Piece] = {}
        self._used: dict[_Key, _Piece] = {}
        self._new: list[_Key] = []

    def round(self) -> None:
        """Another version begins; of what is known, only what the last one used is kept."""
        if self._used:
            self._known, self._used = self._used, {}

    def __call__(self, text: str) -> libcst.Module:
        lines = text.split("\n")
        odd = "\r" in text or "\f" in text or text.startswith("\ufeff") or any("coding" in line for line in lines[:2])
        if odd or len(lines) < SHORTEST:
            return libcst.parse_module(text)
        self._new.clear()
        try:
            module = self._together(text, lines)
        except REJECTIONS:
            self._give_back()
            # Perhaps it was cut in the middle of a string.
            if not python_takes(text):
                raise
            module = None
        if module is None:
            self._give_back()
            return libcst.parse_module(text)
        return module

    def _give_back(self) -> None:
        """The pieces of a text that came to nothing have no place yet."""
        for piece in self._new:
            if piece in self._used:
                self._known[piece] = self._used.pop(piece)

    def _together(self, text: str, lines: Sequence[str]) -> libcst.Module | None:
        """None where the pieces don't make a whole."""
        pieces = [self._parsed(piece) for piece in _pieces(lines)]
        indents = {piece.indent for piece in pieces if piece.indent is not None}
        if not pieces or len(indents) > 1 or any(not piece.statements or piece.footer for piece in pieces[:-1]):
            return None
        return libcst.Module(
            [statement for piece in pieces for statement in piece.statements],  # type: ignore[misc]
            footer=pieces[-1].footer,
            default_indent=indents.pop() if indents else "    ",
            default_newline="\n",
            has_trailing_newline=text.endswith("\n"),
        )

    def _parsed(self, text: str) -> _Piece:
        key = text, 0
        while key in self._used:
            key = text, key[1] + 1
        known = self._known.get(key)
        if known is None:
            module = libcst.parse_module(text)
            statements: list[Any] = list(module.body)
            if statements and module.header:
                leading = [*module.header, *statements[0].leading_lines]
                statements[0] = statements[0].with_changes(leading_lines=leading)
            indent = module.default_indent if _INDENTED.search(text) else None
            known = _Piece(tuple(statements), indent, tuple(module.footer))
        self._used[key] = known
        self._new.append(key)
        return known


def _pieces(lines: Sequence[str]) -> Iterator[str]:
    """The text, cut where statements seem to begin; each piece ends with a newline (but the last one, perhaps)."""
    starts = [
        row
        for row, line in enumerate(lines)
        if _STARTS.match(line) and not _GOES_ON.match(line) and not (row and lines[row - 1].endswith("\\"))
    ]
    start, at = 0, 0
    while at < len(starts):
        end = _end(lines, starts[at])
        at += 1
        while at < len(starts) and (starts[at] < end or lines[starts[at - 1]].startswith("@")):
            end = max(end, _end(lines, starts[at]))
            at += 1
        stop = starts[at] if at < len(starts) else len(lines)
        # Comments and empty lines belong to the statement that they stand before.
        while at < len(starts) and stop > end and not lines[stop - 1][:1].isspace() and _is_no_code(lines[stop - 1]):
            stop -= 1
        yield "\n".join(lines[start:stop]) + ("\n" if at < len(starts) else "")
        start = stop


def _end(lines: Sequence[str], row: int) -> int:
    line = lines[row]
    # Most logical lines are one, and tell so.
    if not any(mark in line for mark in "([{\\'\""):
        return row + 1
    return logical_line(lines, row)[0]


def _is_no_code(line: str) -> bool:
    return not line or line[0] == "#"
