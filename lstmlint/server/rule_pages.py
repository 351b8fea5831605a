"""The rules' pages as files that an editor can open: written once for each version, into the user's cache folder."""
from __future__ import annotations

import os
from contextlib import suppress
from functools import cache

from pygls.uris import from_fs_path

from lstmlint import __version__
from lstmlint.cache import default_folder
from lstmlint.rules.discovery import find_rule, page


@cache
def page_uri(code: str) -> str | None:
    """Where the page of a rule can be read; None if there is none, or nowhere to write it."""
    rule = find_rule(code)
    if rule is None:
        return None
    text = page(rule)
    folder = os.path.join(os.path.abspath(default_folder()), f"rules-{__version__}")
    path = os.path.join(folder, f"{rule.code}-{rule.name}.md")
    with suppress(OSError):
        os.makedirs(folder, exist_ok=True)
        # Not half a page, should two servers write it at once.
        half = f"{path}.{os.getpid()}"
        with open(half, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(half, path)
        uri: str | None = from_fs_path(path)
        return uri
    return None
