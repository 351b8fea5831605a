"""What a layer gets that is no layer of Keras's: a model, the function of a Lambda layer, a cell that the program defines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lstmlint.confirm.code_steps import Body, Cell
from lstmlint.confirm.layers import NotRebuilt
from lstmlint.confirm.replay import Replay
from lstmlint.confirm.steps import Apply, LayerCall
from lstmlint.confirm.texts import Ref, Text
from lstmlint.library.keras.axes import is_open
from lstmlint.shapes.dims import Dim, Poly
from lstmlint.shapes.shape import Shape, shapes_same
from lstmlint.trace import LayerApplied, StateShapes
from lstmlint.values.base import Value
from lstmlint.values.code import Instance
from lstmlint.values.data import Array, Tuple, items_of
from lstmlint.values.network import Layer, Model, plain
from lstmlint.values.origins import Call, Run

if TYPE_CHECKING:
    from lstmlint.confirm.rebuild import Rebuild


def made(rebuild: Rebuild, applied: LayerApplied | None, layer: Layer, name: str, value: Value) -> Ref:
    """The variable that holds `value`, argument `name` of `layer`, which is applied so."""
    if isinstance(value, Model):
        return Ref(rebuild.known(value))
    if layer.kind == "Lambda" and name == "function":
        return Ref(_body(rebuild, layer, applied))
    if isinstance(value, Instance) and name in ("cell", "cells") and applied is not None:
        return Ref(_cell(rebuild, applied, value))
    raise NotRebuilt(f"code of the program inside a {layer.kind} can't be rebuilt yet")


def without_batch(lines: Sequence[Text]) -> list[Text]:
    """The lines with -1 in place of a length that Keras leaves open, where a reshape asks for it; no other line may hold one."""
    found: list[Text] = []
    for line in lines:
        open_ones = [part for part in line if isinstance(part, Poly) and is_open(part)]
        words = [part for part in line if isinstance(part, str)]
        if open_ones and (len(open_ones) > 1 or "-1" in words or not any(word.rstrip("(").endswith("reshape") for word in words)):
            raise NotRebuilt("an operation on the batch axis can't be rebuilt yet")
        found.append(tuple("-1" if part in open_ones else part for part in line) if open_ones else line)
    return found


def needs_layer(call: Call) -> bool:
    """Whether a function works within a layer only: one of TensorFlow's, in a class of the program's own."""
    return call.within is not None and not call.within.path and call.path.startswith(("tensorflow.", "keras.backend."))


def as_layer(rebuild: Rebuild, call: Call) -> int:
    """A function as a Lambda layer of what it gets."""
    replay = _inner(rebuild)
    tensors = [value for value in _flat([*call.args, *call.keywords.values()]) if rebuild.is_symbolic(value)]
    for at, tensor in enumerate(tensors):
        replay.placed[id(tensor)] = "t" if len(tensors) == 1 else f"t[{at}]"
    inputs = tuple(map(rebuild.tensor, tensors))
    if not inputs:
        raise NotRebuilt("what an operation gets isn't known")
    function = _function(rebuild, replay, replay.text(call))
    return rebuild.add(Apply, LayerCall("Lambda", (("function", Ref(function)),)), inputs, len(inputs) > 1)


def _flat(values: Sequence[Value]) -> list[Array]:
    """The arrays in arguments, each once."""
    found: dict[int, Array] = {}
    for value in values:
        items = items_of(value)
        parts = [value] if items is None else items.known or ()
        found.update((id(part), part) for part in parts if isinstance(part, Array))
    return list(found.values())


def _inner(rebuild: Rebuild) -> Replay:
    """A replay whose lines stand in a function."""
    outer = rebuild.replay
    if outer is None:
        raise NotRebuilt("what the program does isn't known")
    replay = Replay(outer.origins, outer.event, prefix="b")
    replay.outside = rebuild
    return replay


def _function(rebuild: Rebuild, replay: Replay, result: Text) -> int:
    """The function that has these lines and gives this."""
    if replay.given:
        raise NotRebuilt("what the function of a Lambda layer does can't be replayed")
    lines, (result,) = without_batch(replay.lines), without_batch([result])
    return rebuild.add(Body, tuple(lines), result, tuple(replay.positive), tuple(replay.imports))


def _body(rebuild: Rebuild, layer: Layer, applied: LayerApplied | None) -> int:
    """The calls that a Lambda's function made, on what came in."""
    outer = rebuild.replay
    run = None if outer is None else _run(outer.origins.runs(layer), applied)
    if outer is None or run is None:
        raise NotRebuilt("what the function of a Lambda layer does isn't known")
    replay = _inner(rebuild)
    for at, tensor in enumerate(run.tensors):
        replay.placed[id(tensor)] = "t" if len(run.tensors) == 1 else f"t[{at}]"
    return _function(rebuild, replay, replay.value(run.result))


def _run(runs: Sequence[Run], applied: LayerApplied | None) -> Run | None:
    """The run that an application of the layer was; any of them where all are alike."""
    shapes = [] if applied is None else [tensor.shape for tensor in applied.inputs]
    for run in runs:
        if len(run.tensors) == len(shapes) and all(shapes_same(one.shape, other) for one, other in zip(run.tensors, shapes)):
            return run
    return runs[0] if len(runs) == 1 else None


def _cell(rebuild: Rebuild, applied: LayerApplied, cell: Instance) -> int:
    """A cell with states as long as those of the one that the program defines, which it multiplies by weights."""
    argument = plain(applied.layer.config["cell"])
    listed = items_of(plain(argument.config["cells"]) if isinstance(argument, Layer) else argument)
    known, last = _states(applied), _length(applied.output)
    if listed is not None:
        cells = [plain(one) for one in listed.known or ()]
        at = next(at for at, one in enumerate(cells) if one is cell)
        own = known[at] if known is not None and at < len(known) else None
        known = (own,) if isinstance(own, Shape) else own
        last = last if at == len(cells) - 1 else None
    sizes = [shape.dims[-1] for shape in known or () if isinstance(shape, Shape) and shape.axes]
    if len(sizes) != len(known or ()) or not (sizes or last):
        raise NotRebuilt("how long the states of a cell are isn't known")
    if isinstance(rebuild.event, LayerApplied) and rebuild.event.states is not None:
        rebuild.infer("the cell uses its states in the lengths that it declares")
    output = last or sizes[0]
    return rebuild.add(Cell, (*(sizes or [output]), output), len(sizes) > 1)


def _states(applied: LayerApplied) -> StateShapes | None:
    """The shapes of an RNN's states, as its cells have them."""
    if applied.states is not None and applied.states.wanted is not None:
        return applied.states.wanted
    if not isinstance(applied.output, Tuple) or not applied.output.items.known:
        return None
    return tuple(map(_shapes, applied.output.items.known[1:]))


def _shapes(value: Value) -> Shape | StateShapes:
    if isinstance(value, Tuple) and value.items.known is not None:
        return tuple(map(_shapes, value.items.known))
    return value.shape if isinstance(value, Array) else ()


def _length(output: Value) -> Dim | None:
    """The length of the last axis of what a layer gives."""
    if isinstance(output, Tuple) and output.items.known:
        output = output.items.known[0]
    return output.shape.dims[-1] if isinstance(output, Array) and output.shape.axes else None
