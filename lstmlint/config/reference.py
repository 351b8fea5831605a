"""What is told of the settings, made from the dataclass: the reference, the JSON schema, and the settings of a run as TOML."""
from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from lstmlint.config.settings import DEFAULT_EXCLUDED, Settings, key_of, settable

BEGIN, END = "<!-- settings: begin -->\n", "<!-- settings: end -->\n"
"""Between these lines of the reference stands what is generated."""

_KINDS = {bool: "boolean", int: "whole number", str: "string"}


def default_of(setting: Field[Any]) -> Any:
    """The default of a setting."""
    if setting.default_factory is not MISSING:
        return setting.default_factory()
    return setting.default


def markdown() -> str:
    """The table of all settings."""
    hints = get_type_hints(Settings)
    rows = ["| Setting | Type | Default | Meaning |", "|---|---|---|---|"]
    for setting in settable():
        default = default_of(setting)
        shown = "usual folders" if default == DEFAULT_EXCLUDED else f"`{as_toml(default)}`"
        rows.append(f"| `{key_of(setting)}` | {_kind(hints[setting.name])} | {shown} | {setting.metadata['meaning']} |")
    return "\n".join(rows) + "\n"


def _kind(hint: Any) -> str:
    if get_origin(hint) is Literal:
        return ", ".join(f"`{as_toml(value)}`" for value in get_args(hint))
    if get_origin(hint) is tuple:
        return "list of strings"
    if get_origin(hint) is not None:
        return f"table of {_kind(get_args(hint)[1]).replace('list', 'lists')}"
    return _KINDS[hint]


def schema() -> dict[str, Any]:
    """The JSON schema of lstmlint.toml and of [tool.lstmlint]."""
    hints = get_type_hints(Settings)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Settings of lstmlint",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            key_of(setting): {
                "description": setting.metadata["meaning"],
                **_type_schema(hints[setting.name]),
                **({} if setting.metadata["minimum"] is None else {"minimum": setting.metadata["minimum"]}),
                "default": _plain(default_of(setting)),
            }
            for setting in settable()
        },
    }


def _type_schema(hint: Any) -> dict[str, Any]:
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Literal:
        return {"enum": list(parts)}
    if origin is tuple:
        return {"type": "array", "items": {"type": "string"}}
    if origin is not None:
        return {"type": "object", "additionalProperties": _type_schema(parts[1])}
    return {"type": {bool: "boolean", int: "integer", str: "string"}[hint]}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else dict(value) if isinstance(value, Mapping) else value


def in_force(settings: Settings) -> Iterator[str]:
    """The settings of a run, as the lines of an lstmlint.toml."""
    yield f"# from {settings.origin or 'no file'}; paths and patterns are relative to {settings.folder}"
    for setting in settable():
        yield f"{key_of(setting)} = {as_toml(getattr(settings, setting.name))}"


def as_toml(value: Any) -> str:
    """A value as TOML spells it."""
    if isinstance(value, Mapping):
        inner = ", ".join(f"{as_toml(key)} = {as_toml(item)}" for key, item in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, tuple):
        return f"[{', '.join(map(as_toml, value))}]"
    # A JSON string is a TOML string, but for one control character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def main(docs: str) -> None:
    """Write the reference and the schema anew."""
    settings = Path(docs) / "settings.md"
    before, _, rest = settings.read_text(encoding="utf-8").partition(BEGIN)
    settings.write_text(before + BEGIN + markdown() + END + rest.partition(END)[2], encoding="utf-8")
    (Path(docs) / "lstmlint.schema.json").write_text(json.dumps(schema(), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
