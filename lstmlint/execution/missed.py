"""Faults of shapes that were seen when the script ran, and that the analysis had not found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lstmlint.confirm.report import Judged
from lstmlint.confirm.verdict import Verdict, about_shapes, words_of
from lstmlint.execution.broadcasting import broadcasts
from lstmlint.execution.claims import Rows, rows_of
from lstmlint.execution.judge import of_loss
from lstmlint.execution.observation import Observation, Raised, Unit
from lstmlint.findings import Effect

TYPES = frozenset(["ValueError", "RuntimeError", "IndexError", "InvalidArgumentError", "AssertionError"])


@dataclass(frozen=True, slots=True)
class Missed:
    """A fault at a row of the user's code."""

    unit: Unit
    row: int
    effect: Effect
    words: str


def missed(observation: Observation, judged: Sequence[Judged]) -> Iterator[Missed]:
    """The fault that no finding tells of, if there was one.

    What may come of a loop that was cut, of data that was made up, or of a fault that is known is none.
    """
    if observation.made_up or any(_is_behind(verdict, rows_of(one), observation) for one, verdict in judged):
        return
    for compared in observation.losses:
        if compared.rows and broadcasts(compared):
            yield Missed(*compared.rows[-1], "silent", of_loss(compared))
            return
    story = observation.story
    if observation.end == "raised" and story is not None and _is_fault(story):
        yield Missed(*story.rows[-1], "raises", words_of(story.type, story.message))


def _is_behind(verdict: Verdict | None, rows: Rows, observation: Observation) -> bool:
    """Whether a finding may be the cause of what came later."""
    if verdict is None or verdict.kind == "refuted":
        return False
    return verdict.by_run or bool(rows & observation.reached)


def _is_fault(story: Raised) -> bool:
    return bool(story.rows) and not story.cut and story.type in TYPES and about_shapes(words_of(story.type, story.message))
