"""What the framework did against what a finding claims."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from lstmlint.confirm.evidence import evidence
from lstmlint.confirm.plan import Plan
from lstmlint.confirm.program import Program
from lstmlint.confirm.sandbox import Outcome, Passed, Raised
from lstmlint.output.style import displayed
from lstmlint.sandbox.process import Failed
from lstmlint.shapes.dims import Symbol

Kind = Literal["confirmed", "confirmed-given", "refuted", "not-checked"]

_ABOUT_SHAPES = re.compile(r"shape|dim|rank|size|incompatible|broadcast|axis|axes|\b\d-?D\b|multi-target|batched", re.IGNORECASE)
_ABOUT_US = re.compile(r"keyword argument|positional argument|unrecognized|not implemented", re.IGNORECASE)
_RANK_FOUND = re.compile(r"found ndim=(\d+)")
_BETWEEN = re.compile(r"\n[ \t]*\n")
_RAISED = re.compile(r"\w+(?:Error|Exception): ")
_BUILDING = re.compile(r"^Unable to automatically build the model.*?Exception encountered:\s*'(.*)'", re.DOTALL)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_NODE = re.compile(r" for '\{\{node .*?'(?= with|$)")
_LONGEST = 300
_OTHER_BACKEND = re.compile(r"^Keras \S+ \((?!tensorflow)")
_FRAME = ("File ", "Detected at node")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a finding. `words` are the framework's own; `given` is what was fed although it is only our inference."""

    kind: Kind
    words: str = ""
    reason: str = ""
    given: tuple[str, ...] = ()
    framework: str = ""
    programs: tuple[Program, ...] = ()
    still_open: tuple[str, ...] = ()
    """What the programs could not be kept from: "network", "files", "processes"."""
    by_run: bool = False
    """Whether it was seen when the script itself ran."""


def not_checked(reason: str, programs: tuple[Program, ...] = ()) -> Verdict:
    """The verdict where there is none."""
    return Verdict("not-checked", reason=reason, programs=programs)


def judge(plan: Plan, programs: Sequence[Program], outcomes: Sequence[Outcome]) -> Verdict:
    """The verdict on what was planned, given what came of each of its programs (which differ in their numbers only)."""
    verdict = _judged(plan, tuple(programs), outcomes)
    if verdict.kind == "refuted" and is_of_other_backend(verdict.framework):
        # Findings tell what TensorFlow makes of a model; of some, others make something else.
        words = f" ({verdict.words})" if verdict.words else ""
        reason = f"with TensorFlow it was not tried, and of {verdict.framework}, {verdict.reason}{words}"
        return not_checked(reason, tuple(programs))
    return verdict


def is_of_other_backend(framework: str) -> bool:
    """Whether Keras was asked on another backend than TensorFlow."""
    return _OTHER_BACKEND.search(framework) is not None


def _judged(plan: Plan, programs: tuple[Program, ...], outcomes: Sequence[Outcome]) -> Verdict:
    for outcome in outcomes:
        if isinstance(outcome, Failed):
            return not_checked(outcome.reason, programs)
    for program, outcome in zip(programs, outcomes):
        if isinstance(outcome, Raised) and program.claim not in (outcome.line, *outcome.lines):
            return not_checked(f"what was rebuilt fails before it gets there: {_words(outcome)}", programs)
        differing = _differing(program, outcome)
        if differing:
            return not_checked(differing, programs)
    if not outcomes:
        return not_checked("no sizes were found that fit all that is known of them", programs)
    framework = outcomes[0].framework if isinstance(outcomes[0], (Raised, Passed)) else ""
    if plan.backend and f"({plan.backend})" not in framework:
        return not_checked(f"Keras does this with {plan.backend} as its backend, and the judge was {framework}", programs)
    passed = [outcome for outcome in outcomes if isinstance(outcome, Passed)]
    raised = [outcome for outcome in outcomes if isinstance(outcome, Raised)]
    if plan.raises and passed and not plan.either:
        return Verdict("refuted", reason="it accepts what was rebuilt", given=plan.given, framework=framework, programs=programs)
    shown = [evidence(program, outcome) for program, outcome in zip(programs, outcomes) if isinstance(outcome, Passed)]
    for faulty, words in shown:
        if faulty is None:
            return not_checked(words, programs)
        if not faulty:
            return Verdict("refuted", reason=words, given=plan.given, framework=framework, programs=programs)
    if not plan.raises and raised and not plan.either and plan.given:
        return not_checked(f"with made-up data, what was rebuilt raises: {_words(raised[0])}", programs)
    if not plan.raises and raised and not plan.either:
        if not about_shapes(_words(raised[0])):
            return not_checked(f"it raises, but of something else: {_words(raised[0])}", programs)
        return Verdict("refuted", _words(raised[0]), "it raises", plan.given, framework, programs)
    for outcome in raised:
        if not _fits(outcome, plan.rank, plan.says):
            return not_checked(f"it raises there, but of something else: {_words(outcome)}", programs)
    words = _words(raised[0]) if raised else shown[0][1]
    return Verdict("confirmed-given" if plan.given else "confirmed", words, "", plan.given, framework, programs)


def _differing(program: Program, outcome: Outcome) -> str:
    """Which data has another shape when it is replayed than was inferred, in words."""
    for one in program.expected:
        seen = outcome.seen.get(one.name) if isinstance(outcome, (Passed, Raised)) else None
        if seen is not None and seen[0] != one.shape:
            return f"replayed, {one.name} is {seen[0]}, and not {one.shape}"
    return ""


def learned(program: Program, outcome: Outcome) -> dict[Symbol, int]:
    """Lengths that were chosen freely, and have turned out to be other numbers."""
    known: dict[Symbol, int] = {}
    for one in program.expected:
        seen = outcome.seen.get(one.name) if isinstance(outcome, (Passed, Raised)) else None
        if seen is not None and len(seen[0]) == len(one.shape):
            known.update(
                (symbol, found) for symbol, found, expected in zip(one.free, seen[0], one.shape) if symbol and found != expected
            )
    return known


def _fits(outcome: Raised, rank: int | None, says: str = "") -> bool:
    """Whether what was raised is about shapes, and about the rank that was claimed where it names one."""
    text = _words(outcome)
    if says:
        return re.search(says, outcome.message) is not None
    if not about_shapes(text):
        return False
    found = _RANK_FOUND.search(text)
    return rank is None or found is None or int(found.group(1)) == rank


def about_shapes(text: str) -> bool:
    """Whether an exception's words are about shapes, and not about how something was called."""
    return not _ABOUT_US.search(text) and _ABOUT_SHAPES.search(text) is not None


def _words(outcome: Raised) -> str:
    return words_of(outcome.type, outcome.message)


def words_of(kind: str, message: str) -> str:
    """What was raised, in one line and without the framework's frame."""
    paragraphs = [" ".join(part.split()) for part in _BETWEEN.split(_COLOUR.sub("", message))]
    told = [part for part in paragraphs if part]
    built = _BUILDING.search(_COLOUR.sub("", message))
    if built is not None:
        # Keras puts what was raised while it built a model by its first data into words of its own.
        return words_of(kind, built.group(1))
    if told and told[0].startswith("in user code:"):
        # Keras 2 tells the way there first, line by line.
        found = next((at for at, part in enumerate(told) if at and _RAISED.match(part)), 0)
        told = [_RAISED.sub("", told[found]), *told[found + 1 :]]
    if len(told) > 1 and told[0].startswith("Exception encountered when calling"):
        told = told[1:]
    elif told and told[0].startswith("Graph execution error"):
        # What has happened stands after the way there.
        told = [line for line in _COLOUR.sub("", message).splitlines() if line[:1].isalpha() and not line.startswith(_FRAME)][-1:]
    text = _NODE.sub("", displayed(told[0])) if told else ""
    if len(text) > _LONGEST:
        text = text[:_LONGEST] + " …"
    return f"{kind}: {text}" if text else kind
