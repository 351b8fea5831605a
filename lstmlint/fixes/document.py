"""A file as it lies on disk, of which only what an edit names is changed: the bytes around it stay as they are."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from lstmlint.edits.fix import Edit
from lstmlint.edits.text import offset_of
from lstmlint.fixes.notebook import Replacement, in_cells
from lstmlint.sources.read import decode, encode_like, is_notebook, source_of
from lstmlint.sources.source import SourceError


class NotMade(Exception):
    """Edits that can't be made; the message says why, in one line."""


def edited(data: bytes, filename: str, edits: Iterable[Edit]) -> bytes:
    """The file's content with the edits made; those that say the same are made once. Raises NotMade."""
    try:
        text = decode(data)
        source = source_of(text, filename)
    except SourceError as error:
        raise NotMade(str(error)) from None
    if encode_like(text, data) != data:
        raise NotMade("the file can't be written back as it is")
    by_cell: dict[int | None, list[Replacement]] = {}
    for edit in dict.fromkeys(edits):
        cell = source.cell(edit.cell)
        if cell is None:
            raise NotMade(f"there is no cell {edit.cell}")
        start = offset_of(cell.original, edit.span.start_row, edit.span.start_column)
        end = offset_of(cell.original, edit.span.end_row, edit.span.end_column)
        if start is None or end is None or end < start:
            raise NotMade("the place is not there")
        by_cell.setdefault(edit.cell, []).append((start, end, edit.replacement))
    for replacements in by_cell.values():
        replacements.sort()
        if any(later[0] < earlier[1] or later[:2] == earlier[:2] for earlier, later in zip(replacements, replacements[1:])):
            raise NotMade("two changes touch the same place")
    if is_notebook(filename):
        changed = in_cells(text, by_cell)
        expected = {number: replaced(_original(source.cell(number)), found) for number, found in by_cell.items()}
        _insist(source_of(changed, filename).cell, expected)
    else:
        changed = replaced(text, by_cell.get(None, ()))
    try:
        return encode_like(changed, data)
    except UnicodeError:
        raise NotMade("the file's encoding has no such characters") from None


def replaced(text: str, replacements: Iterable[Replacement]) -> str:
    """`text` with replacements made, which are sorted and touch different places."""
    parts: list[str] = []
    done = 0
    for start, end, new in replacements:
        parts += [text[done:start], new]
        done = end
    return "".join([*parts, text[done:]])


def _original(cell: object) -> str:
    original: str = getattr(cell, "original", "")
    return original


def _insist(cell: Callable[[int | None], object], expected: Mapping[int | None, str]) -> None:
    """A notebook that was changed in another way than was meant is not written."""
    if any(_original(cell(number)) != text for number, text in expected.items()):
        raise NotMade("the notebook's JSON is spelled in a way that can't be edited")


