"""What lists, tables and dictionaries hold, looked at after the analysis: all alternatives, where it depends on a condition."""
from __future__ import annotations

from lstmlint.values.base import Choice, Value
from lstmlint.values.data import DictObject, Entries, Frame, Items, ListObject, Table, Tuple


def contents(value: Value) -> list[Value]:
    """The content of a container, one for each alternative; nothing for anything else."""
    if isinstance(value, Tuple):
        return [value.items]
    if not isinstance(value, (Frame, ListObject, DictObject)):
        return []
    raw = value.cell.raw
    return raw.leaves() if isinstance(raw, Choice) else [raw]


def tables(value: Frame) -> list[Table]:
    """What a DataFrame holds."""
    return [content for content in contents(value) if isinstance(content, Table)]


def parts(value: Value) -> list[list[Value]] | None:
    """The items of a sequence or the values of a dictionary, for each alternative; None where they are not known."""
    found: list[list[Value]] = []
    for content in contents(value):
        if isinstance(content, Items):
            found.append(list(content.known) if content.known is not None else [content.element])
        elif isinstance(content, Entries) and not content.open:
            found.append([part for _, part in content.known])
        else:
            return None
    return found or None
