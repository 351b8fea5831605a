"""What a run of the interpreter leaves behind: the events that rules, hovers, the picture of the shapes and `confirm` read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from lstmlint.shapes.dims import Dim
from lstmlint.shapes.shape import Shape, Violation
from lstmlint.values.base import Value
from lstmlint.values.code import Site
from lstmlint.values.data import Array, Frame
from lstmlint.values.memory import Cell
from lstmlint.values.network import Layer, Loss, Model
from lstmlint.values.origins import Call


@dataclass(eq=False, slots=True)
class Event:
    """Something that happened at `site`, under `assumptions` (conditions of the program and which way they went)."""

    site: Site
    assumptions: dict[Value, bool] = field(init=False, default_factory=dict)
    optional: bool = field(init=False, default=False)
    """Inside a `try` that catches the error, or under pytest.raises: a failure here is expected."""
    conditions: int = field(init=False, default=0)
    """How many conditions, besides the assumptions, hold on the way to this place."""
    supposed: str = field(init=False, default="")
    """The defaults that are taken to hold here, in words."""
    call: Call | None = field(init=False, default=None)
    """The library call in which it happened, where origins are kept."""


@dataclass(eq=False, slots=True)
class InputDeclared(Event):
    """A symbolic input came into being: Input(…), InputLayer, or a first layer's input_shape (`layer` is that layer).

    `argument` names the keyword ("shape", "input_shape", "batch_input_shape", "input_dim" …), `given` is its value.
    `tensor` has the batch axis first. `name` is the name that the program gives to the input.
    """

    layer: Layer | None
    argument: str
    given: Value
    tensor: Array
    name: str | None = None


@dataclass(eq=False, slots=True)
class LayerMade(Event):
    """The call of a layer's class (`name` as the program spells it), with its arguments as they are written; `layer` is what came
    of it, None where the arguments are too many."""

    name: str
    layer: Layer | None
    args: tuple[Value, ...]
    keywords: dict[str, Value]


StateShapes = tuple["Shape | StateShapes", ...]
"""The shapes of states; those of a cell of several may be in a tuple of their own."""


@dataclass(frozen=True, slots=True)
class States:
    """The initial states that a call gives to a recurrent layer, and whether they are in a list.

    `parts` says how many each item of the list holds: 0 for a tensor by itself. `wanted` are the shapes of the states that the
    layer has (None where the rule knows them by the layer's name, or nobody does).
    """

    given: tuple[Array, ...]
    listed: bool
    parts: tuple[int, ...] = ()
    wanted: StateShapes | None = None

    @property
    def nested(self) -> bool:
        """Whether some of them are in a list within the list."""
        return any(self.parts)


@dataclass(eq=False, slots=True)
class LayerApplied(Event):
    """A layer got `inputs` and gave `output`; `violation` says what of its preconditions the inputs provably break.

    `site` is where the application happens (`model.add(…)`, the call of the layer, or `fit` when a model is built by its data);
    where the layer was made is `layer.site`. `inside` is the wrapper (TimeDistributed, Bidirectional) that applied it, if one did.
    `states` are the initial states of a recurrent layer, where they are given and known to be tensors.
    `arguments` are the values of the call as they came (of PyTorch's layers, whose states and masks stand beside the input).
    """

    layer: Layer
    inputs: tuple[Array, ...]
    output: Value
    violation: Violation | None
    model: Model | None = None
    inside: Layer | None = None
    states: States | None = None
    arguments: tuple[Value, ...] = ()


@dataclass(eq=False, slots=True)
class NotTensor(Event):
    """`value` stands where `receiver` (a layer, a model, or the dotted path of a function) takes something else.

    `kind`: "uncalled" a layer or model that was not called; "class" the class of a layer; "several" all that an RNN returns, in
    place of one of it; "states" the input and the initial states of an RNN in one list; "array" an array as an input or output of a
    model; "values" an array merged with tensors of the network; "symbolic" a symbolic tensor given to numpy; "disconnected" a
    tensor that an output needs and that no input gives; "called" a tensor in place of a layer. `applied` is the layer that returned
    `value`, if one did.
    """

    receiver: Layer | Model | str
    value: Value
    kind: str
    applied: LayerApplied | None = None


@dataclass(eq=False, slots=True)
class ModelMade(Event):
    """A model came into being."""

    model: Model


@dataclass(frozen=True, slots=True)
class Compared:
    """An output of a model and what the loss compares it with.

    `output` is the symbolic tensor, `shape` what it is for the data fed, `target` the array or the batch of it. `by_batch`: the
    first axis of the output is the batch (and no other axis that the model has put there).
    """

    output: Array
    shape: Shape
    target: Array
    loss: Loss
    by_batch: bool = True


@dataclass(eq=False, slots=True)
class ModelFed(Event):
    """Data reached a model: `method` is "fit", "evaluate", "predict", "train_on_batch", "call" …

    `inputs` pairs what the model declares for each input with the data fed; `x` and `y` are the arguments as they came;
    `arguments` are the others by name (batch_size, validation_data …). `role` is "train", "validation" or "predict".
    `outputs` is what the model answers (symbolic; None where it is not known). Without pairs, nothing may be concluded about
    the inputs. `compared` pairs the outputs with the targets, where both and the loss are known; `losses` are the outputs with
    their losses. `batched` says that `x` and `y` are batches of a data set or generator, whose first axes are no numbers of
    samples. `compiled_at` is where the model was compiled last.
    """

    method: str
    model: Model
    x: Value
    y: Value
    inputs: tuple[tuple[Array, Array], ...]
    arguments: dict[str, Value]
    role: str = "train"
    outputs: Value | None = None
    compared: tuple[Compared, ...] = ()
    losses: tuple[tuple[Array, Loss], ...] = ()
    compiled_at: Site | None = None
    batched: bool = False


@dataclass(eq=False, slots=True)
class Operation(Event):
    """A library function was applied to arrays and `violation` says what its operands provably break.

    `name` is the dotted path of the function; `operands` its arrays, `result` what came out.
    """

    name: str
    operands: tuple[Array, ...]
    result: Value
    violation: Violation | None


@dataclass(eq=False, slots=True)
class ElementTaken(Event):
    """One element (`index`) of axis `axis` of `array` was taken."""

    array: Array
    axis: int
    index: Dim


@dataclass(eq=False, slots=True)
class ElementsChosen(Event):
    """Elements of axis `axis` of `array` were chosen, for each sample other ones, as the index tensor `index` says."""

    array: Array
    axis: int
    index: Array


@dataclass(eq=False, slots=True)
class Softmax(Event):
    """A softmax (`log`: its logarithm) over axis `axis` of `operand` (None: not known which); it made `result`."""

    operand: Array
    axis: int | None
    log: bool
    result: Array


@dataclass(eq=False, slots=True)
class LossComputed(Event):
    """A loss function (`name`, such as "CrossEntropyLoss") compared `prediction` with `target`.

    `violation` of the kind "target" is one that raises; "dtype", too, for the types of class numbers and probabilities;
    "type": one of the two is no tensor; of the kind "broadcast", one that gives a wrong number; of the kind "differs", one of
    both, by the lengths.
    """

    name: str
    prediction: Array
    target: Array
    violation: Violation | None
    layer: Layer | None = None


@dataclass(eq=False, slots=True)
class GraphLoss(LossComputed):
    """As LossComputed, in a graph of TensorFlow 1; the two differ in what they take and in what rules say."""


@dataclass(eq=False, slots=True)
class PlaceholderFed(Event):
    """A run of a graph of TensorFlow 1 gives `data` to `placeholder`; `given` is the value as it came.

    `violation` is of the kind "rank" or "size" (its `right` is then the axis, counted from the front).
    """

    placeholder: Array
    data: Array
    given: Value
    violation: Violation | None


@dataclass(eq=False, slots=True)
class OldFunction(Event):
    """A function (`name`) that TensorFlow has not had since its version 1.0, or arguments in the order of that time."""

    name: str


@dataclass(eq=False, slots=True)
class Packed(Event):
    """A padded batch was packed: axis `batch` was taken for the samples, of which `lengths` says how long each is. `sorted`: they
    are known to have to be in the order of their lengths."""

    padded: Array
    lengths: Array
    batch: int
    sorted: bool = True


@dataclass(eq=False, slots=True)
class Unpacked(Event):
    """`value` was unpacked into `count` names; `starred`: one of these takes any number of items."""

    value: Value
    count: int
    starred: bool = False


@dataclass(eq=False, slots=True)
class AxisMissing(Event):
    """The length of axis `axis` of `array` was asked for, which has fewer axes.

    With `unpacked`, the lengths of axes 0 to `axis` were, which are more or fewer than it has.
    """

    array: Array | Frame
    axis: int
    unpacked: bool = False


@dataclass(eq=False, slots=True)
class ContractBroken(Event):
    """What is derived of `subject` (a name) provably contradicts the shape that its author says: `said` in the author's words.

    `contract` is where that is said; `site` is where the value comes from, the call for a parameter.
    """

    subject: str
    derived: Shape
    said: str
    contract: Site


@dataclass(eq=False, slots=True)
class ContractUnread(Event):
    """A comment that looks like a contract and is none, and why."""

    reason: str


@dataclass(eq=False, slots=True)
class Bound(Event):
    """A name was bound to a value (left only when asked for: hovers, `# reveals` in fixtures)."""

    name: str
    value: Value


@dataclass(frozen=True, slots=True)
class Keras:
    """The major version of Keras that a program is for, and in words what says so ("" where it is only assumed). `compiled`:
    whether it makes graphs of TensorFlow of the models, which it doesn't with another backend or where it runs eagerly."""

    version: int = 3
    evidence: str = ""
    compiled: bool = True


@dataclass(slots=True)
class Trace:
    """The events in the order of the program. `incomplete` says why the analysis ended early, if it did; `supposable`, that
    there are defaults which may be overridden; `steps`, how many steps of the budget it took; `tests` holds where a
    condition is tested first, and whether it is negated there. `keras` is the version of Keras that the findings are about.
    `recalled` says in words from which earlier run it has what it knows of no other place ("" where from none).
    """

    events: list[Event] = field(default_factory=list)
    incomplete: str | None = None
    supposable: bool = False
    steps: int = 0
    tests: dict[Value, tuple[Site, bool]] = field(default_factory=dict)
    keras: Keras = Keras()
    recalled: str = ""

    trail: list[tuple[Cell, Value]] = field(default_factory=list)
    """The writes of the analysis, where they are to be taken back."""
    dismantle: Callable[[], None] | None = None
    """Breaks the circles in what the analysis has made, so that it goes at once when nobody holds it any more."""

    def undo(self) -> None:
        """Take back what the analysis wrote; its values can't be read any more."""
        while self.trail:
            cell, old = self.trail.pop()
            cell.raw = old
        if self.dismantle is not None:
            self.dismantle()
            self.dismantle = None

    def record(self, event: Event) -> None:
        """Add an event."""
        self.events.append(event)


def arrays_of(event: object) -> list[Array]:
    """The arrays that went into what an event tells."""
    if isinstance(event, LayerApplied):
        return list(event.inputs)
    if isinstance(event, ModelFed):
        return [*(data for _, data in event.inputs), *(one.target for one in event.compared)]
    if isinstance(event, Operation):
        return list(event.operands)
    if isinstance(event, LossComputed):
        return [event.prediction, event.target]
    if isinstance(event, PlaceholderFed):
        return [event.placeholder, event.data]
    if isinstance(event, Packed):
        return [event.padded, event.lengths]
    if isinstance(event, (ElementTaken, ElementsChosen, AxisMissing)):
        return [event.array] if isinstance(event.array, Array) else []
    return [event.operand] if isinstance(event, Softmax) else []
