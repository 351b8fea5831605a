"""Values that make up a network: layers and models."""

from __future__ import annotations

from collections.abc import Mapping

from lstmlint.values.base import MISSING, Const, Value, is_none
from lstmlint.values.code import Site
from lstmlint.values.data import Items, Object, items_of
from lstmlint.values.memory import Cell, Namespace


class Layer(Object):
    """A layer: its class (`path`, such as "keras.layers.LSTM"), its arguments by their present names, where it was made."""

    __slots__ = ("path", "config", "site", "fields")

    def __init__(self, path: str, config: Mapping[str, Value], site: Site) -> None:
        self.path = path
        self.config = dict(config)
        self.site = site
        self.fields = Namespace()

    @property
    def type_path(self) -> str | None:
        return "keras.Layer"

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


class Model(Object):
    """A Keras model. `kind` is "sequential", "functional" or "subclass".

    Fields: sequential: `layers` (the layers added so far), `inputs` and `outputs` (symbolic tensors; MISSING until an input
    shape is known); functional: `inputs` and `outputs`, each a tensor or a sequence of them. `compiled`: the arguments of compile().
    `broken` marks a model whose building failed or can't be followed: nothing that depends on it is reported.
    """

    __slots__ = ("kind", "site", "cell", "inputs", "outputs", "compiled", "broken", "fields")

    def __init__(self, kind: str, site: Site) -> None:
        self.kind = kind
        self.site = site
        self.cell = Cell(Items.of(()))
        self.inputs = Cell()
        self.outputs = Cell()
        self.compiled = Cell()
        self.broken = Cell(Const(False))
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
        return self.broken.plain() != Const(False)
