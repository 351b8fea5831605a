"""Messages that make no sense: the server answers with an error and lives."""
from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from typing import IO, Any

import pytest

from tests.server.conftest import COMMAND, ENVIRONMENT
from tests.server.talking import SCRIPT

INITIALIZE = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {"processId": None, "rootUri": None, "capabilities": {}}}

UNKNOWN = {"uri": "file:///unknown.py", "version": 1}


class Raw:
    """A client that can say anything."""

    def __init__(self) -> None:
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(COMMAND, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=ENVIRONMENT)
        assert self.process.stdin is not None and self.process.stdout is not None
        self.stdin: IO[bytes] = self.process.stdin
        self.stdout: IO[bytes] = self.process.stdout

    def say(self, message: object) -> None:
        self.write(json.dumps(message).encode())

    def write(self, body: bytes) -> None:
        self.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.stdin.flush()

    def hear(self) -> dict[str, Any]:
        """The next message from the server."""
        length = 0
        while (line := self.stdout.readline()) not in (b"\r\n", b""):
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        message: dict[str, Any] = json.loads(self.stdout.read(length))
        return message

    def answer(self, identifier: object) -> dict[str, Any]:
        """The answer to a request."""
        while True:
            message = self.hear()
            if "method" not in message and message.get("id") == identifier:
                return message


@pytest.fixture(scope="module")
def raw() -> Iterator[Raw]:
    client = Raw()
    client.say({"jsonrpc": "2.0", "id": "early", "method": "textDocument/hover", "params": {
        "textDocument": {"uri": "file:///a.py"}, "position": {"line": 0, "character": 0}}})  # fmt: skip
    assert client.answer("early")["error"]["code"] == -32002
    client.say(INITIALIZE)
    assert "capabilities" in client.answer(0)["result"]
    yield client
    client.process.kill()
    client.process.wait()


@pytest.mark.parametrize(
    ("body", "identifier", "code"),
    [
        (b"{not json", None, -32700),
        (b"[1, 2]", None, -32600),
        (b'{"id": 3, "method": "textDocument/hover"}', 3, -32600),
        (b'{"jsonrpc": "2.0", "id": 4, "method": "textDocument/hover", "params": {"position": 3}}', 4, -32602),
        (b'{"jsonrpc": "2.0", "id": 5, "method": "no/such/method", "params": {}}', 5, -32601),
        (b'{"jsonrpc": "2.0", "id": 6, "method": "workspace/executeCommand", "params": {"command": "no.such"}}', 6, -32602),
        (b"\xff\xfe\x00", None, -32700),
        (b"[" * 100_000, None, -32700),
    ],
)
def test_are_answered_with_an_error(raw: Raw, body: bytes, identifier: object, code: int) -> None:
    raw.write(body)
    assert raw.answer(identifier)["error"]["code"] == code
    _works(raw)


@pytest.mark.parametrize(
    "message",
    [
        {"method": "textDocument/didChange", "params": {"textDocument": UNKNOWN, "contentChanges": []}},
        {"method": "textDocument/didChange", "params": {"contentChanges": 5}},
        {"method": "textDocument/didClose", "params": {"textDocument": UNKNOWN}},
        {"method": "no/such/notification", "params": {}},
        {"method": "$/cancelRequest", "params": {"id": 77}},
        {"method": "notebookDocument/didClose", "params": {"notebookDocument": UNKNOWN, "cellTextDocuments": []}},
    ],
)
def test_notifications_are_outlived(raw: Raw, message: dict[str, Any]) -> None:
    raw.say({"jsonrpc": "2.0", **message})
    _works(raw)


def _works(raw: Raw) -> None:
    uri = "file:///works.py"
    item = {"uri": uri, "languageId": "python", "version": 1, "text": SCRIPT}
    raw.say({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": item}})
    raw.say({"jsonrpc": "2.0", "id": "w", "method": "textDocument/diagnostic", "params": {"textDocument": {"uri": uri}}})
    assert [item["code"] for item in raw.answer("w")["result"]["items"]] == ["LST102"]


def test_half_a_surrogate_pair(raw: Raw) -> None:
    text = "s = '\\ud835'\n" + SCRIPT.replace("50", "50 ", 1)
    item = {"uri": "file:///half.py", "languageId": "python", "version": 1, "text": text.replace("\\ud835", "\ud835")}
    raw.say({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": item}})
    raw.say({"jsonrpc": "2.0", "id": "h", "method": "textDocument/diagnostic", "params": {"textDocument": {"uri": "file:///half.py"}}})
    assert [item["code"] for item in raw.answer("h")["result"]["items"]] == ["LST102"]


def test_the_end() -> None:
    client = Raw()
    client.say(INITIALIZE)
    client.answer(0)
    client.say({"jsonrpc": "2.0", "id": 1, "method": "shutdown"})
    assert client.answer(1)["result"] is None
    client.say({"jsonrpc": "2.0", "id": 2, "method": "textDocument/hover", "params": {
        "textDocument": {"uri": "file:///a.py"}, "position": {"line": 0, "character": 0}}})  # fmt: skip
    assert client.answer(2)["error"]["code"] == -32600
    client.say({"jsonrpc": "2.0", "method": "exit"})
    assert client.process.wait(20) == 0


def test_a_client_that_dies() -> None:
    client = Raw()
    client.say(INITIALIZE)
    client.answer(0)
    client.stdin.close()
    assert client.process.wait(20) == 1


def test_a_client_that_dies_while_its_program_is_read() -> None:
    client = Raw()
    client.say(INITIALIZE)
    client.answer(0)
    text = "".join(f"def f{i}(a, b):\n    return keras.layers.LSTM(a + {i})(b)\n" for i in range(6000))
    document = {"uri": "file:///a.py", "languageId": "python", "version": 1, "text": text}
    client.say({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": document}})
    time.sleep(0.3)
    client.stdin.close()
    assert client.process.wait(60) == 1
