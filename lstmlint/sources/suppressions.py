"""`# noqa` and `# noqa: LST102` comments, looked for only on the lines that have findings."""
from __future__ import annotations

import re

_NOQA = re.compile(r"#\s*noqa(?P<codes>\s*:\s*[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*)?", re.IGNORECASE)
_CODE = re.compile(r"[A-Z]+[0-9]+", re.IGNORECASE)


def suppressed(line: str, code: str) -> bool:
    """Whether a comment on this line asks for silence about `code`: by the code, by its beginning, or about everything."""
    noqa = _NOQA.search(line)
    if noqa is None:
        return False
    codes = noqa["codes"]
    if codes is None:
        return True
    return any(code.startswith(listed.upper()) for listed in _CODE.findall(codes))
