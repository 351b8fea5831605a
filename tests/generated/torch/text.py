"""PyTorch scripts on texts: classes of sentences, tags of words, language models."""

from __future__ import annotations

from tests.generated.torch.names import begin_class, device, imports, optimizer, rnn, step
from tests.generated.writer import Writer, family


@family(
    "torch",
    "features of one direction",
    "batch_first forgotten",
    "softmax before cross entropy",
    "scores of other shape than labels",
    "class numbers as floats",
    "scores for probabilities",
    "a tuple for a tensor",
    "states of samples mixed",
    "unpacked as another RNN",
    "last sample for last step",
    "input_size of something else",
    "packed in the other layout",
    "a packed sequence for a tensor",
    "batch lost by squeeze",
    "one score for several classes",
    weight=2.0,
)
def torch_sentences(w: Writer) -> None:
    """Sentences of unlike lengths: a Dataset, a collate function with pad_sequence, an Embedding, packed or not."""
    packed = w.has("packed in the other layout", "a packed sequence for a tensor") or (
        w.chance(0.5) and not w.has("last sample for last step", "batch_first forgotten")
    )
    binary = w.has("scores of other shape than labels", "batch lost by squeeze", "scores for probabilities")
    binary = binary or (
        w.chance(0.3) and not w.has("softmax before cross entropy", "class numbers as floats", "one score for several classes")
    )
    imports(
        w,
        "from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence",
        "from torch.utils.data import DataLoader, Dataset",
    )
    to = device(w)
    first = w.has("batch_first forgotten", "packed in the other layout", "last sample for last step") or w.chance(0.7)
    with w.definition(f"class {w.one_of('TextDataset', 'SentenceDataset', 'MyDataset')}(Dataset):"):
        with w.block("def __init__(self, sentences, labels):"):
            w.add("self.sentences = sentences", "self.labels = labels")
        w.add("")
        with w.block("def __len__(self):"):
            w.add("return len(self.sentences)")
        w.add("")
        with w.block(f"def __getitem__(self, {w.one_of('idx', 'index', 'i')}):"):
            at = w.lines[-1].partition(", ")[2].partition(")")[0]
            w.add(f"return torch.tensor(self.sentences[{at}]), self.labels[{at}]")
    dataset = next(line for line in w.lines if line.startswith("class "))[6:].partition("(")[0]
    with w.definition("def collate(batch):"):
        w.add(w.one_of("texts, labels = zip(*batch)", "texts = [item[0] for item in batch]"))
        if "zip" not in w.lines[-1]:
            w.add("labels = [item[1] for item in batch]")
        w.add("lengths = torch.tensor([len(text) for text in texts])")
        w.add(f"padded = pad_sequence(texts, {'batch_first=True' if first else ''})".replace(", )", ")"))
        dtype = ", dtype=torch.float" if binary or w.has("class numbers as floats") else ""
        w.add(f"return padded, lengths, torch.tensor(labels{dtype})", faulty=w.has("class numbers as floats"))
    _sentence_model(w, packed, binary, first)
    w.gap()
    many = w.number(5, 7) * 8 + (1 if w.has("batch lost by squeeze") else 0)
    classes = 2 if binary else w.number(3, 5)
    w.add("vocab_size, embedding_dim, hidden_dim = 60, 12, 10", f"num_classes = {1 if binary else classes}")
    w.add(
        f"lengths = torch.randint(3, 12, ({many},)).tolist()",
        "sentences = [torch.randint(1, vocab_size, (n,)).tolist() for n in lengths]",
    )
    w.add(f"labels = [i % {classes} for i in range(len(sentences))]")
    shuffle = w.one_of("", ", shuffle=True")
    w.add(f"loader = DataLoader({dataset}(sentences, labels), batch_size=8{shuffle}, collate_fn=collate)")
    w.put(
        f"model = TextModel(vocab_size, embedding_dim, hidden_dim, num_classes){to}",
        ("one score for several classes", f"model = TextModel(vocab_size, embedding_dim, hidden_dim, 1){to}"),
    )
    loss = "nn.BCEWithLogitsLoss()" if binary else "nn.CrossEntropyLoss()"
    w.put(f"criterion = {loss}", ("scores for probabilities", "criterion = nn.BCELoss()"))
    optimizer(w)
    with w.block(f"for epoch in range({w.number(1, 2)}):"), w.block("for texts, lengths, labels in loader:"):
        if to:
            w.add("texts, labels = texts.to(device), labels.to(device)")
        w.add("optimizer.zero_grad()")
        call = "model(texts, lengths)" if packed else "model(texts)"
        if binary:
            squeezed = w.one_of(".squeeze(1)", ".squeeze(-1)", ".view(-1)")
            w.put(
                f"output = {call}{squeezed}",
                ("scores of other shape than labels", f"output = {call}"),
                ("batch lost by squeeze", f"output = {call}.squeeze()"),
            )
        else:
            w.add(f"output = {call}")
        w.put(
            "loss = criterion(output, labels)",
            ("scores of other shape than labels", "loss = criterion(output, labels)"),
            ("class numbers as floats", "loss = criterion(output, labels)"),
            ("scores for probabilities", "loss = criterion(output, labels)"),
        )
        step(w)
        if w.chance(0.4):
            w.add(
                "correct = (torch.sigmoid(output).round() == labels).sum().item()"
                if binary and not w.fault
                else "correct = (output.argmax(dim=1) == labels).sum().item()"
                if not binary and not w.fault
                else "total = loss.item()"
            )


def _sentence_model(w: Writer, packed: bool, binary: bool, first: bool) -> None:
    fault = w.fault
    kind = "GRU" if fault == "unpacked as another RNN" and w.chance() else rnn(w)
    both = w.has("features of one direction", "states of samples mixed") or (
        w.chance(0.4) and not w.has("last sample for last step", "batch_first forgotten")
    )
    layers = w.random.choice([1, 1, 2])
    begin_class(w, "TextModel", "vocab_size, embedding_dim, hidden_dim, output_dim")
    w._pad = " " * 8
    w.add(f"self.embedding = nn.Embedding(vocab_size, embedding_dim{w.one_of('', ', padding_idx=0')})")
    options = (f", num_layers={layers}" if layers > 1 else "") + (", bidirectional=True" if both else "")
    given = ", batch_first=True" if first and not w.has("batch_first forgotten") else ""
    w.put(
        f"self.rnn = nn.{kind}(embedding_dim, hidden_dim{options}{given})",
        ("batch_first forgotten", f"self.rnn = nn.{kind}(embedding_dim, hidden_dim{options})"),
        ("input_size of something else", f"self.rnn = nn.{kind}(vocab_size, hidden_dim{options}{given})"),
    )
    width = "hidden_dim * 2" if both else "hidden_dim"
    if w.has("states of samples mixed"):
        width = f"hidden_dim * {2 * layers}"
    w.put(f"self.fc = nn.Linear({width}, output_dim)", ("features of one direction", "self.fc = nn.Linear(hidden_dim, output_dim)"))
    dropped = w.chance(0.4)
    if dropped:
        w.add("self.dropout = nn.Dropout(0.3)")
    w._pad = "    "
    w.add("")
    with w.block(f"def forward(self, text{', lengths' if packed else ''}):"):
        w.add("embedded = self.dropout(self.embedding(text))" if dropped else "embedded = self.embedding(text)")
        states = "(hidden, cell)" if kind == "LSTM" else "hidden"
        if w.has("unpacked as another RNN"):
            states = "hidden, cell" if kind == "LSTM" else "(hidden, cell)"
        taken = w.has("states of samples mixed") or w.chance(0.6)
        if w.has("last sample for last step", "batch_first forgotten"):
            taken = False
        if packed:
            layout = f", batch_first={first}" if first or w.chance() else ""
            wrong = ", batch_first=False" if w.chance() else ""
            w.put(
                f"packed = pack_padded_sequence(embedded, lengths{layout}, enforce_sorted=False)",
                ("packed in the other layout", f"packed = pack_padded_sequence(embedded, lengths{wrong}, enforce_sorted=False)"),
            )
            unpacked = f"packed_out, {states} = self.rnn(packed)"
            w.put(unpacked, ("a tuple for a tensor", "packed_out = self.rnn(packed)"), ("unpacked as another RNN", unpacked))
            if w.has("a tuple for a tensor"):
                w.add("return self.fc(packed_out)", faulty=True)
                w._pad = ""
                return
            if w.has("a packed sequence for a tensor"):
                w.add("return self.fc(packed_out)", faulty=True)
                w._pad = ""
                return
            if not taken:
                w.add(f"output, lengths = pad_packed_sequence(packed_out{', batch_first=True' if first else ''})")
                w.add(f"pooled = output.mean(dim={1 if first else 0})", "return self.fc(pooled)")
        else:
            unpacked = f"output, {states if taken else w.one_of('_', states)} = self.rnn(embedded)"
            if w.has("unpacked as another RNN"):
                unpacked = f"output, {states} = self.rnn(embedded)"
            w.put(unpacked, ("a tuple for a tensor", "output = self.rnn(embedded)"), ("unpacked as another RNN", unpacked))
            if w.has("a tuple for a tensor"):
                w.add("return self.fc(output)", faulty=True)
                w._pad = ""
                return
            if not taken:
                pooled = (
                    w.one_of("output.mean(dim=1)", "output.max(dim=1)[0]", "output.max(dim=1).values")
                    if first
                    else w.one_of("output.mean(dim=0)", "torch.max(output, dim=0)[0]")
                )
                if w.has("batch_first forgotten"):
                    pooled = w.one_of("output[:, -1, :]", "output.mean(dim=1)")
                w.put(f"return self.fc({pooled})", ("last sample for last step", "return self.fc(output[-1])"))
                if w.has("softmax before cross entropy"):
                    w.lines[-1] = w.lines[-1].replace("return ", "return F.softmax(").replace("F.", "torch.") + ", dim=1)  # FAULT"
        if taken:
            if kind == "LSTM" and w.has("unpacked as another RNN"):
                w.add("pooled = hidden[-1]")
            elif both:
                w.put(
                    w.one_of(
                        "pooled = torch.cat((hidden[-2, :, :], hidden[-1, :, :]), dim=1)",
                        "pooled = torch.cat([hidden[-2], hidden[-1]], 1)",
                    ),
                    ("states of samples mixed", f"pooled = hidden.view({'text.size(0)' if first else 'text.size(1)'}, -1)"),
                    ("unpacked as another RNN", "pooled = hidden[-1]"),
                )
            else:
                w.add(w.one_of("pooled = hidden[-1]", "pooled = hidden[-1, :, :]"))
            if w.has("softmax before cross entropy"):
                w.add(
                    "return " + w.one_of("torch.softmax(self.fc(pooled), dim=1)", "nn.functional.softmax(self.fc(pooled), dim=-1)"),
                    faulty=True,
                )
            else:
                w.add("return self.fc(pooled)")
        elif packed and w.has("softmax before cross entropy"):
            w.lines[-1] = "        return torch.softmax(self.fc(pooled), dim=1)  # FAULT"
    w._pad = ""


@family(
    "torch",
    "classes last",
    "states for other layers",
    "states for the other axis",
    "features of one direction",
    "impossible view",
    "input_size of something else",
    "softmax before cross entropy",
    "axes renamed by view",
    "states not passed on rightly",
    "scores of other shape than labels",
    weight=1.5,
)
def torch_language_model(w: Writer) -> None:
    """Characters or words, the state of one chunk carried to the next."""
    imports(w, numpy=True)
    kind = "LSTM" if w.has("states not passed on rightly") else w.one_of("LSTM", "LSTM", "GRU")
    first = w.has("states for the other axis") or w.chance(0.7)
    layers = w.random.choice([1, 2])
    flat = not w.has("classes last") and (w.chance() or w.has("impossible view", "scores of other shape than labels"))
    begin_class(w, "CharRNN", "n_tokens, n_embed, n_hidden, n_layers")
    w._pad = " " * 8
    w.add("self.n_hidden, self.n_layers = n_hidden, n_layers", "self.embed = nn.Embedding(n_tokens, n_embed)")
    options = ", batch_first=True" if first else ""
    w.put(
        f"self.rnn = nn.{kind}(n_embed, n_hidden, n_layers{options})",
        ("input_size of something else", f"self.rnn = nn.{kind}(n_tokens, n_hidden, n_layers{options})"),
        ("features of one direction", f"self.rnn = nn.{kind}(n_embed, n_hidden, n_layers{options}, bidirectional=True)"),
    )
    w.add("self.decoder = nn.Linear(n_hidden, n_tokens)", faulty=w.has("features of one direction"))
    w._pad = "    "
    w.add("")
    with w.block("def forward(self, x, hidden):"):
        source = "self.embed(x)"
        if w.has("axes renamed by view"):
            w.add("emb = self.embed(x)", "emb = emb.view(emb.size(1), emb.size(0), -1)", faulty=True)
            source = "emb"
        w.add(f"out, hidden = self.rnn({source}, hidden)")
        if flat:
            w.put(
                w.one_of("out = out.reshape(-1, self.n_hidden)", "out = out.contiguous().view(-1, self.n_hidden)"),
                ("impossible view", "out = out.reshape(-1, self.n_hidden * 2 + 1)"),
            )
        w.put(
            "return self.decoder(out), hidden",
            ("softmax before cross entropy", "return torch.softmax(self.decoder(out), dim=-1), hidden"),
        )
    w.add("")
    with w.block("def init_hidden(self, batch_size):"):
        size = "(self.n_layers, batch_size, self.n_hidden)"
        shapes = {
            "states for other layers": "(self.n_layers + 1, batch_size, self.n_hidden)",
            "states for the other axis": "(batch_size, self.n_layers, self.n_hidden)",
        }
        size = shapes.get(w.fault, size)
        if w.has("features of one direction"):
            size = "(self.n_layers * 2, batch_size, self.n_hidden)"
        wrong = w.fault in shapes
        if kind == "LSTM":
            if w.chance(0.3) and not w.fault:
                w.add("weight = next(self.parameters())")
                zeros = f"weight.new_zeros{size}"
            else:
                zeros = f"torch.zeros{size}"
            w.add(f"return ({zeros}, {zeros})", faulty=wrong)
        else:
            w.add(f"return torch.zeros{size}", faulty=wrong)
    w._pad = ""
    w.gap()
    w.add(f"batch_size, seq_len, n_tokens, n_hidden = {w.number(4, 6)}, {w.number(8, 10)}, {w.number(20, 30)}, {w.number(11, 14)}")
    w.add(f"encoded = np.random.randint(0, n_tokens, size=batch_size * seq_len * {w.number(5, 7)} + 1)")
    with w.definition("def get_batches(arr, batch_size, seq_len):"):
        w.add(
            "n_batches = len(arr) // (batch_size * seq_len)",
            "arr = arr[:n_batches * batch_size * seq_len].reshape((batch_size, -1))",
        )
        with w.block("for n in range(0, arr.shape[1], seq_len):"):
            w.add("x = arr[:, n:n + seq_len]", "y = np.zeros_like(x)")
            with w.block("try:"):
                w.add("y[:, :-1], y[:, -1] = x[:, 1:], arr[:, n + seq_len]")
            with w.block("except IndexError:"):
                w.add("y[:, :-1], y[:, -1] = x[:, 1:], arr[:, 0]")
            w.add("yield x, y")
    w.gap()
    w.add(f"model = CharRNN(n_tokens, {w.number(7, 9)}, n_hidden, {layers})", "criterion = nn.CrossEntropyLoss()")
    optimizer(w)
    with w.block(f"for epoch in range({w.number(1, 2)}):"):
        w.add("hidden = model.init_hidden(batch_size)")
        with w.block("for x, y in get_batches(encoded, batch_size, seq_len):"):
            w.add("inputs, targets = torch.from_numpy(x).long(), torch.from_numpy(y).long()")
            if not first:
                w.add("inputs, targets = inputs.t(), targets.t()")
            if kind == "LSTM":
                w.put(
                    w.one_of("hidden = tuple(each.detach() for each in hidden)", "hidden = tuple([each.data for each in hidden])"),
                    ("states not passed on rightly", "hidden = hidden[0].detach()"),
                )
            else:
                w.add("hidden = hidden.detach()")
            w.add("optimizer.zero_grad()", "output, hidden = model(inputs, hidden)")
            if w.has("states not passed on rightly"):
                w.lines[-1] += "  # FAULT"
            if flat:
                w.put(
                    w.one_of(
                        "loss = criterion(output, targets.reshape(-1))",
                        "loss = criterion(output, targets.reshape(batch_size * seq_len))",
                    ),
                    ("scores of other shape than labels", "loss = criterion(output, targets)"),
                )
            else:
                right = w.one_of("output.transpose(1, 2)", "output.permute(0, 2, 1)")
                w.put(f"loss = criterion({right}, targets)", ("classes last", "loss = criterion(output, targets)"))
            step(w)
