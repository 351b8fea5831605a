"""The run over many files: read, prefilter, hand over to the pipeline; what goes wrong in one file stays with that file."""
from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from lstmlint.config import Settings
from lstmlint.diagnostics import Diagnostic, FileResult
from lstmlint.sources.callers import Callers
from lstmlint.sources.deep import run_deep
from lstmlint.sources.prefilter import Prefilter
from lstmlint.sources.read import decode, read_bytes, source_of
from lstmlint.sources.source import Source, SourceError

if TYPE_CHECKING:
    from lstmlint.pipeline import Shared


def check_files(
    paths: Iterable[str], settings: Settings, alone: Collection[str] = (), keeps: bool = False
) -> Iterator[FileResult]:
    """The results for files, one after the other; a file that can't be checked doesn't keep the others from it.

    Of those that are `alone` (given by name, without their project), the project's files that import them are consulted. With
    `keeps`, the values that findings hold on to can be read afterwards (for `confirm`).
    """
    run = Run(settings, shares=not keeps)
    callers = Callers(settings, run.prefilter)
    asked: dict[str, FileResult] = {}
    given = {os.path.realpath(path) for path in alone}
    told: set[object] = set()
    for path in paths:
        try:
            data = read_bytes(path)
        except SourceError as error:
            yield FileResult(path, error=str(error))
            continue
        result = _unless_called(run.check(data, path, path), callers)
        if os.path.realpath(path) in given:
            for caller in callers.of(path):
                if caller not in given:
                    if caller not in asked:
                        asked[caller] = _as_caller(caller, run)
                    result = _with_what_concerns(result, asked[caller])
        yield _untold(result, told)


def _as_caller(path: str, run: Run) -> FileResult:
    shown = os.path.relpath(path)
    shown = path if shown.startswith("..") else shown
    try:
        return run.check(read_bytes(path), shown, path)
    except SourceError:
        # Nobody asked for this file.
        return FileResult(shown)


def _with_what_concerns(result: FileResult, of_caller: FileResult) -> FileResult:
    """The result, with what is wrong in or because of its file when another file uses it."""
    own = os.path.realpath(result.filename)
    more = [
        diagnostic
        for diagnostic in of_caller.diagnostics
        if own in map(os.path.realpath, [diagnostic.filename, *(place.filename for place in diagnostic.related)])
    ]
    known = {(d.code, os.path.realpath(d.filename), d.cell, d.span) for d in result.diagnostics}
    more = [d for d in more if (d.code, os.path.realpath(d.filename), d.cell, d.span) not in known]
    if not more:
        return result
    diagnostics = (*result.diagnostics, *more)
    return replace(result, diagnostics=diagnostics, sources={**of_caller.sources, **result.sources}, out_of_scope=False)


def _unless_called(result: FileResult, callers: Callers) -> FileResult:
    """The result without what holds only with the defaults of functions that other files of the project call."""
    if not any(_rests_on_defaults(d) for d in result.diagnostics) or not callers.of(result.filename):
        return result
    return replace(result, diagnostics=tuple(d for d in result.diagnostics if not _rests_on_defaults(d)))


def _rests_on_defaults(diagnostic: Diagnostic) -> bool:
    return diagnostic.finding is not None and diagnostic.finding.on_defaults


def _untold(result: FileResult, told: set[object]) -> FileResult:
    """The result without what was said of an imported module when another file was checked."""
    marks = [(os.path.realpath(d.filename), d.cell, d.span, d.code) for d in result.diagnostics]
    new = tuple(d for d, mark in zip(result.diagnostics, marks) if mark not in told)
    told.update(marks)
    return result if len(new) == len(marks) else replace(result, diagnostics=new)


class Run:
    """What the checks of several files have in common."""

    def __init__(self, settings: Settings, shares: bool = True) -> None:
        self.prefilter = Prefilter()
        self._settings = settings
        self._shares = shares
        self._shared: Shared | None = None

    def check(self, data: bytes, filename: str, path: str | None) -> FileResult:
        """The result for a file's content. `path` is where it lies (imports are looked up from there), None if nowhere."""
        try:
            text = decode(data)
            if not self.prefilter.concerns(data, path):
                return FileResult(filename, out_of_scope=True)
            source = source_of(text, filename, path)
            if self._shares and self._shared is None:
                from lstmlint.pipeline import Shared

                self._shared = Shared()
            return check_source(source, self._settings, self._shared)
        except SourceError as error:
            return FileResult(filename, error=str(error))
        except (KeyboardInterrupt, SystemExit):
            raise
        # libcst's parser is native: where it panics, what it raises is not an Exception.
        except BaseException as error:
            # What was shared may be half changed.
            self._shared = None
            if os.environ.get("LSTMLINT_DEBUG"):
                traceback.print_exception(error, file=sys.stderr)
            reason = " ".join(f"{type(error).__name__}: {error}".split())[:300]
            return FileResult(filename, error=f"internal error: {reason}")


def check_source(source: Source, settings: Settings, shared: Shared | None = None) -> FileResult:
    """The result for a source. What goes wrong inside is raised."""
    # Here and not above: out-of-scope files must not pay for it.
    from lstmlint.pipeline import diagnose

    return run_deep(lambda: diagnose(source, settings, shared))
