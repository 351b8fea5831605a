"""The server: what the client tells, what it asks, and what it is told."""
from __future__ import annotations

import asyncio
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcParseError
from pygls.lsp.server import LanguageServer

from lstmlint import __version__
from lstmlint.diagnostics import FileResult
from lstmlint.server.analyst import Analyst, Checked, Seen
from lstmlint.server.configuration import Configuration
from lstmlint.server.documents import Documents, path_of
from lstmlint.server.pages import Page
from lstmlint.server.positions import Encoding
from lstmlint.server.preferences import preferences
from lstmlint.server.programs import Program, items_of
from lstmlint.server.protocol import Protocol
from lstmlint.server.worker import FIRST, Job, Unwanted, Worker

DEBOUNCE = 0.01
"""Seconds to wait for more of what an editor sends in one go."""
DEPENDENTS_AFTER = 0.3
"""Seconds after an edit until the open files that import the edited one are checked."""
CONCERNS_AFTER = 0.8
"""Seconds until the files that import the edited one are asked what they think of it."""

NOTEBOOKS = types.NotebookDocumentSyncOptions(
    [types.NotebookDocumentFilterWithCells([types.NotebookCellLanguage("python")], "*")], save=True
)


class Server(LanguageServer):
    """The language server of lstmlint."""

    def __init__(self) -> None:
        super().__init__(
            "lstmlint", __version__, types.TextDocumentSyncKind.Incremental, NOTEBOOKS,
            protocol_cls=Protocol, max_workers=1,
        )  # fmt: skip
        self.documents = Documents()
        self.programs: dict[str, Program] = {}
        self.worker = Worker()
        self.analyst = Analyst(self.documents.read)
        self.configuration = Configuration(lambda message: self.soon(self.complain, message))
        self.markdown = False
        self._edited = 0.0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pulls = False
        self._asks_for_settings = False

    # What the client can do.

    def begin(self, params: types.InitializeParams) -> None:
        """Take note of the client's abilities and wishes, and start to work."""
        self._loop = asyncio.get_running_loop()
        told = params.capabilities
        self.documents.encoding = Encoding.of(self.workspace.position_encoding)
        text = told.text_document or types.TextDocumentClientCapabilities()
        self._pulls = text.diagnostic is not None
        formats = (text.hover.content_format if text.hover is not None else None) or []
        self.markdown = types.MarkupKind.Markdown in formats
        self._asks_for_settings = bool(told.workspace and told.workspace.configuration)
        sent = params.initialization_options
        # Settings may come from the workspace itself; that it can be trusted, only the client can say.
        self.prefer(sent, isinstance(sent, dict) and sent.get("trusted") is True)
        self.worker.start()
        self.worker.submit(Job(FIRST, self.analyst.warm_up, lambda: None))

    def prefer(self, sent: object, trusted: bool = False) -> None:
        """Take the user's wishes."""
        self.configuration.preferences = preferences(sent, trusted)

    def asks_for_settings(self) -> bool:
        """Whether the client can be asked for the user's wishes."""
        return self._asks_for_settings

    def can(self, *names: str) -> bool:
        """Whether the client has an ability, by its path below its capabilities."""
        value: Any = self.client_capabilities
        for name in names:
            value = getattr(value, name, None)
        return bool(value)

    # Between the threads.

    def soon(self, function: Callable[..., None], *args: object) -> None:
        """Call a function in the event loop, from any thread."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            try:
                loop.call_soon_threadsafe(function, *args)
            except RuntimeError:
                # It was closed just now: nobody listens any more.
                return

    def complain(self, message: str) -> None:
        """Tell the user what is wrong with the settings."""
        self.window_show_message(types.ShowMessageParams(types.MessageType.Warning, f"lstmlint: {message}"))

    def report_server_error(self, error: Exception, source: object) -> None:
        """What could not even be read as a message is answered; all else goes to the client's log."""
        if source is JsonRpcException:
            answer = JsonRpcParseError("this is no message").to_response_error()
            self.protocol._send_response(None, error=answer)  # type: ignore[arg-type]
        else:
            self.window_log_message(types.LogMessageParams(types.MessageType.Error, f"{type(error).__name__}: {error}"))

    # Analyses.

    def program_of(self, uri: str) -> Program | None:
        """The program that a text belongs to, if it is open."""
        known = self.documents.program(uri)
        if known is None:
            return None
        if known not in self.programs:
            self.programs[known] = Program(known)
        return self.programs[known]

    def analyse(self, uri: str, edited: bool = True, delay: float = DEBOUNCE) -> None:
        """Let the program that a text belongs to be analysed as it is now."""
        program = self.program_of(uri)
        snapshot = None if program is None else self.documents.snapshot(program.uri)
        if program is None or snapshot is None:
            return
        program.asked = snapshot.serial

        def work(unwanted: Unwanted) -> None:
            settings = self.configuration.settings(snapshot.path)
            if self.configuration.excludes(snapshot.path, settings):
                self.soon(self._checked, Checked(snapshot, FileResult(snapshot.filename, out_of_scope=True)), edited)
                self.soon(self._seen, Seen(snapshot, {}), edited)
                return
            self.analyst.check(
                snapshot, settings, unwanted,
                lambda checked: self.soon(self._checked, checked, edited), lambda seen: self.soon(self._seen, seen, edited),
            )  # fmt: skip

        def too_long() -> None:
            error = "the analysis took too long and was given up"
            self.soon(self._checked, Checked(snapshot, FileResult(snapshot.filename, error=error)), edited)
            self.soon(self._seen, Seen(snapshot, {}), edited)

        self.worker.submit(Job(program.uri, work, too_long, time.monotonic() + delay))

    def analyse_all(self) -> None:
        """Everything may have changed."""
        self.analyst.changed(None)
        for uri in self.documents.programs():
            self.analyse(uri, edited=False)

    def changed(self, uri: str) -> None:
        """The text of a file has changed in the editor: analyse it, and later what rests on it."""
        # A single edit is not held up; several at once are one.
        now = time.monotonic()
        self.analyse(uri, delay=DEBOUNCE if now - self._edited < DEBOUNCE else 0.0)
        self._edited = now
        self.changed_for_others(uri)

    def changed_for_others(self, uri: str) -> None:
        """The text of a file is another now for those that import it."""
        path = path_of(uri)
        if path is None:
            return
        self.analyst.changed(path)
        real = os.path.realpath(path)
        for other in self.programs.values():
            if other.uri != uri and other.checked is not None and real in other.checked.modules:
                self.analyse(other.uri, edited=False, delay=DEPENDENTS_AFTER)

    def closed(self, uri: str) -> None:
        """A program is not open any more."""
        self.worker.forget(uri)
        program = self.programs.pop(uri, None)
        if program is not None:
            program.give_up()
            for text in program.published:
                self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(text, []))

    def _checked(self, checked: Checked, edited: bool) -> None:
        program = self.programs.get(checked.snapshot.uri)
        if program is None:
            return
        other = program.take_check(checked, self.documents.encoding)
        self._tell(program)
        if other and not edited:
            self._refresh_diagnostics()
        if checked.snapshot.path is not None and not checked.snapshot.is_notebook and checked.snapshot.serial == program.asked:
            self._ask_others(checked)

    def _ask_others(self, checked: Checked) -> None:
        snapshot = checked.snapshot

        def work(unwanted: Unwanted) -> None:
            settings = self.configuration.settings(snapshot.path)
            if not self.configuration.excludes(snapshot.path, settings):
                self.soon(self._concerned, checked, self.analyst.concerns(snapshot, settings, unwanted))

        self.worker.submit(Job(snapshot.uri, work, lambda: None, time.monotonic() + CONCERNS_AFTER, in_background=True))

    def _concerned(self, checked: Checked, result: FileResult) -> None:
        program = self.programs.get(checked.snapshot.uri)
        if program is not None and program.take_concerns(checked.snapshot, result, self.documents.encoding):
            self._tell(program)
            self._refresh_diagnostics()

    def _seen(self, seen: Seen, edited: bool) -> None:
        program = self.programs.get(seen.snapshot.uri)
        other = program is not None and program.take_view(seen)
        if other and not edited and self.can("workspace", "inlay_hint", "refresh_support"):
            self.workspace_inlay_hint_refresh(None)

    # Diagnostics.

    def _tell(self, program: Program) -> None:
        """Publish, unless the client asks by itself; it never does for cells, nor for files that are not open."""
        if program.checked is None:
            return
        own = {part.uri: part.version for part in program.checked.snapshot.parts}
        for uri in program.published - program.found.keys():
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))
        for uri, found in program.found.items():
            if uri not in own and self.documents.program(uri) is not None:
                # It is open, and tells by itself.
                continue
            if not self._pulls or uri not in own or program.checked.snapshot.is_notebook:
                told = types.PublishDiagnosticsParams(uri, items_of(found), own.get(uri))
                self.text_document_publish_diagnostics(told)
        program.published = set(program.found)

    def _refresh_diagnostics(self) -> None:
        if self._pulls and self.can("workspace", "diagnostics", "refresh_support"):
            self.workspace_diagnostic_refresh(None)

    async def pulled(self, params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
        """The diagnostics of the newest version of a text."""
        uri = params.text_document.uri
        program = self.program_of(uri)
        items: list[types.Diagnostic] = []
        # What is published need not be told twice.
        if program is not None and not self.documents.is_cell(uri):
            await program.check_of_now()
            items = items_of(program.found.get(uri, ()))
        told = json.dumps(items, default=self.protocol._serialize_message, sort_keys=True)
        result = hashlib.sha256(told.encode()).hexdigest()[:16]
        if result == params.previous_result_id:
            return types.RelatedUnchangedDocumentDiagnosticReport(result)
        return types.RelatedFullDocumentDiagnosticReport(items, result_id=result)

    # What is shown.

    def page(self, uri: str) -> Page | None:
        """What there is to show beside a text as it is now."""
        program = self.program_of(uri)
        document = self.documents.texts.get(uri)
        page = None if program is None else program.pages.get(uri)
        return None if page is None or document is None else page.beside(document.lines)

    async def page_of_now(self, uri: str) -> Page | None:
        """The same, once the newest version has been looked at."""
        program = self.program_of(uri)
        if program is not None:
            await program.view_of_now()
        return self.page(uri)

    def open_programs(self) -> Iterable[Program]:
        """All that is open."""
        return self.programs.values()
