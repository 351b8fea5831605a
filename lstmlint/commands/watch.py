"""`lstmlint check --watch`: check again whenever a file changes, until interrupted."""
from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence

from lstmlint.config import Settings
from lstmlint.seen import place_of
from lstmlint.sources.discover import discover
from lstmlint.sources.project import root_of

PAUSE = 0.5
"""Seconds between two looks."""
CLEAR = "\x1b[2J\x1b[3J\x1b[H"

State = dict[str, tuple[int, int]]
"""When each file was changed last, and how long it is."""


def rounds(paths: Sequence[str], settings: Settings, report: Callable[[], Iterable[str]]) -> Iterator[str]:
    """The lines of `report`, again after each change of a file in `paths` or in the project around them."""
    watched = [*paths, *dict.fromkeys(root_of(os.path.dirname(os.path.abspath(path))) for path in paths if os.path.isfile(path))]
    seen = [place_of(settings, path) for path in watched]
    while True:
        state, shown = _state(watched, settings), _state(seen, settings)
        if sys.stdout.isatty():
            yield CLEAR
        yield from report()
        yield f"watching {len(state)} {'file' if len(state) == 1 else 'files'} for changes; Ctrl-C ends"
        sys.stdout.flush()
        while (_state(watched, settings), _state(seen, settings)) == (state, shown):
            time.sleep(PAUSE)


def _state(paths: Sequence[str], settings: Settings) -> State:
    state: State = {}
    for path in discover(paths, settings):
        try:
            status = os.stat(path)
        except OSError:
            continue
        state[os.path.abspath(path)] = (status.st_mtime_ns, status.st_size)
    return state
