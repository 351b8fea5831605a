"""numpy's part of LST204: arrays of other numbers of rows put side by side."""
from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import Finding
from lstmlint.rules.base import Part
from lstmlint.rules.cause import data_shape
from lstmlint.rules.sample_count import SampleCountMismatch, counted
from lstmlint.shapes.dims import Dim, differ, same
from lstmlint.shapes.shape import Shape
from lstmlint.trace import Event, ModelFed, Operation, Trace
from lstmlint.values.data import Array


class JoinedRows(Part):
    """
    ## With numpy
    Where predictions or targets are put beside other columns, to be scaled back together, numpy raises if there are more rows on
    one side than on the other: the two were cut at other places before.

    ```python
    table = np.concatenate([targets.reshape(-1, 1), x[:, -1, 1:]], axis=1)
    ```
    """

    of = SampleCountMismatch
    listens = (Operation,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if not isinstance(event, Operation) or event.name != "numpy.concatenate" or event.violation is None:
            return
        one, other = event.violation.left, event.violation.right
        if not isinstance(one, Shape) or not isinstance(other, Shape) or one.rank != other.rank or one.rank != 2:
            return
        rows = one.axes[0].dim, other.axes[0].dim
        if differ(*rows) and _side_by_side(event) and not _is_told(set(rows), trace):
            yield self._told(event, one, other)

    def _told(self, event: Operation, one: Shape, other: Shape) -> Finding:
        return self.finding(
            event,
            event.site,
            f"this puts {data_shape(one)} beside {data_shape(other)}: {one.axes[0].dim} rows and {other.axes[0].dim}",
            label="other numbers of rows",
            help="take as many rows of both: cut them at the same places",
            key=event.site.node,
        )

    valid = (
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

x, y = np.random.rand(90, 10, 4), np.random.rand(90, 1)
model = Sequential([Input((10, 4)), LSTM(8), Dense(1)])
table = np.concatenate((model.predict(x), x[:, -1, 1:]), axis=1)
longer = np.concatenate((y, y[:7]))
""",
    )
    invalid = (
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

x, y = np.random.rand(90, 10, 4), np.random.rand(80, 1)
model = Sequential([Input((10, 4)), LSTM(8), Dense(1)])
table = np.concatenate((y, x[:, -1, 1:]), axis=1)  # LST204
""",
    )


def _is_told(rows: set[Dim], trace: Trace) -> bool:
    """Whether a model gets just as many samples of the one and of the other."""
    fed = (event for event in trace.events if isinstance(event, ModelFed))
    return any(rows <= {array.shape.axes[0].dim for _, array in counted(event)} for event in fed)


def _side_by_side(event: Operation) -> bool:
    """Whether the columns are what is joined."""
    result, columns = event.result, [operand.shape.axis(1) for operand in event.operands]
    if not isinstance(result, Array) or result.shape.rank != 2 or any(column is None for column in columns):
        return False
    total: Dim = 0
    for column in columns:
        total = total + (0 if column is None else column.dim)
    return same(result.shape.axes[1].dim, total)
