"""The run over many files: read, prefilter, hand over to the pipeline; what goes wrong in one file stays with that file."""
from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from lstmlint.config import Settings
from lstmlint.diagnostics import FileResult
from lstmlint.records import Reader, Record, from_record
from lstmlint.sources.callers import Callers
from lstmlint.sources.deep import Interrupted, run_deep
from lstmlint.sources.prefilter import Prefilter
from lstmlint.sources.project import Project
from lstmlint.sources.read import Read, decode, read_bytes, source_of
from lstmlint.sources.source import Source, SourceError
from lstmlint.unused import with_unused

if TYPE_CHECKING:
    from lstmlint.cache import Cache
    from lstmlint.pipeline import Onlooker, Recaller, Shared
    from lstmlint.seen import SeenFiles


def check_files(
    paths: Iterable[str],
    settings: Settings,
    alone: Collection[str] = (),
    *,
    keeps: bool = False,
    cache_folder: str | None = None,
    jobs: int = 1,
) -> Iterator[FileResult]:
    """The results for files, one after the other; a file that can't be checked doesn't keep the others from it.

    Of those that are `alone` (given by name, without their project), the project's files that import them are consulted. With
    `keeps`, the values that findings hold on to can be read afterwards (for `confirm`); this is not so for what comes from the
    cache or from one of several processes.
    """
    run = Run(settings, shares=not keeps, cache_folder=cache_folder)
    results = _one_by_one(paths, run) if jobs == 1 else _at_once(list(paths), run, settings, jobs)
    try:
        callers = Callers(settings, run.prefilter)
        checked = list(told_once(_consulted(results, run, callers, alone)))
        yield from with_unused(checked, settings, run.source, _Importers(checked, callers, run).of)
    finally:
        run.close()


def _one_by_one(paths: Iterable[str], run: Run) -> Iterator[FileResult]:
    for path in paths:
        try:
            yield run.check(run.read(path), path, path)
        except SourceError as error:
            yield FileResult(path, error=str(error))


FEW = 12
"""Fewer files than these are analysed here before other processes would have begun."""


def _at_once(paths: Sequence[str], run: Run, settings: Settings, jobs: int) -> Iterator[FileResult]:
    ready: dict[str, FileResult] = {}
    left: dict[str, bytes] = {}
    for path in paths:
        try:
            data = run.read(path)
        except SourceError as error:
            ready[path] = FileResult(path, error=str(error))
            continue
        known = run.known(data, path, path)
        if known is not None:
            ready[path] = known
        else:
            left[path] = data
    if len(left) < FEW:
        for path in paths:
            yield ready[path] if path in ready else run.check(left[path], path, path)
        return
    from lstmlint.workers import results_of

    with closing(results_of(list(left), settings, jobs)) as records:
        for path in paths:
            if path not in ready:
                ready[path] = run.taken(next(records), left[path], path)
            yield ready[path]


def work() -> None:
    """Be one of several processes that check files."""
    from lstmlint.workers import serve

    def check_with(settings: Settings) -> Callable[[str], FileResult]:
        run = Run(settings, tells=False)

        def check(path: str) -> FileResult:
            try:
                return run.check(run.read(path), path, path)
            except SourceError as error:
                return FileResult(path, error=str(error))

        return check

    serve(check_with)


def _consulted(
    results: Iterable[FileResult], run: Run, callers: Callers, alone: Collection[str]
) -> Iterator[FileResult]:
    """The results, less or more what the rest of the project says about them."""
    asked: dict[str, FileResult] = {}
    given = {os.path.realpath(path) for path in alone}
    for result in results:
        path = result.filename
        result = unless_called(result, callers)
        if result.error is None and os.path.realpath(path) in given:
            for caller in callers.of(path):
                if caller not in given:
                    if caller not in asked:
                        asked[caller] = _as_caller(caller, run)
                    result = with_what_concerns(result, asked[caller])
        yield result


def _as_caller(path: str, run: Run) -> FileResult:
    shown = os.path.relpath(path)
    shown = path if shown.startswith("..") else shown
    try:
        return run.check(run.read(path), shown, path)
    except SourceError:
        # Nobody asked for this file.
        return FileResult(shown)


class _Importers:
    """The results for the files that import a file, checked where they haven't been."""

    def __init__(self, checked: Iterable[FileResult], callers: Callers, run: Run) -> None:
        self._callers = callers
        self._run = run
        self._known = {os.path.realpath(result.filename): result for result in checked}

    def of(self, filename: str) -> list[FileResult] | None:
        """None where not all of them are known."""
        paths = self._callers.all_of(filename)
        if paths is None:
            return None
        for path in paths:
            if path not in self._known:
                self._known[path] = _as_caller(path, self._run)
        return [self._known[path] for path in paths]


def with_what_concerns(result: FileResult, of_caller: FileResult) -> FileResult:
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


def unless_called(result: FileResult, callers: Callers) -> FileResult:
    """The result without what holds only with the defaults of functions that other files of the project call."""
    if not any(d.on_defaults for d in result.diagnostics) or not callers.of(result.filename):
        return result
    return replace(result, diagnostics=tuple(d for d in result.diagnostics if not d.on_defaults))


def told_once(results: Iterable[FileResult]) -> Iterator[FileResult]:
    """The results, each without what was said of an imported module when an earlier file was checked."""
    told: set[object] = set()
    for result in results:
        marks = [(os.path.realpath(d.filename), d.cell, d.span, d.code) for d in result.diagnostics]
        new = tuple(d for d, mark in zip(result.diagnostics, marks) if mark not in told)
        told.update(marks)
        yield result if len(new) == len(marks) else replace(result, diagnostics=new)


class Rechecks:
    """Checks of single files of a run with other contents than those on disk; `own` are settings of some files, by real path."""

    def __init__(self, settings: Settings, alone: Collection[str] = (), own: Mapping[str, Settings] | None = None) -> None:
        self._settings = settings
        self._own = own or {}
        self._alone = alone
        self._callers = Callers(settings, Prefilter(Project(settings.source_folders)))

    def check(self, path: str, contents: Mapping[str, bytes]) -> FileResult:
        """The result for a file, by the name that the user knows it by, while files have these contents (by real path)."""

        def read(name: str) -> bytes:
            data = contents.get(os.path.realpath(name))
            return read_bytes(name) if data is None else data

        settings = self._own.get(os.path.realpath(path), self._settings)
        run = Run(settings, read=read)
        try:
            # What comes from standard input and has no name lies nowhere.
            result = run.check(run.read(path), path, None if path == "-" else path)
        except SourceError as error:
            return FileResult(path, error=str(error))
        checked = list(_consulted([result], run, self._callers, self._alone))
        return next(with_unused(checked, settings, run.source, _Importers(checked, self._callers, run).of))

    def importers(self, path: str) -> list[str]:
        """The files of the project that import a file."""
        return self._callers.of(path)


class Run:
    """What the checks of several files have in common.

    With a `cache_folder` ("": the user's), results are kept there from run to run. With `tells`, standard error is told of what of
    earlier runs can't be used.
    """

    def __init__(
        self,
        settings: Settings,
        shares: bool = True,
        cache_folder: str | None = None,
        read: Read | None = None,
        tells: bool = True,
    ) -> None:
        self.prefilter = Prefilter(Project(settings.source_folders), read or read_bytes)
        self._read = read
        self._settings = settings
        self._shares = shares
        self._shared: Shared | None = None
        self._cache_folder = cache_folder
        self._cache: Cache | None = None
        self._keys: dict[str, bytes | None] = {}
        self._tells = tells

    @cached_property
    def _seen(self) -> SeenFiles:
        # Here and not above: out-of-scope files must not pay for it.
        from lstmlint.seen import SeenFiles

        return SeenFiles(self._settings, self.prefilter, self._tells)

    def read(self, path: str) -> bytes:
        """The content of a file. Raises SourceError."""
        if self._read is not None:
            return self._read(path)
        limits = {"script": self._settings.largest_script, "notebook": self._settings.largest_notebook}
        return read_bytes(path, limits)

    def source(self, path: str) -> Source:
        """The source of a file. Raises SourceError."""
        return source_of(decode(self.read(path)), path, path)

    def check(self, data: bytes, filename: str, path: str | None) -> FileResult:
        """The result for a file's content. `path` is where it lies (imports are looked up from there), None if nowhere."""
        known = self.known(data, filename, path)
        if known is not None:
            return known
        result = self._unless_failing(filename, lambda: self._analysed(data, filename, path))
        assert result is not None
        self._keep(result, path)
        return result

    def known(self, data: bytes, filename: str, path: str | None) -> FileResult | None:
        """The result, where none of the code need be analysed for it."""
        return self._unless_failing(filename, lambda: self._looked_up(data, filename, path))

    def _looked_up(self, data: bytes, filename: str, path: str | None) -> FileResult | None:
        text = decode(data)
        if not self.prefilter.concerns(data, path):
            return FileResult(filename, out_of_scope=True)
        seen = self._seen.digest(path)
        if self._cache_folder is None or path is None:
            return None
        if self._cache is None:
            # Here and not above: out-of-scope files must not pay for it.
            from lstmlint.cache import Cache, default_folder
            from lstmlint.sources.dependencies import Dependencies

            self._cache = Cache(self._cache_folder or default_folder(), self._settings, Dependencies(self.prefilter))
        key = self._keys[path] = self._cache.key(data, filename, path, seen)
        return None if key is None else self._cache.get(key, filename, _reader(text, filename))

    def taken(self, record: Record, data: bytes, path: str) -> FileResult:
        """The result that another process has found for the file `path`."""
        try:
            result = from_record(record, path, _reader(decode(data), path))
        except SourceError as error:
            return FileResult(path, error=str(error))
        self._keep(result, path)
        return result

    def close(self) -> None:
        """Write to the cache what is to be kept."""
        if self._cache is not None:
            self._cache.close()

    def _keep(self, result: FileResult, path: str | None) -> None:
        key = None if path is None else self._keys.pop(path, None)
        if self._cache is not None and key is not None:
            self._cache.put(key, result)

    def _analysed(self, data: bytes, filename: str, path: str | None) -> FileResult:
        return self._diagnosed(source_of(decode(data), filename, path))

    def check_source(self, source: Source, onlooker: Onlooker | None = None) -> FileResult:
        """The result for a source that is known to concern us, without the cache. What interrupts it is raised."""
        result = self._unless_failing(source.filename, lambda: self._diagnosed(source, onlooker))
        assert result is not None
        return result

    def _diagnosed(self, source: Source, onlooker: Onlooker | None = None) -> FileResult:
        if self._shares and self._shared is None:
            from lstmlint.pipeline import Shared
            from lstmlint.sources.modules import Modules

            self._shared = Shared(self._settings, Modules(self.prefilter.project, self._read or read_bytes))
        return check_source(source, self._settings, self._shared, onlooker, not self._shares, self._seen.recall)

    def release(self) -> None:
        """Nobody reads what the last analysis knew any more."""
        if self._shared is not None:
            self._shared.begin()

    def forget(self, path: str) -> None:
        """The file at `path` has changed."""
        self.prefilter.forget(path)
        if self._shared is not None:
            self._shared.forget(path)

    def _unless_failing(self, filename: str, work: Callable[[], FileResult | None]) -> FileResult | None:
        """What the work comes to, be it an error."""
        try:
            return work()
        except SourceError as error:
            return FileResult(filename, error=str(error))
        except (KeyboardInterrupt, SystemExit, Interrupted):
            raise
        # libcst's parser is native: where it panics, what it raises is not an Exception.
        except BaseException as error:
            # What was shared may be half changed.
            self._shared = None
            if os.environ.get("LSTMLINT_DEBUG"):
                traceback.print_exception(error, file=sys.stderr)
            reason = " ".join(f"{type(error).__name__}: {error}".split())[:300]
            return FileResult(filename, error=f"internal error: {reason}")


def _reader(text: str, filename: str) -> Reader:
    """Reads the sources that a kept result points into; of the file itself, `text` is there already."""

    def read(name: str, path: str) -> Source:
        return source_of(text if name == filename else decode(read_bytes(path)), name, path)

    return read


def check_source(
    source: Source,
    settings: Settings,
    shared: Shared | None = None,
    onlooker: Onlooker | None = None,
    keeps: bool = False,
    recaller: Recaller | None = None,
) -> FileResult:
    """The result for a source. What goes wrong inside is raised. With `keeps`, values know where they come from; `recaller` knows
    what was seen of them in an earlier run."""
    # Here and not above: out-of-scope files must not pay for it.
    from lstmlint.pipeline import diagnose

    return run_deep(lambda: diagnose(source, settings, shared, onlooker, keeps, recaller))
