"""What is known of each open script and notebook, and who waits for more."""
from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

from lsprotocol import types

from lstmlint.diagnostics import Diagnostic, FileResult
from lstmlint.server.analyst import Checked, Seen
from lstmlint.server.diagnostics import by_text
from lstmlint.server.documents import Snapshot
from lstmlint.server.pages import Page, with_last_good
from lstmlint.server.positions import Encoding

Waiting = list[tuple[int, "asyncio.Future[None]"]]


@dataclass(slots=True)
class Program:
    """A script or notebook. Only the event loop touches it."""

    uri: str
    asked: int = 0
    """The serial number of the newest snapshot that was given to the worker."""
    checked: Checked | None = None
    found: dict[str, list[tuple[Diagnostic, types.Diagnostic]]] = field(default_factory=dict)
    concerns: FileResult | None = None
    """What other files of the project say of it."""
    seen: int = 0
    pages: dict[str, Page] = field(default_factory=dict)
    published: set[str] = field(default_factory=set)
    """The texts of which diagnostics were published."""
    _good: dict[str, Page] = field(default_factory=dict)
    _for_check: Waiting = field(default_factory=list)
    _for_view: Waiting = field(default_factory=list)

    def take_check(self, checked: Checked, encoding: Encoding) -> bool:
        """A check is done; says whether it found something else than the one before. An older one than is known is left."""
        if self.checked is not None and checked.snapshot.serial < self.checked.snapshot.serial:
            return False
        before = self._told()
        self.checked = checked
        self._locate(encoding)
        _release(self._for_check, checked.snapshot.serial)
        return before != self._told()

    def take_concerns(self, snapshot: Snapshot, result: FileResult, encoding: Encoding) -> bool:
        """Other files were asked; says whether that changes anything."""
        if self.checked is None or snapshot.serial != self.checked.snapshot.serial:
            return False
        before = self._told()
        self.concerns = result
        self._locate(encoding)
        return before != self._told()

    def take_view(self, seen: Seen) -> bool:
        """An analysis has been looked at; says whether there are other hints now."""
        if seen.snapshot.serial < self.seen:
            return False
        before = {uri: [(h.row, h.column, h.label) for h in page.hints] for uri, page in self.pages.items()}
        self.seen = seen.snapshot.serial
        if seen.broken:
            self.pages = {
                uri: with_last_good(page, self._good[uri]) if uri in self._good else page for uri, page in seen.pages.items()
            }
        else:
            self.pages = self._good = seen.pages
        _release(self._for_view, seen.snapshot.serial)
        return before != {uri: [(h.row, h.column, h.label) for h in page.hints] for uri, page in self.pages.items()}

    async def check_of_now(self) -> None:
        """Wait until the newest snapshot has been checked."""
        if self.checked is None or self.checked.snapshot.serial < self.asked:
            await _wait(self._for_check, self.asked)

    async def view_of_now(self) -> None:
        """Wait until the newest snapshot has been looked at."""
        if self.seen < self.asked:
            await _wait(self._for_view, self.asked)

    def give_up(self) -> None:
        """Nothing more will come of the newest snapshot: nobody need wait."""
        _release(self._for_check, self.asked)
        _release(self._for_view, self.asked)

    def _locate(self, encoding: Encoding) -> None:
        if self.checked is None:
            return
        self.found = by_text(self.checked.snapshot, self.checked.result, encoding)
        if self.concerns is not None:
            known = {(d.code, d.filename, d.span) for items in self.found.values() for d, _ in items}
            others = by_text(self.checked.snapshot, self.concerns, encoding)
            for uri, items in others.items():
                new = [(ours, theirs) for ours, theirs in items if (ours.code, ours.filename, ours.span) not in known]
                self.found.setdefault(uri, []).extend(new)

    def _told(self) -> dict[str, list[types.Diagnostic]]:
        return {uri: [theirs for _, theirs in items] for uri, items in self.found.items()}


async def _wait(waiting: Waiting, serial: int) -> None:
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    waiting.append((serial, future))
    try:
        await future
    finally:
        waiting[:] = [entry for entry in waiting if entry[1] is not future]


def _release(waiting: Waiting, serial: int) -> None:
    """What is known now is at least as new as what these wait for."""
    for wanted, future in waiting:
        if wanted <= serial and not future.done():
            future.set_result(None)


def items_of(found: Iterable[tuple[Diagnostic, types.Diagnostic]]) -> list[types.Diagnostic]:
    """Theirs."""
    return [theirs for _, theirs in found]
