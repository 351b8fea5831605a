"""The settings of a run: from [tool.lstmlint] in pyproject.toml and from the command line."""
from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

OUTPUT_FORMATS = ("full", "concise", "json")

KERAS_VERSIONS = ("auto", "2", "3")

DEFAULT_EXCLUDED = (
    ".git", ".hg", ".svn", ".venv", "venv", "__pycache__", "node_modules", "site-packages", "build", "dist",
    ".tox", ".nox", ".eggs", "*.egg-info", ".ipynb_checkpoints", ".mypy_cache", ".pytest_cache", ".ruff_cache",
    "__pypackages__", "_build", ".direnv", ".pyenv", ".vscode", ".idea",
)  # fmt: skip
"""What is never looked into, unless it is given by name."""

_SELECTOR = re.compile(r"ALL|LST\d{0,3}")
_ALWAYS = ("LST901", "LST903")
"""That something could not be checked is said whatever is selected; only `ignore` silences it."""


class ConfigError(Exception):
    """Settings that make no sense; the message says which, in one line."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What to check and how to tell it. `folder` is where the settings come from: exclude patterns are relative to it."""

    select: tuple[str, ...] = ("ALL",)
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = DEFAULT_EXCLUDED
    extend_exclude: tuple[str, ...] = ()
    force_exclude: bool = False
    respect_gitignore: bool = True
    output_format: str = "full"
    keras_version: str = "auto"
    folder: str = ""

    @property
    def all_excluded(self) -> tuple[str, ...]:
        """The patterns of what is not looked into."""
        return self.exclude + self.extend_exclude

    def selected(self, code: str) -> bool:
        """Whether findings with this code are wanted: the longest selector that fits decides, `ignore` at equal length."""
        wanted = max((_weight(s, code) for s in (*self.select, *_ALWAYS)), default=-1)
        return wanted >= 0 and wanted > max((_weight(s, code) for s in self.ignore), default=-1)


def _weight(selector: str, code: str) -> int:
    if selector == "ALL":
        return 0
    return len(selector) if code.startswith(selector) else -1


def load(paths: Iterable[str], options: Mapping[str, Any], isolated: bool = False) -> Settings:
    """The settings for checking `paths`: `options` (those not None) before the file's. Raises ConfigError."""
    settings = Settings(folder=os.getcwd()) if isolated else _from_file(_common_folder(paths))
    given: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
    settings = replace(settings, **given)
    for selector in settings.select + settings.ignore:
        if not _SELECTOR.fullmatch(selector):
            raise ConfigError(f"unknown rule selector {selector!r}: write a code such as LST102, the beginning of one, or ALL")
    return settings


def _common_folder(paths: Iterable[str]) -> str:
    folders = [path if os.path.isdir(path) else os.path.dirname(path) for path in map(os.path.abspath, paths)]
    try:
        return os.path.commonpath(folders) if folders else os.getcwd()
    except ValueError:
        return os.getcwd()


def _from_file(folder: str) -> Settings:
    """From the nearest pyproject.toml, of this folder or one above it, that has a section for us."""
    current = folder
    while True:
        file = os.path.join(current, "pyproject.toml")
        section = _section(file) if os.path.isfile(file) else None
        if section is not None:
            return replace(Settings(folder=current), **_checked(section, file))
        parent = os.path.dirname(current)
        if parent == current:
            return Settings(folder=folder)
        current = parent


def _section(file: str) -> dict[str, Any] | None:
    try:
        with open(file, "rb") as stream:
            data = stream.read()
    except OSError as error:
        raise ConfigError(f"{file}: {error.strerror}") from None
    if b"lstmlint" not in data:
        return None
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        section = tomllib.loads(data.decode()).get("tool", {}).get("lstmlint")
    except (ValueError, AttributeError) as error:
        raise ConfigError(f"{file}: {error}") from None
    if section is not None and not isinstance(section, dict):
        raise ConfigError(f"{file}: [tool.lstmlint] must be a table")
    return section


def _checked(section: Mapping[str, Any], file: str) -> dict[str, Any]:
    known = {field.name.replace("_", "-"): field for field in fields(Settings) if field.name != "folder"}
    values: dict[str, Any] = {}
    for key, value in section.items():
        if key not in known:
            raise ConfigError(f"{file}: unknown setting {key!r} in [tool.lstmlint]; known are {', '.join(sorted(known))}")
        values[known[key].name] = _value(key, value, known[key].type, file)
    if values.get("output_format", "full") not in OUTPUT_FORMATS:
        raise ConfigError(f"{file}: output-format must be one of {', '.join(OUTPUT_FORMATS)}")
    if values.get("keras_version", "auto") not in KERAS_VERSIONS:
        raise ConfigError(f"{file}: keras-version must be one of {', '.join(KERAS_VERSIONS)}")
    return values


def _value(key: str, value: Any, kind: object, file: str) -> Any:
    if kind == "bool":
        if isinstance(value, bool):
            return value
        raise ConfigError(f"{file}: {key} must be true or false")
    if kind == "tuple[str, ...]":
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        raise ConfigError(f"{file}: {key} must be a list of strings")
    if isinstance(value, str):
        return value
    raise ConfigError(f"{file}: {key} must be a string")
