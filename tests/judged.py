"""Generated scripts before the real framework and before lstmlint, and where the two disagree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lstmlint.config import Settings
from lstmlint.confirm.program import Program
from lstmlint.confirm.sandbox import Outcome, Raised, run_all
from lstmlint.diagnostics import Diagnostic
from lstmlint.engine import check_source
from lstmlint.sandbox.process import Failed, Limits
from lstmlint.sources.source import script as source_of
from tests.generated_scripts import KERAS_FAULTS, TORCH_FAULTS, Script

SILENT = frozenset([
    "return_sequences too many", "other number of steps", "units unlike the targets", "softmax over one unit",
    "scores for probabilities", "one sample without its batch", "batch_first forgotten", "prediction with an axis more",
    "softmax before cross entropy", "last sample for last step", "states of samples mixed", "series without its features",
    "axes renamed by view", "classes last", "a GRU with cell states",
])  # fmt: skip
"""The faults that are faults even where nothing is raised."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A script, what the framework did with it, and what lstmlint says.

    `verdict`: "right" they agree; "false" lstmlint says what is not so; "missed"; "harmless" the fault is none here, and nothing is
    said; "unsound" a script without a fault that raises.
    """

    script: Script
    outcome: Outcome
    findings: tuple[Diagnostic, ...]
    verdict: str

    @property
    def kind(self) -> str:
        """What the framework says of the script."""
        if isinstance(self.outcome, Raised):
            return "raises"
        return "silent" if self.script.fault in SILENT and not isinstance(self.outcome, Failed) else "passes"

    def story(self) -> str:
        """All that is needed to mend it."""
        told = self.outcome
        real = f"{told.type} at {told.lines}: {told.message[:200]}" if isinstance(told, Raised) else str(told)[:100]
        said = [f"{d.code} {d.effect} at {d.span.start_row}: {d.message}" for d in self.findings]
        head = f"seed {self.script.seed}, {self.script.framework}, {self.script.fault or 'right'}: {self.verdict}"
        return "\n".join([head, f"  real: {real}", *(f"  said: {one}" for one in said), self.script.text])


def judge(scripts: Sequence[Script], progress: Callable[[int], None] = lambda done: None) -> list[Judged]:
    """Each script with the two verdicts on it."""
    limits = Limits(program=300, total=7200, restarts=9)
    outcomes = run_all([Program(script.text, 1) for script in scripts], limits, progress=progress)
    return [_compared(script, outcome) for script, outcome in zip(scripts, outcomes)]


def _compared(script: Script, outcome: Outcome) -> Judged:
    result = check_source(source_of(script.text, f"seed-{script.seed}.py"), Settings())
    found = tuple(one for one in result.diagnostics if not one.code.startswith("LST9"))
    return Judged(script, outcome, found, _verdict(script, outcome, found))


def _verdict(script: Script, outcome: Outcome, found: Sequence[Diagnostic]) -> str:
    if isinstance(outcome, Failed):
        return "unsound"
    if not script.fault:
        return "unsound" if isinstance(outcome, Raised) else "false" if found else "right"
    raises = isinstance(outcome, Raised)
    lines = {*script.fault_lines, *(outcome.lines if isinstance(outcome, Raised) else ())}
    fits = [one for one in found if lines & {one.span.start_row, *(place.span.start_row for place in one.related)}]
    if not raises and script.fault not in SILENT:
        return "false" if found else "harmless"
    effects = {one.effect for one in (found if raises else fits)}
    if fits and ("raises" if raises else "silent") in effects:
        return "right"
    return "false" if fits else "missed"


def table(judged: Sequence[Judged]) -> list[str]:
    """How often which verdict, by class of fault and by what the framework does."""
    verdicts = ("right", "missed", "false", "harmless", "unsound")
    counts = Counter((one.script.fault, one.kind, one.verdict) for one in judged)
    rows = [f"{'fault':36} {'real':8}" + "".join(f"{verdict:>10}" for verdict in verdicts)]
    for fault in ("", *KERAS_FAULTS, *TORCH_FAULTS):
        for kind in ("raises", "silent", "passes"):
            numbers = [counts[fault, kind, verdict] for verdict in verdicts]
            if any(numbers):
                rows.append(f"{fault or '(none)':36} {kind:8}" + "".join(f"{number or '':>10}" for number in numbers))
    for kind in ("raises", "silent"):
        own = [one for one in judged if one.kind == kind and one.script.fault and one.verdict != "unsound"]
        right = sum(one.verdict == "right" for one in own)
        rows.append(f"{kind}: {right} of {len(own)} found" + (f" ({right / len(own):.1%})" if own else ""))
    correct = [one for one in judged if not one.script.fault and one.kind == "passes"]
    rows.append(f"right scripts: {len(correct)}, with findings: {sum(one.verdict == 'false' for one in correct)}")
    return rows
