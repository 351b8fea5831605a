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


@dataclass(frozen=True, slots=True)
class Like(Step):
    """Zeros, as many as an array has samples; `shape` is that of each."""

    source: int
    shape: Lengths


@dataclass(frozen=True, slots=True)
class MorePadding(Step):
    """An array with a few zeros behind axis 1, of `rank` axes."""

    source: int
    rank: int


@dataclass(frozen=True, slots=True)
class Change(Step):
    """By how much two arrays differ; `proof` is what that shows."""

    one: int
    other: int
    proof: str


@dataclass(frozen=True, slots=True)
class Forget(Step):
    """The recurrent weights of the model in `target` become zero."""


@dataclass(frozen=True, slots=True)
class Varied(Step):
    """An array of numbers that differ from one another (`whole`: of zeros and ones)."""

    shape: Lengths
    whole: bool = False


@dataclass(frozen=True, slots=True)
class SameWeights(Step):
    """The layer in `target` gets the weights of another one."""

    source: int


@dataclass(frozen=True, slots=True)
class TakeLast(Step):
    """The last element of axis `axis`."""

    source: int
    axis: int


@dataclass(frozen=True, slots=True)
class Agree(Step):
    """Whether two arrays are the same."""

    taken: int
    last: int


def _varied(writer: Writer, name: str, step: Varied) -> str:
    shape = writer.plain(step.shape)
    if step.whole:
        return f"{name} = (numpy.random.standard_normal({shape}) > 0).astype('int32')"
    return f"{name} = numpy.random.standard_normal({shape}).astype('float32')"


def _agree(writer: Writer, name: str, step: Agree) -> str:
    taken, last = writer.names([step.taken]), writer.names([step.last])
    return f"{name} = {taken}.shape == {last}.shape and numpy.allclose({taken}, {last}, atol=1e-05)"


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
    Varied: _varied,
    SameWeights: lambda writer, name, step: f"{name}.set_weights({writer.names([step.source])}.get_weights())",
    MorePadding: lambda writer, name, step: (
        f"{name} = numpy.pad({writer.names([step.source])}, ((0, 0), (0, 5){', (0, 0)' * (step.rank - 2)}))"
    ),
    Change: lambda writer, name, step: f"{name} = abs({writer.names([step.one])} - {writer.names([step.other])}).max()",
    Forget: lambda writer, name, step: (
        f"for weight in {name}.weights:\n    weight.assign(weight * ('recurrent_kernel' not in weight.name))"
    ),
    TakeLast: lambda writer, name, step: f"{name} = {writer.names([step.source])}[{':, ' * step.axis}-1]",
    Agree: _agree,
    Like: lambda writer, name, step: (
        f"{name} = numpy.zeros(({', '.join([f'len({writer.names([step.source])})', *map(writer.plain, step.shape)])},))"
    ),
    Cell: _cell,
}
"""The lines of each kind of step."""
