"""Where a node stands among others: libcst's nodes don't know what they are in."""
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import libcst as cst

from lstmlint.sources.nodes import below
from lstmlint.values.code import Site


def around(site: Site) -> list[cst.CSTNode]:
    """What the node at `site` is in, from the nearest to the module; nothing where it is not in its tree."""
    module, node = getattr(site.tree, "module", None), site.node
    if not isinstance(module, cst.Module) or not isinstance(node, cst.CSTNode):
        return []
    above: dict[cst.CSTNode, cst.CSTNode] = {}
    waiting: list[cst.CSTNode] = [module]
    while waiting:
        current = waiting.pop()
        if current is node:
            break
        for child in current.children:
            above[child] = current
            waiting.append(child)
    found = []
    while node in above:
        node = above[node]
        found.append(node)
    return found


def statement_of(module: cst.Module, node: cst.CSTNode) -> cst.SimpleStatementLine | None:
    """The line of simple statements that `node` is in; None where it is in a head of a compound one, or in `if x: y`."""
    return next((statement for statement in lines_of(module) if any(one is node for one in below(statement))), None)


def lines_of(node: cst.CSTNode) -> Iterator[cst.SimpleStatementLine]:
    """The lines of simple statements in `node`, in whatever order."""
    waiting: list[cst.CSTNode] = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, cst.SimpleStatementLine):
            yield current
        elif isinstance(current, _WITH_LINES):
            waiting.extend(current.children)


_WITH_LINES = (
    cst.Module,
    cst.BaseCompoundStatement,
    cst.IndentedBlock,
    cst.Else,
    cst.Finally,
    cst.ExceptHandler,
    cst.ExceptStarHandler,
    cst.MatchCase,
)


def names_in(nodes: Iterable[cst.CSTNode]) -> Iterator[str]:
    """The names in these nodes, each as often as it is written; those of attributes and keywords, too."""
    for node in nodes:
        for found in below(node):
            if isinstance(found, cst.Name):
                yield found.value


def dotted(node: object) -> str:
    """A name with its dots, "" for anything else."""
    if isinstance(node, cst.Name):
        return node.value
    if isinstance(node, cst.Attribute):
        owner = dotted(node.value)
        return f"{owner}.{node.attr.value}" if owner else ""
    return ""


def module_of(site: Site) -> cst.Module | None:
    """The module that `site` is in: of a notebook, its cell."""
    module = getattr(site.tree, "module", None)
    return module if isinstance(module, cst.Module) else None


def written_elsewhere(site: Site, name: str, here: cst.CSTNode) -> bool:
    """Whether a name is written anywhere else in the script or notebook than in `here`, as whatever, be it in a comment."""
    source = getattr(site.tree, "source", None)
    cells = getattr(source, "cells", ())
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    count = sum(len(word.findall(cell.text)) for cell in cells)
    return count > sum(found == name for found in names_in([here]))
