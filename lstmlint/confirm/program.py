"""From steps to the text of a program: one line a step, every dimension a number."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lstmlint.confirm import code_steps, graph_steps, steps
from lstmlint.confirm.rebuild import MOST_SAMPLES
from lstmlint.confirm.sizes import Sizes, free_symbol
from lstmlint.confirm.steps import REQUIRED, LayerCall, Lengths, Plain, Step
from lstmlint.confirm.texts import Ref, Text, written
from lstmlint.library.keras.losses import class_name
from lstmlint.shapes.dims import Dim, Poly, Symbol

MOST_WORDS = 1000
"""Vocabularies are cut to this: they cost memory, and no shape depends on them."""


def seeds(body: str, imports: Iterable[str]) -> list[str]:
    """The lines that make random numbers the same in each run, where there are any."""
    found = []
    if re.search(r"\bnumpy\.random\b|\bsklearn\b", body):
        found.append("numpy.random.seed(0)")
    if re.search(r"\btorch\.(rand|nn\b|normal|empty)", body):
        found.append("torch.manual_seed(0)")
    return [line for line in found if line.partition(".")[0] in imports]


_CONSTANTS = r".compute_loss(y=keras.backend.constant(\1), y_pred=keras.backend.constant(\2))"


def of_keras_2(program: Program) -> Program:
    """The program for Keras 2, which lives on as tf_keras."""
    text = re.sub(r"^import keras$", "import tf_keras as keras", program.text, count=1, flags=re.MULTILINE)
    text = text.replace("keras.ops.softmax(", "keras.activations.softmax(").replace("tensorflow.keras.backend.", "keras.backend.")
    # Neither takes arrays there.
    text = re.sub(r"(?<=keras\.activations\.softmax\()\w+", r"keras.backend.constant(\g<0>)", text)
    text = re.sub(r"\.compute_loss\(y=(\w+), y_pred=(\w+)\)", _CONSTANTS, text)
    return replace(program, text=text)


@dataclass(frozen=True, slots=True)
class Expected:
    """The shape that a variable must have; `free`: which symbol a length is, where it is nothing but a number of our choice."""

    name: str
    shape: tuple[int, ...]
    free: tuple[Symbol | None, ...]

    @staticmethod
    def of(name: str, dims: Sequence[Dim], sizes: Sizes) -> Expected:
        """What is inferred, in these numbers."""
        return Expected(name, tuple(sizes[dim] for dim in dims), tuple(free_symbol(dim) for dim in dims))


@dataclass(frozen=True, slots=True)
class Program:
    """A program's text, and the line in it of which something is claimed (from 1)."""

    text: str
    claim: int
    keras: bool = True
    """Whether it needs Keras, not just NumPy."""
    shown: tuple[str, ...] = ()
    """The variables that the last line is about, and the one that it sets."""
    proof: str = ""
    """How these show a fault that passes (`confirm.evidence`)."""
    expected: tuple[Expected, ...] = ()
    """The shapes that variables must have, by what was inferred."""


def render(plan: Sequence[Step], claim: int, sizes: Sizes, mark: str = "") -> Program:
    """The program of these steps; the claim is about step `claim`, whose line ends with `mark` as a comment."""
    writer = _Writer(plan, sizes)
    lines = list(map(writer.line, plan))
    body = "\n".join(lines)
    names = {name for name in ("keras", "numpy") if re.search(rf"\b{name}\.", body)}
    names.update(name for step in plan for name in getattr(step, "imports", ()))
    imports = [f"import {name}" for name in sorted(names)]
    if mark.isalnum():
        lines[claim] += f"  # {mark}"
    head = [*imports, "", *seeds(body, names)]
    before = sum(line.count("\n") + 1 for line in lines[:claim]) + lines[claim].count("\n")
    shapes = {name: dims for step in plan for name, dims in getattr(step, "shapes", ())}
    expected = [Expected.of(name, dims, sizes) for name, dims in shapes.items()]
    text = "\n".join([*head, *lines, ""])
    return Program(text, len(head) + before + 1, "import keras" in imports, *writer.shown(plan[-1]), tuple(expected))


class _Writer:
    """Writes steps as lines, with these numbers for dimensions."""

    def __init__(self, plan: Sequence[Step], sizes: Sizes) -> None:
        self._sizes = sizes
        self._names: dict[int, str] = {}
        kinds = {step.target: _PREFIXES.get(type(step), "x") for step in reversed(plan)}
        for kind in set(kinds.values()):
            targets = [target for target in sorted(kinds) if kinds[target] == kind]
            for at, target in enumerate(targets, start=1):
                self._names[target] = kind if len(targets) == 1 else f"{kind}{at}"
        self._names.update((step.target, step.name) for step in plan if isinstance(step, code_steps.Lines) and step.name)

    def line(self, step: Step) -> str:
        """The step as a line."""
        line = _LINES.get(type(step)) or code_steps.LINES.get(type(step)) or graph_steps.LINES[type(step)]
        return line(self, self._names[step.target], step)

    def replayed(self, name: str, step: steps.Replayed) -> str:
        """The lines that lead to data, and the data itself."""
        rows = "" if step.rows is None else f"[:{self.plain(step.rows)}]"
        return "\n".join([*map(self.text, step.lines), f"{name} = {step.name}{rows}"])

    def text(self, text: Text) -> str:
        """A text with its lengths and variables."""
        return written(text, self._sizes, self._names)

    def shown(self, step: Step) -> tuple[tuple[str, ...], str]:
        """The variables that the last step is about, where it is one that shows something, and how they show it."""
        if isinstance(step, code_steps.Lines):
            return step.shown, step.proof
        if isinstance(step, steps.Compare):
            return (self._names[step.targets], self._names[step.predicted], self._names[step.target]), ""
        if isinstance(step, steps.Predict) and step.proof:
            return (*(self._names[number] for number in step.data), self._names[step.target]), step.proof
        if isinstance(step, code_steps.Change):
            return (self._names[step.one], self._names[step.target]), step.proof
        if isinstance(step, code_steps.Agree):
            return (self._names[step.taken], self._names[step.last], self._names[step.target]), "last"
        return ((self._names[step.target],) if isinstance(step, (steps.Softmax, steps.Activate)) else ()), ""

    def predict(self, name: str, step: steps.Predict) -> str:
        """The call that gets what a model makes of data."""
        model, data = self.names([step.model]), self.names(step.data)
        if step.at_once:
            return f"{name} = {model}.predict_on_batch({data})"
        size = "".join(f"batch_size={self.plain(size)}, " for size in step.shape)
        return f"{name} = {model}.predict({data}, {size}verbose=0)"

    def feed(self, name: str, step: steps.Feed) -> str:
        """The call of a method with data, and targets if it takes some."""
        given = [self.names(step.data), *([self.names(step.targets)] if step.targets else [])]
        if not step.method.endswith("on_batch"):
            given += [f"batch_size={self.plain(size)}" for size in step.shape]
            given += [*([f"validation_split={step.split!r}"] if step.split else []), "verbose=0"]
        return f"{name} = {self.names([step.model])}.{step.method}({', '.join(given)})"

    def names(self, numbers: Sequence[int], listed: bool = False) -> str:
        """Some variables, as one argument."""
        names = [self._names[number] for number in numbers]
        return names[0] if len(names) == 1 and not listed else "[" + ", ".join(names) + "]"

    def plain(self, value: Plain) -> str:
        """Plain data as an expression."""
        if isinstance(value, tuple):
            items = [self.plain(item) for item in value]
            return f"({items[0]},)" if len(items) == 1 else "(" + ", ".join(items) + ")"
        if isinstance(value, LayerCall):
            return self.layer(value)
        if isinstance(value, Ref):
            return self._names[value.number]
        return repr(self._sizes[value]) if isinstance(value, Poly) else repr(value)

    def layer(self, call: LayerCall) -> str:
        """The call that makes a layer."""
        arguments = {name: self.plain(_within_reason(call.name, name, value)) for name, value in call.arguments}
        for name, value in REQUIRED.get(call.name, {}).items():
            arguments.setdefault(name, repr(value))
        return f"keras.layers.{call.name}(" + ", ".join(f"{name}={text}" for name, text in arguments.items()) + ")"

    def input(self, shape: Lengths, whole: bool) -> str:
        """The call that makes a symbolic input."""
        dtype = ", dtype='int32'" if whole else ""
        if shape and shape[0] is None:
            return f"keras.Input(shape={self.plain(shape[1:])}{dtype})"
        return f"keras.Input(batch_shape={self.plain(shape)}{dtype})"

    def zeros(self, step: steps.Data) -> str:
        """The call that makes an array."""
        shape = step.shape
        if step.samples and shape and isinstance(shape[0], int):
            shape = (min(shape[0], MOST_SAMPLES), *shape[1:])
        dtype = "int32" if step.whole else "float32"
        return f"numpy.zeros({self.plain(shape)}, dtype={dtype!r})"


def _within_reason(layer: str, name: str, value: Plain) -> Plain:
    if layer == "Embedding" and name == "input_dim" and isinstance(value, int):
        return min(value, MOST_WORDS)
    return value


_PREFIXES: dict[type[Step], str] = {
    steps.Data: "data",
    steps.Replayed: "data",
    steps.Input: "inputs",
    steps.Sequential: "model",
    steps.Functional: "model",
    steps.Predict: "predicted",
    steps.Feed: "fed",
    code_steps.Like: "targets",
    code_steps.Varied: "data",
    code_steps.MorePadding: "more",
    code_steps.Change: "change",
    code_steps.TakeLast: "taken",
    code_steps.Agree: "agree",
    graph_steps.Make: "layer",
    steps.Loss: "loss",
    steps.Compare: "compared",
    steps.Softmax: "probabilities",
    steps.Activate: "values",
    code_steps.Body: "function",
    code_steps.Cell: "cell",
}
"""What variables are called, by the kind of step that makes them."""

_LINES: dict[type[Step], Callable[[_Writer, str, Any], str]] = {
    steps.Data: lambda writer, name, step: f"{name} = {writer.zeros(step)}",
    steps.Replayed: lambda writer, name, step: writer.replayed(name, step),
    steps.Input: lambda writer, name, step: f"{name} = {writer.input(step.shape, step.whole)}",
    steps.Apply: lambda writer, name, step: (
        f"{name} = {writer.layer(step.layer)}"
        f"({', '.join(writer.names([one]) for one in step.inputs) if step.spread else writer.names(step.inputs, step.several)})"
    ),
    steps.Pick: lambda writer, name, step: f"{name} = {writer.names([step.source])}[{step.at}]",
    steps.Sequential: lambda writer, name, step: f"{name} = keras.Sequential()",
    steps.AddInput: lambda writer, name, step: f"{name}.add({writer.input(step.shape, step.whole)})",
    steps.AddLayer: lambda writer, name, step: f"{name}.add({writer.layer(step.layer)})",
    steps.AddModel: lambda writer, name, step: f"{name}.add({writer.names([step.model])})",
    steps.Functional: lambda writer, name, step: f"{name} = keras.Model({writer.names(step.inputs)}, {writer.names(step.outputs)})",
    steps.Call: lambda writer, name, step: f"{name} = {writer.names([step.model])}({writer.names(step.inputs)})",
    steps.Predict: lambda writer, name, step: writer.predict(name, step),
    steps.Compile: lambda writer, name, step: (
        f"{name}.compile(optimizer='sgd', loss={step.loss!r}{', run_eagerly=True' if step.eagerly else ''})"
    ),
    steps.Feed: lambda writer, name, step: writer.feed(name, step),
    steps.Loss: lambda writer, name, step: (
        f"{name} = {writer.names([step.model])}.compute_loss"
        f"(y={writer.names([step.targets])}, y_pred={writer.names([step.predicted])})"
    ),
    steps.Compare: lambda writer, name, step: (
        f"{name} = keras.losses.{class_name(step.loss)}(reduction='none')"
        f"({writer.names([step.targets])}, {writer.names([step.predicted])})"
    ),
    steps.Softmax: lambda writer, name, step: f"{name} = keras.ops.softmax({writer.names([step.source])}, axis={step.axis})",
    steps.Activate: lambda writer, name, step: f"{name} = keras.activations.{step.activation}(numpy.linspace(-9.0, 9.0, 19))",
    steps.Reshape: lambda writer, name, step: f"{name} = {writer.names([step.source])}.reshape({writer.plain(step.shape)})",
}
