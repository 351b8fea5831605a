"""What a program asks of an object: its type, its attributes."""
from __future__ import annotations

from lstmlint.library.binding import apply
from lstmlint.library.registry import attributes, find_method, find_property, models
from lstmlint.shapes.shape import unknown_dim
from lstmlint.values.base import FALSE, MISSING, TRUE, Const, Integer, Unknown, Value, unknown
from lstmlint.values.code import Caller, Class, External, Function, Instance, LibraryObject, Method
from lstmlint.values.data import Array, DictObject, Frame, Items, ListObject, Tuple, items_of
from lstmlint.values.network import Layer, Model

_SUBTYPES = {"bool": {"bool", "int"}}
_KNOWN_TYPES = (Const, Integer, Array, Frame, ListObject, DictObject, Tuple)


def _class_of(value: Value) -> str | None:
    """The path of a class, as External paths of library classes and builtin types name it."""
    return value.path.removeprefix("builtins.") if isinstance(value, External) else None


@models("builtins.isinstance")
def is_instance(obj: Value, classinfo: Value) -> Value:
    """Python: whether an object is of a class; decided for builtin types, arrays, tables and classes of the program."""
    options = items_of(classinfo) if isinstance(classinfo, Tuple) else None
    if options is not None:
        if options.known is None:
            return unknown("bool")
        answers = [is_instance(obj, option) for option in options.known]
        if TRUE in answers:
            return TRUE
        return FALSE if all(answer == FALSE for answer in answers) else unknown("bool")
    if isinstance(obj, Instance):
        return _of_program(obj, classinfo)
    path, own = _class_of(classinfo), obj.type_path
    if isinstance(obj, Array) and not obj.shape.axes:
        # Rank 0 may be a numpy scalar, which is a float or an int as well.
        return unknown("bool")
    if path is not None and own is not None:
        if path == own or path == "object" or path in _SUBTYPES.get(own, ()):
            return TRUE
        exact = isinstance(obj, _KNOWN_TYPES) and not (isinstance(obj, ListObject) and obj.kind == "iterator")
        if exact and path in _PLAIN_TYPES:
            return FALSE
    return Unknown(("isinstance", obj, classinfo), "bool") if isinstance(obj, Unknown) else unknown("bool")


_PLAIN_TYPES = frozenset(
    ("int", "float", "bool", "complex", "str", "bytes", "list", "tuple", "dict", "set", "numpy.ndarray", "pandas.DataFrame",
     "pandas.Series", "torch.Tensor")
)


def _of_program(obj: Instance, classinfo: Value) -> Value:
    ancestors = obj.cls.ancestors()
    if any(ancestor is classinfo or ancestor == classinfo for ancestor in ancestors):
        return TRUE
    decided = all(isinstance(ancestor, Class) for ancestor in ancestors)
    return FALSE if decided and (isinstance(classinfo, Class) or _class_of(classinfo) in _PLAIN_TYPES) else unknown("bool")


@models("builtins.type")
def type_of(obj: Value, *rest: Value) -> Value:
    """Python: the class of an object."""
    if rest:
        return unknown()
    if isinstance(obj, Instance):
        return obj.cls
    path = obj.type_path
    if path is None or isinstance(obj, (Layer, Model)):
        return unknown()
    return External(path if "." in path else f"builtins.{path}")


@models("builtins.callable")
def is_callable(obj: Value) -> Value:
    """Python: whether an object can be called."""
    if isinstance(obj, (Function, Method, Class, Layer, Model)):
        return TRUE
    return FALSE if isinstance(obj, _KNOWN_TYPES) else unknown("bool")


def read_attribute(caller: Caller, obj: Value, name: str) -> Value:
    """obj.name, as far as it is modelled; MISSING where it is not known."""
    if isinstance(obj, (Instance, LibraryObject, Layer, Model)):
        own = obj.fields.get(name)
        if own is not MISSING:
            return own
    if isinstance(obj, (Instance, Class)):
        for ancestor in (obj.cls if isinstance(obj, Instance) else obj).ancestors():
            member = ancestor.namespace.get(name) if isinstance(ancestor, Class) else MISSING
            if member is not MISSING and not isinstance(member, Function):
                return member
    if isinstance(obj, External):
        return External(f"{obj.path}.{name}")
    if obj.type_path is not None:
        found = find_property(obj.type_path, name)
        if found is not None:
            return apply(found[1], caller, (obj,), {})
        method = find_method(obj.type_path, name)
        if method is not None:
            return Method(method[0], obj)
    return MISSING


@models("builtins.getattr")
def get_attribute(caller: Caller, obj: Value, name: str, default: Value = MISSING) -> Value:
    """Python: the attribute of that name."""
    found = read_attribute(caller, obj, name)
    if found is MISSING and isinstance(obj, Instance):
        return _perhaps(obj, name)
    return unknown(name=name) if found is MISSING else found


_STAMP = " unknown calls"


def _perhaps(obj: Instance, name: str) -> Value:
    """What an attribute is that may have been set elsewhere: the same each time, until something unknown got hold of the object."""
    stamp = obj.fields.get(_STAMP)
    if stamp is MISSING:
        stamp = TRUE
        obj.fields.set(_STAMP, stamp)
    return Unknown(("attribute", obj, name, stamp), None, name)


@models("builtins.hasattr")
def has_attribute(caller: Caller, obj: Value, name: str) -> Value:
    """Python: whether there is such an attribute."""
    return unknown("bool") if read_attribute(caller, obj, name) is MISSING or isinstance(obj, External) else TRUE


@models("builtins.setattr")
def set_attribute(caller: Caller, obj: Value, name: Value, value: Value) -> None:
    """Python: obj.name = value; an unknown name may be any."""
    fields = obj.fields if isinstance(obj, (Instance, LibraryObject, Layer, Model)) else None
    if fields is None:
        return
    if isinstance(name, Const) and isinstance(name.value, str):
        fields.set(name.value, value)
    else:
        for known in fields.names():
            fields.set(known, unknown(name=known))


@models("builtins.vars", "builtins.globals", "builtins.locals", "builtins.eval", "builtins.dir", "builtins.__import__")
def anything(*args: Value) -> Value:
    """Python: something that is not followed."""
    return unknown()


@models("builtins.open", "io.open", "codecs.open")
def open_file(*args: Value, **keywords: Value) -> Value:
    """Python: a file."""
    return LibraryObject("builtins.file")


@models("builtins.file.read", "builtins.file.readline")
def read(self: Value, size: Value = MISSING) -> Value:
    """Python: the text of a file."""
    return unknown("str", "text")


@models("builtins.file.readlines")
def read_lines(self: Value) -> Value:
    """Python: the lines of a file."""



    return ListObject(Items.many(unknown("str", "line"), unknown_dim("lines", "lines of a file")))


@models("builtins.file.__iter__", "builtins.file.__next__")
def line(self: Value) -> Value:
    """Python: one line of a file."""
    return unknown("str", "line")


@models("builtins.file.__enter__")
def enter(self: Value) -> Value:
    """Python: the file itself."""
    return self


@attributes("builtins.file.name")
def name_of(self: Value) -> Value:
    """Python: some text."""
    return unknown("str")


