"""Models of KerasTuner: hyperparameters are numbers within their bounds, and a build function is called with them."""
from __future__ import annotations

from collections.abc import Mapping, Sequence

from lstmlint.library import binding, registry
from lstmlint.library.builtins.iteration import special
from lstmlint.library.keras.custom import own_method
from lstmlint.library.registry import attributes, models
from lstmlint.shapes.dims import symbol
from lstmlint.values.base import MISSING, NONE, Const, Value, constant_int, integer, unknown
from lstmlint.values.code import Caller, Function, Instance, LibraryObject
from lstmlint.values.data import Items, ListObject, items_of
from lstmlint.values.network import Model, plain

_HP = "keras_tuner.HyperParameters"
_TUNER = "keras_tuner.Tuner"
_ONE = Const(1)
_MARK = "parameter "
"""Before the names of hyperparameters among the fields, to keep them apart from methods."""


@models(_HP)
def hyperparameters() -> Value:
    """keras.io/keras_tuner: none as yet."""
    return LibraryObject(_HP)


def _kept(hp: LibraryObject, name: Value, value: Value) -> Value:
    """The hyperparameter `name`, which is the same each time that it is asked for."""
    if not isinstance(name, Const) or not isinstance(name.value, str):
        return value
    field = f"{_MARK}{name.value}"
    known = hp.fields.get(field)
    if known is MISSING:
        hp.fields.set(field, value)
        return value
    return known


def _between(name: Value, least: int | None, most: int | None) -> Value:
    text = name.value if isinstance(name, Const) and isinstance(name.value, str) else "?"
    return integer(symbol(text, f"the hyperparameter {text}", least, most))


@models(f"{_HP}.Int")
def whole(self: LibraryObject, name: Value, min_value: Value, max_value: Value = MISSING) -> Value:
    """keras.io/keras_tuner: a whole number between the two, both included."""
    return _kept(self, name, _between(name, constant_int(min_value), constant_int(max_value)))


@models(f"{_HP}.Choice")
def choice(self: LibraryObject, name: Value, values: Value) -> Value:
    """keras.io/keras_tuner: one of the values."""
    items = items_of(values)
    known = [] if items is None else [plain(item) for item in items.known or ()]
    numbers = [item.value for item in known if isinstance(item, Const) and type(item.value) is int]
    if known and len(numbers) == len(known):
        return _kept(self, name, _between(name, min(numbers), max(numbers)))
    kinds = {item.type_path for item in known}
    return _kept(self, name, unknown(kinds.pop() if len(kinds) == 1 and kinds <= {"str", "float", "bool"} else None))


@models(f"{_HP}.Float")
def real(self: LibraryObject, name: Value) -> Value:
    """keras.io/keras_tuner: a number."""
    return _kept(self, name, unknown("float"))


@models(f"{_HP}.Boolean")
def truth(self: LibraryObject, name: Value) -> Value:
    """keras.io/keras_tuner: true or false."""
    return _kept(self, name, unknown("bool"))


@models(f"{_HP}.Fixed")
def fixed(self: LibraryObject, name: Value, value: Value) -> Value:
    """keras.io/keras_tuner: this value."""
    return _kept(self, name, value)


@models(f"{_HP}.get", f"{_HP}.__getitem__")
def get(self: LibraryObject, name: Value) -> Value:
    """keras.io/keras_tuner: the value of a hyperparameter."""
    return _kept(self, name, unknown())


@models(*(f"keras_tuner.{name}" for name in ("RandomSearch", "Hyperband", "BayesianOptimization", "GridSearch")))
def tuner(caller: Caller, hypermodel: Value = NONE, *args: Value, **keywords: Value) -> Value:
    """keras.io/keras_tuner: the model is built once when the tuner is made."""
    made = LibraryObject(_TUNER)
    hp = LibraryObject(_HP)
    made.fields.set("builder", hypermodel)
    made.fields.set("hyperparameters", hp)
    made.fields.set("model", _built(caller, hypermodel, hp))
    return made


def _built(caller: Caller, hypermodel: Value, hp: Value) -> Value:
    hypermodel = plain(hypermodel)
    if isinstance(hypermodel, Function):
        return caller.call(hypermodel, [hp])
    built = special(caller, hypermodel, "build", hp) if isinstance(hypermodel, Instance) else None
    return unknown() if built is None else built


@models(f"{_TUNER}.search")
def search(caller: Caller, self: LibraryObject, *args: Value, **keywords: Value) -> Value:
    """keras.io/keras_tuner: the arguments go to the model's fit, or to that of the class that builds it."""
    model, builder = plain(self.fields.get("model")), plain(self.fields.get("builder"))
    fit = own_method(builder, "fit") if isinstance(builder, Instance) else None
    if fit is not None:
        caller.call(fit, [self.fields.get("hyperparameters"), model, *args], keywords)
        return NONE
    return _fitted(caller, model, args, keywords) if isinstance(model, Model) else NONE


def _fitted(caller: Caller, model: Model, args: Sequence[Value], keywords: Mapping[str, Value]) -> Value:
    found = registry.find_method(model.type_path or "", "fit")
    if found is not None:
        binding.apply(found[1], caller, [model, *args], keywords)
    return NONE


@models(f"{_TUNER}.get_best_hyperparameters")
def best_hyperparameters(self: LibraryObject, num_trials: Value = _ONE) -> Value:
    """keras.io/keras_tuner: the best ones, in a list."""
    count = constant_int(num_trials)
    return unknown() if count is None or not 1 <= count <= 20 else ListObject(Items.of(LibraryObject(_HP) for _ in range(count)))


@attributes(f"{_TUNER}.hypermodel")
def hypermodel_of(self: LibraryObject) -> Value:
    """keras.io/keras_tuner: what builds the models."""
    builder = LibraryObject("keras_tuner.HyperModel")
    builder.fields.set("builder", self.fields.get("builder"))
    return builder


@models("keras_tuner.HyperModel.build")
def build(caller: Caller, self: LibraryObject, hp: Value) -> Value:
    """keras.io/keras_tuner: a model of these hyperparameters."""
    return _built(caller, self.fields.get("builder"), hp)
