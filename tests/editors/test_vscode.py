"""The VS Code extension's settings are those that lstmlint has for files, and what the server takes from a client."""
from __future__ import annotations

import json
from pathlib import Path

from lstmlint.config.reference import schema
from lstmlint.server.preferences import preferences

MANIFEST = json.loads((Path(__file__).parents[2] / "editors/vscode/package.json").read_text())
SETTINGS = MANIFEST["contributes"]["configuration"]["properties"]
MIRRORED = {"select": "select", "extend-select": "extendSelect", "ignore": "ignore", "keras-version": "kerasVersion"}


def test_settings_are_mirrored() -> None:
    for theirs, ours in MIRRORED.items():
        known = schema()["properties"][theirs]
        mirrored = SETTINGS[f"lstmlint.{ours}"]
        assert mirrored["markdownDescription"] == f"Before the file of settings: {known['description']}."
        assert all(mirrored.get(key) == known.get(key) for key in ("type", "enum", "items"))


def test_defaults_change_nothing() -> None:
    sent: dict[str, object] = {}
    for name, setting in SETTINGS.items():
        *parents, last = name.removeprefix("lstmlint.").split(".")
        place: dict[str, object] = sent
        for parent in parents:
            place = place.setdefault(parent, {})  # type: ignore[assignment]
        place[last] = setting["default"]
    assert preferences(sent) == preferences(None)


def test_a_workspace_that_is_not_trusted_names_no_program() -> None:
    restricted = MANIFEST["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"]
    assert {"lstmlint.path", "lstmlint.importStrategy", "lstmlint.configuration"} <= set(restricted)
