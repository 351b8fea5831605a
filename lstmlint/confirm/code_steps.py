"""Steps that are lines of their own: operations on tensors, the function of a Lambda layer, a cell that the program defines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lstmlint.confirm.graph_steps import Writer
from lstmlint.confirm.steps import Lengths, Step
from lstmlint.confirm.texts import Text
from lstmlint.shapes.dims import Dim


@dataclass(frozen=True, slots=True)
class Lines(Step):
    """Lines of calls that are replayed, made of checked pieces (`confirm.texts`); they set the variable `name`, if any is meant.

    `shown` and `proof` are as of a Program.
    """

    lines: tuple[Text, ...]
    name: str
    positive: tuple[Dim, ...] = ()
    imports: tuple[str, ...] = ()
    shapes: tuple[tuple[str, tuple[Dim, ...]], ...] = ()
    shown: tuple[str, ...] = ()
    proof: str = ""

    def __post_init__(self) -> None:
        """What it holds has been checked where it was written."""


@dataclass(frozen=True, slots=True)
class Body(Step):
    """A function of one argument `t`: what the calls in a Lambda's function make of it."""

    lines: tuple[Text, ...]
    result: Text
    positive: tuple[Dim, ...] = ()
    imports: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """What it holds has been checked where it was written."""


@dataclass(frozen=True, slots=True)
class Cell(Step):
    """A cell of an RNN with states of the lengths in `shape`, which it multiplies by weights, and an output of the last of them.

    `listed`: it says the lengths of its states as a list.
    """

    shape: Lengths
    listed: bool


def _body(writer: Writer, name: str, step: Body) -> str:
    lines = [f"    {writer.text(line)}" for line in step.lines]
    return "\n".join(["", f"def {name}(t):", *lines, f"    return {writer.text(step.result)}", ""])


def _cell(writer: Writer, name: str, step: Cell) -> str:
    *states, output = [writer.plain(size) for size in step.shape]
    sizes = f"[{', '.join(states)}]" if step.listed else states[0]
    new = [f"states[{at}] @ keras.initializers.Zeros()(({size}, {size}))" for at, size in enumerate(states)]
    return f"""
class Own{name.capitalize()}(keras.layers.Layer):
    state_size = {sizes}
    output_size = {output}

    def call(self, inputs, states):
        return inputs[..., :1] @ keras.initializers.Zeros()((1, {output})), [{', '.join(new)}]

{name} = Own{name.capitalize()}()"""


LINES: dict[type[Step], Callable[[Any, str, Any], str]] = {
    Lines: lambda writer, name, step: "\n".join(map(writer.text, step.lines)),
    Body: _body,
    Cell: _cell,
}
"""The lines of each kind of step."""
