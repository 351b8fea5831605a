"""Contracts: what a program's author says of shapes is taken over, and compared with what is derived."""
from __future__ import annotations

import ast

import pytest

from lstmlint.interpreter.notation import NotationError, annotation, shapes, signature
from lstmlint.trace import ContractBroken, ContractUnread
from lstmlint.values.data import Array, Frame
from tests.interpreter.programs import bindings, plain, trace_of

HEAD = "import numpy as np\nimport pandas as pd\nfrom jaxtyping import Float, Int\n"


def shape(program: str, name: str) -> object:
    return plain(bindings(HEAD + program)[name])


def known(program: str, name: str) -> str:
    value = bindings(HEAD + program)[name]
    assert isinstance(value, Array)
    return value.known


def broken(program: str) -> list[str]:
    return [f"{e.subject} {e.derived} {e.said}" for e in trace_of(HEAD + program).events if isinstance(e, ContractBroken)]


def unread(program: str) -> int:
    return sum(isinstance(event, ContractUnread) for event in trace_of(HEAD + program).events)


@pytest.mark.parametrize(
    "text, entries",
    [
        ("(n, 60, 5), (n, 1)", ["n 60 5", "n 1"]),
        ("(n,)", ["n"]),
        ("()", [""]),
        ("_, (n, ?, 5)", [None, "n None 5"]),
        ("((a, 2), (b,)), (c,)", ["a 2", "b", "c"]),
        ("(n - 60, 2*h, n//2)", ["n - 60 2 * h n // 2"]),
        ("(..., 5)", ["... 5"]),
    ],
)
def test_notation(text: str, entries: list[str | None]) -> None:
    found = []
    for said in shapes(text):
        parts = [] if said is None else ["None" if entry is None else ast.unparse(entry) for entry in said.entries]
        found.append(None if said is None else " ".join((["..."] if said.open else []) + parts))
    assert found == entries


@pytest.mark.parametrize(
    "text", ["", "rank 3", "(3)", "n", "(n, ...)", "(n / 2,)", "(f(n),)", "(n, -1)", "('n',)", "(n", "(1.5,)", "(n**2,)"]
)
def test_what_is_no_contract(text: str) -> None:
    with pytest.raises(NotationError):
        shapes(text)


def test_notation_of_signatures() -> None:
    assert list(signature("X (n, 5), y (n,) -> (n, 1)").named) == ["X", "y"]
    assert len(signature("(n, 5), (n,) -> (n, 1), (n,)").returned) == 2
    assert signature("-> ()").returned[0] is not None
    with pytest.raises(NotationError):
        signature("X (n, 5), (n,)")


@pytest.mark.parametrize(
    "text, entries, leading",
    [("b t 5", 3, False), ("", 0, False), ("... 5", 1, True), ("*batch t", 1, True), ("b=4 t-1", 2, False), ("#b _ ?c", 3, False)],
)
def test_notation_of_jaxtyping(text: str, entries: int, leading: bool) -> None:
    said = annotation(text)
    assert said is not None and len(said.entries) == entries and said.open is leading
    assert annotation("b ... c") is None


def test_an_assignment_is_taken_over() -> None:
    program = "X, y = load()  # lstmlint: shape (n, 60, 5), (n, 1)\nrows = len(X)\nZ = X[:, -1]\nboth = np.concatenate([X, X])\n"
    found = bindings(HEAD + program)
    assert [plain(found[name]) for name in ("X", "y", "rows", "Z")] == ["(n, 60, 5)", "(n, 1)", "n", "(n, 5)"]
    assert plain(found["both"]) == "(2*n, 60, 5)"
    x, y = found["X"], found["y"]
    assert isinstance(x, Array) and isinstance(y, Array) and x.shape.dims[0] == y.shape.dims[0]
    assert known(program, "X") == known(program, "Z") == known(program, "both") == "contract"


def test_ordinary_comments_are_no_evidence() -> None:
    assert shape("X = load()  # shape: (n, 60, 5)\n", "X") == "?"
    assert shape("X = load()  # shape (n, 60, 5)\n", "X") == "?"


def test_what_is_derived_goes_before_and_gives_names_their_meaning() -> None:
    program = """
table = pd.read_csv("prices.csv").values
X = table[:, [0, 3]]  # lstmlint: shape (n, 2)
y = load()  # lstmlint: shape (n - 1,)
z = np.zeros((20, 3))  # lstmlint: shape (m, 3)
u = load()  # lstmlint: shape (m, 7)
"""
    assert known(program, "X") == "derived"
    assert shape(program, "u") == "(20, 7)"
    found = bindings(HEAD + program)
    x, y = found["X"], found["y"]
    assert isinstance(x, Array) and isinstance(y, Array) and y.shape.dims[0] == x.shape.dims[0] - 1


def test_a_frame_gets_its_columns_from_a_contract() -> None:
    value = bindings(HEAD + 'df = pd.read_csv("a.csv")  # lstmlint: shape (n, 7)\n')["df"]
    assert isinstance(value, Frame) and value.table.width == 7


def test_names_of_the_program() -> None:
    assert shape("steps = 30\nX = load()  # lstmlint: shape (n, {steps}, 2)\n", "X") == "(n, 30, 2)"
    assert shape("n = 30\nX = load()  # lstmlint: shape (n, 2)\n", "X") == "(n, 2)"


def test_contradictions() -> None:
    assert broken("X = np.zeros((3, 4))  # lstmlint: shape (3, 5)\n") == ["X (3, 4) (3, 5)"]
    assert broken("X = np.zeros((3, 4))  # lstmlint: shape (n,)\n") == ["X (3, 4) (n,)"]
    assert broken("X = np.zeros((3, 4))  # lstmlint: shape (n, n)\n") == ["X (3, 4) (n, n)"]
    assert broken("X = np.zeros((3, 4))  # lstmlint: shape (..., 5)\n") == ["X (3, 4) (..., 5)"]
    two = "y = np.zeros(5)  # lstmlint: shape (n,)\nz = np.zeros(6)  # lstmlint: shape (n {},)\n"
    assert broken(two.format("+ 1")) == []
    assert broken(two.format("- 2")) == ["z (6,) (n - 2,)"]


def test_no_contradiction_where_it_depends() -> None:
    assert broken("X = np.zeros((3, 4)) if load() else np.zeros((3, 5))  # lstmlint: shape (3, 5)\n") == []
    sides = [f"    X = np.zeros({size})  # lstmlint: shape (n,)\n" for size in (3, 4)]
    assert broken(f"if load():\n{sides[0]}else:\n{sides[1]}") == []
    assert broken("X = []  # lstmlint: shape (n, 5)\n") == []


def test_names_start_anew_in_each_call_and_iteration() -> None:
    program = """
def widen(x):  # lstmlint: shape (n, k) -> (n, k)
    return x
a = widen(np.zeros((3, 4)))
b = widen(np.zeros((5, 6)))
for size in (3, 4):
    part = np.zeros((size, 2))  # lstmlint: shape (n, 2)
for file in files:
    part = load(file)  # lstmlint: shape (n, 2)
    assert_same = np.zeros(len(part))  # lstmlint: shape (n,)
"""
    assert broken(program) == []


def test_parameters_and_results() -> None:
    program = """
def predict(
    X,  # lstmlint: shape (n, 30, 2)
    w=None,  # lstmlint: shape (2,)
):
    last = X[:, -1]
    return last
def load_all():  # lstmlint: shape -> (n, 5), (n,)
    return read()
A, b = load_all()
"""
    assert shape(program, "last") == "(n, 2)" and broken(program) == []
    assert (shape(program, "A"), shape(program, "b")) == ("(n, 5)", "(n,)")
    assert broken(program + "predict(np.zeros((3, 30, 4)))\n") == ["X (3, 30, 4) (n, 30, 2)"]
    assert broken(program + "predict(np.zeros((3, 30, 2)), np.zeros(3))\n") == ["w (3,) (2,)"]


def test_methods_leave_out_self() -> None:
    program = "class A:\n    def f(self, x):  # lstmlint: shape (n, 3)\n        pass\n"
    assert broken(program + "A().f(np.zeros((2, 4)))\n") == ["x (2, 4) (n, 3)"]


def test_jaxtyping() -> None:
    program = """
def f(x: Float[np.ndarray, "b t f"], y: "str", z: Int[np.ndarray, "b"]) -> Float[np.ndarray, "b f"]:
    seen = x
    return g(x)
W: Float[np.ndarray, "n 4"] = load()
"""
    assert shape(program, "seen") == "(b, t, f)" and shape(program, "W") == "(n, 4)"
    call = "q = f(np.zeros((3, 4, 5)), 'a', np.zeros(3))\n"
    assert shape(program + call, "q") == "(3, 5)" and broken(program + call) == []
    assert broken(program + "f(np.zeros((3, 4, 5)), 'a', np.zeros(4))\n") == ["z (4,) (b,)"]
    assert shape("from other import Float\nW: Float[np.ndarray, 'n 4'] = load()\n", "W") == "?"


def test_loops_over_what_is_not_known() -> None:
    assert shape("for X, y in loader():  # lstmlint: shape (b, 9, 2), (b,)\n    Z = X[:, 0]\n", "Z") == "(b, 2)"


def test_contracts_without_effect_are_told() -> None:
    assert unread("X = load(  # lstmlint: shape (n, 3)\n)\n") == 1
    assert unread("print(1)  # lstmlint: shape (n, 3)\n") == 1
    assert unread("X = load()  # lstmlint: shape (n, 3), (n,)\n") == 1
    assert unread("def f(a):  # lstmlint: shape b (n,)\n    pass\n") == 1
    assert unread("X = load()  # lstmlint: shape (n, 3)\n") == 0


def test_an_array_of_any_kind_makes_no_claim_where_libraries_disagree() -> None:
    head = "X = load()  # lstmlint: shape (n, 60, 5)\n"
    assert shape(head + "a = X.transpose(1, 2)\n", "a") == "?"
    assert shape(head + "a = X[:10].transpose(1, 2)\n", "a") == "?"
    assert shape(head + "a = X.astype(float).reshape(-1, 300)\n", "a") == "(n, 300)"
    assert shape(head + "a = np.transpose(X, (0, 2, 1))\n", "a") == "(n, 5, 60)"
