"""Compares a library model with the real function on the same concrete arguments.

    agree("numpy.expand_dims", numpy.zeros((3, 4)), 1)

calls the real function, converts the arguments to abstract values, applies the registered model, and fails unless the two
outcomes are the same: equal shapes, or the real call raises exactly where the model emitted an Operation with a violation.
On concrete arguments "unknown" is a wrong answer.
"""
from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import EllipsisType
from typing import Any

import numpy

from lstmlint.library import binding, registry
from lstmlint.library.pandas.tables import Unnamed
from lstmlint.shapes.dims import Dim
from lstmlint.shapes.shape import Axis, Shape
from lstmlint.trace import Operation
from lstmlint.values.base import Const, Integer, Unknown, Value, unknown
from lstmlint.values.code import External, Site
from lstmlint.values.data import (
    Array,
    DictObject,
    Entries,
    Frame,
    Items,
    ListObject,
    Slice,
    Tuple,
    frame,
    items_of,
)


class FakeCaller:
    """A Caller that records the events and knows no code of the analysed program."""

    def __init__(self, call: Callable[..., Value] | None = None) -> None:
        self.events: list[object] = []
        self.site = Site(None, None)
        self._call = call

    def call(self, function: Value, args: Sequence[Value], keywords: Mapping[str, Value] | None = None) -> Value:
        return self._call(function, args, keywords or {}) if self._call else unknown()

    def emit(self, event: object) -> None:
        self.events.append(event)

    def refine(self, old: Value, new: Value) -> None:
        pass

    def iterate(self, value: Value) -> Value:
        items = items_of(value)
        return unknown() if items is None else items.element

    @property
    def violations(self) -> list[Any]:
        """The violations that the recorded events carry."""
        found = [getattr(event, "violation", None) for event in self.events]
        return [violation for violation in found if violation is not None]


_COARSE = {"i": "int", "u": "int", "f": "float", "c": "float", "b": "bool", "U": "str", "S": "str", "O": "object"}


def coarse(dtype: Any) -> str | None:
    """The dtype as the abstract values name it."""
    if str(dtype) in ("str", "string"):
        return "str"
    return _COARSE.get(getattr(dtype, "kind", "O"))


def _pandas(name: str) -> tuple[type, ...]:
    module = sys.modules.get("pandas")
    return () if module is None else (getattr(module, name),)


def _tensor() -> tuple[type, ...]:
    """The class of torch's tensors, if torch has been imported."""
    module = sys.modules.get("torch")
    return () if module is None else (module.Tensor,)


def _coarse_of_tensor(value: Any) -> str | None:
    if value.dtype.is_floating_point or value.dtype.is_complex:
        return "float"
    return "bool" if str(value.dtype) == "torch.bool" else "int"


def abstract(value: Any) -> Value:
    """The abstract value of a concrete one; a Value is kept as it is (layers, scaler objects, symbolic arrays)."""
    if isinstance(value, Value):
        return value
    if isinstance(value, numpy.generic) and not isinstance(value, (float, str)):
        return abstract(value.item())
    if value is None or isinstance(value, (bool, int, float, complex, str, bytes, EllipsisType)):
        return Const(value)
    if isinstance(value, numpy.ndarray):
        return Array(Shape.of(*value.shape), dtype=coarse(value.dtype))
    if isinstance(value, _tensor()):
        return Array(Shape.of(*value.shape), "torch", _coarse_of_tensor(value))
    if type(value).__module__ == "torch":
        # A dtype or a device.
        return External(str(value))
    if isinstance(value, _pandas("DataFrame")):
        kinds = {coarse(dtype) for dtype in value.dtypes}
        return frame(Axis(len(value)), tuple(value.columns), dtype=kinds.pop() if len(kinds) == 1 else None)
    if isinstance(value, _pandas("Series")):
        return Array(Shape.of(*value.shape), "series", coarse(value.dtype))
    if isinstance(value, _pandas("Index")):
        return Array(Shape.of(*value.shape), "index", coarse(value.dtype))
    if isinstance(value, tuple):
        return Tuple(Items.of(map(abstract, value)))
    if isinstance(value, (list, set, range)):
        return ListObject(Items.of(map(abstract, value)), "set" if isinstance(value, set) else "list")
    if isinstance(value, dict):
        return DictObject(Entries(tuple((abstract(k), abstract(v)) for k, v in value.items())))
    if isinstance(value, slice):
        return Slice(abstract(value.start), abstract(value.stop), abstract(value.step))
    raise TypeError(f"no abstract value for {value!r}")


def model_of(path: str) -> Callable[..., Any]:
    """The registered model of a function, method, attribute or constant."""
    owner, _, name = path.rpartition(".")
    method, attribute = registry.find_method(owner, name), registry.find_property(owner, name)
    found = registry.find(path) or registry.find_attribute(path) or (method and method[1]) or (attribute and attribute[1])
    assert found, f"{path} has no model"
    return found


def real_of(path: str) -> Callable[..., Any]:
    """The real function at `path`; for an attribute, a function that reads it."""
    parts = path.split(".")
    for size in range(len(parts) - 1, 0, -1):
        try:
            owner: Any = importlib.import_module(".".join(parts[:size]))
        except ImportError:
            continue
        for name in parts[size:-1]:
            owner = getattr(owner, name)
        member = getattr(owner, parts[-1])
        if callable(member):
            return member  # type: ignore[no-any-return]
        return lambda *args: getattr(args[0], parts[-1]) if args else member
    raise ImportError(path)


@dataclass
class Outcome:
    """What a model answered, and what it emitted."""

    value: Value
    caller: FakeCaller

    @property
    def raises(self) -> bool:
        """Whether the model says that the call raises."""
        return bool(self.caller.violations)


def run(path: str, *args: Any, **keywords: Any) -> Outcome:
    """Apply the model of `path` to these (concrete or abstract) arguments."""
    caller = FakeCaller()
    named = {name: abstract(value) for name, value in keywords.items()}
    value = binding.apply(model_of(path), caller, [abstract(value) for value in args], named)
    return Outcome(value, caller)


def agree(
    path: str,
    *args: Any,
    real: Callable[..., Any] | None = None,
    receiver: Value | None = None,
    data_dependent: bool = False,
    **keywords: Any,
) -> Outcome:
    """Fail unless the model and the real function have the same outcome.

    `real` replaces the function that `path` names (for a method of a fitted scaler: the bound method; then `receiver` is the
    abstract object, put before the arguments for the model). `data_dependent`: the lengths depend on the data, so
    a symbol may stand where the real result has a number.
    """
    function = real_of(path) if real is None else real
    outcome = run(path, *([receiver] if receiver is not None else []), *args, **keywords)
    shown = f"{path}({', '.join([_show(a) for a in args] + [f'{k}={_show(v)}' for k, v in keywords.items()])})"
    try:
        with warnings.catch_warnings(), numpy.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            expected = function(*args, **keywords)
    except Exception as error:
        assert outcome.raises, f"{shown} raises {type(error).__name__}: {error}; the model says {outcome.value}"
        return outcome
    assert not outcome.raises, f"{shown} is {_show(expected)}; the model says that it raises: {outcome.caller.violations}"
    wrong = disagreement(expected, outcome.value, data_dependent)
    assert wrong is None, f"{shown}: {wrong}"
    for event in outcome.caller.events:
        assert not isinstance(event, Operation) or event.result is not None
    return outcome


def disagreement(expected: Any, value: Value, data_dependent: bool = False) -> str | None:
    """What is wrong with `value` as the abstract value of `expected`; None if nothing is."""
    if isinstance(expected, _pandas("DataFrame")):
        if not isinstance(value, Frame):
            return f"expected a DataFrame, got {value}"
        if value.table.columns is not None and not _same_labels(value.table.columns, tuple(expected.columns)):
            return f"expected the columns {list(expected.columns)}, got {value.table.columns}"
        return _shapes(expected.shape, value.shape, data_dependent)
    if isinstance(expected, _pandas("Index")) and isinstance(value, Tuple) and value.type_path == "pandas.Index":
        labels = tuple(part.value for part in value.items.known or () if isinstance(part, Const))
        return None if _same_labels(labels, tuple(expected)) else f"expected the labels {tuple(expected)}, got {labels}"
    if isinstance(expected, (numpy.ndarray, *_pandas("Series"), *_pandas("Index"))):
        return _arrays(expected, value, data_dependent)
    if isinstance(expected, _tensor()):
        if not isinstance(value, Array) or value.kind != "torch":
            return f"expected {_show(expected)}, got {value}"
        if value.dtype is not None and value.dtype != _coarse_of_tensor(expected):
            return f"expected the dtype {expected.dtype}, got {value.dtype}"
        return _shapes(tuple(expected.shape), value.shape, data_dependent)
    if type(expected).__module__.startswith("tensorflow.") and hasattr(expected, "shape"):
        if not isinstance(value, Array) or value.kind != "tensor":
            return f"expected the tensor {expected.shape}, got {value}"
        if value.dtype is not None and value.dtype != coarse(expected.numpy().dtype):
            return f"expected the dtype {expected.dtype}, got {value.dtype}"
        return _shapes(tuple(expected.shape), value.shape, data_dependent)
    if isinstance(expected, (tuple, list)):
        items = items_of(value)
        if items is None or isinstance(value, Tuple) != isinstance(expected, tuple):
            return f"expected a {type(expected).__name__}, got {value}"
        return _sequences(expected, items, data_dependent)
    if isinstance(expected, numpy.generic):
        expected = expected.item()
    return _scalars(expected, value)


def _same_labels(known: tuple[Any, ...], real: tuple[Any, ...]) -> bool:
    """Whether the labels are these; one that is not known may be any."""
    return len(known) == len(real) and all(a == b or isinstance(a, Unnamed) for a, b in zip(known, real))


def _arrays(expected: Any, value: Value, data_dependent: bool) -> str | None:
    if expected.shape == () and not isinstance(value, Array):
        return _scalars(expected.item(), value)
    if not isinstance(value, Array):
        return f"expected {_show(expected)}, got {value}"
    kinds = {"Series": "series"}
    kind = "numpy" if isinstance(expected, numpy.ndarray) else kinds.get(type(expected).__name__, "index")
    if value.kind != kind:
        return f"expected the kind {kind}, got {value.kind}"
    if value.dtype is not None and value.dtype != coarse(expected.dtype):
        return f"expected the dtype {expected.dtype}, got {value.dtype}"
    return _shapes(expected.shape, value.shape, data_dependent)


def _shapes(expected: tuple[int, ...], shape: Shape, data_dependent: bool) -> str | None:
    fits = shape.rank == len(expected) and all(_fits(n, d, data_dependent) for n, d in zip(expected, shape.dims))
    return None if fits else f"expected the shape {expected}, got {shape}"


def _fits(number: int, dim: Dim, data_dependent: bool) -> bool:
    return number == dim if isinstance(dim, int) else data_dependent


def _sequences(expected: Sequence[Any], items: Items, data_dependent: bool) -> str | None:
    if not _fits(len(expected), items.length, data_dependent):
        return f"expected {len(expected)} items, got {items.length}"
    parts = items.known if items.known is not None and len(items.known) == len(expected) else [items.element] * len(expected)
    return next((wrong for e, v in zip(expected, parts) if (wrong := disagreement(e, v, data_dependent))), None)


_WIDER = {
    **{kind: (kind,) for kind in ("bool", "int", "float", "str")},
    "complex": ("float",),
    "bytes": ("str", "bytes"),
}


def _scalars(expected: Any, value: Value) -> str | None:
    if isinstance(value, Const):
        return None if value == Const(expected) or value.value == expected else f"expected {expected!r}, got {value}"
    kinds = _WIDER.get(type(expected).__name__, ())
    if isinstance(value, Unknown) and value.type in kinds:
        return None
    if isinstance(value, Integer) and "int" in kinds:
        return None
    if isinstance(value, Array) and value.shape.rank == 0 and value.dtype in (None, *kinds):
        return None
    return f"expected {expected!r}, got {value}"


def _show(value: Any) -> str:
    if isinstance(value, numpy.ndarray):
        return f"array{value.shape}"
    if isinstance(value, _tensor()):
        return f"tensor{tuple(value.shape)}"
    if isinstance(value, (*_pandas("DataFrame"), *_pandas("Series"))):
        return f"{type(value).__name__}{value.shape}"
    if isinstance(value, (list, tuple)) and value:
        return f"{type(value).__name__}[{', '.join(map(_show, value))}]"
    return repr(value)
