"""PyTorch's part of LST204: a data set of tensors with different numbers of samples."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import Finding
from lstmlint.rules.base import Part
from lstmlint.rules.sample_count import SampleCountMismatch
from lstmlint.rules.torch.layers import shown
from lstmlint.trace import Event, Operation, Trace


class TorchSampleCountMismatch(Part):
    """
    ## With PyTorch
    TensorDataset raises "Size mismatch between tensors". (A loss that gets predictions and targets of different numbers of samples
    is LST301.)

    ```python
    data = TensorDataset(x, y[10:])
    ```
    """

    of = SampleCountMismatch
    listens = (Operation,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if not isinstance(event, Operation) or event.violation is None or event.violation.kind != "samples":
            return
        if event.name != "torch.utils.data.TensorDataset":
            return
        shapes = list(dict.fromkeys(shown(part.shape) for part in event.operands))
        yield self.finding(
            event,
            event.site,
            f"TensorDataset gets tensors {' and '.join(shapes)}: "
            + " and ".join(dict.fromkeys(str(part.shape.axes[0].dim) for part in event.operands))
            + " samples",
            help="give as many targets as inputs: cut both at the same places",
            key=event.site.node,
        )

    valid = (
        """
import numpy as np
import torch
from torch.utils.data import TensorDataset

series = np.random.rand(200, 3)
x = torch.tensor(np.array([series[i:i + 14] for i in range(186)]))
data = TensorDataset(x, torch.tensor(series[14:]))
rnn = torch.nn.LSTM(3, 8, batch_first=True)
""",
    )
    invalid = (
        """
import numpy as np
import torch
from torch.utils.data import TensorDataset

series = np.random.rand(200, 3)
x = torch.tensor(np.array([series[i:i + 14] for i in range(len(series) - 14)]))
data = TensorDataset(x, torch.tensor(series[13:]))  # LST204
rnn = torch.nn.LSTM(3, 8, batch_first=True)
""",
    )
