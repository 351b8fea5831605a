"""What data becomes on its way through symbolic tensors, where that is not what these say."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy

Seen = Literal["as symbols", "another shape", "fails"]

LENGTHS = (17, 29)
"""What is put in place of open lengths: such as no axis of a program has, since a batch that is by chance as long as another axis
broadcasts where any other one fails."""


def on_data(keras: Any, inputs: Sequence[Any], outputs: Sequence[Any], length: int) -> Seen:
    """What becomes of zeros, `length` along what is open, between symbolic `inputs` and `outputs`."""
    model = keras.Model(inputs, outputs)
    data = [numpy.zeros([length if dim is None else dim for dim in tensor.shape], "float32") for tensor in inputs]
    try:
        answers = model(data)
    except Exception:  # noqa: BLE001 - whatever the framework raises
        return "fails"
    answers = answers if isinstance(answers, (list, tuple)) else [answers]
    alike = all(
        len(answer.shape) == len(output.shape) and all(want in (None, have) for want, have in zip(output.shape, answer.shape))
        for answer, output in zip(answers, outputs)
    )
    return "as symbols" if alike else "another shape"
