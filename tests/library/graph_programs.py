"""Random programs of TensorFlow 1, line by line, and what TensorFlow itself makes of each."""
from __future__ import annotations

import random
import warnings
from dataclasses import dataclass
from typing import Any

import numpy

CELLS = ("BasicRNNCell", "GRUCell", "BasicLSTMCell", "LSTMCell")


@dataclass
class Built:
    """A program, the static shapes of its names by line (None: no tensor, an empty tuple entry None: unknown length), and the line
    that raises (0: none) with its words."""

    text: str
    shapes: dict[int, Any]
    raises: int
    words: str


class Writer:
    """Writes one program."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.lines = ["import tensorflow as tf"]
        self.names: list[str] = []
        self.lists: list[str] = []
        self.count = 0

    def pick(self, *options: Any) -> Any:
        return self.random.choice(options)

    def new(self, expression: str, listed: bool = False) -> None:
        name = f"v{self.count}"
        self.count += 1
        self.lines.append(f"{name} = {expression}")
        (self.lists if listed else self.names).append(name)

    def tensor(self) -> str:
        return self.random.choice(self.names[-4:])

    def cell(self, depth: int = 0) -> str:
        kind = self.random.randrange(8 if depth < 2 else 4)
        units = self.pick(2, 3, 4, 6)
        if kind < 4:
            extra = ", state_is_tuple=False" if self.random.random() < 0.1 and "LSTM" in CELLS[kind] else ""
            extra += ", num_proj=5" if CELLS[kind] == "LSTMCell" and self.random.random() < 0.2 else ""
            return f"tf.nn.rnn_cell.{CELLS[kind]}({units}{extra})"
        if kind == 4:
            return f"tf.nn.rnn_cell.DropoutWrapper({self.cell(depth + 1)}, output_keep_prob=0.5)"
        if kind == 5:
            return f"tf.nn.rnn_cell.ResidualWrapper({self.cell(depth + 1)})"
        inner = [self.cell(depth + 1) for _ in range(self.pick(1, 2, 3))]
        if kind == 6:
            return f"tf.nn.rnn_cell.MultiRNNCell([{self.cell(depth + 2)} for _ in range({self.pick(1, 2, 3)})])"
        return f"tf.nn.rnn_cell.MultiRNNCell([{', '.join(inner)}])"

    def placeholder(self) -> None:
        rank = self.pick(2, 3, 3, 3, 3, 4)
        dims = [self.pick("None", "None", 4), self.pick("None", 3, 5, 6), self.pick(1, 2, 3, 4), 2][:rank]
        if rank == 2:
            dims[1] = self.pick(2, 3, 4)
        self.new(f"tf.placeholder(tf.float32, [{', '.join(map(str, dims))}])")

    def line(self) -> None:
        getattr(self, self.random.choice(_STEPS))()

    def recurrent(self) -> None:
        major = ", time_major=True" if self.random.random() < 0.2 else ""
        scope = f'scope="s{self.count}"'
        x = self.tensor()
        form = self.random.randrange(5)
        if form == 0:
            self.new(f"tf.nn.bidirectional_dynamic_rnn({self.cell()}, {self.cell()}, {x}, dtype=tf.float32{major}, {scope})")
            pair = self.names.pop()
            self.new(f"tf.concat({pair}[0], 2)")
            return
        if form == 1 and self.lists:
            self.new(f"tf.nn.static_rnn({self.cell()}, {self.random.choice(self.lists)}, dtype=tf.float32, {scope})")
            pair = self.names.pop()
            self.new(f"{pair}[0]", listed=True)
            self.new(f"{pair}[0][-1]")
            return
        self.lines.append(f"c{self.count} = {self.cell()}")
        zeros = f"initial_state=c{self.count}.zero_state(4, tf.float32)"
        start = self.pick("dtype=tf.float32", "dtype=tf.float32", "dtype=tf.float32", zeros)
        self.new(f"tf.nn.dynamic_rnn(c{self.count}, {x}, {start}{major}, {scope})")
        pair = self.names.pop()
        self.new(f"{pair}[0]")
        if self.random.random() < 0.4:
            self.new(f"{pair}[1][-1]" if self.random.random() < 0.5 else f"{pair}[1]")

    def shape(self) -> None:
        x = self.tensor()
        self.new(
            self.pick(
                f"tf.reshape({x}, [-1, {self.pick(2, 3, 4, 6)}])",
                f"tf.reshape({x}, [-1, {self.pick(1, 2, 3)}, {self.pick(2, 3, 4)}])",
                f"tf.reshape({x}, [tf.shape({x})[0], -1])",
                f"tf.reshape({x}, [4, {self.pick(3, 5)}, {self.pick(2, 4)}])",
                f"tf.transpose({x}, {self.pick([1, 0, 2], [1, 0, 2], [0, 2, 1], [1, 0], [2, 1, 0])})",
                f"tf.transpose({x})",
                f"tf.expand_dims({x}, {self.pick(0, 1, -1, 2)})",
                f"tf.squeeze({x}, {self.pick('[1]', '[-1]', 'squeeze_dims=[0]')})",
                f"tf.tile({x}, {self.pick([1, 2], [1, 1, 3], [2, 1, 1])})",
                f"tf.pad({x}, {self.pick([[0, 0], [1, 2]], [[0, 0], [1, 1], [0, 0]])})",
                f"tf.slice({x}, [0, 0, 0], [-1, {self.pick(1, 2)}, -1])",
                f"tf.one_hot(tf.argmax({x}, {self.pick(0, 1, -1)}), {self.pick(3, 5)})",
            )
        )

    def part(self) -> None:
        x = self.tensor()
        parts = ("[:, -1]", "[-1]", "[:, -1, :]", "[:, 1:3]", "[:, :-1]", "[..., 0]", "[:, :, 0]", "[:, :, :1]", "[:, None]", "[0]")
        self.new(x + self.pick(*parts))

    def several(self) -> None:
        x = self.tensor()
        self.new(
            self.pick(
                f"tf.unstack({x}, axis=1)", f"tf.unstack({x}, {self.pick(3, 5, 6)}, 1)", f"tf.unstack({x})",
                f"tf.split({x}, {self.pick(2, 3)}, {self.pick(0, 1, 2)})", f"tf.split({x}, num_or_size_splits=2, axis=-1)",
                f"tf.unstack(tf.transpose({x}, [1, 0, 2]))",
            ),  # fmt: skip
            listed=True,
        )

    def join(self) -> None:
        a, b = self.tensor(), self.tensor()
        options = [f"tf.concat([{a}, {b}], {self.pick(0, 1, 2, -1)})", f"tf.stack([{a}, {b}])"]
        options += [f"tf.stack([{a}, {b}], {self.pick(1, -1)})"]
        options += [f"{a} {self.pick('+', '-', '*', '/')} {b}", f"tf.add_n([{a}, {b}])", f"tf.matmul({a}, {b}, transpose_b=True)"]
        if self.lists:
            chosen = self.random.choice(self.lists)
            options += [f"tf.stack({chosen}, {self.pick(0, 1)})", f"tf.concat({chosen}, {self.pick(0, 1)})"]
            options += [f"tf.transpose({chosen}, [1, 0, 2])"]
            options += [f"{chosen}[-1]", f"{chosen}[0]"]
        self.new(self.random.choice(options))

    def reduce(self) -> None:
        x, name = self.tensor(), self.pick("sum", "mean", "max")
        self.new(
            self.pick(
                f"tf.reduce_{name}({x}, {self.pick(1, -1, [1], [0, 1], 2)})",
                f"tf.reduce_{name}({x}, axis={self.pick(1, -1)}, keep_dims=True)",
                f"tf.reduce_{name}({x}, reduction_indices=[1])",
                f"tf.nn.softmax({x})", f"tf.tanh({x})", f"2.0 * {x} - 1", f"tf.nn.dropout({x}, 0.5)", f"tf.zeros_like({x})",
            )  # fmt: skip
        )

    def weights(self) -> None:
        x, rows, columns = self.tensor(), self.pick(2, 3, 4, 6), self.pick(1, 2, 3)
        self.new(
            self.pick(
                f"tf.layers.dense({x}, {columns})",
                f"tf.matmul({x}, tf.Variable(tf.random_normal([{rows}, {columns}])))",
                f'tf.matmul({x}, tf.get_variable("w{self.count}", [{rows}, {columns}])) + tf.Variable(tf.zeros([{columns}]))',
                f"tf.nn.xw_plus_b({x}, tf.Variable(tf.zeros([{rows}, {columns}])), tf.Variable(tf.zeros([{columns}])))",
                f"tf.nn.bias_add({x}, tf.Variable(tf.zeros([{rows}])))",
                f"tf.tensordot({x}, tf.Variable(tf.zeros([{rows}, {columns}])), axes=1)",
                f"tf.nn.embedding_lookup(tf.Variable(tf.zeros([9, {columns}])), tf.cast({x}, tf.int32))",
            )
        )

    def loss(self) -> None:
        a, b = self.tensor(), self.tensor()
        self.new(
            self.pick(
                f"tf.losses.mean_squared_error({a}, {b})",
                f"tf.nn.sigmoid_cross_entropy_with_logits(labels={a}, logits={b})",
                f"tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.argmax({a}, -1), logits={b})",
                f"tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.cast({a}, tf.int32), logits={b})",
                f"tf.reduce_mean(tf.square({a} - {b}))",
            )
        )


_STEPS = (
    "recurrent", "recurrent", "recurrent", "shape", "shape", "part", "part", "several", "join", "reduce", "weights", "weights",
    "loss", "placeholder",
)  # fmt: skip


def build(seed: int, steps: int = 9) -> Built:
    """A random program, run up to the first line that raises."""
    from tests.graph_shim import graph

    writer = Writer(seed)
    writer.placeholder()
    names: dict[str, Any] = {}
    shapes: dict[int, Any] = {}
    done = 0
    raises, words = 0, ""
    with graph(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(steps):
            while done < len(writer.lines):
                try:
                    exec(writer.lines[done], names)
                except Exception as error:
                    raises, words = done + 1, f"{type(error).__name__}: {error}"
                    return Built("\n".join(writer.lines[: done + 1]) + "\n", shapes, raises, words)
                done += 1
                target = writer.lines[done - 1].split(" = ")[0]
                if target in names:
                    shapes[done] = static(names[target])
            writer.line()
    return Built("\n".join(writer.lines[:done]) + "\n", shapes, raises, words)


def raises_in_a_run(text: str, line: int) -> bool:
    """Whether what a line makes can't be computed, whichever of some lengths the open axes have."""
    from tests.graph_shim import graph

    lines = text.split("\n")[:line]
    names: dict[str, Any] = {}
    with graph() as module, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec("\n".join(lines), names)
        own = module.get_default_graph()
        inputs = [operation.outputs[0] for operation in own.get_operations() if operation.type == "Placeholder"]
        wanted = names[lines[-1].split(" = ")[0]]
        with module.Session() as session:
            session.run(module.global_variables_initializer())
            for length in (12, 6, 4, 3, 1):
                feed = {x: numpy.ones([length if dim is None else dim for dim in x.shape.as_list()]) for x in inputs}
                try:
                    session.run(wanted, feed)
                except Exception:
                    continue
                return False
    return True


def static(value: Any) -> Any:
    """The shape of a tensor as a tuple, of several as a list of these; None for an unknown rank, "other" for other things."""
    if isinstance(value, (list, tuple)):
        return [static(part) for part in value]
    shape = getattr(value, "shape", "other")
    if shape == "other" or not hasattr(shape, "rank"):
        return "other"
    return None if shape.rank is None else tuple(shape.as_list())
