"""Faults that rest on an assumption: warnings that name it; what holds in any case stays an error, and nothing is told twice."""
from __future__ import annotations

import textwrap

import pytest

from lstmlint.config import Settings
from lstmlint.diagnostics import Diagnostic
from lstmlint.pipeline import diagnose
from lstmlint.sources.deep import run_deep
from lstmlint.sources.source import script

HEAD = """
import argparse
import numpy as np
from keras.models import Sequential
from keras.layers import LSTM, Dense
"""


def found(text: str) -> tuple[Diagnostic, ...]:
    source = script(HEAD + textwrap.dedent(text), "script.py")
    return run_deep(lambda: diagnose(source, Settings())).diagnostics


def only(text: str) -> Diagnostic:
    (one,) = found(text)
    return one


ONE_SIDE = """
model = Sequential()
if {test}:
    model.add(LSTM(8, return_sequences=True, input_shape=(10, 2)))
else:
    model.add(LSTM(8, input_shape=(10, 2)))
model.add(LSTM(5))
"""


@pytest.mark.parametrize(
    ("test", "words"),
    [
        ("options.deep", "if `options.deep` does not hold"),
        ("not options.flat", "if `not options.flat` does not hold"),
        ("kind == 'deep'", "if `kind == 'deep'` does not hold"),
    ],
)
def test_a_fault_on_one_side_of_a_condition(test: str, words: str) -> None:
    one = only("import settings\noptions = settings.load()\nkind = settings.kind()\n" + ONE_SIDE.format(test=test))
    assert (one.code, one.severity) == ("LST102", "warning")
    assert one.message.endswith(words)
    assert any(place.message == "the condition" for place in one.related)


@pytest.mark.parametrize(
    "test",
    ["isinstance(data, list)", "type(data) is list", "len(data) == 3", "data.ndim == 3", "a and b", "a > b"],
)
def test_what_is_asked_of_the_data_is_no_assumption(test: str) -> None:
    assert not found("from settings import data, a, b\n" + ONE_SIDE.format(test=test))


def test_a_place_that_another_condition_guards() -> None:
    text = ONE_SIDE.format(test="kind == 'deep'").replace("model.add(LSTM(5))", "if kind != 'flat':\n    model.add(LSTM(5))")
    assert not found("from settings import kind\n" + text)


def test_a_fault_on_both_sides_is_an_error() -> None:
    text = ONE_SIDE.format(test="flag").replace("return_sequences=True, ", "")
    assert {one.severity for one in found("from settings import flag\n" + text)} == {"error"}


def test_the_defaults_of_a_function_that_nothing_calls() -> None:
    text = """
    def train(features=2, *, epochs=3):
        model = Sequential([LSTM(8, input_shape=(10, features)), Dense(1)])
        model.compile("adam", "mse")
        model.fit(np.zeros((5, 10, 3)), np.zeros((5, 1)), epochs=epochs)
    """
    one = only(text)
    assert (one.code, one.severity) == ("LST202", "warning")
    assert one.message.endswith("with the defaults of train (features=2, epochs=3)")


def test_the_defaults_of_a_class_that_nothing_instantiates() -> None:
    text = """
    class Forecaster:
        def __init__(self, features=2):
            self.model = Sequential([LSTM(8, input_shape=(10, features)), Dense(1)])

        def train(self):
            self.model.compile("adam", "mse")
            self.model.fit(np.zeros((5, 10, 3)), np.zeros((5, 1)))
    """
    one = only(text)
    assert (one.code, one.severity) == ("LST202", "warning")
    assert one.message.endswith("with the defaults of Forecaster (features=2)")


def test_the_defaults_of_options() -> None:
    text = """
    parser = argparse.ArgumentParser()
    parser.add_argument("--features", type=int, default=2)
    parser.add_argument("--plain", action="store_true")
    options = parser.parse_args()
    model = Sequential([LSTM(8, input_shape=(10, options.features)), Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.zeros((5, 10, 3)), np.zeros((5, 1)))
    """
    one = only(text)
    assert (one.code, one.severity) == ("LST202", "warning")
    assert one.message.endswith("with the default options")


def test_what_does_not_depend_on_defaults_is_an_error_and_told_once() -> None:
    text = """
    def build(units=32):
        return Sequential([LSTM(units, input_shape=(10, 2)), LSTM(units)])
    """
    one = only(text)
    assert (one.code, one.severity) == ("LST102", "error")


def test_a_call_overrides_defaults() -> None:
    text = """
    def train(features=2):
        model = Sequential([LSTM(8, input_shape=(10, features)), Dense(1)])
        model.compile("adam", "mse")
        model.fit(np.zeros((5, 10, 3)), np.zeros((5, 1)))

    train(3)
    """
    assert not found(text)
