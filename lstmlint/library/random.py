"""Models of random."""
from __future__ import annotations

from lstmlint.library.builtins.iteration import items_over
from lstmlint.library.builtins.lists import reordered
from lstmlint.library.registry import models
from lstmlint.shapes.dims import Dim, symbol
from lstmlint.shapes.shape import unknown_dim
from lstmlint.values.base import MISSING, NONE, Unknown, Value, dim_of, integer, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Items, ListObject


@models("random.random", "random.uniform", "random.gauss", "random.normalvariate", "random.triangular", "random.betavariate")
def some_float(*args: Value) -> Value:
    """docs.python.org: a float."""
    return unknown("float")


@models("random.randint")
def randint(a: Value, b: Value) -> Value:
    """docs.python.org: an integer from a to b, both included."""
    return integer(symbol("randint", "a random number", dim_of(a), dim_of(b)))


@models("random.randrange")
def randrange(start: Value, stop: Value = MISSING, step: Value = NONE) -> Value:
    """docs.python.org: an integer of a range."""
    low, high = (0, dim_of(start)) if stop is MISSING else (dim_of(start), dim_of(stop))
    return integer(symbol("randrange", "a random number", low, None if high is None else high - 1))


@models("random.choice")
def choice(caller: Caller, seq: Value) -> Value:
    """docs.python.org: one of the items."""
    element = items_over(caller, seq).element
    return unknown(element.type) if isinstance(element, Unknown) else element


@models("random.sample")
def sample(caller: Caller, population: Value, k: Value) -> Value:
    """docs.python.org: a list of k different items."""
    return ListObject(Items.many(items_over(caller, population).element, _count(k)))


@models("random.choices")
def choices(caller: Caller, population: Value, weights: Value = NONE, *, k: Value = MISSING) -> Value:
    """docs.python.org: a list of k items."""
    length = 1 if k is MISSING else _count(k)
    return ListObject(Items.many(items_over(caller, population).element, length))


def _count(k: Value) -> Dim:
    count = dim_of(k)
    return unknown_dim("k") if count is None else count


@models("random.shuffle")
def shuffle(x: Value) -> None:
    """docs.python.org: another order."""
    if isinstance(x, ListObject):
        x.items = reordered(x.items)


@models("random.seed")
def seed(*args: Value) -> None:
    """docs.python.org: nothing that has a shape."""
