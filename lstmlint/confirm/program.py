"""From steps to the text of a program: one line a step, every dimension a number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from lstmlint.confirm import steps
from lstmlint.confirm.sizes import Sizes
from lstmlint.confirm.steps import REQUIRED, LayerCall, Lengths, Plain, Step
from lstmlint.shapes.dims import Poly

MOST_SAMPLES = 64
"""A known first axis of data is cut to this: what happens to one batch happens to all."""
MOST_WORDS = 1000
"""Vocabularies are cut to this: they cost memory, and no shape depends on them."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program's text, and the line in it of which something is claimed (from 1)."""

    text: str
    claim: int
    keras: bool = True
    """Whether it needs Keras, not just NumPy."""


def render(plan: Sequence[Step], claim: int, sizes: Sizes, mark: str = "") -> Program:
    """The program of these steps; the claim is about step `claim`, whose line ends with `mark` as a comment."""
    lines = [_RENDERERS[type(step)](step, sizes) for step in plan]
    body = "\n".join(lines)
    imports = [f"import {name}" for name in ("keras", "numpy") if f"{name}." in body]
    if mark.isalnum():
        lines[claim] += f"  # {mark}"
    head = [*imports, ""]
    return Program("\n".join([*head, *lines, ""]), len(head) + claim + 1, "import keras" in imports)


def _name(number: int) -> str:
    return f"v{number}"


def _names(numbers: Sequence[int]) -> str:
    return _name(numbers[0]) if len(numbers) == 1 else "[" + ", ".join(map(_name, numbers)) + "]"


def _shape(shape: Lengths, sizes: Sizes) -> str:
    return _plain(shape, sizes)


def _plain(value: Plain, sizes: Sizes) -> str:
    if isinstance(value, tuple):
        items = [_plain(item, sizes) for item in value]
        return f"({items[0]},)" if len(items) == 1 else "(" + ", ".join(items) + ")"
    if isinstance(value, LayerCall):
        return _layer(value, sizes)
    return repr(sizes[value]) if isinstance(value, Poly) else repr(value)


def _layer(call: LayerCall, sizes: Sizes) -> str:
    arguments = {name: _argument(call.name, name, value, sizes) for name, value in call.arguments}
    for name, value in REQUIRED.get(call.name, {}).items():
        arguments.setdefault(name, repr(value))
    return f"keras.layers.{call.name}(" + ", ".join(f"{name}={text}" for name, text in arguments.items()) + ")"


def _argument(layer: str, name: str, value: Plain, sizes: Sizes) -> str:
    if layer == "Embedding" and name == "input_dim" and isinstance(value, int):
        value = min(value, MOST_WORDS)
    if name == "cells" and isinstance(value, tuple):
        return "[" + ", ".join(_plain(item, sizes) for item in value) + "]"
    return _plain(value, sizes)


def _input(shape: Lengths, whole: bool, sizes: Sizes) -> str:
    dtype = ", dtype='int32'" if whole else ""
    if shape and shape[0] is None:
        return f"keras.Input(shape={_shape(shape[1:], sizes)}{dtype})"
    return f"keras.Input(batch_shape={_shape(shape, sizes)}{dtype})"


def _data(step: steps.Data, sizes: Sizes) -> str:
    shape = step.shape
    if shape and isinstance(shape[0], int):
        shape = (min(shape[0], MOST_SAMPLES), *shape[1:])
    dtype = "int32" if step.whole else "float32"
    return f"{_name(step.target)} = numpy.zeros({_shape(shape, sizes)}, dtype={dtype!r})"


def _apply(step: steps.Apply, sizes: Sizes) -> str:
    inputs = _names(step.inputs)
    if step.several and len(step.inputs) == 1:
        inputs = f"[{inputs}]"
    return f"{_name(step.target)} = {_layer(step.layer, sizes)}({inputs})"


_RENDERERS: dict[type[Step], Callable[[Any, Sizes], str]] = {
    steps.Data: _data,
    steps.Input: lambda step, sizes: f"{_name(step.target)} = {_input(step.shape, step.whole, sizes)}",
    steps.Apply: _apply,
    steps.Pick: lambda step, sizes: f"{_name(step.target)} = {_name(step.source)}[{step.at}]",
    steps.Sequential: lambda step, sizes: f"{_name(step.target)} = keras.Sequential()",
    steps.AddInput: lambda step, sizes: f"{_name(step.target)}.add({_input(step.shape, step.whole, sizes)})",
    steps.AddLayer: lambda step, sizes: f"{_name(step.target)}.add({_layer(step.layer, sizes)})",
    steps.AddModel: lambda step, sizes: f"{_name(step.target)}.add({_name(step.model)})",
    steps.Call: lambda step, sizes: f"{_name(step.target)} = {_name(step.model)}({_names(step.inputs)})",
    steps.Functional: lambda step, sizes: (
        f"{_name(step.target)} = keras.Model({_names(step.inputs)}, {_names(step.outputs)})"
    ),
    steps.Predict: lambda step, sizes: f"{_name(step.target)} = {_name(step.model)}.predict({_names(step.data)}, verbose=0)",
    steps.Reshape: lambda step, sizes: f"{_name(step.target)} = {_name(step.source)}.reshape({_shape(step.shape, sizes)})",
}
