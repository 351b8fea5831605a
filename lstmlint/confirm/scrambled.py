"""Axes that a reshape renames: where each element comes from, put through the same calls."""

from __future__ import annotations

from collections.abc import Sequence

from lstmlint.confirm.layers import NotRebuilt
from lstmlint.confirm.replay import Replay, Shown
from lstmlint.confirm.texts import length, lengths
from lstmlint.rules.scrambled import scramble_of
from lstmlint.shapes.dims import Poly, same
from lstmlint.trace import LayerApplied, Operation
from lstmlint.values.data import Array
from lstmlint.values.origins import Call


def scrambled(replay: Replay, event: Operation) -> Shown:
    """The place along an axis that each element comes from, put through the same calls: along no axis is it the same again."""
    result, calls = event.result, _reshapes(replay, event)
    if not calls or not isinstance(result, Array) or result.shape.open:
        raise NotRebuilt("what is reshaped isn't known")
    base = calls[0].args[0]
    if not isinstance(base, Array) or base.shape.open:
        raise NotRebuilt("what is reshaped isn't known")
    name = _of_a_model(replay, base) if base.kind == "keras" else replay.name(base, calls[0])
    found = scramble_of(base.shape, result.shape)
    cut = found is not None and found.kind in ("cut", "split")
    # An axis that is split has no place of its own in the result, even if that is what is meant.
    kept = [at for at, axis in enumerate(base.shape.axes) if cut or any(same(axis.dim, one.dim) for one in result.shape.axes)]
    mixed = [_mixed_along(replay, event, calls, name, at) for at in kept[:3]]
    if not mixed:
        raise NotRebuilt("what is misread can't be shown")
    most = replay.bind((f"max({', '.join(mixed)}, 0)",), "mixed")
    return (most,), "mixed"


def _mixed_along(replay: Replay, event: Operation, calls: Sequence[Call], name: str, at: int) -> str:
    """How much the places along axis `at` of a source differ within one place of the result, along its best axis."""
    base, result = calls[0].args[0], event.result
    assert isinstance(base, Array) and isinstance(result, Array)
    of_torch = base.kind == "torch"
    library = "torch" if of_torch else "numpy"
    replay.imports.add(library)
    along = ", ".join("-1" if axis == at else "1" for axis in range(len(base.shape.axes)))
    spread = f".expand({name}.shape).contiguous()" if of_torch else f" + numpy.zeros({name}.shape)"
    moved = replay.bind((f"{library}.arange({name}.shape[{at}]).reshape({along}){spread}",), "places")
    for call in calls:
        replay.placed[id(call.args[0])] = moved
        text = replay.text(call)
        moved = replay.bind(("numpy.asarray(", *text, ")") if base.kind == "keras" and call is calls[-1] else text, "moved")
        replay.claim = len(replay.lines) - 1
    return _spread(replay, moved, len(result.shape.axes), ("amax", "amin") if of_torch else ("max", "min"))


def _spread(replay: Replay, moved: str, rank: int, functions: tuple[str, str]) -> str:
    """By how much numbers differ within one place of an array, along the axis along which they differ least."""
    most, least = functions
    others = [tuple(other for other in range(rank) if other != axis) for axis in range(rank)]
    spreads = [f"({moved}.{most}({one!r}) - {moved}.{least}({one!r})).max()" for one in others if one]
    return replay.bind((f"min({', '.join(spreads)})" if len(spreads) > 1 else "0",), "spread")


def reshaped_by_layer(replay: Replay, event: LayerApplied) -> Shown:
    """As `scrambled`, of a Reshape layer of Keras."""
    if event.layer.path != "keras.layers.Reshape" or not isinstance(event.output, Array) or event.output.shape.open:
        raise NotRebuilt("which layer moves the axes isn't known")
    source, target = event.inputs[0].shape, event.output.shape
    if source.open:
        raise NotRebuilt("the shape that the layer gets isn't known")
    replay.imports |= {"keras", "numpy"}
    inner, wanted = source.dims[1:], target.dims[1:]
    if any(isinstance(dim, Poly) for dim in (*inner, *wanted)):
        replay.infer(f"this Reshape gets {source}")
    replay.positive += [*inner, *wanted]
    mixed = []
    for at, dim in enumerate(inner, start=1):
        if not any(same(dim, other) for other in wanted):
            continue
        along = ", ".join("-1" if axis == at else "1" for axis in range(len(inner) + 1))
        whole = ("numpy.zeros(", *lengths((6, *inner)), ")")
        places = replay.bind(("numpy.arange(", *length(dim), f").reshape({along}) + ", *whole), "places")
        moved = replay.bind(("numpy.asarray(keras.layers.Reshape(", *lengths(wanted), f")({places}))"), "moved")
        replay.claim = len(replay.lines) - 1
        mixed.append(_spread(replay, moved, len(wanted) + 1, ("max", "min")))
    if not mixed:
        raise NotRebuilt("what is misread can't be shown")
    return (replay.bind((f"max({', '.join(mixed)}, 0)",), "mixed"),), "mixed"


def _of_a_model(replay: Replay, base: Array) -> str:
    """An array in place of a symbolic tensor."""
    if any(isinstance(dim, Poly) for dim in base.shape.dims[1:]):
        replay.infer(f"what is reshaped is {base.shape}")
    replay.imports.add("numpy")
    replay.positive += base.shape.dims
    return replay.bind(("numpy.zeros(", *lengths(base.shape.dims), ")"))


_VIEWS = frozenset(["view", "reshape", "flatten", "contiguous", "ravel", "repeat", "tile"])
"""What leaves the elements in their order, or repeats all of them."""


def _reshapes(replay: Replay, event: Operation) -> list[Call]:
    """The call at fault, after those before it that have merged axes or repeated the whole without moving an element."""
    calls = [] if event.call is None or not event.call.args else [event.call]
    while calls and len(calls) < 4:
        origin = replay.origins.of(calls[0].args[0])
        if origin is None or not origin[0].args or origin[0].path.rpartition(".")[2] not in _VIEWS:
            break
        calls.insert(0, origin[0])
    return calls
