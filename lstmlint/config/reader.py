"""Reads settings: the nearest lstmlint.toml or [tool.lstmlint] of a pyproject.toml, then `--config`, then other options."""
from __future__ import annotations

import os
import re
import sys
import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

from lstmlint.config.settings import Settings, key_of, settable

OWN_FILE, SHARED_FILE = "lstmlint.toml", "pyproject.toml"

_CODE = re.compile(r"all|lst\d{0,3}", re.IGNORECASE)
_NAME = re.compile(r"[a-z]+\d?(-[a-z\d]+)*")


class ConfigError(Exception):
    """Settings that make no sense; the message says which, in one line."""


def load(paths: Iterable[str], options: Mapping[str, Any], isolated: bool = False, config: Sequence[str] = ()) -> Settings:
    """The settings for checking `paths`. Raises ConfigError.

    `options` (those not None, by the names of fields) go before `config` (KEY=VALUE, or a file to read instead of the nearest),
    which goes before the file.
    """
    files = [item for item in config if "=" not in item]
    if len(files) > 1:
        raise ConfigError(f"--config names two files: {files[0]} and {files[1]}")
    if files:
        if isolated:
            raise ConfigError(f"--isolated takes no settings from a file, but --config names {files[0]}")
        settings = _from_file(files[0])
    else:
        folder = os.getcwd() if isolated else _common_folder(paths)
        nearest = "" if isolated else nearest_file(folder, {})
        settings = _from_file(nearest) if nearest else Settings(folder=folder, isolated=isolated)
    for item in config:
        if "=" in item:
            settings = _with(settings, _checked(_parsed_override(item), f"--config {item}"))
    given: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
    if "select" in given:
        # A selection on the command line is the whole selection.
        given.setdefault("extend_select", ())
    for setting in settable():
        if setting.metadata["selectors"] and setting.name in given:
            given[setting.name] = _selectors(given[setting.name], f"--{key_of(setting)}")
    return replace(settings, **given)


def near(word: str, known: Iterable[str]) -> str:
    """`; did you mean …?`, if one of the known words is like this one; otherwise nothing."""
    # Here, so that what is right need not wait for it.
    import difflib

    words = list(known)
    found = difflib.get_close_matches(word.lower().replace("_", "-"), words, 1, 0.6)
    return f"; did you mean {found[0]!r}?" if found else ""


def _with(settings: Settings, values: Mapping[str, Any]) -> Settings:
    """Tables are extended, all else is replaced."""
    merged: dict[str, Any] = {
        name: {**getattr(settings, name), **value} if isinstance(value, dict) else value for name, value in values.items()
    }
    return replace(settings, **merged)


def _common_folder(paths: Iterable[str]) -> str:
    folders = [path if os.path.isdir(path) else os.path.dirname(path) for path in map(os.path.abspath, paths)]
    try:
        return os.path.commonpath(folders) if folders else os.getcwd()
    except ValueError:
        return os.getcwd()


def nearest_file(folder: str, known: dict[str, str]) -> str:
    """The nearest file, in this folder or one above it, that is for us or has a section for us; empty if there is none.

    What is found is remembered in `known`, for the next folder.
    """
    if folder not in known:
        files = (os.path.join(folder, name) for name in (OWN_FILE, SHARED_FILE))
        own = next((file for file in files if os.path.isfile(file) and _section(file) is not None), "")
        parent = os.path.dirname(folder)
        known[folder] = own or ("" if parent == folder else nearest_file(parent, known))
    return known[folder]


def _from_file(file: str) -> Settings:
    section = _section(file)
    if section is None:
        raise ConfigError(f"{file}: there is no section [tool.lstmlint]")
    path = os.path.abspath(file)
    return replace(Settings(folder=os.path.dirname(path), origin=path), **_checked(section, file))


def _section(file: str) -> dict[str, Any] | None:
    """The settings in a file as they stand there; of a pyproject.toml, None if it has no section for us."""
    try:
        with open(file, "rb") as stream:
            data = stream.read()
    except OSError as error:
        raise ConfigError(f"{file}: {(error.strerror or str(error)).lower()}") from None
    shared = os.path.basename(file) == SHARED_FILE
    if shared and b"lstmlint" not in data:
        return None
    try:
        content = _toml().loads(data.decode())
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{file}: {' '.join(str(error).split())}") from None
    if not shared:
        return dict(content)
    tool = content.get("tool", {})
    section = tool.get("lstmlint") if isinstance(tool, dict) else None
    if section is not None and not isinstance(section, dict):
        raise ConfigError(f"{file}: [tool.lstmlint] must be a table")
    return section


def _toml() -> types.ModuleType:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    return tomllib


def _parsed_override(item: str) -> dict[str, Any]:
    """KEY=VALUE as a section: the value is TOML, but quotes and brackets may be left out."""
    key, _, text = item.partition("=")
    key, text = key.strip(), text.strip()
    first = key.partition(".")[0].strip()
    kind = _types().get(first)
    if "." not in key and (kind is str or get_origin(kind) is Literal):
        # So that keras-version=2 is the text that it looks like.
        plain = text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text
        return {first: plain}
    try:
        return dict(_toml().loads(f"{key} = {text}\n"))
    except (ValueError, RecursionError):
        pass
    if "." not in key and get_origin(kind) is tuple:
        return {first: [part.strip() for part in text.split(",") if part.strip()]}
    try:
        return dict(_toml().loads(f"{key} = '{text}'\n"))
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"--config {item}: {' '.join(str(error).split())}") from None


@cache
def _types() -> dict[str, Any]:
    """The types of what can be set, by key."""
    hints = get_type_hints(Settings)
    return {key_of(setting): hints[setting.name] for setting in settable()}


def _checked(section: Mapping[str, Any], where: str) -> dict[str, Any]:
    known = {key_of(setting): setting for setting in settable()}
    values: dict[str, Any] = {}
    for key, value in section.items():
        if key not in known:
            hint = near(key, known) or f"; known are {', '.join(sorted(known))}"
            raise ConfigError(f"{where}: unknown setting {key!r}{hint}")
        setting = known[key]
        checked = _value(key, value, _types()[key], where)
        minimum = setting.metadata["minimum"]
        if minimum is not None and checked < minimum:
            raise ConfigError(f"{where}: {key} must be at least {minimum}")
        values[setting.name] = _selectors(checked, f"{where}: {key}") if setting.metadata["selectors"] else checked
    return values


def _value(key: str, value: Any, hint: Any, where: str) -> Any:
    """The value as the dataclass wants it."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Literal:
        if isinstance(value, str) and value in parts:
            return value
        meant = near(value, parts) if isinstance(value, str) else ""
        raise ConfigError(f"{where}: {key} must be one of {', '.join(parts)}, not {value!r}{meant}")
    if origin is tuple:
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        raise ConfigError(f"{where}: {key} must be a list of strings")
    if origin is not None and issubclass(origin, Mapping):
        if isinstance(value, dict):
            return {name: _value(f"{key}.{name}", inner, parts[1], where) for name, inner in value.items()}
        raise ConfigError(f"{where}: {key} must be a table")
    if isinstance(value, hint) and (hint is bool or not isinstance(value, bool)):
        return value
    kind = {bool: "true or false", int: "a whole number", str: "a string"}[hint]
    raise ConfigError(f"{where}: {key} must be {kind}")


def _selectors(value: Any, where: str) -> Any:
    """Codes in capitals, names in small letters; of a table of lists the values name rules, of another its keys."""
    if not isinstance(value, Mapping):
        return tuple(_selector(item, where) for item in value)
    if all(isinstance(items, tuple) for items in value.values()):
        return {pattern: _selectors(items, where) for pattern, items in value.items()}
    return {_selector(item, where): chosen for item, chosen in value.items()}


def _selector(text: str, where: str) -> str:
    if _CODE.fullmatch(text):
        return text.upper()
    if _NAME.fullmatch(text.lower()):
        return text.lower()
    raise ConfigError(f"{where}: unknown rule selector {text!r}: write a code such as LST102, the beginning of one, a name, or ALL")
