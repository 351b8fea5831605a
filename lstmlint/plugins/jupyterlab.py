"""What jupyterlab-lsp asks for: how the language server is started, and for what. Found through the entry point."""
from __future__ import annotations

import sys
from typing import Any


def specification(manager: object) -> dict[str, dict[str, Any]]:
    """The language servers of this package, by name."""
    return {
        "lstmlint": {
            "version": 2,
            "argv": [sys.executable, "-m", "lstmlint", "server"],
            "languages": ["python"],
            "mime_types": ["text/python", "text/x-ipython", "text/x-python"],
            "display_name": "lstmlint",
            "requires_documents_on_disk": False,
        }
    }
