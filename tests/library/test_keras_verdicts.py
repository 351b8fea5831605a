"""What the rules about the graph, the states and the arguments say is what Keras 3 and Keras 2 do: they raise, or they don't."""
from __future__ import annotations

import contextlib
import io
import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lstmlint.config import Settings
from lstmlint.diagnostics import Diagnostic
from lstmlint.engine import check_source
from lstmlint.library.keras.signatures import of_earlier, of_keras_3
from lstmlint.sources.source import script

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
keras = pytest.importorskip("keras")

IMPORTS = "import numpy as np\nimport {0} as keras\nfrom {0} import Input, Model, Sequential\nfrom {0}.layers import *\n"
FRAMEWORKS = {"3": "keras", "2": "tf_keras"}


@dataclass(frozen=True)
class Case:
    """A script and what is expected of it, by version."""

    title: str
    text: str
    codes: dict[str, list[str]]

    def __str__(self) -> str:
        return self.title


def _cases() -> Iterator[Case]:
    text = (Path(__file__).parent / "keras_verdicts.txt").read_text()
    for block in text.split("### ")[1:]:
        head, _, body = block.partition("\n")
        title, new, old = (part.strip() for part in head.rsplit("|", 2))
        yield Case(title, body, {"3": new.replace("-", "").split(), "2": old.replace("-", "").split()})


CASES = list(_cases())


def findings(case: Case, version: str) -> tuple[Diagnostic, ...]:
    source = script(IMPORTS.format("keras") + case.text)
    return check_source(source, Settings(keras_version=version)).diagnostics


@pytest.mark.parametrize("version", FRAMEWORKS)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_is_found(case: Case, version: str) -> None:
    assert sorted({diagnostic.code for diagnostic in findings(case, version)}) == case.codes[version]


@pytest.mark.parametrize("version", FRAMEWORKS)
def test_what_keras_does(version: str) -> None:
    """All in one test: what costs is the import."""
    names: dict[str, Any] = {}
    with _quiet():
        try:
            exec(IMPORTS.format(FRAMEWORKS[version]), names)  # noqa: S102
        except ImportError:
            pytest.skip(f"no {FRAMEWORKS[version]}")
        wrong = []
        for case in CASES:
            claimed = any(diagnostic.effect == "raises" for diagnostic in findings(case, version))
            if claimed != _raises(case.text, names):
                wrong.append(f"{case}: {'raises nothing' if claimed else 'raises'}")
    assert not wrong, "\n".join(wrong)


def _raises(text: str, names: dict[str, Any]) -> bool:
    try:
        exec(text, dict(names))  # noqa: S102
    except Exception:
        return True
    return False


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


RNNS = ("LSTM", "GRU", "SimpleRNN", "LSTMCell", "GRUCell", "SimpleRNNCell")
LAYERS = (*RNNS, "RNN", "Bidirectional", "TimeDistributed", "Dense", "Embedding", "Dropout", "Masking", "Flatten", "RepeatVector")
OTHERS = ("Activation", "Reshape", "Conv1D", "Conv2D", "ConvLSTM2D", "MaxPooling1D", "MaxPooling2D", "BatchNormalization", "Input")
VALUES: dict[str, object] = {"name": "a", "dtype": "float32", "trainable": True, "input_shape": (3, 4), "input_dim": 3}
VALUES |= {"batch_input_shape": (2, 3, 4), "batch_size": 2, "merge_mode": "concat", "shape": (3, 4), "batch_shape": (2, 3, 4)}


def _required(framework: Any, name: str) -> dict[str, object]:
    if name.startswith("Conv"):
        return {"filters": 4, "kernel_size": 3}
    layers = framework.layers
    return {
        **{rnn: {"units": 4} for rnn in (*RNNS, "Dense")},
        "RNN": {"cell": layers.LSTMCell(3)},
        "Bidirectional": {"layer": layers.LSTM(3)},
        "TimeDistributed": {"layer": layers.Dense(3)},
        "Embedding": {"input_dim": 4, "output_dim": 3},
        "Dropout": {"rate": 0.5},
        "RepeatVector": {"n": 3},
        "Activation": {"activation": "relu"},
        "Input": {"shape": (3, 4)},
        "Reshape": {"target_shape": (3,)},
    }.get(name, {})


def _takes(framework: Any, name: str, keyword: str) -> bool:
    arguments = {**_required(framework, name), keyword: VALUES.get(keyword)}
    try:
        (framework.Input if name == "Input" else getattr(framework.layers, name))(**arguments)
    except (TypeError, ValueError, AttributeError) as error:
        words = str(error)
        refused = ("Unrecognized keyword", "not understood", "unexpected keyword", "multiple values for")
        return not any(part in words for part in refused)
    return True


KEYWORDS = sorted(set().union(*((of_keras_3(name) or frozenset()) | of_earlier(name) for name in (*LAYERS, *OTHERS))))


@pytest.mark.parametrize("name", [*LAYERS, *OTHERS])
def test_keywords_of_keras_3(name: str) -> None:
    known = of_keras_3(name) or frozenset()
    with _quiet():
        wrong = [k for k in KEYWORDS if k not in _required(keras, name) and _takes(keras, name, k) != (k in known)]
    assert not wrong


@pytest.mark.parametrize("name", [*LAYERS, *OTHERS[:-1]])
def test_keywords_of_keras_2_are_known(name: str) -> None:
    old = pytest.importorskip("tf_keras")
    with _quiet():
        unknown = [k for k in KEYWORDS if k not in of_earlier(name) and _takes(old, name, k)]
    assert not unknown
