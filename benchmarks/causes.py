"""Why a value is not known: while an analysis is watched, every unknown value is noted with what first made it unknown."""
from __future__ import annotations

import importlib.util
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from lstmlint.interpreter import attributes, calls, functions, imports, iteration, operators, targets
from lstmlint.library import binding
from lstmlint.values.base import Choice, Unknown, Value, unknown
from lstmlint.values.code import External, Instance, Method
from lstmlint.values.data import Array, DictObject, Entries, Items, ListObject, Tuple

ELSEWHERE = ("parameter", "local module", "attribute set elsewhere")
"""Causes of data that does not come about in the file."""


class Causes:
    """What is noted of the unknown values of one analysis."""

    def __init__(self) -> None:
        self._of_keys: dict[object, str] = {}
        self._of_arrays: dict[int, tuple[Value, str]] = {}

    def note(self, value: Value, reason: str, depth: int = 2) -> None:
        """Whatever is unknown in `value` and not noted yet is so for this reason."""
        if isinstance(value, Unknown):
            if self.of(value) is None:
                self._of_keys.setdefault(value.key, reason)
        elif isinstance(value, Array):
            if value.shape.open:
                self._of_arrays.setdefault(id(value), (value, reason))
        elif depth:
            for part in _parts(value):
                self.note(part, reason, depth - 1)

    def of(self, value: Value, depth: int = 6) -> str | None:
        """The first cause of what is unknown in `value`; None where it is known, or the cause was missed."""
        if isinstance(value, Unknown):
            return self._of_key(value, depth)
        if isinstance(value, Array) and value.shape.open:
            noted = self._of_arrays.get(id(value))
            return None if noted is None else noted[1]
        if depth:
            for part in _parts(value):
                found = self.of(part, depth - 1)
                if found is not None:
                    return found
        return None

    def _of_key(self, value: Unknown, depth: int) -> str | None:
        found = self._of_keys.get(value.key)
        if found is not None or not depth or not isinstance(value.key, tuple):
            return found
        if value.key[:1] == ("name",):
            return f"unbound name {value.name}"
        for part in value.key:
            if isinstance(part, Value):
                found = self.of(part, depth - 1)
                if found is not None:
                    return found
        return None


def _parts(value: Value) -> Sequence[Value]:
    if isinstance(value, Choice):
        return value.leaves()
    if isinstance(value, Method):
        return [value.receiver]
    content = value.cell.raw if isinstance(value, (ListObject, DictObject)) else value.items if isinstance(value, Tuple) else None
    if isinstance(content, Items):
        return content.known[:6] if content.known is not None else [content.element]
    if isinstance(content, Entries):
        return [part for _, part in content.known[:6]] + ([content.element] if content.open else [])
    return [content] if isinstance(content, Value) else []


def _is_local(path: str) -> bool:
    root = path.partition(".")[0]
    try:
        return root not in calls.HARMLESS and importlib.util.find_spec(root) is None
    except (ImportError, ValueError):
        return True


@contextmanager
def watched() -> Iterator[Causes]:
    """Within, analyses note why values are unknown."""
    causes = Causes()
    apply, call_value, bind = binding.apply, calls.call_value, functions.bind_parameters

    def noting_apply(
        model: Callable[..., Any], caller: Any, args: Sequence[Value], keywords: Mapping[str, Value], *more: Any
    ) -> Value:
        result = apply(model, caller, args, keywords, *more)
        before = next((found for found in map(causes.of, (*args, *keywords.values())) if found), None)
        area = model.__module__.removeprefix("lstmlint.library.")
        causes.note(result, before or f"model {area}:{model.__name__}")
        for receiver in args[:1]:
            if isinstance(receiver, ListObject):
                causes.note(receiver, before or f"list {area}:{model.__name__}")
        return result

    def noting_call(machine: Any, function: Value, args: Sequence[Value], keywords: Mapping[str, Value], node: object) -> Value:
        before = next((found for found in map(causes.of, (function, *args, *keywords.values())) if found), None)
        result = call_value(machine, function, args, keywords, node)
        if isinstance(function, External):
            local = _is_local(function.path)
            causes.note(result, f"local module {function.path}" if local else before or f"no model of {function.path}")
        elif isinstance(function, Instance):
            causes.note(result, before or f"instance of {function.cls.name}")
        else:
            causes.note(result, before or f"call of {type(function).__name__}")
        return result

    def noting_bind(scope: Any, code: Any, args: Any, keywords: Any, open_args: bool) -> None:
        bind(scope, code, args, keywords, open_args)
        for name in scope.names.names():
            value = scope.names.get(name)
            if open_args or isinstance(value, Unknown):
                causes.note(value, f"parameter {name}")

    def noting_unknown(reason: str) -> Callable[..., Value]:
        def noted(type: str | None = None, name: str = "") -> Value:
            value = unknown(type, name)
            causes.note(value, f"{reason} {name}")
            return value

        return noted

    replaced: dict[tuple[Any, str], Any] = {}
    replaced[binding, "apply"] = noting_apply
    replaced[calls, "call_value"] = noting_call
    replaced[functions, "bind_parameters"] = noting_bind
    items_over, plain = iteration.items_over, operators._plain
    looked_at: deque[Value] = deque(maxlen=4)

    def noting_items(machine: Any, value: Value, node: object) -> Items:
        result = items_over(machine, value, node)
        before = causes.of(value)
        if before is not None:
            causes.note(result.element, before)
        return result

    def remembering(*values: Value) -> None:
        looked_at.extend(values)
        plain(*values)

    def noting_result(type: str | None = None, name: str = "") -> Value:
        value = unknown(type, name)
        before = next((found for found in map(causes.of, reversed(looked_at)) if found), None)
        if before is not None:
            causes.note(value, before)
        return value

    for module in (iteration, targets):
        replaced[module, "items_over"] = noting_items
    replaced[operators, "_plain"] = remembering
    replaced[operators, "unknown"] = noting_result
    replaced[imports, "unknown"] = noting_unknown("local module")
    replaced[attributes, "unknown"] = noting_unknown("attribute set elsewhere")
    originals = {place: getattr(*place) for place in replaced}
    for (module, name), function in replaced.items():
        setattr(module, name, function)
    try:
        yield causes
    finally:
        for (module, name), function in originals.items():
            setattr(module, name, function)


