"""What a call rests on: a digest of its statement and one of all that may decide its value, to tell whether it is still the same
call of the same program. Places, comments and formatting have no part in it."""
from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cache
from hashlib import blake2b

import libcst as cst

from lstmlint.sources.contexts import IMPLICIT, called_by, class_names, enclosing
from lstmlint.sources.nodes import below, children
from lstmlint.sources.statements import Entity, Scope, Statement, statements_of

ModuleDigest = Callable[[str, int], bytes]
"""Of a module that is imported (its dotted name, the leading dots): changes with its content; nothing for a library's."""

_LOOPS = (cst.For, cst.While)


@dataclass(frozen=True, slots=True)
class Foundation:
    """A call among all: its statement, what that rests on, which of several equal ones it is, and which call in it."""

    statement: str
    rests_on: str
    nth: int
    call: int


class Foundations:
    """Of the calls of a program."""

    def __init__(self, modules: Iterable[cst.Module], module_digest: ModuleDigest) -> None:
        self.statements = statements_of(modules)
        self._module_digest = module_digest
        self._texts: dict[Statement, bytes] = {}
        self._names: dict[Statement, Counter[str]] = {}
        self._rest_on: dict[Statement, str] = {}
        self._binders: dict[Entity, list[Statement]] = defaultdict(list)
        self._changers: dict[Entity, list[Statement]] = defaultdict(list)
        self._readers: dict[Entity, list[Statement]] = defaultdict(list)
        self._aliases: dict[Entity, list[tuple[Statement, Entity]]] = defaultdict(list)
        self._inside: dict[Statement, list[Statement]] = defaultdict(list)
        self._stars = [one for one in self.statements if one.imported is not None and one.imported[2] == "*"]
        self._scopes = {one.scope.number: one.scope for one in self.statements}
        for one in self.statements:
            for entities, index in ((one.binds, self._binders), (one.changes, self._changers), (one.gives, self._changers)):
                for entity in entities:
                    index[entity].append(one)
            for entity in one.reads:
                self._readers[entity].append(one)
            for name, holder in one.alias:
                self._aliases[holder].append((one, name))
            for outer in one.around:
                self._inside[outer].append(one)

    def of_calls(self, wanted: Callable[[str], bool] = lambda statement: True) -> Iterator[tuple[cst.Call, Foundation]]:
        """All calls in statements whose digest is `wanted`."""
        alike: dict[tuple[str, str], int] = defaultdict(int)
        for one in self.statements:
            if not one.calls:
                continue
            own = self.digest(one)
            if not wanted(own):
                continue
            rests_on = self._rests_on(one)
            nth = alike[own, rests_on]
            alike[own, rests_on] += 1
            for number, call in enumerate(one.calls):
                yield call, Foundation(own, rests_on, nth, number)

    def mentions(self, one: Statement, name: str) -> int:
        """How often a statement spells a name."""
        known = self._names.get(one)
        if known is None:
            nodes = (node for part in one.parts for node in below(part))
            known = self._names[one] = Counter(node.value for node in nodes if isinstance(node, cst.Name))
        return known[name]

    def digest(self, one: Statement) -> str:
        """Of what a statement says."""
        return self._text(one).hex()

    def _rests_on(self, start: Statement) -> str:
        known = self._rest_on.get(start)
        if known is None:
            state = blake2b(digest_size=12)
            for one in _Slice(self, start).statements():
                state.update(self._text(one))
                if one.imported is not None:
                    module, level, member = one.imported
                    state.update(self._module_digest(module, level))
                    if member not in ("", "*"):
                        state.update(self._module_digest(f"{module}.{member}" if module else member, level))
            known = self._rest_on[start] = state.hexdigest()
        return known

    def _text(self, one: Statement) -> bytes:
        known = self._texts.get(one)
        if known is None:
            names = sorted({name for _, name in one.binds})
            head = type(one.node).__name__ if one.imported is None else f"import {one.imported} {names}"
            words = [head, *(word for part in one.parts for word in _spelled(part))]
            text = "\0".join(words).encode("utf-8", "surrogatepass")
            known = self._texts[one] = blake2b(text, digest_size=10).digest()
        return known


class _Slice:
    """The statements that may decide what a statement comes to, whatever the order in which they run."""

    def __init__(self, whole: Foundations, start: Statement) -> None:
        self._whole = whole
        self._start = start
        self._taken: set[Statement] = set()
        self._wholly: set[Statement] = {start}
        """Those with all that they read."""
        self._asked: set[Entity] = set()
        self._waiting: list[Entity] = []
        self._all = False

    def statements(self) -> Sequence[Statement]:
        """In the order of the program."""
        self._taken.add(self._start)
        self._waiting.extend(self._start.reads)
        self._take_sites(self._start.scope)
        while self._waiting and not self._all:
            self._ask(self._waiting.pop())
        return self._whole.statements if self._all else sorted(self._taken, key=lambda one: one.order)

    def _take_sites(self, scope: Scope) -> None:
        """The calls that lead to what lies in a function: with one more of them, it may be otherwise."""
        waiting = [scope]
        known: set[Scope] = set()
        while waiting:
            for function in enclosing(waiting.pop()):
                if function in known:
                    continue
                known.add(function)
                names = called_by(function)
                if names is None and function.owner is not None:
                    names = class_names(function.owner.scope)
                for site in (site for name in names or () for site in self._whole._readers.get(name, ())):
                    self._taken.add(site)
                    waiting.append(site.scope)

    def _take(self, one: Statement, but: Entity | None = None) -> None:
        """A statement and what it stands in, with what they read `but` for one thing."""
        for part in (*one.around, one):
            if part not in self._wholly:
                self._taken.add(part)
                self._waiting.extend(entity for entity in part.reads if entity not in self._asked and entity != but)
                if but not in part.reads:
                    self._wholly.add(part)

    def _take_below(self, one: Statement) -> None:
        self._take(one)
        if one.is_definition:
            for part in self._whole._inside[one]:
                self._take(part)

    def _ask(self, entity: Entity) -> None:
        if entity in self._asked:
            return
        self._asked.add(entity)
        whole = self._whole
        binders = whole._binders.get(entity, [])
        for one in (*binders, *whole._changers.get(entity, ())):
            if self._may_run_before(one, entity):
                self._take_below(one) if entity in one.binds else self._take(one)
        for one, name in whole._aliases.get(entity, ()):
            if self._may_run_before(one, entity):
                self._take(one)
                self._waiting.append(name)
        for one in binders:
            # What a lambda is called with, whoever calls it.
            if entity[1] in one.lambdas:
                self._callers(one.binds)
        scope = whole._scopes.get(entity[0])
        if scope is not None and entity[1] in scope.params:
            self._given(entity, scope.params)
        if not binders and entity[0] == 0:
            for star in whole._stars:
                self._take(star)

    def _given(self, entity: Entity, params: Sequence[str]) -> None:
        """A parameter is what the calls give."""
        scope = self._whole._scopes[entity[0]]
        owner = scope.owner
        if owner is None or not isinstance(owner.node, cst.FunctionDef):
            return
        name = owner.node.name.value
        if owner.scope.is_class and entity[1] == params[0] and not _is_static(owner.node):
            return
        names = called_by(scope)
        if name in IMPLICIT or (names is not None and not self._callers(names)):
            self._unless_reached(scope)

    def _unless_reached(self, scope: Scope) -> None:
        """Who calls a function, nothing in the text says; how the program comes to it, if it does, has been taken already."""
        own: Scope | None = self._start.scope
        while own is not None:
            self._all = self._all or own is scope
            own = own.parent

    def _callers(self, entities: Iterable[Entity]) -> bool:
        """Take the statements that call a function; not what it does, which only its result depends on. Whether there are any."""
        found = False
        for entity in entities:
            for one in self._whole._readers.get(entity, ()):
                found = True
                self._take(one, but=entity if self._whole.mentions(one, entity[1]) == 1 else None)
        return found

    def _may_run_before(self, one: Statement, entity: Entity) -> bool:
        """Whether a statement may have run, in a way that matters for `entity`, when the first one does."""
        start = self._start
        if start.scope.number == 0 and one.top > start.top:
            return False
        if one.order <= start.order or one.scope is not start.scope:
            return True
        if start.scope.number and entity[0] != start.scope.number:
            return True
        shared = set(start.around) & set(one.around)
        return any(isinstance(outer.node, _LOOPS) and outer.scope is start.scope for outer in shared)


def _is_static(node: cst.FunctionDef) -> bool:
    return any(isinstance(one.decorator, cst.Name) and one.decorator.value == "staticmethod" for one in node.decorators)


_LITERALS = (cst.SimpleString, cst.ConcatenatedString, cst.Integer, cst.Float)


def _meant(literal: cst.CSTNode) -> str | None:
    """A text or a number, the same for all ways to spell it; None for what depends on more."""
    try:
        value = getattr(literal, "evaluated_value", None)
    except (ValueError, SyntaxError):
        # More digits than Python reads.
        return None
    return None if value is None else repr(value)


@cache
def _words_of(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    return tuple(entry.name for entry in fields(kind) if entry.name in ("value", "star", "conversion", "start"))


def _spelled(node: cst.CSTNode) -> Iterator[str]:
    """A node as words: the same for all ways to write the same."""
    stack: list[cst.CSTNode | None] = [node]
    while stack:
        current = stack.pop()
        if current is None:
            yield ")"
            continue
        meant = _meant(current) if isinstance(current, _LITERALS) else None
        if meant is not None:
            yield meant
            continue
        yield f"({type(current).__name__}"
        for name in _words_of(type(current)):
            word = getattr(current, name)
            if isinstance(word, str):
                yield word.rstrip("\"'").lower() if name == "start" else word
        stack.append(None)
        stack.extend(reversed(children(current)))
