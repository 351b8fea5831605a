"""What a layer gets that is no layer of Keras's: a model, the function of a Lambda layer, a cell that the program defines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lstmlint.confirm.code_steps import Body, Cell
from lstmlint.confirm.layers import NotRebuilt
from lstmlint.confirm.replay import Replay
from lstmlint.confirm.texts import Ref, Text
from lstmlint.library.keras.axes import is_open
from lstmlint.shapes.dims import Dim, Poly
from lstmlint.shapes.shape import Shape, shapes_same
from lstmlint.trace import LayerApplied, StateShapes
from lstmlint.values.base import Value
from lstmlint.values.code import Instance
from lstmlint.values.data import Array, Tuple, items_of
from lstmlint.values.network import Layer, Model, plain
from lstmlint.values.origins import Run

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


def depends_on_batch(lines: Sequence[Text]) -> bool:
    """Whether a length that Keras leaves open is in lines, as if it were a number."""
    return any(isinstance(part, Poly) and is_open(part) for line in lines for part in line)


def _body(rebuild: Rebuild, layer: Layer, applied: LayerApplied | None) -> int:
    """The calls that a Lambda's function made, on what came in."""
    outer = rebuild.replay
    run = None if outer is None else _run(outer.origins.runs(layer), applied)
    if outer is None or run is None:
        raise NotRebuilt("what the function of a Lambda layer does isn't known")
    replay = Replay(outer.origins, outer.event, prefix="b")
    replay.outside = rebuild
    for at, tensor in enumerate(run.tensors):
        replay.placed[id(tensor)] = "t" if len(run.tensors) == 1 else f"t[{at}]"
    result = replay.value(run.result)
    if replay.given or depends_on_batch([*replay.lines, result]):
        raise NotRebuilt("what the function of a Lambda layer does can't be replayed")
    return rebuild.add(Body, tuple(replay.lines), result, tuple(replay.positive), tuple(replay.imports))


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
