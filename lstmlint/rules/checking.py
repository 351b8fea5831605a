"""From a trace to findings: every event goes to the rules that listen, and one mistake leaves one finding."""
from __future__ import annotations

from collections.abc import Iterable, Sequence

from lstmlint.findings import Finding
from lstmlint.rules.base import Rule
from lstmlint.rules.scope import Networks
from lstmlint.trace import Event, Trace
from lstmlint.values.base import Value

Alternative = dict[Value, bool]


def findings(trace: Trace, rules: Iterable[Rule]) -> list[Finding]:
    """What the rules find in `trace`, in the order of the program.

    A failure that an exception handler expects is passed over, and so are networks without a recurrent layer. A fault that
    depends on how earlier branches went is kept only if it is there whichever way they went.
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
    return _first_of_each(_proven(found))


def _proven(found: Sequence[Finding]) -> list[Finding]:
    """Those whose alternatives leave no way out."""
    groups: dict[tuple[str, object], list[Alternative]] = {}
    for finding in found:
        groups.setdefault(_mistake(finding), []).append(_alternative(finding))
    return [finding for finding in found if covers_all(groups[_mistake(finding)])]


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
