"""The baseline: findings that are known and admitted, so that only new ones are reported.

An entry is a file, a rule, and a digest of the line of code, with how often it is there; so it survives moved lines, other
indentation and comments, but not a changed line.
"""
from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

from lstmlint.diagnostics import Diagnostic, FileResult
from lstmlint.sources.lexing import TOKEN
from lstmlint.sources.source import Source
from lstmlint.sources.write import put

VERSION = 1

Entry = tuple[str, str, str]
"""A file (relative to the baseline's folder, with forward slashes), a code, and a digest."""


class BaselineError(Exception):
    """A baseline that can't be read or written; the message says why, in one line."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """What is left after the baseline: results, how many findings it admitted, and the entries that fit nothing any more."""

    results: list[FileResult]
    admitted: int
    stale: Counter[Entry]


def read_baseline(path: str) -> Counter[Entry]:
    """The entries in a file. Raises BaselineError."""
    try:
        with open(path, "rb") as file:
            content = json.loads(file.read())
    except FileNotFoundError:
        raise BaselineError(f"{path}: no such baseline; --update-baseline writes one") from None
    except OSError as error:
        raise BaselineError(f"{path}: {(error.strerror or str(error)).lower()}") from None
    except (ValueError, RecursionError) as error:
        raise BaselineError(f"{path}: not a baseline: {' '.join(str(error).split())}") from None
    if not isinstance(content, dict) or not isinstance(content.get("findings"), list):
        raise BaselineError(f"{path}: not a baseline: it has no list of findings")
    if content.get("version") != VERSION:
        raise BaselineError(f"{path}: a baseline of version {content.get('version')}; this lstmlint reads version {VERSION}")
    entries: Counter[Entry] = Counter()
    for number, item in enumerate(content["findings"], start=1):
        entry, count = _entry(item)
        if entry is None:
            raise BaselineError(f"{path}: not a baseline: finding {number} needs file, code and digest (strings) and count")
        entries[entry] += count
    return entries


def _entry(item: Any) -> tuple[Entry | None, int]:
    if not isinstance(item, dict):
        return None, 0
    file, code, digest, count = (item.get(key) for key in ("file", "code", "digest", "count"))
    if not (isinstance(file, str) and isinstance(code, str) and isinstance(digest, str)):
        return None, 0
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        return None, 0
    return (file, code, digest), count


def write_baseline(path: str, entries: Counter[Entry]) -> None:
    """Let the file hold these entries. Raises BaselineError."""
    try:
        put(path, as_text(entries).encode())
    except OSError as error:
        raise BaselineError(f"{path}: not written: {(error.strerror or str(error)).lower()}") from None


def as_text(entries: Counter[Entry]) -> str:
    """The content of a baseline's file: an entry in each line, sorted, so that merges are easy."""
    items = [
        json.dumps({"file": file, "code": code, "digest": digest, "count": count})
        for (file, code, digest), count in sorted(entries.items())
        if count > 0
    ]
    body = "[\n    " + ",\n    ".join(items) + "\n  ]" if items else "[]"
    return f'{{\n  "version": {VERSION},\n  "findings": {body}\n}}\n'


def admit(results: Iterable[FileResult], entries: Counter[Entry], path: str) -> Admitted:
    """The results without what the baseline in the file `path` admits: of several findings that look alike, the first."""
    left = Counter(entries)
    kept: list[FileResult] = []
    checked: set[str] = set()
    admitted = 0
    for result in results:
        if result.error is None:
            checked.add(_relative(result.filename, path))
        new: list[Diagnostic] = []
        for diagnostic in result.diagnostics:
            entry = entry_of(diagnostic, result.sources, path)
            if left[entry] > 0:
                left[entry] -= 1
                admitted += 1
            else:
                new.append(diagnostic)
        kept.append(replace(result, diagnostics=tuple(new)) if len(new) < len(result.diagnostics) else result)
    stale = Counter({entry: count for entry, count in left.items() if count > 0 and (entry[0] in checked or _is_gone(entry, path))})
    return Admitted(kept, admitted, stale)


def updated(results: Sequence[FileResult], entries: Counter[Entry], path: str) -> Counter[Entry]:
    """The baseline that admits all that was found; of files that weren't checked but are still there, the entries stay."""
    stale = admit(results, entries, path).stale
    found = Counter(entry_of(diagnostic, result.sources, path) for result in results for diagnostic in result.diagnostics)
    kept = entries - stale
    return kept | found


def entry_of(diagnostic: Diagnostic, sources: dict[str, Source], path: str) -> Entry:
    """What a finding is known by in the baseline in the file `path`."""
    return _relative(diagnostic.filename, path), diagnostic.code, digest_of_line(diagnostic, sources)


def digest_of_line(diagnostic: Diagnostic, sources: dict[str, Source]) -> str:
    """A digest of the code in the line where a finding stands, whatever its spacing and comments."""
    cell = sources[diagnostic.filename].cell(diagnostic.cell) if diagnostic.filename in sources else None
    lines = [] if cell is None else cell.lines()
    row = diagnostic.span.start_row
    line = lines[row - 1] if row <= len(lines) else ""
    tokens = [match[0] for match in TOKEN.finditer(line) if match[0][0] != "#"]
    return blake2b(" ".join(tokens).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _relative(filename: str, path: str) -> str:
    folder = os.path.dirname(os.path.realpath(path))
    try:
        relative = os.path.relpath(os.path.realpath(filename), folder)
    except ValueError:
        relative = os.path.realpath(filename)
    return relative.replace(os.sep, "/")


def _is_gone(entry: Entry, path: str) -> bool:
    return not os.path.exists(os.path.join(os.path.dirname(os.path.realpath(path)), entry[0]))
