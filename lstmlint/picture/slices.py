"""Where the data of a call comes from: the assignments that lead to it, found by the names in them.

This serves the eye of a reader only; nothing is concluded from it.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence

import libcst as cst

from lstmlint.sources.nodes import children
from lstmlint.trace import Bound, Event

LONGEST = 24
"""How many assignments are shown before a call."""


class Assignments:
    """What each name of a program is assigned from."""

    def __init__(self, modules: Iterable[cst.Module]) -> None:
        self._sources: dict[cst.CSTNode, list[cst.CSTNode]] = {}
        self._grown: dict[str, list[cst.CSTNode]] = {}
        self._returned: dict[str, list[cst.CSTNode]] = {}
        for module in modules:
            self._read(module, None)

    def _read(self, node: cst.CSTNode, function: str | None) -> None:
        stack: list[tuple[cst.CSTNode, str | None]] = [(node, function)]
        while stack:
            node, function = stack.pop()
            if isinstance(node, cst.FunctionDef):
                function = node.name.value
            elif isinstance(node, cst.Return):
                if node.value is not None and function is not None:
                    self._returned.setdefault(function, []).append(node.value)
            elif isinstance(node, cst.Assign):
                for target in node.targets:
                    self._assigned(target.target, [node.value])
            elif isinstance(node, (cst.AnnAssign, cst.AugAssign, cst.NamedExpr)):
                own = [node.target] if isinstance(node, cst.AugAssign) else []
                self._assigned(node.target, [*([node.value] if node.value is not None else []), *own])
            elif isinstance(node, cst.For):
                self._assigned(node.target, [node.iter])
            elif isinstance(node, cst.Call):
                self._appended(node)
            stack.extend((child, function) for child in children(node))

    def _appended(self, call: cst.Call) -> None:
        method = call.func
        grows = isinstance(method, cst.Attribute) and method.attr.value in ("append", "extend")
        if grows and isinstance(method, cst.Attribute) and isinstance(method.value, cst.Name):
            self._grown.setdefault(method.value.value, []).extend(arg.value for arg in call.args)

    def _assigned(self, target: cst.CSTNode, sources: list[cst.CSTNode]) -> None:
        if isinstance(target, (cst.Tuple, cst.List)):
            for element in target.elements:
                self._assigned(element.value, sources)
        elif isinstance(target, cst.Subscript) and isinstance(target.value, cst.Name):
            self._grown.setdefault(target.value.value, []).extend(sources)
        else:
            self._sources[target] = sources

    def names_before(self, bound: Bound) -> set[str]:
        """The names that the value of a name was made of."""
        found: set[str] = set()
        node = bound.site.node
        for source in self._sources.get(node, []) if isinstance(node, cst.CSTNode) else []:
            found |= self.names_in(source)
        for source in self._grown.get(bound.name, []):
            found |= self.names_in(source)
        return found

    def names_in(self, node: cst.CSTNode) -> set[str]:
        """The names in an expression, and in what the functions of the program that it calls return."""
        found: set[str] = set()
        called: set[str] = set()
        stack = [node]
        while stack:
            current = stack.pop()
            if isinstance(current, cst.Name):
                found.add(current.value)
            elif isinstance(current, cst.Call):
                last = current.func.attr if isinstance(current.func, cst.Attribute) else current.func
                if isinstance(last, cst.Name) and last.value not in called:
                    called.add(last.value)
                    stack.extend(self._returned.get(last.value, []))
            # Not the names of attributes and keywords.
            if isinstance(current, (cst.Attribute, cst.Arg)):
                stack.append(current.value)
            else:
                stack.extend(children(current))
        return found


def way_to(call: cst.CSTNode, before: Sequence[Event], assignments: Assignments) -> list[Bound]:
    """The bindings that lead to the arguments of a call, in the order of the program."""
    wanted = set().union(*(assignments.names_in(arg.value) for arg in call.args)) if isinstance(call, cst.Call) else set()
    found: list[Bound] = []
    seen: set[object] = set()
    for event in reversed(before):
        if isinstance(event, Bound) and event.name in wanted and event.site.node not in seen:
            seen.add(event.site.node)
            found.append(event)
            wanted.discard(event.name)
            wanted |= assignments.names_before(event)
            if len(found) == LONGEST:
                break
    return found[::-1]
