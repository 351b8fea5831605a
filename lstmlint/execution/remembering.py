"""What a run has shown, kept for the analyses to come: `--remember`."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator

from lstmlint.config import Settings
from lstmlint.execution.observation import Observation
from lstmlint.remembered import Seen, keep
from lstmlint.sources.read import decode, read_bytes, source_of
from lstmlint.sources.source import Source, SourceError


def remember(source: Source, observation: Observation, settings: Settings, date: datetime.date) -> tuple[str, int]:
    """Keep what was seen of the script and of its project's modules; where, and how many facts. Raises NotKept.

    What loops that were cut have touched, and what comes of data that was made up, is not kept.
    """
    own = os.path.realpath(source.path or "")
    files = {own: source}
    for path in sorted({unit[0] for unit, _ in observation.seen}):
        if path not in files:
            try:
                files[path] = source_of(decode(read_bytes(path)), path, path)
            except SourceError:
                continue
    place, count = "", 0
    for path, file in files.items():
        reached = {(unit[1], row) for unit, row in observation.reached if unit[0] == path}
        kept = keep(settings, file.filename, file, list(_facts(observation, path)), date, reached)
        place, count = kept.path, count + kept.count
    return place, count


def _facts(observation: Observation, path: str) -> Iterator[Seen]:
    """What was seen of one file, without what may be otherwise the next time."""
    for (unit, span), shapes in observation.seen.items():
        if unit[0] == path and not observation.made_up and all(seen.whole for seen in shapes):
            for seen in shapes:
                yield Seen(
                    span.start_row, span.start_column - 1, span.end_row, span.end_column - 1,
                    seen.kind, seen.shape, seen.dtype, unit[1],
                )  # fmt: skip
