"""Models of Keras: how they are built, what reaches them, and that each fault is told once."""
from __future__ import annotations

from typing import Any

import pytest

from lstmlint.library import binding, registry
from lstmlint.shapes.dims import symbol
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Meaning, Shape
from lstmlint.trace import InputDeclared, LayerApplied, ModelFed, ModelMade
from lstmlint.values.base import Const, Integer, Value, unknown
from lstmlint.values.code import Function
from lstmlint.values.data import Array, DictObject, Entries, Items, ListObject, Tuple, tuple_of
from lstmlint.values.network import Layer, Model
from tests.library.differential import FakeCaller, abstract


class Script:
    """Calls as a script makes them."""

    def __init__(self, call: Any = None) -> None:
        self.caller = FakeCaller(call)

    def __call__(self, path: str, *args: Any, **keywords: Any) -> Any:
        model = registry.find(path if "." in path else f"keras.layers.{path}")
        assert model is not None, path
        named = {name: abstract(value) for name, value in keywords.items()}
        return binding.apply(model, self.caller, [self._value(arg) for arg in args], named)

    def _value(self, value: Any) -> Value:
        if isinstance(value, list) and any(isinstance(item, Value) for item in value):
            return ListObject(Items.of(abstract(item) for item in value))
        return abstract(value)

    def on(self, receiver: Any, name: str, *args: Any, **keywords: Any) -> Any:
        """receiver.name(*args, **keywords)"""
        found = registry.find_method(receiver.type_path, name)
        assert found is not None, name
        named = {key: abstract(value) for key, value in keywords.items()}
        return binding.apply(found[1], self.caller, [receiver, *map(self._value, args)], named)

    def read(self, receiver: Any, name: str) -> Any:
        """receiver.name"""
        found = registry.find_property(receiver.type_path, name)
        assert found is not None, name
        return binding.apply(found[1], self.caller, [receiver], {})

    def sequential(self, *layers: Any) -> Any:
        return self("keras.Sequential", ListObject(Items.of(layers)) if layers else None)

    def events(self, kind: type) -> list[Any]:
        return [event for event in self.caller.events if isinstance(event, kind)]

    @property
    def faults(self) -> list[Any]:
        return [(e.layer.kind, e.violation.kind) for e in self.events(LayerApplied) if e.violation is not None]


@pytest.fixture
def script() -> Script:
    return Script()


def data(*dims: Any) -> Array:
    return Array(Shape.of(*dims))


ANYTHING = Array(UNKNOWN_SHAPE)


def test_layers_are_applied_as_they_are_added(script: Script) -> None:
    model = script.sequential()
    script.on(model, "add", script("LSTM", 50, input_shape=(60, 1)))
    script.on(model, "add", script("LSTM", 50))
    script.on(model, "add", script("Dense", 1))
    assert [str(e.inputs[0].shape) for e in script.events(LayerApplied)] == ["(batch, 60, 1)", "(batch, 50)", "(batch, 50)"]
    assert script.faults == [("LSTM", "rank")]
    (declared,) = script.events(InputDeclared)
    assert (declared.argument, declared.layer.kind) == ("input_shape", "LSTM")
    fault = next(e for e in script.events(LayerApplied) if e.violation)
    assert fault.violation.message == "expects rank 3, got rank 2" and fault.violation.right == 3
    assert fault.inputs[0].producer.layer.kind == "LSTM" and fault.model is model and model.is_broken


def test_a_fault_is_told_once(script: Script) -> None:
    model = script.sequential(script("LSTM", 8), script("LSTM", 8), script("Dense", 1))
    assert script.faults == []
    script.on(model, "compile", "adam", "mse")
    assert script.faults == [("LSTM", "rank")]
    fault = script.events(LayerApplied)[-1]
    assert fault.inputs[0].producer.layer.kind == "LSTM"
    script.on(model, "fit", data(100, 60, 1), data(100, 1))
    script.on(model, "predict", data(10, 60, 1))
    assert script.faults == [("LSTM", "rank")]
    assert [event.inputs for event in script.events(ModelFed)] == [(), ()]


def test_a_deferred_model_is_built_by_its_data(script: Script) -> None:
    model = script.sequential(script("LSTM", 8), script("Dense", 1))
    x = data(100, 60)
    script.on(model, "fit", x, data(100, 1))
    assert script.faults == [("LSTM", "rank")]
    first = script.events(LayerApplied)[0]
    assert first.inputs[0].producer is x and first.inputs[0].shape.axes[0].meaning is Meaning.BATCH


def test_a_right_deferred_model_is_paired_with_its_data(script: Script) -> None:
    model = script.sequential(script("LSTM", 8), script("Dense", 1))
    script.on(model, "fit", data(100, 60, 2), data(100, 1), validation_data=(data(9, 60, 2), data(9, 1)))
    pairs = [[(str(want.shape), str(have.shape)) for want, have in e.inputs] for e in script.events(ModelFed)]
    assert pairs == [[("(batch, 60, 2)", "(100, 60, 2)")], [("(batch, 60, 2)", "(9, 60, 2)")]]
    assert [event.role for event in script.events(ModelFed)] == ["train", "validation"]
    assert script.on(model, "predict", data(7, 60, 2)).shape == Shape.of(7, 1)


@pytest.mark.parametrize("x", [ANYTHING, unknown()])
def test_unknown_data_says_nothing_about_the_rank(script: Script, x: Value) -> None:
    model = script.sequential(script("Dense", 4), script("LSTM", 8), script("Dense", 1))
    script.on(model, "compile", "adam", "mse")
    script.on(model, "fit", x, unknown())
    assert script.faults == []
    assert str(script.on(model, "predict", x).shape) == "(batch, 1)"


def test_an_embedding_first_waits_for_its_data(script: Script) -> None:
    inner = script("TimeDistributed", script("LSTM", 4))
    model = script.sequential(script("Embedding", 100, 8), inner, script("LSTM", 4))
    script.on(model, "compile", "adam", "mse")
    script.on(model, "fit", unknown(), unknown())
    assert script.faults == []  # (n, sentences, words) would be right


def test_the_length_of_an_embedding_counts_where_the_data_says_nothing(script: Script) -> None:
    model = script.sequential(script("Embedding", 100, 8, input_length=30), script("Flatten"), script("LSTM", 4))
    script.on(model, "fit", unknown(), unknown())
    assert script.faults == [("LSTM", "rank")]
    assert str(script.events(LayerApplied)[1].output.shape) == "(batch, 240)"


@pytest.mark.parametrize(
    ("arguments", "shape"),
    [
        ({"input_shape": (60, 1)}, "(batch, 60, 1)"),
        ({"batch_input_shape": (32, 60, 1)}, "(32, 60, 1)"),
        ({"batch_input_shape": (None, None, 3)}, "(batch, None, 3)"),
        ({"input_dim": 5}, "(batch, None, 5)"),
        ({"input_dim": 5, "input_length": 9}, "(batch, 9, 5)"),
        ({"input_shape": [60, 1], "batch_size": 16}, "(16, 60, 1)"),
    ],
)
def test_input_shapes_of_first_layers(script: Script, arguments: dict[str, Any], shape: str) -> None:
    script.sequential(script("LSTM", 4, **arguments))
    assert [str(event.tensor.shape) for event in script.events(InputDeclared)] == [shape]


def test_an_input_shape_that_is_a_number(script: Script) -> None:
    script.sequential(script("LSTM", 4, input_shape=10))
    (declared,) = script.events(InputDeclared)
    assert declared.given == Const(10) and declared.tensor.shape.open and script.faults == []


def test_inputs_as_first_elements(script: Script) -> None:
    for first in (script("keras.Input", (60, 1)), script("InputLayer", input_shape=(60, 1))):
        model = script.sequential(first, script("GRU", 4, return_sequences=True))
        assert str(script.read(model, "output").shape) == "(batch, 60, 4)"
        layers = script.read(model, "layers").items.known
        assert [layer.kind for layer in layers] == ["GRU"]


def test_symbolic_units_agree(script: Script) -> None:
    hidden = Integer(symbol("hidden", lower=1))
    x = script("keras.Input", (10, 3))
    both = script.on(script("Bidirectional", script("LSTM", hidden)), "__call__", x)
    assert str(both.shape) == "(batch, 2*hidden)"


def test_unknown_arguments_are_never_guessed(script: Script) -> None:
    x = script("keras.Input", (10, 3))
    lstm = script("LSTM", 4, return_sequences=unknown())
    assert str(script.on(lstm, "__call__", x).shape) == "(…, 4)"
    assert script.on(script("LSTM", 4, return_state=unknown()), "__call__", x).type_path is None
    assert script.on(script("LSTM", 3, 20), "__call__", x).shape.dims[-1] not in (3, 20)
    assert str(script.on(script("Reshape", unknown()), "__call__", x).shape) == "(…)"
    after = script.on(script("LSTM", 8), "__call__", script.on(lstm, "__call__", x))
    assert str(after.shape) == "(batch, 8)" and script.faults == []


@pytest.mark.parametrize(
    ("kind", "arguments", "shape"),
    [
        ("LSTM", {"output_dim": 7, "inner_activation": "sigmoid", "init": "uniform"}, "(batch, 7)"),
        ("Dense", {"output_dim": 7, "W_regularizer": None}, "(batch, 10, 7)"),
        ("Convolution1D", {"nb_filter": 7, "filter_length": 3, "border_mode": "same"}, "(batch, 10, 7)"),
        ("MaxPooling1D", {"pool_length": 2}, "(batch, 5, 3)"),
        ("Dropout", {"p": 0.5}, "(batch, 10, 3)"),
    ],
)
def test_argument_names_of_keras_1(script: Script, kind: str, arguments: dict[str, Any], shape: str) -> None:
    layer = script(kind, **arguments)
    assert str(script.on(layer, "__call__", script("keras.Input", (10, 3))).shape) == shape


def test_states(script: Script) -> None:
    x = script("keras.Input", (10, 3))
    out, h, c = script.on(script("LSTM", 4, return_state=True, return_sequences=True), "__call__", x).items.known
    assert [str(part.shape) for part in (out, h, c)] == ["(batch, 10, 4)", "(batch, 4)", "(batch, 4)"]
    assert out.producer.layer.kind == "LSTM" and out.shape.axes[1].meaning is Meaning.TIME
    decoder = script("LSTM", 4)
    again = script.on(decoder, "__call__", x, initial_state=[h, c])
    assert str(again.shape) == "(batch, 4)"
    assert str(script.on(decoder, "__call__", [x, h, c]).shape) == "(batch, 4)"


def test_functional_models(script: Script) -> None:
    a, b = script("keras.Input", (10, 3), name="a"), script("keras.Input", shape=(4,), name="b")
    encoded = script.on(script("LSTM", 6), "__call__", a)
    merged = script("concatenate", [encoded, b])
    output = script.on(script("Dense", 1), "__call__", merged)
    model = script("keras.Model", inputs=[a, b], outputs=output)
    assert script.events(ModelMade)[0].model is model and not model.is_broken
    named = DictObject(Entries(((Const("b"), data(5, 4)), (Const("a"), data(5, 10, 3)))))
    for x in (ListObject(Items.of((data(5, 10, 3), data(5, 4)))), Tuple(Items.of((data(5, 10, 3), data(5, 4)))), named):
        script.on(model, "fit", x, data(5, 1))
        pairs = [(str(want.shape), str(have.shape)) for want, have in script.events(ModelFed)[-1].inputs]
        assert pairs == [("(batch, 10, 3)", "(5, 10, 3)"), ("(batch, 4)", "(5, 4)")]
    assert script.on(model, "predict", named).shape == Shape.of(5, 1)


def test_a_fault_breaks_the_functional_model_behind_it(script: Script) -> None:
    x = script("keras.Input", (10, 3))
    first = script.on(script("LSTM", 6), "__call__", x)
    second = script.on(script("LSTM", 6), "__call__", first)
    model = script("keras.Model", x, second)
    script.on(model, "fit", data(5, 3), data(5, 1))
    assert script.faults == [("LSTM", "rank")] and script.events(ModelFed)[0].inputs == ()


def test_layers_of_a_chain(script: Script) -> None:
    x = script("keras.Input", (10, 3))
    tensor = script.on(script("Dense", 2, name="d"), "__call__", script.on(script("LSTM", 6), "__call__", x))
    model = script("keras.Model", input=x, output=tensor)
    layers = script.read(model, "layers").items.known
    assert [layer.kind for layer in layers] == ["InputLayer", "LSTM", "Dense"]
    assert script.on(model, "get_layer", "d") is layers[2]
    features = script("keras.Model", script.read(model, "input"), script.read(layers[1], "output"))
    assert script.on(features, "predict", data(7, 10, 3)).shape == Shape.of(7, 6)


def test_nested_models(script: Script) -> None:
    cnn = script.sequential(script("Dense", 4, input_shape=(6,)), script("Dense", 2))
    model = script.sequential(script("TimeDistributed", cnn, input_shape=(10, 6)), script("LSTM", 3))
    assert str(script.read(model, "output").shape) == "(batch, 3)"
    assert str(script.read(model, "layers").items.known[0].calls.plain().element.shape) == "(batch, 10, 2)"
    whole = script.sequential(model, script("Dense", 1))
    assert str(script.read(whole, "input").shape) == "(batch, 10, 6)" and script.faults == []


def test_a_sequential_model_takes_other_timesteps(script: Script) -> None:
    model = script.sequential(script("LSTM", 4, input_shape=(10, 3), return_sequences=True))
    assert script.on(model, "predict", data(5, 20, 3)).shape == Shape.of(5, 20, 4)
    assert str(script.on(model, "__call__", script("keras.Input", (20, 3))).shape) == "(batch, 20, 4)"
    assert script.events(ModelFed)[-1].method == "call"


def test_the_last_axis_is_added_to_the_answer_as_keras_does(script: Script) -> None:
    model = script.sequential(script("LSTM", 4, input_shape=(10, 1), return_sequences=True))
    assert script.on(model, "predict", data(5, 10)).shape == Shape.of(5, 10, 4)


def test_lists_of_numbers_are_one_array(script: Script) -> None:
    model = script.sequential(script("LSTM", 4, input_shape=(2, 1)))
    script.on(model, "fit", [[[1.0], [2.0]], [[3.0], [4.0]]], [1, 2])
    ((_, fed),) = script.events(ModelFed)[0].inputs
    assert fed.shape == Shape.of(2, 2, 1) and isinstance(script.events(ModelFed)[0].x, ListObject)


def test_pop(script: Script) -> None:
    model = script.sequential(script("LSTM", 4, input_shape=(2, 1)), script("Dense", 9))
    script.on(model, "pop")
    assert str(script.read(model, "output").shape) == "(batch, 4)"


def test_weights_are_made_for_one_width(script: Script) -> None:
    dense = script("Dense", 4)
    script.on(dense, "__call__", script("keras.Input", (3,)))
    script.on(dense, "__call__", script("keras.Input", (5,)))
    assert script.faults == [("Dense", "feature")]


def test_a_stateful_layer_needs_a_batch_size(script: Script) -> None:
    script.sequential(script("LSTM", 4, stateful=True, input_shape=(2, 1)))
    script.sequential(script("LSTM", 4, stateful=True, batch_input_shape=(8, 2, 1)))
    assert script.faults == [("LSTM", "stateful")]


def test_lambda_runs_its_function() -> None:
    function = Function("f", None)
    script = Script(lambda called, args, keywords: Array(Shape(args[0].shape.axes[:1] + args[0].shape.axes[2:]), "keras"))
    layer = script("Lambda", function)
    assert str(script.on(layer, "__call__", script("keras.Input", (10, 3))).shape) == "(batch, 3)"
    assert str(Script()("Lambda", unknown(), output_shape=(7,)).config["output_shape"]) == str(tuple_of(Const(7)))


def test_subclassed_models_are_left_alone(script: Script) -> None:
    assert script.on(script.sequential(), "fit", ANYTHING) is not None
    found = registry.find_method("keras.Model", "fit")
    assert found is not None
    binding.apply(found[1], script.caller, [unknown(), data(3, 4)], {})
    assert len(script.events(ModelFed)) == 1


def test_what_is_not_a_layer_makes_an_unknown_tensor(script: Script) -> None:
    model = script.sequential(script("LSTM", 4, input_shape=(2, 1)), unknown(), script("LSTM", 4))
    assert script.faults == [] and isinstance(model, Model)
    assert isinstance(script.read(model, "layers").items.known[0], Layer)
