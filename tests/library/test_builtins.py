"""Python's own functions and types: the models against Python."""
from __future__ import annotations

import builtins
import itertools
import math
import operator
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmlint.library import binding
from lstmlint.library.builtins.comparisons import compare, negation
from lstmlint.library.builtins.numbers import arithmetic
from lstmlint.shapes.dims import at_least, minimum, single, substitute, symbol
from lstmlint.shapes.shape import Shape
from lstmlint.values.base import FALSE, MISSING, TRUE, Const, Integer, Unknown, Value, dim_of, integer, unknown
from lstmlint.values.code import External, LibraryObject
from lstmlint.values.data import Array, DictObject, Items, ListObject, Range, Slice, Tuple, range_length, tuple_of
from tests.library.arrays import MANY
from tests.library.differential import FakeCaller, abstract, agree, disagreement, model_of, run

small = st.integers(-9, 9)
numbers = st.one_of(small, st.floats(-9, 9), st.booleans())
plain = st.one_of(numbers, st.text("ab", max_size=2))
items = st.lists(st.one_of(small, st.text("abc", max_size=2)), max_size=6)
ints = st.lists(small, max_size=6)
_MARKS = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv, "%": operator.mod,
    "**": operator.pow,
}  # fmt: skip
_ORDERS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne}


def outcome(function: Callable[..., Any], *args: Any) -> Any:
    """What a function gives, or that it raises."""
    try:
        return function(*args)
    except (ArithmeticError, TypeError, ValueError, IndexError, KeyError):
        return MISSING


def same_number(value: Value, expected: Any) -> bool:
    return isinstance(value, Const) and type(value.value) is type(expected) and (value.value == expected or expected != expected)


@MANY
@given(numbers, numbers, st.sampled_from(sorted(_MARKS)))
def test_arithmetic_of_constants(a: Any, b: Any, mark: str) -> None:
    expected = outcome(_MARKS[mark], a, b)
    value = arithmetic(mark, Const(a), Const(b))
    if expected is MISSING:
        assert isinstance(value, Unknown)
    else:
        assert same_number(value, expected)


@MANY
@given(st.lists(st.tuples(st.sampled_from(["+", "-", "*", "//", "%"]), st.integers(1, 9), st.booleans()), max_size=5), small)
def test_arithmetic_of_symbols(steps: list[tuple[str, int, bool]], number: int) -> None:
    """What is computed with a symbol is right for every number in its place."""
    n = symbol("n", lower=None)
    value: Value = integer(n)
    exact = number
    for mark, other, reflected in steps:
        if reflected and mark in "+-*":
            value, exact = arithmetic(mark, Const(other), value), _MARKS[mark](other, exact)
        elif mark in "+-*" or mark == "//":
            value, exact = arithmetic(mark, value, Const(other)), _MARKS[mark](exact, other)
        if mark == "//":
            return
    dim = dim_of(value)
    assert dim is not None and substitute(dim, lambda s: number if s is single(n) else None) == exact


@MANY
@given(plain, plain, st.sampled_from(sorted(_ORDERS)))
def test_comparisons_of_constants(a: Any, b: Any, mark: str) -> None:
    expected = outcome(_ORDERS[mark], a, b)
    value = compare(mark, Const(a), Const(b))
    assert value == (Const(expected) if expected is not MISSING else value)


@MANY
@given(st.integers(-3, 3), st.integers(-3, 3), st.integers(0, 20), st.sampled_from(sorted(_ORDERS)))
def test_comparisons_of_symbols(a: int, b: int, number: int, mark: str) -> None:
    """What is said of all numbers is true of each."""
    n = symbol("n")
    value = compare(mark, integer(n + a), integer(n * 2 + b))
    if isinstance(value, Const):
        assert value.value == _ORDERS[mark](number + a, 2 * number + b)
    assert compare(mark, integer(n + a), integer(n + b)) == Const(_ORDERS[mark](a, b))


def test_equal_conditions_are_one_value() -> None:
    n, x = integer(symbol("n")), unknown("float")
    assert compare("==", n, Const(3)) == compare("==", Const(3), n)
    assert compare("<", x, Const(3)) == compare(">", Const(3), x) != compare(">", x, Const(3))
    assert compare("!=", n, Const(3)) == negation(compare("==", n, Const(3)))
    assert negation(negation(compare("<=", x, n))) == compare(">=", n, x)
    assert compare("==", n, unknown("int")) != compare("==", n, unknown("int"))


def test_what_has_no_type_is_no_number_yet() -> None:
    x = unknown(name="x")
    value = arithmetic("-", x, Const(10))
    assert isinstance(value, Unknown) and value.type is None
    dim = dim_of(value)
    assert dim is not None and dim + 10 == dim_of(x)
    assert arithmetic("-", x, Const(10)) == value


def test_keys_stay_small() -> None:
    x: Value = unknown("float")
    for _ in range(200):
        x = arithmetic("*", x, x)
    hash(x)
    y = integer(symbol("n") + symbol("m"))
    for _ in range(60):
        y = arithmetic("*", y, y)
    hash(y)


def test_other_operands_take_their_turn() -> None:
    array = _vector()
    assert run("int.__add__", Const(1), array).value is MISSING
    assert run("list.__add__", [1], array).value is MISSING
    assert run("str.__add__", "a", array).value is MISSING
    assert run("int.__mul__", 2, [1, 2]).value is MISSING
    assert run("int.__eq__", 2, array).value is MISSING


def _vector() -> Array:
    return Array(Shape.of(3), dtype="float")


@MANY
@given(st.one_of(numbers, st.sampled_from(["3", "x", "2.5"])), st.sampled_from(["int", "float", "bool", "abs", "round"]))
def test_conversions(x: Any, name: str) -> None:
    expected = outcome(getattr(builtins, name), x)
    value = run(f"builtins.{name}", x).value
    assert isinstance(value, Unknown) if expected is MISSING else same_number(value, expected)


@MANY
@given(st.integers(0, 5000), st.sampled_from([0.0, 0.1, 0.67, 0.8, 1.0]), st.sampled_from(["int", "round", "ceil", "floor"]))
def test_share_of_a_length(number: int, share: float, how: str) -> None:
    """int(len(x) * 0.8) is one number between 0 and len(x)."""
    path = {"ceil": "math.ceil", "floor": "math.floor"}.get(how, f"builtins.{how}")
    n = symbol("n")
    product = arithmetic("*", integer(n), Const(share))
    value = run(path, product).value
    assert isinstance(value, Integer) and value == run(path, arithmetic("*", integer(n), Const(share))).value
    assert at_least(value.dim, 0) and at_least(n, value.dim)
    real = {"int": int, "round": round, "ceil": math.ceil, "floor": math.floor}[how](number * share)
    assert 0 <= real <= number
    assert run(path, abstract(number * share)).value == Const(real)


@MANY
@given(st.integers(0, 500), st.integers(1, 9), st.sampled_from(["builtins.int", "math.floor", "math.ceil"]))
def test_quotient_of_a_length(number: int, by: int, path: str) -> None:
    n = symbol("n")
    value = run(path, arithmetic("/", integer(n * by), Const(by))).value
    assert dim_of(value) == n
    half = run(path, arithmetic("/", integer(n), Const(2))).value
    least = minimum(dim_of(half) or 0)
    assert least is not None and least >= 0
    real = {"builtins.int": int, "math.floor": math.floor, "math.ceil": math.ceil}[path]
    assert run(path, number / by).value == Const(real(number / by))


@MANY
@given(items, st.data())
def test_functions_of_lists(xs: list[Any], data: st.DataObject) -> None:
    agree("builtins.len", xs)
    agree("builtins.list", tuple(xs))
    agree("builtins.tuple", xs)
    assert len(set(xs)) == run("builtins.set", xs).value.items.length  # type: ignore[attr-defined]
    for name in ("reversed", "enumerate", "iter"):
        expected = list(getattr(builtins, name)(xs))
        value = run(f"builtins.{name}", xs).value
        assert isinstance(value, ListObject) and value.kind == "iterator"
        assert disagreement(expected, ListObject(value.items)) is None
    ys, zs = data.draw(items), data.draw(items)
    pairs = run("builtins.zip", xs, ys, zs).value
    assert isinstance(pairs, ListObject) and disagreement(list(zip(xs, ys, zs)), ListObject(pairs.items)) is None


@MANY
@given(ints, ints)
def test_numbers_of_lists(xs: list[int], ys: list[int]) -> None:
    agree("builtins.sum", xs)
    agree("builtins.sorted", xs)
    agree("builtins.sorted", xs, reverse=True)
    if xs:
        agree("builtins.min", xs)
        agree("builtins.max", xs)
    agree("builtins.max", 3, *xs, 4)
    many = ListObject(Items.many(Const(2), 100))
    assert run("builtins.sum", many).value == Const(200)


@MANY
@given(st.integers(-20, 20), st.integers(-20, 20), st.sampled_from([-7, -2, -1, 1, 2, 3, 7]))
def test_range(start: int, stop: int, step: int) -> None:
    span = run("builtins.range", start, stop, step).value
    assert isinstance(span, Range)
    real = range(start, stop, step)
    assert range_length(span) == len(real)
    assert run("builtins.len", span).value == Const(len(real))
    assert disagreement(list(real), run("builtins.list", span).value) is None
    assert run("range.__contains__", span, 3).value == Const(3 in real)


def test_symbolic_range() -> None:
    n = symbol("n", lower=5)
    span = run("builtins.range", 2, integer(n)).value
    assert run("builtins.len", span).value == integer(n - 2)
    numbers = run("builtins.list", span).value
    assert isinstance(numbers, ListObject) and numbers.items.length == n - 2
    pairs = run("builtins.enumerate", numbers).value
    assert isinstance(pairs, ListObject) and isinstance(pairs.items.element, Tuple)
    first = dim_of(pairs.items.element.items.at(0) or unknown())
    assert first is not None and at_least(first, 0) and at_least(n - 3, first)


def _arguments(name: str, a: int, b: int) -> tuple[Any, ...]:
    if name == "extend":
        return ([a, b],)
    if name in ("insert", "__setitem__"):
        return (a, b)
    return (a,) if name in ("append", "remove", "pop", "__delitem__") else ()


_LIST_METHODS = ("append", "extend", "insert", "pop", "remove", "reverse", "sort", "clear", "copy", "__setitem__", "__delitem__")


@MANY
@given(ints, st.lists(st.tuples(st.sampled_from(_LIST_METHODS), small, small), max_size=5))
def test_list_methods(xs: list[int], steps: list[tuple[str, int, int]]) -> None:
    real, model = list(xs), abstract(xs)
    assert isinstance(model, ListObject)
    for name, a, b in steps:
        args = _arguments(name, a, b)
        if outcome(getattr(list(real), name), *args) is MISSING:
            continue
        expected = getattr(real, name)(*args)
        value = run(f"list.{name}", model, *args).value
        if name in ("pop", "copy"):
            assert disagreement(expected, value) is None
        if name == "sort":
            assert model.items.length == len(real)
            return
    assert disagreement(real, model) is None


@MANY
@given(items, st.one_of(st.integers(-6, 6), st.slices(5)), st.booleans())
def test_items_and_slices(xs: list[Any], key: Any, as_tuple: bool) -> None:
    real = tuple(xs) if as_tuple else xs
    expected = outcome(operator.getitem, real, key)
    value = run(f"{type(real).__name__}.__getitem__", real, key).value
    assert isinstance(value, Unknown) if expected is MISSING else disagreement(expected, value) is None
    text = "".join(map(str, xs))
    expected = outcome(operator.getitem, text, key)
    value = run("str.__getitem__", text, key).value
    assert isinstance(value, Unknown) if expected is MISSING else value == Const(expected)


@MANY
@given(items, items, st.integers(-1, 4), small)
def test_operators_of_lists(xs: list[Any], ys: list[Any], times: int, item: int) -> None:
    assert disagreement(xs + ys, run("list.__add__", xs, ys).value) is None
    assert disagreement(tuple(xs) + tuple(ys), run("tuple.__add__", tuple(xs), tuple(ys)).value) is None
    assert disagreement(xs * times, run("list.__mul__", xs, times).value) is None
    assert run("list.__contains__", xs, item).value == Const(item in xs)
    assert run("list.__eq__", xs, ys).value == Const(xs == ys)
    model = abstract(xs)
    assert run("list.__iadd__", model, ys).value is model and disagreement(xs + ys, model) is None


@MANY
@given(st.integers(0, 30), st.one_of(st.none(), st.integers(-9, 9)), st.one_of(st.none(), st.integers(-9, 9)))
def test_slices_of_long_lists(length: int, start: int | None, stop: int | None) -> None:
    xs = ListObject(Items.many(Const(7), length))
    value = run("list.__getitem__", xs, slice(start, stop)).value
    assert isinstance(value, ListObject) and value.items.length == len([7] * length) - length + len(range(length)[start:stop])


def test_symbolic_lists() -> None:
    n = symbol("n", lower=20)
    xs = ListObject(Items.many(unknown("float"), n))
    part = run("list.__getitem__", xs, Slice(Const(3), Const(None), Const(None))).value
    assert isinstance(part, ListObject) and part.items.length == n - 3
    run("list.append", xs, Const(1.0))
    assert xs.items.length == n + 1 and xs.items.element.type_path == "float"
    run("list.extend", xs, ListObject(Items.many(unknown("float"), n)))
    assert xs.items.length == n * 2 + 1
    assert run("list.__mul__", [0], integer(n)).value.items.length == n  # type: ignore[attr-defined]


def test_an_iterator_is_used_up() -> None:
    pairs = run("builtins.zip", [1, 2], [3, 4]).value
    assert disagreement((1, 3), run("builtins.next", pairs).value) is None
    assert disagreement([(2, 4)], run("builtins.list", pairs).value) is None
    assert disagreement([], run("builtins.list", pairs).value) is None


keys = st.sampled_from(["a", "b", 1, 2])


@MANY
@given(st.dictionaries(keys, small, max_size=3), st.lists(st.tuples(st.integers(0, 5), keys, small), max_size=5))
def test_dict_methods(known: dict[Any, int], steps: list[tuple[int, Any, int]]) -> None:
    real, model = dict(known), abstract(known)
    assert isinstance(model, DictObject)
    for which, key, value in steps:
        if which == 0:
            real[key] = value
            run("dict.__setitem__", model, key, value)
        elif which == 1:
            assert run("dict.get", model, key).value == Const(real.get(key))
            assert run("dict.get", model, key, 5).value == Const(real.get(key, 5))
        elif which == 2 and key in real:
            assert run("dict.pop", model, key).value == Const(real.pop(key))
        elif which == 3:
            assert run("dict.setdefault", model, key, value).value == Const(real.setdefault(key, value))
        elif which == 4:
            real.update({key: value, "z": 1})
            run("dict.update", model, {key: value, "z": 1})
        elif key in real:
            assert run("dict.__getitem__", model, key).value == Const(real[key])
    assert run("builtins.len", model).value == Const(len(real))
    assert run("dict.__contains__", model, "a").value == Const("a" in real)
    for name in ("keys", "values", "items"):
        view = run(f"dict.{name}", model).value
        assert isinstance(view, ListObject) and disagreement(list(getattr(real, name)()), ListObject(view.items)) is None
    made = run("builtins.dict", list(real.items())).value
    assert isinstance(made, DictObject) and made.entries.known == model.entries.known and not made.entries.open


def test_an_open_dict_has_values_of_its_own() -> None:
    config = DictObject(model_entries := run("collections.defaultdict").value.entries)  # type: ignore[attr-defined]
    assert model_entries.open
    a, b = (run("dict.__getitem__", config, key).value for key in "ab")
    assert a != b and a == run("dict.__getitem__", config, "a").value
    run("dict.__setitem__", config, unknown(), Const(1))
    assert run("dict.__getitem__", config, "a").value != a


@MANY
@given(st.text("aB 1", max_size=6), st.sampled_from(["lower", "upper", "strip", "title", "isdigit", "split", "splitlines"]))
def test_text(text: str, name: str) -> None:
    value = run(f"str.{name}", text).value
    assert disagreement(getattr(text, name)(), value) is None
    assert run("str.__len__", text).value == Const(len(text))
    assert run("str.__add__", text, "x").value == Const(text + "x")
    assert run("str.__mul__", text, 3).value == Const(text * 3)
    assert run("str.__contains__", text, "a").value == Const("a" in text)
    assert run("str.join", text, ["p", "q"]).value == Const(text.join(["p", "q"]))


def test_lengths_of_what_is_not_known() -> None:
    sentences = unknown(name="sentences")
    length = run("builtins.len", sentences).value
    assert isinstance(length, Integer) and str(length.dim) == "len(sentences)"
    assert run("builtins.len", sentences).value == length
    assert run("builtins.len", run("builtins.list", sentences).value).value == length
    assert run("builtins.len", unknown()).value != length


def test_is_instance_only_where_it_is_sure() -> None:
    array, number = External("numpy.ndarray"), External("builtins.float")
    assert run("builtins.isinstance", _vector(), array).value == TRUE
    assert run("builtins.isinstance", _vector(), number).value == FALSE
    assert run("builtins.isinstance", abstract(True), External("builtins.int")).value == TRUE
    assert isinstance(run("builtins.isinstance", unknown(), array).value, Unknown)
    assert run("builtins.isinstance", [1], tuple_of(array, External("builtins.list"))).value == TRUE
    scalar = Array(_vector().shape.replace(0), dtype="float")
    assert isinstance(run("builtins.isinstance", scalar, number).value, Unknown)


def test_mapped_functions_are_called() -> None:
    caller = FakeCaller(lambda function, args, keywords: tuple_of(*args))
    value = binding.apply(model_of("builtins.map"), caller, [unknown(), abstract([1, 2])], {})
    assert isinstance(value, ListObject) and value.items.known == (tuple_of(Const(1)), tuple_of(Const(2)))
    many = ListObject(Items.many(unknown("float"), symbol("n")))
    value = binding.apply(model_of("builtins.map"), caller, [unknown(), many], {})
    assert isinstance(value, ListObject) and value.items == Items.many(tuple_of(many.items.element), many.items.length)


def test_command_line_options() -> None:
    parser = run("argparse.ArgumentParser").value
    run("argparse.ArgumentParser.add_argument", parser, "--n-lag", type=External("builtins.int"), default=4)
    run("argparse.ArgumentParser.add_argument", parser, "--fast", action="store_true")
    args = run("argparse.ArgumentParser.parse_args", parser).value
    assert isinstance(args, LibraryObject)
    lag = args.fields.get("n_lag")
    assert isinstance(lag, Unknown) and lag.type == "int" and lag.name == "n_lag"
    assert args.fields.get("fast").type_path == "bool"
    assert dim_of(lag) == dim_of(args.fields.get("n_lag"))


@pytest.mark.parametrize("name", ["sqrt", "exp", "log", "cos"])
def test_math(name: str) -> None:
    for x in (0.5, 2, 9):
        agree(f"math.{name}", x)


@MANY
@given(ints, ints)
def test_itertools(xs: list[int], ys: list[int]) -> None:
    for name in ("chain", "product"):
        value = run(f"itertools.{name}", xs, ys).value
        assert isinstance(value, ListObject) and value.items.length == len(list(getattr(itertools, name)(xs, ys)))


def test_copies() -> None:
    inner = abstract([1, 2])
    outer = ListObject(Items.of([inner]))
    shallow, deep = run("copy.copy", outer).value, run("copy.deepcopy", outer).value
    assert isinstance(inner, ListObject) and isinstance(shallow, ListObject) and isinstance(deep, ListObject)
    run("list.append", inner, 3)
    assert disagreement([[1, 2, 3]], shallow) is None and disagreement([[1, 2]], deep) is None


def test_what_lies_between_the_numbers_of_zipped_ranges_is_known() -> None:
    from tests.interpreter.programs import bindings, plain

    program = """
import numpy as np
import pandas as pd
table = pd.read_csv("a.csv", usecols=["a", "b"]).values
n = len(table)
windows = [table[start:stop] for start, stop in zip(range(0, n - 50), range(50, n))]
X = np.array(windows)
short = list(zip(range(3), range(3, 6)))
"""
    found = bindings(program)
    assert plain(found["X"]) == "(n - 50, 50, 2)"
    assert plain(found["short"]) == [(0, 3), (1, 4), (2, 5)]
