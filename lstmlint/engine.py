"""The run over many files: read, prefilter, hand over to the pipeline; what goes wrong in one file stays with that file."""
from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import replace

from lstmlint.config import Settings
from lstmlint.diagnostics import FileResult
from lstmlint.sources.deep import run_deep
from lstmlint.sources.prefilter import Prefilter
from lstmlint.sources.read import decode, read_bytes, source_of
from lstmlint.sources.source import Source, SourceError


def check_files(paths: Iterable[str], settings: Settings) -> Iterator[FileResult]:
    """The results for files, one after the other; a file that can't be checked doesn't keep the others from it."""
    prefilter = Prefilter()
    told: set[object] = set()
    for path in paths:
        try:
            data = read_bytes(path)
        except SourceError as error:
            yield FileResult(path, error=str(error))
        else:
            yield _untold(check_data(data, path, path, settings, prefilter), told)


def _untold(result: FileResult, told: set[object]) -> FileResult:
    """The result without what was said of an imported module when another file was checked."""
    marks = [(os.path.realpath(d.filename), d.cell, d.span, d.code) for d in result.diagnostics]
    new = tuple(d for d, mark in zip(result.diagnostics, marks) if mark not in told)
    told.update(marks)
    return result if len(new) == len(marks) else replace(result, diagnostics=new)


def check_data(data: bytes, filename: str, path: str | None, settings: Settings, prefilter: Prefilter) -> FileResult:
    """The result for a file's content. `path` is where it lies (imports are looked up from there), None if nowhere."""
    try:
        text = decode(data)
        if not prefilter.concerns(data, path):
            return FileResult(filename, out_of_scope=True)
        return check_source(source_of(text, filename, path), settings)
    except SourceError as error:
        return FileResult(filename, error=str(error))
    except (KeyboardInterrupt, SystemExit):
        raise
    # libcst's parser is native: where it panics, what it raises is not an Exception.
    except BaseException as error:
        if os.environ.get("LSTMLINT_DEBUG"):
            traceback.print_exception(error, file=sys.stderr)
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        return FileResult(filename, error=f"internal error: {reason}")


def check_source(source: Source, settings: Settings) -> FileResult:
    """The result for a source. What goes wrong inside is raised."""
    # Here and not above: out-of-scope files must not pay for it.
    from lstmlint.pipeline import diagnose

    return run_deep(lambda: diagnose(source, settings))
