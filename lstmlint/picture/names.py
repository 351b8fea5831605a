"""How shapes are printed in a picture: symbols that differ have different names, and each is explained."""
from __future__ import annotations

from lstmlint.library.tensorflow.data import element_of, is_dataset
from lstmlint.library.tensorflow.structures import leaves
from lstmlint.picture.contents import tables
from lstmlint.shapes.dims import Dim, Poly, Symbol, substitute
from lstmlint.shapes.shape import Axis, Shape
from lstmlint.values.base import Choice, Value
from lstmlint.values.data import Array, Frame, Items, ListObject, Tuple

SHARED = frozenset({"?", "…", "None", "batch"})
"""Names that stand for another length each time, and are told apart by nobody."""


class Names:
    """Gives each symbol a name of its own."""

    def __init__(self) -> None:
        self._shown: dict[Symbol, Dim] = {}
        self._taken: dict[str, int] = {}
        self.legend: dict[str, str] = {}

    def dim(self, dim: Dim) -> str:
        """A length as text."""
        return str(substitute(dim, self._named))

    def _named(self, symbol: Symbol) -> Dim:
        known = self._shown.get(symbol)
        if known is not None:
            return known
        name = symbol.name
        if name not in SHARED:
            count = self._taken[name] = self._taken.get(name, 0) + 1
            name = name if count == 1 else f"{name}_{count}"
            if symbol.origin:
                self.legend[name] = symbol.origin
        known = self._shown[symbol] = Poly({(Symbol(name, symbol.origin),): 1})
        return known

    def shape(self, shape: Shape) -> str:
        """A shape as text: (n, 60, 5); "?" where nothing is known, "…" for unknown axes before known ones."""
        parts = [self.dim(axis.dim) for axis in shape]
        if shape.open:
            return f"(…, {', '.join(parts)})" if parts else "?"
        return f"({parts[0]},)" if len(parts) == 1 else f"({', '.join(parts)})"

    def value(self, value: Value, depth: int = 3) -> str | None:
        """What is known of the shape of a value as text; None for what has none."""
        if isinstance(value, Choice):
            texts = [self.value(leaf, depth) for leaf in value.leaves()]
            return " or ".join(dict.fromkeys(text or "?" for text in texts)) if any(texts) else None
        if isinstance(value, Array):
            return self.shape(value.shape)
        if isinstance(value, Frame):
            shapes = [self.shape(Shape((table.rows, Axis(table.width)))) for table in tables(value)]
            return " or ".join(dict.fromkeys(shapes)) or "?"
        if is_dataset(value):
            tensors = leaves(element_of(value))
            return "elements of " + (", ".join(self.shape(tensor.shape) for tensor in tensors) if tensors else "?")
        if isinstance(value, (ListObject, Tuple)) and depth:
            return self._items(value, depth)
        return None

    def _items(self, value: ListObject | Tuple, depth: int) -> str | None:
        items = value.cell.raw if isinstance(value, ListObject) else value.items
        if not isinstance(items, Items):
            return None
        if items.known is not None and (isinstance(value, Tuple) or len(items.known) <= 3):
            texts = [self.value(item, depth - 1) for item in items.known]
            return ", ".join(text or "?" for text in texts) if texts and any(texts) else None
        element = self.value(items.element, depth - 1)
        return None if element is None else f"{self.dim(items.length)} × {element}"
