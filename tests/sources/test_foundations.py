"""What a call rests on: what may decide its value changes the digest, and nothing else does."""
from __future__ import annotations

import textwrap

import libcst as cst
import pytest

from lstmlint.sources.foundations import Foundation, Foundations

NO_MODULES = {"helpers": b"", "data": b""}


def foundation(text: str, call: str, modules: dict[str, bytes] | None = None) -> Foundation:
    """Of the only call that is spelled so."""
    contents = NO_MODULES if modules is None else modules
    module = cst.parse_module(textwrap.dedent(text))
    foundations = Foundations([module], lambda name, level: contents.get(name, b""))
    found = [one for node, one in foundations.of_calls() if "".join(module.code_for_node(node).split()).replace(",)", ")") == call]
    assert len(found) == 1, (call, found)
    return found[0]


def same(before: str, after: str, call: str) -> bool:
    return foundation(before, call) == foundation(after, call)


SCRIPT = """
import numpy as np
from helpers import load
path = "a.npy"
size = 60

X = load(path)
y = np.load("y.npy")
print(X.shape)
model = build(size)
model.fit(X, y)
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\nX = load(path)", "\n\n# a comment\nX = load(\n    path,\n)  # another"),
        ("import numpy as np\n", "import os\nimport numpy as np\n"),
        ("from helpers import load", "from helpers import (\n    save,\n    load,\n)"),
        ('"a.npy"', "'a.npy'"),
        ('path = "a.npy"\n', 'path = ("a" ".npy")\n'),
        ('path = "a.npy"\n', '"""About it."""\npath = "a.npy"\n'),
        ("size = 60", "size = 30"),
        ("model.fit(X, y)", "model.fit(X, y, epochs=3)\nX = X[:10]\npath = None"),
        ('y = np.load("y.npy")', 'y = np.load("z.npy")'),
        ("print(X.shape)", "print(X.shape, path, len(path))"),
    ],
)
def test_what_has_nothing_to_do_with_it(old: str, new: str) -> None:
    assert old in SCRIPT
    assert same(SCRIPT, SCRIPT.replace(old, new), "load(path)")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"a.npy"', '"b.npy"'),
        ("size = 60\n", 'size = 60\npath = path + "x"\n'),
        ("from helpers import load", "from data import load"),
        ("from helpers import load", "from helpers import read as load"),
        ("X = load(path)", "X = load(path).T"),
        ("X = load(path)", "if size:\n    path = other\nX = load(path)"),
        ("X = load(path)", "path += suffix\nX = load(path)"),
        ("size = 60", "path.change()"),
        ("size = 60", "path[0] = 3"),
        ("size = 60", "change(path)"),
        ("size = 60", "other = path\nother.append(3)"),
    ],
)
def test_what_may_decide_it(old: str, new: str) -> None:
    assert old in SCRIPT
    before = foundation(SCRIPT, "load(path)")
    assert foundation(SCRIPT.replace(old, new), "load(path)") != before


FUNCTIONS = """
from helpers import load

LENGTH = 60

def read(name, scale=1):
    table = load(name)
    return cut(table)

def cut(table):
    return table[:LENGTH]

def other(name):
    LIMIT = 3
    return name * LIMIT

class Data:
    def __init__(self, folder):
        self.folder = folder
        self.rows = []

    def table(self, kind):
        return load(self.folder, kind)

    def add(self, row):
        self.rows.append(row)

def main():
    X = read("x.csv")
    data = Data("f")
    Z = transform(data.table("a"))
    X = other(X)
    fit(X, Z)

main()
"""


@pytest.mark.parametrize(
    ("call", "old", "new"),
    [
        ("load(name)", '"x.csv"', '"y.csv"'),
        ('read("x.csv")', "LENGTH = 60", "LENGTH = 30"),
        ('read("x.csv")', "return table[:LENGTH]", "return table[1:LENGTH]"),
        ('read("x.csv")', "scale=1", "scale=2"),
        ("load(self.folder,kind)", 'Data("f")', 'Data("g")'),
        ("load(self.folder,kind)", '.table("a")', '.table("b")'),
        ("load(self.folder,kind)", "self.folder = folder", 'self.folder = folder + "x"'),
        ('transform(data.table("a"))', "self.rows.append(row)", "self.folder = row"),
        ('transform(data.table("a"))', 'Data("f")', 'Data("g")'),
    ],
)
def test_it_is_followed_through_functions_and_objects(call: str, old: str, new: str) -> None:
    assert old in FUNCTIONS
    before = foundation(FUNCTIONS, call)
    changed = call if old.replace(" ", "") not in call else call.replace(old, new)
    assert foundation(FUNCTIONS.replace(old, new), changed) != before


@pytest.mark.parametrize(
    ("call", "old", "new"),
    [
        ('read("x.csv")', "LIMIT = 3", "LIMIT = 4"),
        ('read("x.csv")', "name * LIMIT", "name + LIMIT"),
        ('read("x.csv")', "X = other(X)", "X = other(other(X))"),
        ("load(name)", "table[:LENGTH]", "table[:30]"),
        ("load(name)", 'Data("f")', 'Data("g")'),
        ('data.table("a")', "fit(X, Z)", "fit(X, Z, 3)"),
        ("load(self.folder,kind)", "LENGTH = 60", "LENGTH = 30"),
    ],
)
def test_other_functions_and_names_of_other_functions_do_not_matter(call: str, old: str, new: str) -> None:
    assert old in FUNCTIONS
    assert same(FUNCTIONS, FUNCTIONS.replace(old, new), call)


def test_a_call_that_is_met_twice_brings_what_it_does() -> None:
    text = "import lib\ndef read(n):\n    lib.a(n)\n    return lib.b(1)\ndef f():\n    return lib.c(x)\nx = read(2)\nf()\n"
    text = text.replace("lib.c(x)", "lib.c(x, read(x))").replace("lib.a(n)", "lib.a(n, x)")
    assert not same(text, text.replace("lib.b(1)", "lib.b(2)"), "lib.a(n,x)")


def test_what_is_called_by_a_framework_rests_on_everything() -> None:
    text = "import lib\nsize = 3\nclass Net(Module):\n    def forward(self, x):\n        return lib.layer(x)\n"
    assert not same(text, text.replace("size = 3", "size = 4"), "lib.layer(x)")


def test_a_parameter_of_a_function_that_nothing_names_rests_on_everything() -> None:
    text = "import lib\nsize = 3\ndef read(x):\n    return lib.layer(x)\n"
    assert not same(text, text.replace("size = 3", "size = 4"), "lib.layer(x)")


def test_a_static_method_has_no_self() -> None:
    text = "import lib\nclass Data:\n    @staticmethod\n    def read(x):\n        return lib.load(x)\nX = Data.read(1)\n"
    assert not same(text, text.replace("read(1)", "read(2)"), "lib.load(x)")


def test_a_module_of_the_project_counts_with_all_that_is_in_it() -> None:
    before = foundation(SCRIPT, "load(path)", {"helpers": b"1", "data": b"1"})
    assert foundation(SCRIPT, "load(path)", {"helpers": b"1", "data": b"2"}) == before
    assert foundation(SCRIPT, "load(path)", {"helpers": b"2", "data": b"1"}) != before


def test_a_module_counts_only_where_it_is_reached() -> None:
    before = foundation(SCRIPT, 'np.load("y.npy")', {"helpers": b"1"})
    assert foundation(SCRIPT, 'np.load("y.npy")', {"helpers": b"2"}) == before


def test_names_that_nothing_binds_may_come_from_a_star() -> None:
    text = "from data import *\nX = load()\n"
    before = foundation(text, "load()", {"data": b"1"})
    assert foundation(text, "load()", {"data": b"2"}) != before


def test_within_a_loop_later_statements_run_before() -> None:
    text = "import lib\nn = 1\nfor i in range(3):\n    x = lib.load(n)\n    n = n + 1\n"
    assert not same(text, text.replace("n + 1", "n + 2"), "lib.load(n)")


def test_numbers_are_what_they_mean() -> None:
    digests = [foundation(f"import lib\nx = lib.load({n})\n", f"lib.load({n})") for n in ("1.", "1.0", "2.", "1" * 5000)]
    assert digests[0] == digests[1] != digests[2]


def test_of_equal_statements_each_is_one() -> None:
    text = "import lib\nx = lib.load()\nx = lib.load()\n"
    module = cst.parse_module(text)
    found = [one for _, one in Foundations([module], lambda name, level: b"").of_calls()]
    assert [one.nth for one in found] == [0, 1]
    assert len({one.statement for one in found}) == 1


def test_calls_in_one_statement_are_counted() -> None:
    module = cst.parse_module("import lib\nx = lib.join(lib.load(1), lib.load(1))\n")
    found = [one for _, one in Foundations([module], lambda name, level: b"").of_calls()]
    assert sorted(one.call for one in found) == [0, 1, 2]


@pytest.mark.parametrize(
    "text",
    [
        "x = f(*a, **b)",
        "with open(a) as (b, c), d: f(b)",
        "try:\n    f(a)\nexcept* E as e:\n    g(e)\nelse:\n    h(a)\nfinally:\n    k(a)",
        "match f(a):\n    case [x, *y] if g(x): h(y)\n    case {'a': 1, **rest}: k(rest)\n    case C(z=1) | D() as w: m(w)",
        "@f(a)\nclass A(B, metaclass=g(c)):\n    x: int = h()\n    y: int",
        "async def f(a, /, b=g(), *, c: h() = 1, **d) -> k():\n    async for x in m(a):\n        await n(x)",
        "x[f(a):g(b), ...] = y, *z = h(c)",
        "def f():\n    global a\n    b = 1\n    def g():\n        nonlocal b\n        b = h(a)\n    del a, b[k()]",
        "f'{f(a)!r:>{g(b)}}' 'x' if (y := h(c)) else lambda x=k(d): m(x)",
        "[f(x) for x in a if g(x) for y in h(x)]; {x: k(x) for x in a}; import a.b as c; from . import d; from .e import *",
        "while f(a):\n    a += g(a)\n    a.b -= h(a)\nelse:\n    assert k(a), m(a)\nraise n(a) from o(a)",
    ],
)
def test_all_of_python_is_taken(text: str) -> None:
    calls = {node for node, _ in Foundations([cst.parse_module(text)], lambda name, level: b"").of_calls()}
    assert len(calls) >= text.count("(a") // 2
