"""Keras scripts with classes of their own: subclassed models, layers, training loops written out."""

from __future__ import annotations

from tests.generated.keras.names import imports, rnn
from tests.generated.writer import Writer, family


@family(
    "keras",
    "return_sequences missing",
    "return_sequences too many",
    "states for one output",
    "unpacked as another RNN",
    "last sample for last step",
    "units unlike the targets",
    "unlike merge",
    "flat before the RNN",
    "labels of the other kind",
    "one sample without its batch",
    "other number of features",
    weight=1.5,
)
def keras_subclassed(w: Writer) -> None:
    """A subclass of Model, trained by fit or by a loop with GradientTape."""
    loop = w.chance(0.35)
    w.add("import tensorflow as tf")
    names = imports(w, "Flatten", "Concatenate", "Embedding")
    base = w.one_of("tf.keras.Model", names.models + "Model")
    lstm = w.chance(0.6)
    kind = "LSTM" if lstm else "GRU"
    keeps = w.has("last sample for last step", "unlike merge") or w.chance(0.25)
    stacked = w.has("return_sequences missing") or (w.chance(0.35) and not keeps)
    states = w.has("unpacked as another RNN") or (w.chance(0.3) and not keeps and not w.has("states for one output"))
    if w.has("return_sequences too many"):
        keeps = states = False
    values = w.has(
        "units unlike the targets",
        "return_sequences too many",
        "last sample for last step",
        "one sample without its batch",
        "other number of features",
    ) or w.chance(0.4)
    if w.has("labels of the other kind"):
        values = False
    name = w.one_of("Forecaster", "SequenceModel", "MyModel", "Classifier")
    super_call = w.one_of("super().__init__()", f"super({name}, self).__init__()")
    with w.definition(f"class {name}({base}):"):
        with w.block("def __init__(self, units, n_out):"):
            w.add(super_call)
            if stacked:
                w.put(
                    f"self.rnn1 = {names.layer('LSTM(units, return_sequences=True)')}",
                    ("return_sequences missing", f"self.rnn1 = {names.layer('LSTM(units)')}"),
                )
            options = (", return_sequences=True" if keeps else "") + (", return_state=True" if states else "")
            w.put(
                f"self.rnn = {names.layer(f'{kind}(units{options})')}",
                ("return_sequences too many", f"self.rnn = {names.layer(f'{kind}(units, return_sequences=True)')}"),
                ("states for one output", f"self.rnn = {names.layer(f'{kind}(units{options}, return_state=True)')}"),
            )
            if w.has("flat before the RNN"):
                w.add(f"self.flat = {names.layer('Flatten()')}")
            drops = w.chance(0.4)
            if drops:
                w.add(f"self.drop = {names.layer('Dropout(0.2)')}")
            w.put(
                f"self.out = {names.layer('Dense(n_out)')}",
                ("units unlike the targets", f"self.out = {names.layer('Dense(n_out + 3)')}"),
            )
        w.add("")
        with w.block(w.one_of("def call(self, x):", "def call(self, inputs, training=None):")):
            before = "x" if "self, x)" in w.lines[-1] else "inputs"
            if w.has("flat before the RNN"):
                w.add(f"x = self.flat({before})", faulty=True)
                before = "x"
            if stacked:
                w.add(f"x = self.rnn1({before})")
                before = "x"
            if states:
                right, wrong = ("_, h, c", "_, h") if lstm else ("_, h", "_, h, c")
                w.put(f"{right} = self.rnn({before})", ("unpacked as another RNN", f"{wrong} = self.rnn({before})"))
                w.add("x = h")
            else:
                w.add(f"x = self.rnn({before})")
            if w.has("states for one output"):
                w.lines[-1] += "  # FAULT"
            if keeps:
                last = w.one_of("x = x[:, -1]", "x = x[:, -1, :]", "x = tf.reduce_mean(x, axis=1)")
                w.put(last, ("last sample for last step", "x = x[-1]"), ("unlike merge", "x = tf.concat([x, x[:, -1]], axis=1)"))
            if drops:
                w.add("x = self.drop(x)")
            w.add("return self.out(x)")
    w.gap()
    steps, features, n = w.number(6, 9), w.number(2, 4), w.number(4, 6) * 8
    w.add(f"X = np.random.rand({n}, {steps}, {features})" + w.one_of(".astype(np.float32)", '.astype("float32")'))
    if values:
        out = w.number(2, 4)
        w.add(f"y = np.random.rand(len(X), {out}).astype(np.float32)")
    else:
        out = w.number(3, 5)
        w.add(f"y = np.random.randint(0, {out}, size=len(X))")
    w.add(f"model = {name}({w.number(6, 10)}, {out})")
    loss = w.one_of("MeanSquaredError()", "MeanAbsoluteError()") if values else "SparseCategoricalCrossentropy(from_logits=True)"
    wrong_loss = "CategoricalCrossentropy(from_logits=True)"
    if loop:
        _loop(w, names.keras, loss, wrong_loss)
    else:
        optimizer = w.one_of('"adam"', f"{names.keras}optimizers.Adam(1e-3)")
        w.put(
            f"model.compile(optimizer={optimizer}, loss={names.keras}losses.{loss})",
            ("labels of the other kind", f"model.compile(optimizer={optimizer}, loss={names.keras}losses.{wrong_loss})"),
        )
        if w.chance(0.4) or w.has("other number of features"):
            w.put(
                f"model.build(input_shape=(None, {steps}, {features}))",
                ("other number of features", f"model.build(input_shape=(None, {steps}, {features + 1}))"),
            )
        w.add("model.fit(X, y, batch_size=8, epochs=1, verbose=0)")
    if w.has("one sample without its batch"):
        w.add("print(model(X[0]))", faulty=True)
    elif w.chance():
        w.add(w.one_of("prediction = model.predict(X[:3], verbose=0)", "print(model(X[:1]).shape)"))


def _loop(w: Writer, keras: str, loss: str, wrong: str) -> None:
    """A training loop of the script's own."""
    w.put(f"loss_fn = {keras}losses.{loss}", ("labels of the other kind", f"loss_fn = {keras}losses.{wrong}"))
    w.add(
        f"optimizer = {keras}optimizers.Adam()",
        f"dataset = tf.data.Dataset.from_tensor_slices((X, y)){w.one_of('', '.shuffle(100)')}.batch(8)",
    )
    if w.has("other number of features"):
        w.add("print(model(X[:2]))", "dataset = tf.data.Dataset.from_tensor_slices((X[:, :, :-1], y)).batch(8)", faulty=True)
    body = [
        "with tf.GradientTape() as tape:",
        "    logits = model(xb, training=True)",
        "    loss = loss_fn(yb, logits)",
        "grads = tape.gradient(loss, model.trainable_variables)",
        "optimizer.apply_gradients(zip(grads, model.trainable_variables))",
    ]
    if w.chance():
        w.gap()
        if w.chance(0.4):
            w.add("@tf.function")
        w.add("def train_step(xb, yb):", *("    " + line for line in body), "    return loss")
        w.gap()
        body = ["loss = train_step(xb, yb)"]
    w.add("for epoch in range(1):", f"    for {w.one_of('xb, yb in dataset:', 'step, (xb, yb) in enumerate(dataset):')}")
    w.add(*("        " + line for line in body))


@family(
    "keras",
    "return_sequences missing",
    "unlike merge",
    "units unlike the targets",
    "labels of the other kind",
    "softmax over one unit",
    "other number of features",
)
def keras_attention_layer(w: Writer) -> None:
    """A layer of the script's own that weighs the steps."""
    w.add("import tensorflow as tf")
    names = imports(w, "Embedding", "Concatenate")
    base = w.one_of("tf.keras.layers.Layer", f"{names.keras}layers.Layer")
    name = w.one_of("AttentionLayer", "SeqAttention", "Pooling")
    own_weights = w.chance() and not w.has("softmax over one unit")
    with w.definition(f"class {name}({base}):"):
        if own_weights:
            with w.block("def build(self, input_shape):"):
                w.add('self.W = self.add_weight(name="att_weight", shape=(input_shape[-1], 1), initializer="normal")')
                w.add('self.b = self.add_weight(name="att_bias", shape=(input_shape[1], 1), initializer="zeros")')
                w.add("super().build(input_shape)")
            w.add("")
            with w.block("def call(self, x):"):
                w.add("e = tf.tanh(tf.tensordot(x, self.W, axes=1) + self.b)", "a = tf.nn.softmax(e, axis=1)")
                w.put(
                    "return tf.reduce_sum(x * a, axis=1)",
                    ("unlike merge", "return tf.concat([x, tf.reduce_sum(x * a, axis=1)], axis=1)"),
                )
        else:
            with w.block("def __init__(self, units, **kwargs):"):
                w.add("super().__init__(**kwargs)", f"self.score = {names.dense('units', 'tanh')}")
                w.add(f"self.v = {names.layer('Dense(1)')}")
            w.add("")
            with w.block("def call(self, features):"):
                w.put(
                    "weights = tf.nn.softmax(self.v(self.score(features)), axis=1)",
                    ("softmax over one unit", "weights = tf.nn.softmax(self.v(self.score(features)))"),
                )
                w.put(
                    "context = tf.reduce_sum(weights * features, axis=1)",
                    ("unlike merge", "context = tf.concat([weights, features[:, -1]], axis=-1)"),
                )
                w.add("return context")
    w.gap()
    steps, features = w.number(6, 9), w.number(2, 4)
    w.add(
        f"timesteps, features, classes = {steps}, {features}, {w.number(3, 4)}",
        f"X = np.random.rand({w.number(40, 60)}, timesteps, features)",
    )
    sparse = w.chance() and not w.has("units unlike the targets")
    w.add(
        "labels = np.random.randint(0, classes, len(X))",
        "y = labels" if sparse else f"y = {names.keras}utils.to_categorical(labels, classes)",
    )
    kind = rnn(w)
    w.put(
        f"inputs = {names.keras}Input(shape=(timesteps, features))",
        ("other number of features", f"inputs = {names.keras}Input(shape=(timesteps, features * 2))"),
    )
    layer, short = names.layer(f"{kind}(10, return_sequences=True)"), names.layer(f"{kind}(10)")
    if w.chance(0.4):
        layer, short = (names.layer(f"Bidirectional({one})") for one in (layer, short))
    w.put(f"x = {layer}(inputs)", ("return_sequences missing", f"x = {short}(inputs)"))
    w.add(f"x = {name}({'' if own_weights else '8'})(x)")
    w.put(
        f"outputs = {names.dense('classes', 'softmax')}(x)",
        ("units unlike the targets", f"outputs = {names.dense('classes + 1', 'softmax')}(x)"),
    )
    w.add(f"model = {names.models}Model(inputs, outputs)")
    kinds = ["categorical_crossentropy", "sparse_categorical_crossentropy"]
    w.put(
        f'model.compile(loss="{kinds[sparse]}", optimizer="adam")',
        ("labels of the other kind", f'model.compile(loss="{kinds[not sparse]}", optimizer="adam")'),
    )
    w.add("model.fit(X, y, epochs=1, batch_size=16, verbose=0)")
