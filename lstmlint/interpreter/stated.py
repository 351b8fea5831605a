"""Whether a tree states any contracts: one search of its text, and nothing else where it does not."""
from __future__ import annotations

import libcst as cst

from lstmlint.interpreter.machine import Machine
from lstmlint.sources.parse import Tree

MARKS = ("lstmlint: shape", "lstmlint:shape", "jaxtyping")
"""What stands in every text with a contract."""


def read_contracts(machine: Machine, module: cst.Module) -> None:
    """Take over the contracts of the tree under analysis."""
    text = machine.tree.cell.text if isinstance(machine.tree, Tree) else module.code
    if not any(mark in text for mark in MARKS):
        return
    if machine.contracts is None:
        from lstmlint.interpreter.contracts import Contracts

        machine.contracts = Contracts()
    machine.contracts.read(machine, module)
