"""Programs of which statements could not be read: what these may have said of the data is not contradicted."""
from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import libcst as cst

from lstmlint.findings import Finding
from lstmlint.interpreter.nodes import outline
from lstmlint.rules.checking import BY_USE
from lstmlint.sources.nodes import below, children
from lstmlint.sources.parse import Tree
from lstmlint.sources.source import UNREAD

_OWNERS = {"self", "cls", UNREAD}
_WORD = re.compile(r"[^\W\d]\w*")


def unaffected(found: Sequence[Finding], trees: Sequence[Tree]) -> list[Finding]:
    """Without the findings that a statement that is left out may speak against.

    These are: what rests on how later lines use what was lost, but for what has run before, and for what lies in a function or
    class that no other statement names, and that names nothing lost; what lies under a condition on something lost, or is said to
    hold if one does; and patterns in a statement that itself has lost something.
    """
    if not found:
        return []
    lost = {word for tree in trees for line in tree.cell.text.split("\n") if UNREAD in line for word in _WORD.findall(line)}
    lost -= _OWNERS
    _spread(lost, trees)
    kept = {node for free, nodes in _definitions(trees) if free.isdisjoint(lost) for node in nodes}
    places = {finding.site.node for finding in found}
    doubtful: dict[object, _Doubt] = {}
    for tree in trees:
        later = list(_not_before_the_loss(tree))
        for statement in later:
            _note(statement, lost, places, doubtful)
        reached = {id(statement) for statement in later}
        kept.update(node for one in tree.module.body if id(one) not in reached for node in below(one) if node in places)

    def is_safe(finding: Finding) -> bool:
        doubt = doubtful.get(finding.site.node, _Doubt())
        if doubt.under_condition or (finding.severity == "warning" and doubt.in_damaged):
            return False
        if finding.assumption == BY_USE:
            return finding.site.node in kept
        return not isinstance(finding.assumption, tuple) or lost.isdisjoint(_words(finding.assumption[0].node))

    return [finding for finding in found if is_safe(finding)]


def _not_before_the_loss(tree: Tree) -> Iterator[cst.CSTNode]:
    """The statements of the top level, but for those of a script that have run before the first that is left out."""
    reached = tree.cell.number is not None
    for statement in tree.module.body:
        reached = reached or UNREAD in _words(statement)
        if reached or isinstance(statement, (cst.FunctionDef, cst.ClassDef)):
            yield statement


@dataclass(frozen=True, slots=True)
class _Doubt:
    """Whether a place lies under a condition on something lost, and whether its whole statement has lost something."""

    under_condition: bool = False
    in_damaged: bool = False


_CONDITIONAL = (cst.If, cst.While, cst.IfExp)


def _note(statement: cst.CSTNode, lost: set[str], places: set[object], doubtful: dict[object, _Doubt]) -> None:
    """Note the doubts about those of `places` that lie in a statement of the top level."""
    inside: list[tuple[object, bool]] = []
    damaged = False
    is_definition = isinstance(statement, (cst.FunctionDef, cst.ClassDef))
    stack: list[tuple[cst.CSTNode, bool]] = [(statement, False)]
    while stack:
        node, under = stack.pop()
        if node in places:
            inside.append((node, under))
        if isinstance(node, cst.Name):
            damaged = damaged or node.value == UNREAD or (not is_definition and node.value in lost)
        under = under or (isinstance(node, _CONDITIONAL) and not lost.isdisjoint(_words(node.test)))
        stack.extend((child, under) for child in children(node))
    doubtful.update((node, _Doubt(under, damaged)) for node, under in inside)


def _words(node: object) -> set[str]:
    return {part.value for part in below(node) if isinstance(part, cst.Name)} if isinstance(node, cst.CSTNode) else set()


def _spread(lost: set[str], trees: Sequence[Tree]) -> None:
    """Add the names that are made of lost ones."""
    outlines = [outline(statement) for tree in trees for statement in tree.module.body]
    count = -1
    while count < len(lost):
        count = len(lost)
        for made in outlines:
            if not lost.isdisjoint(made.mentioned):
                lost.update(made.bound)


def _definitions(trees: Sequence[Tree]) -> Iterator[tuple[set[str], list[cst.CSTNode]]]:
    """The free names and the nodes of each function and class of the top level that no other statement names."""
    statements = [(statement, set(outline(statement).mentioned)) for tree in trees for statement in tree.module.body]
    named = Counter(name for _, names in statements for name in names)
    for statement, names in statements:
        if isinstance(statement, (cst.FunctionDef, cst.ClassDef)) and named[statement.name.value] == 1:
            nodes = list(below(statement))
            own = {node.name.value for node in nodes if isinstance(node, cst.Param)} | set(outline(statement).bound)
            keywords = {node.keyword.value for node in nodes if isinstance(node, cst.Arg) and node.keyword is not None}
            yield names - own - keywords, nodes
