"""Fixing many files: what `check --fix` and `check --diff` do."""
from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lstmlint.config import Settings
from lstmlint.diagnostics import Diagnostic, FileResult
from lstmlint.engine import Rechecks, told_once
from lstmlint.fixes.diff import diff
from lstmlint.fixes.document import NotMade
from lstmlint.fixes.repair import Contents, repair
from lstmlint.fixes.write import write
from lstmlint.sources.read import read_bytes


@dataclass(slots=True)
class Fixed:
    """What came of a run: what is left in each file, what was corrected, what could not be and why, and the new contents.

    `changed` has the old and the new content by the name of the file.
    """

    results: list[FileResult]
    made: list[Diagnostic] = field(default_factory=list)
    refused: list[tuple[Diagnostic, str]] = field(default_factory=list)
    changed: dict[str, tuple[bytes, bytes]] = field(default_factory=dict)

    def diff(self) -> Iterator[str]:
        """What has changed, as lines of a unified diff."""
        for filename, (before, after) in self.changed.items():
            yield from diff(filename, before, after)

    def write(self) -> None:
        """Write the new contents; what could not be written is an error of the file."""
        for filename, (before, after) in list(self.changed.items()):
            try:
                write(filename, before, after)
            except NotMade as error:
                del self.changed[filename]
                self.made = [one for one in self.made if one.filename != filename]
                self.results = [FileResult(filename, error=str(error)) if r.filename == filename else r for r in self.results]


def fix_results(
    results: Sequence[FileResult],
    settings: Settings,
    alone: Sequence[str] = (),
    *,
    unsafe: bool = False,
    given: Mapping[str, bytes] | None = None,
    visible: Callable[[FileResult], FileResult] = lambda result: result,
    own: Mapping[str, Settings] | None = None,
) -> Fixed:
    """Correct what was found; nothing is written yet. `given` has, by its name, the content of a file that isn't that on disk.

    `visible` takes out of a result what is not to be spoken of. `own` are settings of some files, by real path.
    """
    originals = {os.path.realpath(name): data for name, data in (given or {}).items()}
    names = {os.path.realpath(result.filename): result.filename for result in results if result.error is None}
    checks = _OfTheRun(Rechecks(settings, alone, own), names, visible)
    fixed = Fixed(list(results))
    contents: Contents = dict(originals)
    for result in map(visible, results):
        if any(d.fix is not None and (d.fix.safe or unsafe) for d in result.diagnostics):
            done = repair(result.filename, contents, checks, unsafe)
            contents = done.contents
            fixed.made += done.made
            fixed.refused += done.refused
    changed = [real for real in contents if contents[real] != originals.get(real)]
    for real in changed:
        fixed.changed[names[real]] = (originals[real] if real in originals else read_bytes(real), contents[real])
    refused_at = {_mark(diagnostic) for diagnostic, _ in fixed.refused}
    for at, result in enumerate(told_once(_current(list(fixed.results), changed, contents, checks))):
        left = tuple(replace(d, fix=None) if _mark(d) in refused_at else d for d in result.diagnostics)
        fixed.results[at] = replace(result, diagnostics=left)
    return fixed


def _mark(diagnostic: Diagnostic) -> object:
    return diagnostic.code, os.path.realpath(diagnostic.filename), diagnostic.cell, diagnostic.span


def _current(
    results: Sequence[FileResult], changed: Sequence[str], contents: Contents, checks: _OfTheRun
) -> Iterator[FileResult]:
    """What is found in the files as they are now: a fix may have been made for the sake of another file."""
    concerned = {os.path.realpath(path) for real in changed for path in (real, *checks.importers(real))}
    for result in results:
        real = os.path.realpath(result.filename)
        yield checks.found(result.filename, contents) if real in concerned and result.error is None else result


class _OfTheRun:
    def __init__(self, rechecks: Rechecks, given: dict[str, str], visible: Callable[[FileResult], FileResult]) -> None:
        self._rechecks = rechecks
        self._given = given
        self._visible = visible

    def found(self, path: str, contents: Contents) -> FileResult:
        return self._rechecks.check(path, contents).without_findings()

    def check(self, path: str, contents: Contents) -> FileResult:
        return self._visible(self.found(path, contents))

    def importers(self, path: str) -> Sequence[str]:
        return self._rechecks.importers(path)

    def may_edit(self, path: str) -> bool:
        return path in self._given
