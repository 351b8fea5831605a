"""PyTorch scripts that go step by step: cells, encoders and decoders, attention."""

from __future__ import annotations

from tests.generated.torch.names import begin_class, imports, optimizer, step
from tests.generated.writer import Writer, family


@family(
    "torch",
    "states of another width",
    "a GRU with cell states",
    "input_size of something else",
    "a tuple for a tensor",
    "prediction with an axis more",
    "stacked along another axis",
    "unlike concatenation",
    weight=1.2,
)
def torch_cells(w: Writer) -> None:
    """LSTMCell or GRUCell in a loop over the steps, as in the sine-wave example."""
    imports(w, numpy=True)
    lstm = not w.has("a GRU with cell states") and (w.chance(0.6) or w.has("a tuple for a tensor"))
    kind = "LSTMCell" if lstm else "GRUCell"
    two = w.chance()
    each = w.chance(0.5) or w.has("stacked along another axis")
    begin_class(w, "Sequence", "input_size, hidden_size")
    w._pad = " " * 8
    w.add("self.hidden_size = hidden_size")
    w.add(f"self.cell1 = nn.{kind}(input_size, hidden_size)")
    if two:
        w.put(
            f"self.cell2 = nn.{kind}(hidden_size, hidden_size)",
            ("unlike concatenation", f"self.cell2 = nn.{kind}(hidden_size, hidden_size)"),
        )
        if w.has("unlike concatenation"):
            w.lines[-1] = w.lines[-1].replace("  # FAULT", "")
    width = "hidden_size * 2" if w.has("unlike concatenation") else "hidden_size"
    w.add(f"self.linear = nn.Linear({width}, 1)")
    w._pad = "    "
    w.add("")
    with w.block("def forward(self, x):"):
        wrong = ("states of another width", "h1 = torch.zeros(x.size(0), self.hidden_size + 1)")
        w.put("h1 = torch.zeros(x.size(0), self.hidden_size)", wrong)
        if lstm:
            w.add("c1 = torch.zeros(x.size(0), self.hidden_size)")
        if two:
            w.add("h2 = torch.zeros(x.size(0), self.hidden_size)")
            if lstm:
                w.add("c2 = torch.zeros(x.size(0), self.hidden_size)")
        if each:
            w.add("outputs = []")
        walk = w.chance()
        with w.block("for x_t in x.unbind(1):" if walk else "for t in range(x.size(1)):"):
            given = "x_t" if walk else w.one_of("x[:, t]", "x[:, t, :]")
            if lstm:
                w.put(f"h1, c1 = self.cell1({given}, (h1, c1))", ("a tuple for a tensor", f"h1 = self.cell1({given}, (h1, c1))"))
            else:
                w.put(f"h1 = self.cell1({given}, h1)", ("a GRU with cell states", f"h1 = self.cell1({given}, (h1, h1))"))
            if two:
                w.add(
                    "h2, c2 = self.cell2(h1, (h2, c2))" if lstm else "h2 = self.cell2(h1, h2)", faulty=w.has("a tuple for a tensor")
                )
            last = "h2" if two else "h1"
            given = last
            if w.has("unlike concatenation"):
                w.add(f"joined = torch.cat([x, {last}], dim=1)", faulty=True)
                given = "joined"
            if each:
                w.add(f"outputs.append(self.linear({given}))")
                if w.has("a tuple for a tensor"):
                    w.lines[-1] += "  # FAULT"
        if each:
            joined = w.one_of("torch.stack(outputs, dim=1)", "torch.stack(outputs, 1)")
            w.put(
                f"return {joined}",
                ("stacked along another axis", w.one_of("return torch.stack(outputs)", "return torch.cat(outputs, dim=1)")),
            )
        else:
            w.put(f"return self.linear({given})", ("a tuple for a tensor", f"return self.linear({given})"))
    w._pad = ""
    w.gap()
    steps, features = w.number(6, 9), w.number(1, 3)
    n = w.number(20, 30)
    w.add(f"X = torch.from_numpy(np.random.randn({n}, {steps}, {features})).float()")
    if each:
        target = "y = X.mean(dim=2, keepdim=True)"
        w.put(target, ("prediction with an axis more", "y = X.mean(dim=2)"))
    else:
        w.put(
            w.one_of("y = X.mean(dim=(1, 2)).unsqueeze(1)", "y = torch.randn(len(X), 1)"),
            ("prediction with an axis more", "y = torch.randn(len(X))"),
        )
    w.put(
        f"model = Sequence({features}, {w.number(10, 14)})",
        ("input_size of something else", f"model = Sequence({features + 1}, 12)"),
    )
    w.add(f"criterion = nn.{w.one_of('MSELoss', 'L1Loss')}()")
    closure = w.chance(0.25)
    if closure:
        w.add("optimizer = torch.optim.LBFGS(model.parameters(), lr=0.8, max_iter=2)")
        with w.block("for i in range(2):"):
            with w.block("def closure():"):
                w.add("optimizer.zero_grad()", "loss = criterion(model(X), y)", faulty=w.has("prediction with an axis more"))
                w.add("loss.backward()", "return loss")
            w.add("optimizer.step(closure)")
        return
    optimizer(w)
    with w.block(f"for epoch in range({w.number(1, 3)}):"):
        w.add("optimizer.zero_grad()", "output = model(X)")
        w.add("loss = criterion(output, y)", faulty=w.has("prediction with an axis more", "stacked along another axis"))
        step(w)


@family(
    "torch",
    "states of another width",
    "unlike concatenation",
    "classes last",
    "states for other layers",
    "input_size of something else",
    "softmax before cross entropy",
    "impossible product",
    "unpacked as another RNN",
    "last sample for last step",
    "scores of other shape than labels",
    weight=1.5,
)
def torch_translation(w: Writer) -> None:
    """An encoder, a decoder that goes word by word, attention in half of them."""
    imports(w, "import random")
    attention = w.has("impossible product", "unlike concatenation") or w.chance(0.5)
    lstm = w.chance() and not w.has("unpacked as another RNN")
    kind = "LSTM" if lstm else "GRU"
    begin_class(w, "Encoder", "vocab, emb_dim, hid_dim")
    w._pad = " " * 8
    w.add("self.embedding = nn.Embedding(vocab, emb_dim)")
    w.put(
        f"self.rnn = nn.{kind}(emb_dim, hid_dim, batch_first=True)",
        ("input_size of something else", f"self.rnn = nn.{kind}(vocab, hid_dim, batch_first=True)"),
        ("states for other layers", f"self.rnn = nn.{kind}(emb_dim, hid_dim, num_layers=2, batch_first=True)"),
    )
    w._pad = "    "
    w.add("")
    with w.block("def forward(self, src):"):
        if w.has("unpacked as another RNN"):
            w.add("outputs, (hidden, cell) = self.rnn(self.embedding(src))", faulty=True)
            w.add("return outputs, hidden")
        else:
            w.add("outputs, hidden = self.rnn(self.embedding(src))", "return outputs, hidden")
    begin_class(w, "Decoder", "vocab, emb_dim, hid_dim")
    w._pad = " " * 8
    w.add("self.embedding = nn.Embedding(vocab, emb_dim)")
    source = "emb_dim + hid_dim" if attention else "emb_dim"
    if attention:
        w.add("self.attn = nn.Linear(hid_dim, hid_dim)")
    w.put(
        f"self.rnn = nn.{kind}({source}, hid_dim, batch_first=True)",
        ("states of another width", f"self.rnn = nn.{kind}({source}, hid_dim * 2, batch_first=True)"),
    )
    w.add(f"self.out = nn.Linear({'hid_dim * 2' if w.has('states of another width') else 'hid_dim'}, vocab)")
    w._pad = "    "
    w.add("")
    with w.block("def forward(self, token, hidden, encoder_outputs):"):
        w.add("embedded = self.embedding(token.unsqueeze(1))")
        given = "embedded"
        if attention:
            w.add(
                "query = self.attn(hidden[0][-1] if isinstance(hidden, tuple) else hidden[-1])"
                if w.chance(0.2)
                else f"query = self.attn({'hidden[0][-1]' if lstm else 'hidden[-1]'})"
            )
            w.put(
                "scores = torch.bmm(encoder_outputs, query.unsqueeze(2))",
                ("impossible product", "scores = torch.bmm(encoder_outputs, query.unsqueeze(1))"),
            )
            w.add(w.one_of("weights = torch.softmax(scores, dim=1)", "weights = nn.functional.softmax(scores, dim=1)"))
            w.add("context = torch.bmm(weights.transpose(1, 2), encoder_outputs)")
            w.put(
                "rnn_input = torch.cat((embedded, context), dim=2)",
                ("unlike concatenation", "rnn_input = torch.cat((embedded, context.squeeze(1)), dim=2)"),
            )
            given = "rnn_input"
        w.add(f"output, hidden = self.rnn({given}, hidden)")
        if w.has("states of another width", "states for other layers"):
            w.lines[-1] += "  # FAULT"
        last = w.one_of("output.squeeze(1)", "output[:, 0]", "output[:, -1, :]")
        w.put(
            f"return self.out({last}), hidden",
            ("last sample for last step", "return self.out(output[-1]), hidden"),
            ("softmax before cross entropy", f"return torch.softmax(self.out({last}), dim=1), hidden"),
        )
    w._pad = ""
    whole = w.chance() or w.has("classes last")
    begin_class(w, "Seq2Seq", "encoder, decoder")
    w._pad = " " * 8
    w.add("self.encoder, self.decoder = encoder, decoder")
    w._pad = "    "
    w.add("")
    with w.block("def forward(self, src, trg, teacher_forcing_ratio=0.5):"):
        w.add("encoder_outputs, hidden = self.encoder(src)")
        collected = w.chance(0.5)
        if collected:
            w.add("outputs = []")
        else:
            w.add("outputs = torch.zeros(trg.size(0), trg.size(1) - 1, self.decoder.out.out_features)")
        w.add("token = trg[:, 0]")
        with w.block("for t in range(1, trg.size(1)):"):
            w.add(
                "scores, hidden = self.decoder(token, hidden, encoder_outputs)",
                "outputs.append(scores)" if collected else "outputs[:, t - 1] = scores",
            )
            w.add(
                w.one_of("token = trg[:, t] if random.random() < teacher_forcing_ratio else scores.argmax(1)", "token = trg[:, t]")
            )
            if w.has("last sample for last step"):
                w.lines[-1] += ""
        w.add("return torch.stack(outputs, dim=1)" if collected else "return outputs")
    w._pad = ""
    w.gap()
    w.add(
        f"n, src_len, trg_len, src_vocab, trg_vocab = {w.number(12, 20)}, {w.number(6, 8)}, "
        f"{w.number(5, 7)}, {w.number(20, 30)}, {w.number(15, 19)}"
    )
    w.add("src = torch.randint(1, src_vocab, (n, src_len))", "trg = torch.randint(1, trg_vocab, (n, trg_len))")
    hidden = w.number(10, 14)
    w.add(f"model = Seq2Seq(Encoder(src_vocab, 8, {hidden}), Decoder(trg_vocab, 8, {hidden}))")
    optimizer(w)
    w.add("criterion = nn.CrossEntropyLoss()")
    with w.block(f"for epoch in range({w.number(1, 2)}):"):
        w.add("optimizer.zero_grad()", "output = model(src, trg)")
        if whole:
            w.put(
                "loss = criterion(output.transpose(1, 2), trg[:, 1:])",
                ("classes last", "loss = criterion(output, trg[:, 1:])"),
                ("scores of other shape than labels", "loss = criterion(output.transpose(1, 2), trg)"),
            )
        else:
            w.put(
                w.one_of(
                    "loss = criterion(output.reshape(-1, trg_vocab), trg[:, 1:].reshape(-1))",
                    "loss = criterion(output.reshape(-1, output.size(-1)), trg[:, 1:].flatten())",
                ),
                ("scores of other shape than labels", "loss = criterion(output.reshape(-1, trg_vocab), trg.reshape(-1))"),
            )
        step(w)


@family(
    "torch",
    "features of one direction",
    "softmax over one unit",
    "impossible product",
    "batch_first forgotten",
    "states of samples mixed",
    "scores of other shape than labels",
    "class numbers as floats",
    "unlike concatenation",
)
def torch_attention(w: Writer) -> None:
    """A bidirectional RNN whose steps are weighed, for classes or one score."""
    imports(w, "import torch.nn.functional as F", "from torch.utils.data import DataLoader, TensorDataset")
    kind = w.one_of("LSTM", "GRU")
    both = w.has("features of one direction") or w.chance(0.6)
    binary = w.has("scores of other shape than labels") or (w.chance(0.4) and not w.has("class numbers as floats"))
    begin_class(w, "AttentionNet", "input_size, hidden_size, n_out")
    w._pad = " " * 8
    w.put(
        f"self.rnn = nn.{kind}(input_size, hidden_size, batch_first=True{', bidirectional=True' if both else ''})",
        ("batch_first forgotten", f"self.rnn = nn.{kind}(input_size, hidden_size{', bidirectional=True' if both else ''})"),
    )
    width = "hidden_size * 2" if both else "hidden_size"
    w.put(f"self.attn = nn.Linear({width}, 1)", ("features of one direction", "self.attn = nn.Linear(hidden_size, 1)"))
    head = width + (f" + {width}" if w.has("unlike concatenation") else "")
    w.add(f"self.fc = nn.Linear({head}, n_out)")
    w._pad = "    "
    w.add("")
    with w.block("def attention(self, out):"):
        w.add("scores = self.attn(torch.tanh(out))")
        w.put(
            "weights = F.softmax(scores, dim=1)",
            ("softmax over one unit", w.one_of("weights = F.softmax(scores, dim=-1)", "weights = F.softmax(scores, dim=2)")),
        )
        style = w.one_of("sum", "bmm")
        if style == "bmm" or w.has("impossible product"):
            w.put(
                "return torch.bmm(weights.transpose(1, 2), out).squeeze(1)",
                ("impossible product", "return torch.bmm(weights, out).squeeze(1)"),
            )
        else:
            w.add(w.one_of("return (weights * out).sum(dim=1)", "return torch.sum(weights * out, dim=1)"))
    w.add("")
    with w.block("def forward(self, x):"):
        w.add("out, _ = self.rnn(x)", "context = self.attention(out)")
        if w.has("states of samples mixed"):
            w.add("out = out.reshape(out.size(1), out.size(0), -1)", "context = self.attention(out.transpose(0, 1))")
            w.lines[-2] += "  # FAULT"
        if w.has("unlike concatenation"):
            w.add("context = torch.cat([context, out], dim=-1)", faulty=True)
        w.add("return self.fc(context)")
    w._pad = ""
    w.gap()
    steps, features, classes = w.number(6, 9), w.number(2, 4), w.number(3, 5)
    w.add(f"x = torch.randn({w.number(30, 50)}, {steps}, {features})")
    if binary:
        w.put(
            "y = torch.randint(0, 2, (len(x), 1)).float()",
            ("scores of other shape than labels", "y = torch.randint(0, 2, (len(x),)).float()"),
        )
    else:
        w.put(
            f"y = torch.randint(0, {classes}, (len(x),))",
            ("class numbers as floats", f"y = torch.randint(0, {classes}, (len(x),)).float()"),
        )
    w.add(f"model = AttentionNet({features}, {w.number(10, 13)}, {1 if binary else classes})")
    w.add(f"criterion = nn.{'BCEWithLogitsLoss' if binary else 'CrossEntropyLoss'}()")
    optimizer(w)
    w.add(f"loader = DataLoader(TensorDataset(x, y), batch_size=8{w.one_of('', ', shuffle=True')})")
    with w.block(f"for epoch in range({w.number(1, 2)}):"), w.block("for xb, yb in loader:"):
        w.add(
            "optimizer.zero_grad()",
            "loss = criterion(model(xb), yb)",
            faulty=w.has("scores of other shape than labels", "class numbers as floats"),
        )
        step(w)
