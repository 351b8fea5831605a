"""Data of a known shape where the real data is out of reach: numbers that differ from one another, and ones for whole numbers."""

from __future__ import annotations

from collections.abc import Sequence

from lstmlint.confirm.texts import Columns, Text, joined, length, lengths
from lstmlint.values.data import Array, Table


def made_up(array: Array) -> tuple[Text, set[str]]:
    """An expression for an array of this shape, kind and type, and what it imports."""
    shape = lengths(array.shape.dims)
    text = _numbers(array, shape)
    if array.kind == "torch":
        # Copied: torch does not take what numpy may not write to.
        return ("torch.tensor(", *text, ")") if array.dtype == "int" else ("torch.tensor(", *text, ").float()"), {"numpy", "torch"}
    if array.kind in ("series", "index"):
        return (f"pandas.{array.kind.capitalize()}(", *text, ")"), {"numpy", "pandas"}
    if array.kind == "tensor":
        return ("tensorflow.convert_to_tensor(", *text, ")"), {"numpy", "tensorflow"}
    return text, {"numpy"}


def _numbers(array: Array, shape: Text) -> Text:
    count = joined([length(dim) for dim in array.shape.dims], " * ") or ("1",)
    if array.dtype == "int":
        # A class, a word, a length: what is one is seldom out of range.
        return ("numpy.ones(", *shape, ", dtype='int64')")
    if array.dtype == "bool":
        return ("(numpy.arange(", *count, ") % 2 == 0).reshape(", *shape, ")")
    if array.dtype == "str":
        return ("numpy.full(", *shape, ", 'a')")
    return ("numpy.linspace(0.1, 0.9, ", *count, ", dtype='float32').reshape(", *shape, ")")


def made_up_table(table: Table, known: Sequence[str] | None, asked: dict[object, str]) -> Text:
    """An expression for a table of these rows and columns."""
    rows, width = length(table.rows.dim), length(table.width)
    count = (*rows, " * ", *width)
    cells = ("numpy.linspace(0.1, 0.9, ", *count, ").reshape((", *rows, ", ", *width, "))")
    return ("pandas.DataFrame(", *cells, ", columns=", Columns(table.width, known, asked), ")")
