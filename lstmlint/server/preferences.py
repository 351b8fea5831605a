"""What the user wants in the editor, as the client sends it; a value that makes no sense counts as not given."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Preferences:
    """`trusted`: the client vouches for the workspace, so that models of it may be built with the real framework (if asked to).

    `options` go before the configuration file, as those of the command line do; `configuration` names that file.
    """

    trusted: bool = False
    hint_kinds: frozenset[str] = frozenset({"layer", "assignment", "argument"})
    code_lens: bool = True
    configuration: tuple[str, ...] = ()
    options: tuple[tuple[str, Any], ...] = ()


_HINTS = {"layers": "layer", "assignments": "assignment", "arguments": "argument"}
_CODES = {"select": "select", "ignore": "ignore", "extendSelect": "extend_select"}


def preferences(sent: object, trusted: bool = False) -> Preferences:
    """From what a client sends for the section "lstmlint"."""
    section = sent if isinstance(sent, Mapping) else {}
    hints = section.get("inlayHints")
    hints = hints if isinstance(hints, Mapping) else {"enable": hints} if isinstance(hints, bool) else {}
    kinds = {kind for name, kind in _HINTS.items() if _flag(hints, name, True)} if _flag(hints, "enable", True) else set()
    options: dict[str, Any] = {}
    for name, option in _CODES.items():
        codes = section.get(name)
        if isinstance(codes, list) and codes and all(isinstance(code, str) for code in codes):
            options[option] = tuple(codes)
    version = section.get("kerasVersion")
    if isinstance(version, str) and version != "auto":
        options["keras_version"] = version
    file = section.get("configuration")
    return Preferences(
        trusted,
        frozenset(kinds),
        _flag(section, "codeLens", True),
        (file,) if isinstance(file, str) and file else (),
        tuple(options.items()),
    )


def _flag(section: Mapping[str, Any], name: str, default: bool) -> bool:
    value = section.get(name)
    return value if isinstance(value, bool) else default
