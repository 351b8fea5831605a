"""A plan whose program is written line by line: what was replayed, the line that shows the fault, and what it shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lstmlint.confirm.program import Expected, Program, seeds
from lstmlint.confirm.sizes import Sizes
from lstmlint.confirm.texts import Text, written
from lstmlint.shapes.dims import Dim, Poly, Symbol


@dataclass(frozen=True, slots=True)
class Script:
    """Lines with lengths still open. The claim is about line `claim`; `shown` and `proof` are as of a Program."""

    lines: tuple[Text, ...]
    claim: int
    imports: tuple[str, ...]
    positive: tuple[Dim, ...]
    shown: tuple[str, ...] = ()
    proof: str = ""
    shapes: tuple[tuple[str, tuple[Dim, ...]], ...] = ()
    """The variables whose shapes are inferred."""
    fixed: dict[Symbol, int] = field(default_factory=dict)
    """Lengths that must be these for the fault to show."""

    def program(self, sizes: Sizes, mark: str) -> Program:
        """The program with these numbers."""
        lines = [written(line, sizes) for line in self.lines]
        if mark.isalnum():
            lines[self.claim] += f"  # {mark}"
        roots = {name.partition(".")[0] for name in self.imports}
        head = [*(f"import {name}" for name in self.imports), "", *seeds("\n".join(lines), roots)]
        expected = tuple(Expected.of(name, dims, sizes) for name, dims in self.shapes)
        text = "\n".join([*head, *lines, ""])
        heavy = any(name.partition(".")[0] in ("keras", "torch", "tensorflow") for name in self.imports)
        return Program(text, len(head) + self.claim + 1, heavy, self.shown, self.proof, expected)


def lengths_in(lines: Sequence[Text]) -> list[Poly]:
    """The symbolic lengths that lines need."""
    return [part for line in lines for part in line if isinstance(part, Poly)]
