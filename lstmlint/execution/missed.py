"""Faults of shapes that were seen when the script ran, and that the analysis had not found."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from lstmlint.config import Settings
from lstmlint.confirm.report import Judged
from lstmlint.confirm.verdict import Verdict, about_shapes, words_of
from lstmlint.diagnostics import Diagnostic
from lstmlint.execution.broadcasting import surely_broadcasts
from lstmlint.execution.claims import Rows, rows_of
from lstmlint.execution.judge import of_loss
from lstmlint.execution.observation import Observation, Raised, Unit
from lstmlint.findings import Effect
from lstmlint.reported import Silence, reported
from lstmlint.sources.source import Source, Span

TYPES = frozenset(["ValueError", "RuntimeError", "IndexError", "InvalidArgumentError", "AssertionError"])
_FRAMEWORKS = ("keras", "tf_keras", "tensorflow", "torch")
_NOTHING = re.compile(r"zero|empty|\(0[,)]|, 0[,)\]]|\[0[,\]]|\b(size|length|got|found) 0\b", re.IGNORECASE)
"""Where there is nothing, a file may not have been found, or a model not have predicted what it will."""


CODE, NAME = "LST906", "seen-in-run"


def missed(
    observation: Observation, judged: Sequence[Judged], settings: Settings, sources: Mapping[str, Source]
) -> list[Diagnostic]:
    """The fault that no finding tells of, if there was one; `sources` are the files that it may stand in, by their real paths.

    What may come of a loop that was cut, of a model that was hardly trained, of data that was made up or is not there, or of a
    fault that is known is none.
    """
    if observation.made_up or any(_is_behind(verdict, rows_of(one), observation) for one, verdict in judged):
        return []
    for compared in observation.losses:
        if compared.rows and not compared.cut and surely_broadcasts(compared):
            return _told(*compared.rows[-1], "silent", of_loss(compared), settings, sources)
    story = observation.story
    if observation.end == "raised" and story is not None and _is_fault(story):
        return _told(*story.rows[-1], "raises", f"this raised {words_of(story.type, story.message)}", settings, sources)
    return []


def _told(
    unit: Unit, row: int, effect: Effect, words: str, settings: Settings, sources: Mapping[str, Source]
) -> list[Diagnostic]:
    """What is reported, unless a setting or a comment asks for silence."""
    source = sources.get(unit[0])
    cell = None if source is None else source.cell(unit[1])
    if source is None or cell is None or not settings.selected(CODE, NAME):
        return []
    line = cell.lines()[row - 1] if row <= len(cell.lines()) else ""
    span = Span(row, len(line) - len(line.lstrip()) + 1, row, len(line.rstrip()) + 1)
    message = f"{words}, when the script ran"
    found = Diagnostic(CODE, NAME, "error", effect, message, source.filename, unit[1], span, "here")
    silence = Silence({source.filename: source})
    return [one for one in reported([found], settings) if not silence.covers(one)]


def _is_behind(verdict: Verdict | None, rows: Rows, observation: Observation) -> bool:
    """Whether a finding may be the cause of what came later."""
    if verdict is None or verdict.kind == "refuted":
        return False
    return verdict.by_run or bool(rows & observation.reached)


def _is_fault(story: Raised) -> bool:
    words = words_of(story.type, story.message)
    if not story.rows or story.cut or story.own or story.type not in TYPES or not about_shapes(words) or _NOTHING.search(words):
        return False
    if story.type == "AssertionError" and story.library not in _FRAMEWORKS:
        return False
    # An index may have been looked for in what was predicted.
    return not (story.trained and story.type == "IndexError")
