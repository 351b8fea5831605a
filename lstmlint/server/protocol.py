"""The protocol, less forgiving where a message makes no sense: it is answered with an error, and the server goes on."""
from __future__ import annotations

from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidRequest, JsonRpcServerNotInitialized
from pygls.protocol import LanguageServerProtocol

DOCUMENTS = frozenset(
    {
        types.TEXT_DOCUMENT_DID_OPEN,
        types.TEXT_DOCUMENT_DID_CHANGE,
        types.TEXT_DOCUMENT_DID_CLOSE,
        types.NOTEBOOK_DOCUMENT_DID_OPEN,
        types.NOTEBOOK_DOCUMENT_DID_CHANGE,
        types.NOTEBOOK_DOCUMENT_DID_CLOSE,
    }
)
"""What is told of the documents: we keep them ourselves (the library's own copies take other characters for ends of lines)."""


class _Answered:
    """In place of a message that was answered already."""

    jsonrpc = None


class Protocol(LanguageServerProtocol):
    """What the library does, with errors for what it drops."""

    def structure_message(self, data: dict[str, Any]) -> Any:
        """The typed message; one that has the wrong form is answered here."""
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            self._refuse(data, error)
            return _Answered()

    def handle_message(self, message: Any) -> None:
        """Hand a message to its handler."""
        if isinstance(message, _Answered):
            return
        identifier, method = getattr(message, "id", None), getattr(message, "method", None)
        if getattr(message, "jsonrpc", None) != self.VERSION:
            self._refuse(message if isinstance(message, dict) else {}, JsonRpcInvalidRequest("not a message of JSON-RPC 2.0"))
        elif identifier is not None and method not in (None, types.INITIALIZE) and self._workspace is None:
            self._refuse({"id": identifier}, JsonRpcServerNotInitialized("the server is not initialized"))
        elif identifier is not None and method is not None and self._shutdown:
            self._refuse({"id": identifier}, JsonRpcInvalidRequest("the server is shutting down"))
        else:
            super().handle_message(message)

    def _refuse(self, data: dict[str, Any], error: JsonRpcException) -> None:
        identifier = data.get("id")
        if "method" in data and identifier is None:
            # A notification gets no answer.
            return
        known = identifier if isinstance(identifier, (int, str)) else None
        self._send_response(known, error=error.to_response_error())  # type: ignore[arg-type]

    def _get_handler(self, feature_name: str) -> Any:
        if feature_name in DOCUMENTS:
            return self.fm.features[feature_name]
        return super()._get_handler(feature_name)
