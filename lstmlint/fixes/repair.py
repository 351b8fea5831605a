"""Fixing what is found in one file: edits are made, all that they concern is checked again, and what doesn't hold is dropped."""
from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from lstmlint.diagnostics import Diagnostic, FileResult
from lstmlint.edits.fix import Edit
from lstmlint.fixes.document import NotMade, edited
from lstmlint.sources.read import read_bytes
from lstmlint.sources.source import SourceError, Span

ROUNDS = 10
"""How often a file is gone through for what is left: overlapping fixes are made one after the other."""

Contents = Mapping[str, bytes]
"""The content of files by their real paths, where it is not the one on disk."""
Place = tuple[str, str, int | None, int]
"""A code, a file, a cell and a row."""


class Checks(Protocol):
    """What repairing asks of the run that it is part of."""

    def check(self, path: str, contents: Contents) -> FileResult:
        """What is found in a file while files have these contents."""

    def importers(self, path: str) -> Sequence[str]:
        """The files that import this one."""

    def may_edit(self, path: str) -> bool:
        """Whether the file of this real path was given to be fixed."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """What came of a file: the contents of all files, what was corrected, what could not be and why."""

    contents: Contents
    made: tuple[Diagnostic, ...]
    refused: tuple[tuple[Diagnostic, str], ...]


@dataclass(frozen=True, slots=True)
class _State:
    """The contents, and what is found with them in the files that were asked for."""

    contents: Contents
    known: dict[str, FileResult]


def repair(path: str, contents: Contents, checks: Checks, unsafe: bool) -> Repaired:
    """Make the fixes of what is found in a file; the unsafe ones only with `unsafe`."""
    work = _Work(path, checks)
    state = _State(contents, {path: checks.check(path, contents)})
    made: list[Diagnostic] = []
    refused: list[tuple[Diagnostic, str]] = []
    for _ in range(ROUNDS):
        found = state.known[path].diagnostics
        wanted = [d for d in found if d.fix is not None and (d.fix.safe or unsafe)]
        refused = []
        step = work.step(state, wanted, refused)
        if step is None:
            break
        state, done = step
        made += done
    return Repaired(state.contents, tuple(made), tuple(refused))


Step = tuple[_State, list[Diagnostic]]


class _Work:
    """The steps from one state of the files to a better one."""

    def __init__(self, path: str, checks: Checks) -> None:
        self.path = path
        self.checks = checks

    def step(self, state: _State, wanted: Sequence[Diagnostic], refused: list[tuple[Diagnostic, str]]) -> Step | None:
        """All that fits together at once; where that doesn't hold, the first that does alone. `refused` gets the others."""
        chosen = _compatible(wanted)
        attempt = self._attempt(state, chosen) if len(chosen) > 1 else ""
        if not isinstance(attempt, str):
            return attempt
        for diagnostic in wanted:
            attempt = self._attempt(state, [diagnostic])
            if not isinstance(attempt, str):
                return attempt
            refused.append((diagnostic, attempt))
        return None

    def _attempt(self, state: _State, chosen: Sequence[Diagnostic]) -> Step | str:
        """What comes of these fixes, or why they don't hold."""
        edits = list(dict.fromkeys(edit for diagnostic in chosen if diagnostic.fix is not None for edit in diagnostic.fix.edits))
        try:
            contents = self._edited(state.contents, edits)
        except (NotMade, SourceError) as error:
            return str(error)
        if contents == state.contents:
            return "it changes nothing"
        after = {path: self.checks.check(path, contents) for path in self._concerned(edits)}
        for path, result in after.items():
            if path not in state.known:
                state.known[path] = self.checks.check(path, state.contents)
            problem = _worse(state.known[path], result, edits)
            if problem:
                return problem
        before = state.known[self.path].diagnostics
        gone = Counter(_moved(d, edits) for d in before) - Counter(map(_place, after[self.path].diagnostics))
        rest = [diagnostic for diagnostic in before if all(diagnostic is not one for one in chosen)]
        done = [diagnostic for diagnostic in (*chosen, *rest) if _takes(gone, _moved(diagnostic, edits))]
        if done[: len(chosen)] != list(chosen):
            return "the finding would stay"
        return _State(contents, after), done

    def _edited(self, contents: Contents, edits: Iterable[Edit]) -> Contents:
        by_file: dict[str, list[Edit]] = {}
        for edit in edits:
            by_file.setdefault(os.path.realpath(edit.filename), []).append(edit)
        new = dict(contents)
        for real, own in by_file.items():
            filename = own[0].filename
            if not self.checks.may_edit(real):
                raise NotMade(f"it belongs into {filename}, which was not given to be fixed")
            data = new[real] if real in new else read_bytes(real)
            changed = edited(data, filename, own)
            if changed != data:
                new[real] = changed
        return new

    def _concerned(self, edits: Iterable[Edit]) -> list[str]:
        """The files whose findings may change: each by one of its names."""
        files = {os.path.realpath(self.path): self.path}
        for filename in {edit.filename: None for edit in edits}:
            for path in (filename, *self.checks.importers(filename)):
                files.setdefault(os.path.realpath(path), path)
        return list(files.values())


def _compatible(wanted: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Those whose edits don't touch what an earlier one edits, unless they say the same."""
    chosen: list[Diagnostic] = []
    taken: set[Edit] = set()
    for diagnostic in wanted:
        edits = () if diagnostic.fix is None else diagnostic.fix.edits
        if not any(_touch(edit, other) for edit in edits for other in taken):
            chosen.append(diagnostic)
            taken.update(edits)
    return chosen


def _touch(a: Edit, b: Edit) -> bool:
    if a == b or a.cell != b.cell or os.path.realpath(a.filename) != os.path.realpath(b.filename):
        return False
    return _start(a.span) <= _end(b.span) and _start(b.span) <= _end(a.span)


def _start(span: Span) -> tuple[int, int]:
    return span.start_row, span.start_column


def _end(span: Span) -> tuple[int, int]:
    return span.end_row, span.end_column


def _worse(before: FileResult, after: FileResult, edits: Sequence[Edit]) -> str:
    """What has become worse in a file; "" if nothing has."""
    if after.error != before.error:
        return after.error or ""
    if after.out_of_scope and not before.out_of_scope:
        return "nothing recurrent would be left"
    # A comment that asked for silence about the mistake may have nothing to silence any more.
    new = (diagnostic for diagnostic in after.diagnostics if diagnostic.code != "LST902")
    added = Counter(map(_place, new)) - Counter(_moved(diagnostic, edits) for diagnostic in before.diagnostics)
    if not added:
        return ""
    code, _, cell, row = min(added, key=lambda place: (place[2] or 0, place[3], place[0]))
    return f"it would bring up {code} on line {row}" + ("" if cell is None else f" of cell {cell}")


def _takes(counts: Counter[Place], place: Place) -> bool:
    if counts[place] <= 0:
        return False
    counts[place] -= 1
    return True


def _place(diagnostic: Diagnostic) -> Place:
    return diagnostic.code, os.path.realpath(diagnostic.filename), diagnostic.cell, diagnostic.span.start_row


def _moved(diagnostic: Diagnostic, edits: Iterable[Edit]) -> Place:
    """Where a diagnostic stands once the edits are made: lines before it may come and go."""
    code, filename, cell, row = _place(diagnostic)
    for edit in edits:
        same = edit.cell == cell and os.path.realpath(edit.filename) == filename
        if same and _end(edit.span) <= _start(diagnostic.span):
            row += edit.replacement.count("\n") - (edit.span.end_row - edit.span.start_row)
    return code, filename, cell, row
