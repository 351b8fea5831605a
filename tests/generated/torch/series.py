"""PyTorch scripts as tutorials write them: a module with one RNN and a head, tensors, a loop."""

from __future__ import annotations

from tests.generated.writer import MARK, Writer, family


@family(
    "torch", "batch_first forgotten", "states for other layers", "states for the other axis", "features of one direction",
    "input_size of something else", "prediction with an axis more", "scores of other shape than labels", "classes last",
    "class numbers as floats", "softmax before cross entropy", "last sample for last step", "states of samples mixed",
    "a GRU with cell states", "a tuple for a tensor", "batch lost by squeeze", "series without its features",
    "impossible view", "unlike concatenation", "axes renamed by view", weight=3.0,
)  # fmt: skip
def torch_series(w: Writer) -> None:
    """A module with one RNN and a head, tensors, a loader, a loop."""
    steps, features, hidden = w.random.randint(5, 9), w.random.randint(2, 4), w.random.randint(6, 9)
    fault = w.fault
    kind = "GRU" if fault == "a GRU with cell states" else w.one_of("LSTM", "GRU", "RNN")
    task = {
        "scores of other shape than labels": "yes or no", "batch lost by squeeze": "yes or no", "classes last": "tags",
        "class numbers as floats": "class", "softmax before cross entropy": "class", "prediction with an axis more": "value",
    }.get(fault) or w.one_of("value", "class", "yes or no", "tags")  # fmt: skip
    if fault in _OF_LAST_STEP and task == "tags":
        task = w.one_of("value", "class")
    both = fault in ("features of one direction", "states of samples mixed") or (fault not in _ONE_WAY and w.chance(0.3))
    layers = w.random.randint(2, 3) if fault == "states for other layers" and not both else w.random.choice([1, 1, 2])
    first = fault not in ("batch_first forgotten", "axes renamed by view") and (w.chance(0.75) or fault in _FIRST)
    own_states = fault in ("states for other layers", "states for the other axis") or (w.chance(0.25) and not fault)
    w.add("import torch", w.one_of("from torch import nn", "import torch.nn as nn"))
    w.add("from torch.utils.data import DataLoader, TensorDataset", "")
    samples = 65 if fault == "batch lost by squeeze" else w.random.randint(6, 9) * 8
    w.add(f"samples, steps, features, hidden = {samples}, {steps}, {features}, {hidden}")
    classes = w.random.randint(3, 4)
    if task in ("class", "tags"):
        w.add(f"classes = {classes}")
    width = {"value": "1", "yes or no": "1", "class": "classes", "tags": "classes"}[task]
    w.add("", "", f"class {w.one_of('Net', 'Forecaster', 'Tagger', 'LSTM')}(nn.Module):")
    w.add("    def __init__(self, input_size, hidden_size, output_size):", "        super().__init__()")
    w.add("        self.hidden_size = hidden_size")
    options = [*([f"num_layers={layers}"] if layers > 1 else []), *(["batch_first=True"] if first else [])]
    options += ["bidirectional=True"] if both else []
    arguments = ", ".join(["input_size", "hidden_size", *options])
    w.add(f"        self.rnn = nn.{kind}({arguments})", faulty=fault == "batch_first forgotten")
    doubled = "2 * hidden_size" if both and fault != "features of one direction" else "hidden_size"
    if fault == "states of samples mixed":
        doubled = f"{2 * layers} * hidden_size"
    if fault == "unlike concatenation":
        doubled = f"({doubled}) + hidden_size"
    w.add(f"        self.head = nn.Linear({doubled}, output_size)", faulty=fault == "features of one direction")
    w.add("", "    def forward(self, x):")
    _forward(w, kind, task, both, layers, first, own_states)
    name = next(line for line in w.lines if line.startswith("class "))[6:].partition("(")[0]
    w.add("", "", w.one_of("x = torch.randn(samples, steps, features)", "x = torch.rand(samples, steps, features)"))
    if fault == "series without its features":
        w.lines[-1] = "x = torch.randn(samples, steps)"
        w.lines[-1] += MARK
    target = {
        "value": "y = x.mean(dim=(1, 2))" + ("" if fault == "prediction with an axis more" else ".unsqueeze(1)"),
        "yes or no": "y = (torch.rand(samples, 1) > 0.5).float()",
        "class": "y = torch.randint(0, classes, (samples,))", "tags": "y = torch.randint(0, classes, (samples, steps))",
    }[task]  # fmt: skip
    if fault == "series without its features":
        target = target.replace("(1, 2)", "1")
    if fault in ("scores of other shape than labels", "batch lost by squeeze"):
        target = "y = (torch.rand(samples) > 0.5).float()"
    w.add(target + (".float()" if fault == "class numbers as floats" else ""))
    special = {"input_size of something else": "steps + features", "series without its features": "1"}
    given = special.get(fault, "features")
    w.add(f"model = {name}({given}, hidden, {width})", faulty=fault == "input_size of something else")
    loss = {"value": w.one_of("nn.MSELoss()", "nn.L1Loss()", "nn.SmoothL1Loss()"), "yes or no": "nn.BCEWithLogitsLoss()"}
    w.add(f"criterion = {loss.get(task, 'nn.CrossEntropyLoss()')}")
    w.add(f"optimizer = torch.optim.{w.one_of('Adam', 'SGD')}(model.parameters(), lr=0.01)")
    _loop(w, task, first)


_OF_LAST_STEP = ("last sample for last step", "states of samples mixed", "batch_first forgotten", "unlike concatenation",
                 "softmax before cross entropy", "series without its features", "axes renamed by view")  # fmt: skip
_ONE_WAY = ("a GRU with cell states", "last sample for last step", "states for other layers", "unlike concatenation",
            "batch_first forgotten", "axes renamed by view", "series without its features")  # fmt: skip
_FIRST = ("last sample for last step", "classes last", "states for the other axis", "series without its features")


def _forward(w: Writer, kind: str, task: str, both: bool, layers: int, first: bool, own_states: bool) -> None:
    fault, batch = w.fault, "x.size(0)"
    if not first and fault not in ("batch_first forgotten", "axes renamed by view"):
        w.add("        x = " + w.one_of("x.transpose(0, 1)", "x.permute(1, 0, 2)"))
        batch = "x.size(1)"
    if fault == "axes renamed by view":
        w.add("        x = x.view(x.size(1), x.size(0), x.size(2))", faulty=True)
        batch = "x.size(1)"
    states = ""
    if own_states:
        count = layers * (2 if both else 1)
        others = count + 1 if not both else layers
        wrong = {"states for other layers": (others, batch), "states for the other axis": (count, "x.size(1)")}
        first_axis, second = wrong.get(fault, (count, batch))
        faulty = fault in wrong
        w.add(f"        h0 = torch.zeros({first_axis}, {second}, self.hidden_size)", faulty=faulty)
        if kind == "LSTM":
            w.add(f"        c0 = torch.zeros({first_axis}, {second}, self.hidden_size)")
        states = ", (h0, c0)" if kind == "LSTM" else ", h0"
    inner = w.chance(0.5)
    taken = "(h, c)" if kind == "LSTM" else "h"
    if fault == "a GRU with cell states":
        w.add(f"        out, (h, c) = self.rnn(x{states})", faulty=True)
    elif fault == "a tuple for a tensor":
        w.add(f"        out = self.rnn(x{states})")
    else:
        w.add(f"        out, {taken if inner or fault == 'states of samples mixed' else '_'} = self.rnn(x{states})")
    step = "out[:, -1]" if first or fault == "batch_first forgotten" else "out[-1]"
    if first and w.chance(0.5):
        step = "out[:, -1, :]"
    if fault == "last sample for last step":
        w.add("        return self.head(out[-1])", faulty=True)
    elif fault == "a tuple for a tensor":
        w.add("        return self.head(out)", faulty=True)
    elif fault == "states of samples mixed":
        w.add(f"        return self.head(h.view({batch}, -1))", faulty=True)
    elif fault == "impossible view":
        w.add("        return self.head(out.reshape(out.size(0), self.hidden_size + 1))", faulty=True)
    elif fault == "unlike concatenation":
        w.add(f"        last = {step}", "        return self.head(torch.cat([last, out], dim=1))", faulty=True)
    elif task == "tags":
        w.add("        return self.head(out)" if first else "        return self.head(out.transpose(0, 1))")
    elif fault == "softmax before cross entropy":
        w.add(f"        return torch.softmax(self.head({_both_ends(first) if both else step}), dim=1)", faulty=True)
    else:
        whole = "torch.cat([h[-2], h[-1]], dim=1)" if both else "h[-1]"
        keeps = inner and fault not in ("a GRU with cell states", "batch_first forgotten", "axes renamed by view")
        if keeps or (both and "h" in taken and inner):
            w.add(f"        return self.head({whole})")
        else:
            w.add(f"        return self.head({_both_ends(first) if both else step})")


def _both_ends(first: bool) -> str:
    ends = ("out[:, -1, :self.hidden_size]", "out[:, 0, self.hidden_size:]")
    if not first:
        ends = ("out[-1, :, :self.hidden_size]", "out[0, :, self.hidden_size:]")
    return f"torch.cat([{', '.join(ends)}], dim=1)"


def _loop(w: Writer, task: str, first: bool) -> None:
    fault = w.fault
    batched = fault == "batch lost by squeeze" or w.chance(0.6)
    pad, x, y = "    ", "x", "y"
    if batched:
        options = w.one_of("batch_size=16", "batch_size=16, shuffle=True")
        w.add(f"loader = DataLoader(TensorDataset(x, y), {options})")
    w.add(f"for epoch in range({w.random.randint(1, 2)}):")
    if batched:
        x, y = w.random.choice([("inputs", "targets"), ("xb", "yb")])
        w.add(f"    for {x}, {y} in loader:")
        pad = "        "
    w.add(f"{pad}optimizer.zero_grad()")
    squeezed = ".squeeze()" if fault == "batch lost by squeeze" else ""
    w.add(f"{pad}output = model({x}){squeezed}", faulty=bool(squeezed))
    of_loss = ("prediction with an axis more", "scores of other shape than labels", "classes last", "class numbers as floats")
    wrong = fault in of_loss
    prediction = "output.transpose(1, 2)" if task == "tags" and fault != "classes last" else "output"
    w.add(f"{pad}loss = criterion({prediction}, {y})", faulty=wrong)
    w.add(f"{pad}loss.backward()", f"{pad}optimizer.step()")
