"""How fast `lstmlint check` is, in ratios that were measured in one run; see the README beside this file."""

from __future__ import annotations

import argparse
import cProfile
import pstats
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures"
SAMPLE = Path(__file__).with_name("sample.py")
CHECK = [sys.executable, "-m", "lstmlint", "check", "--isolated", "--output-format", "full", "--jobs", "1"]
PARSE = "import sys, pathlib, libcst\nfor p in sorted(pathlib.Path(sys.argv[1]).rglob('*.py')): libcst.parse_module(p.read_bytes())"
STAGES = {
    "read": [("lstmlint.engine", "read_bytes"), ("lstmlint.engine", "decode"), ("lstmlint.engine", "source_of")],
    "prefilter": [("lstmlint.sources.prefilter.Prefilter", "concerns")],
    "gate": [("lstmlint.pipeline", "too_deep")],
    "parse": [("lstmlint.pipeline", "parse")],
    "interpret": [("lstmlint.pipeline", "analyse")],
    "rules": [("lstmlint.pipeline", "findings"), ("lstmlint.pipeline", "all_checks")],
    "positions": [("lstmlint.pipeline", "locate")],
}
"""The functions, by where they are looked up, whose time is each stage's."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--copies", type=int, default=1000, help="how many copies of each script (default: 1000)")
    parser.add_argument("--runs", type=int, default=3, help="the best of so many runs counts (default: 3)")
    parser.add_argument("--profile", action="store_true", help="print the costly functions of a check of the copies instead")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        recurrent, other = Path(name, "recurrent"), Path(name, "other")
        _copy(_with_a_mistake(SAMPLE.read_text()), recurrent, options.copies)
        _copy(_without_recurrent_layers(SAMPLE.read_text()), other, options.copies)
        if options.profile:
            _profile(recurrent)
        else:
            _table(_measure(recurrent, other, options.copies, options.runs))


def _copy(text: str, folder: Path, copies: int) -> None:
    """Copies that differ in a line, as files do."""
    folder.mkdir()
    for number in range(copies):
        Path(folder, f"train_{number:04}.py").write_text(f"{text}SERIAL = {number}\n")


def _with_a_mistake(text: str) -> str:
    """So that each file has a finding, whose position must be computed and whose frame must be shown."""
    return text.replace("LSTM(units, return_sequences=True)", "LSTM(units)")


def _without_recurrent_layers(text: str) -> str:
    return text.replace("Bidirectional(LSTM(units // 2, return_sequences=True))", "Dense(units // 2)").replace(
        "LSTM, Bidirectional, ", ""
    ).replace("LSTM(units, return_sequences=True)", "Dense(units)").replace("LSTM(", "Dense(")


Row = tuple[str, str, str, str]


def _measure(recurrent: Path, other: Path, copies: int, runs: int) -> Iterator[Row]:
    def process(*command: object) -> float:
        return _best(lambda: _run([str(part) for part in command]), runs)

    yield ("whole processes", "check", "libcst alone", "goal")
    for label, folder, times in (("fixtures/", FIXTURES, runs), (f"{copies} recurrent scripts", recurrent, 1)):
        ours = _best(lambda folder=folder: _run([*CHECK, "--no-cache", str(folder)]), times)
        theirs = _best(lambda folder=folder: _run([sys.executable, "-c", PARSE, str(folder)]), times)
        yield (label, f"{ours:.2f} s", f"{theirs:.2f} s", f"{ours / theirs:.2f} × (≤ 3)")
    yield ("", "", "", "")

    yield ("one process", "check", "reading alone", "goal")
    reading, checking = _in_process(other, runs)
    per_file = (checking - reading) / copies * 1000
    yield (f"{copies} other scripts", f"{checking:.3f} s", f"{reading:.3f} s", f"{per_file:.3f} ms a file (≤ 0.1)")
    yield ("", "", "", "")

    bare = process(sys.executable, "-I", "-c", "pass")
    yield ("whole processes", "check", "python -I -c pass", "goal")
    for label, script, goal in (("one recurrent script", recurrent, 0.35), ("one other script", other, 0.08)):
        ours = process(*CHECK, "--no-cache", script / "train_0000.py")
        yield (label, f"{ours:.3f} s", f"{bare:.3f} s", f"{ours:.3f} s (≤ {goal})")
    yield ("", "", "", "")

    yield ("whole processes", "unchanged files", "for the first time", "goal")
    with tempfile.TemporaryDirectory() as cache:
        kept = [*CHECK, "--cache-dir", cache, str(recurrent)]
        cold = _best(lambda: _run(kept), 1)
        warm = _best(lambda: _run(kept), runs)
    yield (f"{copies} recurrent scripts", f"{warm:.2f} s", f"{cold:.2f} s", f"{warm / cold:.1%} (≤ 10 %)")
    several = _best(lambda: _run([*CHECK, "--no-cache", "--jobs", "2", str(recurrent)]), 1)
    yield ("in two processes", f"{several:.2f} s", f"{cold:.2f} s", f"{several / cold:.2f} ×")
    yield ("", "", "", "")

    yield (f"stages, {min(copies, 200)} scripts", "time", "of all", "of parse")
    stages = _stages(recurrent, min(copies, 200))
    whole = sum(stages.values())
    for stage, seconds in stages.items():
        yield (stage, f"{seconds:.3f} s", f"{seconds / whole:.1%}", f"{seconds / stages['parse']:.2f} ×")


def _table(rows: Iterator[Row]) -> None:
    for name, *figures in rows:
        print(f"{name:<28}" + "".join(f"{figure:>26}" for figure in figures), flush=True)


def _run(command: Sequence[str]) -> float:
    start = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    if done.returncode > 1:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr.decode()}")
    return time.perf_counter() - start


def _best(measure: Callable[[], float], runs: int) -> float:
    return min(measure() for _ in range(runs))


def _in_process(folder: Path, runs: int) -> tuple[float, float]:
    """Seconds for reading the files, and for checking them, both with everything imported."""
    paths = [str(path) for path in sorted(folder.iterdir())]

    def reading() -> float:
        start = time.perf_counter()
        for path in paths:
            with open(path, "rb") as file:
                file.read()
        return time.perf_counter() - start

    _check(paths[:1])
    return _best(reading, runs), _best(lambda: _check(paths), runs)


def _check(paths: Sequence[str]) -> float:
    engine, config = import_module("lstmlint.engine"), import_module("lstmlint.config")
    start = time.perf_counter()
    for _ in engine.check_files(paths, config.Settings()):
        pass
    return time.perf_counter() - start


def _stages(folder: Path, count: int) -> dict[str, float]:
    """Seconds by stage, output and what is left included."""
    paths = [str(path) for path in sorted(folder.iterdir())[:count]]
    import_module("lstmlint.pipeline")
    engine, config = import_module("lstmlint.engine"), import_module("lstmlint.config")
    full, style = import_module("lstmlint.output.full"), import_module("lstmlint.output.style")
    _check(paths[:1])
    spent = dict.fromkeys(STAGES, 0.0)
    with _timed(spent):
        start = time.perf_counter()
        results = list(engine.check_files(paths, config.Settings()))
        checked = time.perf_counter()
        for _ in full.render(results, style.Style(False)):
            pass
        spent["output"] = time.perf_counter() - checked
    spent["the rest"] = checked - start - sum(spent[stage] for stage in STAGES)
    return spent


@contextmanager
def _timed(spent: dict[str, float]) -> Iterator[None]:
    """Within, the time of each stage's functions is added up in `spent`."""
    originals: list[tuple[Any, str, Any]] = []
    for stage, functions in STAGES.items():
        for place, name in functions:
            owner = _owner(place)
            originals.append((owner, name, getattr(owner, name)))
            setattr(owner, name, _timer(getattr(owner, name), stage, spent))
    try:
        yield
    finally:
        for owner, name, original in originals:
            setattr(owner, name, original)


def _owner(place: str) -> Any:
    module, _, last = place.rpartition(".")
    return getattr(import_module(module), last) if last[:1].isupper() else import_module(place)


def _timer(function: Callable[..., Any], stage: str, spent: dict[str, float]) -> Callable[..., Any]:
    def timed(*args: Any, **keywords: Any) -> Any:
        start = time.perf_counter()
        try:
            return function(*args, **keywords)
        finally:
            spent[stage] += time.perf_counter() - start

    return timed


def _profile(folder: Path) -> None:
    paths = [str(path) for path in sorted(folder.iterdir())[:200]]
    # In a thread of its own, the profiler would see nothing: the deep stack is for other scripts than this.
    import_module("lstmlint.engine").run_deep = lambda function: function()
    _check(paths[:1])
    profiler = cProfile.Profile()
    profiler.runcall(_check, paths)
    for order in ("tottime", "cumulative"):
        pstats.Stats(profiler).strip_dirs().sort_stats(order).print_stats(35)


if __name__ == "__main__":
    main()
