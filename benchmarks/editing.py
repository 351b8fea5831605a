"""How fast the language server is while somebody types; see the README beside this file."""
from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import time
from pathlib import Path

import libcst
from lsprotocol import types
from pygls.lsp.client import LanguageClient

SAMPLE = Path(__file__).with_name("sample.py")
URI = "file:///train.py"
GOALS = {200: 60, 500: 150}
"""Milliseconds until diagnostics, by lines."""
TYPED = (
    "model.add(LSTM(32, return_sequences=True))",
    "model.add(Bidirectional(LSTM(16)))",
    "windows = windows.reshape(-1, 12, 4)",
    'history = model.fit(x_train, y_train, epochs=3, callbacks=["none"])',
)


def script(lines: int) -> list[str]:
    """A script of so many lines: the sample, with functions like its own repeated."""
    text = SAMPLE.read_text().splitlines()
    start = next(at for at, line in enumerate(text) if line.startswith(("def ", "class ")))
    end = next((at for at, line in enumerate(text) if line.startswith("if __name__")), len(text))
    body = text[start:end]
    found = list(text)
    while len(found) < lines:
        found[end:end] = body
    return [*found[: lines - 1], ""]


class Editor(LanguageClient):
    """A client that notes when diagnostics of each version arrive."""

    def __init__(self) -> None:
        super().__init__("benchmark", "1")
        self.arrived: dict[int, float] = {}
        self.news = asyncio.Event()

        @self.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def published(params: types.PublishDiagnosticsParams) -> None:
            if params.version is not None:
                self.arrived.setdefault(params.version, time.perf_counter())
                self.news.set()

    async def diagnostics_of(self, version: int) -> float:
        """When the diagnostics of a version, or a later one, arrived."""
        while True:
            later = [moment for known, moment in self.arrived.items() if known >= version]
            if later:
                return min(later)
            self.news.clear()
            await self.news.wait()


async def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=1000, help="how many keystrokes for the memory (default: 1000)")
    parser.add_argument("--lines", type=int, nargs="*", default=[200, 500], help="lengths of the scripts (default: 200 500)")
    options = parser.parse_args()
    print(
        f"{'':<12}{'one parse':>10}{'edits':>7}{'median':>10}{'p95':>10}{'goal':>10}"
        f"{'hover p95':>11}{'while busy':>11}{'memory':>23}"
    )
    for lines in options.lines:
        await _measure(lines, options.edits)


async def _measure(lines: int, edits: int) -> None:
    editor = Editor()
    await editor.start_io(sys.executable, "-m", "lstmlint", "server")
    await editor.initialize_async(types.InitializeParams(types.ClientCapabilities()))
    editor.initialized(types.InitializedParams())
    text = script(lines)
    item = types.TextDocumentItem(URI, "python", 0, "\n".join(text))
    editor.text_document_did_open(types.DidOpenTextDocumentParams(item))
    await editor.diagnostics_of(0)
    await asyncio.sleep(1)
    row = next(at for at, line in enumerate(text) if "LSTM(" in line and "import" not in line)
    indent = " " * (len(text[row]) - len(text[row].lstrip()))
    version, waited, hovered, busy, memory = 0, [], [], [], [_memory(editor)]
    while version < edits:
        for typed in TYPED:
            version = _change(editor, version, row, (0, 0), indent + "\n")
            for column, character in enumerate(typed, start=len(indent)):
                version = _change(editor, version, row, (column, column), character)
                begun = time.perf_counter()
                if version % 3 == 0:
                    busy.append(await _hover(editor, row + 1))
                waited.append(await editor.diagnostics_of(version) - begun)
                # A fast typist.
                await asyncio.sleep(0.04)
                if version % 3 == 1:
                    hovered.append(await _hover(editor, row + 1))
            version += 1
            line = types.Range(types.Position(row, 0), types.Position(row + 1, 0))
            _tell(editor, version, types.TextDocumentContentChangePartial(line, ""))
            await editor.diagnostics_of(version)
            if version * 10 // edits >= len(memory):
                memory.append(_memory(editor))
    await asyncio.sleep(1)
    memory.append(_memory(editor))
    goal = GOALS.get(lines)
    print(
        f"{f'{lines} lines':<12}{_ms(_parse(text)):>10}{len(waited):>7}{_ms(statistics.median(waited)):>10}{_ms(_p95(waited)):>10}"
        f"{f'≤ {goal} ms' if goal else '':>10}{_ms(_p95(hovered)):>11}{_ms(_p95(busy)):>11}"
        f"{f'{memory[0]:.0f} → {memory[len(memory) // 2]:.0f} → {memory[-1]:.0f} MB':>23}",
        flush=True,
    )
    await editor.shutdown_async(None)
    editor.exit(None)
    await editor.stop()


def _change(editor: Editor, version: int, row: int, columns: tuple[int, int], text: str) -> int:
    place = types.Range(types.Position(row, columns[0]), types.Position(row, columns[1]))
    _tell(editor, version + 1, types.TextDocumentContentChangePartial(place, text))
    return version + 1


def _tell(editor: Editor, version: int, change: types.TextDocumentContentChangeEvent) -> None:
    document = types.VersionedTextDocumentIdentifier(uri=URI, version=version)
    editor.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))


async def _hover(editor: Editor, row: int) -> float:
    begun = time.perf_counter()
    await editor.text_document_hover_async(types.HoverParams(types.TextDocumentIdentifier(URI), types.Position(row, 12)))
    return time.perf_counter() - begun


def _parse(text: list[str]) -> float:
    """What libcst needs for the script, to compare machines by: the median of some runs, as the typist sees them."""
    spent = []
    for _ in range(15):
        begun = time.perf_counter()
        libcst.parse_module("\n".join(text))
        spent.append(time.perf_counter() - begun)
    return statistics.median(spent)


def _memory(editor: Editor) -> float:
    """Resident megabytes of the server (Linux)."""
    server = editor._server
    pages = int(Path(f"/proc/{server.pid if server is not None else 'self'}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


if __name__ == "__main__":
    asyncio.run(main())
