"""The plugin, asked over the protocol by a client of the real python-lsp-server."""
from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.remembering import RUN, SCRIPT, SHAPES, remember

WRONG = """from keras import Sequential
from keras.layers import LSTM
model = Sequential()
model.add(LSTM(5, input_shape=(9, 3)))
"🦆"; model.add(LSTM(4))
"""
Ask = Callable[[str], list[dict[str, Any]]]


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[Ask]:
    process = subprocess.Popen(
        [sys.executable, "-m", "pylsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=tmp_path
    )
    assert process.stdin is not None and process.stdout is not None
    outward, inward = process.stdin, process.stdout

    def send(method: str, params: object, number: int | None = None) -> None:
        message = {"jsonrpc": "2.0", "method": method, "params": params, **({} if number is None else {"id": number})}
        data = json.dumps(message).encode()
        outward.write(b"Content-Length: %d\r\n\r\n" % len(data) + data)
        outward.flush()

    def receive() -> dict[str, Any]:
        length = 0
        while line := inward.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        message: dict[str, Any] = json.loads(inward.read(length))
        return message

    disabled = {name: {"enabled": False} for name in ("pycodestyle", "pyflakes", "mccabe", "flake8", "pylint", "ruff")}
    send("initialize", {"processId": None, "rootUri": tmp_path.as_uri(), "capabilities": {}}, 1)
    while receive().get("id") != 1:
        pass
    send("initialized", {})
    send("workspace/didChangeConfiguration", {"settings": {"pylsp": {"plugins": disabled}}})

    def diagnostics(text: str) -> list[dict[str, Any]]:
        item = {"uri": (tmp_path / "train.py").as_uri(), "languageId": "python", "version": 1, "text": text}
        send("textDocument/didOpen", {"textDocument": item})
        while True:
            message = receive()
            if message.get("method") == "textDocument/publishDiagnostics":
                found: list[dict[str, Any]] = message["params"]["diagnostics"]
                return [one for one in found if one["source"] == "lstmlint"]

    yield diagnostics
    process.kill()
    process.wait()


def test_findings_are_published(ask: Ask) -> None:
    (found,) = ask(WRONG)
    assert found["code"] == "LST102" and found["severity"] == 1
    assert found["message"].startswith("this LSTM gets (batch, 5)") and "return_sequences=True" in found["message"]
    # The duck is two units of UTF-16 long.
    assert found["range"] == {"start": {"line": 4, "character": 16}, "end": {"line": 4, "character": 20}}


def test_what_is_in_the_editor_counts(tmp_path: Path, ask: Ask) -> None:
    (tmp_path / "train.py").write_text(WRONG)
    assert ask("# -*- coding: latin-1 -*-\n# ü\n" + WRONG.replace("LSTM(5, ", "LSTM(5, return_sequences=True, ")) == []


def test_settings_that_make_no_sense_are_told(tmp_path: Path, ask: Ask) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.lstmlint]\nselect = 3\n")
    (found,) = ask(WRONG)
    assert "select" in found["message"]


def test_what_a_run_has_shown(tmp_path: Path, ask: Ask) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    remember(tmp_path / "train.py", SCRIPT, SHAPES)
    (found,) = ask(SCRIPT)
    assert (found["code"], found["severity"]) == ("LST203", 2)
    assert RUN in found["message"]
