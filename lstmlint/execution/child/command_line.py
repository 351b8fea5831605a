"""How a script would have been started from a command line: as a module of its package, with arguments."""

from __future__ import annotations

import ast
import os
from collections.abc import Sequence


def package_of(file: str, root: str, texts: Sequence[str]) -> tuple[str, str]:
    """The package that relative imports of a script start from ("" without any), and the folder that modules are looked for in.

    Such a script runs only as `python -m package.script`.
    """
    imports = [node for text in texts for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)]
    levels = max((node.level for node in imports), default=0)
    folder = os.path.dirname(file)
    names: list[str] = []
    while levels and folder.startswith(root) and (len(names) < levels or os.path.exists(os.path.join(folder, "__init__.py"))):
        folder, name = os.path.split(folder)
        names.insert(0, name)
    return ".".join(names), folder


def said_of_arguments(error: BaseException) -> str:
    """What argparse has printed before it ended the script."""
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_name == "error" and os.path.basename(code.co_filename) == "argparse.py":
            return str(trace.tb_frame.f_locals.get("message", ""))
        trace = trace.tb_next
    return ""
