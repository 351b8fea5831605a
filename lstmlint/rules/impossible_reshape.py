"""LST501: a reshape to another number of elements."""
from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import Finding
from lstmlint.rules.base import Rule
from lstmlint.rules.cause import data_shape
from lstmlint.shapes.dims import divide, same, single
from lstmlint.shapes.shape import Shape, product
from lstmlint.trace import Event, Operation, Trace
from lstmlint.values.data import Array


class ImpossibleReshape(Rule):
    """
    # impossible-reshape

    ## What
    A reshape asks for another number of elements than the array has, for every size that the unknown lengths can have.

    ## Why it hurts
    NumPy raises "cannot reshape array", PyTorch "shape is invalid for input of size". Often a slice such as
    `table[i:i + w, 0]` kept one column where all were meant.

    ## Example
    ```python
    X = np.array([table[i:i + 6, 0] for i in range(len(table) - 6)])  # (n, 6)
    X = X.reshape(X.shape[0], 6, 4)
    ```

    ## Fixed
    ```python
    X = np.array([table[i:i + 6, :] for i in range(len(table) - 6)])  # (n, 6, 4)
    ```

    ## What must be proven
    The numbers of elements on both sides. It is a warning where the new one is as many times larger as a text has different
    characters (or a list different items): that passes only if there is but one.

    ## When to ignore
    Never: the call raises.
    """

    code = "LST501"
    name = "impossible-reshape"
    severity = "error"
    listens = (Operation,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if not isinstance(event, Operation):
            return
        if event.violation is None:
            yield from self._of_distinct(event)
        if event.violation is None or event.violation.kind != "reshape":
            return
        source = event.operands[0].shape
        target = event.violation.right
        wanted = data_shape(target) if isinstance(target, Shape) else "this shape"
        thing = "a tensor" if event.operands[0].kind in ("torch", "graph") else "an array"
        yield self.finding(
            event,
            event.site,
            f"{thing} of shape {data_shape(source)} can't be reshaped to {wanted}: {_why(target)}",
            label=_count(source, target) if isinstance(target, Shape) else "",
            help="check how the array was made (a slice such as data[i:i + w, 0] keeps one column only), or the sizes asked for",
            # The same parts into the same parts, for training and test data, is one mistake.
            key=(source.dims[1:], target.dims[1:]) if isinstance(target, Shape) and not source.open else event.site.node,
        )

    def _of_distinct(self, event: Operation) -> Iterator[Finding]:
        """A reshape into as many times more elements as there are different items in something."""
        if event.name != "numpy.reshape" or not isinstance(event.result, Array):
            return
        source, target = event.operands[0].shape, event.result.shape
        before, after = source.elements(), target.elements()
        more = None if before is None or after is None or same(before, 0) else divide(after, before)
        count = None if more is None else single(more)
        if count is None or not isinstance(count.key, tuple) or count.key[0] != "distinct":
            return
        yield self.finding(
            event,
            event.site,
            f"an array of shape {data_shape(source)} can't be reshaped to {data_shape(target)}, unless {count.name} is 1: "
            "the numbers of elements differ",
            label=_count(source, target),
            help="reshape makes no one-hot rows of numbers: keep (…, 1), or use to_categorical",
            severity="warning",
            key=event.site.node,
        )

    valid = (
        """
import numpy as np

X = np.zeros((30, 6, 4))
Y = X.reshape(X.shape[0], -1)
Z = Y.reshape((30, 6, 4))
""",
        """
import torch

def heads(x: torch.Tensor, count: int) -> torch.Tensor:
    return x.view(x.size(0), -1, 7).view(x.size(0), count, -1)

x = torch.zeros(32, 20, 14)
y = heads(x, 8).view(32, -1)
""",
    )
    invalid = (
        """
import numpy as np
from keras.layers import LSTM

text = open("book.txt").read()
chars = sorted(set(text))
numbers = {c: i for i, c in enumerate(chars)}
windows = [[numbers[c] for c in text[i:i + 30]] for i in range(len(text) - 30)]
X = np.reshape(windows, (len(windows), 30, 1))
Y = np.reshape(windows, (len(windows), 30, len(chars)))  # LST501
""",
        """
import numpy as np
from keras.layers import LSTM

X = np.zeros((30, 6))
X = X.reshape(30, 6, 4)  # LST501
""",
        """
import pandas as pd
import numpy as np
from keras.layers import LSTM

table = pd.read_csv("weather.csv").values
X = np.array([table[i:i + 6, 0] for i in range(len(table) - 6)])
X = np.reshape(X, (X.shape[0], 6, 4))  # LST501
""",
        """
import torch
from torch import nn

class Model(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.rnn = nn.LSTM(8, hidden_size, batch_first=True)

def windows(count):
    x = torch.randn(count, 20, 8)
    return x.view(count, -1, 7)  # LST501

windows(int(input()))
torch.zeros(4, 6).unflatten(1, (2, 4))  # LST501
""",
    )


def _why(target: object) -> str:
    holes = target.dims.count(-1) if isinstance(target, Shape) else 0
    if holes > 1:
        return "only one length can be -1"
    return "no length in place of -1 fits" if holes else "the numbers of elements differ"


def _count(source: Shape, target: Shape) -> str:
    if target.dims.count(-1) > 1:
        return ""
    if -1 not in target.dims:
        return f"{source.elements()} elements into {target.elements()}"
    return f"{source.elements()} elements into parts of {product(dim for dim in target.dims if dim != -1)}"
