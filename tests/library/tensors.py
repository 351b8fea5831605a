"""Random concrete tensors and arguments for the differential tests against torch."""
from __future__ import annotations

import os
from typing import Any

import numpy
import pytest
from hypothesis import settings
from hypothesis import strategies as st

from tests.library.arrays import array, shapes, subscripts

torch = pytest.importorskip("torch")

DRAWN = settings(max_examples=int(os.environ.get("EXAMPLES", "50")), deadline=None)
"""How many arguments are drawn for each test; while a model is written it should be some hundreds: EXAMPLES=300 pytest …"""

DTYPES = {"float": numpy.float32, "int": numpy.int64, "bool": numpy.bool_}


def tensor(shape: tuple[int, ...], dtype: str = "float") -> Any:
    """A tensor with these lengths: small numbers, none of them zero."""
    return torch.from_numpy(array(shape, DTYPES[dtype]))


def tensors(least: int = 0, most: int = 4, smallest: int = 0, dtypes: tuple[str, ...] = tuple(DTYPES)) -> st.SearchStrategy[Any]:
    """Tensors of such shapes."""
    return st.builds(tensor, shapes(least, most, smallest), st.sampled_from(dtypes))


@st.composite
def torch_subscripts(draw: st.DrawFn, shape: tuple[int, ...]) -> Any:
    """What can stand between the brackets after a tensor of `shape`, and now and then what can't."""
    key = draw(subscripts(shape))
    items = key if isinstance(key, tuple) else (key,)
    found = tuple(torch.from_numpy(item) if isinstance(item, numpy.ndarray) else _number(item) for item in items)
    return found if isinstance(key, tuple) else found[0]


def _number(item: Any) -> Any:
    return torch.tensor(int(item)) if isinstance(item, numpy.integer) else item
