"""Addresses: of files as URIs and with forward slashes, and of the rules' pages."""
from __future__ import annotations

import os
from functools import cache
from urllib.parse import quote

from lstmlint.diagnostics import Diagnostic


def slashed(filename: str) -> str:
    """A file's name as tools on all systems read it."""
    return os.path.normpath(filename).replace(os.sep, "/")


def uri(filename: str) -> str:
    """A file's name as a URI: relative if the name is."""
    if os.path.isabs(filename):
        return "file://" + quote("/" + slashed(filename).lstrip("/"))
    return quote(slashed(filename), safe="/")


@cache
def rules_address() -> str | None:
    """Where the rules' pages are published: below the documentation that the installed package names, if it names one."""
    from importlib.metadata import PackageNotFoundError, metadata

    try:
        urls = metadata("lstmlint").get_all("Project-URL") or []
    except PackageNotFoundError:
        return None
    pairs = (url.partition(",") for url in urls)
    return next((f"{address.strip().rstrip('/')}/rules/" for label, _, address in pairs if label.lower() == "documentation"), None)


def rule_url(diagnostic: Diagnostic) -> str | None:
    """The page of the rule, the same text that `lstmlint rule` prints."""
    base = rules_address()
    return diagnostic.url or (None if base is None else f"{base}{diagnostic.code}/")
