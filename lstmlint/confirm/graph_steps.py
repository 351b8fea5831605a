"""Steps that only findings about the graph, the states and the arguments of layers need, and the lines that they become."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from lstmlint.confirm.steps import LAYERS, REQUIRED, LayerCall, Lengths, Plain, Step, checked
from lstmlint.confirm.texts import NotPlain, Text

NUMPY = frozenset(
    """
    array asarray asanyarray ascontiguousarray concatenate stack vstack hstack dstack expand_dims reshape transpose mean dot tile
    """.split()  # noqa: SIM905
)
"""The functions of numpy that may be called on a tensor."""
_MORE = {"expand_dims": "0", "reshape": "(-1,)", "dot": "2", "tile": "2"}
"""What they insist on besides the tensor."""
_FIRST: dict[str, Plain] = {"LSTM": 4, "GRU": 4, "SimpleRNN": 4, "Dense": 4, "RepeatVector": 4, "Embedding": (4, 3)}
_FIRST |= {"Input": ((4, 3),), "LSTMCell": 4, "GRUCell": 4, "SimpleRNNCell": 4, "RNN": LayerCall("LSTMCell", (("units", 4),))}
_FIRST |= {"Conv1D": (4, 3), "Conv2D": (4, 3), "ConvLSTM2D": (4, 3), "Reshape": ((12,),)}
_FIRST |= {"TimeDistributed": LayerCall("Dense", (("units", 4),)), "Bidirectional": LayerCall("LSTM", (("units", 4),))}
"""What constructors take first, where something else of the call is at fault."""


class Writer(Protocol):
    """What a line may ask for."""

    def names(self, numbers: tuple[int, ...] | list[int], listed: bool = False) -> str:
        """Some variables, as one argument."""

    def plain(self, value: Plain) -> str:
        """Plain data as an expression."""

    def layer(self, call: LayerCall) -> str:
        """The call that makes a layer."""

    def text(self, text: Text) -> str:
        """A text with its lengths and variables."""


@dataclass(frozen=True, slots=True)
class Make(Step):
    """A layer as a variable of its own, to be called more than once."""

    layer: LayerCall


@dataclass(frozen=True, slots=True)
class Reuse(Step):
    """The layer in a variable, called."""

    made: int
    source: int


@dataclass(frozen=True, slots=True)
class Start(Step):
    """A recurrent layer called with initial states; `parts` says how many each item of the list holds, 0 for a tensor by itself."""

    layer: LayerCall
    source: int
    states: tuple[int, ...]
    listed: bool
    parts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Uncalled(Step):
    """A layer called on a layer."""

    layer: LayerCall
    given: LayerCall
    several: bool


@dataclass(frozen=True, slots=True)
class Nested(Step):
    """A layer that merges tensors, called on a list of several in a list, and one of them."""

    layer: LayerCall
    inputs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Unpack(Step):
    """A variable unpacked into `count` names."""

    source: int
    count: int


@dataclass(frozen=True, slots=True)
class Numpy(Step):
    """A function of numpy called on a tensor."""

    name: str
    source: int

    def __post_init__(self) -> None:
        if self.name not in NUMPY:
            raise NotPlain(f"no function that may be called: {self.name!r}")


@dataclass(frozen=True, slots=True)
class Construct(Step):
    """A layer's class called with plain positional arguments and a variable, or with a keyword that it may not know."""

    name: str
    shape: tuple[Plain, ...]
    keyword: str = ""
    variable: int = -1

    def __post_init__(self) -> None:
        if self.name not in LAYERS and self.name != "Input":
            raise NotPlain(f"no layer that may be rebuilt: {self.name!r}")
        if self.keyword and not (self.keyword.isidentifier() and self.keyword.isascii()):
            raise NotPlain(f"no keyword: {self.keyword!r}")
        checked("shape", self.shape)


@dataclass(frozen=True, slots=True)
class Table(Step):
    """An Embedding with a table: `shape` is its own sizes and those of the table."""

    shape: Lengths


def _construct(writer: Writer, name: str, step: Construct) -> str:
    values = [writer.plain(value) for value in step.shape]
    if step.keyword:
        first = _FIRST.get(step.name)
        values = [writer.plain(value) for value in (first if isinstance(first, tuple) else () if first is None else (first,))]
        values += [f"{key}={value!r}" for key, value in REQUIRED.get(step.name, {}).items()]
        values.append(f"{step.keyword}=3" if step.keyword == "input_dim" else f"{step.keyword}=None")
    elif step.variable >= 0:
        values.append(writer.names([step.variable]))
    owner = "keras" if step.name == "Input" else "keras.layers"
    return f"{name} = {owner}.{step.name}({', '.join(values)})"


def _table(writer: Writer, name: str, step: Table) -> str:
    rows, width, *shape = step.shape
    table = f"numpy.zeros({writer.plain(tuple(shape))})"
    return f"{name} = keras.layers.Embedding({writer.plain(rows)}, {writer.plain(width)}, weights=[{table}])(keras.Input((7,)))"


def _start(writer: Writer, name: str, step: Start) -> str:
    states = _nested(writer, step) if any(step.parts) else writer.names(step.states, step.listed)
    return f"{name} = {writer.layer(step.layer)}({writer.names([step.source])}, initial_state={states})"


def _nested(writer: Writer, step: Start) -> str:
    """The states as they stand in lists within a list."""
    left = list(step.states)
    items = []
    for count in step.parts:
        taken, left = left[: count or 1], left[count or 1 :]
        items.append(writer.names(taken, listed=count > 0))
    return f"[{', '.join(items)}]"


def _uncalled(writer: Writer, name: str, step: Uncalled) -> str:
    given = writer.layer(step.given)
    return f"{name} = {writer.layer(step.layer)}({f'[{given}]' if step.several else given})"


LINES: dict[type[Step], Callable[[Any, str, Any], str]] = {
    Make: lambda writer, name, step: f"{name} = {writer.layer(step.layer)}",
    Reuse: lambda writer, name, step: f"{name} = {writer.names([step.made])}({writer.names([step.source])})",
    Start: _start,
    Uncalled: _uncalled,
    Nested: lambda writer, name, step: (
        f"{name} = {writer.layer(step.layer)}([{writer.names(step.inputs)}, {writer.names(step.inputs[:1])}])"
    ),
    Unpack: lambda writer, name, step: f"{'_, ' * step.count} = {writer.names([step.source])}".replace(",  =", ", ="),
    Numpy: lambda writer, name, step: (
        f"{name} = numpy.{step.name}({', '.join([writer.names([step.source]), *filter(None, [_MORE.get(step.name)])])})"
    ),
    Construct: _construct,
    Table: _table,
}
"""The line of each kind of step."""
