"""From a finding to the steps that show it: the part of the trace that leads to its event, without anything else of the script."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lstmlint.confirm import steps
from lstmlint.confirm.feeding import show_feeding
from lstmlint.confirm.graph import CODES, SAYS, show_graph
from lstmlint.confirm.last_step import keras_last_step
from lstmlint.confirm.layers import NotRebuilt
from lstmlint.confirm.program import Program, of_keras_2, render
from lstmlint.confirm.rebuild import Rebuild, assumed_input, outer_layer, straight_line
from lstmlint.confirm.script import Script
from lstmlint.confirm.sizes import Sizes, instances, with_known
from lstmlint.confirm.steps import Step, lengths
from lstmlint.confirm.texts import NotPlain
from lstmlint.confirm.torch_plan import SAYS_OF_TORCH, replayed
from lstmlint.confirm.training import TARGETS, VALUES, show_targets, show_values
from lstmlint.confirm.unsupported import is_of_graphs, is_of_torch
from lstmlint.findings import Finding
from lstmlint.shapes.dims import Dim, Poly, Symbol
from lstmlint.shapes.shape import Shape
from lstmlint.trace import ElementTaken, Event, InputDeclared, LayerApplied, LossComputed, ModelFed, Operation, Packed, Softmax
from lstmlint.values.base import Undecided
from lstmlint.values.data import Array
from lstmlint.values.memory import memory


@dataclass(frozen=True, slots=True)
class Plan:
    """What to rebuild: step number `claim` is where the framework must raise (or, for what is silent, must not).

    `rank` is what the faulty tensor's rank is, where the finding is about a rank. `given` says what is fed although it is only our
    inference.
    """

    steps: tuple[Step, ...]
    claim: int
    raises: bool
    rank: int | None = None
    given: tuple[str, ...] = ()
    either: bool = False
    """Whether the framework may let it pass, too, as long as the last step shows the fault."""
    says: str = ""
    """What the framework's words must hold, as a pattern, where they are not about shapes."""
    script: Script | None = None
    """The program, where it is not made of steps."""
    mark: str = ""
    """The comment on the line of the claim."""
    keras: int = 0
    """The major version of Keras that is to judge; 0 for any."""
    backend: str = ""
    """The backend of Keras that the finding is about, where it is about one."""

    def programs(self) -> list[Program]:
        """The programs, one for each choice of numbers."""
        return [self._program(sizes) for sizes in instances(self._positive(), self._fixed())]

    def again(self, at: int, known: Mapping[Symbol, int]) -> Program | None:
        """Program number `at` with numbers that have turned out to be these; None where they don't fit."""
        sizes = with_known(self._positive(), at, {**known, **self._fixed()})
        return None if sizes is None else self._program(sizes)

    def _positive(self) -> list[Dim]:
        if self.script is not None:
            return list(self.script.positive)
        return [dim for step in self.steps for dim in lengths(step)]

    def _fixed(self) -> Mapping[Symbol, int]:
        return {} if self.script is None else self.script.fixed

    def _program(self, sizes: Sizes) -> Program:
        if self.script is not None:
            program = self.script.program(sizes, self.mark)
        else:
            program = render(self.steps, self.claim, sizes, self.mark)
        return of_keras_2(program) if self.keras == 2 else program


def plan(finding: Finding) -> Plan:
    """The plan for a finding; raises NotRebuilt, with the reason, where there can be none."""
    event = finding.event
    if isinstance(event, Event) and is_of_graphs(event):
        raise NotRebuilt("models of TensorFlow 1 can't be rebuilt")
    if isinstance(event, Event) and (is_of_torch(event) or isinstance(event, (Operation, LossComputed))):
        return _script(event, finding)
    show = _shower(event, finding.code)
    if isinstance(event, Event) and (show is None or (finding.code == "LST502" and isinstance(event, LayerApplied))):
        return _script(event, finding)
    if show is None or not isinstance(event, Event):
        raise NotRebuilt("findings of this kind can't be rebuilt yet")
    rebuild = Rebuild(event)
    with memory.fresh():
        memory.path = dict(event.assumptions if event.call is None else event.call.conditions)
        try:
            rank = show(rebuild, event, finding)
        except Undecided:
            raise NotRebuilt("what it depends on differs with a condition of the script") from None
        except NotPlain as error:
            raise NotRebuilt(str(error)) from None
    claim = len(rebuild.steps) - 1 if rebuild.claim is None else rebuild.claim
    says = SAYS.get(finding.code, "")
    given, raises = tuple(rebuild.given), finding.effect == "raises"
    made, either, keras = tuple(rebuild.steps), rebuild.either, _keras(event)
    return Plan(made, claim, raises, rank, given, either, says, mark=finding.code, keras=keras, backend=rebuild.backend)


def _shower(event: object, code: str) -> Callable[[Rebuild, Any, Finding], int | None] | None:
    """What rebuilds a finding of this code."""
    if isinstance(event, Softmax):
        return None
    if code in VALUES:
        return _show_values
    if isinstance(event, ModelFed):
        return show_targets if code in TARGETS else show_feeding
    return show_graph if code in CODES else _SHOW.get(type(event))


def _keras(event: Event) -> int:
    """The version of Keras that a program is for."""
    return 0 if event.call is None else event.call.origins.keras


def _script(event: Event, finding: Finding) -> Plan:
    """The plan for what is replayed from its source."""
    raises = finding.effect == "raises"
    rebuild = Rebuild(event, evaluated=not raises, whole=True)
    with memory.fresh():
        memory.path = dict(event.assumptions if event.call is None else event.call.conditions)
        try:
            script = replayed(finding, rebuild)
        except Undecided:
            raise NotRebuilt("what it depends on differs with a condition of the script") from None
        except NotPlain as error:
            raise NotRebuilt(str(error)) from None
    # Where it depends on the lengths whether a wrong axis is noticed, both are the fault.
    either = not raises and (isinstance(event, Packed) or (finding.code == "LST504" and bool(script and script.positive)))
    claim = len(rebuild.steps) - 1 if rebuild.claim is None else rebuild.claim
    says, given = SAYS_OF_TORCH.get(finding.code, ""), tuple(rebuild.given)
    keras = 0 if script is not None else _keras(event)
    return Plan(tuple(rebuild.steps), claim, raises, None, given, either, says, script, finding.code, keras)


def _show_layer(rebuild: Rebuild, event: LayerApplied, finding: Finding) -> int | None:
    """The layer that gets a wrong tensor comes last; the answer is the rank of that tensor, if the rank is the fault."""
    if event.violation is None:
        raise NotRebuilt("findings of this kind can't be rebuilt yet")
    model = event.model
    line = straight_line(event, model) if model is not None and model.kind == "sequential" else None
    if line is None:
        rebuild.apply(event)
    else:
        source, between = line
        if source.producer is None:
            if event.inside is not None and not between:
                raise NotRebuilt("the input of the model isn't known")
            first = next((one for one in between if isinstance(one, LayerApplied)), event)
            source = assumed_input(source, outer_layer(first))
            if not between:
                # Whatever gets past the first layer has the rank that this one needs.
                rebuild.infer(f"the model's input has rank {source.shape.rank}")
        elif isinstance(source.producer, InputDeclared) and finding.code in ("LST103", "LST104"):
            _infer_declared(rebuild, source)
        made = rebuild.sequential(source, [*between, event])
        if isinstance(source.producer, Array):
            rebuild.add(steps.Predict, made, (rebuild.data(source.producer),))
    return event.inputs[0].shape.rank if event.violation.kind == "rank" and len(event.inputs) == 1 else None


def _show_values(rebuild: Rebuild, event: Event, finding: Finding) -> None:
    """What is wrong whatever the shapes."""
    if not isinstance(event, (LayerApplied, ModelFed)):
        raise NotRebuilt("findings of this kind can't be rebuilt yet")
    show_values(rebuild, event, finding)


def _infer_declared(rebuild: Rebuild, source: Array) -> None:
    """A declared shape with symbols in it comes from data, and so does the number of its entries."""
    declared = source.producer
    if isinstance(declared, InputDeclared) and rebuild.is_shape_of_data(declared.given):
        return
    if any(isinstance(dim, Poly) for dim in source.shape.dims[1:]):
        rebuild.infer(f"the input shape is {Shape(source.shape.axes[1:])}")


_SHOW: dict[type[object], Callable[[Rebuild, Any, Finding], int | None]] = {
    LayerApplied: _show_layer,
    ElementTaken: keras_last_step,
}
"""How what each kind of event shows is rebuilt."""
