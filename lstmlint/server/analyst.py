"""What the worker does for the editor: check a snapshot, look at what was seen of it, ask the files that use it."""
from __future__ import annotations

import os
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lstmlint.config import Settings
from lstmlint.diagnostics import FileResult
from lstmlint.engine import Run, unless_called, with_what_concerns
from lstmlint.server.documents import Snapshot
from lstmlint.server.pages import Page, pages
from lstmlint.server.worker import Unwanted
from lstmlint.sources.callers import Callers
from lstmlint.sources.piecewise import PiecewiseParser
from lstmlint.sources.read import Read, decode, source_of
from lstmlint.sources.source import SourceError, script
from lstmlint.unused import with_unused

if TYPE_CHECKING:
    from lstmlint.pipeline import Onlooker

MOST = 40
"""So many modules are asked what they import in turn."""
PARSERS = 8
"""Of so many programs, the pieces of the last version are kept."""
SAMPLE = """
import numpy as np
import torch
from keras import Sequential
from keras.layers import LSTM, Dense, Input
model = Sequential([Input((30, 2)), LSTM(8), LSTM(8)])
model.compile("adam", "mse")
model.fit(np.zeros((9, 30, 2)), np.zeros(9))
output, _ = torch.nn.LSTM(2, 3)(torch.zeros(4, 5, 2))
"""


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of the check of a snapshot. `modules` are the files of the project that it rests on."""

    snapshot: Snapshot
    result: FileResult
    modules: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Seen:
    """What there is to show beside the texts of a snapshot; `broken`: some of its statements could not be read."""

    snapshot: Snapshot
    pages: dict[str, Page]
    broken: bool = False


class Analyst:
    """Keeps, for each of the settings in use, what analyses have in common. Used by the worker alone, but for `changed`."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._runs: list[tuple[Settings, Run, Callers]] = []
        self._imports: dict[str, tuple[str, ...]] = {}
        self._changes: deque[str | None] = deque()
        self._parsers: OrderedDict[str, PiecewiseParser] = OrderedDict()

    def changed(self, path: str | None) -> None:
        """A file has changed (None: any may have). May be called from any thread; counts from the next job on."""
        self._changes.append(path)

    def warm_up(self, unwanted: Unwanted) -> None:
        """Import and try everything once, so that the first file needs not wait for it."""
        from lstmlint.pipeline import Onlooker

        run = Run(Settings())
        run.check_source(script(SAMPLE), Onlooker(unwanted))

    def check(
        self,
        snapshot: Snapshot,
        settings: Settings,
        unwanted: Unwanted,
        checked: Callable[[Checked], None],
        seen: Callable[[Seen], None],
    ) -> None:
        """Tell what is wrong as soon as that is known, then what else there is to see."""
        # Here, so that the client need not wait for it when it starts the server.
        from lstmlint.pipeline import Onlooker

        run, callers = self._with(settings)
        if not run.prefilter.concerns(snapshot.data, snapshot.path):
            modules = self._modules(snapshot, run)
            checked(Checked(snapshot, FileResult(snapshot.filename, out_of_scope=True), modules))
            seen(Seen(snapshot, {}))
            return
        try:
            parser = self._parser(snapshot.uri)
            parser.round()
            self._look(snapshot, run, callers, settings, Onlooker(unwanted, parser), checked, seen)
        finally:
            run.release()

    def _look(
        self,
        snapshot: Snapshot,
        run: Run,
        callers: Callers,
        settings: Settings,
        onlooker: Onlooker,
        checked: Callable[[Checked], None],
        seen: Callable[[Seen], None],
    ) -> None:
        from lstmlint.picture.view import view

        result = run.check_source(snapshot.source(), onlooker)
        if snapshot.path is not None:
            result = unless_called(result, callers)
        result = self._with_unused(result, snapshot, settings, callers)
        checked(Checked(snapshot, result.without_findings(), self._modules(snapshot, run)))
        seen(Seen(snapshot, pages(view(onlooker), snapshot), onlooker.left_out))

    def _with_unused(self, result: FileResult, snapshot: Snapshot, settings: Settings, callers: Callers) -> FileResult:
        """The result, with comments that silence nothing; of files that others import, that is not known here."""

        def importers(filename: str) -> list[FileResult] | None:
            alone = snapshot.path is None or callers.all_of(snapshot.path) == []
            return [] if alone else None

        (told,) = with_unused([result], settings, lambda filename: snapshot.source(), importers)
        return told

    def concerns(self, snapshot: Snapshot, settings: Settings, unwanted: Unwanted) -> FileResult:
        """What is wrong in or because of a module when other files of the project use it."""
        from lstmlint.pipeline import Onlooker

        run, callers = self._with(settings)
        result = FileResult(snapshot.filename)
        for caller in callers.of(snapshot.path) if snapshot.path is not None else ():
            try:
                source = source_of(decode(self._read(caller)), caller, caller)
            except SourceError:
                continue
            result = with_what_concerns(result, run.check_source(source, Onlooker(unwanted)))
        return result.without_findings()

    def _parser(self, uri: str) -> PiecewiseParser:
        """What parses the versions of one program."""
        known = self._parsers.pop(uri, None) or PiecewiseParser()
        self._parsers[uri] = known
        if len(self._parsers) > PARSERS:
            self._parsers.popitem(last=False)
        return known

    def _with(self, settings: Settings) -> tuple[Run, Callers]:
        while self._changes:
            path = self._changes.popleft()
            if path is None:
                self._runs.clear()
                self._imports.clear()
            else:
                self._imports.pop(os.path.realpath(path), None)
                for _, run, _ in self._runs:
                    run.forget(path)
        for known, run, callers in self._runs:
            if known == settings:
                return run, callers
        run = Run(settings, read=self._read)
        callers = Callers(settings, run.prefilter)
        self._runs.append((settings, run, callers))
        return run, callers

    def _modules(self, snapshot: Snapshot, run: Run) -> frozenset[str]:
        """The modules of the project that a program imports, by their real paths."""
        if snapshot.path is None:
            return frozenset()
        found: set[str] = set()
        waiting = list(run.prefilter.imported(snapshot.data, snapshot.path))
        while waiting and len(found) < MOST:
            path = os.path.realpath(waiting.pop())
            if path not in found:
                found.add(path)
                if path not in self._imports:
                    try:
                        self._imports[path] = tuple(run.prefilter.imported(self._read(path), path))
                    except SourceError:
                        self._imports[path] = ()
                waiting.extend(self._imports[path])
        return frozenset(found)
