"""Cells as IPython reads them: against its own transformation, and with every place led back to what was written."""
from __future__ import annotations

import ast
import re
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmlint.sources.magics import as_python
from lstmlint.sources.source import CodeCell, Span

inputtransformer2 = pytest.importorskip("IPython.core.inputtransformer2")


@pytest.mark.parametrize(
    "cell, python",
    [
        ("x = 1 % 2\ny = a != b", "x = 1 % 2\ny = a != b"),
        ("%matplotlib inline\nx = 1", "pass\nx = 1"),
        ("if x:\n    !ls\n    y = 1", "if x:\n    pass\n    y = 1"),
        ("!pip install \\\n  keras\nx = 1", "pass\n\nx = 1"),
        ("?model.fit\nmodel.fit?\nmodel.fit??\n*Error?\nx", "pass\npass\npass\npass\nx"),
        ("x = 'what?'\n# why?\ny = f(a)  # eh?", "x = 'what?'\n# why?\ny = f(a)  # eh?"),
        ("files = !ls\nt = %timeit -o f()", "files = get_ipython()\nt = get_ipython()"),
        ("a, b.c = !ls \\\n  -l\nx", "a, b.c = get_ipython()\n\nx"),
        ("print('a=%d'\n  % x)\ny = (a\n% b)", "print('a=%d'\n  % x)\ny = (a\n% b)"),
        ("print('Month=%d, %f' % (i, x))", "print('Month=%d, %f' % (i, x))"),
        ('"""\n%not magic\n!nor this\n"""\n%magic', '"""\n%not magic\n!nor this\n"""\npass'),
        ("x = a \\\n  % b", "x = a \\\n  % b"),
        ("%time model.fit(X, y)", "pass; model.fit(X, y)"),
        ("\n%%time\nx = 1", "\npass\nx = 1"),
        ("%%capture out\n%magic\nx = 1", "out = get_ipython()\npass\nx = 1"),
        ("%%timeit -n 3\n  x = 1\n  y = 2", "pass\nx = 1\ny = 2"),
        ("%%writefile a.py\nx = 1", None),
        ("%%javascript\nalert(1)", None),
        ("%%bigquery prices\nselect 1", "prices = get_ipython()\n"),
        ("%%never_heard_of\nx = y", "y, x = __unread__(y, x), __unread__()\n"),
        ("  x = 1\n  y = 2", "x = 1\ny = 2"),
        ("  x = 1\ny = 2", "x = 1\ny = 2"),
        (">>> x = 1\n>>> if x:\n...     y = 2", "x = 1\nif x:\n    y = 2"),
        ("In [12]: x = 1\n   ...: y = 2", "x = 1\ny = 2"),
        ("pip install keras", "pass"),
        ("cd data", "pass"),
        ("cat = 3", "cat = 3"),
        ("ls", "ls"),
        ("%store -r prices\nx", "prices = get_ipython()\nx"),
        ("/f x", "f, x = __unread__(f, x), __unread__()"),
        ("", ""),
        ("\n\n", "\n\n"),
    ],
)
def test_magics(cell: str, python: str | None) -> None:
    answer = as_python(cell)
    if python is None:
        assert answer is None
    else:
        assert answer is not None
        assert answer[0].replace("__unread__(x, y)", "__unread__(y, x)").replace("x, y = ", "y, x = ") == python
        assert answer[0].count("\n") == cell.count("\n")


STATEMENTS = (
    "x = 1", "y = x % 2", "z = (x\n% y)", "f(a,\n  b)", "print('%d' % x, '!', \"?\")",
    "s = '''\n%no\n!no\n'''", "# why? !ls", "x != y",
    "t = a \\\n  % b", "d = {'a': 1,\n 'b': 2}",
    "if x:\n    y = 1\n    %magic a 'b\n    z = 2", "def f(a):\n    !ls )\n    return a",
    "for i in x:\n    files = !ls {i}\n    print(i)", "@g\ndef h(): pass",
)  # fmt: skip
COMMANDS = (
    "%magic", "%magic a 'b", "!ls", "!pip install \\\n   keras", "!echo \"it's )\"", "!!ls", "x = !ls", "x, y = %magic 3",
    "x = %magic a \\\n  b",
    "a.b['c'] = !ls", "obj?", "obj.method??", "?obj", "??obj.x", "*name*?", "%magic?", "a[0].b?", "  ", "",
)  # fmt: skip
# Nothing with an open bracket: IPython takes what follows for a part of it, if that ends with a question mark.
BROKEN = ("x = ", "1 +", "print x", "y = 'a", "a b", "else:", "%", "f()?", "x = %", "ls -l")
PREFIXES = ("", "    ", "\t", ">>> ", "In [3]: ")


@st.composite
def cells(draw: st.DrawFn) -> str:
    lines = draw(st.lists(st.sampled_from(STATEMENTS) | st.sampled_from(COMMANDS), min_size=1, max_size=6))
    if draw(st.integers(0, 4)) == 0:
        lines.insert(draw(st.integers(0, len(lines))), draw(st.sampled_from(BROKEN)))
    text = "\n".join(lines)
    prefix = draw(st.sampled_from(PREFIXES))
    if prefix == ">>> ":
        text = "\n".join((">>> " if line[:1].strip() else "... ") + line for line in text.split("\n"))
    elif prefix == "In [3]: ":
        text = prefix + "\n   ...: ".join(text.split("\n"))
    elif prefix:
        text = "\n".join(prefix + line for line in text.split("\n"))
    return "\n" * draw(st.integers(0, 1)) + text


def tree_of(text: str) -> ast.Module | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError):
            return None


def ipythons(cell: str) -> ast.Module | None:
    """The tree of what IPython makes of a cell; None where it rejects it."""
    try:
        return tree_of(inputtransformer2.TransformerManager().transform_cell(cell))
    except SyntaxError:
        return None


class Plain(ast.NodeTransformer):
    """What IPython makes of commands, as we write it."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        function = node.func
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Call):
            return function.value
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        self.generic_visit(node)
        return ast.Pass() if isinstance(node.value, ast.Call) and ast.unparse(node.value) == "get_ipython()" else node


@settings(max_examples=600, deadline=None)
@given(cells())
def test_cells_are_read_as_ipython_reads_them(cell: str) -> None:
    theirs = ipythons(cell)
    answer = as_python(cell)
    assert answer is not None
    ours = tree_of(answer[0])
    if theirs is not None:
        assert ours is not None, answer[0]
        assert ast.dump(Plain().visit(ours)) == ast.dump(Plain().visit(theirs)), answer[0]


@settings(max_examples=300, deadline=None)
@given(cells())
def test_what_is_left_of_a_cell_is_led_back_to_its_place(cell: str) -> None:
    answer = as_python(cell)
    assert answer is not None
    text, columns = answer
    read = CodeCell(1, None, text, cell, (columns,))
    assert text.count("\n") == cell.count("\n")
    written = cell.split("\n")
    for row, line in enumerate(text.split("\n"), start=1):
        for word in re.finditer(r"[^\W\d]\w*", line):
            if word[0] in ("pass", "get_ipython"):
                continue
            span = read.written(Span(row, word.start() + 1, row, word.end() + 1))
            assert (span.start_row, span.end_row) == (row, row)
            assert written[row - 1][span.start_column - 1 : span.end_column - 1] == word[0]


def test_ipython_rejects_what_we_reject() -> None:
    """So that the comparison above can fail."""
    for text in BROKEN[:6]:
        assert ipythons(text) is None
        answer = as_python(text)
        assert answer is not None and tree_of(answer[0]) is None
