"""Modules, layers, losses and packed sequences of PyTorch against torch itself, and what is known where arguments are not."""
from __future__ import annotations

from typing import Any

import pytest
import torch

from lstmlint.library import registry
from lstmlint.library.torch.packed import PackedSequence
from lstmlint.shapes.index import FULL, index
from lstmlint.shapes.permute import transpose
from lstmlint.shapes.shape import Axis, Meaning, Shape
from lstmlint.trace import Bound, LayerApplied, LossComputed, Packed, Softmax
from lstmlint.values.base import Choice, Value
from lstmlint.values.data import Array, Tuple
from tests.library.differential import run
from tests.library.torch_losses import Loss, draw_loss
from tests.library.torch_losses import disagreement as loss_disagreement
from tests.library.torch_modules import Draw, Pair, Spec, disagreement, shown, structure
from tests.library.torch_programs import HEAD, Writer, events_of
from tests.library.torch_programs import disagreement as program_disagreement

torch.set_num_threads(1)


@pytest.mark.parametrize("start", range(0, 1500, 100))
def test_random_layers(start: int) -> None:
    wrong = [found for seed in range(start, start + 100) if (found := disagreement(Draw(seed).layer())) is not None]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("start", range(0, 600, 200))
def test_random_losses(start: int) -> None:
    wrong = [found for seed in range(start, start + 200) if (found := loss_disagreement(draw_loss(Draw(seed)))) is not None]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("start", range(0, 200, 50))
def test_random_programs(start: int) -> None:
    wrong = [found for seed in range(start, start + 50) if (found := program_disagreement(Writer(seed).program())) is not None]
    assert not wrong, "\n".join(wrong)


_STATES = [
    Spec("LSTM", {"input_size": 3, "hidden_size": 4}, ((5, 2, 3), (2, 1, 2, 4))),
    Spec("LSTM", {"input_size": 3, "hidden_size": 4}, ((5, 3), (2, 1, 4))),
    Spec("LSTM", {"input_size": 3, "hidden_size": 4}, ((5, 3), Pair(((1, 4), (1, 4), (1, 4))))),
    Spec("LSTM", {"input_size": 3, "hidden_size": 4, "proj_size": 2}, ((5, 2, 3), Pair(((1, 2, 2), (1, 2, 4))))),
    Spec("LSTM", {"input_size": 3, "hidden_size": 4, "proj_size": 2}, ((5, 2, 3), Pair(((1, 2, 4), (1, 2, 4))))),
    Spec("GRU", {"input_size": 3, "hidden_size": 4, "num_layers": 2, "bidirectional": True}, ((5, 2, 3), (2, 2, 4))),
    Spec("GRU", {"input_size": 3, "hidden_size": 4, "batch_first": True}, ((5, 2, 3), (1, 2, 4))),
    Spec("RNN", {"input_size": 3, "hidden_size": 4}, ((5, 2, 3), (2, 4))),
    Spec("GRUCell", {"input_size": 3, "hidden_size": 4}, ((5, 3), (4, 4))),
]


@pytest.mark.parametrize("spec", _STATES, ids=repr)
def test_initial_states(spec: Spec) -> None:
    assert disagreement(spec) is None


_LOSSES = [
    Loss("CrossEntropyLoss", ((4, 7, 3), (4, 3)), integers=True),
    Loss("CrossEntropyLoss", ((4, 7, 3), (4, 7)), integers=True),
    Loss("CrossEntropyLoss", ((4, 3), (4, 3)), integers=True),
    Loss("CrossEntropyLoss", ((4, 3), (4, 3))),
    Loss("CrossEntropyLoss", ((4, 3), (4,))),
    Loss("CrossEntropyLoss", ((4, 3), (4, 1)), integers=True),
    Loss("NLLLoss", ((4, 7, 7), (4, 7)), integers=True),
    Loss("MSELoss", ((4, 1), (4,))),
    Loss("MSELoss", ((4, 3), (4,))),
    Loss("BCELoss", ((4, 1), (4,))),
    Loss("KLDivLoss", ((4, 1), (4,))),
]


@pytest.mark.parametrize("loss", _LOSSES, ids=repr)
def test_losses(loss: Loss) -> None:
    assert loss_disagreement(loss) is None


@pytest.mark.parametrize(
    ("path", "args", "keywords"),
    [
        ("conv1d", ((2, 3, 9), (4, 3, 2)), {"padding": 1}),
        ("conv1d", ((2, 3, 9), (4, 2, 2)), {}),
        ("conv2d", ((2, 4, 9, 8), (6, 2, 2, 3)), {"stride": 2, "groups": 2}),
        ("max_pool1d", ((2, 3, 9), 2), {}),
        ("max_pool2d", ((2, 3, 9, 9), 2), {"ceil_mode": True}),
        ("max_pool2d", ((2, 3, 9, 9), (2, 12)), {}),
        ("avg_pool1d", ((2, 3, 9), 4, 2, 1), {}),
        ("adaptive_avg_pool1d", ((2, 3, 9), 4), {}),
        ("adaptive_avg_pool2d", ((2, 3, 9, 4), (None, 2)), {}),
        ("pixel_shuffle", ((2, 8, 3, 3), 2), {}),
        ("pixel_shuffle", ((2, 7, 3, 3), 2), {}),
        ("linear", ((2, 5, 3), (4, 3)), {}),
        ("linear", ((2, 5, 3), (4, 2)), {}),
        ("scaled_dot_product_attention", ((2, 4, 5, 3), (2, 4, 6, 3), (2, 4, 6, 7)), {}),
        ("scaled_dot_product_attention", ((2, 5, 3), (2, 6, 4), (2, 6, 7)), {}),
    ],
)
def test_functions(path: str, args: tuple[Any, ...], keywords: dict[str, Any]) -> None:
    values = [torch.zeros(value) if isinstance(value, tuple) and None not in value and len(value) > 1 else value for value in args]
    if path.startswith(("max_pool", "adaptive")):
        values[1:] = args[1:]
    outcome = run(f"torch.nn.functional.{path}", *values, **keywords)
    try:
        expected = getattr(torch.nn.functional, path)(*values, **keywords)
    except (RuntimeError, ValueError):
        assert outcome.raises
        return
    assert not outcome.raises
    assert shown(outcome.value) == structure(expected)


def bound(program: str) -> dict[str, Value]:
    """The last value of each name in a program."""
    return {event.name: event.value for event in events_of(HEAD + program) if isinstance(event, Bound)}


def shape(value: Value) -> str:
    assert isinstance(value, Array), value
    return str(value.shape)


def applied(program: str) -> list[LayerApplied]:
    return [event for event in events_of(HEAD + program) if isinstance(event, LayerApplied)]


def test_packed_sequences() -> None:
    events = events_of(HEAD + """
x = torch.zeros(4, 9, 3)
packed = pack_padded_sequence(x, [9, 7, 7, 2], batch_first=True)
rnn = nn.LSTM(3, 5, 2, batch_first=True)
out, (h, c) = rnn(packed)
padded, lengths = pad_packed_sequence(out, batch_first=True)
other, _ = pad_packed_sequence(out)
whole, _ = pad_packed_sequence(out, batch_first=True, total_length=12)
steps = packed.data
short = pack_padded_sequence(x, [5, 4, 3, 3], batch_first=True)
y, _ = pad_packed_sequence(short, batch_first=True)
""")
    values = {event.name: event.value for event in events if isinstance(event, Bound)}
    assert isinstance(values["packed"], PackedSequence)
    assert shape(values["h"]) == "(2, 4, 5)"
    assert shape(values["padded"]) == "(4, 9, 5)"
    assert shape(values["lengths"]) == "(4,)"
    assert shape(values["other"]) == "(9, 4, 5)"
    assert shape(values["whole"]) == "(4, 12, 5)"
    assert shape(values["y"]) == "(4, 5, 3)"
    assert shape(values["steps"]).endswith(", 3)")
    packed = [event for event in events if isinstance(event, Packed)]
    assert [event.batch for event in packed] == [0, 0]
    (event,) = [event for event in events if isinstance(event, LayerApplied)]
    assert str(event.inputs[0].shape) == "(4, 9, 3)" and event.violation is None


@pytest.mark.parametrize(
    ("call", "raises"),
    [
        ("pack_padded_sequence(torch.zeros(4, 9, 3), [9, 7, 2], batch_first=True)", True),
        ("pack_padded_sequence(torch.zeros(9, 4, 3), [9, 7, 2, 2])", False),
        ("pack_padded_sequence(torch.zeros(9, 4, 3), [10, 7, 2, 2])", False),
        ("pack_padded_sequence(torch.zeros(9), [9])", True),
        ("torch.nn.utils.rnn.pad_sequence([torch.zeros(3, 2), torch.zeros(5, 2)])", False),
        ("torch.nn.utils.rnn.pad_sequence([torch.zeros(3, 2), torch.zeros(5, 3)])", True),
        ("torch.nn.utils.rnn.pad_sequence([torch.zeros(3), torch.zeros(5)], batch_first=True)", False),
        ("torch.nn.utils.rnn.pack_sequence([torch.zeros(5, 2), torch.zeros(3, 2)])", False),
        ("nn.GRU(2, 3)(pack_padded_sequence(torch.zeros(9, 4, 3), [9, 7, 2, 2]))", True),
        ("nn.GRU(3, 3)(pack_padded_sequence(torch.zeros(9, 4, 3), [9, 7, 2, 2]), torch.zeros(1, 4, 3))", False),
        ("nn.GRU(3, 3)(pack_padded_sequence(torch.zeros(9, 4, 3), [9, 7, 2, 2]), torch.zeros(1, 9, 3))", True),
        ("nn.Linear(3, 3)(pack_padded_sequence(torch.zeros(9, 4, 3), [9, 7, 2, 2]))", True),
        ("nn.Linear(3, 3)(nn.GRU(3, 3)(torch.zeros(9, 4, 3)))", True),
    ],
)
def test_what_raises_with_packed_sequences(call: str, raises: bool) -> None:
    program = f"{HEAD}\ny = {call}\n"
    violations = [found for event in events_of(program) if (found := getattr(event, "violation", None)) is not None]
    assert bool(violations) == raises
    if raises:
        with pytest.raises((RuntimeError, ValueError, TypeError, AttributeError, IndexError)):
            exec(program, {})
    else:
        assert program_disagreement(program) is None or "PackedSequence" in program or "pack" in call


def test_a_packed_lstm_of_the_wrong_width_computes_nonsense() -> None:
    """Torch does not check it, so the violation is one that goes unseen."""
    program = "y, _ = nn.LSTM(2, 3)(pack_padded_sequence(torch.zeros(9, 4, 5), [9, 7, 2, 2]))"
    (event,) = applied(program)
    assert event.violation is not None and event.violation.kind == "feature"


def test_meanings_of_what_an_rnn_returns() -> None:
    values = bound("""
first, (h, c) = nn.LSTM(3, 5, 2, bidirectional=True, batch_first=True)(torch.zeros(4, 9, 3))
second, h2 = nn.GRU(3, 5)(torch.zeros(9, 4, 3))
""")

    def meanings(name: str) -> list[Meaning | None]:
        value = values[name]
        assert isinstance(value, Array)
        return [axis.meaning for axis in value.shape]

    assert meanings("first") == [Meaning.BATCH, Meaning.TIME, Meaning.FEATURE]
    assert meanings("second") == [Meaning.TIME, Meaning.BATCH, Meaning.FEATURE]
    assert meanings("h") == meanings("c") == meanings("h2") == [Meaning.LAYERS, Meaning.BATCH, Meaning.FEATURE]
    assert shape(values["h"]) == "(4, 4, 5)"


UNKNOWN_CLASS = """
class Net(nn.Module):
    def __init__(self, size, hidden, layers, classes, bidirectional=False):
        super().__init__()
        self.rnn = nn.LSTM(size, hidden, layers, batch_first=True, bidirectional=bidirectional, dropout=0.1 if layers > 1 else 0)
        directions = 2 if bidirectional else 1
        self.fc = nn.Linear(hidden * directions, classes)

    def forward(self, x):
        out, (h, c) = self.rnn(x)
        y = self.fc(out)
        return y
"""


def test_a_class_that_nothing_instantiates() -> None:
    program = UNKNOWN_CLASS
    for event in applied(program):
        assert event.violation is None
        assert isinstance(event.output, (Array, Tuple))
    last = bound(program)
    assert isinstance(last["y"], Array) and str(last["y"].shape.axes[-1].dim) == "classes"
    rnn = [event for event in applied(program) if event.layer.kind == "LSTM"]
    assert len(rnn) == 2 and all(event.assumptions for event in rnn)
    widths = sorted(str(event.output.items.known[0].shape.axes[-1].dim) for event in rnn)  # type: ignore[union-attr,index]
    assert widths == ["2*hidden", "hidden"]


def test_a_forgotten_direction_is_seen_in_a_class_that_nothing_instantiates() -> None:
    program = UNKNOWN_CLASS.replace("hidden * directions", "hidden")
    wrong = [event for event in applied(program) if event.violation is not None]
    assert [event.layer.kind for event in wrong] == ["Linear"]
    assert list(wrong[0].assumptions.values()) == [True]


def test_what_is_known_of_an_rnn_with_unknown_input() -> None:
    values = bound("""
import elsewhere
x = elsewhere.load()
out, (h, c) = nn.LSTM(3, 5, 2, bidirectional=True, batch_first=True)(x)
""")
    out, h = values["out"], values["h"]
    assert isinstance(out, Array) and isinstance(h, Array)
    assert out.shape.axes[-1].dim == 10
    assert h.shape.axes[0].dim == 4 and h.shape.axes[-1].dim == 5
    assert out.known == h.known == "refined"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("net = nn.ModuleDict({'a': nn.Linear(3, 4)})\ny = net['a'](x)", "(2, 5, 4)"),
        ("net = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 6))\ny = net[:1](x)", "(2, 5, 4)"),
        ("net = nn.Sequential(nn.Linear(3, 4))\nnet.append(nn.Linear(4, 7))\ny = net(x)", "(2, 5, 7)"),
        ("net = torch.jit.script(nn.Linear(3, 4).to('cuda').double())\ny = net.eval()(x)", "(2, 5, 4)"),
        ("net = torch.compile(nn.DataParallel(nn.Linear(3, 4)))\ny = net.module(x)", "(2, 5, 4)"),
        ("net = nn.Embedding.from_pretrained(torch.zeros(9, 6))\ny = net(torch.zeros(2, 5).long())", "(2, 5, 6)"),
        ("net = nn.LSTM(3, 4, 2)\ny = torch.zeros(net.num_layers, 1, net.hidden_size)", "(2, 1, 4)"),
        ("net = nn.Linear(3, 4)\nnet.weight = nn.Linear(3, 4).weight\ny = net.weight", "(4, 3)"),
        ("class Net(nn.LSTM):\n    pass\ny = Net(3, 4)(x)[0]", "(2, 5, 4)"),
        ("class Net(nn.Sequential):\n    def __init__(self):\n        super().__init__(nn.Linear(3, 4))\ny = Net()(x)",
         "(2, 5, 4)"),
        ("class LSTM(nn.Module):\n    def forward(self, x):\n        return x[0]\ny = LSTM()(x)", "(5, 3)"),
        ("class Net(nn.Module):\n    def forward(self, x, scale=1):\n        return x[0]\ny = Net().forward(x, scale=2)", "(5, 3)"),
        ("class Base(nn.Module):\n    def __init__(self, n):\n        super(Base, self).__init__()\n"
         "        self.fc = nn.Linear(3, n)\nclass Net(Base):\n    def __init__(self):\n        super().__init__(8)\n"
         "    def forward(self, x):\n        return self.fc(x)\ny = Net()(x)", "(2, 5, 8)"),
        ("class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
         "        self.register_buffer('mask', torch.ones(7, 3))\n"
         "        for i in range(2):\n            self.add_module(f'fc{i}', nn.Linear(3, 3))\n"
         "    def forward(self, x):\n        return getattr(self, 'fc1')(self.mask)\ny = Net()(x)", "(7, 3)"),
    ],
)  # fmt: skip
def test_modules(body: str, expected: str) -> None:
    assert shape(bound(f"x = torch.zeros(2, 5, 3)\n{body}\n")["y"]) == expected


def test_softmax_tells_its_axis() -> None:
    events = events_of(HEAD + "y = nn.LogSoftmax()(torch.zeros(4, 3))\nz = nn.Softmax(dim=-1)(torch.zeros(4, 3))\n")
    assert [(event.axis, event.log) for event in events if isinstance(event, Softmax)] == [(1, True), (-1, False)]


def test_a_loss_of_a_tuple() -> None:
    events = events_of(HEAD + "loss = nn.MSELoss()(nn.GRU(3, 4)(torch.zeros(5, 2, 3)), torch.zeros(5, 2, 4))\n")
    (event,) = [event for event in events if isinstance(event, LossComputed)]
    assert event.violation is not None and event.violation.kind == "type"


def test_alternatives_of_a_dropout_do_not_make_two_layers() -> None:
    value = bound("import sys\nnet = nn.LSTM(3, 4, dropout=0.3 if len(sys.argv) > 2 else 0)\n")["net"]
    assert not isinstance(value, Choice)


_LEFT_OUT = {
    *("AdaptiveLogSoftmaxWithLoss", "ChannelShuffle", "Container", "CrossMapLRN2d", "Fold", "FractionalMaxPool2d"),
    "FractionalMaxPool3d",
    *("LinearCrossEntropyLoss", "MaxUnpool1d", "MaxUnpool2d", "MaxUnpool3d", "RNNBase", "RNNCellBase", "SyncBatchNorm"),
    *("TripletMarginWithDistanceLoss", "UninitializedBuffer", "UninitializedParameter", "Unfold", "Buffer", "LazyInstanceNorm1d"),
    *("LazyInstanceNorm2d", "LazyInstanceNorm3d", "Module", "LinearCrossEntropyOptions"),
}
"""Layers without a model: nothing is known of what they answer."""


def test_every_layer_has_a_model() -> None:
    classes = [name for name in dir(torch.nn) if isinstance(getattr(torch.nn, name), type)]
    assert {name for name in classes if registry.find(f"torch.nn.{name}") is None} <= _LEFT_OUT




def test_what_is_kept_of_an_open_shape() -> None:
    """`out[:, -1, :]` and `x.permute(1, 0, 2)` of what an unknown sequence became."""
    known = Shape((Axis(7),), True)
    assert str(index(known, [FULL, -1, FULL])[0]) == "(…, 7)"
    assert str(index(known, [FULL, FULL, -1])[0]) == "(…)"
    assert transpose(known, (1, 0, 2))[0].axes[-1].dim == 7
    assert transpose(known, (0, 2, 1))[0].axes[1].dim == 7
