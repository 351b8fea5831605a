"""Tables as they were at a call: made, then changed step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lstmlint.confirm.layers import NotRebuilt
from lstmlint.confirm.made_up import made_up_table
from lstmlint.confirm.named import changes_table, is_source
from lstmlint.confirm.texts import NotPlain, Text
from lstmlint.values.base import Const, Undecided
from lstmlint.values.data import Frame, Table
from lstmlint.values.origins import Call

if TYPE_CHECKING:
    from lstmlint.confirm.replay import Replay


def frame(replay: Replay, value: Frame, call: Call) -> str:
    """A table as it was at a call: made, then changed step by step."""
    changes = [
        other
        for other in replay.origins.received(value)
        if other.number < call.number and changes_table(other) and replay.happened(other)
    ]
    key = (id(value), len(changes))
    if key in replay.names:
        return replay.names[key]
    replay.kept.append(value)
    if not changes:
        replay.names[key] = _made_frame(replay, value)
        return replay.names[key]
    before = frame(replay, value, changes[-1])
    name = replay.bind((before, ".copy()"))
    replay.placed[id(value)] = name
    try:
        replay.lines.append(_change(replay, changes[-1], name))
    finally:
        del replay.placed[id(value)]
    replay.names[key] = name
    return name


def _change(replay: Replay, change: Call, name: str) -> Text:
    method = change.path.rpartition(".")[2]
    if method == "__setitem__":
        return (name, "[", *replay.subscript(change.args[1], change), "] = ", *replay.value(change.args[2], change))
    if method == "__delitem__":
        return ("del ", name, "[", *replay.subscript(change.args[1], change), "]")
    if method == "__setattr__":
        attribute = ".columns" if change.args[1] == Const("columns") else ".index"
        if change.args[1] not in (Const("columns"), Const("index")):
            raise NotRebuilt("what changes a table can't be replayed")
        return (name, f"{attribute} = ", *replay.value(change.args[2], change))
    return replay.method(change, (name,), change.args[1:])


def _made_frame(replay: Replay, value: Frame) -> str:
    origin = replay.origins.of(value)
    if origin is None:
        raise NotRebuilt("where a table comes from isn't known")
    call, at = origin
    if not is_source(call):
        try:
            with replay.attempt():
                return replay.result(call, at, value)
        except (NotRebuilt, NotPlain, Undecided):
            pass
    table = call.contents.get(id(value), value.cell.raw)
    if not isinstance(table, Table):
        raise NotRebuilt("what a table holds isn't known")
    if not is_source(call):
        replay.infer(f"the table has {table.rows.dim} rows and {table.width} columns")
    replay.imports |= {"numpy", "pandas"}
    known = None if table.columns is None else [replay.word(label)[1:-1] for label in table.columns]
    replay.positive += [table.rows.dim, table.width]
    return replay.bind(made_up_table(table, known, replay.labels))
