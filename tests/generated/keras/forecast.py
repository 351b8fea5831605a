"""Keras scripts that forecast: scaled columns, windows in helper functions, predictions brought back to the scale of the data."""

from __future__ import annotations

from tests.generated.keras.names import Names, callbacks, compiled, imports, rnn
from tests.generated.writer import Writer, family


@family(
    "keras",
    "flat windows",
    "test data not reshaped",
    "scaler of another width",
    "one sample without its batch",
    "steps and features swapped",
    "one step of a window",
    "predictions compared by hand",
    "return_sequences missing",
    "return_sequences too many",
    "input_shape with the samples",
    "input_shape of one entry",
    "units unlike the targets",
    "unlike numbers of samples",
    "other number of steps",
    "impossible reshape",
    "misplaced argument",
    "argument that does not exist",
    weight=2.0,
)
def keras_prices(w: Writer) -> None:
    """One column, scaled, in windows of a helper; training and test sets; predictions of prices."""
    names = imports(w)
    frame = w.chance(0.6)
    if frame:
        w.add("import pandas as pd")
    scaler = w.one_of("MinMaxScaler(feature_range=(0, 1))", "MinMaxScaler()", "StandardScaler()")
    w.add(f"from sklearn.preprocessing import {scaler.partition('(')[0]}")
    metric = w.chance(0.4)
    if metric:
        w.add("from sklearn.metrics import mean_squared_error")
    count = w.number(110, 150)
    w.add("")
    if frame:
        w.add(
            f'df = pd.DataFrame({{"Date": pd.date_range("2020-01-01", periods={count}), "Open": np.random.rand({count}), '
            f'"Close": np.random.rand({count})}})'
        )
        source = w.one_of(
            'df[["Close"]]',
            'df[["Close"]].values',
            'df["Close"].values.reshape(-1, 1)',
            "df.iloc[:, 2:3].values",
            'df.filter(["Close"]).values',
        )
        w.add(f"dataset = {source}")
    else:
        w.add(f"dataset = np.cumsum(np.random.randn({count}))" + w.one_of(".reshape(-1, 1)", "[:, np.newaxis]"))
    w.add(
        f"scaler = {scaler}",
        w.one_of("scaled = scaler.fit_transform(dataset)", 'scaled = scaler.fit_transform(dataset).astype("float32")'),
    )
    size, ahead = w.number(6, 14), w.number(2, 4)
    window = w.one_of("look_back", "time_step", "window_size", "n_steps")
    many = (w.has("units unlike the targets") or w.chance(0.2)) and not w.has(
        "predictions compared by hand", "return_sequences too many"
    )
    w.add(f"{window} = {size}")
    if many:
        w.add(f"horizon = {ahead}")
    helper = w.one_of("create_dataset", "make_windows", "prepare")
    last = f"len(data) - {window}" + (" - horizon + 1" if many else "")
    with w.definition(f"def {helper}(data, {window}{', horizon' if many else ''}):"):
        w.add(w.one_of("dataX, dataY = [], []", "dataX, dataY = list(), list()"))
        with w.block(f"for i in range({last}):"):
            column = w.chance(0.5) or w.has("flat windows", "test data not reshaped", "one step of a window", "impossible reshape")
            w.add(f"dataX.append(data[i:(i + {window}), 0])" if column else f"dataX.append(data[i:i + {window}])")
            w.add(f"dataY.append(data[i + {window}:i + {window} + horizon, 0])" if many else f"dataY.append(data[i + {window}, 0])")
        w.add("return np.array(dataX), np.array(dataY)")
    w.gap()
    more = ", horizon" if many else ""
    w.add(f"train_size = int(len(scaled) * {w.one_of('0.7', '0.67', '0.75')})")
    past = w.chance(0.3)
    w.add(f"train, test = scaled[:train_size], scaled[train_size{f' - {window}' if past else ''}:]")
    w.add(f"X_train, y_train = {helper}(train, {window}{more})", f"X_test, y_test = {helper}(test, {window}{more})")
    if w.has("unlike numbers of samples"):
        w.add(f"y_train = train[{window} + 1:, 0]", faulty=True)
    _shaped(w, column, window)
    _price_model(w, names, window, many)
    validation = (
        w.one_of("", ", validation_data=(X_test, y_test)", ", validation_split=0.1") if not w.has("test data not reshaped") else ""
    )
    stop = callbacks(w, names)
    w.add(f"model.fit(X_train, y_train, epochs=1, batch_size={w.one_of('16', '32')}{validation}{stop}, verbose=0)")
    _price_answers(w, window, many, metric)


def _shaped(w: Writer, column: bool, window: str) -> None:
    both = {"train": "X_train", "test": "X_test"}
    if w.has("flat windows"):
        w.lines[-2] += "  # FAULT"
        if not column:
            raise AssertionError
        return
    if not column and not w.chance(0.3):
        return
    for part, name in both.items():
        if w.has("one step of a window"):
            w.add(f"{name} = np.reshape({name}, ({name}.shape[0], 1, {name}.shape[1]))", faulty=part == "train")
        elif w.has("test data not reshaped") and part == "test":
            w.lines[-1] += "  # FAULT"
        elif w.has("impossible reshape") and part == "train":
            w.add(f"{name} = {name}.reshape({name}.shape[0], {name}.shape[1], 2)", faulty=True)
        else:
            options = [
                f"{name} = np.reshape({name}, ({name}.shape[0], {name}.shape[1], 1))",
                f"{name} = {name}.reshape(-1, {window}, 1)",
                f"{name} = {name}.reshape({name}.shape[0], {window}, 1)",
            ]
            if column:
                options += [f"{name} = np.expand_dims({name}, axis=2)", f"{name} = {name}[:, :, np.newaxis]"]
            w.add(w.one_of(*options))


def _price_model(w: Writer, names: Names, window: str, many: bool) -> None:
    kind, units = rnn(w), w.number(6, 12)
    several = w.has("return_sequences missing", "argument that does not exist") or w.chance(0.5)
    steps = "X_train.shape[1]"
    shape = w.one_of(f"({window}, 1)", f"({steps}, 1)", "(X_train.shape[1], X_train.shape[2])", f"({steps}, 1)")
    if w.has("one step of a window"):
        shape = w.one_of("(X_train.shape[1], X_train.shape[2])", "X_train.shape[1:]")
    if w.has("flat windows"):
        # With one declared feature Keras adds the axis itself.
        shape = "(X_train.shape[1], X_train.shape[2])"
    w.add("", f"model = {names.models}Sequential()")
    sequences = ", return_sequences=True" if several else ""
    head = f"{kind}({units}{sequences}"
    single = f"{kind}({units}"
    faults = {
        "steps and features swapped": f"{head}, input_shape=(1, {window}))",
        "input_shape with the samples": f"{head}, input_shape=X_train.shape)",
        "input_shape of one entry": f"{head}, input_shape=({window},))",
        "other number of steps": f"{head}, input_shape=({window} + 5, 1))",
        "misplaced argument": f"{single}, ({window}, 1){sequences})",
        "return_sequences missing": f"{single}, input_shape={shape})",
        "argument that does not exist": f"{single}, return_sequence=True, input_shape={shape})",
        "flat windows": f"{head}, input_shape={shape})",
    }
    if not several:
        faults["return_sequences too many"] = f"{single}, return_sequences=True, input_shape={shape})"
    w.put(
        f"model.add({names.layer(f'{head}, input_shape={shape})')})",
        *((fault, f"model.add({names.layer(one)})") for fault, one in faults.items()),
    )
    if several:
        if w.chance():
            w.add(f"model.add({names.layer('Dropout(0.2)')})")
        w.put(
            f"model.add({names.layer(f'{kind}({units})')})",
            ("return_sequences too many", f"model.add({names.layer(f'{kind}({units}, return_sequences=True)')})"),
        )
    if w.chance(0.3) and not w.has("return_sequences too many"):
        w.add(f"model.add({names.layer(f'Dense({units})')})")
    w.put(
        f"model.add({names.layer('Dense(horizon)' if many else w.one_of('Dense(1)', 'Dense(units=1)'))})",
        ("units unlike the targets", f"model.add({names.layer(w.one_of('Dense(1)', 'Dense(horizon + 2)'))})"),
    )
    compiled(w, names, w.one_of("mean_squared_error", "mse"))


def _price_answers(w: Writer, window: str, many: bool, metric: bool) -> None:
    if w.has("one sample without its batch"):
        w.add("print(model.predict(X_test[0], verbose=0))", faulty=True)
        return
    if w.has("scaler of another width"):
        w.add("columns = np.hstack([dataset, dataset[::-1]])", "scaler.fit(columns)")
        w.add("predicted = model.predict(X_test, verbose=0)", "prices = scaler.inverse_transform(predicted)", faulty=True)
        return
    w.add("predictions = model.predict(X_test, verbose=0)", faulty=w.has("test data not reshaped"))
    if w.has("predictions compared by hand"):
        w.add(
            w.one_of(
                "rmse = np.sqrt(np.mean((predictions - y_test) ** 2))",
                "rmse = np.sqrt(np.mean(predictions - y_test) ** 2)",
                "mape = np.mean(np.abs((y_test - predictions) / (y_test + 2)))",
            ),
            faulty=True,
        )
        return
    if many:
        return
    inverse = w.chance(0.7)
    if inverse:
        w.add(
            "predictions = scaler.inverse_transform(predictions)",
            w.one_of("actual = scaler.inverse_transform(y_test.reshape(-1, 1))", "actual = scaler.inverse_transform([y_test]).T"),
        )
    else:
        w.add("actual = y_test.reshape(-1, 1)")
    if metric:
        w.add("rmse = np.sqrt(mean_squared_error(actual, predictions))")
    elif w.chance():
        w.add("rmse = np.sqrt(np.mean((predictions - actual) ** 2))")
    if w.chance(0.4):
        w.add(
            f"last = scaled[-{window}:].reshape(1, {window}, 1)",
            "future = []",
            "for _ in range(3):",
            "    step = model.predict(last, verbose=0)",
        )
        w.add("    future.append(step[0, 0])", "    last = np.append(last[:, 1:, :], step.reshape(1, 1, 1), axis=1)")


@family(
    "keras",
    "scaler of another width",
    "other number of features",
    "steps and features swapped",
    "reshape for a transpose",
    "flat windows",
    "return_sequences missing",
    "return_sequences too many",
    "input_shape with the samples",
    "unlike numbers of samples",
    "impossible reshape",
    "validation data of another width",
    "one sample without its batch",
    weight=1.5,
)
def keras_multivariate(w: Writer) -> None:
    """Several columns and a target column, as tutorials shift, split and reshape them."""
    names = imports(w)
    w.add("import pandas as pd", "from sklearn.preprocessing import MinMaxScaler")
    columns = w.random.sample(["pollution", "dew", "temp", "press", "wind", "snow", "rain"], w.number(3, 5))
    width = len(columns)
    count = w.number(100, 130)
    given = ", ".join(f'"{one}": np.random.rand({count})' for one in columns)
    w.add("", f"dataset = pd.DataFrame({{{given}}})")
    if w.chance(0.3):
        w.add(f'dataset["{columns[0]}"] = dataset["{columns[0]}"].fillna(0)', "dataset = dataset.dropna()")
    w.add(w.one_of("values = dataset.values", 'values = dataset.values.astype("float32")', "values = dataset.to_numpy()"))
    w.add("scaler = MinMaxScaler(feature_range=(0, 1))", "scaled = scaler.fit_transform(values)")
    hours = w.number(width + 1, 9)
    w.add(f"n_hours, n_features = {hours}, {w.one_of(str(width), 'values.shape[1]', 'scaled.shape[1]', 'len(dataset.columns)')}")
    w.gap()
    shifted = w.chance(0.4)
    if shifted:
        with w.block("def series_to_supervised(data, n_in=1, n_out=1):"):
            w.add("df = pd.DataFrame(data)", "cols = []", "for i in range(n_in, 0, -1):", "    cols.append(df.shift(i))")
            w.add(
                "for i in range(0, n_out):", "    cols.append(df.shift(-i))", "agg = pd.concat(cols, axis=1)", "return agg.dropna()"
            )
        w.gap()
        w.add("reframed = series_to_supervised(scaled, n_hours, 1)", "table = reframed.values", "n_obs = n_hours * n_features")
        w.add("X, y = table[:, :n_obs], table[:, -n_features]")
        w.put(
            w.one_of("X = X.reshape((X.shape[0], n_hours, n_features))", "X = X.reshape(-1, n_hours, n_features)"),
            ("flat windows", "X = X.reshape((X.shape[0], n_obs))"),
            ("impossible reshape", "X = X.reshape((X.shape[0], n_hours, n_features + 1))"),
        )
    else:
        with w.block("def split_sequences(sequences, n_steps):"):
            w.add("X, y = list(), list()")
            with w.block("for i in range(len(sequences)):"):
                w.add("end_ix = i + n_steps", "if end_ix > len(sequences) - 1:", "    break")
                w.add("seq_x, seq_y = sequences[i:end_ix, :], sequences[end_ix, 0]", "X.append(seq_x)", "y.append(seq_y)")
            w.add("return np.array(X), np.array(y)")
        w.gap()
        w.add("X, y = split_sequences(scaled, n_hours)")
        if w.has("flat windows"):
            w.add("X = X.reshape(len(X), n_hours * n_features)", faulty=True)
        elif w.has("impossible reshape"):
            w.add("X = X.reshape(len(X), n_hours, n_features + 1)", faulty=True)
    if w.has("reshape for a transpose"):
        w.add("X = X.reshape(X.shape[0], X.shape[2], X.shape[1])", faulty=True)
    if w.has("unlike numbers of samples"):
        w.add("y = y[n_hours:]", faulty=True)
    names_of = w.one_of("train_X, test_X, train_y, test_y", "X_train, X_val, y_train, y_val").split(", ")
    xa, xb, ya, yb = names_of
    w.add(f"n_train = {w.number(60, 70)}", f"{xa}, {xb} = X[:n_train], X[n_train:]", f"{ya}, {yb} = y[:n_train], y[n_train:]")
    if w.has("validation data of another width"):
        w.add(f"{xb} = {xb}[:, :, :-1]", faulty=True)
    kind, units = rnn(w), w.number(6, 12)
    several = w.has("return_sequences missing") or w.chance(0.3)
    shape = w.one_of(f"({xa}.shape[1], {xa}.shape[2])", "(n_hours, n_features)")
    if w.has("reshape for a transpose"):
        shape = f"({xa}.shape[1], {xa}.shape[2])"
    sequences = ", return_sequences=True" if several else ""
    head = f"{kind}({units}{sequences}, input_shape="
    w.add("", f"model = {names.models}Sequential()")
    faults = [
        ("other number of features", f"{head}(n_hours, n_features - 1))"),
        ("steps and features swapped", f"{head}(n_features, n_hours))"),
        ("input_shape with the samples", f"{head}{xa}.shape)"),
        ("return_sequences missing", f"{kind}({units}, input_shape={shape})"),
        ("flat windows", f"{head}{shape})"),
    ]
    if not several:
        faults.append(("return_sequences too many", f"{kind}({units}, return_sequences=True, input_shape={shape})"))
    w.put(f"model.add({names.layer(f'{head}{shape})')})", *((fault, f"model.add({names.layer(one)})") for fault, one in faults))
    if several:
        w.put(
            f"model.add({names.layer(f'{kind}({units})')})",
            ("return_sequences too many", f"model.add({names.layer(f'{kind}({units}, return_sequences=True)')})"),
        )
    w.add(f"model.add({names.layer('Dense(1)')})")
    compiled(w, names, w.one_of("mae", "mse"))
    validation = f", validation_data=({xb}, {yb})" if w.has("validation data of another width") or w.chance(0.7) else ""
    w.add(f"history = model.fit({xa}, {ya}, epochs=1, batch_size=24{validation}, verbose=0, shuffle=False)")
    if w.has("one sample without its batch"):
        w.add(f"print(model.predict({xb}[0], verbose=0))", faulty=True)
        return
    w.add(f"yhat = model.predict({xb}, verbose=0)")
    if w.has("scaler of another width"):
        w.add("inv_yhat = scaler.inverse_transform(yhat)", faulty=True)
    elif w.chance():
        w.add(
            f"rows = {xb}[:, -1, 1:]",
            "inv_yhat = np.concatenate((yhat, rows), axis=1)",
            "inv_yhat = scaler.inverse_transform(inv_yhat)[:, 0]",
        )
        w.add(f"inv_y = np.concatenate(({yb}.reshape(-1, 1), rows), axis=1)", "inv_y = scaler.inverse_transform(inv_y)[:, 0]")
        w.add("rmse = np.sqrt(np.mean((inv_yhat - inv_y) ** 2))")
