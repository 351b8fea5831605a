"""From a value of the analysis back to a program that makes it: the library calls that led to it, from its source on.

Each call becomes a line. What is read from a file, or can't be replayed otherwise, is made up in the shape that it has; where that
shape is only our inference, `given` says so.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from lstmlint.confirm.layers import NotRebuilt
from lstmlint.confirm.loaders import batch_of
from lstmlint.confirm.made_up import made_up
from lstmlint.confirm.named import FITS, FORGOTTEN, LISTS, OPERATORS, PLACES, SIGNS, is_dtype, is_source, is_weight
from lstmlint.confirm.outside import Outside
from lstmlint.confirm.tables import frame
from lstmlint.confirm.texts import (
    DTYPES,
    WORDS,
    NotPlain,
    Text,
    callable_path,
    equation,
    joined,
    keyword,
    length,
    number,
    reaches_out,
)
from lstmlint.confirm.torch_layers import layer_text
from lstmlint.library import registry
from lstmlint.library.torch.specs import BASE, axis_of_unknown
from lstmlint.rules.cause import data_shape
from lstmlint.shapes.dims import Dim
from lstmlint.shapes.shape import Shape
from lstmlint.values.base import Choice, Const, Integer, Undecided, Unknown, Value, dim_of, is_none
from lstmlint.values.code import External, Instance, LibraryObject
from lstmlint.values.data import Array, DictObject, Entries, Frame, Items, ListObject, Range, Slice, Tuple
from lstmlint.values.knowledge import CONTRACT, DERIVED, REFINED
from lstmlint.values.network import Layer
from lstmlint.values.origins import At, Call, Origins

MOST_LINES = 200
MOST_ITEMS = 32
"""Longer lists than this are written as one item many times over."""

BATCHES = "torch.utils.data.DataLoader"
_TAKEN = {"Embedding": (2, ""), "LSTM": (3, "input_size"), "GRU": (3, "input_size"), "RNN": (3, "input_size")}
"""What layers take: how many axes, and which argument says how long the last one is (none: whole numbers)."""


Shown = tuple[tuple[str, ...], str]
"""The variables that show a fault that passes, and how they show it (`confirm.evidence`)."""


class Replay:
    """Collects the lines of a program, each of which sets a variable. `given` says what is taken for granted."""

    def __init__(self, origins: Origins, event: Call, evaluated: bool = False, prefix: str = "a") -> None:
        self.lines: list[Text] = []
        self.positive: list[Dim] = []
        self.given: list[str] = []
        self.imports: set[str] = set()
        self.shapes: dict[str, Array] = {}
        """The variables that hold arrays, and what is inferred of them."""
        self.claim: int | None = None
        """The line of which something is claimed, where it is not the last one."""
        self.placed: dict[int, str] = {}
        """Values in whose place a variable stands."""
        self.outside: Outside | None = None
        """What makes values that no calls on data lead to: tensors of a model, and what a model gives."""
        self.origins = origins
        self.event = event
        self._evaluated = evaluated
        self._prefix = prefix
        self.names: dict[object, str] = {}
        self.labels: dict[object, str] = {}
        self._waiting: set[int] = set()
        self.kept: list[object] = []
        self._inferred: set[str] = set()

    def bind(self, text: Text, kind: str = "") -> str:
        """A new variable that holds what `text` computes."""
        if len(self.lines) >= MOST_LINES:
            raise NotRebuilt("what leads there is too long")
        name = f"{kind or self._prefix}{len(self.lines) + 1}"
        self.lines.append((f"{name} = ", *text))
        return name

    def value(self, value: Value, call: Call | None = None) -> Text:
        """An expression for a value; `call` is that in which it is an argument."""
        call = call or self.event
        if id(value) in self.placed:
            return (self.placed[id(value)],)
        if isinstance(value, Choice):
            decided = value.under(self.event.conditions)
            if isinstance(decided, Choice):
                raise Undecided(decided.condition)
            return self.value(decided, call)
        if isinstance(value, Const):
            return self._constant(value)
        if isinstance(value, Integer):
            return length(value.dim)
        if isinstance(value, (Tuple, ListObject)):
            return self._sequence(value, call)
        if isinstance(value, DictObject):
            return self._dictionary(value, call)
        if isinstance(value, Slice):
            return ("slice(", *joined([self.value(part, call) for part in (value.lower, value.upper, value.step)]), ")")
        if isinstance(value, Range):
            return ("range(", *joined([self.value(part, call) for part in (value.start, value.stop, value.step)]), ")")
        if isinstance(value, Layer):
            return (self.layer(value),)
        if isinstance(value, External):
            return self._external(value)
        if isinstance(value, Unknown):
            return self._unknown(value)
        made = self.outside.make(value) if isinstance(value, Array) and self.outside is not None else None
        return (self.variable(value, call),) if made is None else (made,)

    def name(self, value: Value, call: Call | None = None) -> str:
        """A variable that holds a value."""
        text = self.value(value, call)
        return text[0] if len(text) == 1 and isinstance(text[0], str) and text[0].isidentifier() else self.bind(text)

    def _constant(self, value: Const) -> Text:
        plain = value.value
        if plain is None or isinstance(plain, bool):
            return (repr(plain),)
        if plain is ...:
            return ("...",)
        if isinstance(plain, (int, float, complex)):
            return (number(plain),)  # type: ignore[arg-type]
        return (self.word(plain),)

    def word(self, text: object) -> str:
        """A word that libraries know, or a label of our own in place of any other text."""
        if isinstance(text, str) and text in WORDS:
            return repr(text)
        if text not in self.labels:
            self.labels[text] = f"column{len(self.labels) + 1}"
        return repr(self.labels[text])

    def _unknown(self, value: Unknown) -> Text:
        if value.type in _SOME or value.name == "training":
            return (_SOME[value.type or "bool"],)
        dim = dim_of(value) if value.type in (None, "int") else None
        if dim is None:
            raise NotRebuilt("an argument isn't known")
        return length(dim)

    def _external(self, value: External) -> Text:
        root, _, name = value.path.rpartition(".")
        if name not in DTYPES or root not in ("torch", "numpy", "tensorflow", "builtins"):
            raise NotRebuilt("an argument can't be written down")
        if root == "builtins":
            return (name,)
        self.imports.add(root)
        return (f"{root}.{name}",)

    def _item(self, value: Value, call: Call, is_data: bool) -> Text:
        """An item of a sequence. In a list, what is nothing but some whole number is data: a word, a class."""
        if is_data and isinstance(value, Unknown) and value.type in (None, "int", "scalar"):
            return ("1",)
        if isinstance(value, ListObject) and isinstance(value.cell.raw, Items):
            items = value.cell.raw
            if isinstance(items.element, Integer) or any(isinstance(item, Integer) for item in items.known or ()):
                one: Text = ("1",)
                return ("[", *one, "] * ", *length(items.length))
        return self.value(value, call)

    def _sequence(self, value: Tuple | ListObject, call: Call) -> Text:
        if isinstance(value, ListObject):
            raw = call.contents.get(id(value), value.cell.raw)
            items = raw.under(self.event.conditions) if isinstance(raw, Choice) else raw
        else:
            items = value.items
        if not isinstance(items, Items):
            raise NotRebuilt("what a list holds isn't known")
        opening, closing = ("(", ")") if isinstance(value, Tuple) else ("[", "]")
        if items.known is not None and len(items.known) <= MOST_ITEMS:
            listed = isinstance(value, ListObject)
            parts = [self._item(item, call, listed) for item in items.known]
            return (opening, *joined(parts), ",)" if len(parts) == 1 and closing == ")" else closing)
        element = self._item(items.element, call, True)
        if items.known is None:
            self.positive.append(items.length)
        return ("[", *element, "] * ", *length(items.length))

    def _dictionary(self, value: DictObject, call: Call) -> Text:
        entries = call.contents.get(id(value), value.cell.raw)
        if not isinstance(entries, Entries) or entries.open:
            raise NotRebuilt("what a dictionary holds isn't known")
        pairs = [(*self.value(key, call), ": ", *self.value(item, call)) for key, item in entries.known]
        return ("{", *joined(pairs), "}")

    def layer(self, layer: Layer) -> str:
        """The variable that holds a layer of PyTorch."""
        if layer not in self.names:
            self.imports.add("torch")
            text = layer_text(layer, self.value)
            self.names[layer] = self.bind((*text, ".train(False)") if self._evaluated else text, layer.kind.lower())
        return self.names[layer]

    def variable(self, value: Value, call: Call | None = None) -> str:
        """The variable that holds an array, a table or another object."""
        call = call or self.event
        if isinstance(value, Instance) and isinstance(value.fields.get(BASE), Layer):
            return self.variable_of_layer(value)
        if isinstance(value, Frame):
            return frame(self, value, call)
        old = self.origins.behind(value)
        if old is not None and not (isinstance(old, Array) and isinstance(value, Array) and old.kind == value.kind):
            return self.name(old, call)
        if id(value) not in self.names:
            self.kept.append(value)
            self.names[id(value)] = self._made(value, call)
        if isinstance(value, LibraryObject):
            self._fitted(value, call)
        return self.names[id(value)]

    def variable_of_layer(self, value: Instance) -> str:
        """An instance of a class that inherits from a layer, as that layer."""
        base = value.fields.get(BASE)
        assert isinstance(base, Layer)
        return self.layer(base)

    def _made(self, value: Value, call: Call) -> str:
        if id(value) in self._waiting:
            raise NotRebuilt("a value is made of itself")
        origin = self.origins.of(value)
        self._waiting.add(id(value))
        try:
            if origin is not None and not is_source(origin[0]) and not is_weight(origin[0]):
                try:
                    with self.attempt():
                        return self.noted(self.result(origin[0], origin[1], value), value)
                except (NotRebuilt, NotPlain, Undecided):
                    pass
        finally:
            self._waiting.discard(id(value))
        if not isinstance(value, Array):
            raise NotRebuilt("what is fed can't be replayed")
        return self._source(value, origin is not None and (is_source(origin[0]) or is_weight(origin[0])))

    def noted(self, name: str, value: Value) -> str:
        """The variable, of which it is known now what is inferred of it."""
        if isinstance(value, Array) and not value.shape.open:
            self.shapes[name] = value
            self.positive.extend(value.shape.dims)
        return name

    def _source(self, array: Array, is_source: bool) -> str:
        """An array of this shape, made up."""
        if array.shape.open or array.kind in ("keras", "dataset"):
            raise NotRebuilt("the shape of the data isn't known")
        if array.known == CONTRACT:
            self.infer(f"the data is {data_shape(array.shape)}, as its author says")
        elif not is_source or array.known != DERIVED:
            self.infer(f"the data is {data_shape(array.shape)}")
        self.positive.extend(array.shape.dims)
        text, modules = made_up(array)
        self.imports |= modules
        name = self.bind(text)
        if not is_source:
            self._inferred.add(name)
        return self.noted(name, array)

    def made_up(self, name: str) -> bool:
        """Whether a variable holds nothing but an array of a shape that we infer."""
        return name in self._inferred

    def infer(self, what: str) -> None:
        """Note something that the program takes for granted."""
        if what not in self.given:
            self.given.append(what)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """What was written within is taken back if it comes to nothing."""
        kept = len(self.lines), len(self.positive), list(self.given), dict(self.names), dict(self.shapes), set(self._inferred)
        outside = self.outside.state() if self.outside is not None else None
        try:
            yield
        except (NotRebuilt, NotPlain, Undecided, RecursionError) as error:
            if self.outside is not None and outside is not None:
                self.outside.restore(outside)
            lines, positive, self.given, self.names, self.shapes, self._inferred = kept
            del self.lines[lines:], self.positive[positive:]
            if isinstance(error, RecursionError):
                raise NotRebuilt("what leads there is too long") from None
            raise

    def result(self, call: Call, at: At = (), wanted: Value | None = None) -> str:
        """The variable that holds what a call gives, or a part of it."""
        if call.path.endswith(".__setitem__") and isinstance(call.args[0], Array):
            # What is written into an array leaves its shape as it is.
            return self.variable(call.args[0], call)
        if id(call) not in self.names:
            if call.path in (f"{BATCHES}.__iter__", f"{BATCHES}.__next__"):
                return self._part(batch_of(self, call, wanted), at)
            self.kept.append(call)
            self.names[id(call)] = self.bind(self.text(call))
        return self._part(self.names[id(call)], at)

    def _part(self, name: str, at: At) -> str:
        if not at:
            return name
        if any(not isinstance(position, int) for position in at):
            raise NotRebuilt("which part of a batch is meant isn't known")
        key = (name, at)
        if key not in self.names:
            self.names[key] = self.bind((name, *(f"[{position}]" for position in at)))
        return self.names[key]

    def text(self, call: Call) -> Text:
        """The call as an expression (a statement where it changes something)."""
        name = call.path.rpartition(".")[2]
        if call.path in ("tuple.__getitem__", "list.__getitem__"):
            return (*self.value(call.args[0], call), "[", *self.subscript(call.args[1], call), "]")
        if call.path.partition(".")[0] in LISTS:
            raise NotRebuilt("what Python makes of it can't be replayed")
        if call.how == "attribute":
            callable_path(call.path)
            if not call.args:
                return self._external(External(call.path))
            return (*self.value(call.args[0], call), f".{name}")
        if call.how == "function":
            return self._function(call)
        return self.method(call, self._receiver(call), call.args[1:])

    def _receiver(self, call: Call) -> Text:
        value = call.args[0]
        return (self._fed(value, None),) if isinstance(value, Unknown) else self.value(value, call)

    def _fed(self, value: Unknown, layer: Layer | None) -> str:
        """Something unknown that is used as a tensor: one that `layer` takes, made up, of which nothing else is known."""
        if value not in self.names:
            if layer is None or layer.kind not in _TAKEN:
                raise NotRebuilt("what is fed isn't known")
            rank, last = _TAKEN[layer.kind]
            lengths = [axis_of_unknown(value, at) for at in range(rank - 1 if last else rank)]
            dims = (*lengths, layer.length(last)) if last else lengths
            array = Array(Shape.of(*dims), "torch", "float" if last else "int", known=REFINED)
            self.kept.append(array)
            self.names[value] = self._source(array, False)
        return self.names[value]

    def _equation(self, value: Value) -> Text:
        """The first argument of an einsum."""
        if not isinstance(value, Const) or not isinstance(value.value, str):
            raise NotRebuilt("the subscripts of an einsum aren't known")
        return (repr(equation(value.value)),)

    def _function(self, call: Call) -> Text:
        path = callable_path(call.path)
        if path.startswith("keras.backend."):
            # What Keras 2 had there, Keras 3 has in TensorFlow's name only.
            path = f"tensorflow.{path}"
        root = path.partition(".")[0]
        self.imports.add(path.rpartition(".")[0] if root in ("sklearn", "scipy", "torch") else root)
        return (path, "(", *self._arguments(call, call.args), ")")

    def method(self, call: Call, receiver: Text, args: Sequence[Value]) -> Text:
        """The call of a method, as an expression."""
        name = call.path.rpartition(".")[2]
        if name == "__getitem__":
            return (*receiver, "[", *self.subscript(args[0], call), "]")
        if name == "__call__":
            return (*receiver, "(", *self._arguments(call, args, _layer_of(call.args[0])), ")")
        if name in OPERATORS:
            return (*receiver, f" {OPERATORS[name]} ", *self.value(args[0], call))
        reflected = "__" + name[3:] if name.startswith("__r") else ""
        if reflected in OPERATORS:
            return (*self.value(args[0], call), f" {OPERATORS[reflected]} ", *receiver)
        if name in SIGNS:
            return (SIGNS[name], *receiver)
        if name == "__iter__":
            return ("next(iter(", *receiver, "))")
        if name == "__getattr__" or (name.startswith("_") or reaches_out(name)):
            raise NotRebuilt(f"{name} can't be replayed")
        callable_path(call.path)
        if call.path in PLACES:
            types = [value for value in (*args, *call.keywords.values()) if is_dtype(value)]
            return (*receiver, ".to(", *joined([self.value(value, call) for value in types] or [("'cpu'",)]), ")")
        return (*receiver, f".{name}(", *self._arguments(call, args), ")")

    def subscript(self, key: Value, call: Call) -> Text:
        """What stands between the brackets."""
        if isinstance(key, Slice):
            parts = [() if is_none(part) else self.value(part, call) for part in (key.lower, key.upper)]
            step: Text = () if is_none(key.step) else (":", *self.value(key.step, call))
            return (*parts[0], ":", *parts[1], *step)
        if isinstance(key, Tuple) and key.items.known:
            return joined([self.subscript(item, call) for item in key.items.known])
        return self.value(key, call)

    def _arguments(self, call: Call, args: Sequence[Value], layer: Layer | None = None) -> Text:
        model = registry.find(call.path)
        parameters = () if model is None else inspect.signature(model).parameters
        of_einsum = call.path.endswith(".einsum")
        given = [self._equation(one) if of_einsum and not at else self.argument(one, call, layer) for at, one in enumerate(args)]
        given += [
            (f"{keyword(name, parameters)}=", *self.value(value, call))
            for name, value in call.keywords.items()
            if name not in FORGOTTEN
        ]
        return joined(given)

    def argument(self, value: Value, call: Call, layer: Layer | None) -> Text:
        """An argument of a call; `layer` is what is called, if that is a layer."""
        if layer is not None and isinstance(value, Unknown):
            return (self._fed(value, layer),)
        text = self.value(value, call)
        if layer is not None and layer.kind == "Embedding" and isinstance(value, Array) and value.dtype is None:
            return (*text, ".long()")
        return text

    def _fitted(self, value: LibraryObject, call: Call) -> None:
        """What was fitted before the call in question is fitted in the program, too."""
        for other in self.origins.received(value):
            if other.path.rpartition(".")[2] not in FITS or other.number >= call.number or id(other) in self.names:
                continue
            if not self.happened(other):
                continue
            self.kept.append(other)
            self.names[id(other)] = self.names[id(value)]
            self.names[id(other)] = self.bind(self.text(other))

    def happened(self, call: Call) -> bool:
        """Whether a call lies on the way of what is replayed; raises NotRebuilt where that isn't known."""
        for condition, truth in call.conditions.items():
            known = self.event.conditions.get(condition)
            if known is None:
                raise NotRebuilt("what it depends on differs with a condition of the script")
            if known != truth:
                return False
        return True


_SOME = {"float": "0.5", "str": "'a'", "bool": "False"}
"""What stands for a value of which only the type is known."""


def _layer_of(value: Value) -> Layer | None:
    """The layer that is called."""
    inner = value.fields.get(BASE) if isinstance(value, Instance) else value
    return inner if isinstance(inner, Layer) else None
