"""Models of argparse: each option is one unknown value of its type, the same each time it is read."""
from __future__ import annotations

from lstmlint.library.registry import models
from lstmlint.shapes.shape import unknown_dim
from lstmlint.values.base import MISSING, NONE, Const, Value, is_none, unknown
from lstmlint.values.code import External, LibraryObject
from lstmlint.values.data import Items, ListObject, tuple_of
from lstmlint.values.memory import memory

_PARSER = "argparse.ArgumentParser"
_TYPES = ("int", "float", "str", "bool")
_MARK = "option "
"""Before the names of options among the fields of a parser, to keep them apart from its own."""


@models(_PARSER)
def make_parser(*args: Value, **keywords: Value) -> Value:
    """docs.python.org: a parser without options."""
    return LibraryObject(_PARSER)


@models(f"{_PARSER}.add_argument_group", f"{_PARSER}.add_mutually_exclusive_group")
def group(self: LibraryObject, *args: Value, **keywords: Value) -> Value:
    """docs.python.org: the options of a group are those of the parser."""
    return self


@models(f"{_PARSER}.add_argument")
def add_argument(
    self: LibraryObject,
    *flags: Value,
    type: Value = MISSING,
    default: Value = NONE,
    dest: Value = NONE,
    action: Value = NONE,
    nargs: Value = NONE,
) -> Value:
    """docs.python.org: one more option."""
    names = [flag.value for flag in flags if isinstance(flag, Const) and isinstance(flag.value, str)]
    if len(names) != len(flags) or not names:
        return unknown()
    long = next((name for name in names if name.startswith("--")), names[0])
    field = dest.value if isinstance(dest, Const) and isinstance(dest.value, str) else long.lstrip("-").replace("-", "_")
    usual = _usual(type, default, action, nargs)
    memory.supposable |= usual is not None
    supposed = usual if memory.supposing else None
    option = _option(field, type, default, action, nargs, long.startswith("-")) if supposed is None else supposed
    self.fields.set(_MARK + field, option)
    return unknown()


def _usual(type: Value, default: Value, action: Value, nargs: Value) -> Value | None:
    """What an option is where the command line doesn't give it; None where that is not known."""
    if is_none(default):
        return Const(action == Const("store_false")) if action in (Const("store_true"), Const("store_false")) else None
    # A string goes through `type`.
    is_text = default.type_path == "str" and _named(type) != "str"
    return None if is_text or not is_none(nargs) else default


def _option(name: str, type: Value, default: Value, action: Value, nargs: Value, optional: bool) -> Value:
    if not is_none(nargs):
        if nargs == Const("?"):
            return unknown(name=name)
        return ListObject(Items.many(unknown(_named(type) or "str"), unknown_dim(name))) if is_none(default) else unknown(name=name)
    if isinstance(action, Const) and action.value in ("store_true", "store_false"):
        return unknown("bool", name)
    if not is_none(action) and action != Const("store"):
        return unknown(name=name)
    kind = "str" if type is MISSING else _named(type)
    # Without a default the option may also be None.
    if is_none(default) and optional:
        return unknown(name=name)
    if kind == "str" and not is_none(default) and default.type_path != "str":
        return unknown(name=name)
    return unknown(kind, name)


def _named(type: Value) -> str | None:
    path = type.path.removeprefix("builtins.") if isinstance(type, External) else "str" if type is MISSING else None
    return path if path in _TYPES else None


@models(f"{_PARSER}.set_defaults")
def set_defaults(self: LibraryObject, **keywords: Value) -> None:
    """docs.python.org: other defaults; an option may be given all the same."""
    for name in keywords:
        if self.fields.get(_MARK + name) is MISSING:
            self.fields.set(_MARK + name, unknown(name=name))


@models(f"{_PARSER}.parse_args")
def parse_args(self: LibraryObject, *args: Value) -> Value:
    """docs.python.org: an object with an attribute for each option."""
    made = LibraryObject("argparse.Namespace")
    for name in self.fields.names():
        if name.startswith(_MARK):
            made.fields.set(name.removeprefix(_MARK), self.fields.get(name))
    return made


@models(f"{_PARSER}.parse_known_args")
def parse_known_args(self: LibraryObject, *args: Value) -> Value:
    """docs.python.org: the same, with what is left over."""


    return tuple_of(parse_args(self), ListObject(Items.many(unknown("str"), unknown_dim("arguments"))))


@models("argparse.Namespace", "types.SimpleNamespace")
def make_namespace(*args: Value, **keywords: Value) -> Value:
    """docs.python.org: an object with these attributes."""
    made = LibraryObject("argparse.Namespace")
    for name, value in keywords.items():
        made.fields.set(name, value)
    return made


