"""Running the user's script in the sandbox, and reading what was seen."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from lstmlint.execution.mirror import home_of, link_all, link_beside, mirror
from lstmlint.execution.observation import Garbled, Observation, Unit, observation
from lstmlint.sandbox.process import Contained, Failed, Limits
from lstmlint.sources.read import decode, read_bytes
from lstmlint.sources.source import NEWLINE, Source, SourceError, Span

CHILD = Path(__file__).with_name("child") / "main.py"
START = 60.0
"""Seconds for what comes before the script itself."""
END = 10.0
"""Seconds for what comes after it, and for what does not let itself be interrupted."""
HOMES = {"NLTK_DATA": "nltk_data", "TORCH_HOME": ".cache/torch", "HF_HOME": ".cache/huggingface"}
"""Where libraries keep what they have downloaded, below the user's home: to be read, where it is there."""


def observe(
    source: Source, seconds: float, memory: int, arguments: Sequence[str] = (), sandbox: bool = True, python: str = sys.executable
) -> tuple[Observation | Failed, list[str]]:
    """What was seen when the script ran, at most `seconds` and with `memory` megabytes; and what it could not be kept from.

    With `sandbox`, it does not run where there is something of that.
    """
    assert source.path is not None
    notebook = source.kind == "notebook"
    root, folder = home_of(source.path, notebook)
    # TensorFlow works with all processors at once.
    processor = seconds * (os.cpu_count() or 1) + START
    limits = Limits(total=processor, memory=memory, file=2048, processes=64)
    walls = "walls" if sandbox else "open"
    with Contained(CHILD, limits, python, _environment(), (walls,), walls=sandbox) as process:
        problem = process.ready(START)
        still_open = process.still_open or []
        if problem is not None:
            return problem, still_open
        if sandbox and still_open:
            return Failed("it would not be kept from everything"), still_open
        above = os.path.join(process.folder, "project")
        place = os.path.join(above, os.path.basename(root) or "top")
        mirror(root, place, process.folder)
        link_beside(root, above)
        # Keras looks nowhere for downloads but where it can write more of them.
        of_keras = os.environ.get("KERAS_HOME") or os.path.join(os.path.expanduser("~"), ".keras")
        link_all(of_keras, os.path.join(process.folder, ".keras"))
        file = os.path.join(place, os.path.relpath(os.path.realpath(source.path), root))
        names = {f"{file}#{cell.number}" if notebook else file: cell for cell in source.cells}
        answer = process.ask(
            {
                "units": [[name, cell.text] for name, cell in names.items()],
                "file": file,
                "folder": os.path.join(place, os.path.relpath(folder, root)),
                "root": place,
                "notebook": notebook,
                "arguments": list(arguments),
                "seconds": seconds,
            },
            seconds + END,
        )
        if isinstance(answer, Failed):
            if answer.reason.startswith("it took longer"):
                return Failed(f"it took longer than {seconds:g} s"), still_open
            return Failed(answer.reason.replace("the process that runs the programs", "its process")), still_open
        own: dict[str, Unit] = {name: (os.path.realpath(source.path), cell.number) for name, cell in names.items()}
        try:
            told = json.loads(answer)
            return observation(told, {**_modules(told, place, root), **own}, _Places(source).written), still_open
        except (Garbled, ValueError, RecursionError):
            return Failed("its process gave no sensible answer"), still_open


def _environment() -> dict[str, str]:
    """Where the user's downloads are."""
    home = os.path.expanduser("~")
    found = {name: os.path.join(home, below) for name, below in HOMES.items()}
    kept = {name: os.environ.get(name, place) for name, place in found.items()}
    return {name: place for name, place in kept.items() if os.path.isdir(place)}


def _modules(told: object, place: str, root: str) -> dict[str, Unit]:
    """The modules of the project that the script imported, by their names in the mirror."""
    seen = told.get("seen") if isinstance(told, dict) else None
    reached = told.get("visited") if isinstance(told, dict) else None
    names = {one[0] for rows in (seen, reached) if isinstance(rows, list) for one in rows if isinstance(one, list) and one}
    inside = [name for name in names if isinstance(name, str) and name.startswith(place + os.sep)]
    return {name: (os.path.join(root, os.path.relpath(name, place)), None) for name in inside}


class _Places:
    """From places in what was compiled (columns from 0, in bytes of UTF-8) to places in what the author wrote."""

    def __init__(self, source: Source) -> None:
        self._path = os.path.realpath(source.path or "")
        self._cells = {cell.number: cell for cell in source.cells}
        self._lines: dict[Unit, list[str]] = {}

    def written(self, unit: Unit, span: Span) -> Span:
        """The span in code points, columns from 1."""
        lines = self._of(unit)
        own = Span(
            span.start_row, self._column(lines, span.start_row, span.start_column),
            span.end_row, self._column(lines, span.end_row, span.end_column),
        )  # fmt: skip
        cell = self._cells.get(unit[1]) if unit[0] == self._path else None
        return own if cell is None else cell.written(own)

    def _of(self, unit: Unit) -> list[str]:
        if unit not in self._lines:
            if unit[0] == self._path:
                text = self._cells[unit[1]].text
            else:
                try:
                    text = decode(read_bytes(unit[0]))
                except SourceError:
                    # The script itself has made this module.
                    text = ""
            self._lines[unit] = NEWLINE.split(text)
        return self._lines[unit]

    @staticmethod
    def _column(lines: list[str], row: int, column: int) -> int:
        line = lines[row - 1] if 0 < row <= len(lines) else ""
        return len(line.encode()[:column].decode(errors="ignore")) + 1
