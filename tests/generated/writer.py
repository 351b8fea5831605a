"""Lines of a script in the making, and what a script is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

MARK = "  # FAULT"


@dataclass(frozen=True, slots=True)
class Script:
    """A script. `fault` names the class of its fault ("" if it is right), `family` the function that wrote it."""

    seed: int
    framework: str
    fault: str
    text: str
    family: str = ""
    inline: str = ""
    """Of a script that reads its data from a file, the same one with the data in it."""

    @property
    def fault_lines(self) -> frozenset[int]:
        """The lines that hold the fault."""
        return frozenset(at for at, line in enumerate(self.text.splitlines(), 1) if line.endswith(MARK.strip()))


@dataclass(slots=True)
class Writer:
    """Lines of a script in the making."""

    random: Random
    fault: str
    lines: list[str] = field(default_factory=list)
    _pad: str = ""

    def add(self, *lines: str, faulty: bool = False) -> None:
        """Append lines; the last of them has the fault."""
        self.lines += [self._pad + line if line else "" for line in lines]
        if faulty:
            self.lines[-1] += MARK

    def put(self, line: str, *wrong: tuple[str, str]) -> None:
        """Append a line, or that in its place which has the fault."""
        for fault, instead in wrong:
            if fault == self.fault:
                self.add(instead, faulty=True)
                return
        self.add(line)

    @contextmanager
    def block(self, head: str, *wrong: tuple[str, str]) -> Iterator[None]:
        """What is appended meanwhile stands below that head."""
        self.put(head, *wrong)
        outside = self._pad
        self._pad += "    "
        yield
        self._pad = outside

    def outermost(self) -> None:
        """What is appended from now on stands in no block."""
        self._pad = ""

    def definition(self, head: str) -> object:
        """A block, with the two empty lines that go before it."""
        self.gap()
        return self.block(head)

    def gap(self) -> None:
        """Two empty lines."""
        self.add("", "")

    def has(self, *faults: str) -> bool:
        """The fault is one of these."""
        return self.fault in faults

    def one_of(self, *options: str) -> str:
        return self.random.choice(options)

    def number(self, low: int, high: int) -> int:
        return self.random.randint(low, high)

    def chance(self, share: float = 0.5) -> bool:
        return self.random.random() < share


@dataclass(frozen=True, slots=True)
class Family:
    """One way to write scripts, and the faults that it has a place for."""

    framework: str
    write: Callable[[Writer], None]
    faults: tuple[str, ...]
    weight: float

    @property
    def name(self) -> str:
        return self.write.__name__


FAMILIES: list[Family] = []


def family(framework: str, *faults: str, weight: float = 1.0) -> Callable[[Callable[[Writer], None]], Callable[[Writer], None]]:
    """The decorated function writes such scripts."""

    def register(write: Callable[[Writer], None]) -> Callable[[Writer], None]:
        FAMILIES.append(Family(framework, write, faults, weight))
        return write

    return register
