"""How much an analysis knows of real scripts: the counts of `lstmlint shapes`, over many files and by framework; see the README."""
from __future__ import annotations

import argparse
import gc
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import libcst as cst
from causes import ELSEWHERE, Causes, watched

from lstmlint.interpreter.nodes import children
from lstmlint.picture.coverage import Place, arrays_in, called, length, places, tally
from lstmlint.picture.unfed import applications
from lstmlint.pipeline import analysed
from lstmlint.rules.cause import RECURRENT, rnn_of
from lstmlint.sources.deep import run_deep
from lstmlint.sources.parse import Tree, parse
from lstmlint.sources.read import read
from lstmlint.sources.source import SourceError
from lstmlint.trace import LayerApplied, ModelFed, Trace
from lstmlint.values.base import Value, is_none

STORED = ("numpy.files:load", "pickle", "joblib", "h5py", "scipy.io", "json.load", "loadmat", "torch.load", "hickle", "dill")
"""Readers of which nothing tells what they read."""
GOALS = {"rank": 0.90, "features": 0.75, "target": 0.85}


@dataclass
class Tallies:
    """What is counted over all files."""

    places: dict[str, list[Place]] = field(default_factory=lambda: defaultdict(list))
    unseen: Counter[str] = field(default_factory=Counter)
    unseen_in: Counter[str] = field(default_factory=Counter)
    causes: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    where: dict[tuple[str, str], str] = field(default_factory=dict)
    calls: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    incomplete: int = 0


def main() -> None:
    """Analyse and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path, help="scripts, notebooks and folders")
    parser.add_argument("--causes", type=int, default=40, help="how many causes of what is not known to print (default: 40)")
    options = parser.parse_args()
    gc.set_threshold(100_000, 20, 100)
    start = time.perf_counter()
    tallies = Tallies()
    files = sorted({file for path in options.paths for file in _files(path)})
    for file in files:
        try:
            run_deep(lambda file=file: _count(file, tallies))  # type: ignore[misc]
        except SourceError as error:
            print(f"{file}: {error}")
    _print(tallies, options.causes)
    print(f"{len(files)} files in {time.perf_counter() - start:.1f} s, {tallies.incomplete} not analysed to the end")


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    else:
        yield from (file for file in path.rglob("*") if file.suffix in (".py", ".ipynb") and file.is_file())


def _count(file: Path, tallies: Tallies) -> None:
    source = read(str(file))
    trees, _ = parse(source)
    with watched() as causes:
        trace = analysed(trees, source)
        tallies.incomplete += trace.incomplete is not None
        for place in places(trace):
            tallies.places[place.framework].append(place)
        _never_applied(trees, trace, tallies, file)
        _never_run(trees, trace, tallies, file)
        _explain(trace, causes, tallies, file)


def _never_applied(trees: Iterable[Tree], trace: Trace, tallies: Tallies, file: Path) -> None:
    """Recurrent layers that are written in the file and that no event tells of."""
    applied = [event.layer for event in [*trace.events, *applications(trace)] if isinstance(event, LayerApplied)]
    seen = {node for layer in applied for node in (layer.site.node, rnn_of(layer).site.node)}
    own = set(re.findall(r"^(?:class|def) (\w+)", "\n".join(tree.cell.text for tree in trees), re.MULTILINE))
    for tree in trees:
        if not any(kind in tree.cell.text for kind in RECURRENT):
            continue
        framework = "torch" if "torch" in " ".join(t.cell.text for t in trees) else "keras"
        stack: list[cst.CSTNode] = [tree.module]
        while stack:
            node = stack.pop()
            if isinstance(node, cst.Call) and node not in seen and _is_recurrent(node.func, own):
                tallies.unseen[framework] += 1
                tallies.unseen_in[str(file)] += framework == "keras"
            stack.extend(children(node))


NETWORKS = frozenset(
    {
        *("dynamic_rnn", "static_rnn", "bidirectional_dynamic_rnn", "static_bidirectional_rnn", "bidirectional_rnn", "raw_rnn"),
        *("stack_bidirectional_dynamic_rnn", "stack_bidirectional_rnn", "rnn_decoder", "dynamic_decode"),
    }
)
"""The functions of TensorFlow 1 that run cells."""


def _never_run(trees: Iterable[Tree], trace: Trace, tallies: Tallies, file: Path) -> None:
    """Calls of TensorFlow 1 that run cells, and that no event tells of."""
    seen = {event.site.node for event in trace.events if isinstance(event, LayerApplied)}
    for tree in trees:
        stack: list[cst.CSTNode] = [tree.module]
        while stack:
            node = stack.pop()
            if isinstance(node, cst.Call) and node not in seen:
                name = node.func.attr.value if isinstance(node.func, cst.Attribute) else getattr(node.func, "value", "")
                if name in NETWORKS:
                    tallies.unseen["tensorflow"] += 1
                    tallies.unseen_in[f"{file}: {name}"] += 1
            stack.extend(children(node))


def _is_recurrent(function: cst.CSTNode, own: set[str]) -> bool:
    """The name of a recurrent layer that the program itself doesn't define."""
    if isinstance(function, cst.Attribute):
        return function.attr.value in RECURRENT - own
    return isinstance(function, cst.Name) and function.value in RECURRENT - own


def _explain(trace: Trace, causes: Causes, tallies: Tallies, file: Path) -> None:
    """Of each call that feeds a model whether its data comes about in the file, and why it is not known if it isn't."""
    done: set[tuple[object, str, str]] = set()
    for event in trace.events:
        if not isinstance(event, ModelFed) or event.method == "call":
            continue
        for name, value in (("X", event.x), ("y", event.y)):
            if (name == "y" and event.role == "predict") or (event.site.node, event.role, name) in done:
                continue
            done.add((event.site.node, event.role, name))
            # Without y, it comes with X.
            value = event.x if is_none(value) else value
            kind = _kind_of(value, causes)
            tallies.calls[name][kind] += 1
            arrays = arrays_in(value)
            sized = all(array is not None and length(array, -1).how != "unknown" for array in arrays)
            tallies.calls[name]["features"] += kind == "known" and sized
            if kind != "known":
                reason = causes.of(value) or f"? {type(value).__name__} {getattr(value, 'name', '')}"
                tallies.causes[f"{name} {kind}"][reason] += 1
                tallies.where[kind, reason] = f"{called(event)} in {file.name}"


def _kind_of(value: Value, causes: Causes) -> str:
    """"known", "elsewhere" (not made in the file), "stored" (read from a file that doesn't tell) or "lost" (on the way)."""
    if all(array is not None and array.shape.rank is not None for array in arrays_in(value)):
        return "known"
    reason = causes.of(value) or ""
    if reason.startswith((*ELSEWHERE, "unbound name")):
        return "elsewhere"
    return "stored" if any(reader in reason for reader in STORED) else "lost"


def _print(tallies: Tallies, most: int) -> None:
    print(f"{'':34}{'count':>7}{'derived':>10}{'contract':>10}{'refined':>9}{'unknown':>9}{'number':>8}{'symbol':>8}{'goal':>7}")
    for framework, found in sorted(tallies.places.items()):
        for kind, row in tally(found).items():
            extra = tallies.unseen[framework] if kind == "recurrent layer" else 0
            count = row["count"] + extra
            for name, counts in row.items():
                if name == "count":
                    continue
                goal = f"{GOALS[name]:.0%}" if name in GOALS else ""
                shares = f"{counts['derived'] / count:>10.1%}{counts['contract'] / count:>10.1%}{counts['refined'] / count:>9.1%}"
                unknown = (counts["unknown"] + extra) / count
                title = f"{framework} {kind}: {name}"
                print(f"{title:<34}{count:>7}{shares}{unknown:>9.1%}{counts['number']:>8}{counts['symbol']:>8}{goal:>7}")
    for framework, count in tallies.unseen.items():
        print(f"{framework}: {count} recurrent layers are written whose application was not seen (counted as unknown above)")
    print()
    for name, kinds in tallies.calls.items():
        visible = kinds["known"] + kinds["lost"]
        with_stored = visible + kinds["stored"]
        print(
            f"{name} of calls: rank known {kinds['known']}, lost {kinds['lost']}, stored {kinds['stored']}, elsewhere "
            f"{kinds['elsewhere']}; of the visible {kinds['known'] / max(visible, 1):.1%}, with stored arrays among them "
            f"{kinds['known'] / max(with_stored, 1):.1%}; last axis {kinds['features'] / max(with_stored, 1):.1%}"
        )
    print()
    for kind, causes in sorted(tallies.causes.items()):
        for reason, count in causes.most_common(most):
            print(f"{count:>4}  {kind:<12}  {reason}  ({tallies.where[kind.partition(' ')[2], reason]})")
    for file, count in tallies.unseen_in.most_common(most // 2):
        if count:
            print(f"{count:>4}  not applied   {file}")


if __name__ == "__main__":
    main()
