"""Whether a run that was seen has come to a place in all the ways that the program leads there: what it has not come to may be
otherwise than what it has."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

import libcst as cst

from lstmlint.sources.statements import ATTRIBUTE, Entity, Scope, Statement

IMPLICIT = frozenset({"forward", "call", "build", "__call__"})
"""Methods that frameworks call with what the program gives to the object."""
_OTHERWISE = (cst.Else, cst.Finally, cst.ExceptHandler, cst.ExceptStarHandler)


def enclosing(scope: Scope | None) -> Iterator[Scope]:
    """The functions in which a scope lies, from the inside."""
    while scope is not None and scope.owner is not None:
        if not scope.is_class:
            yield scope
        scope = scope.parent


def function_of(scope: Scope) -> Scope | None:
    """The innermost function in which a scope lies."""
    return next(enclosing(scope), None)


def called_by(scope: Scope) -> list[Entity] | None:
    """The names by which a function is called; None where a framework calls it."""
    owner = scope.owner
    if owner is None or not isinstance(owner.node, cst.FunctionDef):
        return []
    name = owner.node.name.value
    if not owner.scope.is_class:
        return list(owner.binds)
    if name in ("__init__", "__new__"):
        return class_names(owner.scope)
    return None if name in IMPLICIT or name.startswith("__") else [(ATTRIBUTE, name)]


def class_names(scope: Scope) -> list[Entity]:
    """The names of a class."""
    return [] if scope.owner is None else [entity for entity in scope.owner.binds if entity[0] != ATTRIBUTE]


class Contexts:
    """Of a program, of which the run was seen to come to the statements `reached`."""

    def __init__(self, statements: Sequence[Statement], reached: Collection[Statement]) -> None:
        self._reached: dict[Scope, list[Statement]] = defaultdict(list)
        for one in reached:
            self._reached[one.scope].append(one)
        self._sites: dict[Entity, list[Statement]] = defaultdict(list)
        for one in statements:
            for entity in one.reads:
                self._sites[entity].append(one)
        self._known: dict[Scope, bool] = {}

    def all_seen(self, scope: Scope) -> bool:
        """Whether the run has come to what lies in `scope` in all ways that there are."""
        function = function_of(scope)
        if function is None:
            return True
        known = self._known.get(function)
        if known is None:
            # A function that calls itself brings no new way.
            self._known[function] = True
            known = self._known[function] = self._all_calls_seen(function)
        return known

    def _all_calls_seen(self, function: Scope) -> bool:
        names = called_by(function)
        if names is None:
            assert function.owner is not None and isinstance(function.owner.node, cst.FunctionDef)
            if function.owner.node.name.value in IMPLICIT:
                return False
            # The parts of a collection: of one that there is.
            names = class_names(function.owner.scope)
            sites = [site for name in names for site in self._sites[name]]
            return len(sites) == 1 and self.all_seen(sites[0].scope)
        sites = [site for name in names for site in self._sites[name]]
        seen = len(sites) == 1 or (bool(sites) and all(map(self._was_reached, sites)))
        return seen and all(self.all_seen(site.scope) for site in sites)

    def _was_reached(self, one: Statement) -> bool:
        """Whether a statement has run, since it or one behind it was seen to."""
        return any(other is one or (other.order > one.order and _lies_behind(other, one)) for other in self._reached[one.scope])


def _lies_behind(other: Statement, one: Statement) -> bool:
    """Whether the program comes to `other`, which stands below, only through `one`."""
    depth = len(one.around)
    if other.around[:depth] != one.around:
        return False
    if len(other.around) == depth or not depth:
        return True
    below = other.around[depth].node
    return not isinstance(below, _OTHERWISE) and below is not getattr(one.around[-1].node, "orelse", None)
