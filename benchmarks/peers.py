"""What lstmlint and Pyrefly each find in the torch fixtures, in one run; see the README beside this file."""

from __future__ import annotations

import argparse
import ast
import json
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures" / "torch"
STUBS = "pyrefly-torch-stubs"
INSTALL = f"pip install pyrefly {STUBS}"
TOGETHER = "all in one run"
PROBE = "import torch\nfrom typing import reveal_type\nreveal_type(torch.zeros(2, 3))\n"
VERSIONS = """
import importlib.metadata, sys
for name in sys.argv[1:]:
    try:
        print(importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        print()
"""
_MARK = re.compile(r"#\s*LST\d{3}")
_OF_SHAPES = re.compile(r"\bTensor\[|(?<!`)\b(?:tensors?|shapes?)\b|`torch\.nn\.[A-Z]\w*\.")
"""In messages of a type checker: a tensor's shape, or a call of a module of torch.nn. All else is about other types."""


class Report(NamedTuple):
    """What a tool says of a line."""

    file: str
    row: int
    message: str
    of_shapes: bool


class Tool(NamedTuple):
    """A program, and how its output is read."""

    name: str
    command: Sequence[str]
    read: Callable[[str], Iterator[tuple[str, int, str, bool]]]


class Fixture(NamedTuple):
    """A file with the rows of its mistakes, and the top-level functions and classes that they are in."""

    marks: frozenset[int]
    scopes: Mapping[int, range]
    judged: bool
    """Whether all mistakes in the file are marked, so that reports elsewhere are wrong."""


@dataclass
class Score:
    """Counts for a file, or for several together."""

    found: int = 0
    near: int = 0
    false: int = 0
    other: int = 0
    indifferent: int = 0
    """Of those found, the ones with a message that the tool gives on working code too."""

    def add(self, score: Score) -> None:
        for field in fields(Score):
            setattr(self, field.name, getattr(self, field.name) + getattr(score, field.name))


class Result(NamedTuple):
    """What one tool did, by file and over all of them."""

    name: str
    scores: Mapping[str, Score]
    seconds: dict[str, float]


def main() -> None:
    """Run both and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="the best of so many runs counts (default: 3)")
    parser.add_argument("--reports", action="store_true", help="print instead what each tool says, and how it is counted")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        # A copy, with settings of its own, so that no settings file above the checkout counts.
        folder = Path(name).resolve() / "torch"
        shutil.copytree(FIXTURES, folder)
        Path(name, "pyrefly.toml").touch()
        fixtures = {file.relative_to(folder).as_posix(): _fixture(file, folder) for file in sorted(folder.rglob("*.py"))}
        tools = [_lstmlint(), *_pyrefly(Path(name).resolve())]
        if options.reports:
            for tool in tools:
                _list(tool, fixtures, _reports(tool, folder))
        else:
            _table(fixtures, _measure(tools, fixtures, folder, options.runs))


def _fixture(file: Path, folder: Path) -> Fixture:
    text = file.read_text()
    marks = frozenset(row for row, line in enumerate(text.split("\n"), start=1) if _MARK.search(line))
    scopes = {
        row: range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
        for statement in ast.parse(text).body
        for row in marks
        if statement.lineno <= row <= (statement.end_lineno or statement.lineno)
    }
    return Fixture(marks, scopes, file.parent != folder)


def _lstmlint() -> Tool:
    def read(output: str) -> Iterator[tuple[str, int, str, bool]]:
        for finding in json.loads(output):
            yield finding["filename"], finding["location"]["row"], f"{finding['code']} {finding['message']}", True

    command = [sys.executable, "-m", "lstmlint"]
    print(_run([*command, "--version"]).strip())
    return Tool("lstmlint", [*command, "check", "--isolated", "--output-format", "json"], read)


def _pyrefly(folder: Path) -> Iterator[Tool]:
    """The tool, if there is one; says which, and whether it follows shapes."""

    def read(output: str) -> Iterator[tuple[str, int, str, bool]]:
        for error in json.loads(output)["errors"]:
            message = error["description"]
            yield error["path"], error["line"], f"{message} [{error['name']}]", bool(_OF_SHAPES.search(message))

    # The program itself where there is one: `python -m` would add the start of an interpreter to its time.
    program = shutil.which("pyrefly", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]))
    if program is None and find_spec("pyrefly") is None:
        print(f"Pyrefly is missing, so lstmlint stands alone: {INSTALL}")
        return
    start = [program] if program is not None else [sys.executable, "-m", "pyrefly"]
    interpreters = [sys.executable, *([beside] if program is not None and (beside := _python_beside(program)) else [])]
    of_each = [(python, *_run([python, "-c", VERSIONS, STUBS, "torch"]).split("\n")[:2]) for python in interpreters]
    # Where the stubs are, or else torch.
    python, stubs, torch = max(of_each, key=lambda versions: (bool(versions[1]), bool(versions[2])))
    command = [*start, "check", "--preset", "default", "--python-interpreter-path", python]
    command += ["--summary", "none", "--output-format", "json"]
    probe = folder / "probe.py"
    probe.write_text(PROBE)
    follows = "Tensor[[2, 3]]" in _run([*command, "--min-severity", "info", str(probe)])
    installed = (f"{name} {version or 'missing'}" for name, version in ((STUBS, stubs), ("torch", torch)))
    print(", ".join([_run([*start, "--version"]).strip(), *installed, 'preset "default"']))
    if not follows:
        print(f"This Pyrefly does not follow the shapes of tensors here, so its figures are those of a type checker: {INSTALL}")
    yield Tool("Pyrefly", command, read)


def _python_beside(program: str) -> str | None:
    """The interpreter of the environment that a program is installed in."""
    return shutil.which("python", path=str(Path(program).resolve().parent))


def _run(command: Sequence[str]) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, encoding="utf-8")
    # 1 where something was found.
    if done.returncode > 1 or done.returncode < 0:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr}{done.stdout}")
    return done.stdout


def _reports(tool: Tool, folder: Path) -> list[Report]:
    base = os.path.realpath(folder)
    return [
        Report(Path(os.path.relpath(os.path.realpath(ROOT / path), base)).as_posix(), row, message, of_shapes)
        for path, row, message, of_shapes in tool.read(_run([*tool.command, str(folder)]))
    ]


def _measure(tools: Sequence[Tool], fixtures: Mapping[str, Fixture], folder: Path, runs: int) -> list[Result]:
    results = [Result(tool.name, _by_file(fixtures, _reports(tool, folder)), {}) for tool in tools]
    # The tools by turns, so that what else the machine does slows none of them alone.
    for name in (*fixtures, TOGETHER):
        for _ in range(runs):
            for tool, result in zip(tools, results):
                start = time.perf_counter()
                _run([*tool.command, str(folder if name == TOGETHER else folder / name)])
                result.seconds[name] = min(time.perf_counter() - start, result.seconds.get(name, math.inf))
    return results


def _by_file(fixtures: Mapping[str, Fixture], reports: Sequence[Report]) -> dict[str, Score]:
    scores = {name: Score() for name in (*fixtures, TOGETHER)}
    for report, score in _scored(fixtures, reports):
        scores[report.file].add(score)
        scores[TOGETHER].add(score)
    return scores


def _scored(fixtures: Mapping[str, Fixture], reports: Sequence[Report]) -> Iterator[tuple[Report, Score]]:
    """What each report counts for."""
    # What is said of working code says nothing of a mistake elsewhere.
    indifferent = {report.message for report in reports if not fixtures[report.file].marks}
    seen: set[tuple[str, int]] = set()
    # First what is on a marked row, so that no mistake counts twice.
    for report in sorted(reports, key=lambda report: report.row not in fixtures[report.file].marks):
        yield report, _score(report, fixtures[report.file], indifferent, seen)


def _score(report: Report, fixture: Fixture, indifferent: set[str], seen: set[tuple[str, int]]) -> Score:
    if report.row in fixture.marks:
        new = (report.file, report.row) not in seen
        seen.add((report.file, report.row))
        return Score(found=int(new), indifferent=int(new and report.message in indifferent))
    if not report.of_shapes:
        return Score(other=1)
    if report.message not in indifferent:
        about = [row for row, scope in fixture.scopes.items() if report.row in scope]
        if about:
            new = not any((report.file, row) in seen for row in about)
            seen.update((report.file, row) for row in about)
            return Score(near=int(new))
    return Score(false=int(fixture.judged))


def _list(tool: Tool, fixtures: Mapping[str, Fixture], reports: Sequence[Report]) -> None:
    print(f"\n{tool.name}")
    for report, score in sorted(_scored(fixtures, reports), key=lambda pair: pair[0][:2]):
        kinds = [field.name for field in fields(Score) if getattr(score, field.name)]
        print(f"{report.file}:{report.row}: {' '.join(kinds) or 'not counted'}: {report.message.splitlines()[0]}")


def _table(fixtures: Mapping[str, Fixture], results: Sequence[Result]) -> None:
    print(f"\n{'':<40}" + "".join(f"{result.name:>10}{'':28}" for result in results).rstrip())
    print(f"{'file':<34}{'marked':>6}" + f"{'found':>10}{'near':>6}{'false':>7}{'other':>7}{'time':>8}" * len(results))
    for name in (*fixtures, TOGETHER):
        marked = sum(len(fixture.marks) for file, fixture in fixtures.items() if name in (file, TOGETHER))
        print(f"{name:<34}{marked:>6}" + "".join(_figures(result.scores[name], result.seconds[name]) for result in results))
    print()
    for result in results:
        score = result.scores[TOGETHER]
        if score.indifferent:
            print(f"{result.name}: {score.indifferent} of the {score.found} found with a message that working code gets too")


def _figures(score: Score, seconds: float) -> str:
    return f"{score.found:>10}{score.near:>6}{score.false:>7}{score.other:>7}{seconds:>6.2f} s"


if __name__ == "__main__":
    main()
