"""Between our places (rows and columns from 1, columns in code points) and those of a client, in the encoding agreed on."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lsprotocol.types import Position, PositionEncodingKind, Range

from lstmlint.sources.source import NEWLINE, Span

_BYTES = {PositionEncodingKind.Utf8: ("utf-8", 1), PositionEncodingKind.Utf16: ("utf-16-le", 2)}


@dataclass(frozen=True, slots=True)
class Encoding:
    """What a client counts in: bytes of UTF-8, units of UTF-16, or (None) code points."""

    codec: str | None = "utf-16-le"
    unit: int = 2

    @staticmethod
    def of(kind: PositionEncodingKind | str | None) -> Encoding:
        """The encoding by its name in the protocol; UTF-16 where nothing was agreed on."""
        if kind == PositionEncodingKind.Utf32:
            return Encoding(None, 1)
        return Encoding(*_BYTES.get(PositionEncodingKind(kind or "utf-16"), _BYTES[PositionEncodingKind.Utf16]))

    def units(self, text: str) -> int:
        """How long the client takes `text` to be."""
        if self.codec is None or text.isascii():
            return len(text)
        return len(text.encode(self.codec, "surrogatepass")) // self.unit

    def offset(self, line: str, character: int) -> int:
        """How many code points of `line` stand before the client's `character`; its end, where that lies behind it."""
        if self.codec is None or line.isascii():
            return min(max(character, 0), len(line))
        units = 0
        for offset, char in enumerate(line):
            # In the middle of a character counts as before it.
            if units + self.units(char) > character:
                return offset
            units += self.units(char)
        return len(line)


def lines_of(text: str) -> list[str]:
    """The lines without their ends: what ends one is the same for Python and for the protocol."""
    return NEWLINE.split(text)


def to_position(lines: Sequence[str], row: int, column: int, encoding: Encoding) -> Position:
    """A place of ours, for the client."""
    if row > len(lines):
        return Position(max(len(lines) - 1, 0), encoding.units(lines[-1]) if lines else 0)
    return Position(row - 1, encoding.units(lines[row - 1][: column - 1]))


def to_range(lines: Sequence[str], span: Span, encoding: Encoding) -> Range:
    """A span of ours, for the client."""
    return Range(
        to_position(lines, span.start_row, span.start_column, encoding),
        to_position(lines, span.end_row, span.end_column, encoding),
    )


def from_position(lines: Sequence[str], position: Position, encoding: Encoding) -> tuple[int, int]:
    """The row and column of a client's place."""
    if position.line >= len(lines):
        return max(len(lines), 1), len(lines[-1]) + 1 if lines else 1
    return position.line + 1, encoding.offset(lines[position.line], position.character) + 1


def edited(text: str, change: Range, new: str, encoding: Encoding) -> str:
    """The text with a range of it replaced."""
    starts = [0, *(newline.end() for newline in NEWLINE.finditer(text))]

    def at(position: Position) -> int:
        if position.line >= len(starts):
            return len(text)
        start = starts[position.line]
        end = starts[position.line + 1] if position.line + 1 < len(starts) else len(text)
        return start + encoding.offset(text[start:end].rstrip("\r\n"), position.character)

    start, end = at(change.start), at(change.end)
    return text[:start] + new + text[max(start, end) :]
