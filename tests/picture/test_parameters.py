"""Numbers of parameters, held against the frameworks."""
from __future__ import annotations

import pytest

from lstmlint.config import Settings
from lstmlint.picture.view import View, view
from lstmlint.pipeline import Onlooker, Shared, diagnose
from lstmlint.sources.deep import run_deep
from lstmlint.sources.source import script

IMPORTS = "from keras import Sequential\nfrom keras.layers import *\n"
KERAS = """
LSTM(7); LSTM(7, use_bias=False); GRU(7); GRU(7, reset_after=False); GRU(7, use_bias=False); SimpleRNN(7)
Bidirectional(LSTM(7)); Bidirectional(GRU(3, return_sequences=True)); TimeDistributed(Dense(4)); Dense(4); Dense(4, use_bias=False)
Conv1D(6, 3); Conv1D(8, 3, groups=2, use_bias=False); BatchNormalization(); BatchNormalization(scale=False)
LayerNormalization(); LayerNormalization(center=False); Dropout(0.1); RepeatVector
"""
TORCH = """
LSTM(4, 7); LSTM(4, 7, num_layers=3, bidirectional=True); LSTM(4, 7, 2, bias=False); LSTM(4, 7, 2, proj_size=3, bidirectional=True)
GRU(4, 7, bidirectional=True); RNN(4, 7, num_layers=2); Linear(4, 9); Linear(4, 9, bias=False); Embedding(11, 5)
Conv1d(4, 6, 3); Conv1d(4, 6, kernel_size=5, groups=2, bias=False); BatchNorm1d(4); BatchNorm1d(4, affine=False); Dropout(0.2)
"""


def layers(text: str) -> list[str]:
    return [layer.strip() for layer in text.replace("\n", ";").split(";") if "(" in layer]


def seen(text: str) -> View:
    def look() -> View:
        onlooker = Onlooker()
        diagnose(script(text), Settings(), Shared(Settings()), onlooker)
        return view(onlooker)

    return run_deep(look)


def told(text: str, line: int) -> list[str]:
    """The notes on the layer that ends the line."""
    spots = [spot for spot in seen(text).spots if spot.span.start_row == line]
    return [note for spot in spots for note in spot.fact.notes if note.endswith(("parameters", "parameter"))]


@pytest.mark.parametrize("layer", layers(KERAS))
def test_of_keras(layer: str) -> None:
    import keras

    model = keras.Sequential([keras.Input((6, 4)), eval(layer, vars(keras.layers))])
    text = f"{IMPORTS}model = Sequential([Input((6, 4))])\nmodel.add({layer})\n"
    assert f"{model.count_params():,} parameters" in told(text, 4)


@pytest.mark.parametrize("layer", layers(TORCH))
def test_of_torch(layer: str) -> None:
    import torch

    made = eval(layer, vars(torch.nn))
    count = sum(p.numel() for p in made.parameters())
    assert f"{count:,} parameters" in told(f"from torch.nn import *\nlayer = {layer}\n", 2)


def test_an_embedding_of_keras() -> None:
    text = f"{IMPORTS}model = Sequential([Input((9,))])\nmodel.add(Embedding(20, 3))\n"
    assert "60 parameters" in told(text, 4)


@pytest.mark.parametrize("layer", ["LSTM(n)", "Dense(4, use_bias=flag)", "MyLayer(3)"])
def test_nothing_is_said_where_a_size_is_unknown(layer: str) -> None:
    text = (
        "from keras import Sequential, layers\nfrom keras.layers import *\nclass MyLayer(layers.Layer): pass\n"
        f"def make(n, flag):\n    model = Sequential([Input((6, 4))])\n    model.add({layer})\n"
    )
    assert told(text, 6) == []
