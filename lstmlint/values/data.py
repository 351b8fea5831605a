"""Values that hold data: sequences, dictionaries, arrays, tables."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

from lstmlint.shapes.dims import Dim, Poly, Symbol, floor_divide, larger, same, symbol
from lstmlint.shapes.shape import Axis, Meaning, Shape, unknown_dim
from lstmlint.shapes.shape import join as join_shapes
from lstmlint.values.base import Choice, Const, Integer, Unknown, Value, constant_int, dim_of, integer, unknown
from lstmlint.values.knowledge import DERIVED, weakest
from lstmlint.values.memory import Cell


@dataclass(frozen=True, slots=True)
class Items(Value):
    """The content of a sequence: every item (`known`), or what is true of each (`element`) and how many there are."""

    known: tuple[Value, ...] | None
    element: Value
    length: Dim

    @staticmethod
    def of(values: Iterable[Value]) -> Items:
        """Exactly these items."""
        known = tuple(values)
        return Items(known, join_all(known), len(known))

    @staticmethod
    def many(element: Value, length: Dim) -> Items:
        """`length` items like `element`."""
        return Items(None, element, length)

    def at(self, index: int) -> Value | None:
        """Item `index` (negative from the end); None where it is proven to be out of range."""
        if self.known is None:
            return self.element
        return self.known[index] if -len(self.known) <= index < len(self.known) else None


class Object(Value):
    """A value with an identity: equal only to itself."""

    __slots__ = ("__weakref__",)


@dataclass(frozen=True, slots=True)
class Tuple(Value):
    """A tuple; `lengths_of` is the array or table whose shape it is, None for others."""

    items: Items
    lengths_of: Array | Frame | None = field(default=None, compare=False, repr=False)

    @property
    def type_path(self) -> str | None:
        return "tuple"


def tuple_of(*values: Value) -> Tuple:
    """The tuple of these values."""
    return Tuple(Items.of(values))


def shape_tuple(shape: Shape, of: Array | Frame | None = None) -> Value:
    """`of.shape` as the program sees it."""
    return unknown("tuple") if shape.open else Tuple(Items.of(integer(axis.dim) for axis in shape), of)


class ListObject(Object):
    """A list, or another mutable sequence or iterator: `kind` is "list", "set", "iterator", "deque"."""

    __slots__ = ("cell", "kind")

    def __init__(self, items: Items, kind: str = "list") -> None:
        self.cell = Cell(items)
        self.kind = kind

    @property
    def type_path(self) -> str | None:
        return self.kind

    @property
    def items(self) -> Items:
        """The content; raises Undecided where it depends on an open condition."""
        content = self.cell.plain()
        return content if isinstance(content, Items) else Items.many(unknown(), unknown_dim())

    @items.setter
    def items(self, items: Items) -> None:
        self.cell.set(items)


@dataclass(frozen=True, slots=True)
class Entries(Value):
    """The content of a dictionary: known constant keys; with `open`, there may be others, with values like `element`.

    `keys` is the type of all keys, such as "str", where none is known and it is.
    """

    known: tuple[tuple[Value, Value], ...]
    open: bool = False
    element: Value = field(default_factory=unknown)
    length: Dim | None = None
    keys: str | None = None


def type_of_key(key: Value) -> str | None:
    """The type of a key that stands for all of a dictionary, as `Entries.keys` has it."""
    found = key.type if isinstance(key, Unknown) else key.type_path
    return found if found in ("int", "str") else None


class DictObject(Object):
    """A dictionary."""

    __slots__ = ("cell",)

    def __init__(self, entries: Entries) -> None:
        self.cell = Cell(entries)

    @property
    def type_path(self) -> str | None:
        return "dict"

    @property
    def entries(self) -> Entries:
        """The content; raises Undecided where it depends on an open condition."""
        content = self.cell.plain()
        return content if isinstance(content, Entries) else Entries((), True)

    @entries.setter
    def entries(self, entries: Entries) -> None:
        self.cell.set(entries)

    def get(self, key: Value) -> Value | None:
        """The value under `key`; None where it is proven that there is none."""
        entries = self.entries
        for known, value in entries.known:
            if known == key:
                return value
        if entries.open or not isinstance(key, Const):
            return entries.element if entries.open else join_all(v for _, v in entries.known)
        return None


@dataclass(frozen=True, slots=True)
class Record(Value):
    """An object of a library with named parts that nobody changes: a batch. `path` is its class."""

    path: str
    parts: tuple[tuple[str, Value], ...]

    @property
    def type_path(self) -> str | None:
        return self.path


@dataclass(frozen=True, slots=True)
class Slice(Value):
    """A slice object, as in x[lower:upper:step]; what is not given is None (a Const)."""

    lower: Value
    upper: Value
    step: Value

    @property
    def type_path(self) -> str | None:
        return "slice"


@dataclass(frozen=True, slots=True)
class Range(Value):
    """A range(start, stop, step) of integers."""

    start: Value
    stop: Value
    step: Value

    @property
    def type_path(self) -> str | None:
        return "range"


def range_length(span: Range) -> Dim:
    """How many numbers `span` has: exact where start, stop and step are known as polynomials and the step is constant."""
    start, stop, step = dim_of(span.start), dim_of(span.stop), constant_int(span.step)
    if start is None or stop is None or not step:
        return unknown_dim("len(range)")
    distance = stop - start if step > 0 else start - stop
    steps = distance if abs(step) == 1 else floor_divide(distance + abs(step) - 1, abs(step))
    return larger(steps, 0) if isinstance(steps, int) else steps


def element_of_range(span: Range, name: str = "i") -> Value:
    """A number of `span`: a fresh symbol bounded by it."""
    start, stop, step = dim_of(span.start), dim_of(span.stop), constant_int(span.step)
    if start is None or stop is None or not step:
        return integer(symbol(name, lower=None))
    if step > 0:
        last = start + (stop - 1 - start) // step * step if isinstance(start, int) and isinstance(stop, int) else stop - 1
        return integer(symbol(name, lower=start, upper=last))
    return integer(symbol(name, lower=stop + 1, upper=start))


TYPE_OF_KIND = {
    "numpy": "numpy.ndarray",
    "series": "pandas.Series",
    "index": "pandas.Index",
    "tensor": "tensorflow.Tensor",
    "keras": "keras.KerasTensor",
    "graph": "tensorflow.GraphTensor",
    "torch": "torch.Tensor",
    "dataset": "tensorflow.data.Dataset",
    "any": "anyarray.Array",
}


@dataclass(frozen=True, slots=True)
class Array(Value):
    """An array or tensor. `kind` is a key of TYPE_OF_KIND; `dtype` is "float", "int", "bool", "str", "object" or None.

    `producer` is the event that made it (what a rule follows back to the cause); `source` says in words where the data came from.
    `known` says how the shape is known (values.knowledge). `behind` is the last event that made something of which this was
    computed, where nothing is the producer: it says which network a tensor belongs to, and nothing of its elements.
    """

    shape: Shape
    kind: str = "numpy"
    dtype: str | None = None
    producer: object = field(default=None, compare=False)
    source: str = field(default="", compare=False)
    known: str = field(default=DERIVED, compare=False)
    behind: object = field(default=None, compare=False)

    @property
    def type_path(self) -> str | None:
        return TYPE_OF_KIND[self.kind]

    def reshaped(self, shape: Shape) -> Array:
        """The same data with another shape."""
        kind = self.kind if self.kind not in ("series", "index") else "numpy"
        return Array(shape, kind, self.dtype, None, self.source, self.known)


PREDICTED = "the predictions of a model"
"""The `source` of what a model of Keras predicted, and of what is computed of it element by element."""


@dataclass(frozen=True, slots=True)
class TensorKey(Value):
    """A tensor of a TensorFlow 1 graph as the key of a dictionary: the one that `event` made, whichever others have its shape."""

    event: object
    shape: Shape
    tensor: Array = field(compare=False)


def key_of(value: Value) -> Value:
    """`value` as the key of a dictionary: a tensor of a graph is told from others by what made it."""
    if isinstance(value, Array) and value.kind == "graph" and value.producer is not None:
        return TensorKey(value.producer, value.shape, value)
    return value


def as_value(key: Value) -> Value:
    """What the program sees of a key."""
    return key.tensor if isinstance(key, TensorKey) else key


Label = Hashable


@dataclass(frozen=True, slots=True)
class Table(Value):
    """The content of a DataFrame: its rows, its column labels where all are known, and its number of columns.

    `dtype` is what all cells have in common: "object" if they may hold lists or arrays, None for plain cells of any types.
    `index` holds the labels that reset_index() makes columns of, None if it is not known how many. `known` says how rows and width
    are known (values.knowledge).
    """

    rows: Axis
    columns: tuple[Label, ...] | None
    width: Dim
    source: str = field(default="", compare=False)
    dtype: str | None = field(default=None, compare=False)
    index: tuple[Label, ...] | None = field(default=("index",), compare=False)
    known: str = field(default=DERIVED, compare=False)


class Frame(Object):
    """A pandas DataFrame (mutable: columns come and go)."""

    __slots__ = ("cell",)

    def __init__(self, table: Table) -> None:
        self.cell = Cell(table)

    @property
    def type_path(self) -> str | None:
        return "pandas.DataFrame"

    @property
    def table(self) -> Table:
        """The content; raises Undecided where it depends on an open condition."""
        content = self.cell.plain()
        return content if isinstance(content, Table) else Table(Axis(unknown_dim()), None, unknown_dim())

    @table.setter
    def table(self, table: Table) -> None:
        self.cell.set(table)

    @property
    def shape(self) -> Shape:
        table = self.table
        return Shape((table.rows, Axis(table.width, Meaning.FEATURE)))


def frame(
    rows: Axis | Dim,
    columns: tuple[Label, ...] | None = None,
    width: Dim | None = None,
    source: str = "",
    dtype: str | None = None,
    index: tuple[Label, ...] | None = ("index",),
) -> Frame:
    """A DataFrame; the width follows from the columns where they are given."""
    if columns is not None:
        width = len(columns)
    axis = rows if isinstance(rows, Axis) else Axis(rows)
    return Frame(Table(axis, columns, unknown_dim() if width is None else width, source, dtype, index))


def items_of(value: Value) -> Items | None:
    """The items of a tuple or list value, None for anything else."""
    if isinstance(value, Tuple):
        return value.items
    if isinstance(value, ListObject):
        return value.items
    return None


_PLAIN_TYPES = ("int", "float", "bool", "str", "bytes", "scalar")
"""Types that say enough about a value of which nothing else is known."""


def widen(a: Value, b: Value) -> Value:
    """One value that covers both, without alternatives: what a loop or a long list makes of its elements."""
    if a == b:
        return a
    if isinstance(a, Array) and isinstance(b, Array) and a.kind == b.kind:
        dtype = a.dtype if a.dtype == b.dtype else None
        return Array(join_shapes(a.shape, b.shape), a.kind, dtype, None, a.source, weakest(a.known, b.known))
    if isinstance(a, Tuple) and isinstance(b, Tuple):
        return Tuple(widen_items(a.items, b.items))
    if isinstance(a, ListObject) and isinstance(b, ListObject) and a.kind == b.kind:
        return ListObject(widen_items(_content(a), _content(b)), a.kind)
    if isinstance(a, DictObject) and isinstance(b, DictObject):
        return _widen_dicts(a, b)
    if isinstance(a, Frame) and isinstance(b, Frame) and isinstance(a.cell.raw, Table) and isinstance(b.cell.raw, Table):
        return Frame(widen_tables(a.cell.raw, b.cell.raw))
    if isinstance(a, (Const, Integer)) and isinstance(b, (Const, Integer)):
        types = {a.type_path, b.type_path}
        if len(types) == 1:
            only = types.pop()
            return integer(unknown_dim(lower=None)) if only == "int" else unknown(only)
        return unknown("float") if types <= {"int", "float"} else unknown()
    if isinstance(a, Choice) or isinstance(b, Choice):
        leaves = [leaf for side in (a, b) for leaf in (side.leaves() if isinstance(side, Choice) else [side])]
        return join_all(leaves)
    same_type = a.type_path if a.type_path == b.type_path and a.type_path in _PLAIN_TYPES else None
    return unknown(same_type)


def widen_tables(a: Table, b: Table) -> Table:
    """The content that covers both; a length that is not the same in both differs from one to the next."""
    return Table(
        a.rows if a.rows == b.rows else a.rows.of_length(_differing("n")),
        a.columns if a.columns == b.columns else None,
        a.width if a.width == b.width else _differing("columns"),
        a.source,
        a.dtype if a.dtype == b.dtype else "object",
        a.index if a.index == b.index else None,
        weakest(a.known, b.known),
    )


def _differing(name: str) -> Dim:
    return Poly({(Symbol(name, "differs from one to the next", varies=True),): 1})


def _content(value: ListObject) -> Items:
    """What a list holds, whichever way open conditions go."""
    raw = value.cell.get()
    known = [leaf for leaf in (raw.leaves() if isinstance(raw, Choice) else [raw]) if isinstance(leaf, Items)]
    if not known:
        return Items.many(unknown(), unknown_dim())
    result = known[0]
    for other in known[1:]:
        result = widen_items(result, other)
    return result


def _widen_dicts(a: DictObject, b: DictObject) -> Value:
    """A dictionary with the keys that both have; unknown where these differ or are not all known."""
    mine, others = a.cell.raw, b.cell.raw
    if not isinstance(mine, Entries) or not isinstance(others, Entries) or mine.open or others.open:
        return unknown()
    if [key for key, _ in mine.known] != [key for key, _ in others.known]:
        return unknown()
    return DictObject(Entries(tuple((key, widen(x, y)) for (key, x), (_, y) in zip(mine.known, others.known))))


def widen_items(a: Items, b: Items) -> Items:
    """The content that covers both contents."""
    if a.known is not None and b.known is not None and len(a.known) == len(b.known):
        return Items.of(widen(x, y) for x, y in zip(a.known, b.known))
    element = b.element if same(a.length, 0) else a.element if same(b.length, 0) else widen(a.element, b.element)
    return Items.many(element, a.length if same(a.length, b.length) else unknown_dim())


def join_all(values: Iterable[Value]) -> Value:
    """What is true of all of `values`; unknown if there are none."""
    result: Value | None = None
    for count, value in enumerate(values):
        result = value if result is None else widen(result, value)
        if count > 4 and isinstance(result, Unknown) and result.type is None:
            break
    return unknown() if result is None else result
