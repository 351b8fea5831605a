"""Functional Keras models: several inputs or outputs, encoders and decoders, attention, layers around them."""

from __future__ import annotations

from tests.generated.keras.names import Names, callbacks, compiled, imports, rnn
from tests.generated.writer import Writer, family


@family(
    "keras",
    "unlike merge",
    "layer not called",
    "unlike numbers of samples",
    "inputs in the other order",
    "states for one output",
    "return_sequences missing",
    "units unlike the targets",
    "labels of the other kind",
    "other number of features",
    "numpy in place of a tensor",
    weight=1.5,
)
def keras_several_inputs(w: Writer) -> None:
    """A sequence and something else about each sample."""
    names = imports(w, "Concatenate", "Embedding", "Add", "Flatten")
    n, steps, features, others = w.number(40, 60), w.number(6, 10), w.number(2, 4), w.number(5, 7)
    words = w.chance(0.4)
    w.add("", f"n_samples, n_steps, n_features, n_static = {n}, {steps}, {features}, {others}")
    if words:
        w.add("series = np.random.randint(1, 50, size=(n_samples, n_steps))")
    else:
        w.add("series = np.random.randn(n_samples, n_steps, n_features)")
    w.add("static = np.random.rand(n_samples, n_static)")
    if w.has("unlike numbers of samples"):
        w.add("static = static[2:]", faulty=True)
    classes = w.has("labels of the other kind", "units unlike the targets") or w.chance(0.5)
    one_hot = w.chance() or w.has("units unlike the targets")
    if classes:
        w.add("n_classes = 3", "labels = np.random.randint(0, n_classes, size=n_samples)")
        w.add(f"y = {names.keras}utils.to_categorical(labels, n_classes)" if one_hot else "y = labels")
    else:
        w.add(w.one_of("y = np.random.rand(n_samples)", "y = np.random.rand(n_samples, 1)"))
    w.add("")
    kind, units = rnn(w), w.number(6, 10)
    wrapped = w.chance(0.25)
    named = w.chance()
    shape = "(n_steps,)" if words else w.one_of("(n_steps, n_features)", "series.shape[1:]", f"({steps}, {features})")
    name = ', name="series"' if named else ""
    inputs = names.keras + "Input" if names.layers else "Input"
    w.put(
        f"seq_in = {inputs}(shape={shape}{name})",
        *(() if words else (("other number of features", f"seq_in = {inputs}(shape=(n_steps, n_features + 2){name})"),)),
    )
    other_name = ', name="static"' if named else ""
    w.add(f"aux_in = {inputs}(shape=(n_static,){other_name})")
    before = "seq_in"
    if words:
        w.add(f"emb = {names.layer('Embedding(50, 8)')}(seq_in)")
        before = "emb"
    if w.has("return_sequences missing") or w.chance(0.25):
        w.put(
            f"x = {names.layer(f'{kind}({units}, return_sequences=True)')}({before})",
            ("return_sequences missing", f"x = {names.layer(f'{kind}({units})')}({before})"),
        )
        before = "x"
    layer = names.layer(f"{kind}({units})")
    longer = names.layer(f"{kind}({units}, return_sequences=True)")
    both = names.layer(f"{kind}({units}, return_state=True)")
    if wrapped:
        layer, longer, both = (names.layer(f"Bidirectional({one})") for one in (layer, longer, both))
    source = "series" if w.has("numpy in place of a tensor") else before
    w.put(
        f"x = {layer}({source})",
        ("unlike merge", f"x = {longer}({before})"),
        ("layer not called", f"x = {layer}"),
        ("states for one output", f"x = {both}({before})"),
    )
    if w.has("numpy in place of a tensor"):
        w.lines[-1] += "  # FAULT"
    w.add(f"a = {names.dense(units, 'relu')}(aux_in)")
    if w.chance() or wrapped:
        w.add(w.one_of(f"merged = {names.layer('Concatenate()')}([x, a])", f"merged = {names.keras}layers.concatenate([x, a])"))
    else:
        w.add(f"merged = {names.layer('Add()')}([x, a])")
    if w.chance():
        w.add(f"merged = {names.dense('8', 'relu')}(merged)")
    if classes:
        w.put(
            f"out = {names.dense('n_classes', 'softmax')}(merged)",
            ("units unlike the targets", f"out = {names.dense('n_classes + 1', 'softmax')}(merged)"),
        )
    else:
        w.add(f"out = {names.layer('Dense(1)')}(merged)")
    w.add(
        w.one_of(
            f"model = {names.models}Model(inputs=[seq_in, aux_in], outputs=out)",
            f"model = {names.models}Model([seq_in, aux_in], out)",
        )
    )
    kinds = ["categorical_crossentropy", "sparse_categorical_crossentropy"]
    if classes:
        compiled(w, names, kinds[not one_hot], ("labels of the other kind", kinds[one_hot]))
    else:
        compiled(w, names, w.one_of("mse", "mae"))
    stop = callbacks(w, names)
    data = (
        '{"series": series, "static": static}'
        if named and w.chance() and not w.has("inputs in the other order")
        else "[series, static]"
    )
    validation = w.one_of("", ", validation_split=0.2")
    w.put(
        f"model.fit({data}, y, epochs=1, batch_size=8{validation}{stop}, verbose=0)",
        ("inputs in the other order", f"model.fit([static, series], y, epochs=1, batch_size=8{validation}{stop}, verbose=0)"),
    )
    if w.chance():
        w.add("print(model.predict([series[:4], static[:4]], verbose=0).shape)")


@family(
    "keras",
    "RepeatVector after a sequence",
    "return_sequences missing",
    "one output for targets of each step",
    "time distributed without time",
    "units unlike the targets",
    "other number of features",
    "targets of another length",
    weight=1.2,
)
def keras_autoencoder(w: Writer) -> None:
    """An encoder, RepeatVector, a decoder: for reconstruction or for several steps ahead."""
    names = imports(w, "RepeatVector", "TimeDistributed", numpy=True)
    kind, units = rnn(w), w.number(6, 10)
    rebuild = w.chance() and not w.has("targets of another length")
    steps, features, ahead = w.number(7, 10), w.number(2, 3), w.number(3, 5)
    w.add("", f"n_in, n_out, n_features = {steps}, {ahead}, {features}", f"data = np.random.rand({w.number(70, 90)}, n_features)")
    with w.definition("def split_sequences(data, n_in, n_out):"):
        w.add("X, y = [], []")
        with w.block("for i in range(len(data)):"):
            w.add(
                "end = i + n_in",
                "if end + n_out > len(data):",
                "    break",
                "X.append(data[i:end])",
                "y.append(data[end:end + n_out])",
            )
        w.add("return np.array(X), np.array(y)")
    w.gap()
    w.add("X, y = split_sequences(data, n_in, n_out)")
    if rebuild:
        w.add("y = X" if w.chance() else "y = X[:, ::-1, :]")
    out = "n_in" if rebuild else "n_out"
    shape = w.one_of("(n_in, n_features)", "(X.shape[1], X.shape[2])", "X.shape[1:]")
    wider = "(n_in, n_features + 1)"
    encoder = f"{kind}({units}" + w.one_of(', activation="tanh"', "", "")
    repeat = names.layer(f"RepeatVector({out})")
    shorter = names.layer(f"RepeatVector({out} + 1)")
    decoder = names.layer(f"{kind}({units}, return_sequences=True)")
    ended = names.layer(f"{kind}({units})")
    dense = names.layer("Dense(n_features)")
    head = w.one_of(names.layer(f"TimeDistributed({dense})"), dense)
    wide = head.replace("(n_features)", "(n_features * 3)")
    if w.has("time distributed without time"):
        head = names.layer(f"TimeDistributed({names.layer('Dense(n_features)')})")
    elif w.has("one output for targets of each step"):
        head = names.layer("Dense(n_features)")
    wrongs = (("time distributed without time", ended), ("one output for targets of each step", ended))
    several = w.chance(0.3) or w.has("return_sequences missing")
    first = names.layer(f"{encoder}{', return_sequences=True' if several else ''}")
    if w.chance(0.6):
        w.add(f"model = {names.models}Sequential()")
        broken = names.layer(encoder)
        w.put(
            f"model.add({first}, input_shape={shape}))",
            ("other number of features", f"model.add({first}, input_shape={wider}))"),
            ("return_sequences missing", f"model.add({broken}, input_shape={shape}))"),
            ("RepeatVector after a sequence", f"model.add({names.layer(encoder)}, return_sequences=True, input_shape={shape}))"),
        )
        if several:
            w.put(f"model.add({ended})", ("RepeatVector after a sequence", f"model.add({decoder})"))
        w.put(f"model.add({repeat})", ("targets of another length", f"model.add({shorter})"))
        w.put(f"model.add({decoder})", *((fault, f"model.add({one})") for fault, one in wrongs))
        w.put(f"model.add({head})", ("units unlike the targets", f"model.add({wide})"))
    else:
        inputs = names.keras + "Input" if names.layers else "Input"
        w.put(f"inputs = {inputs}(shape={shape})", ("other number of features", f"inputs = {inputs}(shape={wider})"))
        before = "inputs"
        if several:
            w.put(f"h = {first})(inputs)", ("return_sequences missing", f"h = {names.layer(encoder)})(inputs)"))
            before = "h"
        w.put(f"encoded = {ended}({before})", ("RepeatVector after a sequence", f"encoded = {decoder}({before})"))
        w.put(f"decoded = {repeat}(encoded)", ("targets of another length", f"decoded = {shorter}(encoded)"))
        w.put(f"decoded = {decoder}(decoded)", *((fault, f"decoded = {one}(decoded)") for fault, one in wrongs))
        w.put(f"decoded = {head}(decoded)", ("units unlike the targets", f"decoded = {wide}(decoded)"))
        w.add(f"model = {names.models}Model(inputs, decoded)")
    compiled(w, names, w.one_of("mse", "mae"))
    w.add(f"model.fit(X, y, epochs=1, batch_size=16{callbacks(w, names)}, verbose=0)")
    if w.chance():
        w.add("x_input = data[-n_in:].reshape((1, n_in, n_features))", "yhat = model.predict(x_input, verbose=0)")
        if w.chance(0.4) and rebuild and w.fault == "":
            w.add(
                "errors = np.mean(np.abs(model.predict(X, verbose=0) - X), axis=(1, 2))",
                "print(errors > np.quantile(errors, 0.95))",
            )


@family(
    "keras",
    "states for another RNN",
    "states of another width",
    "unpacked as another RNN",
    "states for one output",
    "layer not called",
    "one output for targets of each step",
    "labels of the other kind",
    "unlike numbers of samples",
    "unlike merge",
    weight=1.2,
)
def keras_teacher_forcing(w: Writer) -> None:
    """An encoder whose states start the decoder, which gets the targets one step late."""
    names = imports(w, "Embedding", "Attention", "Concatenate", "TimeDistributed")
    lstm = w.has("states for another RNN") or w.chance(0.7)
    kind = "LSTM" if lstm else "GRU"
    one_hot = w.chance(0.5)
    w.add(
        "",
        f"n, enc_len, dec_len, num_encoder_tokens, num_decoder_tokens, latent_dim = "
        f"{w.number(30, 50)}, {w.number(6, 9)}, {w.number(10, 12)}, {w.number(20, 30)}, {w.number(14, 18)}, {w.number(8, 12)}",
    )
    w.add("source = np.random.randint(1, num_encoder_tokens, size=(n, enc_len))")
    w.add("target = np.random.randint(1, num_decoder_tokens, size=(n, dec_len + 1))")
    to_categorical = f"{names.keras}utils.to_categorical"
    if one_hot:
        w.add(f"encoder_input_data = {to_categorical}(source, num_encoder_tokens)")
        w.add(f"decoder_input_data = {to_categorical}(target[:, :-1], num_decoder_tokens)")
    else:
        w.add("encoder_input_data, decoder_input_data = source, target[:, :-1]")
    sparse = w.chance(0.4)
    w.add(
        "decoder_target_data = target[:, 1:]"
        if sparse
        else f"decoder_target_data = {to_categorical}(target[:, 1:], num_decoder_tokens)"
    )
    if w.has("unlike numbers of samples"):
        w.add("decoder_target_data = decoder_target_data[:-1]", faulty=True)
    attends = w.has("unlike merge") or w.chance(0.3)
    inputs = names.keras + "Input" if names.layers else "Input"
    shape = "(None, num_{}_tokens)" if one_hot else "(None,)"
    w.add("", f"encoder_inputs = {inputs}(shape={shape.format('encoder')})")
    first, second = "encoder_inputs", "decoder_inputs"
    if not one_hot:
        w.add(f"enc_emb = {names.layer('Embedding(num_encoder_tokens, 16)')}(encoder_inputs)")
        first, second = "enc_emb", "dec_emb"
    sequences = ", return_sequences=True" if attends and not w.has("unlike merge") else ""
    states = "state_h, state_c" if lstm else "state_h"
    w.add(f"encoder = {names.layer(f'{kind}(latent_dim{sequences}, return_state=True)')}")
    w.put(
        f"encoder_outputs, {states} = encoder({first})",
        ("unpacked as another RNN", f"encoder_outputs, {'state_h' if lstm else 'state_h, state_c'} = encoder({first})"),
    )
    w.add(f"encoder_states = {'[state_h, state_c]' if lstm else 'state_h'}")
    w.add("", f"decoder_inputs = {inputs}(shape={shape.format('decoder')})")
    if not one_hot:
        w.put(
            f"dec_emb = {names.layer('Embedding(num_decoder_tokens, 16)')}(decoder_inputs)",
            ("layer not called", f"dec_emb = {names.layer('Embedding(num_decoder_tokens, 16)')}"),
        )
    elif w.has("layer not called"):
        w.add(f"dec_in = {names.layer('Dense(12)')}", faulty=True)
        second = "dec_in"
    keeps = "" if w.has("one output for targets of each step") else ", return_sequences=True"
    w.put(
        f"decoder = {names.layer(f'{kind}(latent_dim{keeps}, return_state=True)')}",
        ("states of another width", f"decoder = {names.layer(f'{kind}(latent_dim * 2{keeps}, return_state=True)')}"),
        ("one output for targets of each step", f"decoder = {names.layer(f'{kind}(latent_dim, return_state=True)')}"),
        ("states for another RNN", f"decoder = {names.layer(f'GRU(latent_dim{keeps}, return_state=True)')}"),
    )
    taken = "decoder_outputs, _, _" if lstm and not w.has("states for another RNN") else "decoder_outputs, _"
    w.put(
        f"{taken} = decoder({second}, initial_state=encoder_states)",
        ("states for one output", f"decoder_outputs = decoder({second}, initial_state=encoder_states)"),
    )
    if w.has("states for another RNN", "states of another width"):
        w.lines[-1] += "  # FAULT"
    if attends:
        w.put(
            f"context = {names.layer('Attention()')}([decoder_outputs, encoder_outputs])",
            ("unlike merge", f"context = {names.layer('Concatenate(axis=-1)')}([decoder_outputs, encoder_outputs])"),
        )
        if not w.has("unlike merge"):
            w.add(f"context = {names.layer('Concatenate(axis=-1)')}([decoder_outputs, context])")
    dense = names.layer('Dense(num_decoder_tokens, activation="softmax")')
    if w.chance(0.3) and not w.has("one output for targets of each step"):
        dense = names.layer(f"TimeDistributed({dense})")
    w.add(f"decoder_dense = {dense}", f"outputs = decoder_dense({'context' if attends else 'decoder_outputs'})")
    w.add(f"model = {names.models}Model([encoder_inputs, decoder_inputs], outputs)")
    kinds = ["categorical_crossentropy", "sparse_categorical_crossentropy"]
    compiled(w, names, kinds[sparse], ("labels of the other kind", kinds[not sparse]))
    w.add("model.fit([encoder_input_data, decoder_input_data], decoder_target_data, batch_size=16, epochs=1, verbose=0)")
    if w.chance(0.6) and not attends:
        _inference(w, names, inputs, lstm, one_hot, second)


def _inference(w: Writer, names: Names, inputs: str, lstm: bool, one_hot: bool, second: str) -> None:
    w.add("", f"encoder_model = {names.models}Model(encoder_inputs, encoder_states)")
    kept = "state_in_h" + (", state_in_c" if lstm else "")
    w.add(f"state_in_h = {inputs}(shape=(latent_dim,))")
    if lstm:
        w.add(f"state_in_c = {inputs}(shape=(latent_dim,))")
    states = "h, c" if lstm else "h"
    w.add(
        f"dec_out, {states} = decoder({second}, initial_state={f'[{kept}]' if lstm else kept})", "dec_out = decoder_dense(dec_out)"
    )
    w.add(f"decoder_model = {names.models}Model([decoder_inputs, {kept}], [dec_out, {states}])")
    w.add("states = encoder_model.predict(encoder_input_data[0:1], verbose=0)")
    if not lstm:
        w.add("states = [states]")
    w.add("target_seq = np.zeros((1, 1, num_decoder_tokens))" if one_hot else "target_seq = np.zeros((1, 1))")
    w.add("if len(target_seq) == 1:" if w.chance(0.2) else "for _ in range(3):")
    w.add(f"    tokens, {states} = decoder_model.predict([target_seq] + states, verbose=0)")
    w.add("    sampled = np.argmax(tokens[0, -1, :])")
    w.add("    target_seq = np.zeros((1, 1, num_decoder_tokens))" if one_hot else "    target_seq = np.array([[sampled]])")
    if one_hot:
        w.add("    target_seq[0, 0, sampled] = 1.0")
    w.add(f"    states = [{states}]")
