"""TensorFlow 1 as far as TensorFlow 2 still has it: `tf.compat.v1`, with the cells and layers that live in tf_keras now."""
from __future__ import annotations

import os
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def tensorflow_1() -> types.ModuleType:
    """A module that programs can import as `tensorflow`."""
    import tensorflow
    from tf_keras.src.layers.rnn import legacy_cell_wrappers, legacy_cells
    from tf_keras.src.legacy_tf_layers import convolutional, core

    v1 = tensorflow.compat.v1
    v1.logging.set_verbosity(v1.logging.ERROR)
    cells = types.SimpleNamespace(**{name: getattr(legacy_cells, name) for name in dir(legacy_cells) if name[0].isupper()})
    for name in ("DropoutWrapper", "ResidualWrapper", "DeviceWrapper"):
        setattr(cells, name, getattr(legacy_cell_wrappers, name))
    nn = _Over(v1.nn, rnn_cell=cells)
    layers = _Over(core, conv1d=convolutional.conv1d, conv2d=convolutional.conv2d)
    contrib = types.SimpleNamespace(
        rnn=_Over(cells, static_rnn=v1.nn.static_rnn, static_bidirectional_rnn=v1.nn.static_bidirectional_rnn),
        layers=types.SimpleNamespace(fully_connected=lambda x, n, activation_fn=None, **others: core.dense(x, n)),
    )
    module = types.ModuleType("tensorflow")
    module.__getattr__ = lambda name: getattr(v1, name)  # type: ignore[method-assign]
    module.nn, module.layers, module.contrib = nn, layers, contrib  # type: ignore[attr-defined]
    return module


class _Over:
    """A namespace with some names of its own before those of another."""

    def __init__(self, below: Any, **own: Any) -> None:
        self.__dict__.update(own)
        self._below = below

    def __getattr__(self, name: str) -> Any:
        return getattr(self._below, name)


@contextmanager
def graph() -> Iterator[types.ModuleType]:
    """Within, programs import TensorFlow 1 and build a graph of their own."""
    module = tensorflow_1()
    present = sys.modules["tensorflow"]
    sys.modules["tensorflow"] = module
    try:
        with module.Graph().as_default():
            yield module
    finally:
        sys.modules["tensorflow"] = present


def execute(text: str, name: str = "program") -> dict[str, Any]:
    """The names that a program of TensorFlow 1 leaves."""
    names: dict[str, Any] = {"__name__": "__main__"}
    with graph():
        exec(compile(text, name, "exec"), names)
    return names


def execute_file(path: Path) -> dict[str, Any]:
    """As `execute`, for a script."""
    return execute(path.read_text(), str(path))
