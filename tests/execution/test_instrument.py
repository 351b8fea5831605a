"""Code that was instrumented does what it did, and tells what it comes to."""

from __future__ import annotations

import builtins
from collections.abc import Iterator

import pytest

from lstmlint.execution.child.instrument import NAME, Instrument
from lstmlint.execution.child.recorder import Recorder

PROGRAMS = {
    "a class": "class A:\n    def __init__(self): self.x = 3\nclass B(A):\n    def __init__(self):\n"
    "        super().__init__()\n        self.y = self.x + 1\nr = B().y",
    "for else": "r = []\nfor i in range(3):\n    r.append(i)\nelse:\n    r.append('else')",
    "break": "r = []\nfor i in range(9):\n    if i == 2: break\n    r.append(i)\nelse:\n    r.append('else')",
    "while": "r = 0\nwhile r < 5:\n    r += 1\nelse:\n    r = -r",
    "while within while": "r = []\ni = 0\nwhile i < 3:\n    j = 0\n    while j < i:\n        r.append((i, j)); j += 1\n    i += 1",
    "a generator": "def g():\n    i = 0\n    while True:\n        yield i\n        i += 1\nr = [x for x, _ in zip(g(), range(4))]",
    "return from a loop": "def f(n):\n    for i in range(n):\n        while True:\n            return i\nr = f(3)",
    "locals": "def f(a):\n    b = len(str(a))\n    return sorted(locals())\nr = f(12)",
    "handlers": "r = []\nfor x in (1, 0):\n    try:\n        r.append(1 // x)\n    except ArithmeticError as e:\n"
    "        r.append(str(e))\n    finally:\n        r.append('f')",
    "raise again": "try:\n"
    "    try:\n        [][1]\n    except IndexError:\n        raise\nexcept LookupError as e:\n    r = type(e).__name__",
    "strings": "x = 3\nr = f'{x!r:>4} {len(str(x))} {max(x, 4)}'",
    "lambdas": "r = sorted([(2, 'a'), (1, 'b')], key=lambda p: p[0])",
    "walrus": "r = []\nit = iter([1, 2, 0, 3])\nwhile (v := next(it)):\n    r.append(v)",
    "decorators": "import functools\n@functools.lru_cache(maxsize=None)\ndef f(x):\n    return x * 2\nr = f(4) + f(4)",
    "matching": "def f(x):\n    match x:\n"
    "        case int(y): return y + 1\n        case [a, *b]: return (a, b)\n        case _: return None\n"
    "r = [f(1), f([1, 2, 3]), f('')]",
    "keywords": "def f(*a, **k): return a, k\nd = dict(z=1)\nl = [1, 2]\nr = f(*l, *l, y=l[0], **d)",
    "comprehensions": "r = {k: [len(w) for w in v] for k, v in {'a': ['x', 'yy']}.items()}",
    "a mutating loop": "l = [1, 2, 3]\nr = []\nfor x in l:\n    r.append(x)\n    if x == 1: l.append(4)",
    "operators": "a = [1]\nr = (a + [2])[0] + a[0] * 3 - -a[0]",
    "annotated": "x: int = len('abc')\nr = x",
    "future": "from __future__ import annotations\ndef f(x: Unknown) -> Missing: return x\nr = f(1)",
    "a doc string": '"""words"""\nr = __doc__',
    "async": "import asyncio\nasync def f(x):\n    await asyncio.sleep(0)\n    return x + 1\nr = asyncio.run(f(2))",
    "targets": "d = {}\nd[str(1)] = len('ab')\n(a, *b), c = (1, 2, 3), max(4, 5)\nr = (d, a, b, c)",
    "names of a function": "def f(a):\n    while a:\n        a -= 1\n    return locals()\nr = f(3)",
    "a loop in a class": "class A:\n    n = 0\n"
    "    while n < 3:\n        n += 1\nr = [name for name in vars(A) if name[:2] != '__']",
    "a while loop that calls itself": "def f(n):\n"
    "    r = []\n    while n > 0:\n        n -= 1\n        r.append(f(n))\n    return r\nr = f(4)",
    "global": "n = 0\ndef f():\n    global n\n    n = n + abs(-2)\nf(); r = n",
}


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    made = Recorder({"unit"})
    setattr(builtins, NAME, made)
    yield made
    delattr(builtins, NAME)


def run(text: str, recorder: Recorder) -> dict[str, object]:
    names: dict[str, object] = {"__name__": "unit"}
    exec(compile(Instrument("unit", recorder.places).instrumented(text), "unit", "exec", dont_inherit=True), names)  # noqa: S102
    return names


@pytest.mark.parametrize("name", PROGRAMS)
def test_meaning_is_kept(name: str, recorder: Recorder) -> None:
    plain: dict[str, object] = {"__name__": "unit"}
    exec(compile(PROGRAMS[name], "unit", "exec", dont_inherit=True), plain)  # noqa: S102
    assert run(PROGRAMS[name], recorder)["r"] == plain["r"]


def shapes(recorder: Recorder, text: str) -> dict[str, list[list[int | None]]]:
    """What was seen, by the text of the expression."""
    lines = text.split("\n")
    found = {}
    for number, told in recorder.told.items():
        _, row, column, end_row, end_column = recorder.places[number]
        assert row == end_row
        found[lines[row - 1][column:end_column]] = [one["shape"] for one in told if "shape" in one]
    return found


def test_shapes_are_told_at_their_places(recorder: Recorder) -> None:
    text = "import numpy as np\nX = np.zeros((6, 4))\nw = np.stack([X[i:i + 2] for i in range(3)])\ny = X[:, 0]\nz = (X * 2).sum(0)"
    run(text, recorder)
    found = shapes(recorder, text)
    assert found["np.zeros((6, 4))"] == [[6, 4]]
    assert found["X[:, 0]"] == [[6]]
    assert found["np.stack([X[i:i + 2] for i in range(3)])"] == [[3, 2, 4]]
    assert found["X"] == [[6, 4]] and found["X * 2"] == [[6, 4]] and found["(X * 2).sum(0)"] == [[4]]


def test_different_shapes_of_a_place_are_kept_up_to_a_number(recorder: Recorder) -> None:
    text = "import numpy as np\nfor i in range(99):\n    x = np.zeros(i)"
    run(text, recorder)
    assert shapes(recorder, text)["np.zeros(i)"] == [[0], [1], [2], [3]]


def test_no_code_of_the_program_is_run_to_look_at_a_value(recorder: Recorder) -> None:
    text = "class A:\n    @property\n    def shape(self): raise SystemExit\n    def __len__(self): raise SystemExit\n"
    text += "def f(x): return x\nr = f(A())"
    assert run(text, recorder)["r"] is not None
    assert not recorder.told


def test_a_row_of_bytes_is_longer_than_its_characters(recorder: Recorder) -> None:
    text = "import numpy as np\ns = 'äöü'; x = np.zeros(3)"
    run(text, recorder)
    ((_, row, column, _, end),) = [recorder.places[number] for number in recorder.told]
    assert text.split("\n")[row - 1].encode()[column:end] == b"np.zeros(3)"


def test_a_loop_ends_when_it_has_trained(recorder: Recorder) -> None:
    text = "r = []\nfor e in range(5):\n    for b in range(4):\n        r.append((e, b))\n"
    text += "        if b == 1: __lstmlint__.steps += 1"
    assert run(text, recorder)["r"] == [(0, 0), (0, 1)]
    assert sorted((recorder.places[number][1], why) for number, why in recorder.cuts.items()) == [(2, "training"), (3, "training")]


def test_a_while_loop_ends_when_it_has_trained(recorder: Recorder) -> None:
    text = "n = 0\nwhile True:\n    n += 1\n    if n == 3: __lstmlint__.steps += 1\nr = n"
    assert run(text, recorder)["r"] == 3


def test_loops_that_train_nothing_go_on(recorder: Recorder) -> None:
    text = "__lstmlint__.steps += 1\nr = 0\nfor _ in range(500):\n    r += 1\nwhile r < 1000:\n    r += 1"
    assert run(text, recorder)["r"] == 1000
    assert not recorder.cuts


def test_a_loop_that_hands_out_values_goes_on(recorder: Recorder) -> None:
    text = "def f():\n    while True:\n        for i in range(3):\n            yield i\ng = f()\nr = []\n"
    text += "r = [next(g)]\n__lstmlint__.steps += 1\nr += [next(g), next(g), next(g)]"
    assert run(text, recorder)["r"] == [0, 1, 2, 0]


def test_what_is_compiled_is_left_alone(recorder: Recorder) -> None:
    text = "def njit(f): return f.__code__.co_names\n@njit\ndef r(x):\n    return len(x)"
    assert run(text, recorder)["r"] == ("len",)


def test_what_is_caught_often_hides_nothing(recorder: Recorder) -> None:
    text = "for i in range(500):\n"
    text += "    try:\n        if i < 499: int('x')\n        [][1]\n    except (ValueError, IndexError):\n        pass"
    run(text, recorder)
    assert [one["type"] for one in recorder.raised] == ["ValueError"] * 3 + ["IndexError"]


def test_what_handlers_catch_is_told(recorder: Recorder) -> None:
    text = "import numpy as np\ntry:\n    np.zeros((2, 3)) @ np.zeros(4)\nexcept ValueError:\n    pass"
    run(text, recorder)
    (raised,) = recorder.raised
    assert raised["type"] == "ValueError" and raised["rows"] == [["unit", 3]] and "size 4 is different from 3" in raised["message"]


def test_a_story_names_the_way(recorder: Recorder) -> None:
    text = "import numpy as np\ndef f(x):\n    return x.reshape(7)\n\nf(np.zeros(3))"
    with pytest.raises(ValueError, match="cannot reshape") as caught:
        run(text, recorder)
    story = recorder.story(caught.value, caught.value.__traceback__)
    assert story["rows"] == [["unit", 5], ["unit", 3]]
