"""Random programs that define a torch module and call it, run by torch and by the analysis."""
from __future__ import annotations

import contextlib
import io
import random
import warnings
from typing import Any

import libcst
import torch

from lstmlint.interpreter import analyse
from lstmlint.trace import Bound, Event
from tests.library.torch_modules import shown, structure

HEAD = """
import torch
import torch.nn as nn
from collections import OrderedDict
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence
"""


class Writer:
    """Writes a module: what it makes in `__init__` and what its `forward` does with a tensor (…, features)."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.made: list[str] = []
        self.done: list[str] = []
        self.features = self.size()
        self.batch_first = True
        self.count = 0

    def size(self, high: int = 6) -> int:
        return self.random.randint(1, high)

    def maybe(self, chance: float = 0.5) -> bool:
        return self.random.random() < chance

    def wrong(self, size: int) -> str:
        """`size`, now and then another one."""
        return str(size if self.maybe(0.94) else self.size())

    def name(self, stem: str) -> str:
        self.count += 1
        return f"self.{stem}{self.count}"

    def recurrent(self) -> None:
        kind, name, hidden, layers = self.random.choice(["LSTM", "GRU", "RNN"]), self.name("rnn"), self.size(), self.size(2)
        both = self.maybe()
        directions = f"{name}_d"
        self.made.append(f"{directions} = 2 if {both} else 1")
        options = f", num_layers={layers}, bidirectional={both}" + (", batch_first=True" if self.batch_first else "")
        packed = self.maybe(0.15)
        # A packed LSTM of torch 2.13 does not look at the number of features (and computes nonsense).
        features = str(self.features) if packed and kind == "LSTM" else self.wrong(self.features)
        self.made.append(f"{name} = nn.{kind}({features}, {hidden}{options})")
        states = "h, c" if kind == "LSTM" else "h"
        pair = f"({states})" if kind == "LSTM" else states
        if not packed and self.maybe(0.35):
            batch = "x.size(0)" if self.batch_first else "x.size(1)"
            first = f"{layers} * {directions}" if self.maybe(0.9) else str(layers)
            zeros = f"torch.zeros({first}, {batch}, {hidden})"
            given = f"({zeros}, {zeros})" if kind == "LSTM" else zeros
            self.done.append(f"x, {pair} = {name}(x, {given})")
        elif packed:
            first = self.batch_first
            length = "[x.size(1)] * x.size(0)" if first else "[x.size(0)] * x.size(1)"
            self.done.append(f"p = pack_padded_sequence(x, {length}, batch_first={first})")
            self.done.append(f"p, {pair} = {name}(p)")
            self.done.append(f"x, lengths = pad_packed_sequence(p, batch_first={first})")
        else:
            self.done.append(f"x, {pair} = {name}(x)")
        self.features = hidden * (2 if both else 1)
        if self.maybe(0.15):
            self.done.append("x = h[-1]" if not both or self.maybe(0.2) else "x = torch.cat((h[-2], h[-1]), dim=1)")

    def linear(self) -> None:
        name, units = self.name("fc"), self.size()
        self.made.append(f"{name} = nn.Linear({self.wrong(self.features)}, {units})")
        self.done.append(f"x = {name}(x)")
        self.features = units

    def stack(self) -> None:
        name, units, inner = self.name("seq"), self.size(), self.size()
        layers = f"nn.Linear({self.wrong(self.features)}, {inner})", "nn.ReLU()", f"nn.Linear({inner}, {units})"
        way = self.random.choice(["given", "list", "named", "added"])
        if way == "given":
            self.made.append(f"{name} = nn.Sequential({', '.join(layers)})")
        elif way == "list":
            self.made.append(f"{name} = nn.Sequential(*[{', '.join(layers)}])")
        elif way == "named":
            pairs = ", ".join(f"('l{at}', {layer})" for at, layer in enumerate(layers))
            self.made.append(f"{name} = nn.Sequential(OrderedDict([{pairs}]))")
        else:
            self.made.append(f"{name} = nn.Sequential()")
            self.made += [f"{name}.add_module('l{at}', {layer})" for at, layer in enumerate(layers)]
        loop = f"for layer in [{name}[0], {name}[1], {name}[-1]]:\n            x = layer(x)"
        self.done.append(f"x = {name}(x)" if self.maybe(0.8) else loop)
        self.features = units

    def looped(self) -> None:
        name, count = self.name("layers"), self.size(3)
        self.made.append(f"{name} = nn.ModuleList([nn.GRU({self.features}, {self.features}, batch_first={self.batch_first})"
                         f" for _ in range({count})])")  # fmt: skip
        self.done.append(f"for layer in {name}:\n            x, _ = layer(x)")

    def other(self) -> None:
        choice = self.random.choice(["last", "permute", "conv", "norm", "mean", "embed", "flatten"])
        if choice == "last":
            self.done.append("x = x[:, -1]" if self.batch_first else "x = x[-1]")
        elif choice == "permute":
            self.done.append("x = x.permute(1, 0, 2)")
            self.batch_first = not self.batch_first
        elif choice == "conv":
            name, units = self.name("conv"), self.size()
            self.made.append(f"{name} = nn.Conv1d({self.wrong(self.features)}, {units}, 3, padding=1)")
            self.done.append(f"x = {name}(x.transpose(1, 2)).transpose(1, 2)")
            self.features = units
        elif choice == "norm":
            name = self.name("norm")
            self.made.append(f"{name} = nn.LayerNorm({self.wrong(self.features)})")
            self.done.append(f"x = {name}(x)")
        elif choice == "mean":
            self.done.append("x = x.mean(dim=1)")
        elif choice == "flatten":
            self.done.append("x = nn.Flatten()(x)")
        else:
            name, size = self.name("emb"), self.size()
            self.made.append(f"{name} = nn.Embedding(10, {size})")
            self.done.append(f"x = {name}(x.argmax(dim=-1))")
            self.features = size

    def program(self) -> str:
        """The whole program; `y` is what the module gives."""
        shape = (self.size(), self.size(), self.features)
        for _ in range(self.random.randint(1, 5)):
            step = self.random.choice([self.recurrent, self.recurrent, self.linear, self.stack, self.looped, self.other])
            step()
        body = "\n        ".join(self.made)
        steps = "\n        ".join(self.done)
        wrapped = self.random.choice(["Net()", "Net().eval()", "nn.DataParallel(Net())", "nn.Sequential(Net(), nn.Identity())"])
        return f"""{HEAD}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        {body}

    def forward(self, x):
        {steps}
        return x


net = {wrapped}
y = net(torch.zeros{shape})
"""


def events_of(program: str) -> list[Event]:
    """What the analysis leaves of a program."""
    module = libcst.parse_module(program)
    return analyse([(None, module)], program.count("\n"), reveal=True).events


def disagreement(program: str) -> str | None:
    """In what the analysis and the run of a program differ: whether it raises, and the shape of `y`."""
    scope: dict[str, Any] = {}
    raised: Exception | None = None
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), torch.no_grad():
        warnings.simplefilter("ignore")
        try:
            exec(program, scope)
        except Exception as error:
            raised = error
    events = events_of(program)
    violations = [found for event in events if (found := getattr(event, "violation", None)) is not None]
    if raised is not None:
        return None if violations else f"raises {raised}, which the analysis does not see:\n{program}"
    if violations:
        return f"runs; the analysis says {violations}:\n{program}"
    (bound,) = [event for event in events if isinstance(event, Bound) and event.name == "y"]
    if shown(bound.value) == structure(scope["y"]):
        return None
    return f"is {structure(scope['y'])}; the analysis says {shown(bound.value)}:\n{program}"
