"""Models of tqdm: a progress bar hands the items on."""
from __future__ import annotations

from lstmlint.library.builtins.functions import make_range
from lstmlint.library.registry import models
from lstmlint.values.base import MISSING, Value, unknown

_PLACES = ("tqdm", "tqdm.auto", "tqdm.notebook", "tqdm.std", "tqdm.autonotebook", "tqdm.rich")


@models(*(f"{place}.tqdm" for place in _PLACES), "tqdm.tqdm_notebook", "tqdm.notebook.tqdm_notebook")
def tqdm(iterable: Value = MISSING) -> Value:
    """tqdm.github.io: the items of the iterable."""
    return unknown() if iterable is MISSING else iterable


@models(*(f"{place}.trange" for place in _PLACES), "tqdm.tnrange")
def trange(*args: Value) -> Value:
    """tqdm.github.io: tqdm(range(…))."""
    return make_range(*args) if 1 <= len(args) <= 3 else unknown()
