"""Reading and writing files. What a file holds is not known; what is asked of it sometimes is."""
from __future__ import annotations

from lstmlint.library.numpy.arguments import dtype_of
from lstmlint.library.registry import models
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Shape, unknown_dim
from lstmlint.values.base import NONE, Const, Value, unknown
from lstmlint.values.data import Array


def _named(file: Value) -> str:
    return str(file.value) if isinstance(file, Const) and isinstance(file.value, str) else ""


@models("numpy.loadtxt", "numpy.genfromtxt")
def loadtxt(fname: Value, dtype: Value = NONE, *others: Value, ndmin: Value = NONE) -> Value:
    """numpy.org/doc: rank 1 or 2, as the text has it (one column or row gives rank 1), unless `ndmin` is 2."""
    source = _named(fname)
    shape = UNKNOWN_SHAPE
    if ndmin == Const(2):
        shape = Shape.of(*(unknown_dim(name, f"{name} of {source or 'the file'}") for name in ("rows", "columns")))
    return Array(shape, "numpy", dtype_of(dtype, "float"), None, source)


@models("numpy.frombuffer", "numpy.fromfile", "numpy.fromstring")
def fromfile(file: Value, dtype: Value = NONE, *others: Value) -> Value:
    """numpy.org/doc: all that is there, as rank 1."""
    source = _named(file)
    return Array(Shape.of(unknown_dim("n", f"numbers in {source or 'the data'}")), "numpy", dtype_of(dtype, "float"), None, source)


@models("numpy.load", "numpy.memmap")
def load(file: Value) -> Value:
    """numpy.org/doc: an array, or something like a dictionary of arrays; the name of the file tells."""
    return Array(UNKNOWN_SHAPE, source=_named(file)) if _named(file).endswith(".npy") else unknown(name=_named(file))


@models("numpy.save", "numpy.savez", "numpy.savez_compressed", "numpy.savetxt", "numpy.set_printoptions", "numpy.ndarray.tofile",
        "numpy.ndarray.dump", "numpy.seterr", "numpy.fill_diagonal", "numpy.copyto", "numpy.put")  # fmt: skip
def nothing(*args: Value) -> None:
    """numpy.org/doc: works by its effect, which leaves all shapes alone."""
