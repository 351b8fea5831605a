"""Findings about what a model is fed: the model, and the same method called with the same data."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lstmlint.confirm import code_steps, steps
from lstmlint.confirm.layers import NotRebuilt
from lstmlint.confirm.rebuild import MOST_SAMPLES, Rebuild
from lstmlint.confirm.texts import NotPlain
from lstmlint.findings import Finding
from lstmlint.library.keras.axes import is_open
from lstmlint.library.keras.losses import LOSSES
from lstmlint.library.keras.nesting import flat
from lstmlint.rules.feeding import mismatch
from lstmlint.rules.sample_count import counted
from lstmlint.rules.stateful import wrong_batch
from lstmlint.rules.targets import batch_size
from lstmlint.shapes.dims import Dim, at_least, same
from lstmlint.trace import ModelFed
from lstmlint.values.base import MISSING, Const, Undecided
from lstmlint.values.data import Array, ListObject, Tuple
from lstmlint.values.network import plain

_METHODS = {
    "fit_generator": "fit", "evaluate_generator": "evaluate", "predict_generator": "predict",
    "predict_proba": "predict", "predict_classes": "predict",
}  # fmt: skip
"""The present methods for those that are gone."""
SHORT = 24
"""Over so many steps, it is faster to take one after the other than to trace a graph."""


def method_of(event: ModelFed) -> str:
    """The method that is replayed: of validation data, what fit calls with it."""
    method = _METHODS.get(event.method, event.method)
    return "evaluate" if event.role == "validation" and method == "fit" else method


def show_feeding(rebuild: Rebuild, event: ModelFed, finding: Finding) -> None:
    """The model is built, and the data fed comes last."""
    show = _SHOW.get(finding.code)
    rebuild.stateful = finding.code in ("LST402", "LST403")
    if show is not None:
        show(rebuild, event, finding.effect == "silent")
    elif event.method == "call":
        rebuild.call(event)
    else:
        model = rebuild.model(event)
        if finding.code == "LST201" and all(mismatch(*pair) != "rank" for pair in event.inputs):
            # Each rank is taken by itself, but not one after the other.
            rebuild.backend = "tensorflow"
            rebuild.add(steps.Predict, model, tuple(rebuild.of_other_rank(*pair) for pair in event.inputs))
        _feed(rebuild, event, model, finding.effect == "silent", "fed")


def _feed(rebuild: Rebuild, event: ModelFed, model: int, silent: bool, proof: str, whole: bool = False) -> None:
    """The data that a finding is about, by the method of the program; what is silent shows itself in what comes out."""
    size = batch_size(event)
    fixed = event.inputs[0][0].shape.dims[0] if event.inputs[0][0].shape.dims else None
    own = size is not None and not event.batched and _says_batch_size(event)
    rows = size if own and size is not None and (size < MOST_SAMPLES or size == fixed) else None
    arrays = [array for _, array in event.inputs]
    if rows is not None and not all(array.shape.dims and at_least(array.shape.dims[0], rows) for array in arrays):
        rows = None
    data = tuple(rebuild.data(array, not whole, None if whole else rows) for array in arrays)
    method = method_of(event)
    # Of what is silent, targets and gradients change nothing of what comes out.
    targets = () if silent or method.startswith("predict") else _targets(rebuild, event, data[0], rows)
    if not method.startswith("predict") and not targets:
        method = "predict_on_batch" if method.endswith("on_batch") else "predict"
    batch = (size,) if own and size is not None and not method.endswith("on_batch") else ()
    if targets or (silent and is_short(event, SHORT)):
        rebuild.add(steps.Compile, _loss(event), silent, target=model)
    if silent:
        rebuild.predict(model, data, event, proof, batch, whole)
    else:
        rebuild.add(steps.Feed, method, model, data, targets, batch)


def _says_batch_size(event: ModelFed) -> bool:
    return any(name in event.arguments for name in ("batch_size", "validation_batch_size"))


def is_short(event: ModelFed, most: int) -> bool:
    """Whether there are no more steps than this to go."""
    return all(isinstance(dim, int) and dim <= most for _, array in event.inputs for dim in array.shape.dims[1:2])


def _loss(event: ModelFed) -> str:
    """The loss of the model's only output."""
    names = [loss.name for _, loss in event.losses]
    return names[0] if len(names) == 1 and names[0] in LOSSES else "mean_squared_error"


def _targets(rebuild: Rebuild, event: ModelFed, source: int, rows: Dim | None) -> tuple[int, ...]:
    """The targets of the only output as they were given, or zeros in the shape of what comes out; none where that isn't known."""
    outputs = None if event.outputs is None or event.batched else flat(event.outputs)
    if not outputs or len(outputs) != 1:
        return ()
    given = event.compared[0].target if event.compared else event.y
    replay = rebuild.replay
    samples = event.inputs[0][1].shape.dims[:1]
    alike = isinstance(given, Array) and any(same(one, other) for one, other in zip(given.shape.dims, samples))
    if isinstance(given, Array) and alike and replay is not None:
        try:
            with replay.attempt():
                known = len(rebuild.given)
                number = rebuild.data(given, rows=rows)
                if len(rebuild.given) > known:
                    raise NotRebuilt("the targets can't be replayed")
                return (number,)
        except (NotRebuilt, NotPlain, Undecided):
            pass
    shape = outputs[0].shape
    if shape.open or any(is_open(dim) for dim in shape.dims[1:]):
        return ()
    return (rebuild.add(code_steps.Like, source, shape.dims[1:]),)


def _lone(rebuild: Rebuild, event: ModelFed, silent: bool) -> None:
    """One sample that is taken for several, or refused."""
    _feed(rebuild, event, rebuild.model(event), silent, "answers", whole=True)


def _batches(rebuild: Rebuild, event: ModelFed, silent: bool) -> None:
    if event.arguments.get("validation_split", MISSING) is not MISSING:
        raise NotRebuilt("what validation_split leaves can't be rebuilt yet")
    model = rebuild.model(event)
    declared, data = event.inputs[0]
    rows = data.shape.axes[0].dim
    wrong = wrong_batch(event, declared.shape.axes[0].dim, rows)
    if wrong is None:
        raise NotRebuilt("the size of the batch isn't known")
    size: Dim = wrong if event.method not in ("fit", "evaluate", "predict") else batch_size(event) or wrong
    arrays = tuple(rebuild.data(array, samples=False) for _, array in event.inputs)
    method = method_of(event)
    targets = () if method.startswith("predict") else _targets(rebuild, event, arrays[0], rows)
    if targets:
        rebuild.add(steps.Compile, _loss(event), target=model)
    rebuild.add(steps.Feed, method if targets else "predict", model, arrays, targets, (size,))


def _shuffled(rebuild: Rebuild, event: ModelFed, silent: bool) -> None:
    model = rebuild.model(event)
    outputs = flat(event.outputs) if event.outputs is not None else None
    if not outputs or len(outputs) != 1 or outputs[0].shape.open:
        raise NotRebuilt("what the model gives isn't known")
    rows = event.inputs[0][0].shape.axes[0].dim
    several = rows * 2
    arrays = tuple(rebuild.data(array, samples=False, rows=several) for _, array in event.inputs)
    targets = rebuild.add(steps.Data, (several, *outputs[0].shape.dims[1:]))
    rebuild.add(steps.Compile, "mean_squared_error", target=model)
    rebuild.add(steps.Feed, "fit", model, arrays, (targets,), (rows,))


def _samples(rebuild: Rebuild, event: ModelFed, silent: bool) -> None:
    """All arrays are fed whole: their numbers of samples are the point."""
    model = rebuild.model(event)
    inputs = tuple(rebuild.data(array, samples=False) for _, array in event.inputs)
    others: Sequence[Array] = [array for what, array in counted(event) if what != "inputs"]
    method = method_of(event)
    if not others or method.startswith("predict"):
        rebuild.add(steps.Predict, model, inputs)
        return
    targets = rebuild.data(others[0], samples=False, what="the targets are")
    rebuild.add(steps.Compile, _loss(event), target=model)
    # Keras counts what is left, and cuts off what is too much.
    rebuild.add(steps.Feed, method, model, inputs, (targets,), (), _split(event))


def _split(event: ModelFed) -> float:
    """Which part of the data is for validation."""
    share = event.arguments.get("validation_split", MISSING)
    return share.value if method_of(event) == "fit" and isinstance(share, Const) and isinstance(share.value, float) else 0.0


def _lists(rebuild: Rebuild, event: ModelFed, silent: bool) -> None:
    """Python lists are fed as such."""
    model = rebuild.known(event.model)
    given, target = plain(event.x), plain(event.y)
    data = rebuild.listed(given) if isinstance(given, (ListObject, Tuple)) else rebuild.data(event.inputs[0][1], samples=False)
    method = method_of(event)
    if method.startswith("predict"):
        rebuild.add(steps.Feed, method, model, (data,))
        return
    if isinstance(target, (ListObject, Tuple)):
        targets = rebuild.listed(target)
    else:
        targets = rebuild.add(code_steps.Like, data, event.losses[0][0].shape.dims[1:])
    rebuild.add(steps.Compile, _loss(event), target=model)
    rebuild.add(steps.Feed, method, model, (data,), (targets,), (), _split(event))


def _padded(rebuild: Rebuild, event: ModelFed, silent: bool) -> None:
    """What the model answers, and what it answers when more padding follows."""
    rebuild.any_steps = True
    model = rebuild.model(event)
    if len(event.inputs) != 1 or not event.inputs[0][1].shape.rank:
        raise NotRebuilt("what the padding does can't be shown yet")
    array = event.inputs[0][1]
    data = rebuild.data(array)
    rebuild.add(steps.Compile, _loss(event), True, target=model)
    answer = rebuild.claim = rebuild.predict(model, (data,), event)
    more = rebuild.add(code_steps.MorePadding, data, len(array.shape.axes))
    rebuild.add(code_steps.Change, answer, rebuild.predict(model, (more,), event), "padding")


def _one_step(rebuild: Rebuild, event: ModelFed, silent: bool) -> None:
    """What the model answers, and what it answers without recurrent weights: one step has nothing to carry on."""
    model = rebuild.model(event)
    _feed(rebuild, event, model, silent, "")
    answer = len(rebuild.steps) - 1
    data = rebuild.steps[-1]
    if not isinstance(data, steps.Predict):
        return
    if rebuild.claim is None:
        rebuild.claim = answer
    rebuild.add(code_steps.Forget, target=model)
    rebuild.add(code_steps.Change, answer, rebuild.predict(model, data.data, event), "once")


_SHOW: dict[str, Callable[[Rebuild, ModelFed, bool], None]] = {
    "LST204": _samples,
    "LST205": _lone,
    "LST206": _lists,
    "LST402": _batches,
    "LST403": _shuffled,
    "LST503": _one_step,
    "LST505": _padded,
}
