"""Models of os and os.path: paths are text, folders hold some names."""
from __future__ import annotations

import posixpath

from lstmlint.library.builtins.strings import computed, text
from lstmlint.library.registry import attributes, models
from lstmlint.shapes.shape import unknown_dim
from lstmlint.values.base import Const, Value, unknown
from lstmlint.values.data import Items, ListObject, tuple_of

_TEXTS = ("abspath", "realpath", "dirname", "expanduser", "normpath", "relpath", "expandvars", "commonprefix")
_BOOLS = ("exists", "isfile", "isdir", "islink", "isabs")


@models("os.path.join")
def join(*parts: Value) -> Value:
    """docs.python.org: a path; exact for constants, so that messages can name the file."""
    return text(computed(posixpath.join, *parts))


@models("os.path.basename")
def basename(path: Value) -> Value:
    """docs.python.org: what stands behind the last slash."""
    return text(computed(lambda name: name.rpartition("/")[2], path))


@models(*(f"os.path.{name}" for name in _TEXTS), "os.getcwd", "os.environ.get", "os.getenv")
def some_text(*args: Value) -> Value:
    """docs.python.org: some text."""
    return unknown("str")


@models(*(f"os.path.{name}" for name in _BOOLS))
def some_bool(*args: Value) -> Value:
    """docs.python.org: a bool."""
    return unknown("bool")


@models("os.path.splitext", "os.path.split")
def two_texts(path: Value) -> Value:
    """docs.python.org: two texts."""
    return tuple_of(unknown("str"), unknown("str"))


@models("os.listdir")
def listdir(*args: Value) -> Value:
    """docs.python.org: the names in a folder."""
    return ListObject(Items.many(unknown("str"), unknown_dim("files", "files of a folder")))


@models("os.makedirs", "os.mkdir", "os.remove", "os.chdir")
def nothing(*args: Value, **keywords: Value) -> None:
    """docs.python.org: nothing that has a shape."""


@attributes("os.sep")
def separator() -> Value:
    """docs.python.org: the slash."""
    return Const("/")
