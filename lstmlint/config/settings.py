"""The settings of a run: one dataclass, from which the reader, the reference and the schema are made."""
from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any, Literal

OutputFormat = Literal[
    "full", "concise", "json", "json-lines", "sarif", "github", "gitlab", "junit", "rdjson", "azure", "pylint", "markdown"
]  # fmt: skip
KerasVersion = Literal["auto", "2", "3"]
Severity = Literal["error", "warning", "info"]

DEFAULT_EXCLUDED = (
    ".git", ".hg", ".svn", ".venv", "venv", "__pycache__", "node_modules", "site-packages", "build", "dist",
    ".tox", ".nox", ".eggs", "*.egg-info", ".ipynb_checkpoints", ".mypy_cache", ".pytest_cache", ".ruff_cache",
    "__pypackages__", "_build", ".direnv", ".pyenv", ".vscode", ".idea",
)  # fmt: skip
"""What is never looked into, unless it is given by name."""

STEPS_PER_LINE = 400

_ALWAYS = ("LST901", "LST903")
"""That something could not be checked is said whatever is selected; only `ignore` silences it."""

_LENGTH_OF_CODE = len("LST000")


def _setting(meaning: str, default: Any, *, selectors: bool = False, minimum: int | None = None) -> Any:
    """A field that can be set. `selectors`: its strings (of a table, see `rule_selectors`) name rules."""
    metadata = {"meaning": meaning, "selectors": selectors, "minimum": minimum}
    if isinstance(default, dict):
        return field(default_factory=dict, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Settings:
    """What to check and how to tell it."""

    select: tuple[str, ...] = _setting(
        "the rules to report: codes, names, beginnings of codes (`LST1`), or `ALL`", ("ALL",), selectors=True
    )
    extend_select: tuple[str, ...] = _setting("rules to report in addition to `select`", (), selectors=True)
    ignore: tuple[str, ...] = _setting(
        "rules not to report; of two entries that fit a rule, the longer decides, `ignore` if equally long", (), selectors=True
    )
    per_file_ignores: Mapping[str, tuple[str, ...]] = _setting(
        "rules not to report in some files: patterns as in `exclude`, each with a list of rules; with `!` before it, a pattern "
        "means all other files",
        {}, selectors=True,
    )  # fmt: skip
    severity: Mapping[str, Severity] = _setting(
        "another severity for some rules; the longest entry that fits a rule decides", {}, selectors=True
    )
    exclude: tuple[str, ...] = _setting(
        "what not to look into, as patterns of a .gitignore file, relative to the folder of the settings", DEFAULT_EXCLUDED
    )
    extend_exclude: tuple[str, ...] = _setting("the same, in addition to `exclude`", ())
    force_exclude: bool = _setting("exclude paths even if they are given by name, as pre-commit does", False)
    respect_gitignore: bool = _setting("leave out what .gitignore files and `.git/info/exclude` leave out", True)
    src: tuple[str, ...] = _setting(
        "more folders in which imported modules of the project are found, relative to the folder of the settings", ()
    )
    keras_version: KerasVersion = _setting("which Keras the code is for, see below", "auto")
    output_format: OutputFormat = _setting("how findings are printed", "full")
    baseline: str = _setting("a file of findings that are admitted, relative to the folder of the settings, see below", "")
    steps_per_line: int = _setting(
        "the budget of the analysis: how many steps for each line of a file, beside 60,000 for any", STEPS_PER_LINE, minimum=1
    )
    largest_script: int = _setting("scripts with more megabytes are not read", 5, minimum=1)
    largest_notebook: int = _setting("notebooks with more megabytes are not read", 50, minimum=1)
    folder: str = ""
    """Where the settings come from: patterns and paths are relative to it."""
    origin: str = ""
    """The file that the settings were read from; empty if none."""
    isolated: bool = False
    """Whether nothing is to be taken from files of the project but its code."""

    @property
    def all_excluded(self) -> tuple[str, ...]:
        """The patterns of what is not looked into."""
        return self.exclude + self.extend_exclude

    @property
    def source_folders(self) -> tuple[str, ...]:
        """The folders of `src`, absolute."""
        return tuple(os.path.normpath(os.path.join(self.folder or os.getcwd(), folder)) for folder in self.src)

    @property
    def baseline_file(self) -> str:
        """The baseline, absolute; empty if there is none."""
        return os.path.normpath(os.path.join(self.folder or os.getcwd(), self.baseline)) if self.baseline else ""

    def selected(self, code: str, name: str = "") -> bool:
        """Whether findings of this rule are wanted: the longest selector that fits decides, `ignore` at equal length."""
        wanted = max((fit(s, code, name) for s in (*self.select, *self.extend_select, *_ALWAYS)), default=0)
        return wanted > max((fit(s, code, name) for s in self.ignore), default=0)

    def severity_of(self, code: str, name: str, severity: Severity) -> Severity:
        """The severity that findings of this rule get, if they come with `severity`."""
        best = max(self.severity, key=lambda selector: fit(selector, code, name), default="")
        return self.severity[best] if best and fit(best, code, name) else severity

    def rule_selectors(self) -> Iterator[tuple[str, str]]:
        """Everything that names rules, with the key of the setting in which it stands."""
        for setting in settable():
            if setting.metadata["selectors"]:
                value = getattr(self, setting.name)
                nested = [item for items in value.values() for item in items] if setting.name == "per_file_ignores" else value
                yield from ((key_of(setting), selector) for selector in nested)


def fit(selector: str, code: str, name: str) -> int:
    """How closely a selector fits a rule: 0 if not at all."""
    if selector == "ALL":
        return 1
    if selector == name:
        return _LENGTH_OF_CODE
    return len(selector) if code.startswith(selector) else 0


def settable() -> list[Field[Any]]:
    """The fields that can be set."""
    return [setting for setting in fields(Settings) if setting.metadata]


def key_of(setting: Field[Any]) -> str:
    """The setting's name in files."""
    return setting.name.replace("_", "-")
