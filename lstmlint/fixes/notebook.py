"""Changing the source of cells in a notebook's JSON text, which stays as it is spelled everywhere else."""
from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from json.decoder import scanstring  # type: ignore[attr-defined]

_SPACE = re.compile(r"[ \t\r\n]*")
_CHARACTER = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[^\\]", re.DOTALL)
_ESCAPED = re.compile(r"\\u00[89a-fA-F]|\\u0[1-9a-fA-F]|\\u[1-9a-fA-F]")
_skip = json.JSONDecoder(strict=True).raw_decode

Replacement = tuple[int, int, str]
"""From one offset to another, what is to stand there."""


@dataclass(frozen=True, slots=True)
class _String:
    """A string of the JSON text: where its content begins and ends between the quotes, and how long it is once read."""

    start: int
    end: int
    length: int


@dataclass(frozen=True, slots=True)
class _Strings:
    """The strings that a cell's source is made of; `separator` is what stands between two of them, None where it is but one."""

    parts: tuple[_String, ...]
    separator: str | None


def in_cells(text: str, replacements: Mapping[int | None, Sequence[Replacement]]) -> str:
    """The notebook's text with changes (sorted, from one offset of a cell's source to another) in cells, by their numbers."""
    ascii_only = text.isascii() and _ESCAPED.search(text) is not None
    changes: list[Replacement] = []
    for number, strings in enumerate(_sources(text), start=1):
        if strings is not None:
            changes += [_change(text, strings, *replacement, ascii_only) for replacement in replacements.get(number, ())]
    done = 0
    parts: list[str] = []
    for start, end, new in sorted(changes):
        parts += [text[done:start], new]
        done = end
    return "".join([*parts, text[done:]])


def _change(text: str, strings: _Strings, start: int, end: int, new: str, ascii_only: bool) -> Replacement:
    bounds = list(accumulate((part.length for part in strings.parts), initial=0))
    last = len(strings.parts) - 1
    first_at = min(bisect_right(bounds, start) - 1, last)
    last_at = min(bisect_right(bounds, end) - 1, last)
    first = _inside(text, strings.parts[first_at], start - bounds[first_at])
    if start == bounds[first_at] and end == bounds[-1] and first_at and not new:
        # What is left ends with the string before.
        first = strings.parts[first_at - 1].end
    final = _inside(text, strings.parts[last_at], end - bounds[last_at])
    lines = [json.dumps(line, ensure_ascii=ascii_only)[1:-1] for line in re.findall(r"[^\n]*\n|[^\n]+", new)]
    broken = "" if strings.separator is None else f'"{strings.separator}"'
    spelled = broken.join(lines)
    if new.endswith("\n") and end < bounds[-1]:
        spelled += broken
    return first, final, spelled


def _inside(text: str, string: _String, offset: int) -> int:
    """Where the character number `offset` of a string begins in the JSON text."""
    at = string.start
    for _ in range(offset):
        match = _CHARACTER.match(text, at, string.end)
        if match is None:
            return string.end
        at = match.end()
    return at


def _sources(text: str) -> Iterator[_Strings | None]:
    """The source of each cell, prose included, in order; None where a cell has none."""
    top = dict(_members(text, _space(text, 1 if text.startswith("\ufeff") else 0)))
    cells: list[int] = []
    if "cells" in top and text[top["cells"]] == "[":
        cells = list(_elements(text, top["cells"]))
    elif "worksheets" in top and text[top["worksheets"]] == "[":
        for sheet in _elements(text, top["worksheets"]):
            inside = dict(_members(text, sheet)) if text[sheet] == "{" else {}
            if "cells" in inside and text[inside["cells"]] == "[":
                cells.extend(_elements(text, inside["cells"]))
    for cell in cells:
        members = dict(_members(text, cell)) if text[cell] == "{" else {}
        at = members.get("source", members.get("input"))
        yield None if at is None else _strings(text, at)


def _strings(text: str, at: int) -> _Strings | None:
    if text[at] == '"':
        return _Strings((_string(text, at),), None)
    if text[at] != "[":
        return None
    parts = tuple(_string(text, element) for element in _elements(text, at) if text[element] == '"')
    if not parts:
        return None
    if len(parts) > 1:
        separator = text[parts[0].end + 1 : parts[1].start - 1]
    else:
        separator = "," + text[at + 1 : parts[0].start - 1]
    return _Strings(parts, separator)


def _string(text: str, at: int) -> _String:
    content, end = scanstring(text, at + 1)
    return _String(at + 1, end - 1, len(content))


def _members(text: str, at: int) -> Iterator[tuple[str, int]]:
    """The keys of the object that begins at `at`, and where their values begin."""
    at = _space(text, at + 1)
    while text[at] != "}":
        key, at = scanstring(text, at + 1)
        at = _space(text, _space(text, at) + 1)
        yield key, at
        at = _after(text, at)


def _elements(text: str, at: int) -> Iterator[int]:
    """Where the elements of the array that begins at `at` begin."""
    at = _space(text, at + 1)
    while text[at] != "]":
        yield at
        at = _after(text, at)


def _after(text: str, at: int) -> int:
    """Where what follows the value at `at` begins, behind a comma."""
    at = _space(text, _skip(text, at)[1])
    return _space(text, at + 1) if text[at] == "," else at


def _space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    assert match is not None
    return match.end()
