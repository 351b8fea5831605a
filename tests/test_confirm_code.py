"""confirm: what is rebuilt of functions, cells, operations and methods, and what shows faults that pass."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec

import pytest

from lstmlint.config import Settings
from lstmlint.confirm.evidence import Evidence, evidence
from lstmlint.confirm.plan import Plan
from lstmlint.confirm.program import Program
from lstmlint.confirm.run import confirm, prepare
from lstmlint.confirm.sandbox import Passed, Raised, Runner
from lstmlint.confirm.sizes import instances
from lstmlint.confirm.steps import Feed, LayerCall, Predict
from lstmlint.confirm.texts import NotPlain, Ref
from lstmlint.confirm.verdict import Verdict, judge
from lstmlint.engine import check_source
from lstmlint.library.sklearn.splits import split_sizes
from lstmlint.sandbox.process import Failed
from lstmlint.shapes.dims import symbol
from lstmlint.sources.source import script
from lstmlint.values.base import Const
from tests.harmless import assert_harmless

HEAD = "import numpy as np\nimport keras\nfrom keras import Input, Model, Sequential, ops\nfrom keras.layers import *\n"
CELL = """
class Evil(keras.layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.state_size = {size}
        self.output_size = units
    def call(self, inputs, states):
        open("left.txt", "w")
        return states[0], states

x = Input((7, 3))
"""
STACKED = "Sequential([Input((9, 4)), LSTM(6), Dense(2)])\nm.compile(loss='mse')\n"

SCRIPTS: dict[str, tuple[str, str]] = {
    "the function of a Lambda": (
        "confirmed",
        "w = LSTM(4)(Lambda(lambda secret: ops.average_pool(secret, 3)[:, 0])(Input((12, 6))))",
    ),
    "a Lambda of two tensors": (
        "confirmed",
        "a, b = Input((5, 3)), Input((5, 3))\nw = LSTM(4)(Lambda(lambda p: ops.sum(p[0] * p[1], axis=1))([a, b]))",
    ),
    "a Lambda in a Sequential": (
        "confirmed",
        "m = Sequential([Input((6, 2)), LSTM(5, return_sequences=True), Lambda(lambda t: t[:, -1]), LSTM(3)])",
    ),
    "operations between layers": ("confirmed", "h = LSTM(5, return_sequences=True)(Input((7, 3)))\nw = GRU(4)(h[:, -1, :])"),
    "operations on operations": (
        "confirmed",
        "h = LSTM(5, return_sequences=True)(Input((7, 3)))\nw = GRU(4)(ops.mean(h * 2 + 1, axis=1))",
    ),
    "a layer of the program's own": (
        "confirmed",
        "class Mine(Layer):\n    def call(self, x):\n        return ops.max(x, axis=1)\n"
        "w = GRU(4)(Mine()(LSTM(5, return_sequences=True)(Input((7, 3)))))",
    ),
    "a model in TimeDistributed": (
        "confirmed",
        "inner = Sequential([Input((8, 1)), Conv1D(4, 3), Flatten()])\nm = Sequential([Input((5, 8, 1)), TimeDistributed(inner), "
        "LSTM(4), LSTM(3)])",
    ),
    "a cell of the program": (
        "confirmed-given",
        CELL.format(size="units") + "_, s = RNN(Evil(4), return_state=True)(x)\nw = RNN(Evil(5))(x, initial_state=s)",
    ),
    "a cell of two states": (
        "confirmed-given",
        CELL.format(size="[units, 9]") + "_, h, m = RNN(Evil(4), return_state=True)(x)\nw = RNN(Evil(4))(x, initial_state=[m, h])",
    ),
    "a cell among others": (
        "confirmed-given",
        CELL.format(size="units") + "_, a, b = RNN([Evil(4), LSTMCell(5)], return_state=True)(x)\n"
        "w = RNN([LSTMCell(6), LSTMCell(5)])(x, initial_state=[b, b])",
    ),
    "after a cell of the program": ("confirmed", CELL.format(size="units") + "w = LSTM(3)(RNN(Evil(4))(x))"),
    "the length of the batch in a reshape": (
        "confirmed",
        "w = LSTM(4)(Lambda(lambda t: ops.reshape(t, (ops.shape(t)[0], 72)))(Input((12, 6))))",
    ),
    "the length of the batch elsewhere": (
        "not-checked",
        "w = LSTM(4)(Lambda(lambda t: ops.zeros((ops.shape(t)[0], 72)) + ops.reshape(t, (-1, 72)))(Input((12, 6))))",
    ),
    "functions of TensorFlow in a layer of the program's own": (
        "confirmed",
        "import tensorflow as tf\nfrom tensorflow.keras import backend as K\nclass Own(keras.layers.Layer):\n"
        "    def build(self, shape):\n"
        "        self.w = self.add_weight(shape=(shape[-1], 1), name='secret')\n    def call(self, x):\n"
        "        a = tf.nn.softmax(K.dot(x, self.w), axis=1)\n        return tf.reduce_sum(x * a, axis=1)\n"
        "w = LSTM(4)(Own()(LSTM(5, return_sequences=True)(Input((7, 3)))))",
    ),
    "functions of TensorFlow outside of layers": (
        "not-checked",
        "import tensorflow as tf\nw = LSTM(4)(tf.reduce_sum(Input((7, 3)), axis=1))",
    ),
    "a function of the old backend": (
        "confirmed",
        "from tensorflow.keras import backend as K\nw = LSTM(4)(Lambda(lambda t: K.sum(t, axis=1))(Input((12, 6))))",
    ),
    "an equation": (
        "confirmed",
        "h = LSTM(8, return_sequences=True)(Input((12, 6)))\nw = LSTM(4)(ops.einsum('zoq,zow->zqw', h, h)[:, 0])",
    ),
    "query and value": (
        "confirmed",
        "h = LSTM(8, return_sequences=True)(Input((12, 6)))\nw = LSTM(4)(GlobalMaxPooling1D()(MultiHeadAttention(2, 4)(h, h)))",
    ),
    "labels from elsewhere": (
        "confirmed",
        "import pandas as pd\nraw = pd.DataFrame({'a': np.random.rand(90), 'b': np.random.rand(90)})\n"
        "kind = pd.Series(np.random.choice(['u', 'v'], size=90))\n"
        "x = np.array([raw.iloc[i:i + 5].values for i in range(0, 85, 5)])\n"
        "y = pd.get_dummies(pd.Series([kind.iloc[i + 5] for i in range(0, 85, 5)])).values.astype('float32')\n"
        "m = Sequential([Input((5, 2)), LSTM(4, return_sequences=True), Dense(y.shape[1], activation='softmax')])\n"
        "m.compile('sgd', 'categorical_crossentropy')\nm.fit(x, y)",
    ),
    "a softmax over one score": (
        "confirmed",
        "import tensorflow as tf\nclass Mine(keras.layers.Layer):\n    def call(self, x):\n"
        "        return x * tf.nn.softmax(x, axis=-1)\n"
        "w = Mine()(Dense(1)(LSTM(4, return_sequences=True)(Input((7, 3)))))",
    ),
    "all that a layer returns, among others": (
        "confirmed",
        "all = Bidirectional(GRU(6, return_state=True))(Input((5, 4)))\nw = Concatenate()([all, Input((7,))])",
    ),
    "all that a layer returns, for a function": (
        "confirmed",
        "w = concatenate([Input((7,)), LSTM(6, return_state=True)(Input((5, 4)))])",
    ),
    "what a loss of Keras 2 sees behind a sigmoid": (
        "confirmed",
        "from tensorflow.keras.preprocessing.text import Tokenizer\n"
        "m = Sequential([Embedding(9, 4), LSTM(5, return_sequences=True), Dense(1, activation='sigmoid')])\n"
        "m.compile('sgd', 'binary_crossentropy')\nm.fit(np.random.randint(0, 9, (20, 11)), np.random.randint(0, 2, 20))",
    ),
    "a mask in the way of the loss": (
        "confirmed",
        "m = Sequential([Embedding(9, 4, mask_zero=True), LSTM(5, return_sequences=True), Dense(1)])\n"
        "m.compile('sgd', 'binary_crossentropy')\nm.fit(np.random.randint(0, 9, (20, 11)), np.random.randint(0, 2, 20))",
    ),
    "rows that fall away": (
        "confirmed",
        "import pandas as pd\nd = pd.DataFrame({'b': np.random.rand(90)})\nd['b'] = d['b'].rolling(3).mean()\n"
        "v = d.dropna().values\n"
        "x = np.array([v[i:i + 9] for i in range(len(v) - 9)])\nx = x[: int(len(x) * 0.75)]\n"
        "m = Sequential([Input((9, 4)), LSTM(6), Dense(1)])\nm.compile(loss='mse')\nm.fit(x, v[9:][: len(x)])",
    ),
    "what a model predicts": (
        "confirmed",
        f"m = {STACKED}x = np.random.rand(30, 9, 4)\ny = np.random.rand(30)\n"
        "e = np.mean(np.abs(Sequential([Input((9, 4)), LSTM(6), Dense(1)]).predict(x) - y))",
    ),
    "one sample": ("confirmed", "m = Sequential([Input((9, 1)), LSTM(6), Dense(2)])\nm.predict(np.random.rand(20, 9, 1)[0])"),
    "one step of many features": (
        "confirmed",
        "s = np.random.rand(50)\nx = np.array([s[i:i + 9] for i in range(len(s) - 9)])\nx = x.reshape(x.shape[0], 1, x.shape[1])\n"
        "m = Sequential([Input(x.shape[1:]), LSTM(6), Dense(1)])\nm.compile(loss='mse')\nm.fit(x, s[9:])",
    ),
    "the last sample": (
        "confirmed",
        "class Net(keras.Model):\n    def __init__(self):\n        super().__init__()\n"
        "        self.rnn = GRU(5, return_sequences=True)\n"
        "        self.head = Dense(1)\n    def call(self, x):\n        return self.head(self.rnn(x)[-1])\n"
        "Net().predict(np.zeros((40, 20, 6)))",
    ),
    "the first step of the other direction": (
        "confirmed",
        "h = Bidirectional(GRU(5, return_sequences=True), merge_mode='sum')(Input((7, 3)))\nm = Model(h, Dense(1)(h[:, -1]))",
    ),
    "padding behind": (
        "confirmed",
        "x = keras.utils.pad_sequences([[3, 1, 4], [1, 5]], 10, padding='post')\nw = Input((10,))\n"
        "m = Model(w, Dense(1)(LSTM(6, return_sequences=True)(Embedding(9, 4)(w))[:, -1]))\nm.compile('sgd', 'mse')\n"
        "m.fit(x, np.zeros(2))",
    ),
}


def found(name: str, text: str) -> Callable[[], list[Program]]:
    """The programs of a script's only finding."""
    (diagnostic,) = check_source(script(HEAD + text, name), Settings(), keeps=True).diagnostics
    assert diagnostic.finding is not None
    prepared = prepare(diagnostic.finding)
    return lambda: prepared[1] if isinstance(prepared, tuple) else []


@pytest.mark.parametrize("name", SCRIPTS)
def test_nothing_of_the_script(name: str) -> None:
    programs = found(name, SCRIPTS[name][1])()
    assert programs or SCRIPTS[name][0] == "not-checked"
    for program in programs:
        assert_harmless(program.text)


@pytest.fixture(scope="module")
def verdicts() -> dict[str, Verdict]:
    results = [check_source(script(HEAD + text, name), Settings(), keeps=True) for name, (_, text) in SCRIPTS.items()]
    return {diagnostic.filename: verdict for diagnostic, verdict in confirm(results) if verdict is not None}


@pytest.mark.skipif(find_spec("keras") is None, reason="Keras is the judge here")
class TestBeforeKeras:
    @pytest.mark.parametrize("name", SCRIPTS)
    def test_scripts(self, verdicts: dict[str, Verdict], name: str) -> None:
        assert verdicts[name].kind == SCRIPTS[name][0], verdicts[name]

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("what a model predicts", "(30, 1) and (30,) give (30, 30)"),
            ("one sample", "of one sample (9, 1) it makes 9 answers (9, 2)"),
            ("one step of many features", "the same when all recurrent weights are zero"),
            ("the last sample", "what is taken is (20, 5), the states after the last step are (6, 5)"),
            ("the first step of the other direction", "(6, 5), has other values than the states after the last step"),
            ("padding behind", "five more steps of padding change what comes out"),
        ],
    )
    def test_what_shows_it(self, verdicts: dict[str, Verdict], name: str, words: str) -> None:
        assert words in verdicts[name].words

    def test_what_is_taken_for_granted_of_a_cell(self, verdicts: dict[str, Verdict]) -> None:
        assert verdicts["a cell of the program"].given == ("the cell uses its states in the lengths that it declares",)


WRONG = "x, y = np.random.rand(40, 9), np.random.rand(40, 2)\nm = " + STACKED


@pytest.mark.parametrize(
    ("call", "replayed"),
    [
        ("m.fit(x, y)", ".fit(data1, data2, verbose=0)"),
        ("m.fit(x, y, batch_size=8)", ".fit(data1, data2, batch_size=8, verbose=0)"),
        ("m.evaluate(x, y)", ".evaluate(data1, data2, verbose=0)"),
        ("m.train_on_batch(x, y)", ".train_on_batch(data1, data2)"),
        ("m.test_on_batch(x, y)", ".test_on_batch(data1, data2)"),
        ("m.predict_on_batch(x)", ".predict_on_batch(data)"),
        ("m.predict(x)", ".predict(data, verbose=0)"),
        ("m.fit(np.random.rand(40, 9, 4), y, validation_data=(x, y))", ".evaluate(data1, data2, verbose=0)"),
        ("m.fit(x, unknown(x))", ".fit(data, targets, verbose=0)"),
    ],
)
def test_the_method_is_the_program_s_own(call: str, replayed: str) -> None:
    (program, *_) = found("train.py", WRONG + call)()
    line = program.text.splitlines()[program.claim - 1]
    assert replayed in line, program.text


@pytest.mark.parametrize(
    ("proof", "seen", "said"),
    [
        ("answers", [((9, 1), 0, 1), ((9, 2), 0, 1)], (True, "of one sample (9, 1) it makes 9 answers (9, 2)")),
        ("answers", [((9, 1), 0, 1), ((1, 2), 0, 1)], (None, "of one sample (9, 1) it makes 1 answers (1, 2)")),
        ("padding", [((3, 1), 0, 1), ((), 0, 0)], (False, "more padding changes nothing of what comes out")),
        ("once", [((3, 1), 0, 1), ((), 0, 0.25)], (False, "recurrent weights change what it gives, by up to 0.25")),
        ("paired", [((3,), 0, 1), ((3,), 0, 1), ((3,), 0, 1)], (False, "(3,) and (3,) give (3,)")),
    ],
)
def test_what_shows_nothing(proof: str, seen: list[tuple[tuple[int, ...], float, float]], said: Evidence) -> None:
    names = tuple(f"v{at}" for at in range(len(seen)))
    assert evidence(Program("", 1, shown=names, proof=proof), Passed("Keras", dict(zip(names, seen)))) == said


def test_what_is_raised_inside_of_a_cell_is_raised_at_the_line_that_runs_it() -> None:
    """Below the claim there may be lines of the program: those of a function of ours."""
    inside = Raised("ValueError", "Dimensions must be equal", 3, "Keras", lines=(9, 3))
    assert judge(Plan((), 0, True), [Program("", 9)], [inside]).kind == "confirmed"
    assert judge(Plan((), 0, True), [Program("", 7)], [inside]).kind == "not-checked"


@pytest.mark.parametrize("test", [None, 0.3, 7])
@pytest.mark.parametrize("train", [None, 0.6, 11])
def test_the_parts_of_a_split(test: float | None, train: float | None) -> None:
    """The numbers in programs are those that scikit-learn gets, whatever the number of rows."""
    from sklearn.model_selection import train_test_split

    rows = symbol("n")
    parts = split_sizes(rows, Const(test), Const(train))
    chosen = instances([rows - 30, *parts])
    assert len({sizes[rows] for sizes in chosen}) == 2
    for sizes in chosen:
        real = train_test_split(list(range(sizes[rows])), test_size=test, train_size=train)
        assert [sizes[part] for part in parts] == [len(part) for part in real]


def test_variables_and_methods_are_plain() -> None:
    with pytest.raises(NotPlain):
        LayerCall("Lambda", (("function", "open"),))
    with pytest.raises(NotPlain):
        LayerCall("LSTM", (("units", Ref(3)),))
    with pytest.raises(NotPlain):
        LayerCall("RNN", (("cell", Ref("os")),))  # type: ignore[arg-type]
    with pytest.raises(NotPlain):
        Feed(0, "save", 1, (2,))
    with pytest.raises(NotPlain):
        Predict(0, 1, (2,), "os")


class TestVerdicts:
    INPLACE = "one of the variables needed for gradient computation has been modified by an inplace operation"
    BUILDING = "Unable to automatically build the model. Please …\nException encountered:\n'shape (3, 4)\nis wrong'"

    def test_silent_faults_that_raise_of_something_else(self) -> None:
        """That is no word about the shapes, which are said to pass."""
        raised = Raised("RuntimeError", self.INPLACE, 4, "Keras")
        assert judge(Plan((), 3, False), [Program("", 4)], [raised]).kind == "not-checked"
        assert judge(Plan((), 3, False), [Program("", 4)], [Raised("ValueError", "bad shape", 4, "Keras")]).kind == "refuted"

    def test_the_words_within_those_about_building(self) -> None:
        verdict = judge(Plan((), 3, True), [Program("", 4)], [Raised("RuntimeError", self.BUILDING, 4, "Keras")])
        assert (verdict.kind, verdict.words) == ("confirmed", "RuntimeError: shape (3, 4) is wrong")

    @pytest.mark.parametrize(
        ("end", "words"),
        [
            ("ValueError: `labels.shape` must equal\n    `logits.shape`.", "`labels.shape` must equal `logits.shape`."),
            ("TypeError: Exception encountered when calling layer 'x'.\n    \n    the rank is 2", "the rank is 2"),
        ],
    )
    def test_the_words_behind_the_way_there(self, end: str, words: str) -> None:
        way = f'in user code:\n\n    File "training.py", line 3, in f  *\n        return g(x)\n\n    {end}\n'
        verdict = judge(Plan((), 3, True), [Program("", 4)], [Raised("ValueError", way, 4, "Keras")])
        assert (verdict.kind, verdict.words) == ("confirmed", f"ValueError: {words}")

    @pytest.mark.parametrize(("framework", "kind"), [("Keras 3 (tensorflow)", "refuted"), ("Keras 3 (torch)", "not-checked")])
    def test_findings_about_one_backend(self, framework: str, kind: str) -> None:
        plan = Plan((), 3, True, backend="tensorflow")
        assert judge(plan, [Program("", 4)], [Passed(framework)]).kind == kind


def test_all_programs_share_a_process() -> None:
    """Those that are run again, too: what takes time is the import of the framework."""
    left = Program("import sys\nsys.modules['left_behind'] = sys", 2, keras=False)
    looks = Program("import left_behind", 1, keras=False)
    with Runner() as runner:
        runner.run([left])
        assert isinstance(runner.run([looks])[0], Passed)
        assert isinstance(runner.run([Program("import os\nos._exit(3)", 1, keras=False)])[0], Failed)
        assert isinstance(runner.run([looks])[0], Failed)


OF_EACH_BACKEND = [
    *("the function of a Lambda", "operations between layers", "a cell of the program", "what a model predicts", "one sample"),
    *("one step of many features", "the first step of the other direction"),
]
FED = {
    "features": "m = " + STACKED + "m.fit(np.random.rand(20, 9, 3), np.random.rand(20, 2))",
    "targets": "m = " + STACKED + "m.fit(np.random.rand(20, 9, 4), np.random.rand(20, 1))",
    "classes": "m = " + STACKED.replace("mse", "categorical_crossentropy") + "m.fit(np.zeros((20, 9, 4)), np.zeros((20, 3)))",
}


@pytest.mark.skipif(find_spec("keras") is None or find_spec("torch") is None, reason="Keras on PyTorch is the judge here")
def test_with_pytorch_as_the_backend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    scripts = {**{name: SCRIPTS[name][1] for name in OF_EACH_BACKEND}, **FED}
    results = [check_source(script(HEAD + text, name), Settings(), keeps=True) for name, text in scripts.items()]
    judged = {diagnostic.filename: verdict for diagnostic, verdict in confirm(results) if verdict is not None}
    assert judged.keys() == scripts.keys()
    for name, verdict in judged.items():
        assert verdict.kind == SCRIPTS.get(name, ("confirmed", ""))[0], (name, verdict)
        assert verdict.framework.endswith("(torch)")
