"""Which of the protocol's messages the server understands."""
from __future__ import annotations

import os
from contextlib import suppress
from typing import Any

from lsprotocol import types

from lstmlint.config.reader import OWN_FILE, SHARED_FILE
from lstmlint.seen import FILE as SEEN
from lstmlint.server.actions import FIX_ALL, OPEN_RULE, code_actions
from lstmlint.server.app import Server
from lstmlint.server.confirming import verdicts
from lstmlint.server.diagnostics import Texts
from lstmlint.server.documents import path_of
from lstmlint.server.hints import inlay_hints
from lstmlint.server.hover import hover
from lstmlint.server.rule_pages import page_uri
from lstmlint.server.symbols import symbols

CONFIRM = "lstmlint.confirm"
WATCHED = ("**/*.py", "**/*.ipynb", f"**/{OWN_FILE}", f"**/{SHARED_FILE}", f"**/{SEEN}", "**/requirements*.txt", "**/.gitignore")


def server() -> Server:
    """A server that is ready to be started."""
    made = Server()
    for register in (_lifecycle, _documents, _notebooks, _answers, _commands):
        register(made)
    return made


def _lifecycle(server: Server) -> None:
    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        server.begin(params)

    @server.feature(types.INITIALIZED)
    async def initialized(params: types.InitializedParams) -> None:
        if server.can("workspace", "did_change_watched_files", "dynamic_registration"):
            options = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher(glob) for glob in WATCHED])
            watching = types.Registration("watched-files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
            with suppress(Exception):
                await server.client_register_capability_async(types.RegistrationParams([watching]))
        await _ask_for_settings()

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def configuration_changed(params: types.DidChangeConfigurationParams) -> None:
        if server.asks_for_settings():
            await _ask_for_settings()
        else:
            sent = params.settings
            server.prefer(sent.get("lstmlint", sent) if isinstance(sent, dict) else None, _trusted())
            server.analyse_all()

    async def _ask_for_settings() -> None:
        if not server.asks_for_settings():
            return
        item = types.ConfigurationItem(section="lstmlint")
        # A client that says it can be asked and then can't is no reason to stop.
        with suppress(Exception):
            answer = await server.workspace_configuration_async(types.ConfigurationParams([item]))
            if answer and answer[0]:
                server.prefer(answer[0], _trusted())
                server.analyse_all()

    def _trusted() -> bool:
        return server.configuration.preferences.trusted

    @server.feature(types.SHUTDOWN)
    def shutdown(params: None) -> None:
        server.worker.stop()

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def files_changed(params: types.DidChangeWatchedFilesParams) -> None:
        # Of what is open, the editor's text counts, not the disk's.
        if any(change.uri not in server.documents.texts for change in params.changes):
            server.analyse_all()


def _documents(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        server.documents.open(params.text_document)
        server.analyst.changed(None)
        server.changed(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        document = params.text_document
        if server.documents.change(document.uri, document.version, params.content_changes):
            server.changed(document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        # What else lies on the disk may have changed, too; a client that watches files tells.
        if not server.can("workspace", "did_change_watched_files", "dynamic_registration"):
            server.analyse_all()

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        uri = params.text_document.uri
        server.documents.close(uri)
        server.closed(uri)
        server.changed_for_others(uri)


def _notebooks(server: Server) -> None:
    @server.feature(types.NOTEBOOK_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenNotebookDocumentParams) -> None:
        server.documents.open_notebook(params.notebook_document, params.cell_text_documents)
        server.analyse(params.notebook_document.uri)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeNotebookDocumentParams) -> None:
        if server.documents.change_notebook(params.notebook_document.uri, params.change):
            server.analyse(params.notebook_document.uri)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseNotebookDocumentParams) -> None:
        server.closed(params.notebook_document.uri)
        server.documents.close_notebook(params.notebook_document.uri)


def _answers(server: Server) -> None:
    pulls = types.DiagnosticOptions(inter_file_dependencies=True, workspace_diagnostics=False)

    @server.feature(types.TEXT_DOCUMENT_DIAGNOSTIC, pulls)
    async def diagnostic(params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
        return await server.pulled(params)

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hovered(params: types.HoverParams) -> types.Hover | None:
        page = server.page(params.text_document.uri)
        return None if page is None else hover(page, params.position, server.documents.encoding, server.markdown)

    @server.feature(types.TEXT_DOCUMENT_INLAY_HINT)
    async def hints(params: types.InlayHintParams) -> list[types.InlayHint]:
        kinds = server.configuration.preferences.hint_kinds
        page = await server.page_of_now(params.text_document.uri) if kinds else None
        return [] if page is None else list(inlay_hints(page, params.range, kinds, server.documents.encoding))

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    async def outline(params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        page = await server.page_of_now(params.text_document.uri)
        return [] if page is None else symbols(page, server.documents.encoding)

    kinds = [types.CodeActionKind.QuickFix, FIX_ALL]

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(kinds))
    async def actions(params: types.CodeActionParams) -> list[types.CodeAction]:
        uri = params.text_document.uri
        program = server.program_of(uri)
        if program is None:
            return []
        await program.check_of_now()
        document = server.documents.texts.get(uri)
        checked = program.checked
        # The edits are for the text that was checked.
        if document is None or checked is None or all(part.text != document.text for part in checked.snapshot.parts):
            return []
        texts = Texts(checked.snapshot, checked.result, server.documents.encoding)
        return list(code_actions(program.found.get(uri, ()), params, document.lines, texts))

    @server.feature(types.TEXT_DOCUMENT_CODE_LENS, types.CodeLensOptions(resolve_provider=False))
    async def lenses(params: types.CodeLensParams) -> list[types.CodeLens]:
        wishes = server.configuration.preferences
        uri = params.text_document.uri
        if not wishes.trusted or not wishes.code_lens or path_of(server.documents.program(uri) or "") is None:
            return []
        page = await server.page_of_now(uri)
        command = types.Command("Confirm with the real framework", command=CONFIRM, arguments=[uri])
        models = symbols(page, server.documents.encoding) if page is not None else []
        return [types.CodeLens(model.selection_range, command) for model in models if model.kind != types.SymbolKind.Field]


def _commands(server: Server) -> None:
    @server.command(OPEN_RULE)
    async def open_rule(code: str) -> str | None:
        """Show a rule's page; answers with where it is."""
        uri = page_uri(code)
        if uri is not None and server.can("window", "show_document", "support"):
            await server.window_show_document_async(types.ShowDocumentParams(uri, take_focus=True))
        elif uri is not None:
            message = types.ShowMessageParams(types.MessageType.Info, f"{code} is explained in {path_of(uri) or uri}")
            server.window_show_message(message)
        return uri

    @server.command(CONFIRM)
    async def confirm(uri: str) -> list[str]:
        """Build the models of a file with the real framework, and say what it says of each finding."""
        refusal, path = _refusal(server, uri)
        told = [refusal] if refusal is not None else await verdicts(path)
        kind = types.MessageType.Warning if refusal is not None else types.MessageType.Info
        server.window_show_message(types.ShowMessageParams(kind, "\n".join(told) or "lstmlint finds nothing to confirm"))
        return told


def _refusal(server: Server, uri: str) -> tuple[str | None, str]:
    """Why a file can't be put before the framework, if so; and its path."""
    program: Any = server.documents.program(uri)
    path = path_of(program or uri)
    if not server.configuration.preferences.trusted:
        return "nothing is confirmed in a workspace that is not trusted", ""
    if path is None or not os.path.isfile(path):
        return "only files can be confirmed: save it first", ""
    snapshot = server.documents.snapshot(program) if program is not None else None
    if snapshot is not None and not snapshot.is_notebook:
        with open(path, "rb") as file:
            if file.read() != snapshot.parts[0].text.encode():
                return "what is confirmed is the file on the disk: save it first", ""
    return None, path
