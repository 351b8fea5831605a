"""A stand-in for the analysis, for tests of what stands before and after it: it finds calls by name."""
from __future__ import annotations

from collections.abc import Iterable

import libcst
import pytest

import lstmlint.pipeline
from lstmlint.findings import Finding, Related
from lstmlint.interpreter import Part
from lstmlint.rules.analysis_incomplete import AnalysisIncomplete
from lstmlint.rules.base import Rule
from lstmlint.rules.data_rank import DataRank
from lstmlint.rules.missing_return_sequences import MissingReturnSequences
from lstmlint.trace import Trace
from lstmlint.values.code import Site

RULES = {"ERROR": MissingReturnSequences, "WARNING": DataRank, "INFO": AnalysisIncomplete}


class _Calls(libcst.CSTVisitor):
    def __init__(self) -> None:
        self.named: list[tuple[str, libcst.Call]] = []

    def visit_Call(self, node: libcst.Call) -> None:
        if isinstance(node.func, libcst.Name):
            self.named.append((node.func.value, node))


def find_calls(monkeypatch: pytest.MonkeyPatch, incomplete: str | None = None) -> None:
    """Let ERROR(…), WARNING(…) and INFO(…) be findings, each related to every RELATED(…); CRASH(…) raises."""
    analysed: list[tuple[object, libcst.Module]] = []

    def analyse(
        parts: Iterable[Part],
        lines: int,
        reveal: bool = False,
        find_module: object = None,
        supposing: bool = False,
        followed: object = None,
        steps_per_line: int = 0,
        watch: object = None,
        recall: object = None,
    ) -> Trace:
        analysed[:] = [part for part in parts if not isinstance(part, frozenset)]
        return Trace(incomplete=incomplete)

    def findings(trace: Trace, rules: Iterable[Rule]) -> list[Finding]:
        calls: list[tuple[str, Site]] = []
        for tree, module in analysed:
            visitor = _Calls()
            module.visit(visitor)
            calls += [(name, Site(node.func, tree)) for name, node in visitor.named]
        if any(name == "CRASH" for name, _ in calls):
            raise RuntimeError("a bug\nof ours")
        related = tuple(Related(site, "born here") for name, site in calls if name == "RELATED")
        return [
            Finding(rule.code, rule.name, name.lower(), "raises", "it is wrong", site, "this one", "do better", related)  # type: ignore[arg-type]
            for name, site in calls
            if (rule := RULES.get(name)) is not None
        ]

    monkeypatch.setattr(lstmlint.pipeline, "analyse", analyse)
    monkeypatch.setattr(lstmlint.pipeline, "findings", findings)
