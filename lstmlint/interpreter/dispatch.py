"""How a library model is reached: by path, or as a method or attribute of a value's type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lstmlint.interpreter.machine import Machine
from lstmlint.library import binding, registry
from lstmlint.trace import Event
from lstmlint.values.base import MISSING, Unknown, Value, dim_of
from lstmlint.values.code import Site
from lstmlint.values.lengths import learn

NOTHING: Mapping[str, Value] = {}


class CallContext:
    """The `Caller` of one call: what a library model may ask of the interpreter."""

    __slots__ = ("machine", "site")

    def __init__(self, machine: Machine, site: Site) -> None:
        self.machine = machine
        self.site = site

    def call(self, function: Value, args: Sequence[Value], keywords: Mapping[str, Value] = NOTHING) -> Value:
        """Call any value."""
        return self.machine.call(self.machine, function, args, keywords, self.site.node)

    def emit(self, event: object) -> None:
        """Leave an event in the trace."""
        if isinstance(event, Event):
            self.machine.emit(event)

    def refine(self, old: Value, new: Value) -> None:
        """From here on, what is known of the unknown value `old` is that it is `new`; of a length, that it is another one."""
        if isinstance(old, Unknown):
            self.machine.refine(old, new)
        elif not self.machine.catching:
            one, other = dim_of(old), dim_of(new)
            if one is not None and other is not None:
                learn(one, other)

    def iterate(self, value: Value) -> Value:
        """One element of an iterable, covering all of them."""
        return self.machine.iterate(self.machine, value, self.site.node).element


def call_method(machine: Machine, receiver: Value, name: str, args: Sequence[Value], node: object) -> Value:
    """The result of the modelled method `name` of `receiver`; MISSING if there is no such model."""
    if receiver.type_path is None:
        return MISSING
    found = registry.find_method(receiver.type_path, name)
    if found is None:
        return MISSING
    return binding.apply(found[1], CallContext(machine, Site(node, machine.tree)), (receiver, *args), NOTHING, found[0], "method")


def call_path(machine: Machine, path: str, args: Sequence[Value], keywords: Mapping[str, Value], node: object) -> Value:
    """The result of the model at `path`; MISSING if there is none."""
    model = registry.find(path)
    if model is None:
        return MISSING
    return binding.apply(model, CallContext(machine, Site(node, machine.tree)), args, keywords, path)
