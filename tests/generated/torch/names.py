"""How scripts import PyTorch and train with it, and the small things that most of them share."""

from __future__ import annotations

from tests.generated.writer import Writer


def imports(w: Writer, *more: str, numpy: bool = False) -> None:
    """The imports at the top of a script."""
    if numpy:
        w.add("import numpy as np")
    w.add("import torch", w.one_of("import torch.nn as nn", "from torch import nn"))
    w.add(*more)


def rnn(w: Writer) -> str:
    """A kind of recurrent layer, as often as scripts use it."""
    return w.random.choices(["LSTM", "GRU", "RNN"], [6, 3, 1])[0]


def device(w: Writer) -> str:
    """What is put behind a model or a tensor to bring it to its device, which may be nothing."""
    if w.chance(0.6):
        return ""
    w.add('device = torch.device("cuda" if torch.cuda.is_available() else "cpu")')
    return ".to(device)"


def optimizer(w: Writer, model: str = "model") -> None:
    """An optimizer of the model's parameters."""
    w.add(
        f"optimizer = torch.optim.{w.one_of('Adam', 'SGD', 'Adam', 'RMSprop')}"
        f"({model}.parameters(), lr={w.one_of('0.01', '1e-3', '0.001')})"
    )


def begin_class(w: Writer, name: str, arguments: str) -> None:
    """The head of a module and of its constructor; the caller indents what follows."""
    w.outermost()
    w.gap()
    w.add(f"class {name}(nn.Module):", f"    def __init__(self, {arguments}):")
    w.add("        " + w.one_of("super().__init__()", f"super({name}, self).__init__()"))


def step(w: Writer, clipped: bool = True) -> None:
    """The end of a training step."""
    w.add("loss.backward()")
    if clipped and w.chance(0.25):
        w.add("torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)")
    w.add("optimizer.step()")
