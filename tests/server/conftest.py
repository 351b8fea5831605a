"""Two servers for all tests of the protocol: one for a client that is pushed diagnostics, one for a client that pulls them."""
from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_lsp
from lsprotocol import types
from pygls.protocol import default_converter
from pytest_lsp import ClientServerConfig, LanguageClient
from pytest_lsp.client import DEFAULT_CLIENT_FEATURES, register_lsp_features

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "LSTMLINT_DEBUG": "1"}
COMMAND = [sys.executable, "-m", "lstmlint", "server"]


class Client(LanguageClient):
    """A client that keeps everything that is published, in order."""

    def __init__(self) -> None:
        super().__init__(converter_factory=default_converter)
        self.published: list[types.PublishDiagnosticsParams] = []
        self.refreshed = 0
        features = {**DEFAULT_CLIENT_FEATURES}
        del features[types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS], features[types.WORKSPACE_DIAGNOSTIC_REFRESH]
        register_lsp_features(self, features)

        @self.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def published(params: types.PublishDiagnosticsParams) -> None:
            self.published.append(params)

        @self.feature(types.WORKSPACE_DIAGNOSTIC_REFRESH)
        def refresh(params: None) -> None:
            self.refreshed += 1

        @self.feature(types.WORKSPACE_INLAY_HINT_REFRESH)
        def refresh_hints(params: None) -> None:
            pass


CONFIG = ClientServerConfig(server_command=COMMAND, client_factory=Client, server_env=ENVIRONMENT)


@pytest_lsp.fixture(config=CONFIG, scope="session")
async def client(lsp_client: LanguageClient) -> AsyncIterator[None]:
    """Counts in UTF-16, as clients do that say nothing, and shows plain text."""
    notebooks = types.NotebookDocumentClientCapabilities(types.NotebookDocumentSyncClientCapabilities())
    await lsp_client.initialize_session(
        types.InitializeParams(types.ClientCapabilities(notebook_document=notebooks), root_uri=None)
    )
    yield
    await lsp_client.shutdown_session()


@pytest_lsp.fixture(config=CONFIG, scope="session")
async def puller(lsp_client: LanguageClient) -> AsyncIterator[None]:
    """Counts in UTF-8, shows markdown, asks for diagnostics, can be asked for settings; its user trusts the workspace."""
    text = types.TextDocumentClientCapabilities(
        diagnostic=types.DiagnosticClientCapabilities(),
        hover=types.HoverClientCapabilities(content_format=[types.MarkupKind.Markdown]),
    )
    workspace = types.WorkspaceClientCapabilities(
        configuration=True,
        diagnostics=types.DiagnosticWorkspaceClientCapabilities(refresh_support=True),
        inlay_hint=types.InlayHintWorkspaceClientCapabilities(refresh_support=True),
    )
    general = types.GeneralClientCapabilities(position_encodings=[types.PositionEncodingKind.Utf8])
    capabilities = types.ClientCapabilities(workspace=workspace, text_document=text, general=general)
    await lsp_client.initialize_session(
        types.InitializeParams(capabilities, root_uri=None, initialization_options={"trusted": True})
    )
    yield
    await lsp_client.shutdown_session()
