"""What the tests of the protocol say to a server, in short."""
from __future__ import annotations

import asyncio
from pathlib import Path

from lsprotocol import types
from pytest_lsp import LanguageClient

WITHIN = 20
"""Seconds to wait for what must come. Nothing is measured: a server that is late has failed."""

SCRIPT = """\
import pandas as pd
from keras import Sequential
from keras.layers import LSTM, Dense

X = pd.read_csv("prices.csv")[["Close"]].values.reshape(-1, 60, 1)
model = Sequential()
model.add(LSTM(50, input_shape=(60, 1)))
model.add(LSTM(50))
model.add(Dense(1))
"""
FIXED = SCRIPT.replace("LSTM(50, input_shape=(60, 1))", "LSTM(50, input_shape=(60, 1), return_sequences=True)")


class File:
    """A file that is open in the client."""

    def __init__(self, client: LanguageClient, path: Path, text: str, language: str = "python") -> None:
        self.client = client
        self.uri = path.as_uri()
        self.version = 1
        self.text = text
        client.text_document_did_open(
            types.DidOpenTextDocumentParams(types.TextDocumentItem(self.uri, language, self.version, text))
        )

    def edit(self, text: str) -> None:
        """Take another text, as a whole."""
        self.change(types.TextDocumentContentChangeWholeDocument(text))
        self.text = text

    def change(self, *changes: types.TextDocumentContentChangeEvent) -> None:
        """Change the text."""
        self.version += 1
        document = types.VersionedTextDocumentIdentifier(uri=self.uri, version=self.version)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, list(changes)))

    def replace(self, old: str, new: str) -> None:
        """Change one place of a text of one-byte characters, as an editor does."""
        start = self.text.index(old)
        place = types.Range(self._at(start), self._at(start + len(old)))
        self.text = self.text.replace(old, new, 1)
        self.change(types.TextDocumentContentChangePartial(place, new))

    def _at(self, offset: int) -> types.Position:
        before = self.text[:offset]
        return types.Position(before.count("\n"), len(before) - before.rfind("\n") - 1)

    def at(self, text: str, behind: int = 0) -> types.Position:
        """Where something stands."""
        return self._at(self.text.index(text) + behind)

    @property
    def identifier(self) -> types.TextDocumentIdentifier:
        """It, for a request."""
        return types.TextDocumentIdentifier(self.uri)

    async def published(self, version: int | None = None) -> list[types.Diagnostic]:
        """The diagnostics that were published for this version (the newest, if none is given) or a later one."""
        wanted = self.version if version is None else version
        return await published(self.client, self.uri, wanted)

    async def pulled(self) -> list[types.Diagnostic]:
        """The diagnostics, asked for."""
        report = await self.client.text_document_diagnostic_async(types.DocumentDiagnosticParams(self.identifier))
        assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
        return list(report.items)

    async def hover(self, position: types.Position) -> str | None:
        """The hover at a place, once the server has seen the newest version."""
        await self.hints()
        found = await self.client.text_document_hover_async(types.HoverParams(self.identifier, position))
        if found is None:
            return None
        assert isinstance(found.contents, types.MarkupContent)
        return found.contents.value

    async def hints(self) -> dict[tuple[int, int], str]:
        """All inlay hints."""
        everything = types.Range(types.Position(0, 0), types.Position(100_000, 0))
        hints = await self.client.text_document_inlay_hint_async(types.InlayHintParams(self.identifier, everything))
        return {(h.position.line, h.position.character): str(h.label) for h in hints or ()}

    async def actions(self, position: types.Position, only: list[str] | None = None) -> list[types.CodeAction]:
        """The code actions at a place."""
        context = types.CodeActionContext([], only=only)  # type: ignore[arg-type]
        params = types.CodeActionParams(self.identifier, types.Range(position, position), context)
        return list(await self.client.text_document_code_action_async(params) or ())  # type: ignore[arg-type]

    def after(self, action: types.CodeAction) -> str:
        """The text with an action's edits."""
        assert action.edit is not None and action.edit.changes is not None
        text = self.text
        edits = [(self._offset(e.range.start), self._offset(e.range.end), e.new_text) for e in action.edit.changes[self.uri]]
        for start, end, new in sorted(edits, reverse=True):
            text = text[:start] + new + text[end:]
        return text

    def _offset(self, position: types.Position) -> int:
        return sum(len(line) for line in self.text.splitlines(True)[: position.line]) + position.character


async def published(client: LanguageClient, uri: str, version: int) -> list[types.Diagnostic]:
    """The diagnostics that were published for a version of a text or a later one."""

    async def wait() -> list[types.Diagnostic]:
        while True:
            for params in reversed(client.published):
                if params.uri == uri and params.version is not None and params.version >= version:
                    return list(params.diagnostics)
            await asyncio.sleep(0.005)

    return await asyncio.wait_for(wait(), WITHIN)


def codes(diagnostics: list[types.Diagnostic]) -> list[str]:
    """Which rules have spoken."""
    return [str(diagnostic.code) for diagnostic in diagnostics]
