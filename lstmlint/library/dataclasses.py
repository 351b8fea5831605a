"""Models of dataclasses."""
from __future__ import annotations

from lstmlint.library.registry import models
from lstmlint.values.base import MISSING, Value
from lstmlint.values.code import Caller, LibraryObject

_FIELD = "dataclasses.Field"


@models("dataclasses.field")
def field(default: Value = MISSING, default_factory: Value = MISSING, **others: Value) -> Value:
    """docs.python.org: how a field of a dataclass gets its value."""
    made = LibraryObject(_FIELD)
    made.fields.set("default", default)
    made.fields.set("default_factory", default_factory)
    return made


def default_of(caller: Caller, given: Value) -> Value:
    """What a field is where the call says nothing: `given` stands in the body of the class. MISSING where it must be said."""
    if not isinstance(given, LibraryObject) or given.path != _FIELD:
        return given
    factory = given.fields.get("default_factory")
    return given.fields.get("default") if factory is MISSING else caller.call(factory, ())
