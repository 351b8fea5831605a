"""confirm: what is rebuilt, how it is run apart, and what the real framework says of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmlint.cli import main
from lstmlint.config import Settings
from lstmlint.config.settings import OutputFormat
from lstmlint.confirm import steps
from lstmlint.confirm.graph_steps import Construct, Numpy
from lstmlint.confirm.layers import NotRebuilt, layer_call
from lstmlint.confirm.plan import Plan
from lstmlint.confirm.program import Expected, Program, render
from lstmlint.confirm.run import confirm, prepare
from lstmlint.confirm.sandbox import Outcome, Passed, Raised, run_all
from lstmlint.confirm.sizes import Sizes, instances, with_known
from lstmlint.confirm.steps import LayerCall
from lstmlint.confirm.texts import NotPlain
from lstmlint.confirm.verdict import Verdict, judge, learned
from lstmlint.diagnostics import FileResult
from lstmlint.engine import check_source
from lstmlint.rules.discovery import all_checks
from lstmlint.sandbox.process import Failed
from lstmlint.shapes.dims import Poly, floor_divide, larger, smaller, symbol, symbols
from lstmlint.sources.read import read
from lstmlint.sources.source import script
from lstmlint.values.base import Const, Integer, unknown
from lstmlint.values.code import Site
from lstmlint.values.network import Layer
from tests.harmless import assert_harmless

FIXTURES = sorted(path for path in (Path(__file__).parent.parent / "fixtures").rglob("*.py") if "projects" not in path.parts)
HEAD = "import numpy as np\nfrom keras.layers import *\nfrom keras.models import *\n"

needs_keras = pytest.mark.skipif(find_spec("keras") is None, reason="Keras is the judge here")

SCRIPTS: dict[str, tuple[str, str]] = {
    "states of an RNN": ("confirmed", "out, h, c = LSTM(5, return_state=True)(Input((7, 3)))\nd = LSTM(4)(h)"),
    "two inputs": (
        "confirmed",
        "a, b = Input((7, 3)), Input((7, 4))\nd = GRU(4)(Concatenate()([LSTM(5)(a), LSTM(6)(b)]))",
    ),
    "no input yet": ("confirmed", "m = Sequential([LSTM(5), LSTM(6), Dense(1)])\nm.compile(loss='mse')"),
    "no input yet, tokens": ("confirmed", "m = Sequential([Embedding(9999, 8), LSTM(5), LSTM(6)])\nm.compile(loss='mse')"),
    "built by its data": (
        "confirmed",
        "m = Sequential([LSTM(5), Dense(1)])\nm.compile(loss='mse')\nm.fit(np.zeros((20, 4)), np.zeros(20))",
    ),
    "fed twice": (
        "confirmed",
        "m = Sequential([LSTM(5), Dense(1)])\nm.predict(np.zeros((20, 4, 3)))\nm.predict(np.zeros((20, 3)))",
    ),
    "a model in a model": ("confirmed", "m = Sequential([Sequential([Input((6, 2)), LSTM(5)]), LSTM(4)])"),
    "a model called": (
        "confirmed",
        "m = Sequential([Input((6, 2)), LSTM(5)])\ny = m(Embedding(10, 3)(Input((6,))))",
    ),
    "cells": ("confirmed", "m = Sequential([Input((6, 2)), RNN([LSTMCell(4), GRUCell(5)]), LSTM(4)])"),
    "both directions": (
        "confirmed",
        "m = Sequential([Input((6, 2)), Bidirectional(LSTM(4), merge_mode='sum'), GRU(4)])",
    ),
    "unknown units": (
        "confirmed",
        "def build(units, rate):\n    return Sequential([Input((6, 2)), LSTM(units), Dropout(rate), LSTM(units // 2)])",
    ),
    "silent": (
        "confirmed",
        "m = Sequential([Input((6, 2)), LSTM(5), Dense(1)])\nm.compile(loss='mse')\nm.fit(np.zeros((50, 9, 2)), np.zeros(50))",
    ),
    "all outputs of an RNN": (
        "confirmed",
        "h = LSTM(5, return_state=True)(Input((7, 3)))\nd = RepeatVector(3)(h)",
    ),
    "an array as the input of a model": ("confirmed", "x = np.zeros((9, 3))\nm = Model(x, LSTM(5)(Input((7, 3))))"),
    "a tensor in a Sequential": ("confirmed", "m = Sequential([Input((7, 3))])\nm.add(LSTM(5)(Input((7, 3))))"),
    "a state too few": (
        "confirmed",
        "_, h, c = LSTM(5, return_state=True)(Input((7, 3)))\nd = LSTM(5)(Embedding(9, 4)(Input((6,))), initial_state=[h])",
    ),
    "states of another batch": (
        "confirmed",
        "m = Sequential([Input(batch_shape=(4, 7, 3)), GRU(5, stateful=True), Dense(1)])\n"
        "m.predict(np.zeros((10, 7, 3)), batch_size=5)",
    ),
    "a layer called directly on one sample": ("confirmed", "y = LSTM(5)(np.zeros((20, 7, 3))[0][0])"),
    "a function of the script": ("confirmed", "m = Sequential([Input((6, 2)), Lambda(lambda t: t), LSTM(5), LSTM(5)])"),
    "a function from elsewhere": (
        "not-checked",
        "from helpers import f\nm = Sequential([Input((6, 2)), Lambda(f, output_shape=(6, 2)), LSTM(5), LSTM(5)])",
    ),
    "an unknown word": (
        "not-checked",
        "def build(padding):\n    return Sequential([Input((6, 2)), Conv1D(4, 2, padding=padding), LSTM(5), LSTM(5)])",
    ),
}


def checked(text: str, name: str = "<script>") -> FileResult:
    return check_source(script(text, name), Settings(), keeps=True)


def programs_of(result: FileResult) -> Iterator[Program]:
    for diagnostic in result.diagnostics:
        prepared = prepare(diagnostic.finding) if diagnostic.finding is not None else None
        if isinstance(prepared, tuple):
            yield from prepared[1]


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        (SCRIPTS["silent"][1], ["predict_on_batch"]),
        ("m = Sequential([Input((6, 2)), LSTM(5), Dense(3)])\nm.compile(loss='mse')\nm.fit(np.zeros((9, 6, 2)), np.zeros((9, 1)))",
         ["compute_loss"]),
        ("m = Sequential([Input(batch_shape=(4, 7, 3)), GRU(5), Dense(1)])\nm.compile(loss='mse')\n"
         "m.fit(np.zeros((8, 9, 3)), np.zeros((8, 1)), batch_size=4)", ["predict"]),
    ],
)  # fmt: skip
def test_what_passes_is_shown_on_one_batch(text: str, calls: list[str]) -> None:
    """Keras's pipelines of data cost more than all the rest; a model that declares its batches needs them."""
    (program,) = programs_of(checked(HEAD + text))
    assert re.findall(r"(fit|evaluate|predict|compute_loss|predict_on_batch)\(", program.text) == calls


class TestSizes:
    def test_bounds_and_relations_hold(self) -> None:
        n, w = symbol("n"), symbol("w", lower=1)
        half, least, most = floor_divide(n, 2), smaller(n, 300), larger(w, 40)
        for sizes in instances([n - w - 60, half, least, most]):
            assert sizes[n] - sizes[w] > 60
            assert (sizes[half], sizes[least], sizes[most]) == (sizes[n] // 2, min(sizes[n], 300), max(sizes[w], 40))

    def test_two_instances_differ(self) -> None:
        n = symbol("n")
        first, second = instances([n - 30])
        assert first[n] != second[n]

    def test_nothing_to_choose(self) -> None:
        assert len(instances([3, 4])) == 1

    def test_impossible(self) -> None:
        assert instances([symbol("n", lower=0, upper=5) - 10]) == []

    @given(st.integers(-20, 20), st.integers(1, 4), st.integers(0, 50))
    def test_positive_where_asked(self, constant: int, factor: int, low: int) -> None:
        n = symbol("n", lower=low)
        dim = n * factor + constant
        for sizes in instances([dim]):
            assert sizes[dim] >= 1 and sizes[n] >= low


class TestNothingOfTheScript:
    """Programs hold numbers and names from fixed lists, whatever the script's author wrote."""

    @pytest.mark.parametrize(
        ("name", "arguments"),
        [
            ("LSTM(1); import os", ()),
            ("__import__('os').system", ()),
            ("LSTM", (("units=1)\nimport os#", 1),)),
            ("LSTM", (("activation", "relu"),)),
            ("Conv1D", (("padding", "same'); import os; ('"),)),
            ("Conv1D", (("kernel_size", "3"),)),
            ("LSTM", (("units", 1.5),)),
            ("LSTM", (("units", type("Evil", (int,), {"__repr__": lambda self: "os.system('x')"})(3)),)),
            ("Reshape", (("target_shape", (1, ("x",))),)),
        ],
    )
    def test_layers_are_plain(self, name: str, arguments: tuple[tuple[str, object], ...]) -> None:
        with pytest.raises(NotPlain):
            LayerCall(name, arguments)  # type: ignore[arg-type]

    def test_steps_are_plain(self) -> None:
        with pytest.raises(NotPlain):
            steps.Data(0, ("1); import os", 2))  # type: ignore[arg-type]
        with pytest.raises(NotPlain):
            steps.Compile(0, "mse')\nimport os; ('")
        with pytest.raises(NotPlain):
            steps.Activate(0, "relu(1); import os; (")
        with pytest.raises(NotPlain):
            steps.Apply(0, LayerCall("LSTM"), ("os",))  # type: ignore[arg-type]

    def test_names_that_steps_carry(self) -> None:
        for name, keyword in [("LSTM(1); import os", ""), ("LSTM", "a=1); import os; f("), ("LSTM", "a b"), ("os", "x")]:
            with pytest.raises(NotPlain):
                Construct(0, name, (), keyword)
        with pytest.raises(NotPlain):
            Construct(0, "LSTM", ("os",))
        with pytest.raises(NotPlain):
            Numpy(0, "load", 1)

    def test_what_shapes_do_not_depend_on_is_left_out(self) -> None:
        site = Site(None, None)
        evil = Const("');__import__('os').system('true')#")
        layer = Layer("keras.layers.LSTM", {"units": Const(4), "activation": evil, "name": evil, "dropout": unknown()}, site)
        assert layer_call(layer) == LayerCall("LSTM", (("units", 4),))
        with pytest.raises(NotRebuilt):
            layer_call(Layer("keras.layers.Conv1D", {"filters": Const(4), "padding": evil}, site))
        with pytest.raises(NotRebuilt):
            layer_call(Layer("keras.layers.Evil", {}, site))

    def test_names_of_symbols_stay_out(self) -> None:
        n = symbol("__import__('os').system('true')")
        (sizes, *_) = instances([n])
        text = render([steps.Data(0, (n, 3))], 0, sizes, "LST201; import os").text
        assert "import os" not in text and "system" not in text

    @pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.name)
    def test_programs_of_fixtures(self, path: Path) -> None:
        for program in programs_of(check_source(read(str(path)), Settings(), keeps=True)):
            assert_harmless(program.text)

    def test_programs_of_examples(self) -> None:
        texts = [text for rule in all_checks() for text in rule.invalid] + [HEAD + text for _, text in SCRIPTS.values()]
        programs = [program for text in texts for program in programs_of(checked(text))]
        assert len(programs) > 20
        for program in programs:
            assert_harmless(program.text)


class TestVerdicts:
    PLAN = Plan((), 0, True, 2)
    PROGRAM = Program("", 4)
    RANK = "Input 0 of layer 'lstm' is incompatible with the layer: expected ndim=3, found ndim=2. Full shape received: (None, 5)"

    @pytest.mark.parametrize(
        ("outcome", "kind"),
        [
            (Raised("ValueError", RANK, 4, "Keras"), "confirmed"),
            (Raised("ValueError", RANK, 3, "Keras"), "not-checked"),
            (Raised("ValueError", RANK.replace("found ndim=2", "found ndim=4"), 4, "Keras"), "not-checked"),
            (Raised("TypeError", "LSTM() got an unexpected keyword argument 'shape'", 4, "Keras"), "not-checked"),
            (Raised("ValueError", "something quite different", 4, "Keras"), "not-checked"),
            (Passed("Keras"), "refuted"),
            (Failed("it took longer than 2 s"), "not-checked"),
        ],
    )
    def test_of_what_must_raise(self, outcome: Outcome, kind: str) -> None:
        assert judge(self.PLAN, [self.PROGRAM], [outcome]).kind == kind

    def test_given(self) -> None:
        plan = Plan((), 0, True, 2, ("the data is (n, 5)",))
        verdict = judge(plan, [self.PROGRAM], [Raised("ValueError", self.RANK, 4, "Keras")])
        assert (verdict.kind, verdict.given) == ("confirmed-given", ("the data is (n, 5)",))

    def test_of_what_must_pass(self) -> None:
        plan = Plan((), 0, False)
        assert judge(plan, [self.PROGRAM], [Passed("Keras")]).kind == "confirmed"
        assert judge(plan, [self.PROGRAM], [Raised("ValueError", "shape", 4, "Keras")]).kind == "refuted"

    @pytest.mark.parametrize("framework", ["Keras 3.15.1 (jax)", "Keras 3.15.1 (torch)"])
    def test_another_backend_refutes_nothing(self, framework: str) -> None:
        """What a finding says, it says of TensorFlow; what raises elsewhere, too, is confirmed all the same."""
        passed, raised = Passed(framework), Raised("ValueError", self.RANK, 4, framework)
        accepted = judge(self.PLAN, [self.PROGRAM], [passed])
        assert (accepted.kind, framework in accepted.reason) == ("not-checked", True)
        assert judge(Plan((), 0, False), [self.PROGRAM], [raised]).kind == "not-checked"
        assert judge(self.PLAN, [self.PROGRAM], [raised]).kind == "confirmed"

    def test_one_instance_that_passes_refutes(self) -> None:
        outcomes = [Raised("ValueError", self.RANK, 4, "Keras"), Passed("Keras")]
        assert judge(self.PLAN, [self.PROGRAM] * 2, outcomes).kind == "refuted"

    @pytest.mark.parametrize(
        ("targets", "outputs", "losses", "kind"),
        [
            ((7, 1), (7, 5), (7,), "confirmed"),
            ((7, 5), (7, 1, 5), (7, 7), "confirmed"),
            ((7,), (7, 5, 1), (7, 5), "confirmed"),
            ((7, 5), (7, 5), (7,), "refuted"),
            ((7,), (7, 1), (7,), "refuted"),
            ((7, 5), (7, 5, 1), (7,), "refuted"),
        ],
    )
    def test_of_a_broadcast(
        self, targets: tuple[int, ...], outputs: tuple[int, ...], losses: tuple[int, ...], kind: str
    ) -> None:
        program = Program("", 4, shown=("y", "p", "c"))
        seen = {name: (shape, 0.0, 0.0) for name, shape in zip(program.shown, (targets, outputs, losses))}
        assert judge(Plan((), 3, False), [program], [Passed("Keras", seen)]).kind == kind
        assert judge(Plan((), 3, True, either=True), [program], [Passed("Keras", seen)]).kind == kind

    @pytest.mark.parametrize(
        ("proof", "seen", "kind"),
        [
            ("last", [((9, 8), 0, 1), ((9, 8), 0, 1), ((), 1, 1)], "refuted"),
            ("last", [((9, 8), 0, 1), ((9, 8), 0, 1), ((), 0, 0)], "confirmed"),
            ("last", [((5, 8), 0, 1), ((9, 8), 0, 1), ((), 0, 0)], "confirmed"),
            ("leak", [((), 0.25, 0.25)], "confirmed"),
            ("leak", [((), 0, 0)], "refuted"),
            ("mixed", [((), 3, 3)], "confirmed"),
            ("mixed", [((), 0, 0)], "not-checked"),
            ("number", [((), 1.5, 1.5), ((), 1.25, 1.25)], "confirmed"),
            ("number", [((), 1.5, 1.5), ((), 1.5, 1.5)], "refuted"),
            ("ones", [((9, 1), 1, 1)], "confirmed"),
            ("ones", [((9, 1), 0.2, 0.9)], "refuted"),
            ("probabilities", [((9, 4), 0.1, 0.9)], "confirmed"),
            ("probabilities", [((9, 4), -2, 3)], "refuted"),
            ("still", [((), 0, 0)], "confirmed"),
            ("still", [((), 1, 1)], "refuted"),
        ],
    )
    def test_of_what_a_program_shows(self, proof: str, seen: list[tuple[tuple[int, ...], float, float]], kind: str) -> None:
        names = tuple(f"v{at}" for at in range(len(seen)))
        program = Program("", 1, shown=names, proof=proof)
        verdict = judge(Plan((), 0, False), [program], [Passed("PyTorch", dict(zip(names, seen)))])
        assert verdict.kind == kind and (verdict.words or verdict.reason)

    def test_of_data_that_is_otherwise_than_inferred(self) -> None:
        program = Program("", 4, expected=(Expected("a1", (7, 3), (None, None)),))
        outcome = Raised("ValueError", self.RANK, 4, "Keras", {"a1": ((8, 3), 0.0, 1.0)})
        verdict = judge(self.PLAN, [program], [outcome])
        assert (verdict.kind, verdict.reason) == ("not-checked", "replayed, a1 is (8, 3), and not (7, 3)")

    def test_lengths_are_learned(self) -> None:
        classes = symbol("classes")
        (free,) = symbols(classes)
        program = Program("", 4, expected=(Expected("a1", (9, 7), (None, free)),))
        assert learned(program, Passed("NumPy", {"a1": ((9, 3), 0.0, 1.0)})) == {free: 3}
        assert learned(program, Passed("NumPy", {"a1": ((9, 7), 0.0, 1.0)})) == {}
        known = with_known([classes * 2], 0, {free: 3})
        assert known is not None and known[classes * 2] == 6

    def test_of_what_can_not_be_seen(self) -> None:
        assert judge(Plan((), 3, False), [Program("", 4, shown=("y", "p", "c"))], [Passed("Keras")]).kind == "not-checked"

    def test_of_what_may_raise_or_broadcast(self) -> None:
        program = Program("", 4, shown=("y", "p", "c"))
        seen = {"y": ((7,), 0.0, 0.0), "p": ((7, 7), 0.0, 0.0), "c": ((7,), 0.0, 0.0)}
        outcomes = [Raised("ValueError", "Incompatible shapes", 4, "Keras"), Passed("Keras", seen)]
        assert judge(Plan((), 3, True, either=True), [program] * 2, outcomes).kind == "confirmed"

    def test_words_are_cleaned(self) -> None:
        message = "Exception encountered when calling Cell.call().\n\n\x1b[1mthe shape\n is wrong\x1b[0m\n\nArguments received: 1"
        verdict = judge(self.PLAN, [self.PROGRAM], [Raised("ValueError", message, 4, "Keras")])
        assert verdict.words == "ValueError: the shape is wrong"


@pytest.fixture(scope="module")
def verdicts() -> dict[tuple[str, int], Verdict]:
    """By file and row. All programs share one worker, since importing the framework is what costs."""
    results = [check_source(read(str(path)), Settings(), keeps=True) for path in FIXTURES]
    results += [checked(text, f"{rule.__name__}[{at}]") for rule in all_checks() for at, text in enumerate(rule.invalid)]
    results += [checked(HEAD + text, name) for name, (_, text) in SCRIPTS.items()]
    judged = [(diagnostic, verdict) for diagnostic, verdict in confirm(results) if verdict is not None]
    return {(diagnostic.filename, diagnostic.span.start_row): verdict for diagnostic, verdict in judged}


def of_graphs(name: str) -> bool:
    """Whether a fixture, or an example of a rule's part, is for TensorFlow 1."""
    return "tensorflow1" in Path(name).parts or name.startswith("Graph")


def test_models_of_tensorflow_1_are_not_checked() -> None:
    results = [check_source(read(str(path)), Settings(), keeps=True) for path in FIXTURES if of_graphs(str(path))]
    judged = [verdict for _, verdict in confirm(results) if verdict is not None]
    assert len(judged) > 40
    assert {(verdict.kind, verdict.reason) for verdict in judged} == {("not-checked", "models of TensorFlow 1 can't be rebuilt")}


@needs_keras
class TestBeforeKeras:
    @pytest.mark.parametrize("name", SCRIPTS)
    def test_scripts(self, verdicts: dict[tuple[str, int], Verdict], name: str) -> None:
        assert [verdict.kind for (file, _), verdict in verdicts.items() if file == name] == [SCRIPTS[name][0]]

    def test_fixtures_and_examples(self, verdicts: dict[tuple[str, int], Verdict]) -> None:
        others = {key: verdict for key, verdict in verdicts.items() if key[0] not in SCRIPTS and not of_graphs(key[0])}
        assert len(others) > 180
        assert not {key: verdict for key, verdict in others.items() if verdict.kind == "refuted"}
        assert sum(verdict.kind == "confirmed" for verdict in others.values()) >= 0.92 * len(others)
        assert sum(verdict.kind.startswith("confirmed") for verdict in others.values()) >= 0.98 * len(others)
        assert all(verdict.framework and verdict.words for verdict in others.values() if verdict.kind.startswith("confirmed"))

    @pytest.mark.parametrize("shape", [(12, 4), (12, 1)])
    def test_training(self, shape: tuple[int, ...]) -> None:
        """A training step whose targets are right is refuted as a broadcast; one that broadcasts is confirmed."""
        line = (
            *(steps.Sequential(0), steps.AddInput(0, (None, 6, 2)), steps.AddLayer(0, LayerCall("LSTM", (("units", 4),)))),
            *(steps.Data(3, (12, 6, 2)), steps.Data(4, shape), steps.Compile(0, "huber")),
            *(steps.Feed(6, "fit", 0, (3,), (4,), (12,)), steps.Predict(7, 0, (3,)), steps.Compare(8, "huber", 4, 7)),
        )
        program = render(line, 6, Sizes((7,), {}), "LST302")
        verdict = judge(Plan(line, 6, False), [program], run_all([program]))
        assert verdict.kind == ("refuted" if shape == (12, 4) else "confirmed"), verdict

    def test_refuted(self) -> None:
        layers = [steps.AddLayer(0, LayerCall("LSTM", (("units", 4), ("return_sequences", flag)))) for flag in (True, False)]
        right = (steps.Sequential(0), steps.AddInput(0, (None, 6, 2)), *layers)
        program = render(right, 3, Sizes((7,), {}), "LST102")
        outcomes = run_all([program])
        assert judge(Plan(right, 3, True, 2), [program], outcomes).kind == "refuted"


OF_KERAS_2 = (
    "import numpy as np\nfrom tf_keras.layers import *\nfrom tf_keras.models import *\n"
    "m = Sequential([LSTM(5, input_shape=(9, 2)), Dense(1{})])\nm.compile('adam', '{}')\n"
    "m.fit(np.zeros((96, 9, 2)), np.zeros((96, {})))\n"
)


@pytest.mark.skipif(find_spec("tf_keras") is None, reason="Keras 2 is the judge here")
@pytest.mark.parametrize(
    ("code", "filled"),
    [("LST302", ("", "mse", 4)), ("LST304", (", activation='softmax'", "binary_crossentropy", 1))],
)
def test_what_passes_with_keras_2(code: str, filled: tuple[object, ...]) -> None:
    """Its functions take no arrays where those of Keras 3 do."""
    judged = confirm([checked(OF_KERAS_2.format(*filled))])
    assert [(one.code, verdict.kind) for one, verdict in judged if verdict is not None] == [(code, "confirmed")], judged


@needs_keras
def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The whole way, on a script that would leave a file behind if a line of it ran."""
    left = tmp_path / "left.txt"
    (tmp_path / "train.py").write_text(
        f"open({str(left)!r}, 'w').write('ran')\n{HEAD}"
        f"m = Sequential([Input((6, 2), name=open({str(left)!r}, 'w')), LSTM(4), LSTM(5)])\n"
    )
    (tmp_path / "sitecustomize.py").write_text(f"open({str(left)!r}, 'w').write('ran')\n")
    status = main(["confirm", "--isolated", "--output-format", "json", "--show-program", str(tmp_path)])
    (found,) = json.loads(capsys.readouterr().out)
    assert (status, found["code"], found["confirmation"]["verdict"]) == (1, "LST102", "confirmed")
    assert "expected ndim=3, found ndim=2" in found["confirmation"]["message"]
    assert found["confirmation"]["framework"].startswith("Keras ")
    assert found["confirmation"]["programs"][0].endswith("model.add(keras.layers.LSTM(units=5))  # LST102\n")
    assert not left.exists()


needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="PyTorch is the judge here")

FORWARD = """
import numpy as np, pandas as pd, torch
from torch import nn


def leave(value):
    open(LEFT, "w").write("ran")
    return value


class Net(nn.Module):
    def __init__(self):
        leave(0)
        super().__init__()
        self.rnn = nn.LSTM(3, 8, batch_first=True)
        self.head = nn.Linear(8, 1)

    def forward(self, x):
        leave(x)
        out, (h, c) = self.rnn(x)
        return self.head(out[-1])


table = pd.DataFrame({"'); open(LEFT, 'w')#": leave(np.zeros(40)), "b": np.zeros(40), "c": np.zeros(40)})
windows = np.stack([table.values[leave(i) : i + 9] for i in range(30)])
leave(Net()(torch.tensor(windows).float()))
"""


@needs_torch
def test_formats_that_know_no_verdicts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """There, the verdict stands in the message."""
    (tmp_path / "a.py").write_text("import torch\ntorch.nn.LSTM(3, 4)(torch.zeros(5, 6, 2))\n")
    for output_format in get_args(OutputFormat):
        assert main(["confirm", "--isolated", "--output-format", output_format, str(tmp_path / "a.py")]) == 1
        out = capsys.readouterr().out
        assert "confirmed" in out and "Expected 3, got 2" in out, output_format


def test_the_command_with_pytorch(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What the script does on the way is replayed; none of its own functions is called, and none of its texts gets in."""
    left = tmp_path / "left.txt"
    (tmp_path / "train.py").write_text(FORWARD.replace("LEFT", repr(str(left))))
    assert main(["confirm", "--isolated", "--output-format", "json", "--show-program", str(tmp_path)]) == 1
    found = json.loads(capsys.readouterr().out)
    assert [(one["code"], one["confirmation"]["verdict"]) for one in found] == [("LST505", "confirmed")]
    (judged,) = [one["confirmation"] for one in found]
    assert judged["message"] == "what is taken is (9, 8), the states after the last step are (30, 8)"
    for text in judged["programs"]:
        assert_harmless(text)
        assert "pandas.DataFrame({'column1': " in text and str(tmp_path) not in text
    assert not left.exists()


def test_nothing_to_confirm(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "train.py").write_text(HEAD + "m = Sequential([Input((6, 2)), LSTM(4)])\n")
    assert main(["confirm", "--isolated", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "Nothing to confirm.\n"


def test_symbols_become_numbers() -> None:
    """An argument that matters and is symbolic gets a small number."""
    units = symbol("units", lower=1)
    assert isinstance(units, Poly)
    call = layer_call(Layer("keras.layers.LSTM", {"units": Integer(units)}, Site(None, None)))
    (sizes, *_) = instances(steps.lengths(steps.AddLayer(0, call)))
    assert f"keras.layers.LSTM(units={sizes[units]})" in render([steps.Sequential(0), steps.AddLayer(0, call)], 1, sizes).text
