"""Where values came from: the library calls that made them, kept only where a program is to be replayed (`confirm`).

A plain check keeps nothing of this: `memory.origins` is None then.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lstmlint.values.base import Value
from lstmlint.values.data import Array, DictObject, Frame, Items, ListObject, Record, Tuple

How = str
""""function", "method" (the first argument is the receiver) or "attribute" (read of the only argument)."""
MOST_PARTS = 64
"""More items than this of what a call gave are not told apart."""


@dataclass(eq=False, slots=True)
class Call:
    """A call of a library's function as the analysis met it: call number `number`, under the conditions `path`.

    `contents` are what its mutable arguments held then, by identity.
    """

    origins: Origins
    number: int
    path: str
    how: How
    args: tuple[Value, ...]
    keywords: Mapping[str, Value]
    conditions: Mapping[Value, bool]
    contents: dict[int, Value] = field(default_factory=dict)
    sample: Value | None = None
    """Of a batch, what one sample of it is."""
    within: Call | None = None
    """The call that it is part of: of a layer whose class or function the program defines (without a path, if a class)."""
    events: list[object] = field(default_factory=list)
    """What happened in it (`trace.Event`)."""


@dataclass(frozen=True, eq=False, slots=True)
class Run:
    """A function of the program, given to `owner` (a Lambda layer), got `tensors` and gave `result`."""

    owner: Value
    tensors: tuple[Array, ...]
    result: Value


At = tuple[int | str, ...]
"""Which part of what a call gave: the positions, or the names of parts, from the outside in."""


class Origins:
    """The calls of one analysis."""

    def __init__(self) -> None:
        self.current: Call | None = None
        self.keras = 0
        """The major version of Keras that the program is known to be for; 0 where nothing says it."""
        self._count = 0
        self._made: dict[int, tuple[Call, At, Value]] = {}
        self._received: dict[int, list[Call]] = {}
        self._stands: dict[int, tuple[Value, Value]] = {}
        self._ran: dict[int, list[Run]] = {}

    def begin(self, path: str, how: How, args: Sequence[Value], keywords: Mapping[str, Value], under: Mapping[Value, bool]) -> Call:
        """A call that is about to be followed."""
        self._count += 1
        call = Call(self, self._count, path, how, tuple(args), dict(keywords), under, within=self.current)
        for value in (*args, *keywords.values()):
            _keep(call.contents, value)
        if how == "method" and args:
            self._received.setdefault(id(args[0]), []).append(call)
        return call

    def made(self, call: Call, result: Value) -> None:
        """What the call gave. What has an origin already (an argument given back, say) keeps it."""
        known = {id(value) for value in (*call.args, *call.keywords.values())}
        for at, part in _parts(result):
            if id(part) not in known:
                self._made.setdefault(id(part), (call, at, part))
                if isinstance(part, Frame):
                    call.contents.setdefault(id(part), part.cell.raw)

    def ran(self, owner: Value, tensors: Sequence[Array], result: Value) -> None:
        """A function of the program was run for a layer."""
        self._ran.setdefault(id(owner), []).append(Run(owner, tuple(tensors), result))

    def runs(self, owner: Value) -> Sequence[Run]:
        """The runs of a layer's function, in order."""
        return self._ran.get(id(owner), ())

    def stands_for(self, new: Value, old: Value) -> None:
        """`new` is `old` as the analysis goes on with it."""
        if new is not old:
            self._stands.setdefault(id(new), (new, old))

    def behind(self, value: Value) -> Value | None:
        """The value that this one stands for."""
        found = self._stands.get(id(value))
        return None if found is None or found[0] is not value else found[1]

    def of(self, value: Value) -> tuple[Call, At] | None:
        """The call that made a value, and which part of its result it is."""
        found = self._made.get(id(value))
        if found is not None and found[2] is value:
            return found[:2]
        old = self.behind(value)
        return None if old is None else self.of(old)

    def received(self, value: Value) -> Sequence[Call]:
        """The calls of methods of an object, in order."""
        return [call for call in self._received.get(id(value), ()) if call.args[0] is value]


def _keep(contents: dict[int, Value], value: Value, depth: int = 3) -> None:
    if isinstance(value, (ListObject, DictObject)):
        raw = contents[id(value)] = value.cell.raw
        items = raw if isinstance(raw, Items) else None
    else:
        items = value.items if isinstance(value, Tuple) else None
    if items is not None and depth:
        for part in items.known[:MOST_PARTS] if items.known is not None else (items.element,):
            _keep(contents, part, depth - 1)


def _parts(value: Value, at: At = ()) -> Iterator[tuple[At, Value]]:
    """A value and what it holds, so far as it has an identity worth keeping."""
    yield at, value
    if len(at) > 2 or isinstance(value, (Array, Frame)):
        return
    items = value.items if isinstance(value, Tuple) else value.cell.raw if isinstance(value, ListObject) else None
    if isinstance(items, Items) and items.known is not None and len(items.known) <= MOST_PARTS:
        for position, part in enumerate(items.known):
            yield from _parts(part, (*at, position))
    elif isinstance(items, Items) and items.known is None:
        yield from _parts(items.element, (*at, 0))
    elif isinstance(value, Record):
        for name, part in value.parts:
            yield from _parts(part, (*at, name))
