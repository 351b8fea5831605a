"""The command `confirm --execute`: check, rebuild, run the script itself, and say what was seen."""

from __future__ import annotations

import datetime
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from lstmlint.config import Settings
from lstmlint.confirm.report import FOR_PEOPLE, Judged, Sources, render
from lstmlint.confirm.run import confirm, counts
from lstmlint.confirm.verdict import words_of
from lstmlint.engine import check_source
from lstmlint.execution.judge import judged as judged_by_run
from lstmlint.execution.missed import missed
from lstmlint.execution.observation import Observation, Raised, Unit
from lstmlint.execution.observe import observe
from lstmlint.execution.remembering import remember
from lstmlint.output.style import Style, wants_colour
from lstmlint.pipeline import Onlooker
from lstmlint.remembered import NotKept
from lstmlint.sandbox.process import Failed, listing
from lstmlint.sources.read import decode, read_bytes, source_of
from lstmlint.sources.source import Source, SourceError


@dataclass(frozen=True, slots=True)
class How:
    """How scripts are to be run: at most `seconds`, with `memory` megabytes, by the interpreter `python`."""

    seconds: float = 300.0
    memory: int = 6000
    arguments: tuple[str, ...] = ()
    sandbox: bool = True
    python: str = sys.executable


@dataclass(frozen=True, slots=True)
class Executed:
    """What came of one script."""

    filename: str
    judged: list[Judged]
    outcome: Observation | Failed = field(default_factory=lambda: Failed("it was not run"))
    sources: Sources = field(default_factory=dict)
    source: Source | None = None


class NotContained(Exception):
    """The system has no means to contain a script; the message says against what."""


def run(
    paths: Sequence[str], settings: Settings, how: How, *, show_program: bool = False, remembers: bool = False
) -> int:
    """Run each of the files, and print each finding with its verdict. The exit status is as of check; what was missed counts.

    With `remembers`, the shapes that were seen are kept. Raises NotContained.
    """
    executed: list[Executed] = []
    failed = False
    for path in paths:
        try:
            executed.append(execute(path, settings, how))
        except SourceError as error:
            failed = True
            _complain(f"{path}: {error}")
    for line in _report(executed, settings, show_program):
        sys.stdout.write(line + "\n")
    for one in executed if remembers else ():
        failed |= not _kept(one, settings)
    if failed or any(isinstance(one.outcome, Failed) and not one.judged for one in executed):
        return 2
    return 1 if any(counts(diagnostic, verdict) for one in executed for diagnostic, verdict in one.judged) else 0


def _kept(one: Executed, settings: Settings) -> bool:
    """Keep what the run of a script has shown, and say so."""
    if isinstance(one.outcome, Failed) or one.source is None:
        return True
    try:
        place, count = remember(one.source, one.outcome, settings, datetime.date.today())
    except NotKept as error:
        _complain(str(error))
        return False
    facts = "one shape that the analysis does not know" if count == 1 else f"{count} shapes that the analysis does not know"
    _complain(f"{one.filename}: kept {facts} by itself in {_shown(place)}" if count else f"{one.filename}: nothing new to be kept")
    return True


def execute(path: str, settings: Settings, how: How) -> Executed:
    """Check and run one file. Raises SourceError and NotContained."""
    source = source_of(decode(read_bytes(path)), path, path)
    onlooker = Onlooker()
    result = check_source(source, settings, None, onlooker, keeps=True)
    if sys.stderr.isatty():
        sys.stderr.write(f"running {path} …")
    outcome, still_open = observe(source, how.seconds, how.memory, how.arguments, how.sandbox, how.python)
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
    if still_open and how.sandbox:
        raise NotContained(listing(still_open))
    if still_open:
        _complain(f"{path} was not kept from {listing(still_open)}")
    replayed = confirm([result], python=how.python)
    if isinstance(outcome, Failed):
        return Executed(path, replayed, outcome=outcome, sources={path: result.sources})
    found = [(diagnostic, judged_by_run(diagnostic, verdict, outcome, onlooker)) for diagnostic, verdict in replayed]
    modules = {**_modules(outcome), os.path.realpath(source.path or ""): source}
    more: list[Judged] = [(diagnostic, None) for diagnostic in missed(outcome, found, settings, modules)]
    sources = {one.filename: one for one in modules.values()} | result.sources
    return Executed(path, found + more, outcome, {diagnostic.filename: sources for diagnostic, _ in found + more}, source)


def _modules(outcome: Observation) -> dict[str, Source]:
    """The modules of the project that were at work when something was seen to be wrong, by their real paths."""
    rows = [row for raised in outcome.failures for row in raised.rows] + [row for loss in outcome.losses for row in loss.rows]
    found = {}
    for path in {unit[0] for unit, _ in rows}:
        with suppress(SourceError):
            found[path] = source_of(decode(read_bytes(path)), _shown(path), path)
    return found


def _report(executed: Sequence[Executed], settings: Settings, show_program: bool) -> Iterator[str]:
    judged = [one for each in executed for one in each.judged]
    sources = {name: of_file for each in executed for name, of_file in each.sources.items()}
    yield from render(judged, settings.output_format, Style(wants_colour(sys.stdout)), show_program, sources)
    for each in executed:
        if settings.output_format in FOR_PEOPLE:
            yield _ending(each)
        else:
            _complain(_ending(each))


def _ending(each: Executed) -> str:
    """How the run of a script ended, in a sentence."""
    outcome = each.outcome
    if isinstance(outcome, Failed):
        return f"{each.filename} could not be run to an end: {outcome.reason}."
    cut = sorted({_row(one.unit, one.row) for one in outcome.cuts})
    loops = f" Loops were ended after a step: {', '.join(cut)}." if cut else ""
    made_up = f" Made up, since it could not be loaded: {', '.join(sorted(set(outcome.made_up)))}." if outcome.made_up else ""
    return f"{each.filename} {_how(outcome).removesuffix('.')}.{loops}{made_up}"


def _how(outcome: Observation) -> str:
    story = outcome.story
    where = f" on {_row(*story.rows[-1])}" if story is not None and story.rows else ""
    if outcome.end == "unread":
        return f"could not be run: {_words(story)}"
    if outcome.end == "raised":
        return f"ended{where}: {_words(story)}"
    if outcome.end == "exit" and not outcome.complete:
        words = _words(story).partition(": ")[2]
        hint = " (--arguments gives them)" if "arguments are required" in words else ""
        return f"ended{where} by sys.exit: {words}{hint}"
    if outcome.end == "time":
        return f"had not ended when its time was over; it was{where or ' at work'}"
    return "ran to its end, its training cut to the first step" if outcome.cuts or outcome.trained else "ran to its end"


def _words(story: Raised | None) -> str:
    return "" if story is None else words_of(story.type, story.message)


def _row(unit: Unit, row: int) -> str:
    return f"line {row}" if unit[1] is None else f"line {row} of cell {unit[1]}"


def _shown(name: str) -> str:
    relative = os.path.relpath(name)
    return name if relative.startswith("..") else relative


def _complain(message: str) -> None:
    sys.stderr.write(f"lstmlint: {' '.join(message.split())}\n")
