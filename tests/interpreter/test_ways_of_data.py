"""What is known of data on the ways that scripts make it go: through texts, dictionaries, attributes, tensors."""
from __future__ import annotations

import pytest

from lstmlint.values.data import Array, Frame
from tests.interpreter.programs import bindings


def shape_of(program: str, name: str = "x") -> str:
    value = bindings(program)[name]
    assert isinstance(value, (Array, Frame)), value
    return str(value.shape)


def test_parts_of_one_length_of_a_text_are_rows_of_a_matrix() -> None:
    program = """
        import numpy as np
        text = open("a.txt").read()
        numbers = {c: i for i, c in enumerate(set(text))}
        rows = []
        for i in range(0, len(text) - 40):
            part = text[i:i + 40]
            rows.append([numbers[c] for c in part])
        x = np.array(rows)
    """
    assert shape_of(program).endswith(" - 40, 40)")


def test_two_texts_of_one_length_are_not_one() -> None:
    found = bindings("t = open('a').read()\na = t[:5]\nb = t[5:10]\nsame = a == b\n")
    assert found["a"] != found["b"] and found["same"].type_path == "bool" and not hasattr(found["same"], "value")


def test_an_attribute_that_may_be_there_is_one_and_the_same() -> None:
    program = """
        import numpy as np
        class Window:
            def __init__(self, data):
                self.data = data
            @property
            def example(self):
                found = getattr(self, "kept", None)
                if found is None:
                    found = self.data[:3]
                    self.kept = found
                return found
        window = Window(np.zeros((9, 4)))
        print(window.example[0].shape, window.example[1].shape)
        print(window.example[2].shape)
        x = window.data
    """
    assert shape_of(program) == "(9, 4)"


def test_what_getattr_said_is_not_remembered_after_an_unknown_call() -> None:
    program = """
        class Thing:
            pass
        thing = Thing()
        a = getattr(thing, "kept", None)
        b = getattr(thing, "kept", None)
        change(thing)
        c = getattr(thing, "kept", None)
    """
    found = bindings(program)
    assert found["a"] == found["b"] != found["c"]


def test_a_list_of_dictionaries_is_a_table() -> None:
    program = """
        import pandas as pd
        rows = []
        for i in range(n):
            rows.append({"a": i, "b": 2.0})
        x = pd.DataFrame(rows)
    """
    frame = bindings(program)["x"]
    assert isinstance(frame, Frame) and frame.table.columns == ("a", "b")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("tf.one_hot([1, 2], 4).numpy()", "(2, 4)"),
        ("tf.constant(np.zeros((5, 3)))[1:].numpy()", "(4, 3)"),
        ("np.r_[np.zeros((2, 3)), np.zeros((1, 3))]", "(3, 3)"),
        ("np.zeros((4, 3))[:, [0]] @ np.zeros((1, 2))", "(4, 2)"),
        ("pd.DataFrame({'a': [1.0], 'b': [2.0]}).filter(like='a').values", "(1, 1)"),
        ("pd.DataFrame({'a': [1.0, 2.0], 'b': [2.0, 1.0]}).groupby('a')[['b']].mean().reset_index()", "(groups, 2)"),
        ("df[df.columns[0]].values", "(n,)"),
    ],
)
def test_expressions(expression: str, expected: str) -> None:
    head = "import numpy as np\nimport pandas as pd\nimport tensorflow as tf\ndf = pd.read_csv('a.csv')\n"
    assert shape_of(f"{head}x = {expression}\n") == expected
