"""Layers and models applied to tensors: what comes out, and the events that this leaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lstmlint.library.coerce import to_array
from lstmlint.library.keras.axes import is_open, with_rank
from lstmlint.library.keras.keras2 import refused
from lstmlint.library.keras.specs import SPECS, LayerSpec, Structure, accepted_by_keras_2, first_input
from lstmlint.library.keras.states import with_wanted
from lstmlint.shapes.dims import differ
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Meaning, Shape, Violation
from lstmlint.trace import LayerApplied, States
from lstmlint.values.base import MISSING, TRUE, Unknown, Value, dim_of, integer, unknown
from lstmlint.values.code import Caller, Instance
from lstmlint.values.data import Array, Frame, Items, Tuple, items_of
from lstmlint.values.memory import memory
from lstmlint.values.network import Layer, Model, plain

ApplyModel = Callable[["Run", Model, tuple[Array, ...]], Value]


@dataclass
class Run:
    """One way of tensors through layers.

    A `quiet` run leaves no events and no traces on the layers; one `of_faults` leaves the events of faults only.
    `silenced` are the layers whose fault has been told already. `faulty` says whether a fault was met.
    """

    caller: Caller
    apply_model: ApplyModel
    model: Model | None = None
    inside: Layer | None = None
    quiet: bool = False
    of_faults: bool = False
    silenced: frozenset[Layer] = frozenset()
    keywords: Mapping[str, Value] = field(default_factory=dict)
    faults: list[tuple[Layer, Violation]] = field(default_factory=list)
    states: States | None = None
    """The initial states that the layer gets."""
    producer: object = None
    """What made the first input of the layer that is being applied."""

    @property
    def interprets(self) -> bool:
        """Whether code of the program may be run."""
        return not self.quiet and not self.of_faults

    def apply(self, thing: Value, tensors: Sequence[Array]) -> Value:
        """What `thing` (a layer, a model, or something that can't be followed) makes of `tensors`."""
        thing = plain(thing)
        if isinstance(thing, Layer) and thing.path in SPECS:
            return self._apply_layer(SPECS[thing.path], thing, tuple(tensors))
        if isinstance(thing, Model):
            return self.apply_model(self, thing, tuple(tensors))
        if isinstance(thing, Instance) and self.interprets and len(tensors) == 1:
            result = self.caller.call(thing, list(tensors))
            return result if isinstance(result, Array) else Array(UNKNOWN_SHAPE, kind_of(tensors))
        return Array(UNKNOWN_SHAPE, kind_of(tensors))

    def apply_inner(self, wrapper: Layer, inner: Value, shape: Shape) -> Structure:
        """Apply what `wrapper` wraps."""
        inside = replace(self, inside=wrapper, keywords={}, states=None)
        result = inside.apply(inner, (Array(shape, "keras", producer=self.producer),))
        return _structure(result)

    def _apply_layer(self, spec: LayerSpec, layer: Layer, tensors: tuple[Array, ...]) -> Value:
        shapes = tuple(tensor.shape for tensor in tensors)
        if len(shapes) > 1 and not spec.several and spec.rank is None and spec.least is None:
            return unknown()
        folded, more = _folded(spec, layer, shapes[0])
        first, violation = _fitted(spec, layer, folded)
        if violation is not None and self.inside is not None and _is_tolerant(layer, shapes[0], first):
            if memory.keras != 2:
                return Array(_tolerated(layer, shapes[0]), kind_of(tensors))
            # Keras 2 checks it, but the first of its releases did not: nothing that would be reported.
            violation = replace(violation, kind="size")
        violation = violation or self._another_rank(layer, first) or self._features(spec, layer, first)
        self.producer = tensors[0].producer
        structure, own = spec.compute(layer, (first, *shapes[1:]), self)
        if more and isinstance(structure, Shape):
            structure = Shape((structure.axes[0], *more, *structure.axes[1:]))
        violation = violation or own
        if violation is None and memory.keras == 2:
            violation = refused(layer, shapes)
        if violation is not None and violation.kind == "merge":
            # Of which of the two the result would have had the rank can't be told.
            structure = UNKNOWN_SHAPE
        if violation is not None:
            self.faults.append((layer, violation))
            if layer in self.silenced:
                violation = None
        event = LayerApplied(self.caller.site, layer, tensors, MISSING, violation, self.model, self.inside)
        event.states = None if self.states is None else with_wanted(self.states, spec, layer, first, self)
        event.output = _value(structure, tensors, spec, event)
        if self.quiet or (self.of_faults and violation is None):
            # Left out of the trace, but the way back to the cause of a later fault leads through it.
            return event.output
        if violation is not None or not self.of_faults:
            self.caller.emit(event)
        if not self.of_faults:
            calls = layer.calls.get()
            known = (calls.known or ()) if isinstance(calls, Items) else ()
            layer.calls.set(Items((*known, event.output), event.output, len(known) + 1))
        return event.output

    def _another_rank(self, layer: Layer, x: Shape) -> Violation | None:
        """Some layers keep the rank of their first input; inside a wrapper, or before Keras 3, most of them are not asked."""
        if layer.kind not in _OF_ONE_RANK or self.inside is not None:
            return None
        if memory.keras != 3 and layer.kind != "BatchNormalization":
            return None
        before = first_input(layer)
        if before is None or before.rank is None or x.rank is None or before.rank == x.rank:
            return None
        return Violation("size", f"was applied to a tensor of rank {before.rank} first, got rank {x.rank}", x)

    def _features(self, spec: LayerSpec, layer: Layer, x: Shape) -> Violation | None:
        """The axis that the weights are made for: its length must be fixed, and the same at each application."""
        at = spec.feature_axis(layer)
        axis = None if at is None else x.axis(at)
        if axis is None:
            return None if at is None or x.rank is None else Violation("size", f"{x} has no axis {at}", x)
        built = layer.built.plain()
        if built is MISSING:
            if is_open(axis.dim):
                return Violation("size", f"the length of axis {at} of {x} must be fixed", x)
            if not self.quiet and not self.of_faults:
                layer.built.set(integer(axis.dim))
            return None
        known = dim_of(built)
        unchecked = layer.kind == "Normalization" or (self.inside is not None and layer.kind.endswith("Normalization"))
        if known == 1 and unchecked:
            # One weight is stretched over all.
            return None
        if known is not None and differ(known, axis.dim):
            words = f"has weights for inputs of {known} features, got {axis.dim}"
            return Violation("feature", words, axis.dim, known)
        return None


def _structure(value: Value) -> Structure:
    if isinstance(value, Tuple) and value.items.known is not None:
        return tuple(map(_structure, value.items.known))
    return value.shape if isinstance(value, Array) else None


def _folded(spec: LayerSpec, layer: Layer, x: Shape) -> tuple[Shape, tuple[Axis, ...]]:
    """`x` without the axes that Keras 2 takes as more of the batch, and these."""
    rank = spec.needed_rank(layer)
    if memory.keras != 2 or rank is None or x.rank is None or not accepted_by_keras_2(layer, x):
        return x, ()
    end = x.rank - rank + 1
    return Shape((x.axes[0], *x.axes[end:])), x.axes[1:end]


def _fitted(spec: LayerSpec, layer: Layer, x: Shape) -> tuple[Shape, Violation | None]:
    rank = spec.needed_rank(layer)
    if rank is not None:
        return with_rank(x, rank)
    return (x, None) if spec.least is None else with_rank(x, spec.least, exact=False)


_OF_ONE_RANK = ("BatchNormalization", "GroupNormalization", "PReLU", "EinsumDense")
_TOLERANT = ("Global", "SpatialDropout")
_TOLERANT_OF_MORE = ("MaxPooling", "AveragePooling", "Cropping", "UpSampling", "RepeatVector")


def _is_tolerant(layer: Layer, x: Shape, needed: Shape) -> bool:
    """Whether `layer` may accept another rank inside a wrapper: Keras 3 does not check it there, and some layers work."""
    if layer.kind.startswith(_TOLERANT_OF_MORE):
        return len(x.axes) > len(needed.axes) or 1 in layer.lengths("pool_size", len(needed.axes) - 2, 2)
    return layer.kind.startswith(_TOLERANT)


def _tolerated(layer: Layer, x: Shape) -> Shape:
    """What `layer` makes of a rank that it accepts inside a wrapper only."""
    if layer.kind.startswith("SpatialDropout"):
        return x
    if layer.kind == "RepeatVector" and x.rank is not None and x.rank > 2 and all(axis.dim == 1 for axis in x.axes[2:]):
        return Shape((x.axes[0], Axis(layer.length("n"), Meaning.TIME), x.axes[1]))
    return UNKNOWN_SHAPE


def kind_of(tensors: Sequence[Array]) -> str:
    """The kind of what is made of `tensors`: symbolic as soon as one of them is."""
    return "keras" if any(tensor.kind == "keras" for tensor in tensors) else "tensor"


def _value(structure: Structure, tensors: Sequence[Array], spec: LayerSpec, event: LayerApplied | None) -> Value:
    if isinstance(structure, Shape):
        return Array(structure, kind_of(tensors), "float" if spec.features is not None else None, event)
    if structure is None:
        return unknown()
    return Tuple(Items.of(_value(part, tensors, spec, event) for part in structure))


def mark_broken(model: Model) -> None:
    """Nothing that depends on `model` is reported from here on."""
    model.broken.set(TRUE)


def tensors_of(value: Value) -> tuple[Array, ...] | None:
    """The tensors that an argument of a call holds; None where they are not known to be tensors."""
    value = plain(value)
    if isinstance(value, (Array, Frame)):
        return (to_array(value),)
    if isinstance(value, Unknown):
        return (Array(UNKNOWN_SHAPE, "keras"),)
    items = items_of(value)
    if items is None or not items.known:
        return None
    parts = [plain(item) for item in items.known]
    if not any(isinstance(part, Array) for part in parts):
        return (to_array(value),) if not any(isinstance(part, (Layer, Model)) for part in parts) else None
    if not all(isinstance(part, (Array, Unknown)) for part in parts):
        return None
    return tuple(part if isinstance(part, Array) else Array(UNKNOWN_SHAPE, "keras") for part in parts)
