"""PyTorch scripts on series: windows in NumPy, scalers, Dataset classes, functions that train and evaluate."""

from __future__ import annotations

from tests.generated.torch.names import begin_class, device, imports, optimizer, rnn, step
from tests.generated.writer import Writer, family


@family(
    "torch",
    "prediction with an axis more",
    "batch_first forgotten",
    "last sample for last step",
    "features of one direction",
    "input_size of something else",
    "unlike numbers of samples",
    "states for other layers",
    "states for the other axis",
    "a tuple for a tensor",
    "series without its features",
    "scaler of another width",
    "batch lost by squeeze",
    "impossible view",
    "one step of a window",
    "misplaced argument",
    "one sample without its batch",
    "axes renamed by view",
    weight=2.5,
)
def torch_forecast(w: Writer) -> None:
    """A scaled series, windows, a model with h0 and c0, a training function."""
    many = w.chance(0.4) and not w.has("series without its features", "one step of a window") or w.has("scaler of another width")
    own_class = w.chance(0.4) and not w.has("unlike numbers of samples")
    imports(
        w,
        "from sklearn.preprocessing import MinMaxScaler",
        "from torch.utils.data import DataLoader, " + ("Dataset" if own_class else "TensorDataset"),
        numpy=True,
    )
    features = w.number(2, 4) if many else 1
    size = w.number(6, 10)
    count = w.number(90, 120)
    to = device(w)
    w.add(
        "",
        f"data = np.cumsum(np.random.randn({count}, {features}), axis=0)"
        if many
        else f"data = np.sin(np.linspace(0, 20, {count})).reshape(-1, 1)",
    )
    w.add(
        "scaler = MinMaxScaler()" if w.chance() else "scaler = MinMaxScaler(feature_range=(-1, 1))",
        "scaled = scaler.fit_transform(data)",
    )
    w.add(f"seq_length = {size}")
    if own_class:
        _window_dataset(w)
    else:
        _window_arrays(w, many)
    kind = "LSTM" if w.has("states for other layers", "states for the other axis") and w.chance() else rnn(w)
    _forecaster(w, kind, features)
    w.gap()
    w.add(
        f"model = Forecaster({features}, {w.number(11, 16)}){to}"
        if not w.has("input_size of something else")
        else f"model = Forecaster(seq_length, 12){to}",
        faulty=w.has("input_size of something else"),
    )
    w.add(f"criterion = nn.{w.one_of('MSELoss', 'MSELoss', 'L1Loss', 'SmoothL1Loss')}()")
    optimizer(w)
    _training(w, own_class, to, many)


def _window_dataset(w: Writer) -> None:
    name = w.one_of("WindowDataset", "TimeSeriesDataset", "SequenceData")
    with w.definition(f"class {name}(Dataset):"):
        with w.block("def __init__(self, series, seq_length):"):
            w.add("self.series = torch.tensor(series, dtype=torch.float32)", "self.seq_length = seq_length")
        w.add("")
        with w.block("def __len__(self):"):
            w.add("return len(self.series) - self.seq_length")
        w.add("")
        with w.block("def __getitem__(self, idx):"):
            window = "self.series[idx:idx + self.seq_length]"
            w.put(
                f"x = {window}",
                ("series without its features", f"x = {window}[:, 0]"),
                ("one step of a window", f"x = {window}.view(1, -1)"),
            )
            w.put(
                "y = self.series[idx + self.seq_length, :1]",
                ("prediction with an axis more", "y = self.series[idx + self.seq_length, 0]"),
            )
            w.add("return x, y")
    w.gap()
    rest = w.has("batch lost by squeeze")
    batch = 8
    # One sample is left over for the last batch.
    w.add(f"dataset = {name}(scaled{f'[:seq_length + {batch} * 9 + 1]' if rest else ''}, seq_length)")
    w.add(f"loader = DataLoader(dataset, batch_size={batch}{w.one_of('', ', shuffle=True')})")


def _window_arrays(w: Writer, many: bool) -> None:
    helper = w.one_of("create_sequences", "sliding_windows", "make_xy")
    with w.definition(f"def {helper}(data, seq_length):"):
        w.add("xs, ys = [], []")
        with w.block(w.one_of("for i in range(len(data) - seq_length):", "for i in range(len(data) - seq_length - 1):")):
            w.put(
                "x = data[i:i + seq_length]",
                ("series without its features", "x = data[i:i + seq_length, 0]"),
                ("one step of a window", "x = data[i:i + seq_length, 0].reshape(1, -1)"),
            )
            w.put(
                w.one_of("y = data[i + seq_length, :1]", "y = data[i + seq_length, 0:1]"),
                ("prediction with an axis more", "y = data[i + seq_length, 0]"),
            )
            w.add("xs.append(x)", "ys.append(y)")
        w.add("return np.array(xs), np.array(ys)")
    w.gap()
    w.add(f"X, y = {helper}(scaled, seq_length)")
    if w.has("batch lost by squeeze"):
        w.add("X, y = X[:65], y[:65]")
    convert = w.one_of(
        "torch.from_numpy({}).float()", "torch.tensor({}, dtype=torch.float32)", "torch.Tensor({})", "torch.FloatTensor({})"
    )
    if w.chance(0.6) and not w.has("batch lost by squeeze"):
        w.add("split = int(len(X) * 0.8)")
        w.add(f"X_train, y_train = {convert.format('X[:split]')}, {convert.format('y[:split]')}")
        w.add(f"X_test, y_test = {convert.format('X[split:]')}, {convert.format('y[split:]')}")
    else:
        w.add(f"X_train, y_train = {convert.format('X')}, {convert.format('y')}", "X_test, y_test = X_train[-8:], y_train[-8:]")
    if w.has("unlike numbers of samples"):
        w.add("y_train = y_train[seq_length:]", faulty=True)
    w.add(
        "loader = DataLoader(TensorDataset(X_train, y_train), batch_size="
        + ("16" if w.has("batch lost by squeeze") else w.one_of("16", "16, shuffle=True"))
        + ")"
    )


def _forecaster(w: Writer, kind: str, features: int) -> None:
    layers = w.random.choice([1, 1, 2])
    own_states = w.has("states for other layers", "states for the other axis") or (
        w.chance(0.4) and not w.has("batch_first forgotten", "axes renamed by view", "misplaced argument")
    )
    both = w.has("features of one direction") or (
        w.chance(0.15) and not w.has("last sample for last step", "batch_first forgotten", "batch lost by squeeze")
    )
    ends = (", num_layers=num_layers" if layers > 1 or w.chance() else "") + (", bidirectional=True" if both else "")
    begin_class(w, "Forecaster", f"input_size, hidden_size, num_layers={layers}")
    w._pad = " " * 8
    w.add("self.hidden_size, self.num_layers = hidden_size, num_layers")
    if "num_layers" not in ends:
        # Then there is one.
        w.add("self.num_layers = 1")
    w.put(
        f"self.{kind.lower()} = nn.{kind}(input_size, hidden_size{ends}, batch_first=True)",
        ("batch_first forgotten", f"self.{kind.lower()} = nn.{kind}(input_size, hidden_size{ends})"),
        ("misplaced argument", f"self.{kind.lower()} = nn.{kind}(input_size, hidden_size, num_layers, True)"),
    )
    width = "hidden_size * 2" if both else "hidden_size"
    w.put(
        f"self.{w.one_of('fc', 'linear')} = nn.Linear({width}, 1)",
        ("features of one direction", "self.fc = nn.Linear(hidden_size, 1)"),
    )
    head = w.lines[-1].partition("self.")[2].partition(" ")[0]
    w._pad = "    "
    w.add("")
    with w.block("def forward(self, x):"):
        states = ""
        if w.has("axes renamed by view"):
            w.add("x = x.view(x.size(0), -1, x.size(1))" if features > 1 else "x = x.view(x.size(1), x.size(0), -1)", faulty=True)
        if own_states:
            count = "self.num_layers * 2" if both else "self.num_layers"
            size = {
                "states for other layers": f"{count} + 1, x.size(0), self.hidden_size"
                if not both
                else "self.num_layers, x.size(0), self.hidden_size",
                "states for the other axis": f"{count}, x.size(1), self.hidden_size",
            }.get(w.fault, f"{count}, x.size(0), self.hidden_size")
            wrong = w.has("states for other layers", "states for the other axis")
            tail = w.one_of("", ".to(x.device)", ".requires_grad_()")
            w.add(f"h0 = torch.zeros({size}){tail}", faulty=wrong)
            if kind == "LSTM":
                w.add(f"c0 = torch.zeros({size}){tail}", faulty=wrong)
            states = w.one_of(", (h0, c0)", ", (h0.detach(), c0.detach())") if kind == "LSTM" else ", h0"
        w.put(f"out, _ = self.{kind.lower()}(x{states})", ("a tuple for a tensor", f"out = self.{kind.lower()}(x{states})"))
        if w.has("a tuple for a tensor"):
            w.add(f"return self.{head}(out)", faulty=True)
        elif both:
            w.add(f"return self.{head}(out.mean(dim=1))")
        else:
            last = w.one_of("out[:, -1, :]", "out[:, -1]")
            squeezed = ".squeeze()" if w.has("batch lost by squeeze") else ""
            w.put(
                f"return self.{head}({last}){squeezed}",
                ("last sample for last step", f"return self.{head}(out[-1])"),
                ("batch lost by squeeze", f"return self.{head}({last}).squeeze()"),
                ("impossible view", f"return self.{head}(out.reshape(x.size(0), self.hidden_size - 1))"),
            )
    w._pad = ""


def _training(w: Writer, own_class: bool, to: str, many: bool) -> None:
    function = w.chance(0.5)
    targets = "y.squeeze(1)" if w.has("batch lost by squeeze") else "y"
    body = ["x, y = x.to(device), y.to(device)"] if to else []
    wrong = w.has("prediction with an axis more", "batch lost by squeeze")
    loss = f"loss = criterion(output, {targets})" + ("  # FAULT" if wrong else "")
    body += ["optimizer.zero_grad()", "output = model(x)", loss, "loss.backward()", "optimizer.step()"]
    if function:
        with w.definition("def train(model, loader, criterion, optimizer):"):
            w.add(
                "model.train()",
                "total = 0.0",
                "for x, y in loader:",
                *("    " + line for line in body),
                "    total += loss.item() * x.size(0)",
            )
            w.add("return total / len(loader.dataset)")
        w.gap()
        w.add(f"for epoch in range({w.number(1, 2)}):", "    print(epoch, train(model, loader, criterion, optimizer))")
    else:
        w.add(f"for epoch in range({w.number(1, 2)}):", "    for x, y in loader:", *("        " + line for line in body))
    if w.has("one sample without its batch"):
        w.add("model.eval()", f"print(model(torch.tensor(scaled[-seq_length:], dtype=torch.float32){to}))", faulty=True)
        return
    plain = not w.fault or w.has("scaler of another width")
    if plain and (w.chance(0.7) or w.fault):
        w.add("model.eval()", "with torch.no_grad():")
        if own_class:
            w.add(f"    predictions = torch.cat([model(x{to}) for x, _ in loader]).cpu().numpy()")
        else:
            w.add(f"    predictions = model(X_test{to}).cpu().numpy()")
        if w.has("scaler of another width"):
            w.add("prices = scaler.inverse_transform(predictions)", faulty=True)
        elif not many:
            w.add("prices = scaler.inverse_transform(predictions)")


@family(
    "torch",
    "features of one direction",
    "batch_first forgotten",
    "class numbers as floats",
    "softmax before cross entropy",
    "labels as one-hot rows of another width",
    "steps and features swapped",
    "channels of another axis",
    "one score for several classes",
    "last sample for last step",
    "impossible view",
    "a GRU with cell states",
    "unlike concatenation",
    weight=1.2,
)
def torch_signals(w: Writer) -> None:
    """Classes of signals: convolutions before an RNN, nn.Sequential heads, accuracy over a validation set."""
    imports(w, "from torch.utils.data import DataLoader, TensorDataset, random_split")
    convolved = w.has("channels of another axis", "steps and features swapped") or w.chance(0.4)
    kind = "GRU" if w.has("a GRU with cell states") else rnn(w)
    both = w.has("features of one direction") or (
        w.chance(0.3) and not w.has("batch_first forgotten", "last sample for last step", "a GRU with cell states")
    )
    begin_class(w, "SignalNet", "n_channels, hidden, n_classes")
    w._pad = " " * 8
    source = "n_channels"
    if convolved:
        norm = ", nn.BatchNorm1d(16)" if w.chance(0.4) else ""
        w.add(f"self.conv = nn.Sequential(nn.Conv1d(n_channels, 16, kernel_size=3, padding=1){norm}, nn.ReLU())")
        source = "16"
    options = ", bidirectional=True" if both else ""
    w.put(
        f"self.rnn = nn.{kind}({source}, hidden, batch_first=True{options})",
        ("batch_first forgotten", f"self.rnn = nn.{kind}({source}, hidden{options})"),
    )
    width = "hidden * 2" if both else "hidden"
    if w.has("unlike concatenation"):
        width += " + hidden"
    wrong_out = "n_classes"
    if w.chance():
        w.put(
            f"self.head = nn.Sequential(nn.Linear({width}, 12), nn.ReLU(), nn.Dropout(0.1), nn.Linear(12, n_classes))",
            ("features of one direction", "self.head = nn.Sequential(nn.Linear(hidden, 12), nn.ReLU(), nn.Linear(12, n_classes))"),
            ("one score for several classes", f"self.head = nn.Sequential(nn.Linear({width}, 12), nn.ReLU(), nn.Linear(12, 1))"),
            ("softmax before cross entropy", f"self.head = nn.Sequential(nn.Linear({width}, n_classes), nn.Softmax(dim=1))"),
        )
    else:
        w.put(
            f"self.head = nn.Linear({width}, {wrong_out})",
            ("features of one direction", "self.head = nn.Linear(hidden, n_classes)"),
            ("one score for several classes", f"self.head = nn.Linear({width}, 1)"),
        )
    soft = w.has("softmax before cross entropy") and "Softmax" not in w.lines[-1]
    w._pad = "    "
    w.add("")
    with w.block("def forward(self, x):"):
        if convolved:
            w.put(
                "x = self.conv(x.transpose(1, 2)).transpose(1, 2)",
                ("channels of another axis", "x = self.conv(x).transpose(1, 2)"),
                ("steps and features swapped", "x = self.conv(x.transpose(1, 2))"),
            )
        if w.has("a GRU with cell states"):
            w.add("out, (h, c) = self.rnn(x)", faulty=True)
        else:
            w.add("out, _ = self.rnn(x)")
            if w.has("steps and features swapped"):
                w.lines[-1] += "  # FAULT"
        pooled = "out.mean(dim=1)" if both else w.one_of("out[:, -1]", "out[:, -1, :]")
        if w.has("unlike concatenation"):
            w.add(f"pooled = torch.cat([out, {pooled}], dim=-1)", faulty=True)
            pooled = "pooled"
        ends = f"torch.softmax(self.head({pooled}), dim=1)" if soft else f"self.head({pooled})"
        w.put(
            f"return {ends}",
            *([("softmax before cross entropy", f"return {ends}")] if soft else []),
            ("last sample for last step", "return self.head(out[-1])"),
            ("impossible view", "return self.head(out.reshape(x.size(0), 31))"),
        )
    w._pad = ""
    w.gap()
    steps, channels, classes = w.number(9, 12), w.number(3, 5), w.number(3, 4)
    w.add(f"X = torch.randn({w.number(50, 70)}, {steps}, {channels})", f"labels = torch.randint(0, {classes}, (len(X),))")
    if w.has("class numbers as floats"):
        w.add("labels = labels.float()", faulty=True)
    elif w.has("labels as one-hot rows of another width"):
        w.add(f"labels = nn.functional.one_hot(labels, {classes + 2}).float()", faulty=True)
    elif w.chance(0.15):
        w.add(f"labels = nn.functional.one_hot(labels, {classes}).float()")
    one_hot = "one_hot" in w.lines[-1]
    if w.chance():
        w.add(
            "dataset = TensorDataset(X, labels)",
            "n_val = len(dataset) // 5",
            "train_set, val_set = random_split(dataset, [len(dataset) - n_val, n_val])",
        )
    else:
        w.add("train_set = TensorDataset(X[:40], labels[:40])", "val_set = TensorDataset(X[40:], labels[40:])")
    w.add("train_loader = DataLoader(train_set, batch_size=16, shuffle=True)", "val_loader = DataLoader(val_set, batch_size=16)")
    w.add(f"model = SignalNet({channels}, {w.number(13, 15)}, {classes})", "criterion = nn.CrossEntropyLoss()")
    optimizer(w)
    wrong = w.has("class numbers as floats", "one score for several classes", "labels as one-hot rows of another width")
    with w.block(f"for epoch in range({w.number(1, 2)}):"):
        w.add("model.train()")
        with w.block(w.one_of("for xb, yb in train_loader:", "for i, (xb, yb) in enumerate(train_loader):")):
            w.add("optimizer.zero_grad()", "scores = model(xb)")
            w.add("loss = criterion(scores, yb)", faulty=wrong)
            step(w)
        if w.chance(0.6) and not one_hot:
            w.add("model.eval()", "correct = 0", "with torch.no_grad():", "    for xb, yb in val_loader:")
            w.add(w.one_of("        _, predicted = torch.max(model(xb), 1)", "        predicted = model(xb).argmax(dim=1)"))
            w.add("        correct += (predicted == yb).sum().item()", "accuracy = correct / len(val_set)")
