"""Findings about the graph, the states and the arguments of layers as steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lstmlint.confirm import graph_steps, steps
from lstmlint.confirm.layers import NotRebuilt
from lstmlint.confirm.rebuild import Rebuild, straight_line
from lstmlint.confirm.texts import Ref, Text, callable_path, joined
from lstmlint.findings import Finding
from lstmlint.library.keras.nesting import flat
from lstmlint.library.keras.refusing import merges, missing_inputs
from lstmlint.library.keras.signatures import of_keras_3
from lstmlint.rules.feature_size import pretrained
from lstmlint.trace import InputDeclared, LayerApplied, LayerMade, NotTensor, Unpacked
from lstmlint.values.base import Const, Integer, Value, is_none
from lstmlint.values.data import Array, Items, Tuple, items_of
from lstmlint.values.network import Layer, Model, plain

SAYS = {
    "LST106": r"shape|weights",
    "LST108": r"tensor|connected|KerasTensor|input\(s\)|layer|Shapes of all inputs",
    "LST109": r"unpack|[Ii]terating",
    "LST201": r"(?i)shape|dim|rank|\bnot? .*D\b|Unrecognized data type|unknown rank",
    "LST204": r"cardinality",
    "LST206": r"(?i)cardinality|input\(s\)|structure|rank|shape|tuple index|unrecognized data|only supported for tensors",
    "LST401": r".",
    "LST402": r"batch|shape|Graph execution error",
    "LST601": r"keyword|argument|ndim",
    "LST602": r".",
}
"""What the framework's words must hold to be about the finding; for other codes, something about shapes."""
_ROWS = 6


def show_graph(rebuild: Rebuild, event: Any, finding: Finding) -> None:
    """What a finding of these codes is about."""
    show = _SHOW.get((finding.code, type(event)))
    if show is None:
        raise NotRebuilt("findings of this kind can't be rebuilt yet")
    rebuild.stateful = finding.code == "LST402"
    show(rebuild, event)


def _reused(rebuild: Rebuild, event: LayerApplied) -> None:
    """A layer called on two inputs; or an Embedding and its table."""
    layer = event.layer
    if layer.kind == "Embedding":
        table = pretrained(layer)
        if table is None or table.shape.rank != 2:
            raise NotRebuilt("the table isn't known")
        rebuild.add(graph_steps.Table, (layer.length("input_dim"), layer.length("output_dim"), *table.shape.dims))
        return
    calls = layer.calls.raw
    first = calls.known[0] if isinstance(calls, Items) and calls.known else None
    before = first.producer if isinstance(first, Array) else None
    if not isinstance(before, LayerApplied) or event.inside is not None or len(event.inputs) != 1:
        raise NotRebuilt("what the layer got before isn't known")
    made = rebuild.add(graph_steps.Make, rebuild.layer(layer))
    for applied in (before, event):
        rebuild.add(graph_steps.Reuse, made, rebuild.tensor(applied.inputs[0]))


def _not_a_tensor(rebuild: Rebuild, event: NotTensor) -> None:
    _NOT_TENSORS[event.kind](rebuild, event)


def _uncalled(rebuild: Rebuild, event: NotTensor) -> None:
    if not isinstance(event.value, Layer):
        raise NotRebuilt("a model that is not called can't be rebuilt yet")
    receiver = event.receiver
    if isinstance(receiver, Model):
        raise NotRebuilt("a model made of layers that are not called can't be rebuilt yet")
    several = not isinstance(receiver, Layer)
    call = steps.LayerCall("Concatenate") if not isinstance(receiver, Layer) else rebuild.layer(receiver)
    rebuild.add(graph_steps.Uncalled, call, rebuild.layer(event.value), several)


def _several(rebuild: Rebuild, event: NotTensor) -> None:
    receiver, applied = event.receiver, event.applied
    if merges(receiver):
        # The functions among them are named after their layers.
        call = rebuild.layer(receiver) if isinstance(receiver, Layer) else steps.LayerCall(str(receiver).rpartition(".")[2].title())
        rebuild.add(graph_steps.Nested, call, tuple(map(rebuild.tensor, flat(event.value) or [])))
        return
    if not isinstance(receiver, Layer):
        raise NotRebuilt("this can't be rebuilt yet")
    if applied is not None and applied.model is not None:
        line = straight_line(applied, applied.model)
        if line is None:
            raise NotRebuilt("the model isn't known")
        model = rebuild.sequential(line[0], [*line[1], applied])
        rebuild.add(steps.AddLayer, rebuild.layer(receiver), target=model)
        return
    tensors = flat(event.value) or []
    rebuild.add(steps.Apply, rebuild.layer(receiver), tuple(map(rebuild.tensor, tensors)), True)


def _all_of_it(rebuild: Rebuild, event: NotTensor) -> None:
    """The call as it was, with all that a layer returns in the place of a tensor."""
    applied, call, replay = event.applied, event.call, rebuild.replay
    if applied is None or call is None or replay is None or (applied.model is not None and isinstance(event.receiver, Layer)):
        _several(rebuild, event)
        return
    if isinstance(event.receiver, Layer) and len(call.args) > 1:
        made = rebuild.add(graph_steps.Make, rebuild.layer(event.receiver))
        replay.bind((Ref(made), "(", *_given(rebuild, applied, call.args[1]), ")"))
    elif isinstance(event.receiver, str) and event.receiver.startswith("keras.layers.") and call.args:
        path = callable_path(event.receiver)
        replay.imports.add("keras")
        replay.bind((path, "(", *_given(rebuild, applied, call.args[0]), ")"))
    else:
        given: Text = (Ref(rebuild.whole(applied)),)
        replay.bind(replay.text(call) if call.path else (callable_path(str(event.receiver)), "(", *given, ")"))
        replay.imports.add(str(event.receiver).partition(".")[0])
        if any(isinstance(step, steps.Input) for step in rebuild.steps):
            raise NotRebuilt("a function of symbolic tensors can't be rebuilt yet")
    rebuild.flush()


def _given(rebuild: Rebuild, applied: LayerApplied, value: Value) -> Text:
    """An argument in which all that a layer returned stands."""
    if value is applied.output:
        return (Ref(rebuild.whole(applied)),)
    if isinstance(value, Array):
        return (Ref(rebuild.tensor(value)),)
    items = items_of(value)
    if items is None or items.known is None:
        raise NotRebuilt("what is called isn't known")
    return ("[", *joined([_given(rebuild, applied, plain(item)) for item in items.known]), "]")


def _values(rebuild: Rebuild, event: NotTensor) -> None:
    """An array among the tensors that a layer merges."""
    parts = flat(event.call.args[-1]) if event.call is not None and event.call.args else None
    if not parts or len(parts) < 2 or not isinstance(event.receiver, Layer):
        raise NotRebuilt("what is merged isn't known")
    tensors = tuple(map(rebuild.tensor, parts))
    rebuild.add(steps.Apply, rebuild.layer(event.receiver), tensors, True)


def _symbolic(rebuild: Rebuild, event: NotTensor) -> None:
    assert isinstance(event.receiver, str) and isinstance(event.value, Array)
    rebuild.add(graph_steps.Numpy, event.receiver.rpartition(".")[2], rebuild.tensor(event.value))


def _ends(rebuild: Rebuild, event: NotTensor) -> None:
    assert isinstance(event.receiver, Model)
    inputs, outputs = (flat(cell.raw) for cell in (event.receiver.inputs, event.receiver.outputs))
    if not inputs or not outputs:
        raise NotRebuilt("the inputs and outputs of the model aren't known")
    rebuild.add(steps.Functional, tuple(map(rebuild.tensor, inputs)), tuple(map(rebuild.tensor, outputs)))


def _called(rebuild: Rebuild, event: NotTensor) -> None:
    assert isinstance(event.value, Array)
    tensor = rebuild.tensor(event.value)
    model = rebuild.add(steps.Sequential)
    rebuild.add(steps.AddModel, tensor, target=model)


def _of_class(rebuild: Rebuild, event: NotTensor) -> None:
    raise NotRebuilt("a class in place of a layer can't be rebuilt yet")


_NOT_TENSORS: dict[str, Callable[[Rebuild, NotTensor], None]] = {
    "uncalled": _uncalled,
    "class": _of_class,
    "several": _all_of_it,
    "states": _several,
    "values": _values,
    "symbolic": _symbolic,
    "array": _ends,
    "disconnected": _ends,
    "called": _called,
}


def _unpacked(rebuild: Rebuild, event: Unpacked) -> None:
    value = event.value
    known = value.items.known if isinstance(value, Tuple) else None
    part = known[0] if known else value
    applied = part.producer if isinstance(part, Array) else None
    if not isinstance(applied, LayerApplied) or event.starred:
        raise NotRebuilt("what is unpacked isn't known")
    source = rebuild.tensor(value) if isinstance(value, Array) else rebuild.whole(applied)
    rebuild.add(graph_steps.Unpack, source, event.count)


def _states(rebuild: Rebuild, event: LayerApplied) -> None:
    """A model from all inputs to the layer's output, and one batch sent through it."""
    if event.states is None or len(event.inputs) != 1:
        raise NotRebuilt("the states aren't known")
    states = tuple(map(rebuild.tensor, event.states.given))
    source = rebuild.tensor(event.inputs[0])
    call = rebuild.layer(event.layer, event)
    output = rebuild.add(graph_steps.Start, call, source, states, event.states.listed, event.states.parts)
    if isinstance(event.output, Tuple):
        output = rebuild.add(steps.Pick, output, 0)
    origins = list({id(one): one for one in missing_inputs((), [event.inputs[0], *event.states.given])}.values())
    if not origins:
        return
    model = rebuild.add(steps.Functional, tuple(rebuild.tensor(one.tensor) for one in origins), (output,))
    rebuild.add(steps.Predict, model, tuple(_rows_of(rebuild, one) for one in origins))


def _rows_of(rebuild: Rebuild, declared: InputDeclared) -> int:
    return rebuild.add(steps.Data, (_ROWS, *declared.tensor.shape.dims[1:]))


def _without_batch_size(rebuild: Rebuild, event: LayerApplied) -> None:
    line = None if event.model is None or event.model.kind != "sequential" else straight_line(event, event.model)
    if line is None:
        rebuild.apply(event)
        return
    source, between = line
    made = rebuild.sequential(source, [*between, event])
    if isinstance(source.producer, Array):
        rebuild.add(steps.Predict, made, (rebuild.data(source.producer),))


def _keyword(rebuild: Rebuild, event: LayerMade) -> None:
    known = of_keras_3(event.name) or frozenset()
    keyword = next((one for one in event.keywords if one not in known), None)
    if keyword is None:
        raise NotRebuilt("the argument isn't known")
    rebuild.add(graph_steps.Construct, event.name, (), keyword)


def _input_dim(rebuild: Rebuild, event: InputDeclared) -> None:
    if event.layer is None:
        raise NotRebuilt("the layer isn't known")
    layer = rebuild.add(graph_steps.Construct, event.layer.kind, (), "input_dim")
    model = rebuild.add(steps.Sequential)
    rebuild.add(steps.AddModel, layer, target=model)


def _misplaced(rebuild: Rebuild, event: LayerMade) -> None:
    values: list[steps.Plain] = []
    for at, value in enumerate(event.args):
        if isinstance(value, Array):
            rebuild.add(graph_steps.Construct, event.name, tuple(values), "", rebuild.tensor(value))
            return
        inner = rebuild.layer(value) if isinstance(value, Layer) else _plain(value)
        if inner is None and not is_none(value):
            raise NotRebuilt(f"argument {at + 1} of the {event.name} isn't plain data")
        values.append(inner)
    rebuild.add(graph_steps.Construct, event.name, tuple(values))


def _plain(value: Value) -> steps.Plain:
    items = items_of(value)
    if items is not None:
        return None if items.known is None else tuple(map(_plain, items.known))
    if isinstance(value, Integer):
        return value.dim
    return value.value if isinstance(value, Const) and isinstance(value.value, (bool, int)) else None


_SHOW: dict[tuple[str, type], Callable[[Rebuild, Any], None]] = {
    ("LST106", LayerApplied): _reused,
    ("LST108", NotTensor): _not_a_tensor,
    ("LST109", Unpacked): _unpacked,
    ("LST401", LayerApplied): _states,
    ("LST402", LayerApplied): _without_batch_size,
    ("LST601", LayerMade): _keyword,
    ("LST601", InputDeclared): _input_dim,
    ("LST602", LayerMade): _misplaced,
}
CODES = frozenset(code for code, _ in _SHOW)
"""The codes that are rebuilt here."""
