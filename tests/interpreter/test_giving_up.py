"""Statements with more alternatives than are told apart: unknown afterwards, never half done."""
from __future__ import annotations

from pathlib import Path

from lstmlint.config import Settings
from lstmlint.engine import check_files
from tests.interpreter.programs import bindings, plain

FOUR = """
a = 1 if first else "x"
b = 1 if second else "x"
c = 1 if third else "x"
d = 1 if fourth else "x"
import numpy as np
def pick(p, q, r, s):
    return np.zeros(p + 1), np.zeros(q + 1), np.zeros(r + 1), np.zeros(s + 1)
"""


def last(program: str) -> dict[str, object]:
    return {name: plain(value) for name, value in bindings(FOUR + program).items()}


def test_what_is_appended_is_not_lost_without_a_word() -> None:
    found = last("items = [0]\nitems.append(a.bit_length() + b.bit_length() + c.bit_length() + d.bit_length())\nn = len(items)")
    assert found["n"] not in (1,)


def test_a_list_changed_within_is_unknown() -> None:
    program = """
items = []
def put(p, q, r, s):
    items.append(np.reshape(np.zeros(24), (p.bit_length(), q.bit_length(), r.bit_length(), s.bit_length())))
if a.bit_length() + b.bit_length() + c.bit_length() + d.bit_length() > 3:
    items.append(1)
else:
    items.append(2)
    items.append(3)
n = len(items)
"""
    assert last(program)["n"] not in (0, 1, 2)


def test_a_function_may_return_there() -> None:
    program = """
def f():
    if a.bit_length() + b.bit_length() + c.bit_length() + d.bit_length() > 3:
        return 7
    return 8
x = f()
"""
    assert last(program)["x"] not in (7, 8)


def test_a_function_whose_return_is_given_up_returns_something_unknown() -> None:
    program = """
def f():
    return a.bit_length() + b.bit_length() + c.bit_length() + d.bit_length()
x = f()
"""
    assert last(program)["x"] in ("?", {"?"})


def test_a_loop_may_end_there() -> None:
    program = """
n = 0
for i in range(3):
    if a.bit_length() + b.bit_length() + c.bit_length() + d.bit_length() > 3:
        break
    n = n + 1
after = n
"""
    assert last(program)["after"] not in (3, "3")


def test_behind_an_assertion_what_it_says_holds() -> None:
    program = """
shape = (3, 4) if flag else (5,)
assert flag
result = shape
"""
    assert last(program)["result"] == (3, 4)


def test_the_budget_of_steps_ends_the_analysis(tmp_path: Path) -> None:
    path = tmp_path / "long.py"
    body = "".join(f"    x{number} = n + {number}\n" for number in range(200))
    calls = "".join(f"f({number})\n" for number in range(200))
    path.write_text("from keras.layers import LSTM\ndef f(n):\n" + body + calls)
    assert [d.code for r in check_files([str(path)], Settings(steps_per_line=1)) for d in r.diagnostics] == ["LST903"]
    assert [d.code for r in check_files([str(path)], Settings()) for d in r.diagnostics] == []
