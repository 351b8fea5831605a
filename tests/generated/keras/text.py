"""Keras scripts on texts: sentiment, tags, characters, the next word."""

from __future__ import annotations

from tests.generated.keras.names import Names, callbacks, compiled, imports, rnn
from tests.generated.writer import Writer, family

_TEXTS = (
    "the film was very good",
    "a dull and slow story",
    "what a joy",
    "not my kind of film at all",
    "good cast but weak plot",
    "I would see it again",
    "we left early",
    "the best of this year so far",
)


def _tokenized(w: Writer, names: Names) -> str:
    """Texts to X, with what Keras has for it; the name of the number of words."""
    texts = ", ".join(f'"{text}"' for text in w.random.sample(_TEXTS, 4))
    w.add("", f"texts = [{texts}] * {w.number(8, 14)}")
    length = w.number(6, 12)
    w.add(f"{w.one_of('maxlen', 'max_len', 'max_length')} = {length}")
    limit = w.lines[-1].partition(" ")[0]
    if w.chance(0.7):
        w.add(
            f"tokenizer = Tokenizer({w.one_of('', 'num_words=200', 'num_words=200, lower=True')})", "tokenizer.fit_on_texts(texts)"
        )
        w.add("sequences = tokenizer.texts_to_sequences(texts)")
        vocabulary = "len(tokenizer.word_index) + 1"
    else:
        w.add('words = sorted(set(" ".join(texts).split()))', "word_index = {word: i + 1 for i, word in enumerate(words)}")
        w.add("sequences = [[word_index[word] for word in text.split()] for text in texts]")
        vocabulary = w.one_of("len(word_index) + 1", "len(words) + 1")
    w.add(f"vocab_size = {vocabulary}")
    padding = w.one_of("", "", ', padding="post"', ', padding="pre", truncating="post"')
    w.add(f"X = pad_sequences(sequences, maxlen={limit}{padding})")
    return limit


def _text_imports(w: Writer) -> None:
    w.add("from tensorflow.keras.preprocessing.text import Tokenizer")
    w.add(
        w.one_of(
            "from tensorflow.keras.preprocessing.sequence import pad_sequences", "from tensorflow.keras.utils import pad_sequences"
        )
    )


@family(
    "keras",
    "softmax over one unit",
    "scores for probabilities",
    "return_sequences missing",
    "return_sequences too many",
    "no embedding",
    "one sample without its batch",
    "misplaced argument",
    "argument that does not exist",
    "unlike numbers of samples",
    "embedding matrix of another width",
    "vectors into an embedding",
    "labels of the other kind",
    "flat before the RNN",
    weight=1.5,
)
def keras_sentiment(w: Writer) -> None:
    """Tokenizer, pad_sequences, Embedding, an RNN, one answer for each text."""
    names = imports(w, "Embedding", "SpatialDropout1D", "Flatten")
    _text_imports(w)
    splits = w.chance() and not w.has("unlike numbers of samples")
    if splits:
        w.add("from sklearn.model_selection import train_test_split")
    limit = _tokenized(w, names)
    one_hot = not w.has("softmax over one unit", "scores for probabilities") and (
        w.chance(0.3) or w.has("labels of the other kind")
    )
    w.add(w.one_of("labels = np.random.randint(0, 2, size=len(texts))", "labels = np.array([i % 2 for i in range(len(texts))])"))
    w.add(f"y = {names.keras}utils.to_categorical(labels)" if one_hot else w.one_of("y = labels", "y = np.asarray(labels)"))
    if w.has("unlike numbers of samples"):
        w.add("y = y[1:]", faulty=True)
    width = w.number(8, 16)
    matrix = w.has("embedding matrix of another width") or w.chance(0.2)
    if matrix:
        w.add(f"embedding_dim = {width}", "vectors = {i: np.random.rand(embedding_dim) for i in range(1, vocab_size)}")
        w.add("embedding_matrix = np.zeros((vocab_size, embedding_dim))", "for i, vector in vectors.items():")
        w.add("    if i < vocab_size:", "        embedding_matrix[i] = vector")
    if splits:
        w.add("X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=1)")
    else:
        w.add("X_train, y_train, X_test, y_test = X, y, X[-6:], y[-6:]")
    if w.has("vectors into an embedding"):
        w.add(
            f"X_train, X_test = {names.keras}utils.to_categorical(X_train, vocab_size), "
            f"{names.keras}utils.to_categorical(X_test, vocab_size)"
        )
    _sentiment_model(w, names, limit, width, matrix, one_hot)
    stop = callbacks(w, names)
    validation = w.one_of("", ", validation_split=0.2", ", validation_data=(X_test, y_test)")
    w.add(f"model.fit(X_train, y_train, epochs=1, batch_size={w.one_of('8', '16')}{validation}{stop}, verbose=0)")
    if w.has("one sample without its batch"):
        w.add("print(model.predict(X_test[0], verbose=0))", faulty=True)
    elif w.chance(0.6):
        w.add(w.one_of("scores = model.predict(X_test, verbose=0)", "results = model.evaluate(X_test, y_test, verbose=0)"))


def _sentiment_model(w: Writer, names: Names, limit: str, width: int, matrix: bool, one_hot: bool) -> None:
    kind, units = rnn(w), w.number(8, 16)
    if matrix:
        given = w.one_of("weights=[embedding_matrix], trainable=False", "weights=[embedding_matrix]")
        first = f"Embedding(vocab_size, embedding_dim, {given})"
        wrong = f"Embedding(vocab_size, embedding_dim * 2, {given})"
    else:
        first = w.one_of(
            f"Embedding(vocab_size, {width})",
            f"Embedding(input_dim=vocab_size, output_dim={width})",
            f"Embedding(vocab_size, {width}, mask_zero=True)",
            f"Embedding(vocab_size, {width}, input_length={limit})",
        )
        wrong = ""
    several = w.has("return_sequences missing") or w.chance(0.3)
    if w.has("argument that does not exist"):
        several = True
    w.add("model = " + names.models + "Sequential()")
    if w.has("no embedding"):
        w.add(f"model.add({names.keras}Input(shape=({limit},)))", faulty=True)
        w.add(f"model.add({names.layer(f'{kind}({units})')})")
        w.lines[-1] += "  # FAULT"
    else:
        w.put(
            f"model.add({names.layer(first)})",
            ("embedding matrix of another width", f"model.add({names.layer(wrong)})"),
            ("vectors into an embedding", f"model.add({names.layer(first)})"),
            ("misplaced argument", f"model.add({names.layer(f'Embedding(vocab_size, {width}, {limit})')})"),
        )
        if w.has("flat before the RNN"):
            w.add(f"model.add({names.layer('Flatten()')})", faulty=True)
        elif w.chance(0.3):
            w.add(f"model.add({names.layer(w.one_of('SpatialDropout1D(0.2)', 'Dropout(0.2)'))})")
        if several:
            w.put(
                f"model.add({names.layer(f'{kind}({units}, return_sequences=True)')})",
                ("return_sequences missing", f"model.add({names.layer(f'{kind}({units})')})"),
                ("argument that does not exist", f"model.add({names.layer(f'{kind}({units}, return_sequence=True)')})"),
            )
        dropout = w.one_of("", "", ", dropout=0.2", ", dropout=0.2, recurrent_dropout=0.2")
        last, each = f"{kind}({units}{dropout})", f"{kind}({units}{dropout}, return_sequences=True)"
        if w.chance(0.35):
            last, each = (f"Bidirectional({names.layer(one)})" for one in (last, each))
        w.put(f"model.add({names.layer(last)})", ("return_sequences too many", f"model.add({names.layer(each)})"))
    if w.chance(0.3):
        w.add(f"model.add({names.dense(units, w.one_of('relu', 'tanh'))})")
    if one_hot:
        w.add(f"model.add({names.dense('2', 'softmax')})")
        compiled(w, names, "categorical_crossentropy", ("labels of the other kind", "sparse_categorical_crossentropy"))
        return
    w.put(
        f"model.add({names.dense('1', 'sigmoid')})",
        ("softmax over one unit", f"model.add({names.dense('1', 'softmax')})"),
        ("scores for probabilities", f"model.add({names.layer('Dense(1)')})"),
    )
    compiled(w, names, "binary_crossentropy")


@family(
    "keras",
    "time distributed without time",
    "one output for targets of each step",
    "labels of the other kind",
    "units unlike the targets",
    "unlike numbers of samples",
    "argument that does not exist",
)
def keras_tagging(w: Writer) -> None:
    """Sentences of unlike lengths and a tag for each word."""
    names = imports(w, "Embedding", "TimeDistributed", "Bidirectional")
    w.add("from tensorflow.keras.preprocessing.sequence import pad_sequences")
    w.add("", f"n_words, n_tags, max_len = {w.number(40, 60)}, {w.number(4, 6)}, {w.number(8, 12)}")
    w.add(f"lengths = np.random.randint(3, 15, size={w.number(40, 60)})")
    w.add(
        "sentences = [np.random.randint(1, n_words, n) for n in lengths]",
        "tags = [np.random.randint(0, n_tags, n) for n in lengths]",
    )
    w.add('X = pad_sequences(maxlen=max_len, sequences=sentences, padding="post")')
    w.add('y = pad_sequences(maxlen=max_len, sequences=tags, padding="post", value=0)')
    one_hot = w.chance(0.6) or w.has("units unlike the targets")
    to_categorical = f"{names.keras}utils.to_categorical"
    if one_hot:
        w.add(
            w.one_of(
                f"y = np.array([{to_categorical}(i, num_classes=n_tags) for i in y])",
                f"y = {to_categorical}(y, num_classes=n_tags)",
            )
        )
    if w.has("unlike numbers of samples"):
        w.add("y = y[:-2]", faulty=True)
    units = w.number(8, 14)
    kind = rnn(w)
    layer = names.layer(f"{kind}({units}, return_sequences=True)")
    short = names.layer(f"{kind}({units})")
    misspelt = names.layer(f"{kind}({units}, return_sequence=True)")
    if w.chance(0.7):
        layer, short, misspelt = (names.layer(f"Bidirectional({one})") for one in (layer, short, misspelt))
    dense = names.layer('Dense(n_tags, activation="softmax")')
    wider = names.layer('Dense(n_tags + 1, activation="softmax")')
    timed = w.has("time distributed without time") or (w.chance(0.6) and not w.has("one output for targets of each step"))
    if timed:
        dense, wider = (names.layer(f"TimeDistributed({one})") for one in (dense, wider))
    wrong = [
        ("time distributed without time", short),
        ("one output for targets of each step", short),
        ("argument that does not exist", misspelt),
    ]
    mask = w.one_of("", ", mask_zero=True")
    embedding = names.layer(f"Embedding(n_words, 12{mask})")
    if w.chance():
        w.add("model = " + names.models + "Sequential()", f"model.add({embedding})")
        w.put(f"model.add({layer})", *((fault, f"model.add({one})") for fault, one in wrong))
        w.put(f"model.add({dense})", ("units unlike the targets", f"model.add({wider})"))
    else:
        w.add(f"inputs = {names.keras}Input(shape=(max_len,))", f"x = {embedding}(inputs)")
        w.put(f"x = {layer}(x)", *((fault, f"x = {one}(x)") for fault, one in wrong))
        if w.chance(0.4):
            w.add(f"x = {names.layer('Dropout(0.1)')}(x)")
        w.put(f"outputs = {dense}(x)", ("units unlike the targets", f"outputs = {wider}(x)"))
        w.add(f"model = {names.models}Model(inputs, outputs)")
    kinds = ["categorical_crossentropy", "sparse_categorical_crossentropy"]
    compiled(w, names, kinds[not one_hot], ("labels of the other kind", kinds[one_hot]))
    w.add(f"history = model.fit(X, y, batch_size=16, epochs=1{w.one_of('', ', validation_split=0.1')}, verbose=0)")
    if w.chance() and not w.has("labels of the other kind"):
        w.add("p = model.predict(X[:3], verbose=0)", "p = np.argmax(p, axis=-1)", "print(p[0])")


_PHRASE = "to be or not to be that is the question whether it is nobler in the mind to suffer "


@family(
    "keras",
    "labels of the other kind",
    "one sample without its batch",
    "return_sequences missing",
    "return_sequences too many",
    "steps and features swapped",
    "input_shape with the samples",
    "units unlike the targets",
    "misplaced argument",
    "input_shape of one entry",
    "impossible reshape",
)
def keras_characters(w: Writer) -> None:
    """The next character of a text, from one-hot rows or from numbers, and a text that is written with it."""
    names = imports(w, "Activation")
    numbers = w.has("impossible reshape", "input_shape of one entry") or (
        w.chance(0.35) and not w.has("steps and features swapped")
    )
    w.add("", f'text = "{_PHRASE}" * {w.number(3, 5)}', "chars = sorted(list(set(text)))")
    w.add("char_indices = dict((c, i) for i, c in enumerate(chars))", "indices_char = {i: c for i, c in enumerate(chars)}")
    length, step = w.number(10, 20), w.number(2, 3)
    w.add(f"maxlen = {length}", f"step = {step}", "sentences, next_chars = [], []", "for i in range(0, len(text) - maxlen, step):")
    if numbers:
        w.add(
            "    sentences.append([char_indices[c] for c in text[i:i + maxlen]])",
            "    next_chars.append(char_indices[text[i + maxlen]])",
        )
        w.put(
            w.one_of(
                "x = np.reshape(sentences, (len(sentences), maxlen, 1))",
                "x = np.array(sentences).reshape(len(sentences), maxlen, 1)",
            ),
            ("impossible reshape", "x = np.reshape(sentences, (len(sentences), maxlen, len(chars)))"),
        )
        w.add("x = x / float(len(chars))")
        sparse = w.chance(0.3) and not w.has("units unlike the targets")
        w.add(
            "y = np.array(next_chars)" if sparse else f"y = {names.keras}utils.to_categorical(next_chars, num_classes=len(chars))"
        )
        width = "1"
    else:
        sparse = False
        w.add("    sentences.append(text[i: i + maxlen])", "    next_chars.append(text[i + maxlen])")
        kind = w.one_of("bool", "np.float32")
        w.add(
            f"x = np.zeros((len(sentences), maxlen, len(chars)), dtype={kind})",
            f"y = np.zeros((len(sentences), len(chars)), dtype={kind})",
        )
        w.add("for i, sentence in enumerate(sentences):", "    for t, char in enumerate(sentence):")
        w.add("        x[i, t, char_indices[char]] = 1", "    y[i, char_indices[next_chars[i]]] = 1")
        width = "len(chars)"
    kind, units = rnn(w), w.number(16, 24)
    w.add("", f"model = {names.models}Sequential()")
    several = w.has("return_sequences missing") or w.chance(0.35)
    shape = w.one_of(f"(maxlen, {width})", "(x.shape[1], x.shape[2])", "x.shape[1:]")
    sequences = ", return_sequences=True" if several else ""
    short, misplaced = f"{kind}({units}, input_shape=(maxlen,){sequences})", f"{kind}({units}, (maxlen, {width}){sequences})"
    first = f"{kind}({units}{sequences}, input_shape={shape})"
    faults = {
        "input_shape with the samples": f"{kind}({units}{sequences}, input_shape=x.shape)",
        "steps and features swapped": f"{kind}({units}{sequences}, input_shape=(len(chars), maxlen))",
        "misplaced argument": misplaced,
        "input_shape of one entry": short,
        "return_sequences missing": f"{kind}({units}, input_shape={shape})",
    }
    if not several:
        faults["return_sequences too many"] = f"{kind}({units}, return_sequences=True, input_shape={shape})"
    w.put(f"model.add({names.layer(first)})", *((fault, f"model.add({names.layer(text)})") for fault, text in faults.items()))
    if several:
        w.put(
            f"model.add({names.layer(f'{kind}({units})')})",
            ("return_sequences too many", f"model.add({names.layer(f'{kind}({units}, return_sequences=True)')})"),
        )
    if w.chance(0.3):
        w.add(f"model.add({names.layer('Dropout(0.2)')})")
    if w.chance(0.3):
        w.put(
            f"model.add({names.layer('Dense(len(chars))')})",
            ("units unlike the targets", f"model.add({names.layer('Dense(len(chars) - 1)')})"),
        )
        w.add("model.add(" + names.layer('Activation("softmax")') + ")")
    else:
        count = w.one_of("len(chars)", "len(chars)" if sparse else "y.shape[1]")
        dense = f'Dense({count}, activation="softmax")'
        w.put(
            f"model.add({names.layer(dense)})", ("units unlike the targets", f"model.add({names.dense('maxlen + 90', 'softmax')})")
        )
    kinds = ["categorical_crossentropy", "sparse_categorical_crossentropy"]
    compiled(w, names, kinds[sparse], ("labels of the other kind", kinds[not sparse]))
    w.add(f"model.fit(x, y, batch_size=32, epochs=1{callbacks(w, names)}, verbose=0)")
    if numbers:
        if w.has("one sample without its batch"):
            w.add("prediction = model.predict(x[0], verbose=0)", faulty=True)
        elif w.chance():
            w.add(
                "pattern = sentences[0]",
                "for _ in range(2):",
                "    seed = np.reshape(pattern, (1, len(pattern), 1)) / float(len(chars))",
            )
            w.add("    index = np.argmax(model.predict(seed, verbose=0))", "    pattern = pattern[1:] + [index]")
        return
    if w.has("one sample without its batch") or w.chance(0.5):
        w.add("sentence = text[:maxlen]", "for i in range(2):")
        single = w.has("one sample without its batch")
        w.add(f"    x_pred = np.zeros(({'' if single else '1, '}maxlen, len(chars)))", faulty=single)
        w.add("    for t, char in enumerate(sentence):", f"        x_pred[{'' if single else '0, '}t, char_indices[char]] = 1.")
        w.add("    preds = model.predict(x_pred, verbose=0)[0]", faulty=single)
        w.add("    sentence = sentence[1:] + indices_char[int(np.argmax(preds))]")
