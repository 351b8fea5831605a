"""From a trace to findings: every event goes to the rules that listen, and one mistake leaves one finding."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from lstmlint.findings import Finding, Related, Severity
from lstmlint.rules.base import Rule
from lstmlint.rules.consequences import without_consequences
from lstmlint.rules.following import with_what_follows
from lstmlint.rules.scope import Networks
from lstmlint.trace import Event, LayerApplied, Trace, arrays_of
from lstmlint.values.base import Value
from lstmlint.values.code import Site
from lstmlint.values.data import Array
from lstmlint.values.knowledge import REFINED, REMEMBERED

Alternative = dict[Value, bool]


def findings(trace: Trace, rules: Iterable[Rule]) -> list[Finding]:
    """What the rules find in `trace`, in the order of the program.

    A failure that an exception handler expects is passed over, and so are networks without a recurrent layer. A fault that depends
    on how an earlier branch went is an error if it is there whichever way that went, a warning if it is there one way.
    """
    listeners: dict[type[Event], list[Rule]] = {}
    for rule in rules:
        for kind in rule.listens:
            listeners.setdefault(kind, []).append(rule)
    found: list[Finding] = []
    for event in trace.events:
        if event.optional:
            continue
        for rule in listeners.get(type(event), ()):
            found.extend(rule.check(event, trace))
    if found:
        networks = Networks(trace)
        found = [finding for finding in found if not isinstance(finding.event, Event) or networks.concerns(finding.event)]
    graded = [_graded(finding, trace) for finding in _judged(found, trace)]
    return with_what_follows(_first_of_each(without_consequences(graded, trace)), trace)


def supposed(proven: Sequence[Finding], under_defaults: Sequence[Finding]) -> list[Finding]:
    """The `proven` findings, and as warnings those that are there only where defaults hold."""
    places = {finding.site.node for finding in proven} | {related.site.node for finding in proven for related in finding.related}
    marks = {(finding.code, finding.key) for finding in proven if finding.key is not None}
    more = [
        weakened(finding, f"with {finding.event.supposed}")
        for finding in under_defaults
        if isinstance(finding.event, Event)
        and finding.event.supposed
        and finding.assumption is None
        and finding.site.node not in places
        and (finding.code, finding.key) not in marks
    ]
    return [*proven, *(finding for finding in more if finding.severity != "info")]


def as_recalled(proven: Sequence[Finding], found: Sequence[Finding], run: str) -> list[Finding]:
    """The `proven` findings, and as warnings those that are there only with what was seen in an earlier `run`.

    What is there only if a condition holds as well is left: two assumptions are one too many. So is what tells of a place that a
    proven finding of the same rule tells of: it is the same mistake, seen at another line.
    """
    places = {node for finding in proven for node in _nodes(finding)}
    told = {(finding.code, node) for finding in proven for node in _nodes(finding)}
    marks = {(finding.code, finding.key) for finding in proven if finding.key is not None}
    more = [
        weakened(finding, run if finding.assumption in (None, BY_USE, run) else f"{finding.assumption}, {run}")
        for finding in found
        if not isinstance(finding.assumption, tuple)
        and finding.severity != "info"
        and told.isdisjoint((finding.code, node) for node in _nodes(finding))
        and finding.site.node not in places
        and (finding.code, finding.key) not in marks
    ]
    return [*proven, *more]


def _nodes(finding: Finding) -> list[object]:
    """All that a finding points at."""
    return [finding.site.node, *(related.site.node for related in finding.related)]


def weakened(finding: Finding, assumption: tuple[Site, bool] | str) -> Finding:
    """The finding as a warning that names what it rests on."""
    severity: Severity = "warning" if finding.severity == "error" else finding.severity
    related = finding.related if isinstance(assumption, str) else (*finding.related, Related(assumption[0], "the condition"))
    return replace(finding, severity=severity, assumption=assumption, related=related)


def _judged(found: Sequence[Finding], trace: Trace) -> list[Finding]:
    """Those whose alternatives leave no way out, and those that rest on one condition of the program, as warnings."""
    groups: dict[tuple[str, object], list[Alternative]] = {}
    for finding in found:
        groups.setdefault(_mistake(finding), []).append(_alternative(finding))
    judged = []
    for finding in found:
        alternatives = groups[_mistake(finding)]
        if covers_all(alternatives):
            judged.append(finding)
            continue
        condition = _only_condition(finding, alternatives)
        tested = None if condition is None else trace.tests.get(condition)
        if condition is not None and tested is not None:
            site, negated = tested
            judged.append(weakened(finding, (site, _alternative(finding)[condition] != negated)))
    return judged


def _only_condition(finding: Finding, alternatives: Sequence[Alternative]) -> Value | None:
    """The condition on which alone a fault depends, at a place that no other condition guards."""
    event = finding.event
    if not isinstance(event, Event) or event.conditions or any(alternative != alternatives[0] for alternative in alternatives):
        return None
    return next(iter(alternatives[0])) if len(alternatives[0]) == 1 else None


BY_USE = "as the lines before use it"


def _graded(finding: Finding, trace: Trace) -> Finding:
    """What rests on an earlier run, or on uses that need a shape, is a warning."""
    known = {array.known for array in arrays_of(finding.event) if not _is_own(finding.event, array)}
    if finding.assumption is not None or known.isdisjoint((REFINED, REMEMBERED)):
        return finding
    return weakened(finding, trace.recalled if REMEMBERED in known else BY_USE)


def _is_own(event: object, array: Array) -> bool:
    """Whether the features that an event tells of are those that the layer before gives, whatever that got."""
    violation = event.violation if isinstance(event, LayerApplied) else None
    return violation is not None and violation.kind == "feature" and isinstance(array.producer, LayerApplied)


def _mistake(finding: Finding) -> tuple[str, object]:
    """What findings of one mistake have in common, whatever the alternative: the code and the place."""
    return finding.code, finding.site.node


def _alternative(finding: Finding) -> Alternative:
    return finding.event.assumptions if isinstance(finding.event, Event) else {}


def covers_all(alternatives: Sequence[Alternative]) -> bool:
    """Whether one of `alternatives` holds whichever way the conditions go."""
    if any(not alternative for alternative in alternatives):
        return True
    if not alternatives:
        return False
    condition = next(iter(alternatives[0]))
    return all(
        covers_all(
            [
                {c: t for c, t in alternative.items() if c != condition}
                for alternative in alternatives
                if alternative.get(condition, truth) == truth
            ]
        )
        for truth in (True, False)
    )


def _first_of_each(found: Iterable[Finding]) -> list[Finding]:
    seen: set[tuple[str, object]] = set()
    kept = []
    for finding in found:
        marks: list[tuple[str, object]] = [("place", (finding.code, finding.site.node))]
        if finding.key is not None:
            marks.append((finding.code, finding.key))
        if not any(mark in seen for mark in marks):
            kept.append(finding)
        seen.update(marks)
    return kept
