"""Random programs: where one changed number changes what a call gives, what the call rests on has changed."""
from __future__ import annotations

import random
import re
from collections import defaultdict

import libcst as cst
import pytest

from lstmlint.sources.foundations import Foundation, Foundations

NUMBER = re.compile(r"(?<![\w(\[])\b\d+\b")
"""Numbers that are changed: all but those that tell the places apart, which stand behind a bracket."""


class _Writer:
    """Writes a program whose values are integers, lists and objects; `probe(n, x)` gives x, and the place is number n."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.lines: list[str] = []
        self.probes = 0
        self.functions: list[str] = []

    def program(self) -> str:
        self.lines = ["a, b, c = 1, 2, 3", "rows = [ 4 ]", "more = rows"]
        self.lines += [
            "class Store:", "    limit = 5", "    def __init__(self, v):", "        self.v = v", "        self.kept = []",
            "    def add(self, w):", "        self.kept.append(w + self.limit)", "        self.v = self.v + w",
            "    def total(self):", f"        return {self.probe('sum(self.kept) + self.v')}", "one = Store(a)", "two = one",
        ]  # fmt: skip
        for number in range(2):
            name = f"f{number}"
            self.lines.append(f"def {name}(p, q= 3):")
            self.lines.append("    global c")
            for _ in range(self.random.randint(1, 3)):
                self.statement("    ", ["p", "q", "c", "x"], number)
            self.lines.append(f"    return {self.expression(['p', 'q', 'c'])}")
            self.functions.append(name)
        for _ in range(self.random.randint(5, 10)):
            self.statement("", ["a", "b", "c"], 9)
        return "\n".join(self.lines) + "\n"

    def probe(self, text: str) -> str:
        self.probes += 1
        return f"probe({self.probes}, {text})"

    def expression(self, names: list[str]) -> str:
        pick = self.random.choice
        readable = [name for name in names if name != "x"]
        sums = f"{pick(readable)} + {self.random.randint(1, 9)}", f"{pick(readable)} * {pick(readable)} % 97"
        text = pick([pick(readable), *sums])
        kind = self.random.randrange(8)
        if kind == 0:
            text = "len(rows) + sum(more)"
        elif kind == 1:
            text = f"two.total() + {text}"
        elif kind == 2 and self.functions:
            text = f"{pick(self.functions)}({text})"
        elif kind == 3:
            text = f"sum([ i * {self.random.randint(1, 5)} for i in range({text} % 5)])"
        return self.probe(text) if self.random.random() < 0.5 else text

    def statement(self, indent: str, names: list[str], calls: int) -> None:
        value = self.expression(names)
        target = self.random.choice(names)
        kind = self.random.randrange(9)
        if kind < 4:
            self.lines.append(f"{indent}{target} = {value}")
        elif kind == 4:
            self.lines.append(f"{indent}{self.random.choice(['rows', 'more'])}.append({value})")
        elif kind == 5:
            self.lines.append(f"{indent}{self.random.choice(['one', 'two'])}.add({value})")
        elif kind == 6:
            self.lines.append(f"{indent}{self.random.choice(['rows', 'more'])}[0] = {value}")
        elif kind == 7 and len(indent) < 8:
            read = self.random.choice([name for name in names if name != "x"])
            self.lines.append(f"{indent}for i in range( {self.random.randint(1, 3)}):")
            self.lines.append(f"{indent}    {read} = {read} + {self.probe(f'i + {read}')}")
            self.statement(indent + "    ", names, calls)
        else:
            read = self.random.choice([name for name in names if name != "x"])
            self.lines.append(f"{indent}if {read} % 3 > {self.random.randint(0, 2)}:")
            self.lines.append(f"{indent}    {read} = {value}")
            self.lines.append(f"{indent}else:")
            self.lines.append(f"{indent}    two.v = {self.random.randint(1, 9)}")


def run(text: str) -> dict[int, list[int]]:
    told: dict[int, list[int]] = defaultdict(list)

    def probe(number: int, value: int) -> int:
        told[number].append(value)
        return value

    exec(compile(text, "program", "exec"), {"probe": probe})
    return told


def foundations(text: str) -> dict[int, Foundation]:
    found: dict[int, Foundation] = {}
    for node, foundation in Foundations([cst.parse_module(text)], lambda name, level: b"").of_calls():
        first = node.args[0].value if node.args else None
        if isinstance(node.func, cst.Name) and node.func.value == "probe" and isinstance(first, cst.Integer):
            found[int(first.value)] = foundation
    return found


@pytest.mark.parametrize("seed", range(60))
def test_what_changes_a_value_changes_what_it_rests_on(seed: int) -> None:
    text = _Writer(seed).program()
    before, rests_on = run(text), foundations(text)
    chooser = random.Random(seed)
    for place in chooser.sample(list(NUMBER.finditer(text)), 6):
        changed = text[: place.start()] + str(int(place[0]) + chooser.randint(1, 3)) + text[place.end() :]
        after, now = run(changed), foundations(changed)
        for number, values in before.items():
            # How often the program comes to a place says nothing of what is there.
            if number in after and set(after[number]) != set(values):
                assert now[number] != rests_on[number], (number, place[0], text)
