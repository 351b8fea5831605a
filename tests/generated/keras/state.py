"""Stateful Keras models, and layers whose states are given or taken."""

from __future__ import annotations

from tests.generated.keras.names import compiled, imports, rnn
from tests.generated.writer import Writer, family


@family(
    "keras",
    "stateful with a partial batch",
    "stateful without a batch",
    "stateful and shuffled",
    "other number of features",
    "predicted with another batch",
    "return_sequences missing",
    "argument that does not exist",
)
def keras_stateful(w: Writer) -> None:
    """Epochs written out, with the states forgotten after each."""
    names = imports(w)
    batch, steps, features = w.number(4, 8), w.number(4, 7), w.number(1, 3)
    count = w.number(5, 8)
    name = w.one_of("batch_size", "BATCH_SIZE", "n_batch")
    w.add("", f"{name} = {batch}", f"timesteps, features = {steps}, {features}")
    w.put(
        f"X = np.random.rand({name} * {count}, timesteps, features)",
        ("stateful with a partial batch", f"X = np.random.rand({name} * {count} + 1, timesteps, features)"),
    )
    w.add("y = np.random.rand(len(X), 1)")
    kind, units = rnn(w), w.number(5, 9)
    several = w.has("return_sequences missing") or w.chance(0.4)
    sequences = ", return_sequences=True" if several else ""
    w.add("", f"model = {names.models}Sequential()")
    given = names.keras + "Input" if names.layers else "Input"
    if w.has("argument that does not exist"):
        w.add(
            "model.add("
            + names.layer(f"{kind}({units}, batch_input_shape=({name}, timesteps, features), stateful=True{sequences})")
            + ")",
            faulty=True,
        )
    else:
        w.put(
            f"model.add({given}(batch_shape=({name}, timesteps, features)))",
            ("stateful without a batch", f"model.add({given}(shape=(timesteps, features)))"),
            ("other number of features", f"model.add({given}(batch_shape=({name}, timesteps, features + 1)))"),
        )
        w.put(
            f"model.add({names.layer(f'{kind}({units}, stateful=True{sequences})')})",
            ("return_sequences missing", f"model.add({names.layer(f'{kind}({units}, stateful=True)')})"),
        )
        if w.has("stateful without a batch"):
            w.lines[-1] += "  # FAULT"
    if several:
        w.add(f"model.add({names.layer(f'{kind}({units}, stateful=True)')})")
    w.add(f"model.add({names.layer('Dense(1)')})")
    compiled(w, names, w.one_of("mse", "mean_squared_error"))
    fit = f"model.fit(X, y, epochs=1, batch_size={name}, verbose=0, shuffle=False)"
    shuffled = f"model.fit(X, y, epochs=1, batch_size={name}, verbose=0)"
    marked = w.has("stateful with a partial batch")
    if w.chance(0.6) or w.has("stateful and shuffled"):
        if w.has("stateful and shuffled"):
            w.add(shuffled, faulty=True)
        elif w.chance(0.6):
            w.add("for i in range(2):")
            w.add(f"    {fit}", faulty=marked)
            w.add("    model.layers[0].reset_state()")
        else:
            w.add(fit, faulty=marked)
    else:
        w.add("for epoch in range(1):")
        with_rest = "len(X)" if marked else f"len(X) - {name} + 1"
        w.add(f"    for start in range(0, {with_rest}, {name}):")
        w.add(f"        loss = model.train_on_batch(X[start:start + {name}], y[start:start + {name}])", faulty=marked)
    if w.has("predicted with another batch"):
        w.add("print(model.predict(X[:1], batch_size=1, verbose=0))", faulty=True)
    elif w.chance():
        w.add(f"predictions = model.predict(X[:{name}], batch_size={name}, verbose=0)")


@family(
    "keras",
    "states for another RNN",
    "states of another width",
    "unpacked as another RNN",
    "states for one output",
    "one output for targets of each step",
    "layer not called",
)
def keras_states(w: Writer) -> None:
    """The states of one RNN start another one, or stand for the sequence."""
    names = imports(w, "Concatenate", "RepeatVector")
    steps, features, units = w.number(5, 8), w.number(2, 3), w.number(6, 9)
    both = w.chance(0.4)
    lstm = w.chance(0.6) or w.has("states for another RNN")
    kind = "LSTM" if lstm else "GRU"
    w.add("", f"n, past, future, dim = {w.number(30, 50)}, {steps}, {w.number(9, 11)}, {features}")
    w.add("X = np.random.rand(n, past, dim)", "known = np.random.rand(n, future, 2)", "y = np.random.rand(n, future, 1)")
    given = names.keras + "Input" if names.layers else "Input"
    w.add(f"past_in = {given}(shape=(past, dim))", f"future_in = {given}(shape=(future, 2))")
    encoder = names.layer(f"{kind}({units}, return_state=True)")
    if both:
        right, wrong = ("_, fh, fc, bh, bc", "_, fh, fc") if lstm else ("_, fh, bh", "_, fh")
        bidirectional = names.layer(f"Bidirectional({encoder})")
        w.put(f"{right} = {bidirectional}(past_in)", ("unpacked as another RNN", f"{wrong} = {bidirectional}(past_in)"))
        w.put(f"h = {names.layer('Concatenate()')}([fh, bh])", ("states of another width", "h = fh"))
        if lstm:
            w.add("c = fc" if w.has("states of another width") else f"c = {names.layer('Concatenate()')}([fc, bc])")
    else:
        right, wrong = ("_, h, c", "_, h") if lstm else ("_, h", "_, h, c")
        w.put(f"{right} = {encoder}(past_in)", ("unpacked as another RNN", f"{wrong} = {encoder}(past_in)"))
    width = 2 * units if both else units
    if w.has("states of another width") and not both:
        width += 3
    states = w.one_of("[h, c]", "(h, c)") if lstm else "h"
    if w.has("states for another RNN"):
        kind, states = w.random.choice([("GRU", "[h, c]"), ("LSTM", "h")])
    decoder = names.layer(f"{kind}({width}, return_sequences=True)")
    single = names.layer(f"{kind}({width})")
    stateful = names.layer(f"{kind}({width}, return_sequences=True, return_state=True)")
    w.put(
        f"x = {decoder}(future_in, initial_state={states})",
        ("states of another width", f"x = {decoder}(future_in, initial_state={states})"),
        ("states for another RNN", f"x = {decoder}(future_in, initial_state={states})"),
        ("states for one output", f"x = {stateful}(future_in, initial_state={states})"),
        ("one output for targets of each step", f"x = {single}(future_in, initial_state={states})"),
    )
    if w.has("layer not called"):
        w.add(f"x = {names.layer('Dropout(0.1)')}", faulty=True)
    w.add(f"out = {names.layer('Dense(1)')}(x)", f"model = {names.models}Model([past_in, future_in], out)")
    compiled(w, names, "mse")
    w.add("model.fit([X, known], y, epochs=1, batch_size=8, verbose=0)")
