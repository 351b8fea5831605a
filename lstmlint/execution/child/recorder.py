"""What the instrumented program tells while it runs, and how it ends."""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Iterable, Iterator
from types import FrameType, TracebackType
from typing import Any, TypeVar

from lstmlint.execution.child.instrument import Place
from lstmlint.execution.child.shapes import Told, described

T = TypeVar("T")

VISITS = 50
"""So often a place is looked at; what a program does ten thousand times it does alike."""
DIFFERENT = 4
"""So many different shapes of one place are kept."""
SLOW = 5.0
"""Seconds after which a loop in which models are applied is ended, though it trains nothing."""
_LONGEST = 4000
_MOST = 200
_ROWS = 40
"""So many rows of a story are told: a recursion has thousands."""
_ALIKE = 3


class Recorder:
    """Gathers what is seen; `units` are the names of the user's code."""

    def __init__(self, units: set[str]) -> None:
        self.units = units
        self.places: list[Place] = []
        self.told: dict[int, list[Told]] = {}
        self.raised: list[dict[str, Any]] = []
        self.losses: list[dict[str, Any]] = []
        self.cuts: dict[int, str] = {}
        self.made_up: list[str] = []
        self.steps = 0
        """How many steps of training there were."""
        self.trained = False
        """Whether a model got less training than was asked for, so that what it predicts is otherwise."""
        self.shortened = False
        """Whether code of the program was called less often than it would have been: lists that it fills are shorter."""
        self.applied = 0
        """How often models were applied."""
        self._visits: dict[int, int] = {}
        self._caught: dict[object, int] = {}
        self._begun: dict[tuple[int, int], list[Any]] = {}

    @property
    def visited(self) -> Iterable[int]:
        """The places that the program has come to, and got past."""
        return self._visits

    def often(self, number: int) -> bool:
        """Whether a place was come to more often than it was looked at."""
        return self._visits.get(number, 0) >= VISITS

    def seen(self, number: int, value: T) -> T:
        """A value at a place."""
        visits = self._visits.get(number, 0)
        if visits < VISITS:
            self._visits[number] = visits + 1
            told = described(value)
            if told is not None:
                known = self.told.setdefault(number, [])
                if self.cuts or self.trained or self.shortened:
                    told["cut"] = True
                if told not in known and len(known) < DIFFERENT:
                    known.append(told)
        return value

    def loop(self, number: int, items: Iterable[T]) -> Iterator[T]:
        """The items, until one of them has trained something."""
        begun = self.start(number)
        for item in items:
            if not self.again(begun):
                return
            yield item

    def start(self, number: int) -> list[Any]:
        """A loop begins."""
        return [number, self.steps, self.applied, time.monotonic()]

    def begin(self, number: int) -> None:
        """A while loop begins in the frame that calls this."""
        self._begun[number, id(sys._getframe(1))] = self.start(number)

    def goes_on(self, number: int) -> bool:
        """Whether the while loop that began in this frame may go on."""
        return self.again(self._begun[number, id(sys._getframe(1))])

    def again(self, begun: list[Any]) -> bool:
        """Whether the loop may go on."""
        number, steps, applied, since = begun
        if self.steps > steps:
            self.cuts[number] = "training"
            return False
        if self.applied > applied and time.monotonic() - since > SLOW:
            self.cuts[number] = "slow"
            return False
        return True

    def caught(self) -> None:
        """A handler of the program has caught something."""
        kind, error, trace = sys.exc_info()
        if kind is None or trace is None or not isinstance(error, Exception) or len(self.raised) >= _MOST:
            return
        # What is caught ten thousand times must not hide what is caught once.
        place = (kind, trace.tb_frame.f_code, trace.tb_lineno)
        if self._caught.get(place, 0) < _ALIKE:
            self._caught[place] = self._caught.get(place, 0) + 1
            self.raised.append({**self.story(error, trace), "caught": True})

    def story(self, error: BaseException, trace: TracebackType | None) -> dict[str, Any]:
        """What was raised, and the rows of the user's code on the way there, the outermost first."""
        try:
            words = str(error)
        except Exception:
            words = ""
        return self._story(type(error).__name__, words, traceback.extract_tb(trace))

    def moment(self, frame: FrameType | None) -> dict[str, Any]:
        """Where the program is at work."""
        return self._story("TimeoutError", "", traceback.extract_stack(frame))

    def _story(self, kind: str, words: str, frames: traceback.StackSummary) -> dict[str, Any]:
        rows = [[frame.filename, frame.lineno] for frame in frames if frame.filename in self.units]
        return {
            "type": kind,
            "message": words if len(words) <= _LONGEST else f"{words[:_LONGEST // 2]}\n\n…\n\n{words[-_LONGEST // 2:]}",
            "rows": rows if len(rows) <= _ROWS else rows[: _ROWS // 2] + rows[-_ROWS // 2 :],
            "library": _library(frames[-1].filename) if frames and frames[-1].filename not in self.units else "",
            "cut": bool(self.cuts or self.shortened),
            "trained": self.trained,
            "own": bool(frames) and frames[-1].filename in self.units and (frames[-1].line or "").startswith(("raise", "assert")),
        }

    def compared(self, loss: str, output: object, target: object) -> None:
        """A loss has compared these."""
        shapes = [described(output), described(target)]
        if all(one is not None and "shape" in one for one in shapes) and len(self.losses) < _MOST:
            told = {
                "loss": loss, "rows": self.here(), "output": shapes[0]["shape"], "target": shapes[1]["shape"],  # type: ignore[index]
                "cut": bool(self.cuts or self.shortened),
            }  # fmt: skip
            if told not in self.losses:
                self.losses.append(told)

    def here(self) -> list[tuple[str, int]]:
        """The rows of the user's code that are at work, the outermost first."""
        rows = []
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            if frame.f_code.co_filename in self.units:
                rows.append((frame.f_code.co_filename, frame.f_lineno))
            frame = frame.f_back
        return rows[::-1]


def _library(filename: str) -> str:
    """The library that a file belongs to."""
    parts = filename.replace("\\", "/").split("/")
    for home in ("site-packages", "dist-packages"):
        if home in parts[:-1]:
            return parts[parts.index(home) + 1].partition(".")[0]
    return "python"
