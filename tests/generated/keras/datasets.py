"""Keras scripts that feed a model from a dataset or a generator."""

from __future__ import annotations

from tests.generated.keras.names import Names, imports, rnn
from tests.generated.writer import Writer, family

_FAULTS = (
    "other number of features",
    "units unlike the targets",
    "return_sequences missing",
    "return_sequences too many",
    "input_shape with the samples",
    "steps and features swapped",
    "flat before the RNN",
    "misplaced argument",
    "argument that does not exist",
)


def _network(w: Writer, names: Names, steps: str, features: str, out: int = 1) -> None:
    """A model for windows, with a place for the faults above."""
    kind, units = rnn(w), w.number(6, 12)
    several = w.has("return_sequences missing", "argument that does not exist") or w.chance(0.35)
    shape, wrong_shape = f"({steps}, {features})", f"({steps}, {features} + 1)"
    swapped, samples = f"({features}, {steps})", f"(16, {steps}, {features})"
    dense, wider = f"Dense({out})", f"Dense({out + 2})"
    first = f"{kind}({units}{', return_sequences=True' if several else ''}"
    last = f"{kind}({units})"
    extra = f"{kind}({units}, return_sequences=True)"
    sequences = ", return_sequences=True" if several else ""
    build = w.chance(0.4)
    pieces: list[tuple[str, list[tuple[str, str]]]] = []
    shapes = [
        ("other number of features", wrong_shape),
        ("steps and features swapped", swapped),
        ("input_shape with the samples", samples),
    ]
    if w.chance(0.6) or w.has("flat before the RNN"):
        given = names.keras + "Input" if names.layers else "Input"
        word = w.one_of("shape=", "")
        pieces.append((f"{given}({word}{shape})", [(fault, f"{given}({word}{one})") for fault, one in shapes]))
        if w.has("flat before the RNN"):
            pieces.append((names.layer("Flatten()"), [("flat before the RNN", names.layer("Flatten()"))]))
        lead = [
            ("return_sequences missing", names.layer(last)),
            ("argument that does not exist", names.layer(f"{kind}({units}, return_sequence=True)")),
            ("misplaced argument", names.layer(f"{kind}({units}, {shape}{sequences})")),
        ]
        if not several:
            lead.append(("return_sequences too many", names.layer(extra)))
        pieces.append((names.layer(f"{first})"), lead))
    else:
        lead = [(fault, names.layer(f"{first}, input_shape={one})")) for fault, one in shapes]
        lead += [
            ("return_sequences missing", names.layer(f"{kind}({units}, input_shape={shape})")),
            ("misplaced argument", names.layer(f"{kind}({units}, {shape}{sequences})")),
            ("argument that does not exist", names.layer(f"{kind}({units}, return_sequence=True, input_shape={shape})")),
        ]
        if not several:
            lead.append(("return_sequences too many", names.layer(f"{kind}({units}, return_sequences=True, input_shape={shape})")))
        pieces.append((names.layer(f"{first}, input_shape={shape})"), lead))
    if several:
        pieces.append((names.layer(last), [("return_sequences too many", names.layer(extra))]))
    if w.chance(0.3):
        pieces.append((names.layer("Dropout(0.2)"), []))
    pieces.append((names.layer(dense), [("units unlike the targets", names.layer(wider))]))
    outside, name = w._pad, w.one_of("build_model", "create_model", "get_model")
    if build:
        w.gap()
        w.add(f"def {name}():")
        w._pad += "    "
    if w.chance(0.6):
        w.add(f"model = {names.models}Sequential([")
        for piece, wrong in pieces:
            w.put(f"    {piece},", *((fault, f"    {one},") for fault, one in wrong))
        w.add("])")
    else:
        w.add(f"model = {names.models}Sequential()")
        for piece, wrong in pieces:
            w.put(f"model.add({piece})", *((fault, f"model.add({one})") for fault, one in wrong))
    loss = w.one_of("mse", "mae", "mean_squared_error")
    w.add(f'model.compile(loss="{loss}", optimizer="adam")')
    if build:
        w.add("return model")
        w._pad = outside
        w.gap()
        w.add(f"model = {name}()")


@family("keras", *_FAULTS)
def keras_timeseries_dataset(w: Writer) -> None:
    """timeseries_dataset_from_array or TimeseriesGenerator over a table."""
    names = imports(w, "Flatten")
    old = w.chance(0.35)
    if old:
        w.add("from tensorflow.keras.preprocessing.sequence import TimeseriesGenerator")
    steps, features = w.number(5, 9), w.number(2, 4)
    w.add("", f"sequence_length, n_features = {steps}, {features}", f"raw_data = np.random.rand({w.number(90, 120)}, n_features)")
    if w.chance():
        w.add("mean = raw_data[:60].mean(axis=0)", "raw_data -= mean", "std = raw_data[:60].std(axis=0)", "raw_data /= std")
    w.add(f"target = raw_data[:, {w.number(0, 1)}]", f"batch_size = {w.one_of('16', '8', '32')}")
    if old:
        w.add(
            w.one_of(
                "train = TimeseriesGenerator(raw_data, target, length=sequence_length, batch_size=batch_size)",
                "train = TimeseriesGenerator(raw_data[:70], target[:70], length=sequence_length, batch_size=batch_size)",
            )
        )
        validation = ""
    else:
        module = w.one_of("utils", "preprocessing") if names.keras == "keras." else "utils"
        shuffle = w.one_of("", "shuffle=True, ")
        rate = w.one_of("", "", "sampling_rate=1, ")
        w.add(
            f"train = {names.keras}{module}.timeseries_dataset_from_array(",
            "    data=raw_data[:-sequence_length],",
            "    targets=target[sequence_length:],",
            f"    sequence_length=sequence_length, {rate}{shuffle}batch_size=batch_size, start_index=0, end_index=60)",
        )
        w.add(
            f"val = {names.keras}{module}.timeseries_dataset_from_array(raw_data[:-sequence_length], target[sequence_length:],",
            "    sequence_length=sequence_length, batch_size=batch_size, start_index=60)",
        )
        if w.chance(0.4):
            w.add("for samples, targets in train:", '    print("samples shape:", samples.shape)', "    break")
        validation = w.one_of(", validation_data=val", "")
    _network(w, names, w.one_of("sequence_length", str(steps)), w.one_of("n_features", "raw_data.shape[-1]", "raw_data.shape[1]"))
    w.add(f"model.fit(train, epochs=1{validation}, verbose=0)")
    if w.chance():
        w.add(f"print(model.evaluate({'train' if old else 'val'}, verbose=0))")


@family("keras", *_FAULTS, "dataset without batches", "unlike numbers of samples")
def keras_tf_data(w: Writer) -> None:
    """tf.data: from_tensor_slices, or windows of a range."""
    w.add("import tensorflow as tf")
    names = imports(w, "Flatten")
    sliced = w.has("unlike numbers of samples") or w.chance(0.6)
    if sliced:
        steps, features, out = w.number(5, 9), w.number(2, 4), w.number(1, 3)
        w.add(
            "",
            f"steps, features = {steps}, {features}",
            f"X = np.random.rand({w.number(40, 60)}, steps, features).astype(np.float32)",
        )
        w.add(f"y = np.random.rand(len(X), {out}).astype(np.float32)")
        if w.has("unlike numbers of samples"):
            w.add("y = y[4:]", faulty=True)
        shuffle, tail = w.one_of("", ".shuffle(100)"), w.one_of("", ".prefetch(tf.data.AUTOTUNE)")
        w.put(
            f"train_ds = tf.data.Dataset.from_tensor_slices((X, y)){shuffle}.batch(8){tail}",
            ("dataset without batches", f"train_ds = tf.data.Dataset.from_tensor_slices((X, y)){shuffle}{tail}"),
        )
        _network(w, names, "steps", "features", out)
    else:
        size = w.number(6, 10)
        w.add(
            "",
            f"window_size, batch_size, shuffle_buffer = {size}, 16, 100",
            'series = np.sin(np.arange(120) / 9.0).astype("float32")',
        )
        with w.definition("def windowed_dataset(series, window_size, batch_size, shuffle_buffer):"):
            expand = w.chance()
            w.add(f"ds = tf.data.Dataset.from_tensor_slices({'tf.expand_dims(series, axis=-1)' if expand else 'series'})")
            w.add(
                "ds = ds.window(window_size + 1, shift=1, drop_remainder=True)",
                "ds = ds.flat_map(lambda window: window.batch(window_size + 1))",
            )
            w.add(f"ds = ds{w.one_of('', '.shuffle(shuffle_buffer)')}.map(lambda window: (window[:-1], window[-1]))")
            if not expand:
                w.add("ds = ds.map(lambda x, y: (tf.expand_dims(x, -1), y))")
            w.put("return ds.batch(batch_size).prefetch(1)", ("dataset without batches", "return ds.prefetch(1)"))
        w.gap()
        w.add("train_ds = windowed_dataset(series, window_size, batch_size, shuffle_buffer)")
        _network(w, names, "window_size", "1")
    w.add("model.fit(train_ds, epochs=1, verbose=0)", faulty=w.has("dataset without batches"))


@family("keras", *_FAULTS)
def keras_generator(w: Writer) -> None:
    """A generator function, or a subclass of Sequence."""
    own_class = w.chance()
    names = imports(w, "Flatten")
    steps, features, n = w.number(5, 9), w.number(2, 4), w.number(5, 7) * 8
    w.add(
        "",
        f"lookback, n_features, batch_size = {steps}, {features}, 8",
        f"table = np.random.normal(size=({n} + lookback, n_features))",
    )
    if own_class:
        base = f"{names.keras}utils.{w.one_of('Sequence', 'PyDataset') if 'tf' not in names.keras else 'Sequence'}"
        with w.definition(f"class {w.one_of('Windows', 'DataGenerator', 'BatchSequence')}({base}):"):
            with w.block("def __init__(self, data, lookback, batch_size, **kwargs):"):
                w.add("super().__init__(**kwargs)", "self.data, self.lookback, self.batch_size = data, lookback, batch_size")
            w.add("")
            with w.block("def __len__(self):"):
                w.add("return (len(self.data) - self.lookback) // self.batch_size")
            w.add("")
            with w.block("def __getitem__(self, index):"):
                w.add("rows = np.arange(index * self.batch_size, (index + 1) * self.batch_size)")
                w.add(
                    "x = np.stack([self.data[i:i + self.lookback] for i in rows])",
                    "y = self.data[rows + self.lookback, 0]",
                    "return x, y",
                )
        name = next(line for line in reversed(w.lines) if line.startswith("class "))[6:].partition("(")[0]
        w.gap()
        w.add(f"train_gen = {name}(table, lookback, batch_size)")
        steps_per = ""
    else:
        with w.definition("def generator(data, lookback, batch_size):"):
            w.add("i = lookback")
            with w.block("while True:"):
                w.add(
                    "if i + batch_size >= len(data):",
                    "    i = lookback",
                    "rows = np.arange(i, min(i + batch_size, len(data)))",
                    "i += len(rows)",
                )
                w.add("samples = np.zeros((len(rows), lookback, data.shape[-1]))", "targets = np.zeros((len(rows),))")
                with w.block("for j, row in enumerate(rows):"):
                    w.add("samples[j] = data[row - lookback:row]", "targets[j] = data[row][0]")
                w.add("yield samples, targets")
        w.gap()
        w.add("train_gen = generator(table, lookback, batch_size)")
        steps_per = "steps_per_epoch=4, "
    _network(w, names, "lookback", w.one_of("n_features", "table.shape[-1]"))
    w.add(f"model.fit(train_gen, {steps_per}epochs=1, verbose=0)")
