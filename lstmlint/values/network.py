"""Values that make up a network: layers and models."""

from __future__ import annotations

from collections.abc import Mapping

from lstmlint.shapes.dims import Dim, derived
from lstmlint.values.base import FALSE, MISSING, NONE, Choice, Const, Undecided, Value, dim_of, is_none
from lstmlint.values.code import Site
from lstmlint.values.data import Items, Object, items_of
from lstmlint.values.memory import Cell, Namespace

NO_ITEMS = Items((), NONE, 0)


_TYPES = {"torch": "torch.nn.Module", "tensorflow": "tensorflow.Layer"}
"""The classes of layers that are not Keras's, by library."""


class Layer(Object):
    """A layer: its class (`path`, such as "keras.layers.LSTM"), its arguments by their present names, where it was made.

    `built` is the length of the feature axis that its weights were made for (MISSING before the first application), `calls`
    what each application returned.
    """

    __slots__ = ("path", "config", "site", "fields", "built", "calls")

    def __init__(self, path: str, config: Mapping[str, Value], site: Site) -> None:
        self.path = path
        self.config = dict(config)
        self.site = site
        self.fields = Namespace()
        self.built = Cell()
        self.calls = Cell(NO_ITEMS)

    @property
    def type_path(self) -> str | None:
        root = self.path.partition(".")[0]
        return _TYPES.get(root, "keras.Layer")

    @property
    def kind(self) -> str:
        """The class's own name: "LSTM"."""
        return self.path.rpartition(".")[2]

    def given(self, name: str) -> Value | None:
        """The argument `name` if it was given and is not None."""
        value = self.config.get(name, MISSING)
        return None if value is MISSING or is_none(value) else value

    def flag(self, name: str, default: bool = False) -> bool | None:
        """The boolean argument `name`: True, False, or None where it is not known."""
        value = self.config.get(name, MISSING)
        if value is MISSING:
            return default
        if isinstance(value, Const):
            return bool(value.value)
        return None

    def text(self, name: str, default: str) -> str | None:
        """The text argument `name`, in lower case; None where it is not known."""
        value = self.given(name)
        if value is None:
            return default
        return value.value.lower() if isinstance(value, Const) and isinstance(value.value, str) else None

    def length(self, name: str, default: Dim | None = None) -> Dim:
        """The positive integer argument `name`; a symbol that belongs to this layer where it is not known."""
        value = self.given(name)
        if value is None and default is not None:
            return default
        return positive(value) if value is not None and is_positive(value) else self.unknown_length(name)

    def lengths(self, name: str, count: int, default: Dim | None = None) -> tuple[Dim, ...]:
        """The argument `name` that is one integer or `count` of them."""
        value = self.given(name)
        items = None if value is None else items_of(value)
        if items is None:
            return (self.length(name, default),) * count
        if items.known is None or len(items.known) != count:
            return tuple(self.unknown_length(name, at) for at in range(count))
        parts = [plain(item) for item in items.known]
        return tuple(
            positive(part) if is_positive(part) else self.unknown_length(name, at) for at, part in enumerate(parts)
        )

    def unknown_length(self, name: str, at: int = 0) -> Dim:
        """An unknown length that belongs to this layer."""
        return derived((self, name, at), name, lower=1)


def plain(value: Value) -> Value:
    """`value`, which must not depend on an open condition."""
    if isinstance(value, Choice):
        raise Undecided(value.condition)
    return value


def is_positive(value: Value) -> bool:
    """Possibly a positive integer."""
    dim = dim_of(value)
    return dim is not None and not (isinstance(dim, int) and dim <= 0)


def positive(value: Value) -> Dim:
    """The integer that `value` is."""
    return dim_of(value) or 1


class Model(Object):
    """A Keras model. `kind` is "sequential" or "functional".

    Sequential: `cell` holds the layers added so far, `tensors` the output of each of them; `inputs` and `outputs` are
    symbolic tensors, MISSING until an input shape is known. Functional: `inputs` and `outputs` are each a tensor or a
    sequence or dictionary of them. `compiled`: the arguments of the last compile(), `compiled_at` its place. `broken` marks a
    model whose building fails or can't be followed: nothing that depends on it is reported. `reported` holds the layers whose
    fault an event has told already; `checked` is set when a model whose input stays unknown has been looked through.
    """

    __slots__ = (
        *("kind", "site", "cell", "tensors", "inputs", "outputs", "compiled", "compiled_at"),
        *("broken", "reported", "checked", "fields"),
    )

    def __init__(self, kind: str, site: Site) -> None:
        self.kind = kind
        self.site = site
        self.cell = Cell(NO_ITEMS)
        self.tensors = Cell(NO_ITEMS)
        self.inputs = Cell()
        self.outputs = Cell()
        self.compiled = Cell()
        self.compiled_at: Site | None = None
        self.broken = Cell(FALSE)
        self.reported = Cell(NO_ITEMS)
        self.checked = Cell()
        self.fields = Namespace()

    @property
    def type_path(self) -> str | None:
        return "keras.Model"

    @property
    def layers(self) -> Items | None:
        """The layers in order; None where they are not known. Raises Undecided where they depend on an open condition."""
        content = self.cell.plain()
        return content if isinstance(content, Items) else items_of(content)

    @property
    def is_broken(self) -> bool:
        """Whether nothing may be concluded from this model."""
        return self.broken.get() != FALSE


class Loss(Object):
    """A built-in loss function with its arguments: `name` is the present name of the function ("mean_squared_error")."""

    __slots__ = ("name", "config")

    def __init__(self, name: str, config: Mapping[str, Value] | None = None) -> None:
        self.name = name
        self.config = dict(config or {})

    @property
    def type_path(self) -> str | None:
        return "keras.Loss"
