"""The command: check, rebuild what was found, put it before the framework, report."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from lstmlint.config import Settings
from lstmlint.confirm.layers import NotRebuilt
from lstmlint.confirm.plan import Plan, plan
from lstmlint.confirm.program import Program
from lstmlint.confirm.report import Judged
from lstmlint.confirm.report import render as report
from lstmlint.confirm.sandbox import Outcome, Runner
from lstmlint.confirm.verdict import Verdict, judge, learned, not_checked
from lstmlint.diagnostics import Diagnostic, FileResult
from lstmlint.engine import check_files
from lstmlint.findings import Finding
from lstmlint.output.style import Style, wants_colour
from lstmlint.sandbox.process import Limits, listing
from lstmlint.shapes.dims import Symbol
from lstmlint.sources.discover import discover


def run(
    paths: Sequence[str],
    settings: Settings,
    *,
    show_program: bool = False,
    limits: Limits | None = None,
    python: str = sys.executable,
) -> int:
    """Check `paths` and print each finding with its verdict. The exit status is as of check: a refuted finding is no error."""
    results = list(check_files(discover(paths, settings), settings, keeps=True))
    for result in results:
        if result.error is not None:
            sys.stderr.write(f"lstmlint: {result.filename}: {' '.join(result.error.splitlines())}\n")
    judged = confirm(results, limits, _progress() if sys.stderr.isatty() else None, python)
    sources = {diagnostic.filename: result.sources for result in results for diagnostic in result.diagnostics}
    for line in report(judged, settings.output_format, Style(wants_colour(sys.stdout)), show_program, sources):
        sys.stdout.write(line + "\n")
    still_open = sorted({one for _, verdict in judged if verdict is not None for one in verdict.still_open})
    if still_open:
        sys.stderr.write(f"lstmlint: the programs were not kept from {listing(still_open)}: there are no means for it here\n")
    if any(result.error is not None for result in results):
        return 2
    return 1 if any(counts(diagnostic, verdict) for diagnostic, verdict in judged) else 0


def counts(diagnostic: Diagnostic, verdict: Verdict | None) -> bool:
    """Whether a finding makes the exit status 1."""
    return diagnostic.severity != "info" and (verdict is None or verdict.kind != "refuted")


def confirm(
    results: Sequence[FileResult],
    limits: Limits | None = None,
    progress: Callable[[int, int], None] | None = None,
    python: str = sys.executable,
) -> list[Judged]:
    """Each diagnostic with its verdict; all programs run in one process."""
    diagnostics = [diagnostic for result in results for diagnostic in result.diagnostics]
    # What is said of the source itself (LST9) is no claim about the framework.
    claims = [None if diagnostic.code.startswith("LST9") else diagnostic.finding for diagnostic in diagnostics]
    planned = [None if claim is None else prepare(claim) for claim in claims]
    programs = [program for one in planned if isinstance(one, tuple) for program in one[1]]

    def tell(done: int) -> None:
        if progress is not None:
            progress(done, len(programs))

    with Runner(limits, python) as runner:
        outcomes = iter(runner.run(programs, tell))
        tried = [_Tried(*one, [next(outcomes) for _ in one[1]]) if isinstance(one, tuple) else one for one in planned]
        for _ in range(_ROUNDS):
            if not _try_again([one for one in tried if isinstance(one, _Tried)], runner):
                break
    verdicts = [_judged(one, runner.still_open) if isinstance(one, _Tried) else one for one in tried]
    return list(zip(diagnostics, verdicts))


def _judged(one: _Tried, still_open: set[str]) -> Verdict:
    return replace(judge(one.plan, one.programs, one.outcomes), still_open=tuple(sorted(still_open)))


@dataclass(slots=True)
class _Tried:
    """A plan with its programs and what came of each."""

    plan: Plan
    programs: list[Program]
    outcomes: list[Outcome]
    known: list[dict[Symbol, int]] = field(init=False)
    """For each program the lengths that have turned out to be other numbers."""

    def __post_init__(self) -> None:
        self.known = [{} for _ in self.programs]


_ROUNDS = 3


def _try_again(tried: Sequence[_Tried], runner: Runner) -> bool:
    """Where lengths have turned out to be other numbers than were chosen, the programs are written and run anew."""
    again: list[tuple[_Tried, int, Program]] = []
    for one in tried:
        for at, (program, outcome) in enumerate(zip(one.programs, one.outcomes)):
            known = learned(program, outcome)
            if not known:
                continue
            one.known[at].update(known)
            better = one.plan.again(at, one.known[at])
            if better is not None:
                again.append((one, at, better))
    for (one, at, program), outcome in zip(again, runner.run([program for *_, program in again])):
        one.programs[at], one.outcomes[at] = program, outcome
    return bool(again)


def prepare(finding: Finding) -> tuple[Plan, list[Program]] | Verdict:
    """The plan and its programs, one for each choice of numbers; or the verdict that there can be none."""
    try:
        made = plan(finding)
    except NotRebuilt as reason:
        return not_checked(str(reason))
    except Exception as error:
        # One finding must not keep the others from their verdicts.
        if os.environ.get("LSTMLINT_DEBUG"):
            raise
        return not_checked(f"internal error: {' '.join(f'{type(error).__name__}: {error}'.split())[:200]}")
    return made, made.programs()


def _progress() -> Callable[[int, int], None]:
    def show(done: int, total: int) -> None:
        end = "\r\x1b[K" if done == total else ""
        sys.stderr.write(f"\rconfirming: {done} of {total} programs{end}")
        sys.stderr.flush()

    return show
