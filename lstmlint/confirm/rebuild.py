"""From tensors of the trace back to the steps that make them: inputs, layers, models, data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, cast

from lstmlint.confirm import steps, wrapped
from lstmlint.confirm.code_steps import Lines
from lstmlint.confirm.layers import NotRebuilt, layer_call
from lstmlint.confirm.replay import Replay
from lstmlint.confirm.steps import LayerCall, Lengths, Step
from lstmlint.confirm.texts import NotPlain, Ref
from lstmlint.library.keras.attention import ATTENTION_INPUTS
from lstmlint.library.keras.axes import is_open, open_batch
from lstmlint.library.keras.nesting import flat
from lstmlint.library.keras.specs import SPECS
from lstmlint.rules.cause import data_shape
from lstmlint.shapes.dims import Dim
from lstmlint.shapes.shape import Axis, Shape, unknown_dim
from lstmlint.trace import Event, InputDeclared, LayerApplied, ModelFed
from lstmlint.values.base import MISSING, Const, Undecided, Value, is_none
from lstmlint.values.code import LibraryObject
from lstmlint.values.data import Array, DictObject, Tuple
from lstmlint.values.network import Layer, Model

MOST_STEPS = 300
MOST_SAMPLES = 64
_MANY = 1000
"""So many samples make no batch."""
"""Of more samples, this many are fed: what happens to one batch happens to all."""
_LISTED = ("LSTM", "GRU", "SimpleRNN", "Bidirectional", "Lambda")
"""Layers of one input that take their initial states in a list with it, and one whose function says how many it takes."""

Applied = LayerApplied | ModelFed
"""A layer or a model that made a tensor of others."""


_State = tuple[int, dict[int, int], dict[int, int], int, list[str]]


class Rebuild:
    """Collects steps; each tensor and each model is made once. `given` says what is taken for granted although it is inferred."""

    def __init__(self, event: Event | None = None, evaluated: bool = False, whole: bool = False) -> None:
        call = None if event is None else event.call
        self.event = event
        self.replay = None if call is None else Replay(call.origins, call, evaluated)
        if self.replay is not None:
            self.replay.outside = self
        self._written = 0
        self._whole = whole
        self.steps: list[Step] = []
        self.given: list[str] = []
        self.claim: int | None = None
        """The step of which something is claimed, where it is not the last one."""
        self.either = False
        """Whether the framework may let it pass, too, as long as it does the wrong thing."""
        self.stateful = False
        """Whether stateful layers are made stateful: only where that is the point."""
        self.activated = False
        """Whether activations that losses look behind are kept."""
        self.backend = ""
        """The backend of Keras that the finding is about, where it is about one."""
        self.any_steps = False
        """Whether inputs are declared with any number of steps, whatever the program says."""
        self.declares = False
        """Whether what a model is built with is declared as an input of any batch size."""
        self.inputs: list[tuple[int, Array]] = []
        """The inputs that were declared."""
        self._made: dict[int, int] = {}
        self._inputs: dict[int, int] = {}

    def add(self, kind: Callable[..., Step], *arguments: Any, target: int | None = None) -> int:
        """Append a step and return the variable that it sets: a new one, or `target`."""
        if len(self.steps) >= MOST_STEPS:
            raise NotRebuilt("the model is too large")
        if kind is not steps.Replayed and kind is not Lines:
            self.flush()
        number = len(self.steps) if target is None else target
        self.steps.append(kind(number, *arguments))
        return number

    def flush(self, name: str = "", shown: tuple[str, ...] = (), proof: str = "") -> None:
        """Lines that are replayed, but not written yet, become a step, which sets the variable `name`; the claim ends one."""
        replay = self.replay
        if replay is None or (len(replay.lines) <= self._written and not name):
            return
        claim = replay.claim
        if claim is not None and self._written <= claim:
            self.claim = self._lines(replay, claim + 1)
        if len(replay.lines) > self._written or name:
            self._lines(replay, len(replay.lines), name, shown, proof)

    def _lines(self, replay: Replay, until: int, name: str = "", shown: tuple[str, ...] = (), proof: str = "") -> int:
        lines, self._written = tuple(replay.lines[self._written : until]), until
        for given in replay.given:
            self.infer(given)
        shapes = tuple((one, known.shape.dims) for one, known in replay.shapes.items())
        return self.add(Lines, lines, name, tuple(replay.positive), tuple(replay.imports), shapes, shown, proof)

    def state(self) -> object:
        """What `restore` needs."""
        return len(self.steps), dict(self._made), dict(self._inputs), self._written, list(self.given)

    def restore(self, state: object) -> None:
        """Forget what was made since then."""
        count, self._made, self._inputs, self._written, self.given = cast(_State, state)
        del self.steps[count:]

    def make(self, value: Array) -> Ref | None:
        """The variable that holds a tensor of a model, or what a model gives; None for what calls on data lead to."""
        if value.kind == "torch":
            return None
        if id(value) in self._inputs or isinstance(value.producer, (InputDeclared, LayerApplied, ModelFed)):
            return Ref(self.tensor(value))
        replay = self.replay
        origin = None if replay is None else replay.origins.of(value)
        if origin is not None and value.kind == "keras" and wrapped.needs_layer(origin[0]):
            return Ref(self._operated(value))
        fed = None if origin is None else next((one for one in origin[0].events if isinstance(one, ModelFed)), None)
        if origin is None or fed is None or not fed.method.startswith("predict") or fed.batched:
            return None
        if id(fed) not in self._made:
            model = self.model(fed)
            arrays = tuple(self.data(array, samples=False) for _, array in fed.inputs)
            self._made[id(fed)] = self.predict(model, arrays, fed, whole=True)
        number = self._made[id(fed)]
        for at in origin[1]:
            number = self.add(steps.Pick, number, at)
        return Ref(number)

    def predict(
        self, model: int, data: tuple[int, ...], event: ModelFed, proof: str = "", size: steps.Lengths = (), whole: bool = False
    ) -> int:
        """What a model makes of data: as one batch, unless it declares how large one is, or there are many (`whole`: all)."""
        fixed = any(isinstance(dim, int) for declared, _ in event.inputs for dim in declared.shape.dims[:1])
        many = whole and any(isinstance(dim, int) and dim > _MANY for _, array in event.inputs for dim in array.shape.dims[:1])
        at_once = not fixed and not many
        return self.add(steps.Predict, model, data, proof, () if at_once else size, at_once)

    def clear(self) -> None:
        """Begin anew."""
        del self.steps[:], self.given[:]
        self._made.clear()
        self._inputs.clear()
        self._written = 0
        self.claim = None
        if self.replay is not None:
            self.replay = Replay(self.replay.origins, self.replay.event)
            self.replay.outside = self

    def rows_of(self, declared: InputDeclared) -> int:
        """A few samples for a declared input."""
        return self.add(steps.Data, (6, *declared.tensor.shape.dims[1:]))

    def of_other_rank(self, declared: Array, data: Array) -> int:
        """A few samples for an input, with the last axis of length one that `data` lacks, or without the one that it has."""
        if declared.shape.open or data.shape.open:
            raise NotRebuilt("the rank of the data isn't known")
        lengths = [7 if is_open(dim) else dim for dim in declared.shape.dims[1:]]
        return self.add(steps.Data, (6, *(lengths[:-1] if data.shape.rank == declared.shape.rank else lengths)))

    def infer(self, what: str) -> None:
        """Note something that the program takes for granted."""
        if what not in self.given:
            self.given.append(what)

    def data(self, array: Array, samples: bool = True, rows: Dim | None = None, what: str = "the data is") -> int:
        """An array of zeros of this shape; `samples` says whether its first axis counts samples, `rows` how many will do."""
        samples = samples and not self._whole
        replayed = self._replayed(array, samples, rows)
        if replayed is not None:
            return replayed
        if array.shape.open:
            raise NotRebuilt("the shape of the data isn't known")
        if samples and 0 in array.shape.dims:
            raise NotRebuilt("the data is empty")
        self.infer(f"{what} {data_shape(array.shape)}")
        dims = array.shape.dims if rows is None else (rows, *array.shape.dims[1:])
        return self.add(steps.Data, dims, array.dtype == "int", samples)

    def _replayed(self, array: Array, samples: bool, rows: Dim | None) -> int | None:
        """The array as it comes from its source; None where that can't be replayed."""
        replay = self.replay
        name = None if replay is None else self._variable(replay, array)
        if replay is None or name is None:
            return None
        return self._held(replay, name, MOST_SAMPLES if rows is None and samples else rows)

    def listed(self, value: Value) -> int:
        """A Python list, as the program fills it."""
        if self.replay is None:
            raise NotRebuilt("what the list holds can't be replayed")
        return self._held(self.replay, self.replay.bind(self.replay.value(value)), None)

    def _held(self, replay: Replay, name: str, rows: Dim | None) -> int:
        """What a variable of the replayed lines holds, or so many rows of it."""
        for given in replay.given:
            self.infer(given)
        lines, self._written = tuple(replay.lines[self._written :]), len(replay.lines)
        shapes = tuple((one, known.shape.dims) for one, known in replay.shapes.items())
        return self.add(steps.Replayed, lines, name, rows, tuple(replay.positive), tuple(replay.imports), shapes)

    def _variable(self, replay: Replay, array: Array) -> str | None:
        """The variable that holds an array that is replayed."""
        try:
            with replay.attempt():
                name = replay.variable(array)
                if replay.made_up(name):
                    raise NotRebuilt("nothing of it can be replayed")
                return name
        except (NotRebuilt, NotPlain, Undecided):
            pass
        try:
            with replay.attempt():
                return self._of_batch(replay, array)
        except (NotRebuilt, NotPlain, Undecided):
            return None

    def _of_batch(self, replay: Replay, array: Array) -> str | None:
        """The variable that holds part of the first batch of a data set."""
        fed = self.event
        if not isinstance(fed, ModelFed) or not fed.batched or fed.call is None or len(fed.inputs) != 1:
            return None
        given = fed.call.args[1] if len(fed.call.args) > 1 else fed.call.keywords.get("x", MISSING)
        if not isinstance(given, LibraryObject) or not given.path.startswith("tensorflow.data."):
            return None
        batch = replay.bind(("next(iter(", *replay.value(given), "))"))
        of_inputs = array is fed.inputs[0][1]
        part: str = batch if is_none(fed.y) else f"{batch}[{0 if of_inputs else 1}]"
        if isinstance(fed.x if of_inputs else fed.y, DictObject):
            part = f"[*{part}.values()][0]"
        return replay.noted(replay.bind((part,)), array)

    def is_shape_of_data(self, value: Value) -> bool:
        """Whether a value is the shape of data that can be replayed; then it is, and its shape is compared."""
        origin = None if self.replay is None else self.replay.origins.of(value)
        if origin is None or origin[0].how != "attribute" or not origin[0].path.endswith(".shape"):
            return False
        array = origin[0].args[0]
        return isinstance(array, Array) and self._replayed(array, False, None) is not None

    def tensor(self, tensor: Array) -> int:
        """The variable that holds `tensor`."""
        producer = tensor.producer
        if id(tensor) in self._inputs:
            return self._inputs[id(tensor)]
        if isinstance(producer, Array):
            return self._declared_for(tensor) if self.declares else self.tensor(producer)
        symbolic = tensor.kind == "keras" or (tensor.kind == "tensor" and producer is not None)
        if not symbolic and not isinstance(producer, (InputDeclared, LayerApplied, ModelFed)):
            return self.data(tensor)
        if not isinstance(producer, (InputDeclared, LayerApplied, ModelFed)):
            return self._operated(tensor)
        if id(producer) not in self._made:
            self._made[id(producer)] = self._produce(producer)
        number = self._made[id(producer)]
        return self._one_of_several(producer, tensor, number) if isinstance(producer, LayerApplied) else number

    def is_symbolic(self, value: Array) -> bool:
        """Whether an array is a tensor of a model, which is not there yet when the model is made."""
        return value.kind == "keras" or id(value) in self._inputs or isinstance(value.producer, (InputDeclared, LayerApplied))

    def _operated(self, tensor: Array) -> int:
        """A tensor that functions made of other tensors."""
        replay = self.replay
        if replay is None or replay.origins.of(tensor) is None:
            raise NotRebuilt("where a tensor of the model comes from isn't known")
        if id(tensor) not in self._made:
            call, at = replay.origins.of(tensor) or (None, ())
            if call is not None and not at and wrapped.needs_layer(call):
                self._made[id(tensor)] = wrapped.as_layer(self, call)
                return self._made[id(tensor)]
            with replay.attempt():
                known = len(replay.lines)
                name = replay.variable(tensor)
                replay.lines[known:] = wrapped.without_batch(replay.lines[known:])
                self.flush(name)
            self._made[id(tensor)] = len(self.steps) - 1
        return self._made[id(tensor)]

    def _produce(self, producer: object) -> int:
        if isinstance(producer, InputDeclared):
            number = self.add(steps.Input, self._shape(producer.tensor), producer.tensor.dtype == "int")
            self.inputs.append((number, producer.tensor))
            return number
        if isinstance(producer, LayerApplied):
            return self.apply(producer)
        if isinstance(producer, ModelFed):
            return self.call(producer)
        raise NotRebuilt("where a tensor of the model comes from isn't known")

    def whole(self, applied: LayerApplied) -> int:
        """The variable that holds all outputs of a layer."""
        if id(applied) not in self._made:
            self._made[id(applied)] = self.apply(applied)
        return self._made[id(applied)]

    def _one_of_several(self, producer: LayerApplied, tensor: Array, number: int) -> int:
        place = _place(producer.output, tensor)
        if place is None:
            raise NotRebuilt("which output of a layer is meant isn't known")
        for at in place:
            number = self.add(steps.Pick, number, at)
        return number

    def apply(self, applied: LayerApplied) -> int:
        """A layer applied to its inputs."""
        layer = outer_layer(applied)
        inputs = tuple(self.tensor(tensor) for tensor in applied.inputs)
        spec = SPECS.get(layer.path)
        listed = (spec is not None and spec.several and layer.kind != "Lambda") or (len(inputs) > 1 and layer.kind in _LISTED)
        if layer.kind in ATTENTION_INPUTS:
            return self.add(steps.Apply, self.layer(layer, applied), inputs, False, True)
        if len(inputs) != 1 and not listed:
            raise NotRebuilt(f"a {layer.kind} with several inputs can't be rebuilt yet")
        return self.add(steps.Apply, self.layer(layer, applied), inputs, listed)

    def layer(self, layer: Layer, applied: LayerApplied | None = None) -> LayerCall:
        """A layer as it is made, as `applied` says where its application matters."""
        made = layer_call(layer, self.stateful, partial(wrapped.made, self, applied))
        word = layer.config.get("activation")
        if not self.activated or made.name != "Dense" or not isinstance(word, Const) or word.value not in steps.PROBABILITIES:
            return made
        return replace(made, arguments=(*made.arguments, ("activation", str(word.value))))

    def call(self, fed: ModelFed) -> int:
        """A model called like a layer."""
        model = self.model(fed)
        return self.add(steps.Call, model, tuple(self.tensor(tensor) for _, tensor in fed.inputs))

    def model(self, fed: ModelFed) -> int:
        """The model that is fed, as it is then."""
        model = fed.model
        if not fed.inputs:
            raise NotRebuilt("what the model takes isn't known")
        if id(model) not in self._made:
            outputs = self._outputs(fed)
            if model.kind == "subclassed":
                self._declare(fed)
            made = self._sequential_model(model, outputs) if model.kind == "sequential" else None
            if made is None:
                inputs = tuple(self.tensor(declared) for declared, _ in fed.inputs)
                made = self.add(steps.Functional, inputs, tuple(self.tensor(tensor) for tensor in outputs))
            self._made[id(model)] = made
        return self._made[id(model)]

    def known(self, model: Model) -> int:
        """A model that is part of a layer."""
        if id(model) not in self._made:
            ends = [cell.plain() for cell in (model.inputs, model.outputs)]
            inputs, outputs = (None if end is MISSING else flat(end) for end in ends)
            if not inputs or not outputs:
                raise NotRebuilt("what a model inside of a layer takes isn't known")
            made = self._sequential_model(model, outputs) if model.kind == "sequential" else None
            if made is None:
                made = self.add(steps.Functional, tuple(map(self.tensor, inputs)), tuple(map(self.tensor, outputs)))
            self._made[id(model)] = made
        return self._made[id(model)]

    def only(self, fed: ModelFed, output: Array) -> int:
        """The model that is fed, with one of its outputs."""
        if fed.inputs and len(self._outputs(fed)) > 1:
            inputs = tuple(self.tensor(declared) for declared, _ in fed.inputs)
            return self.add(steps.Functional, inputs, (self.tensor(output),))
        return self.model(fed)

    def _shape(self, tensor: Array) -> Lengths:
        """The shape that an input declares."""
        shape = declared_shape(tensor)
        return (*shape[:1], None, *shape[2:]) if self.any_steps and len(shape) > 1 else shape

    def _declared_for(self, tensor: Array) -> int:
        """The input that a model of the program's own class would declare for what it is built with."""
        lengths = None, *self._shape(tensor)[1:]
        self._inputs[id(tensor)] = self.add(steps.Input, lengths, tensor.dtype == "int")
        self.inputs.append((self._inputs[id(tensor)], tensor))
        return self._inputs[id(tensor)]

    def _declare(self, fed: ModelFed) -> None:
        """The inputs that a model of the program's own class would declare, were it a functional one."""
        for tensor, _ in fed.inputs:
            self._declared_for(tensor)

    def _outputs(self, fed: ModelFed) -> list[Array]:
        value: Value = fed.model.outputs.plain() if fed.outputs is None else fed.outputs
        tensors = None if value is MISSING else flat(value)
        if not tensors:
            raise NotRebuilt("what the model gives isn't known")
        return tensors

    def _sequential_model(self, model: Model, outputs: Sequence[Array]) -> int | None:
        last = outputs[0].producer
        chain = straight_line(last, model) if len(outputs) == 1 and isinstance(last, Applied) else None
        if chain is None or not isinstance(last, Applied):
            return None
        source, between = chain
        number = self.sequential(source, [*between, last])
        if isinstance(source.producer, Array):
            # A model without a declared input is built by the first data that it gets.
            self.add(steps.Predict, number, (self.data(source.producer),))
        return number

    def sequential(self, source: Array, applied: Sequence[Applied]) -> int:
        """A Sequential model of these layers; it declares its input unless `source` is data."""
        inner = {id(one): self.model(one) for one in applied if isinstance(one, ModelFed)}
        number = self.add(steps.Sequential)
        if not isinstance(source.producer, Array):
            self.add(steps.AddInput, self._shape(source), source.dtype == "int", target=number)
        for one in applied:
            if isinstance(one, LayerApplied):
                self.add(steps.AddLayer, self.layer(outer_layer(one), one), target=number)
            else:
                self.add(steps.AddModel, inner[id(one)], target=number)
        return number


def _place(output: Value, tensor: Array) -> tuple[int, ...] | None:
    """Where in the outputs of a layer a tensor is."""
    if not isinstance(output, Tuple):
        return ()
    for at, part in enumerate(output.items.known or ()):
        inner = () if part is tensor else _place(part, tensor) if isinstance(part, Tuple) else None
        if inner is not None:
            return (at, *inner)
    return None


def outer_layer(applied: LayerApplied) -> Layer:
    """The layer that the program applies: the wrapper, where a wrapper applied its own."""
    return applied.layer if applied.inside is None else applied.inside


def straight_line(last: Applied, model: Model) -> tuple[Array, list[Applied]] | None:
    """What stands before `last` in a Sequential model, and the input of it; None where that is not a straight line."""
    between: list[Applied] = []
    current = last
    while len(between) < MOST_STEPS:
        inputs = current.inputs if isinstance(current, LayerApplied) else [fed for _, fed in current.inputs]
        if len(inputs) != 1:
            return None
        producer = inputs[0].producer
        if isinstance(producer, InputDeclared):
            return producer.tensor, between[::-1]
        # A model that is part of another doesn't say so, but nothing else stands between the layers of one.
        if not isinstance(producer, Applied) or (isinstance(producer, LayerApplied) and producer.model is not model):
            return inputs[0], between[::-1]
        between.append(producer)
        current = producer
    return None


def assumed_input(tensor: Array, layer: Layer) -> Array:
    """An input that `layer` accepts, where little is known of the one that it gets."""
    shape = tensor.shape
    if shape.open:
        spec = SPECS.get(layer.path)
        rank = 2 if layer.kind == "Embedding" else None if spec is None else spec.needed_rank(layer)
        if rank is None:
            raise NotRebuilt("the input of the model isn't known")
        shape = Shape(tuple(Axis(unknown_dim(lower=1)) for _ in range(rank)))
    return Array(Shape((open_batch(), *shape.axes[1:])), tensor.kind)


def declared_shape(tensor: Array) -> Lengths:
    """The shape of a symbolic input, None where a length is left open."""
    if tensor.shape.open:
        raise NotRebuilt("the declared shape isn't known")
    return tuple(None if is_open(dim) else dim for dim in tensor.shape.dims)
