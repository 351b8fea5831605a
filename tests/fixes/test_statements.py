"""Fixes that put a layer before another, take a statement away, or leave lines alone that are not Python as they stand."""
from __future__ import annotations

import json

import pytest

from lstmlint.config import Settings
from lstmlint.engine import Run
from lstmlint.fixes.run import fix_results

LSTM = "LSTM(8, batch_input_shape=(4, 9, 2), stateful=True)"
REST = "LSTM(8, stateful=True)"
INPUT = "Input(batch_shape=(4, 9, 2))"
BY_NAME = "from keras import Sequential, ops\nfrom keras.layers import LSTM, Dense\n"


def fixed(text: str, name: str = "a.py") -> str:
    data = text.encode()
    result = Run(Settings()).check(data, name, None).without_findings()
    done = fix_results([result], Settings(), given={name: data})
    assert not done.refused
    return (done.changed[name][1] if name in done.changed else data).decode()


ADDED = {
    "in a list": (
        f"{BY_NAME}model = Sequential([{LSTM}, Dense(1)])\n",
        f"{BY_NAME.replace('LSTM', 'Input, LSTM')}model = Sequential([{INPUT}, {REST}, Dense(1)])\n",
    ),
    "in a list of lines": (
        f"{BY_NAME}model = Sequential([\n    {LSTM},  # first\n    Dense(1),\n])\n",
        f"{BY_NAME.replace('LSTM', 'Input, LSTM')}model = Sequential([\n    {INPUT},\n    {REST},  # first\n    Dense(1),\n])\n",
    ),
    "in a function": (
        f"{BY_NAME}def build():\n    model = Sequential()\n    # the first\n    model.add({LSTM})  # here\n    return model\n",
        f"{BY_NAME.replace('LSTM', 'Input, LSTM')}def build():\n    model = Sequential()\n    # the first\n    model.add({INPUT})\n"
        f"    model.add({REST})  # here\n    return model\n",
    ),
    "by the name of a module": (
        f"from keras import Sequential, layers, ops\nmodel = Sequential()\nmodel.add(layers.{LSTM})\n",
        f"from keras import Sequential, layers, ops\nmodel = Sequential()\nmodel.add(layers.{INPUT})\nmodel.add(layers.{REST})\n",
    ),
    "where it is imported": (
        f"from keras import Input\n{BY_NAME}model = Sequential([{LSTM}])\n",
        f"from keras import Input\n{BY_NAME}model = Sequential([{INPUT}, {REST}])\n",
    ),
    "with all layers imported": (
        f"from keras import Sequential, ops\nfrom keras.layers import *\nmodel = Sequential([{LSTM}])\n",
        f"from keras import Sequential, ops\nfrom keras.layers import *\nmodel = Sequential([{INPUT}, {REST}])\n",
    ),
}


@pytest.mark.parametrize("where", ADDED)
def test_an_input_is_put_before_the_layer(where: str) -> None:
    before, after = ADDED[where]
    assert fixed(before) == after
    assert fixed(after) == after


NOT_ADDED = {
    "where the name stands for something else": f"{BY_NAME}Input = 3\nmodel = Sequential([{LSTM}])\n",
    "in a line with others": f"{BY_NAME}model = Sequential(); model.add({LSTM})\n",
    "behind a condition": f"{BY_NAME}model = Sequential()\nif True: model.add({LSTM})\n",
}


@pytest.mark.parametrize("where", NOT_ADDED)
def test_an_input_is_not_put_where_it_can_not_be_told(where: str) -> None:
    assert fixed(NOT_ADDED[where]) == NOT_ADDED[where]


SOFTMAX = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn, self.head = nn.GRU(6, 12, batch_first=True), nn.Linear(12, 5)
        self.softmax = nn.Softmax(dim=1)

    def forward(self, x):
        out, h_n = self.rnn(x)
        out = self.head(h_n[-1])
        # as probabilities
        {statement}
        return {returned}

loss = nn.CrossEntropyLoss()(Net()(torch.randn(9, 20, 6)), torch.randint(0, 5, (9,)))
"""


def test_nothing_is_assigned_to_itself() -> None:
    text = SOFTMAX.format(statement="out = self.softmax(out)", returned="out")
    assert fixed(text) == text.replace("        out = self.softmax(out)\n", "")
    text = SOFTMAX.format(statement="y = self.softmax(out)", returned="y")
    assert fixed(text) == text.replace("self.softmax(out)", "out")


def cells(*sources: str) -> str:
    made = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": text.splitlines(True)} for text in sources]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}, indent=1)


def test_a_statement_is_taken_out_of_a_cell() -> None:
    text = SOFTMAX.format(statement="out = self.softmax(out)", returned="out")
    assert fixed(cells(text), "a.ipynb") == cells(text.replace("        out = self.softmax(out)\n", ""))


STACK = "model = Sequential()\nmodel.add(LSTM(8, input_shape=(9, 2)))\nmodel.add(LSTM(4))\n"


@pytest.mark.parametrize("line", ["%time model.add(LSTM(8, input_shape=(9, 2)))", ">>> model.add(LSTM(8, input_shape=(9, 2)))"])
def test_lines_that_are_not_python_as_they_stand_are_left_alone(line: str) -> None:
    stack = STACK.replace("model.add(LSTM(8, input_shape=(9, 2)))", line)
    text = cells(BY_NAME, stack)
    found = Run(Settings()).check(text.encode(), "a.ipynb", None).diagnostics
    assert [d.code for d in found] == ["LST102"]
    assert fixed(text, "a.ipynb") == text


def test_other_lines_of_such_a_cell_are_not() -> None:
    text = cells("%matplotlib inline\n!pip install keras\n" + BY_NAME + STACK)
    assert fixed(text, "a.ipynb") == text.replace("input_shape=(9, 2))", "input_shape=(9, 2), return_sequences=True)")


def test_python_2_is_left_alone_where_it_is_read_otherwise() -> None:
    text = BY_NAME + STACK + "print 'done'\n"
    assert fixed(text) == text.replace("input_shape=(9, 2))", "input_shape=(9, 2), return_sequences=True)")
    text = BY_NAME + STACK.replace("model.add(LSTM(8", "print 'first'; model.add(LSTM(8")
    assert fixed(text) == text
