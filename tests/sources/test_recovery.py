"""Text that Python rejects: what makes way, what is translated, and that nothing wrong is said of the rest."""
from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TypeVar

import libcst
import pytest

from lstmlint.config import Settings
from lstmlint.engine import check_source
from lstmlint.sources.parse import parse
from lstmlint.sources.recovery import recover
from lstmlint.sources.source import CodeCell, Source, Span, script

UNREAD = "__unread__"
Tree = TypeVar("Tree")


def recovered(text: str) -> str:
    answer, _ = recover(text)
    assert answer.text.count("\n") == text.count("\n")
    return answer.text


@pytest.mark.parametrize(
    "old, new",
    [
        ("print x, y", "print(x, y)"),
        ("print 'a%d' % b,  # why", "print('a%d' % b,)  # why"),
        ("if x: print y; z = 3", "if x: print(y); z = 3"),
        ("print>>f, x\nprint x", "print>>f, x\nprint(x)"),
        ("print (a), b % c d", None),
        ("exec 'a = 1' in d", "exec('a = 1' ,  d)"),
        ("def f():\n    raise E, 'x'", "def f():\n    raise E( 'x')"),
        ("raise E, 'x', tb", "raise E( 'x', tb)"),
        ("x = `y` + `z`", "x = repr(y) + repr(z)"),
        ("x <> y", "x != y"),
        ("x = 0777 + 10L + 0xFFL", "x =  511 + 10  + 0xFF "),
        ("x = ur'a' + UR\"b\"", "x =  r'a' +  R\"b\""),
        ("x.cuda(async=True)", "x.cuda(non_blocking=True)"),
        ("x =\u00a01", "x = 1"),
        ("x = 'a\u00a0b' +\u00a0y", "x = 'a\u00a0b' + y"),
        ("if x:\n\ty = 1\n        z = 2", "if x:\n        y = 1\n        z = 2"),
        ("    x = 1\ny = 2", "x = 1\ny = 2"),
    ],
)
def test_what_was_python_once(old: str, new: str | None) -> None:
    assert new is None or recovered(old) == new
    libcst.parse_module(recovered(old))


def test_a_handler_of_python_2_is_read() -> None:
    # Where libcst takes the comma for a tuple, as Python 3.14 does, nothing has to be done.
    libcst.parse_module(recovered("try:\n    f()\nexcept (A, B), e:\n    print e\n"))


@pytest.mark.parametrize(
    "broken, kept",
    [
        ("x = f(1\ny = 2", [2]),
        ("x = f(1,\n      3\ny = 2", [3]),
        ("def f():\n    model.add(LSTM(3,\n    model.add(Dense(1))\n    return model\n\nx = f()", [1, 3, 4, 6]),
        ("if x = 3:\n    y = 1\nelse:\n    z = 2", [2, 3, 4]),
        ("for i in range(3:\n    y = i\nz = 1", [2, 3]),
        ("while x y:\n    break\nz = 1", [2, 3]),
        ("with open(f) as g\n    y = g", [2]),
        ("class A:\n    def f(self, :\n        return 1\n    def g(self):\n        return 2", [1, 4, 5]),
        ("class A:\n    x = 1 +\n    def g(self):\n        return 2 2\n    y = 3", [1, 3, 5]),
        ("x = 1\nelse:\n    y = 2\nz = 3", [1, 4]),
        ("try:\n    x = 1\nz = 3", [3]),
        ("x = 'abc\ny = 2", [2]),
        ('x = """abc\ny = 2\ndef f():\n    """Doc."""\n    return 2', [2, 3, 4, 5]),
        ("@d(\ndef f():\n    return 1\ny = 2", [4]),
        ("import a, b as\nfrom x import\ny = 1", [3]),
        ("x = [1, 2\nfor i in x:\n    print(i)", [2, 3]),
        ("x = 1)\ny = 2", [2]),
        ("if x:\n    y = 1\n  z = 2\nw = 3", [1, 2, 4]),
        ("for i in x:\n", []),
        ("def f(x):\n    y = 1\n? z = 2\n    return y\nw = 3", [1, 2, 4, 5]),
        ("\\\nx = 1", [2]),
    ],
)
def test_a_syntax_error_costs_its_statement(broken: str, kept: list[int]) -> None:
    text = recovered(broken)
    libcst.parse_module(text)
    lines, before = text.split("\n"), broken.split("\n")
    assert [row for row, line in enumerate(lines, start=1) if line.strip() and line == before[row - 1]] == kept


@pytest.mark.parametrize("word", ["return", "yield", "break", "continue", "raise"])
def test_what_leaves_still_leaves(word: str) -> None:
    text = recovered(f"def f(x):\n    while x:\n        {word} x y\n    return 3")
    assert word in text.split("\n")[2]


def test_the_variables_of_a_function_are_its_own() -> None:
    for head in ("def !f(a, b):", "dexf f(a, b):", "f(a, b):"):
        assert recovered(head + "\n    X = a\n    return X").split("\n")[0] == f"f = {UNREAD}(f)", head
    assert recovered("def f(a, b:\n    global X\n    X = a").split("\n")[0].startswith("f, X = ")
    # What it does to others may come to pass where it is called.
    assert "model" in recovered("def f(:\n    model.add(1)\n\nf()").split("\n")[0]


def test_what_is_mentioned_has_values_of_its_own() -> None:
    left, right = recovered("import numpy as np\na, self.b = np.zeros(3), c d\nmodel.add(").split("\n")[1].split(" = ")
    assert set(left.split(", ")) == {"a", "self.b", "c", "d"}
    assert right.count(UNREAD) == 4


def test_places_behind_a_change_are_exact() -> None:
    text = "x = `y`; z = 0777; w = v.cuda(async=True)\nif 1:\n\tprint\u00a0a, b\n        c\n"
    answer, _ = recover(text)
    cell = CodeCell(None, None, answer.text, text, answer.columns)
    lines = answer.text.split("\n")
    for row, name in ((1, "z"), (1, "w"), (1, "v"), (3, "a"), (3, "b"), (4, "c")):
        column = lines[row - 1].replace("non_blocking", "____________").index(name) + 1
        span = cell.written(Span(row, column, row, column + 1))
        assert text.split("\n")[row - 1][span.start_column - 1 : span.end_column - 1] == name


def test_python_2_means_what_it_meant() -> None:
    trees, (problem,) = parse(script("print 7 / 2\n"))
    assert trees[0].python2
    assert problem.remedy == "this statement is read as Python 2 reads it"
    trees, _ = parse(script("from __future__ import division\nprint 7 / 2\n"))
    assert not trees[0].python2
    trees, _ = parse(script("x.cuda(async=True)\n"))
    assert not trees[0].python2


HEAD = "from keras.models import Sequential\nfrom keras.layers import LSTM, Dense\nimport numpy as np\n"
FAULT = "model = Sequential()\nmodel.add(LSTM(3, input_shape=(10, 1)))\nmodel.add(LSTM(3))\n"


CALLED = FAULT.replace("model.add(LSTM(3))", "f(model)\nmodel.add(LSTM(3))")
FED = "X = np.array({})\nmodel = Sequential()\nmodel.add(LSTM(3, input_shape=(1, 1)))\n" + (
    "model.compile('adam', 'mse')\nmodel.predict(X)\n"
)


def found(text: str) -> list[tuple[str, int]]:
    return [(d.code, d.span.start_row) for d in check_source(script(text), Settings()).diagnostics]


@pytest.mark.parametrize(
    "text, expected",
    [
        (HEAD + FAULT, [("LST102", 6)]),
        (HEAD + FAULT + "print(\n", [("LST102", 6), ("LST901", 7)]),
        (HEAD + "x = = 1\n" + FAULT, [("LST901", 4), ("LST102", 7)]),
        (HEAD + "print 'a'\n" + FAULT, [("LST901", 4), ("LST102", 7)]),
        # What the line says of the model, nobody knows.
        (HEAD + FAULT.replace("(10, 1)))", "(10, 1), return_"), [("LST901", 5)]),
        (HEAD + FAULT.replace("(10, 1)))", "(10, 1), return_sequences=True)"), [("LST901", 5)]),
        (HEAD + "def f(model):\n    model.add(Dense(1\n\n" + CALLED, [("LST901", 5)]),
        # Division and map are those of Python 2.
        (HEAD + "print 1\nX = np.zeros((10, 6)).reshape(5 / 2, -1)\n", [("LST901", 4)]),
        (HEAD + "print 1\n" + FED.format("map(lambda i: [[i]], range(10))"), [("LST901", 4)]),
        (HEAD + "print 1\n" + FED.format("map(lambda i: [i, i], range(10))"), [("LST901", 4), ("LST203", 9)]),
    ],
)  # fmt: skip
def test_what_is_found_in_broken_scripts(text: str, expected: list[tuple[str, int]]) -> None:
    assert found(text) == expected


def test_one_problem_says_how_much_is_left_out() -> None:
    (first,) = check_source(script("x = = 1\ny = 1\nz = = 1\nw = = 2\n"), Settings()).diagnostics
    assert (first.code, first.severity, first.span.start_row) == ("LST901", "error", 1)
    assert first.message.endswith("this statement and 2 more are left out of the analysis")


@pytest.mark.parametrize(
    "head, severities",
    [
        ("", ["error"]), ("# %%\n", []), ("# In[1]:\n", []), ("# Databricks notebook source\n", []),
        ('"""Automatically generated by Colab."""\n', []),
    ],
)
def test_scripts_with_magics(head: str, severities: list[str]) -> None:
    text = head + "!pip install keras\n%cd data\nfiles = !ls\n" + HEAD + FAULT
    result = check_source(script(text), Settings())
    assert [d.severity for d in result.diagnostics if d.code == "LST901"] == severities
    assert [d.code for d in result.diagnostics if d.code != "LST901"] == ["LST102"]


def test_exports_whose_magics_are_comments() -> None:
    text = "# Databricks notebook source\n# MAGIC %sql\n# MAGIC select 1\n# COMMAND ----------\n" + HEAD + FAULT
    assert found(text) == [("LST102", 10)]


def test_broken_cells_cost_their_statements() -> None:
    cells = (HEAD, "x = = 1\n" + FAULT)
    source = Source("a.ipynb", "notebook", tuple(CodeCell(n, None, text, text) for n, text in enumerate(cells, start=1)))
    broken, fault = check_source(source, Settings()).diagnostics
    assert (broken.code, broken.severity, broken.cell, broken.span.start_row) == ("LST901", "info", 2, 1)
    assert (fault.code, fault.severity, fault.cell, fault.span.start_row) == ("LST102", "error", 2, 4)


@pytest.mark.parametrize(
    "line",
    ["x = f(1,", "x = [", "y = y y", "def f(:", "x = 'abc", "if x:", "      z = 1", '"""', "else:", "print x,", "\\", "@", "{"],
)
def test_only_a_few_times_the_text_is_parsed(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = "\n".join(f"def function_{i}(a, b):\n    return call_{i}(a + {i}, b[{i}], key='value')  # comment" for i in range(200))
    broken = sound.replace("\ndef ", f"\n{line}\ndef ")
    lengths: list[int] = []

    def counted(parser: Callable[[str], Tree]) -> Callable[[str], Tree]:
        def parse_it(text: str) -> Tree:
            lengths.append(len(text))
            return parser(text)

        return parse_it

    with monkeypatch.context() as patched:
        patched.setattr(ast, "parse", counted(ast.parse))
        recover(broken, counted(libcst.parse_module))
    assert 0 < sum(lengths) <= 8 * len(broken)


def test_what_python_takes_and_libcst_cannot_spell_is_no_error() -> None:
    (problem,) = check_source(script("for x in*[1]: y = 1\nz = 2\n"), Settings()).diagnostics
    assert (problem.code, problem.severity) == ("LST901", "info")
