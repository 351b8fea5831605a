"""What a finding costs in `lstmlint confirm` once the framework is imported: `python benchmarks/confirming.py [FILES]`.

Without files, the findings are those of the fixtures and of the rules' examples. The programs run as the command runs them, in one
process, after one program for each framework that imports it. Printed are the seconds for all programs of a finding, and each
beside a step of training of a small LSTM, which tells machines apart.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from lstmlint.config import Settings
from lstmlint.confirm.program import Program
from lstmlint.confirm.run import prepare
from lstmlint.confirm.sandbox import Limits, run_all
from lstmlint.diagnostics import FileResult
from lstmlint.engine import check_source
from lstmlint.rules.discovery import all_checks
from lstmlint.sources.read import read
from lstmlint.sources.source import script

ROOT = Path(__file__).parent.parent
STEP = """import keras
import numpy

model = keras.Sequential()
model.add(keras.Input(shape=(30, 4)))
model.add(keras.layers.LSTM(units=32))
model.add(keras.layers.Dense(units=1))
model.compile(optimizer='sgd', loss='mean_squared_error')
fed = model.fit(numpy.zeros((32, 30, 4)), numpy.zeros((32, 1)), verbose=0)
"""
WARM = (
    "import numpy\nimport pandas\nimport sklearn.preprocessing\n",
    "import torch\nimport torch.nn.functional\ntorch.nn.LSTM(2, 3)(torch.zeros(4, 5, 2))\n",
    STEP,
)
"""What is imported first, and a step of training as the measure."""


def results(files: Sequence[str]) -> Iterator[FileResult]:
    """The findings of files, or those of the project's own examples."""
    own = sorted(path for path in (ROOT / "fixtures").rglob("*.py") if "tensorflow1" not in path.parts)
    for path in [Path(file) for file in files] or own:
        yield check_source(read(str(path)), Settings(), keeps=True)
    for rule in () if files else all_checks():
        for at, text in enumerate(rule.invalid):
            yield check_source(script(text, f"{rule.__name__}[{at}]"), Settings(), keeps=True)


def kind(program: Program, silent: bool) -> str:
    """Which framework judges it, what is called, and whether the fault raises."""
    library = "Keras" if "import keras" in program.text or "import tf_keras" in program.text else "PyTorch"
    if not program.keras:
        return "arrays alone"
    fed = [name for name in (".fit(", ".evaluate(", "_on_batch(", ".predict(", ".compute_loss(") if name in program.text]
    how = "" if library == "PyTorch" else ", fed" if fed else ", built"
    return f"{library}{how}, {'silent' if silent else 'raises'}"


def main() -> int:
    """Measure, and print a line for each kind of finding."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*")
    parser.add_argument("--slowest", type=int, default=0, help="print the findings that took longest")
    options = parser.parse_args()
    findings: list[tuple[str, str, list[Program]]] = []
    for result in results(options.files):
        for diagnostic in result.diagnostics:
            prepared = None if diagnostic.finding is None else prepare(diagnostic.finding)
            if isinstance(prepared, tuple) and prepared[1]:
                where = f"{diagnostic.filename}:{diagnostic.span.start_row} {diagnostic.code}"
                findings.append((where, kind(prepared[1][0], diagnostic.effect == "silent"), prepared[1]))
    programs = [*(Program(text, 1) for text in (*WARM, *[STEP] * 5)), *(one for *_, several in findings for one in several)]
    stamps = [time.perf_counter()]
    run_all(programs, Limits(), progress=lambda done: stamps.append(time.perf_counter()))
    seconds = [after - before for before, after in zip(stamps, stamps[1:])]
    step = statistics.median(seconds[len(WARM) : len(WARM) + 5])
    left = iter(seconds[len(WARM) + 5 :])
    took = [sum(next(left) for _ in several) for *_, several in findings]
    by_kind: dict[str, list[float]] = defaultdict(list)
    for (_, name, _), one in zip(findings, took):
        by_kind[name].append(one)
        by_kind["all"].append(one)
    print(f"a step of training: {step:.2f} s; {len(findings)} findings, {sum(took):.1f} s")
    print(f"{'kind':24} {'findings':>8} {'median':>8} {'p90':>8} {'of a step':>12}")
    for name, times in sorted(by_kind.items()):
        times.sort()
        median, most = statistics.median(times), times[int(0.9 * (len(times) - 1))]
        print(f"{name:24} {len(times):8} {median:7.2f}s {most:7.2f}s {median / step:5.2f} {most / step:6.2f}")
    for one, (where, _, _) in sorted(zip(took, findings), reverse=True)[: options.slowest]:
        print(f"{one:7.2f} s {where}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
