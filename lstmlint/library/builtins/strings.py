"""Text: short constants are computed, the rest keeps its type."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lstmlint.library.builtins.determined import determined
from lstmlint.library.builtins.iteration import SizedText, items_over, length_of
from lstmlint.library.builtins.lists import is_index
from lstmlint.library.builtins.slices import constant_slice, cut_length
from lstmlint.library.registry import models
from lstmlint.shapes.dims import Birth, birth, derived, symbol
from lstmlint.values.base import MISSING, Const, Unknown, Value, constant_int, integer, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Items, ListObject, Slice, tuple_of

LONGEST = 1000
"""Longer results are not computed."""

_SAME_TEXT = (
    "lower", "upper", "strip", "lstrip", "rstrip", "title", "capitalize", "casefold", "swapcase", "replace", "removeprefix",
    "removesuffix", "zfill", "center", "ljust", "rjust", "expandtabs", "translate",
)
_TESTS = (
    "startswith", "endswith", "isdigit", "isalpha", "isalnum", "isspace", "isupper", "islower", "isnumeric", "isdecimal",
    "istitle", "isidentifier",
)
_LISTS = ("split", "rsplit", "splitlines")


def plain(value: Value) -> Any:
    """The constant that `value` is; raises LookupError where it is none."""
    if isinstance(value, Const) and not (isinstance(value.value, (str, bytes)) and len(value.value) > LONGEST):
        return value.value
    raise LookupError


def computed(function: Callable[..., Any], *args: Value) -> Any:
    """The function's answer for constants; None where it can't be computed."""
    try:
        return function(*map(plain, args))
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError):
        return None


def text(value: object) -> Value:
    """A computed text as a value."""
    return Const(value) if isinstance(value, str) and len(value) <= LONGEST else unknown("str")


def _changed(name: str) -> None:
    @models(f"str.{name}")
    def model(self: Value, *args: Value) -> Value:
        return text(computed(getattr(str, name), self, *args))


def _tested(name: str) -> None:
    @models(f"str.{name}")
    def model(self: Value, *args: Value) -> Value:
        answer = computed(getattr(str, name), self, *args)
        if answer is not None:
            return Const(answer)
        return determined(name, self, *args, type="bool") if all(isinstance(a, (Const, Unknown)) for a in args) else unknown("bool")


def _listed(name: str) -> None:
    @models(f"str.{name}")
    def model(self: Value, *args: Value, sep: Value = MISSING, maxsplit: Value = MISSING) -> Value:
        given = (sep,) if sep is not MISSING else args
        parts = computed(getattr(str, name), self, *given) if maxsplit is MISSING else None
        if parts is not None:
            return ListObject(Items.of(map(Const, parts)))
        count = derived((name, self, *given), "words", "the parts of a text") if _fixed(self, *given) else symbol("words")
        return ListObject(Items.many(unknown("str"), count))


def _fixed(*values: Value) -> bool:
    return all(isinstance(value, (Const, Unknown)) for value in values)


for _names, _register in ((_SAME_TEXT, _changed), (_TESTS, _tested), (_LISTS, _listed)):
    for _name in _names:
        _register(_name)


@models("str.format", "str.format_map", "str.__format__", "builtins.repr", "builtins.ascii", "builtins.format", "builtins.input")
def some_text(*args: Value, **keywords: Value) -> Value:
    """Python: some text."""
    return unknown("str")


@models("builtins.str")
def make_text(*args: Value, **keywords: Value) -> Value:
    """Python: str(x)."""
    if len(args) == 1 and isinstance(args[0], Unknown) and args[0].type == "str":
        return args[0]
    return text(computed(str, args[0])) if len(args) == 1 and not isinstance(args[0], Unknown) else unknown("str")


@models("str.__add__")
def concatenate(left: Value, right: Value) -> Value:
    """Python: one text after the other."""
    if right.type_path not in ("str", None):
        return MISSING
    answer = computed(lambda a, b: a + b, left, right)
    return text(answer) if answer is not None or right.type_path == "str" else unknown("str")


@models("str.__mul__", "str.__rmul__")
def repeat(self: Value, times: Value) -> Value:
    """Python: a text, several times over."""
    count = constant_int(times)
    if count is not None and isinstance(self, Const) and isinstance(self.value, str) and len(self.value) * count <= LONGEST:
        return Const(self.value * count)
    return unknown("str") if is_index(times) or times.type_path is None else MISSING


@models("str.__mod__")
def interpolate(self: Value, values: Value) -> Value:
    """Python: "%d" % x."""
    return text(computed(lambda a, b: a % b, self, values)) if isinstance(values, Const) else unknown("str")


@models("str.__getitem__")
def get_item(self: Value, key: Value) -> Value:
    """Python: one character, or a part."""
    if isinstance(key, Slice):
        return _part(self, key)
    answer = computed(lambda t, i: t[i], self, key) if isinstance(key, Const) else None
    return text(answer)


def _part(self: Value, cut: Slice) -> Value:
    exact = constant_slice(cut)
    if exact is not None and isinstance(self, Const) and isinstance(self.value, str):
        return text(self.value[exact])
    whole = length_of(self)
    length = None if whole is None else cut_length(cut, whole)
    # A number that is one at every place: what differs from one turn of a loop to the next would need to be told apart.
    return Unknown(SizedText(Birth(birth()), length), "str") if isinstance(length, int) else unknown("str")


@models("str.__len__", "bytes.__len__")
def length(self: Value) -> Value:
    """Python: the number of characters."""
    known = length_of(self)
    return unknown("int") if known is None else integer(known)


@models("str.__contains__")
def contains(self: Value, part: Value) -> Value:
    """Python: whether a part occurs."""
    answer = computed(lambda a, b: b in a, self, part)
    return unknown("bool") if answer is None else Const(answer)


@models("str.join")
def join(self: Value, iterable: Value, caller: Caller) -> Value:
    """Python: the texts with this one between them."""
    items = items_over(caller, iterable)
    return text(computed(lambda glue, *parts: glue.join(parts), self, *items.known)) if items.known is not None else unknown("str")


@models("str.encode", "bytes.join", "builtins.bytes")
def encode(*args: Value, **keywords: Value) -> Value:
    """Python: bytes."""
    return unknown("bytes")


@models("bytes.decode")
def decode(self: Value, *args: Value, **keywords: Value) -> Value:
    """Python: text."""
    return text(computed(bytes.decode, self))


@models("str.find", "str.rfind", "str.index", "str.rindex", "str.count", "builtins.hash", "builtins.id")
def some_number(*args: Value) -> Value:
    """Python: an integer."""
    return unknown("int")


@models("builtins.ord")
def code_point(c: Value) -> Value:
    """Python: the number of a character."""
    number = computed(ord, c)
    return unknown("int") if number is None else Const(number)


@models("builtins.chr", "builtins.bin", "builtins.hex", "builtins.oct")
def character(i: Value) -> Value:
    """Python: some text."""
    return unknown("str")


@models("str.partition", "str.rpartition")
def partition(self: Value, sep: Value) -> Value:
    """Python: what stands before, the separator, what stands behind."""
    return tuple_of(unknown("str"), unknown("str"), unknown("str"))
