"""The truth about Keras is the installed Keras: random programs must be understood as it executes them, line by line.

LSTMLINT_PROGRAMS says how many are drawn, from the seed LSTMLINT_SEED on.
"""
from __future__ import annotations

import logging
import os

import pytest

from tests.library.keras_programs import Program, differences

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
PROGRAMS = int(os.environ.get("LSTMLINT_PROGRAMS", "200"))
SEED = int(os.environ.get("LSTMLINT_SEED", "0"))
STEPS = 8
KERAS_3 = "import keras\nfrom keras import Input, Model, Sequential, ops\nfrom keras.layers import *\n"
KERAS_2 = "import tf_keras as keras\nfrom tf_keras import Input, Model, Sequential\nfrom tf_keras.layers import *\n"


def _wrong(module: str, head: str, seeds: range) -> list[str]:
    framework = pytest.importorskip(module)
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    found = []
    for seed in seeds:
        program = Program(seed, framework, head, modern=module == "keras")
        program.grow(STEPS)
        found += [f"seed {seed}: {difference}" for difference in differences(program)]
    framework.backend.clear_session()
    return found


@pytest.mark.parametrize("first", range(SEED, SEED + PROGRAMS, 50))
def test_random_programs(first: int) -> None:
    wrong = _wrong("keras", KERAS_3, range(first, min(first + 50, SEED + PROGRAMS)))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("first", range(SEED, SEED + PROGRAMS // 5, 50))
def test_random_programs_of_keras_2(first: int) -> None:
    """Of Keras 2 the shapes are the same; what only it refuses need not be told."""
    wrong = _wrong("tf_keras", KERAS_2, range(first, min(first + 50, SEED + PROGRAMS // 5)))
    assert not wrong, "\n".join(wrong)


def test_a_wrong_shape_and_a_wrong_silence_are_noticed() -> None:
    keras = pytest.importorskip("keras")
    program = Program(0, keras, KERAS_3)
    tensor = program.input((5, 3))
    program.bind(f"LSTM(4)({tensor.name})", [tensor])
    assert differences(program) == []
    (shape,) = program.lines[-1].shapes
    program.lines[-1].shapes[shape] = (None, 7)
    assert "known as (None, 4)" in differences(program)[0]
    program.lines[-1].error = ValueError("no")
    assert "not told" in differences(program)[0]
