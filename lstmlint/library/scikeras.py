"""Models of scikeras, and of the wrappers that Keras had before it: estimators of scikit-learn whose model a function builds."""
from __future__ import annotations

from lstmlint.library import binding, registry
from lstmlint.library.coerce import to_array
from lstmlint.library.keras.training import feed
from lstmlint.library.registry import models
from lstmlint.values.base import MISSING, NONE, Const, Value, integer, is_none, unknown
from lstmlint.values.code import Caller, Function, LibraryObject
from lstmlint.values.data import DictObject, Entries, shape_tuple
from lstmlint.values.network import Model, plain

_CLASSIFIER, _REGRESSOR = "scikeras.wrappers.KerasClassifier", "scikeras.wrappers.KerasRegressor"
_FOR_FIT = ("batch_size", "validation_split", "shuffle")
_MODEL, _ARGUMENT, _BUILT = "model", "argument ", "built"


def _wrapper(path: str) -> None:
    @models(path)
    def construct(model: Value = NONE, build_fn: Value = NONE, **keywords: Value) -> Value:
        """adriangb.com/scikeras: keeps a function and its arguments; nothing is built before fit."""
        made = LibraryObject(path)
        made.fields.set(_MODEL, build_fn if is_none(model) else model)
        for name, value in keywords.items():
            made.fields.set(f"{_ARGUMENT}{name.removeprefix('model__')}", value)
        return made

    @models(f"{path}.fit")
    def fit(caller: Caller, self: LibraryObject, X: Value, y: Value = NONE, **keywords: Value) -> Value:
        """adriangb.com/scikeras: builds the model anew and trains it; a classifier encodes its targets first."""
        model = _build(caller, self, X)
        self.fields.set(_BUILT, unknown() if model is None else model)
        if model is None:
            return self
        given = {name: _argument(self, name) for name in _FOR_FIT}
        arguments = {name: value for name, value in {**given, **keywords}.items() if value is not MISSING}
        targets = y if path == _REGRESSOR else NONE
        feed(caller, model, "fit", {**arguments, "x": X, "y": targets}, "train")
        return self

    def _asked(name: str) -> None:
        @models(f"{path}.{name}")
        def answer(caller: Caller, self: LibraryObject, X: Value) -> Value:
            """adriangb.com/scikeras: X goes to the model; what comes out is decoded as the targets were encoded."""
            model = self.fields.get(_BUILT)
            if isinstance(model, Model):
                feed(caller, model, "predict", {"x": X}, "predict")
            return unknown()

    for method in ("predict", "predict_proba", "score"):
        _asked(method)


def _argument(wrapper: LibraryObject, name: str) -> Value:
    return wrapper.fields.get(f"{_ARGUMENT}{name}")


def _build(caller: Caller, wrapper: LibraryObject, X: Value) -> Model | None:
    """The model of a wrapper: what its function makes of the arguments that it takes."""
    builder = plain(wrapper.fields.get(_MODEL))
    if isinstance(builder, Function):
        names = [name.removeprefix(_ARGUMENT) for name in wrapper.fields.names() if name.startswith(_ARGUMENT)]
        given = {name: _argument(wrapper, name) for name in names}
        builder = plain(caller.call(builder, [], {**given, "meta": _meta(X), "compile_kwargs": DictObject(Entries((), True))}))
    if not isinstance(builder, Model):
        return None
    if builder.compiled.plain() is MISSING and _argument(wrapper, "loss") is not MISSING:
        compile_model = registry.find("keras.Model.compile")
        assert compile_model is not None
        binding.apply(compile_model, caller, [builder], {"loss": _argument(wrapper, "loss")})
    return builder


def _meta(X: Value) -> Value:
    """What scikeras has seen of the data when it builds."""
    array = to_array(plain(X))
    known = []
    if array.shape.rank is not None and array.shape.rank > 1:
        known = [(Const("X_shape_"), shape_tuple(array.shape)), (Const("n_features_in_"), integer(array.shape.axes[1].dim))]
    return DictObject(Entries(tuple(known), True))


_wrapper(_CLASSIFIER)
_wrapper(_REGRESSOR)
