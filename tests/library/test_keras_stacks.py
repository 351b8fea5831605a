"""The truth about layers is the installed Keras: random stacks must give the same shapes, or fail at the same layer."""
from __future__ import annotations

import os
import warnings
from typing import Any

import pytest

from tests.library.differential import FakeCaller
from tests.library.keras_data import LENGTHS, on_data
from tests.library.keras_stacks import Draw, apply, faults, is_known, real_shapes, shapes, symbolic

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
keras = pytest.importorskip("keras")
tree = pytest.importorskip("keras.tree")

STACKS = int(os.environ.get("LSTMLINT_STACKS", "300"))


def compare(seed: int, depth: int = 5) -> str | None:
    """What differs between Keras and the models on the stack of this seed; None if nothing does."""
    draw = Draw(seed)
    shape = draw.input()
    batch = 2 if draw.maybe(0.2) else None
    real = start = keras.Input(shape, batch_size=batch)
    ours = symbolic((batch, *shape))
    done: list[Any] = [(batch, *shape)]
    for _ in range(depth):
        spec = draw.layer(tuple(real.shape))
        done.append(spec)
        caller = FakeCaller()
        try:
            layer = spec.real(keras.layers)
        except (ValueError, TypeError):
            done.pop()  # arguments that no layer takes are not the models' business
            continue
        try:
            real = layer(real)
            error = None
        except Exception as exception:  # noqa: BLE001 - whatever Keras raises
            error = exception
        answer = apply(spec.model(caller), ours, caller)
        told = [event.violation for event in faults(caller)]
        if error is None and not told and not is_known(shapes(answer)) and any(
            on_data(keras, [start], tree.flatten(real), length) != "as symbols" for length in LENGTHS
        ):
            return None  # the symbolic shape is not what data gets
        if error is None and not told and shapes(answer) != real_shapes(real):
            return f"{done}: Keras {real_shapes(real)}, model {shapes(answer)}"
        if bool(told) != (error is not None):
            if error is None and all(on_data(keras, [start], tree.flatten(real), length) == "fails" for length in LENGTHS):
                return None  # told before Keras notices
            return f"{done}: Keras {error or real_shapes(real)}, model {told or shapes(answer)}"
        if error is not None:
            return None
        if isinstance(real, (list, tuple)):
            return None
        ours = answer
    depends_on_data = None in shape and any(spec.kind == "Reshape" for spec in done[1:])
    # Among others, numbers of categories are integers, which some layers don't take.
    depends_on_data = depends_on_data or any(spec.kind.startswith(("Random", "Hashing", "IntegerLookup")) for spec in done[1:])
    if seed % 5 == 0 and not depends_on_data and on_data(keras, [start], [real], 24) == "fails":
        return f"{done}: fails on data, the model says {shapes(answer)}"
    return None


@pytest.mark.parametrize("first", range(0, STACKS, 50))
def test_random_stacks(first: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wrong = [difference for seed in range(first, min(first + 50, STACKS)) if (difference := compare(seed))]
        keras.backend.clear_session()
    assert not wrong, "\n".join(wrong)
