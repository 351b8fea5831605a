"""Keras scripts on pictures and signals: TimeDistributed networks, ConvLSTM2D, Conv1D before an RNN, masks."""

from __future__ import annotations

from tests.generated.keras.names import callbacks, compiled, imports, rnn
from tests.generated.writer import Writer, family


@family(
    "keras",
    "frames without channels",
    "flat before the RNN",
    "input_shape with the samples",
    "labels of the other kind",
    "return_sequences too many",
    "units unlike the targets",
    "unlike numbers of samples",
)
def keras_video(w: Writer) -> None:
    """Clips, by TimeDistributed convolutions and an RNN or by ConvLSTM2D."""
    names = imports(w, "TimeDistributed", "Conv2D", "MaxPooling2D", "Flatten", "ConvLSTM2D", "GlobalAveragePooling2D")
    size = w.number(10, 14)
    w.add("", f"frames, height, width, channels, classes = {w.number(4, 6)}, {size}, {size + w.number(0, 2)}, 1, {w.number(3, 4)}")
    w.put(
        f"clips = np.random.rand({w.number(12, 20)}, frames, height, width, channels)",
        ("frames without channels", f"clips = np.random.rand({w.number(12, 20)}, frames, height, width)"),
    )
    sparse = w.chance() and not w.has("units unlike the targets")
    w.add("labels = np.random.randint(0, classes, len(clips))")
    w.add("y = labels" if sparse else f"y = {names.keras}utils.to_categorical(labels, classes)")
    if w.has("unlike numbers of samples"):
        w.add("y = y[1:]", faulty=True)
    w.add("", f"model = {names.models}Sequential()")
    given = names.keras + "Input" if names.layers else "Input"
    shape = (
        "(frames, height, width)"
        if w.has("frames without channels")
        else w.one_of("(frames, height, width, channels)", "clips.shape[1:]")
    )
    convolved = w.chance(0.4) and not w.has("flat before the RNN", "return_sequences too many")
    w.put(f"model.add({given}({shape}))", ("input_shape with the samples", f"model.add({given}(clips.shape))"))
    units = w.number(4, 6)
    if convolved:
        options = w.one_of("", ', padding="same"')
        layer = names.layer(f"ConvLSTM2D(filters={units}, kernel_size=(3, 3){options})")
        w.put(f"model.add({layer})", ("frames without channels", f"model.add({layer})"))
        w.add(f"model.add({names.layer(w.one_of('Flatten()', 'GlobalAveragePooling2D()'))})")
    else:
        timed = names.layer(f"TimeDistributed({names.layer(f'Conv2D({units}, 3)')})")
        w.put(f"model.add({timed})", ("frames without channels", f"model.add({timed})"))
        if w.chance():
            w.add(f"model.add({names.layer('TimeDistributed(' + names.layer('MaxPooling2D(2)') + ')')})")
        flat = names.layer("Flatten()")
        w.put(f"model.add({names.layer(f'TimeDistributed({flat})')})", ("flat before the RNN", f"model.add({flat})"))
        kind = rnn(w)
        w.put(
            f"model.add({names.layer(f'{kind}(8)')})",
            ("return_sequences too many", f"model.add({names.layer(f'{kind}(8, return_sequences=True)')})"),
        )
        if w.has("flat before the RNN"):
            w.lines[-1] += "  # FAULT"
    w.put(
        f"model.add({names.dense('classes', 'softmax')})",
        ("units unlike the targets", f"model.add({names.dense('classes * 2', 'softmax')})"),
    )
    kinds = ["categorical_crossentropy", "sparse_categorical_crossentropy"]
    compiled(w, names, kinds[sparse], ("labels of the other kind", kinds[not sparse]))
    w.add("model.fit(clips, y, epochs=1, batch_size=4, verbose=0)")


@family(
    "keras",
    "return_sequences missing",
    "return_sequences too many",
    "other number of features",
    "labels of the other kind",
    "unlike numbers of samples",
    "impossible reshape",
    "units unlike the targets",
    "softmax over one unit",
    "steps and features swapped",
    "series without its features",
    "one sample without its batch",
    "validation data of another width",
)
def keras_signals(w: Writer) -> None:
    """Activity recognition: signals in windows, convolutions, masks, batch normalisation."""
    names = imports(
        w, "Conv1D", "MaxPooling1D", "BatchNormalization", "Masking", "GlobalAveragePooling1D", "Reshape", "Bidirectional"
    )
    steps, channels = w.number(6, 8) * 2, w.number(3, 5)
    two = w.has("softmax over one unit") or (w.chance(0.3) and not w.has("labels of the other kind", "units unlike the targets"))
    w.add("", f"N_TIME_STEPS, N_FEATURES, N_CLASSES, step = {steps}, {channels}, {w.number(3, 5)}, 5")
    w.number(200, 240)
    w.add("import pandas as pd", f"signal = np.random.randn({w.number(200, 240)}, N_FEATURES)")
    axes = ", ".join(f'"{one}"' for one in "xyzuv"[:channels])
    w.add(f"df = pd.DataFrame(signal, columns=[{axes}])")
    w.add('df["activity"] = np.random.randint(0, N_CLASSES, size=len(df))', "segments, labels = [], []")
    with w.block("for i in range(0, len(df) - N_TIME_STEPS, step):"):
        if w.chance():
            w.add(f"segments.append(df.iloc[i:i + N_TIME_STEPS][[{axes}]].values)")
        else:
            w.add('segments.append(df.drop(columns="activity").values[i:i + N_TIME_STEPS])')
        w.add('labels.append(df["activity"].values[i + N_TIME_STEPS - 1])')
    w.put(
        w.one_of("X = np.asarray(segments, dtype=np.float32)", "X = np.array(segments).reshape(-1, N_TIME_STEPS, N_FEATURES)"),
        ("impossible reshape", "X = np.array(segments).reshape(len(segments), N_TIME_STEPS, N_FEATURES + 1)"),
        ("series without its features", "X = np.array(segments)[:, :, 0]"),
    )
    sparse = w.chance() and not w.has("units unlike the targets")
    if two:
        w.add("y = (np.array(labels) > 0).astype(int)")
    else:
        w.add(
            "y = np.array(labels)"
            if sparse
            else w.one_of(f"y = {names.keras}utils.to_categorical(labels, N_CLASSES)", "y = np.eye(N_CLASSES)[np.array(labels)]")
        )
    if w.has("unlike numbers of samples"):
        w.add("y = y[:-1]", faulty=True)
    w.add("split = int(len(X) * 0.7)", "X_train, X_val = X[:split], X[split:]", "y_train, y_val = y[:split], y[split:]")
    if w.has("validation data of another width"):
        w.add("X_val = X_val[:, :, 1:]", faulty=True)
    kind, units = rnn(w), w.number(6, 10)
    given = names.keras + "Input" if names.layers else "Input"
    w.add("", f"model = {names.models}Sequential()")
    w.put(
        f"model.add({given}(shape=(N_TIME_STEPS, N_FEATURES)))",
        ("other number of features", f"model.add({given}(shape=(N_TIME_STEPS, N_FEATURES - 1)))"),
        ("steps and features swapped", f"model.add({given}(shape=(N_FEATURES, N_TIME_STEPS)))"),
    )
    front = w.random.random()
    if front < 0.35 and not w.has("steps and features swapped"):
        padding = w.one_of("", ', padding="same"')
        w.add("model.add(" + names.layer(f'Conv1D({units}, 3, activation="relu"{padding})') + ")")
        if w.chance():
            w.add(f"model.add({names.layer('MaxPooling1D(2)')})")
    elif front < 0.5:
        w.add(f"model.add({names.layer('Masking(mask_value=0.0)')})")
    several = w.has("return_sequences missing") or w.chance(0.3)
    if several:
        first, broken = names.layer(f"{kind}({units}, return_sequences=True)"), names.layer(f"{kind}({units})")
        if w.chance(0.3):
            first, broken = (names.layer(f"Bidirectional({one})") for one in (first, broken))
        w.put(f"model.add({first})", ("return_sequences missing", f"model.add({broken})"))
    if w.chance(0.3):
        w.add(f"model.add({names.layer('BatchNormalization()')})")
    pooled = w.chance(0.2) and not w.has("return_sequences too many")
    if pooled:
        w.add(
            f"model.add({names.layer(f'{kind}({units}, return_sequences=True)')})",
            f"model.add({names.layer('GlobalAveragePooling1D()')})",
        )
    else:
        regular = w.one_of("", "", f", kernel_regularizer={names.keras}regularizers.l2(1e-4)")
        w.put(
            f"model.add({names.layer(f'{kind}({units}{regular})')})",
            ("return_sequences too many", f"model.add({names.layer(f'{kind}({units}, return_sequences=True)')})"),
        )
    if w.chance(0.4):
        w.add(f"model.add({names.dense(units, 'relu')})")
    if two:
        w.put(f"model.add({names.dense(1, 'sigmoid')})", ("softmax over one unit", f"model.add({names.dense(1, 'softmax')})"))
        compiled(w, names, "binary_crossentropy")
    else:
        w.put(
            f"model.add({names.dense('N_CLASSES', 'softmax')})",
            ("units unlike the targets", f"model.add({names.dense('N_CLASSES + 2', 'softmax')})"),
        )
        kinds = ["categorical_crossentropy", "sparse_categorical_crossentropy"]
        compiled(w, names, kinds[sparse], ("labels of the other kind", kinds[not sparse]))
    stop = callbacks(w, names, "val_loss")
    validation = ", validation_data=(X_val, y_val)" if stop or w.has("validation data of another width") or w.chance() else ""
    w.add(f"history = model.fit(X_train, y_train, epochs=1, batch_size=16{validation}{stop}, verbose=0)")
    if w.has("one sample without its batch"):
        w.add(
            w.one_of(
                "print(model.predict(X_val[0], verbose=0))", "for sample in X_val[:2]:\n    print(model.predict(sample, verbose=0))"
            )
        )
        w.lines[-1] += "  # FAULT"
    elif w.chance():
        w.add("loss = model.evaluate(X_val, y_val, verbose=0)", "predicted = model.predict(X_val, verbose=0)")
