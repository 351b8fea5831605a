"""A finding, its verdict from what was rebuilt, and what was seen when the script itself ran."""

from __future__ import annotations

import re
from dataclasses import replace

from lstmlint.confirm.graph import SAYS
from lstmlint.confirm.torch_plan import SAYS_OF_TORCH
from lstmlint.confirm.verdict import Verdict, about_shapes, is_of_other_backend, not_checked, words_of
from lstmlint.diagnostics import Diagnostic
from lstmlint.execution.broadcasting import broadcasts
from lstmlint.execution.claims import Fact, Rows, facts, fits, passed, rows_of
from lstmlint.execution.observation import Compared, Observation, Raised, Seen
from lstmlint.pipeline import Onlooker
from lstmlint.trace import arrays_of

NOT_BY_PASSING = frozenset({"LST402"})
"""What depends on data that a run that is cut short doesn't come to."""
_OF_DATA = ("the data is ", "the targets are ")
"""How what is given of data is said; of other things, a run shows nothing."""


def judged(diagnostic: Diagnostic, replayed: Verdict | None, observation: Observation, onlooker: Onlooker) -> Verdict | None:
    """The verdict, by the run where that says something."""
    if replayed is None or diagnostic.finding is None:
        return replayed
    rows = rows_of(diagnostic)
    failure = next((one for one in observation.failures if _is_it(one, diagnostic, rows, replayed, observation.reached)), None)
    if failure is not None:
        return _by_run("confirmed", observation, words=words_of(failure.type, failure.message))
    # What a silent mistake makes may raise later; it is judged by what it makes.
    here = diagnostic.finding.effect
    if here == "silent":
        compared = next((one for one in observation.losses if rows.intersection(one.rows) and broadcasts(one)), None)
        if compared is not None and diagnostic.code.startswith("LST3"):
            return _by_run("confirmed", observation, words=of_loss(compared))
    only_rank = bool(observation.made_up)
    known = facts(diagnostic, observation, onlooker)
    differing = [fact for fact in known if not any(fits(fact.array.shape, seen, only_rank) for seen in fact.seen)]
    # What was seen after training that was cut may come of that.
    wrong = next((fact for fact in differing if fact.once and all(seen.whole for seen in fact.seen)), None)
    sure = diagnostic.finding.assumption is None
    if wrong is not None:
        said = f"on line {wrong.row}, {wrong.text} is {shape(wrong.seen[0])}, and not {wrong.array.shape}"
        return _by_run("refuted", observation, reason=said) if sure else _by_run("not-checked", observation, reason=said)
    went_on = observation.complete and not observation.cuts and not _is_caught(observation)
    if went_on and passed(diagnostic, observation) and here == "raises" and diagnostic.code not in NOT_BY_PASSING:
        said = "the script got past it without an exception"
        if is_of_other_backend(observation.framework):
            said = f"{said} with {observation.framework}; the finding tells what TensorFlow does"
            return _by_run("not-checked", observation, reason=said)
        return _by_run("refuted" if sure else "not-checked", observation, reason=said)
    seen_all = {id(array) for array in arrays_of(diagnostic.finding.event)} == {id(fact.array) for fact in known}
    seen_so = seen_all and not differing and all(fact.once and all(seen.whole for seen in fact.seen) for fact in known)
    return _strengthened(replayed, known if seen_so else [], observation, rows)


def _by_run(kind: str, observation: Observation, words: str = "", reason: str = "") -> Verdict:
    assert kind in ("confirmed", "refuted", "not-checked")
    return Verdict(kind, words, reason, framework=observation.framework, by_run=True)  # type: ignore[arg-type]


def _is_it(raised: Raised, diagnostic: Diagnostic, rows: Rows, replayed: Verdict, reached: Rows) -> bool:
    """Whether this is what the finding announces: at its place, or later, in the words that what was rebuilt had for it."""
    if diagnostic.effect != "raises":
        return False
    came_by = rows & reached and replayed.kind.startswith("confirmed")
    if came_by and _plain(replayed.words) == _plain(words_of(raised.type, raised.message)):
        return True
    if not rows.intersection(raised.rows):
        return False
    says = SAYS.get(diagnostic.code) or SAYS_OF_TORCH.get(diagnostic.code)
    if says:
        return re.search(says, raised.message) is not None
    return about_shapes(words_of(raised.type, raised.message))


def _plain(words: str) -> str:
    """Words without their numbers."""
    return re.sub(r"\d+|None", "#", words)


def _is_caught(observation: Observation) -> bool:
    """Whether something was raised by the way that may be it."""
    return any(about_shapes(words_of(one.type, one.message)) for one in observation.raised)


def _strengthened(replayed: Verdict, known: list[Fact], observation: Observation, rows: Rows) -> Verdict:
    """What was rebuilt, with data as it really was (`known`): where that is what was given, nothing is given any more."""
    if replayed.kind == "confirmed-given" and known and all(given.startswith(_OF_DATA) for given in replayed.given):
        seen = " and ".join(dict.fromkeys(f"{fact.text} was {shape(fact.seen[0])} on line {fact.row}" for fact in known))
        return replace(replayed, kind="confirmed", given=(), words=f"{replayed.words} (when the script ran, {seen})")
    if replayed.kind == "not-checked" and not rows & observation.reached:
        return not_checked(f"{replayed.reason}; and the run did not come to it", replayed.programs)
    return replayed


def of_loss(compared: Compared) -> str:
    """What a loss has compared, in words."""
    return f"the loss {compared.loss} gets {_lengths(compared.output)} and {_lengths(compared.target)}, which it broadcasts"


def shape(seen: Seen) -> str:
    """A shape that was seen, as text."""
    return _lengths(seen.shape)


def _lengths(lengths: tuple[int | None, ...]) -> str:
    shown = ["batch" if length is None else str(length) for length in lengths]
    return f"({shown[0]},)" if len(shown) == 1 else f"({', '.join(shown)})"
