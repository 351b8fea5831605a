"""What a layer is: its parameters in order, the input that it needs, its outputs. `@layer` describes one and registers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from lstmlint.library.keras.arguments import bind
from lstmlint.library.keras.signatures import never_taken
from lstmlint.library.registry import models
from lstmlint.shapes.shape import Result, Shape, Violation
from lstmlint.trace import LayerApplied, LayerMade
from lstmlint.values.base import MISSING, Value, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array, Items, Tuple
from lstmlint.values.memory import memory
from lstmlint.values.network import Layer

Structure = Shape | tuple["Structure", ...] | None
"""The shape of an output, or those of several; None where not even their number is known."""

Outcome = tuple[Structure, Violation | None]


class Applier(Protocol):
    """What a layer may ask while it is applied."""

    caller: Caller
    keywords: Mapping[str, Value]
    producer: object

    @property
    def interprets(self) -> bool:
        """Whether code of the program may be run (a Lambda's body)."""

    def apply_inner(self, wrapper: Layer, inner: Value, shape: Shape) -> Structure:
        """Apply what `wrapper` wraps; its own fault, if it has one, is told at it."""


Compute = Callable[[Layer, tuple[Shape, ...], Applier], Outcome]
PerLayer = Callable[[Layer], int | None]


@dataclass(frozen=True, slots=True)
class LayerSpec:
    """The description of a layer class."""

    path: str
    parameters: tuple[str, ...]
    compute: Compute
    rank: int | PerLayer | None
    """The rank that the first input must have (None: any) …"""
    least: int | None
    """… or must have at least."""
    features: int | PerLayer | None
    """The axis whose length the weights are made for."""
    several: bool
    """Whether it takes a list of inputs."""
    folds: bool = False
    """Whether Keras 2 takes axes between the batch and those that it needs, as more of the batch."""

    def needed_rank(self, layer: Layer) -> int | None:
        """The exact rank that `layer` needs."""
        return self.rank(layer) if callable(self.rank) else self.rank

    def feature_axis(self, layer: Layer) -> int | None:
        """The axis whose length the weights of `layer` are made for."""
        return self.features(layer) if callable(self.features) else self.features


SPECS: dict[str, LayerSpec] = {}
"""The layer classes by path."""


def accepted_by_keras_2(layer: Layer, x: Shape) -> bool:
    """Whether Keras 2 takes the axes of `x` that are too many for `layer`, as more of the batch."""
    spec = SPECS.get(layer.path)
    needed = None if spec is None or not spec.folds else spec.needed_rank(layer)
    return needed is not None and x.rank is not None and x.rank > needed


def first_input(layer: Layer) -> Shape | None:
    """What `layer` was applied to first, for which its weights were made; None where it was not, or where that is not known."""
    calls = layer.calls.plain()
    output = calls.known[0] if isinstance(calls, Items) and calls.known else None
    if isinstance(output, Tuple) and output.items.known:
        output = output.items.known[0]
    made = output.producer if isinstance(output, Array) else None
    return made.inputs[0].shape if isinstance(made, LayerApplied) and made.layer is layer else None


Single = Callable[[Layer, Shape], Result]
Merging = Callable[[Layer, Sequence[Shape]], Result]


def general(
    names: str,
    parameters: str,
    *,
    rank: int | PerLayer | None = None,
    least: int | None = None,
    features: int | PerLayer | None = None,
    several: bool = False,
    folds: bool = False,
) -> Callable[[Compute], Compute]:
    """The decorated function computes the outputs of the layer classes `names` (the first is the present name)."""

    def register(compute: Compute) -> Compute:
        first, *aliases = names.split()
        path = f"keras.layers.{first}"
        spec = LayerSpec(path, tuple(parameters.split()), compute, rank, least, features, several, folds)
        SPECS[path] = spec
        for name in (first, *aliases):
            models(f"keras.layers.{name}")(_constructor(spec, name))
        return compute

    return register


def layer(
    names: str,
    parameters: str = "",
    *,
    rank: int | PerLayer | None = None,
    least: int | None = None,
    features: int | PerLayer | None = None,
    folds: bool = False,
) -> Callable[[Single], Single]:
    """As `general`, for layers of one input and one output: the function gets a shape that has the rank needed."""

    def register(single: Single) -> Single:
        def compute(layer: Layer, inputs: tuple[Shape, ...], applier: Applier) -> Outcome:
            return single(layer, inputs[0])

        general(names, parameters, rank=rank, least=least, features=features, folds=folds)(compute)
        return single

    return register


def merging(names: str, parameters: str = "", *, least: int | None = None) -> Callable[[Merging], Merging]:
    """As `general`, for layers that make one output of several inputs."""

    def register(merge: Merging) -> Merging:
        def compute(layer: Layer, inputs: tuple[Shape, ...], applier: Applier) -> Outcome:
            return merge(layer, inputs)

        general(names, parameters, least=least, several=True)(compute)
        return merge

    return register


def _constructor(spec: LayerSpec, name: str) -> Callable[..., Value]:
    def construct(caller: Caller, *args: Value, **keywords: Value) -> Value:
        config = bind(name, spec.parameters, args, keywords)
        if config is not None and memory.data_format is not MISSING and "data_format" in spec.parameters:
            config.setdefault("data_format", memory.data_format)
        layer = None if config is None else Layer(spec.path, config, caller.site)
        caller.emit(LayerMade(caller.site, name, layer, args, dict(keywords)))
        # What raises makes no layer: nothing that would follow from it is told.
        return unknown() if layer is None or never_taken(name, keywords) else layer

    construct.__doc__ = f"keras.io: {name}."
    return construct
