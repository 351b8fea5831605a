"""Keras scripts as tutorials write them: an array, windows or a table, layers one behind the other, fit."""

from __future__ import annotations

from dataclasses import dataclass

from tests.generated.writer import MARK, Writer, family


@dataclass(slots=True)
class _Data:
    """What a Keras script trains on."""

    kind: str
    steps: int
    features: int
    classes: int = 0
    horizon: int = 1
    samples: str = "len(X)"


@family(
    "keras", "return_sequences missing", "return_sequences too many", "time distributed without time", "flat before the RNN",
    "flat windows", "input_shape with the samples", "other number of features", "other number of steps",
    "units unlike the targets", "labels of the other kind", "softmax over one unit", "scores for probabilities",
    "states for one output", "unlike numbers of samples", "one sample without its batch", "impossible reshape",
    "scaler of another width", "stateful with a partial batch", "unlike merge", weight=4.0,
)  # fmt: skip
def keras_tables(w: Writer) -> None:
    """A data part, a target, a model, training."""
    home = w.one_of("keras", "tensorflow.keras")
    w.add("import numpy as np")
    tokens = w.fault in ("", "return_sequences missing", "labels of the other kind", "unlike numbers of samples") and w.chance(0.25)
    framed = not tokens and (w.chance(0.35) or w.fault == "scaler of another width")
    if framed:
        w.add("import pandas as pd", "from sklearn.preprocessing import MinMaxScaler")
    splits = w.chance(0.4) and w.fault not in ("unlike numbers of samples", "stateful with a partial batch")
    if splits:
        w.add("from sklearn.model_selection import train_test_split")
    w.add(f"from {home} import Input, Model, Sequential")
    w.add(f"from {home}.layers import GRU, LSTM, Bidirectional, Concatenate, Conv1D, Dense, Dropout, Embedding, Flatten")
    w.add(f"from {home}.layers import RepeatVector, SimpleRNN, TimeDistributed")
    w.add(f"from {home}.utils import to_categorical" + (", pad_sequences" if tokens else ""), "")
    data = _tokens(w) if tokens else _framed(w) if framed else _windowed(w) if w.chance(0.6) else _plain(w)
    task = _task(w, data)
    _targets(w, data, task)
    if w.fault == "impossible reshape":
        w.add(f"X = X.reshape(X.shape[0], {data.steps}, {data.features + 1})", faulty=True)
    if w.fault == "unlike numbers of samples":
        w.add("y = y[:-3]", faulty=True)
    if splits:
        ratio = w.one_of("0.2", "0.25", "0.3")
        shuffle = w.one_of("", ", shuffle=False", ", random_state=7")
        w.add(f"X_train, X_test, y_train, y_test = train_test_split(X, y, test_size={ratio}{shuffle})")
    elif w.fault in ("stateful with a partial batch", "unlike numbers of samples"):
        w.add("X_train, y_train, X_test, y_test = X, y, X, y")
    else:
        w.add(*w.random.choice([
            ["cut = int(len(X) * 0.8)", "X_train, X_test = X[:cut], X[cut:]", "y_train, y_test = y[:cut], y[cut:]"],
            ["X_train, y_train = X[:-8], y[:-8]", "X_test, y_test = X[-8:], y[-8:]"],
        ]))  # fmt: skip
    w.add("")
    _model(w, data, task, tokens)
    _train(w, data, framed)


def _plain(w: Writer) -> _Data:
    n, steps, features = w.random.randint(40, 70), w.random.randint(5, 9), w.random.randint(2, 4)
    w.add(f"n, steps, features = {n}, {steps}, {features}")
    w.add(w.one_of("X = np.random.rand(n, steps, features)", 'X = np.random.normal(size=(n, steps, features)).astype("float32")'))
    _flattened(w)
    return _Data("plain", steps, features)


def _flattened(w: Writer) -> None:
    if w.fault == "flat windows":
        w.add(w.one_of("X = X.reshape(len(X), -1)", "X = X.reshape((X.shape[0], X.shape[1] * X.shape[2]))"), faulty=True)


def _windowed(w: Writer) -> _Data:
    steps, many = w.random.randint(6, 12), w.chance(0.5)
    features = w.random.randint(2, 3) if many else 1
    w.add(f"look_back = {steps}", f"t = np.arange({w.random.randint(70, 110)})")
    waves = ", ".join(["np.sin(t / 7)", "np.cos(t / 5)", "t / 100.0"][:features])
    w.add(f"series = np.stack([{waves}], axis=1)" if many else "series = np.sin(t / 7)", "", "")
    name = w.one_of("make_windows", "create_dataset", "to_sequences")
    w.add(f"def {name}(data, size):", "    xs, ys = [], []", "    for i in range(len(data) - size):")
    w.add("        xs.append(data[i:i + size])", "        ys.append(data[i + size" + (", 0]" if many else "]") + ")")
    w.add("    return np.array(xs), np.array(ys)", "", "", f"X, following = {name}(series, look_back)")
    if not many and w.fault != "flat windows":
        w.add(w.one_of(
            "X = X.reshape(X.shape[0], X.shape[1], 1)", "X = X[..., np.newaxis]", "X = np.expand_dims(X, -1)",
            "X = np.reshape(X, (len(X), look_back, 1))",
        ))  # fmt: skip
    elif many:
        _flattened(w)
    else:
        w.lines[-1] += MARK
    return _Data("windowed", steps, features)


def _framed(w: Writer) -> _Data:
    steps, features = w.random.randint(5, 9), w.random.randint(2, 4)
    names = w.random.sample(["load", "wind", "price", "rain", "speed", "level"], features)
    columns = ", ".join(f'"{name}": np.random.rand(rows)' for name in names)
    w.add(f"rows, window = {w.random.randint(60, 90)}, {steps}", f"df = pd.DataFrame({{{columns}}})")
    if w.chance(0.3):
        w.add(f'df["{names[0]}"] = df["{names[0]}"].rolling(3).mean()', "df = df.dropna()")
    listed = ", ".join(f'"{name}"' for name in names)
    w.add("scaler = MinMaxScaler()")
    w.add(w.one_of("scaled = scaler.fit_transform(df)", f"scaled = scaler.fit_transform(df[[{listed}]])",
                   "scaled = scaler.fit_transform(df.values)"))  # fmt: skip
    if w.chance(0.5):
        w.add("X, following = [], []", "for i in range(window, len(scaled)):", "    X.append(scaled[i - window:i])")
        w.add("    following.append(scaled[i, 0])", "X, following = np.array(X), np.array(following)")
    else:
        w.add("X = np.array([scaled[i:i + window] for i in range(len(scaled) - window)])", "following = scaled[window:, 0]")
    _flattened(w)
    return _Data("framed", steps, features)


def _tokens(w: Writer) -> _Data:
    steps = w.random.randint(6, 10)
    w.add(f"lines = [list(np.random.randint(1, 30, size=np.random.randint(3, 12))) for _ in range({w.random.randint(40, 60)})]")
    w.add(f"X = pad_sequences(lines, maxlen={steps}" + w.one_of("", ', padding="post"') + ")")
    return _Data("tokens", steps, 1)


def _task(w: Writer, data: _Data) -> str:
    """What is predicted: "value", "values" (several steps ahead), "yes or no", "class", "each step"."""
    forced = {
        "softmax over one unit": ["yes or no"], "scores for probabilities": ["yes or no"], "labels of the other kind": ["class"],
        "time distributed without time": ["each step"], "units unlike the targets": ["values", "class"],
        "return_sequences too many": ["value", "values", "class"], "scaler of another width": ["value"],
    }.get(w.fault)  # fmt: skip
    free = ["class", "yes or no", "values"] + (["each step"] if data.kind in ("plain", "tokens") else [])
    if data.kind in ("windowed", "framed"):
        free += ["value"] * 3
    if w.fault in ("flat windows", "unlike merge"):
        free = [task for task in free if task != "each step"]
    return w.random.choice(forced or free)


def _targets(w: Writer, data: _Data, task: str) -> None:
    if task == "value":
        followed = data.kind in ("windowed", "framed")
        w.add(w.one_of("y = following", "y = following.reshape(-1, 1)") if followed else "y = np.random.rand(len(X))")
    elif task == "values":
        data.horizon = w.random.randint(3, 4)
        w.add(f"horizon = {data.horizon}", "y = np.random.rand(len(X), horizon)")
    elif task == "yes or no":
        w.add(w.one_of("y = np.random.randint(0, 2, len(X))", "y = np.random.randint(0, 2, size=(len(X), 1))",
                       "y = (np.random.rand(len(X)) > 0.5).astype(int)"))  # fmt: skip
    elif task == "class":
        data.classes = w.random.randint(3, 6)
        w.add(f"classes = {data.classes}", "labels = np.random.randint(0, classes, len(X))")
        w.add("y = labels" if w.chance() else "y = to_categorical(labels, classes)")
    else:
        w.add(f"y = np.random.rand(len(X), {data.steps}, 1)")


def _model(w: Writer, data: _Data, task: str, tokens: bool) -> None:
    style = "add" if tokens or w.chance(0.55) else w.one_of("list", "functional")
    if w.fault in ("states for one output", "unlike merge"):
        style = "functional"
    if w.fault in ("input_shape with the samples", "stateful with a partial batch"):
        style = "add"
    layers = _layers(w, data, task)
    last = _head(w, data, task)
    shape = _input_shape(w, data)
    inside = w.chance(0.3)
    names = {"add": "model = Sequential()", "list": "", "functional": ""}
    pad = "    " if inside else ""
    if inside:
        w.add(w.one_of("def build_model():", "def network(units=8):"))
    start = len(w.lines)
    if style == "functional":
        _functional(w, layers, last, shape)
    elif style == "list":
        w.add("model = Sequential([")
        for layer, faulty in [(f"Input({shape})", w.fault in _OF_INPUT), *layers, *last]:
            w.add(f"    {layer},", faulty=faulty)
        w.add("])")
    else:
        w.add(names["add"])
        if tokens:
            w.add("model.add(Embedding(30, 6))")
        elif w.fault == "stateful with a partial batch":
            w.add(f"model.add(Input(batch_shape=(9, {data.steps}, {data.features})))")
        elif w.chance(0.6) or not layers[0][0].startswith(("LSTM", "GRU", "SimpleRNN")):
            w.add(f"model.add(Input({shape}))", faulty=w.fault in _OF_INPUT)
        else:
            layers[0] = (layers[0][0][:-1] + f", input_shape={shape})", layers[0][1] or w.fault in _OF_INPUT)
        for layer, faulty in [*layers, *last]:
            w.add(f"model.add({layer})", faulty=faulty)
    loss, faulty = _loss(w, data, task)
    optimizer = w.one_of('"adam"', '"sgd"', 'optimizer="rmsprop"')
    first = optimizer if "=" in optimizer else f"optimizer={optimizer}"
    w.add(f'model.compile({first}, loss="{loss}")', faulty=faulty)
    if inside:
        w.lines[start:] = [pad + line for line in w.lines[start:]]
        w.add("    return model", "", "", f"model = {w.lines[start - 1][4:].partition('(')[0]}()")


_OF_INPUT = ("input_shape with the samples", "other number of features", "other number of steps")
Lines = list[tuple[str, bool]]


def _layers(w: Writer, data: _Data, task: str) -> Lines:
    """The layers before the last one, and which has the fault."""
    kind, units = w.one_of("LSTM", "GRU", "SimpleRNN"), w.random.randint(4, 8)
    found: Lines = []
    several = w.chance(0.4) or w.fault == "return_sequences missing"
    every = task == "each step" and w.fault != "time distributed without time"
    stateful = ", stateful=True" if w.fault == "stateful with a partial batch" else ""
    if w.fault == "flat before the RNN":
        return [("Flatten()", False), (f"{kind}({units})", True)]
    if w.chance(0.15) and not stateful:
        found.append((f'Conv1D({units}, 3, padding="same", activation="relu")', False))
    if several:
        broken = w.fault == "return_sequences missing"
        first = f"{kind}({units}{stateful})" if broken else f"{kind}({units}, return_sequences=True{stateful})"
        if w.chance(0.25) and not found:
            first = f"Bidirectional({first})"
        found.append((first, broken))
        if w.chance(0.5):
            found.append(("Dropout(0.2)", False))
    extra = w.fault == "return_sequences too many"
    last = f"{kind}({units}{', return_sequences=True' if every or extra else ''}{stateful})"
    if w.chance(0.2) and found:
        last = f"Bidirectional({last})"
    found.append((last, extra or w.fault == "time distributed without time"))
    if w.chance(0.3) and not every:
        found.append((f'Dense({units}, activation="relu")', False))
    return found


def _head(w: Writer, data: _Data, task: str) -> Lines:
    wrong = w.fault == "units unlike the targets"
    if task in ("value", "each step"):
        each = task == "each step" and (w.chance(0.6) or w.fault == "time distributed without time")
        return [("TimeDistributed(Dense(1))" if each else "Dense(1)", False)]
    if task == "values":
        return [(("Dense(1)" if w.chance() else f"Dense({data.horizon + 2})") if wrong else "Dense(horizon)", wrong)]
    if task == "class":
        return [(f'Dense({"classes + 1" if wrong else "classes"}, activation="softmax")', wrong)]
    if w.fault == "softmax over one unit":
        return [('Dense(1, activation="softmax")', True)]
    if w.fault == "scores for probabilities":
        return [("Dense(1)", True)]
    return [('Dense(1, activation="sigmoid")', False)]


def _loss(w: Writer, data: _Data, task: str) -> tuple[str, bool]:
    if task == "yes or no":
        return "binary_crossentropy", False
    if task != "class":
        return w.one_of("mse", "mae", "mean_squared_error"), False
    wrong = w.fault == "labels of the other kind"
    sparse = "y = labels" in w.lines
    if w.fault == "units unlike the targets":
        # Class numbers fit more classes than there are, too.
        if sparse:
            w.lines[w.lines.index("y = labels")] = "y = to_categorical(labels, classes)"
        sparse = False
    return ("sparse_categorical_crossentropy" if sparse != wrong else "categorical_crossentropy"), wrong


def _input_shape(w: Writer, data: _Data) -> str:
    if w.fault == "input_shape with the samples":
        return "X_train.shape"
    if w.fault == "other number of features":
        return f"({data.steps}, {data.features + 1})"
    if w.fault == "other number of steps":
        return f"({data.steps + 2}, {data.features})"
    literal = f"({data.steps}, {data.features})"
    if w.fault in ("flat windows", "impossible reshape") or data.kind == "tokens":
        return f"({data.steps},)" if data.kind == "tokens" else literal
    return w.one_of(literal, literal, "(X_train.shape[1], X_train.shape[2])", "X_train.shape[1:]", f"(None, {data.features})")


def _functional(w: Writer, layers: Lines, last: Lines, shape: str) -> None:
    w.add(w.one_of(f"inputs = Input(shape={shape})", f"inputs = Input({shape})"), faulty=w.fault in _OF_INPUT)
    before = "inputs"
    for layer, faulty in layers:
        recurrent = layer.startswith(("LSTM", "GRU", "SimpleRNN"))
        if w.fault == "states for one output" and recurrent and "return_sequences" not in layer:
            w.add(f"x = {layer[:-1]}, return_state=True)({before})", faulty=True)
        else:
            w.add(f"x = {layer}({before})", faulty=faulty)
        before = "x"
    if w.fault == "unlike merge":
        w.add("other = LSTM(5, return_sequences=True)(inputs)", "x = Concatenate()([x, other])", faulty=True)
    for layer, faulty in last:
        w.add(f"outputs = {layer}({before})", faulty=faulty)
    w.add("model = Model(inputs, outputs)")


def _train(w: Writer, data: _Data, framed: bool) -> None:
    batch = "batch_size=9" if w.fault == "stateful with a partial batch" else w.one_of("batch_size=16", "batch_size=8", "")
    shuffle = "shuffle=False, " if w.fault == "stateful with a partial batch" else ""
    extra = "" if shuffle else w.one_of("", "validation_data=(X_test, y_test), ", "")
    if w.fault == "stateful with a partial batch":
        w.add("X_train, y_train = X_train[:9 * 3 + 4], y_train[:9 * 3 + 4]")
    options = f"epochs=1, {batch}{', ' if batch else ''}{shuffle}{extra}verbose=0"
    w.add(f"{w.one_of('history = ', '')}model.fit(X_train, y_train, {options})", faulty=w.fault == "stateful with a partial batch")
    if w.fault == "one sample without its batch":
        w.add("print(model.predict(X_test[0], verbose=0))", faulty=True)
    elif w.fault == "scaler of another width":
        w.add("predicted = model.predict(X_test, verbose=0)", "prices = scaler.inverse_transform(predicted)", faulty=True)
    elif w.fault != "stateful with a partial batch" and w.chance(0.6):
        w.add(w.one_of("predicted = model.predict(X_test, verbose=0)", "print(model.evaluate(X_test, y_test, verbose=0))",
                       "print(model.predict(X_test[:1], verbose=0).shape)"))  # fmt: skip
