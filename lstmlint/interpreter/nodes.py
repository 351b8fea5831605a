"""What statements do, without libcst's visitors: what each binds, mentions and where it jumps."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from lstmlint.sources.nodes import children

Jump = cst.Return | cst.Break | cst.Continue


@dataclass(frozen=True, slots=True)
class Outline:
    """What a statement may do, without regard to values: the names that it binds, those that it mentions, its jumps (one of each
    kind is enough), and whether it yields."""

    bound: tuple[str, ...]
    mentioned: tuple[str, ...]
    jumps: tuple[Jump, ...]
    yields: bool


def outline(node: cst.CSTNode) -> Outline:
    """The outline of a statement: over-approximated by whatever stands in it."""
    bound: list[str] = []
    mentioned: dict[str, None] = {}
    jumps: dict[type[Jump], Jump] = {}
    yields = False
    stack: list[tuple[cst.CSTNode, bool, bool]] = [(node, False, False)]
    while stack:
        current, in_loop, in_function = stack.pop()
        if isinstance(current, cst.Name):
            mentioned[current.value] = None
        elif isinstance(current, (cst.AssignTarget, cst.AnnAssign, cst.AugAssign, cst.For, cst.NamedExpr, cst.CompFor)):
            bound.extend(_names(current.target))
        elif isinstance(current, cst.AsName):
            bound.extend(_names(current.name))
        elif isinstance(current, (cst.FunctionDef, cst.ClassDef)):
            bound.append(current.name.value)
            in_function = True
        elif isinstance(current, cst.Lambda):
            in_function = True
        elif isinstance(current, (cst.MatchAs, cst.MatchStar)) and current.name is not None:
            bound.append(current.name.value)
        elif isinstance(current, (cst.Return, cst.Break, cst.Continue)):
            if not in_function and (isinstance(current, cst.Return) or not in_loop):
                jumps.setdefault(type(current), current)
        elif isinstance(current, cst.Yield):
            yields = yields or not in_function
        inside = in_loop or isinstance(current, (cst.For, cst.While))
        if isinstance(current, cst.Attribute):
            stack.append((current.value, inside, in_function))
        else:
            stack.extend((child, inside, in_function) for child in children(current))
    return Outline(tuple(bound), tuple(mentioned), tuple(jumps.values()), yields)


def _names(target: cst.CSTNode) -> list[str]:
    if isinstance(target, cst.Name):
        return [target.value]
    if isinstance(target, (cst.Tuple, cst.List)):
        return [name for element in target.elements for name in _names(element.value)]
    return []
