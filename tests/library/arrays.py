"""Random concrete arrays and arguments for the differential tests."""
from __future__ import annotations

from typing import Any

import numpy
from hypothesis import settings
from hypothesis import strategies as st

MANY = settings(max_examples=200, deadline=None)

DTYPES = (numpy.float64, numpy.int64, numpy.bool_)


def array(shape: tuple[int, ...], dtype: Any = numpy.float64) -> numpy.ndarray[Any, Any]:
    """An array with these lengths: small numbers, none of them zero where that could divide."""
    count = int(numpy.prod(shape))
    return (numpy.arange(count) % 3 + 1).reshape(shape).astype(dtype)


def shapes(least: int = 0, most: int = 4, smallest: int = 0) -> st.SearchStrategy[tuple[int, ...]]:
    """Shapes with a few axes, of which lengths of one are frequent."""
    length = st.sampled_from([n for n in (0, 1, 1, 2, 3, 4, 6) if n >= smallest])
    return st.lists(length, min_size=least, max_size=most).map(tuple)


def arrays(least: int = 0, most: int = 4, smallest: int = 0, dtypes: tuple[Any, ...] = DTYPES) -> st.SearchStrategy[Any]:
    """Arrays of such shapes."""
    return st.builds(array, shapes(least, most, smallest), st.sampled_from(dtypes))


axes = st.integers(-4, 4)


@st.composite
def subscripts(draw: st.DrawFn, shape: tuple[int, ...]) -> Any:
    """What can stand between the brackets after an array of `shape`, and now and then what can't."""
    items: list[Any] = []
    left = list(shape)
    wanted = draw(st.integers(0, len(shape) + 1))
    fancy = draw(st.sampled_from(["mask", "list"]))
    for _ in range(wanted):
        length = left[0] if left else 3
        # How many elements a mask selects is not known, so it can't be seen whether that fits another one or an index array.
        kind = draw(st.sampled_from(["int", "slice", "slice", "none", "ellipsis", "scalar", fancy, fancy]))
        if kind in ("list", "scalar") and 0 in shape:
            # Which elements an index array names is not known, so it can't be seen that an empty axis has none.
            kind = "slice"
        if kind == "none":
            items.append(None)
            continue
        if kind == "ellipsis":
            if not any(item is Ellipsis for item in items):
                items.append(Ellipsis)
            continue
        if kind == "int":
            items.append(draw(st.integers(-length - 1, length)))
        elif kind == "slice":
            ends = st.one_of(st.none(), st.integers(-length - 2, length + 2))
            items.append(slice(draw(ends), draw(ends), draw(st.sampled_from([None, None, 1, 2, -1]))))
        elif kind == "list" and length:
            last = 0 if any(item is Ellipsis for item in items) else length - 1
            numbers = st.lists(st.integers(0, last), min_size=1, max_size=3)
            items.append(draw(st.one_of(numbers, shapes(1, 2).map(lambda lengths: numpy.zeros(lengths, int)))))
        elif kind == "mask":
            rank = draw(st.integers(1, max(1, min(2, len(left)))))
            lengths = tuple(left[:rank]) or (length,)
            items.append(numpy.ones(lengths, bool))
            left = left[len(lengths) :]
            fancy = "slice"
            continue
        elif kind == "scalar" and length:
            items.append(numpy.int64(0))
        else:
            items.append(slice(None))
        left = left[1:]
    return items[0] if len(items) == 1 and draw(st.booleans()) else tuple(items)
