"""How long the analysis of real files takes, beside libcst's parse of the same text (of imported modules too); see the README."""
from __future__ import annotations

import argparse
import gc
import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from lstmlint import pipeline
from lstmlint.config import Settings
from lstmlint.sources import modules
from lstmlint.sources.deep import run_deep
from lstmlint.sources.read import read
from lstmlint.sources.source import SourceError


class Stopwatch:
    """Adds up the time spent in the functions that it wraps."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def wrapped(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **keywords: Any) -> Any:
            start = time.process_time()
            try:
                return function(*args, **keywords)
            finally:
                self.seconds += time.process_time() - start

        return timed


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path, help="scripts, notebooks and folders")
    parser.add_argument("--slowest", type=int, default=5, help="how many of the slowest files to print (default: 5)")
    options = parser.parse_args()
    parsing, placing = Stopwatch(), Stopwatch()
    pipeline.parse = modules.parse = parsing.wrapped(pipeline.parse)  # type: ignore[assignment, attr-defined]
    pipeline.locate = placing.wrapped(pipeline.locate)
    # As the command line does.
    gc.set_threshold(100_000, 20, 100)
    measured: list[tuple[float, float, float, str]] = []
    for file in sorted({file for path in options.paths for file in _files(path)}):
        try:
            source = read(str(file))
        except SourceError:
            continue
        runs = []
        # The best of three: what is imported on first use, and the collector's pauses, belong to no file.
        for _ in range(3):
            parsing.seconds = placing.seconds = 0.0
            start = time.process_time()
            run_deep(lambda source=source: pipeline.diagnose(source, Settings()))  # type: ignore[misc]
            total = time.process_time() - start
            if parsing.seconds:
                analysis = total - parsing.seconds - placing.seconds
                runs.append((analysis / parsing.seconds, analysis, total, str(file)))
        if runs:
            measured.append(min(runs))
    ratios = sorted(ratio for ratio, *_ in measured)
    print(f"{len(ratios)} files: analysis / parse {ratios[len(ratios) // 2]:.2f} in the median (goal 1.5), "
          f"{ratios[int(len(ratios) * 0.99)]:.2f} at p99 (goal 5)")  # fmt: skip
    print(f"slowest file {max(total for _, _, total, _ in measured):.2f} s (goal 2), "
          f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB (goal 300)")  # fmt: skip
    for ratio, analysis, total, file in sorted(measured, reverse=True)[: options.slowest]:
        print(f"  {ratio:6.2f} × ({analysis:.3f} s, {total:.3f} s in all)  {file}")


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    else:
        yield from (file for file in path.rglob("*") if file.suffix in (".py", ".ipynb") and file.is_file())


if __name__ == "__main__":
    main()
