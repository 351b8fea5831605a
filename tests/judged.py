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
from tests.generated import FAULTS, Script


@dataclass(frozen=True, slots=True)
class Judged:
    """A script, what the framework did with it, and what lstmlint says.

    `verdict`: "right" they agree; "late" the fault is found where nothing is raised yet, and called silent; "false" lstmlint
    says what is not so; "missed"; "open" it is missed, and found with the data in the script and not in a file; "more" it is
    found, and something else, too; "harmless" the fault is none here, and nothing is said; "unsound" a script without a fault
    that raises.
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
        return "silent" if _silent(self.script) and not isinstance(self.outcome, Failed) else "passes"

    def story(self) -> str:
        """All that is needed to mend it."""
        told = self.outcome
        real = f"{told.type} at {told.lines}: {told.message[:200]}" if isinstance(told, Raised) else str(told)[:100]
        said = [f"{d.code} {d.effect} at {d.span.start_row}: {d.message}" for d in self.findings]
        head = f"seed {self.script.seed}, {self.script.family}, {self.script.fault or 'right'}: {self.verdict}"
        return "\n".join([head, f"  real: {real}", *(f"  said: {one}" for one in said), self.script.text])


def judge(scripts: Sequence[Script], progress: Callable[[int], None] = lambda done: None) -> list[Judged]:
    """Each script with the two verdicts on it."""
    limits = Limits(program=300, total=7200, restarts=9)
    programs = [Program(script.text, 1) for script in scripts]
    outcomes = run_all(programs, limits, progress=progress)
    # A process may break on what hundreds of programs before have left in its memory.
    failed = [at for at, outcome in enumerate(outcomes) if isinstance(outcome, Failed)]
    for at, outcome in zip(failed, run_all([programs[at] for at in failed], limits)):
        outcomes[at] = outcome
    return [_compared(script, outcome) for script, outcome in zip(scripts, outcomes)]


def _compared(script: Script, outcome: Outcome) -> Judged:
    found = _findings(script, script.text)
    verdict = _verdict(script, outcome, found)
    if verdict == "missed" and script.inline and _findings(script, script.inline):
        verdict = "open"
    return Judged(script, outcome, found, verdict)


def _findings(script: Script, text: str) -> tuple[Diagnostic, ...]:
    result = check_source(source_of(text, f"seed-{script.seed}.py"), Settings())
    return tuple(one for one in result.diagnostics if not one.code.startswith("LST9"))


def _silent(script: Script) -> bool:
    """The script's fault is one even where nothing is raised."""
    return bool(script.fault) and FAULTS[script.framework][script.fault].silent


def _verdict(script: Script, outcome: Outcome, found: Sequence[Diagnostic]) -> str:
    if isinstance(outcome, Failed):
        return "unsound"
    raises = isinstance(outcome, Raised)
    if not script.fault:
        return "unsound" if raises else "false" if found else "right"
    fault = FAULTS[script.framework][script.fault]
    lines = {*script.fault_lines, *(outcome.lines if isinstance(outcome, Raised) else ())}
    fits = [one for one in found if lines & _places(one)]
    if not raises and not fault.silent:
        return "false" if found else "harmless"
    if not fits:
        return "false" if found else "missed"
    if len(fits) < len(found):
        return "more"
    if ("raises" if raises else "silent") in {one.effect for one in fits}:
        return "right"
    if fault.by_chance and all(one.severity == "warning" for one in fits):
        return "right"
    # The place itself raises nothing; what came of it does, elsewhere.
    later = isinstance(outcome, Raised) and not any(set(outcome.lines[-1:]) & _places(one) for one in fits)
    return "late" if later else "false"


def _places(finding: Diagnostic) -> set[int]:
    """The lines that a finding shows."""
    return {finding.span.start_row, *(place.span.start_row for place in finding.related)}


def table(judged: Sequence[Judged]) -> list[str]:
    """How often which verdict, by class of fault and by what the framework does."""
    verdicts = ("right", "late", "more", "open", "missed", "false", "harmless", "unsound")
    counts = Counter((one.script.fault, one.kind, one.verdict) for one in judged)
    rows = [f"{'fault':40} {'real':8}" + "".join(f"{verdict:>10}" for verdict in verdicts)]
    for fault in dict.fromkeys(["", *FAULTS["keras"], *FAULTS["torch"]]):
        for kind in ("raises", "silent", "passes"):
            numbers = [counts[fault, kind, verdict] for verdict in verdicts]
            if any(numbers):
                rows.append(f"{fault or '(none)':40} {kind:8}" + "".join(f"{number or '':>10}" for number in numbers))
    for kind in ("raises", "silent"):
        own = [one for one in judged if one.kind == kind and one.script.fault and one.verdict != "unsound"]
        right, hidden = (sum(one.verdict in verdicts for one in own) for verdicts in (("right", "late", "more"), ("open",)))
        rows.append(
            f"{kind}: {right} of {len(own)} found" + (f" ({right / len(own):.1%})" if own else "")
            + (f"; what proves {hidden} of the others is in a file" if hidden else "")
        )
    correct = [one for one in judged if not one.script.fault and one.kind == "passes"]
    rows.append(f"right scripts: {len(correct)}, with findings: {sum(one.verdict == 'false' for one in correct)}")
    return rows
