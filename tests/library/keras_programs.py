"""Random Keras programs, one statement to a line: executed with the real framework as they are drawn, and then analysed.

Each line is an application of a layer, a model or a function; what it raises or the shapes it binds are the truth, and what the
analysis says of the line must be the same.
"""
from __future__ import annotations

import contextlib
import io
import re
import warnings
from dataclasses import dataclass, field
from typing import Any

import libcst

from lstmlint.library.keras.axes import is_open
from lstmlint.pipeline import analysed
from lstmlint.sources.deep import run_deep
from lstmlint.sources.parse import parse
from lstmlint.sources.positions import spans
from lstmlint.sources.source import script
from lstmlint.trace import Bound, LayerApplied, Operation
from lstmlint.values.base import Choice, Value
from lstmlint.values.data import Array, items_of
from tests.library.keras_data import LENGTHS, on_data
from tests.library.keras_stacks import Draw, is_known

Real = tuple[int | None, ...]


_ALONG_AN_AXIS = ("mean", "sum", "max", "argmax", "std", "cumsum", "flip", "softmax")
_ELEMENTWISE = ("tanh", "relu", "abs", "sigmoid", "zeros_like", "square", "sqrt", "negative")


@dataclass
class Tensor:
    """A symbolic tensor of the program: its name, its real shape, and the names of the inputs that it depends on."""

    name: str
    shape: Real
    inputs: frozenset[str]


@dataclass
class Line:
    """A statement: what it binds, the real shapes of these, or what it raised."""

    text: str
    names: tuple[str, ...]
    shapes: dict[str, Any] = field(default_factory=dict)
    error: Exception | None = None
    inputs: frozenset[str] = frozenset()


class Program:
    """A program that grows line by line."""

    def __init__(self, seed: int, keras: Any, head: str, modern: bool = True) -> None:
        self.draw = Draw(seed)
        self.random = self.draw.random
        self.modern = modern
        self.head = head
        self.scope: dict[str, Any] = {}
        exec(head, self.scope)  # noqa: S102 - the test's own text
        self.keras = keras
        self.lines: list[Line] = []
        self.tensors: list[Tensor] = []
        self.layers: list[tuple[str, Real]] = []
        self.models: list[tuple[str, Real]] = []
        self.count = 0
        self.batch = self.draw.size(3) if not modern and self.draw.maybe(0.1) else None

    @property
    def text(self) -> str:
        return self.head + "\n".join(line.text for line in self.lines) + "\n"

    def name(self, letter: str) -> str:
        self.count += 1
        return f"{letter}{self.count}"

    def run(self, text: str, names: tuple[str, ...]) -> Line:
        """Execute one more line."""
        line = Line(text, names)
        self.lines.append(line)
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            try:
                exec(text, self.scope)  # noqa: S102 - the test's own text
            except Exception as error:  # noqa: BLE001 - whatever the framework raises
                line.error = error
                return line
        for name in names:
            shape = shape_of(self.scope[name])
            if shape is not None:
                line.shapes[name] = shape
        return line

    def bind(self, expression: str, sources: list[Tensor], names: tuple[str, ...] = ()) -> bool:
        """Bind what an expression gives to a new name, or to several; whether it could be evaluated."""
        names = names or (self.name("x"),)
        line = self.run(f"{', '.join(names)} = {expression}", names)
        if line.error is not None:
            return False
        inputs = line.inputs = frozenset(name for source in sources for name in source.inputs)
        self.tensors += [Tensor(name, line.shapes[name], inputs) for name in names if isinstance(line.shapes.get(name), tuple)]
        return True

    def pick(self, ranks: tuple[int, ...] = ()) -> Tensor | None:
        """One of the tensors, rather a late one; of one of these ranks."""
        found = [tensor for tensor in self.tensors if not ranks or len(tensor.shape) in ranks]
        return self.random.choice(found[-4:] if self.draw.maybe(0.7) else found) if found else None

    def input(self, shape: Real | None = None, fixed: float = 0.1) -> Tensor:
        """A new symbolic input; `shape` without the batch axis, whose length is fixed with the chance `fixed`."""
        name = self.name("i")
        shape = self.draw.input() if shape is None else shape
        size = self.draw.size(3) if self.draw.maybe(fixed) else None
        if not self.modern:
            # Of a batch of three and any other Keras 2 makes one of three, here and there: all are alike.
            size = self.batch
        batch = "" if size is None else f", batch_size={size}"
        line = self.run(f"{name} = Input({shape!r}{batch})", (name,))
        tensor = Tensor(name, line.shapes[name], frozenset([name]))
        self.tensors.append(tensor)
        return tensor

    # Steps

    def a_layer(self) -> None:
        tensor = self.pick()
        assert tensor is not None
        spec = self.draw.layer(tensor.shape)
        if not self.modern and re.search("SpectralNormalization|Hashing", repr(spec)):
            # The first mistakes the InputSpec of newer releases of TensorFlow for its own, the second takes no floats.
            return
        if self.draw.maybe(0.25):
            name = self.name("l")
            if self.run(f"{name} = {spec!r}", ()).error is None:
                if self.bind(f"{name}({tensor.name})", [tensor]):
                    self.layers.append((name, tensor.shape))
            else:
                self.lines.pop()
            return
        try:
            spec.real(self.keras.layers)
        except Exception:  # noqa: BLE001 - arguments that no layer takes are not the models' business
            return
        self.bind(f"{spec!r}({tensor.name})", [tensor])

    def a_shared_layer(self) -> None:
        if self.layers:
            name, shape = self.random.choice(self.layers)
            # Keras 2 asks only at the first application, and after that computes what it can.
            tensor = self.pick() if self.modern and self.draw.maybe(0.15) else self.pick((len(shape),))
            if tensor is not None:
                self.bind(f"{name}({tensor.name})", [tensor])

    def a_merge(self) -> None:
        first = self.pick()
        assert first is not None
        alike = [tensor for tensor in self.tensors if _mergeable(tensor.shape, first.shape)]
        chosen = [first, *(self.random.choice(alike) for _ in range(self.draw.size(2)))]
        if self.draw.maybe(0.1):
            chosen[-1] = self.random.choice(self.tensors)
        self.random.shuffle(chosen)
        kinds = ["Add", "Multiply", "Average", "Maximum", "Minimum", "Subtract", "Concatenate", "Concatenate", "Dot"]
        kind = self.random.choice(kinds)
        arguments = ""
        if kind in ("Subtract", "Dot"):
            chosen = chosen[:2]
        if kind == "Concatenate" and self.draw.maybe():
            arguments = f"axis={self.random.choice([-1, 1, 2, -2])}"
        if kind == "Dot":
            arguments = f"axes={self.random.choice(['-1', '1', '2', '(1, 2)', '(2, 2)', '(2, 1)'])}"
        names = ", ".join(tensor.name for tensor in chosen)
        if self.draw.maybe(0.3):
            self.bind(f"{kind.lower()}([{names}]{', ' if arguments else ''}{arguments})", chosen)
        else:
            self.bind(f"{kind}({arguments})([{names}])", chosen)

    def attention(self) -> None:
        query = self.pick((2,)) if self.draw.maybe(0.1) else self.pick((3,)) or self.pick((3, 4, 5))
        if query is None:
            return
        value = self.random.choice([query, query, self.pick((3,)) or query])
        scores = self.draw.maybe(0.2) and value is query and len(query.shape) == 3
        keyword = ", return_attention_scores=True" if scores else ""
        names = (self.name("x"), self.name("s")) if scores else ()
        both = f"{query.name}, {value.name}"
        forms = [
            f"Attention()([{both}]{keyword})", f"AdditiveAttention()([{both}]{keyword})",
            f"MultiHeadAttention(num_heads=2, key_dim=3)({both}{keyword})",
        ]  # fmt: skip
        forms += [f"GroupQueryAttention(3, 4, 2)({both}{keyword})"] if self.modern else []
        self.bind(self.random.choice(forms), [query, value], names)

    def states(self) -> None:
        first, second = self.pick((3,)), self.pick((3,))
        if first is None or second is None:
            return
        kind, units = self.random.choice(["LSTM", "GRU", "SimpleRNN"]), self.draw.size()
        sequences = ", return_sequences=True" if self.draw.maybe() else ""
        states = tuple(self.name("h") for _ in range(2 if kind == "LSTM" else 1))
        encoder = f"{kind}({units}, return_state=True{sequences})"
        if self.draw.maybe(0.3):
            more = tuple(self.name("h") for _ in states)
            if self.bind(f"Bidirectional({encoder})({first.name})", [first], (self.name("x"), *states, *more)):
                given = f"[{', '.join((*states, *more))}]"
                self.bind(f"Bidirectional({kind}({units}))({second.name}, initial_state={given})", [first, second])
            return
        if self.bind(f"{encoder}({first.name})", [first], (self.name("x"), *states)) and first.shape[0] == second.shape[0]:
            given = f"[{', '.join(states)}]" if len(states) > 1 or self.draw.maybe() else states[0]
            self.bind(f"{kind}({units}{sequences})({second.name}, initial_state={given})", [first, second])

    def a_cell(self) -> None:
        tensor = self.pick((2,))
        if tensor is None:
            return
        kind, units = self.random.choice(["LSTMCell", "GRUCell", "SimpleRNNCell"]), self.draw.size()
        state = self.name("x")
        if self.bind(f"Dense({units})({tensor.name})", [tensor], (state,)):
            given = f"[{state}, {state}]" if kind == "LSTMCell" else f"[{state}]"
            new = f"[{self.name('x')}, {self.name('x')}]" if kind == "LSTMCell" else f"[{self.name('x')}]"
            names = tuple(new.strip("[]").split(", "))
            out = self.name("x")
            line = self.run(f"{out}, {new} = {kind}({units})({tensor.name}, {given})", (out, *names))
            if line.error is None:
                self.tensors += [Tensor(name, line.shapes[name], tensor.inputs) for name in (out, *names)]

    def a_model(self) -> None:
        tensor = self.pick()
        if tensor is None or len(tensor.inputs) != 1 or tensor.name in tensor.inputs:
            return
        (start,) = tensor.inputs
        shape = next(known.shape for known in self.tensors if known.name == start)
        name, seen = self.name("m"), self.name("s")
        form = self.random.choice([f"Model({start}, {tensor.name})", f"Model(inputs=[{start}], outputs={tensor.name})"])
        if self.run(f"{name} = {form}", ()).error is not None:
            return
        self.run(f"{seen} = {name}.output_shape", (seen,))
        self.models.append((name, shape))

    def a_sequential(self) -> None:
        shape = self.draw.input()
        name, seen = self.name("m"), self.name("s")
        specs = []
        current: Any = (None, *shape)
        layers = self.keras.layers
        stack = self.keras.Sequential([self.keras.Input(shape)])
        for _ in range(self.draw.size(3)):
            spec = self.draw.layer(current)
            try:
                stack.add(spec.real(layers))
                current = tuple(stack.output.shape)
            except Exception:  # noqa: BLE001 - arguments that no layer takes
                continue
            specs.append(repr(spec))
        if not specs:
            return
        if self.draw.maybe():
            line = self.run(f"{name} = Sequential([Input({shape!r}), {', '.join(specs)}])", ())
        elif self.draw.maybe() or (not self.modern and specs[0].startswith("Embedding")):
            # In Keras 2 an Embedding that comes first declares (None,) itself, and `build` is passed over.
            line = self.run(f"{name} = Sequential()", ())
            for part in (f"Input({shape!r})", *specs):
                line = self.run(f"{name}.add({part})", ())
        else:
            line = self.run(f"{name} = Sequential([{', '.join(specs)}])", ())
            if line.error is None:
                self.run(f"{name}.build({(None, *shape)!r})", ())
        if line.error is None and self.scope[name].built:
            self.run(f"{seen} = {name}.output_shape", (seen,))
            self.models.append((name, (None, *shape)))

    def apply_a_model(self) -> None:
        if not self.models:
            return
        name, shape = self.random.choice(self.models)
        if any(dim is None for dim in shape[1:]) or shape[0] is not None:
            return
        if self.draw.maybe(0.3):
            tensor = self.input((self.draw.size(5), *shape[1:]))
            self.bind(f"TimeDistributed({name})({tensor.name})", [tensor])
            return
        fitting = [tensor for tensor in self.tensors if tensor.shape == shape]
        tensor = self.random.choice(fitting) if fitting and self.draw.maybe(0.7) else self.input(shape[1:])
        self.bind(f"{name}({tensor.name})", [tensor])

    def a_function(self) -> None:
        tensor = self.pick()
        assert tensor is not None
        name, rank = tensor.name, len(tensor.shape)
        second = next((known for known in reversed(self.tensors) if known.shape == tensor.shape), tensor)
        other = second.name
        axis = self.random.randrange(1, rank) if rank > 1 else 0
        choices = [
            f"{name} + {other}", f"{name} * 2", f"1 - {name}", f"-{name}", f"{name} / {other}", f"{name}[:, None]",
        ]  # fmt: skip
        if rank > 1:
            choices += [f"{name}[..., 0]", f"{name}[:, ::2]", f"{name}[:, -1]", f"{name}[:, 0]", f"{name}[:, :1]"]
            choices += [f"{name}[..., None]"]
        if self.modern:
            choices += [
                *(f"ops.{function}({name}, axis={axis})" for function in _ALONG_AN_AXIS),
                *(f"ops.{function}({name})" for function in _ELEMENTWISE),
                f"ops.mean({name}, axis={axis}, keepdims=True)", f"ops.sum({name}, axis=-1)",
                f"ops.expand_dims({name}, {self.random.choice([1, -1])})", f"ops.concatenate([{name}, {other}], axis={axis})",
                f"ops.stack([{name}, {other}], axis={axis})", f"ops.maximum({name}, {other})", f"ops.add({name}, 1)",
                f"ops.repeat({name}, 2, axis={axis})", f"ops.roll({name}, 1, axis={axis})", f"ops.clip({name}, 0, 1)",
                f"ops.where({name} > 0, {name}, {other})", f"ops.one_hot({name}, 4)", f"ops.tile({name}, {[1] * (rank - 1) + [2]})",
                f"ops.power({name}, 2)", f"ops.moveaxis({name}, {axis}, -1)", f"ops.swapaxes({name}, {axis}, -1)",
                f"ops.cast({name}, 'float32')", f"ops.take({name}, 0, axis={axis})", f"ops.norm({name}, axis={axis})",
                f"ops.pad({name}, {[[0, 0]] + [[1, 0]] * (rank - 1)})", f"ops.logical_not({name} > 0)", f"ops.leaky_relu({name})",
                f"ops.squeeze(ops.expand_dims({name}, 1), 1)", f"ops.sort({name}, axis={axis})", f"ops.var({name}, axis={axis})",
                f"ops.ones_like({name})", f"ops.full_like({name}, 2.0)", f"ops.less({name}, {other})", f"ops.log1p({name})",
                f"ops.transpose({name}, {self.shuffled(rank)})", f"ops.top_k({name}, 1)[0]",
                f"ops.stop_gradient({name})", f"ops.count_nonzero({name}, axis={axis})", f"ops.any({name} > 0, axis={axis})",
                f"ops.average({name}, axis={axis})", f"ops.logsumexp({name}, axis={axis})",
                f"ops.normalize({name})",
            ]  # fmt: skip
            known = [dim for dim in tensor.shape[1:] if dim is not None]
            if len(known) == rank - 1:
                size = 1
                for dim in known:
                    size *= dim
                choices += [f"ops.reshape({name}, (-1, {size}))", f"ops.reshape({name}, (-1, {size}, 1))"]
            if rank == 3:
                choices += [
                    f"ops.matmul({name}, ops.transpose({other}, (0, 2, 1)))", f"ops.einsum('btf,bsf->bts', {name}, {other})",
                    f"ops.split({name}, 1, axis=1)[0]", f"ops.unstack({name}, 1, axis=1)[0]" if tensor.shape[1] == 1 else name,
                ]  # fmt: skip
        expression = self.random.choice(choices)
        if self.draw.maybe(0.2) and other == name:
            expression = f"Lambda(lambda t: {expression.replace(name, 't')})({name})"
        self.bind(expression, [tensor, second] if other in re.findall(r"\w+", expression) else [tensor])

    def shuffled(self, rank: int) -> list[int]:
        order = list(range(1, rank))
        self.random.shuffle(order)
        return [0, *order]

    def grow(self, steps: int) -> None:
        """Draw `steps` steps."""
        self.input()
        weights = {
            self.a_layer: 10, self.a_shared_layer: 2, self.a_merge: 3, self.attention: 2, self.states: 2, self.a_cell: 1,
            self.a_model: 1, self.a_sequential: 1, self.apply_a_model: 2, self.a_function: 4,
        }  # fmt: skip
        for _ in range(steps):
            if self.draw.maybe(0.1):
                self.input()
            self.random.choices(list(weights), list(weights.values()))[0]()


def _mergeable(a: Real, b: Real) -> bool:
    """Whether two shapes go together, as far as they are known."""
    return all(x is None or y is None or x == y or 1 in (x, y) for x, y in zip(reversed(a[1:]), reversed(b[1:])))


def shape_of(value: Any) -> Any:
    """The shape of a tensor, or a value that is a shape already; None for anything else."""
    if isinstance(value, tuple) and all(dim is None or isinstance(dim, int) for dim in value):
        return value
    if isinstance(value, (list, tuple)):
        return [shape_of(item) for item in value]
    shape = getattr(value, "shape", None)
    return tuple(shape) if shape is not None else None


def _known(value: Value) -> Any:
    """What the analysis knows of a bound value: a shape as Keras writes it, "?" where it is not known."""
    if isinstance(value, Choice):
        return "?"
    if isinstance(value, Array):
        return "?" if value.shape.open else tuple(None if is_open(dim) else dim for dim in value.shape.dims)
    items = items_of(value)
    if items is None or items.known is None:
        return "?"
    parts = [getattr(item, "value", "?") for item in items.known]
    return tuple(parts) if "?" not in parts else [_known(item) for item in items.known]


def analysis(text: str) -> tuple[dict[tuple[int, str], Any], dict[int, str]]:
    """What the analysis knows of each name at the row that binds it, and which rows it says to be at fault."""
    return run_deep(lambda: _analysis(text))


def _analysis(text: str) -> tuple[dict[tuple[int, str], Any], dict[int, str]]:
    trees, problems = parse(script(text))
    assert not problems, problems
    events = analysed(trees, reveal=True).events
    nodes = [event.site.node for event in events if isinstance(event.site.node, libcst.CSTNode)]
    rows = spans(trees[0], nodes)
    bound: dict[tuple[int, str], Any] = {}
    faults: dict[int, str] = {}
    for event in events:
        span = rows.get(event.site.node)  # type: ignore[call-overload]
        if span is None:
            continue
        if isinstance(event, Bound):
            bound[span.start_row, event.name] = _known(event.value)
        elif isinstance(event, (LayerApplied, Operation)) and event.violation is not None:
            faults.setdefault(span.start_row, event.violation.message)
    return bound, faults


def differences(program: Program) -> list[str]:
    """Where the framework and the analysis differ on a program."""
    bound, faults = analysis(program.text)
    first = program.head.count("\n") + 1
    wrong = []
    told_before: set[str] = set()
    for row, line in enumerate(program.lines, start=first):
        told = faults.get(row)
        if told_before & set(re.findall(r"\w+", line.text)):
            told_before.update(_changed(line))
            continue
        unsure = line.error is None and not all(is_known(bound.get((row, name), "?")) for name in line.shapes)
        if line.error is None and (told is not None or unsure) and excused(program, line, told is not None):
            told_before.update(_changed(line))
            continue
        if line.error is not None:
            # Integers where the weights are floats are no matter of shapes.
            if told is None and not (isinstance(line.error, TypeError) and "int64" in str(line.error)):
                wrong.append(f"{line.text}\n    raises {type(line.error).__name__}: {str(line.error)[:200]!r}; not told")
            continue
        if told is not None:
            wrong.append(f"{line.text}\n    gives {line.shapes}; told {told}")
        if told is not None:
            continue
        for name, shape in line.shapes.items():
            known = bound.get((row, name), "?")
            if not _agree(known, shape):
                wrong.append(f"{line.text}\n    {name} is {shape}, known as {known}")
    return wrong


def _changed(line: Line) -> tuple[str, ...]:
    """The names that a line binds, or the one of the model that it builds."""
    return line.names or (re.split(r"\W", line.text)[0],)


def excused(program: Program, line: Line, told: bool) -> bool:
    """Whether data fails as it was `told`, or shows, where nothing is known, that the symbolic shape is not what it gets."""
    inputs, outputs = _ends(program, line)
    seen = [on_data(program.keras, inputs, outputs, length) for length in LENGTHS]
    return all(one == "fails" for one in seen) if told else any(one != "as symbols" for one in seen)


def _ends(program: Program, line: Line) -> tuple[list[Any], list[Any]]:
    """The symbolic tensors between which data can run through what a line makes, or through the model that it speaks of."""
    if line.inputs:
        return [program.scope[name] for name in sorted(line.inputs)], [program.scope[name] for name in line.names]
    words = re.findall(r"\w+", line.text)
    model = program.scope[words[1 if line.names else 0]]
    return model.inputs, model.outputs


def _agree(known: Any, real: Any) -> bool:
    """Equal, or the analysis knows a length that the framework leaves open."""
    if isinstance(real, list):
        return isinstance(known, (list, tuple)) and len(known) == len(real) and all(map(_agree, known, real))
    return isinstance(known, tuple) and len(known) == len(real) and all(
        have == want or want is None for have, want in zip(known, real)
    )
