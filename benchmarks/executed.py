"""What the analysis infers against what is seen when scripts run: `python benchmarks/executed.py [FILE …] [--scripts N]`.

Without files, generated scripts are run. Each shape outside of functions is compared; the status is 1 if one differs.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from lstmlint.sources.read import read  # noqa: E402
from tests.execution.agreement import compared  # noqa: E402
from tests.generated import generate  # noqa: E402


def main() -> int:
    """Print each difference, and the numbers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*")
    parser.add_argument("--scripts", type=int, default=100)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files = options.files
        if not files:
            for seed in range(options.first, options.first + options.scripts):
                Path(folder, f"seed{seed}.py").write_text(generate(seed).text)
            files = sorted(map(str, Path(folder).glob("*.py")))
        count = differing = run = 0
        for file in files:
            found = compared(read(file))
            count, run = count + found.count, run + (found.end in ("end", "exit", "raised"))
            for span, shapes, seen in found.differing:
                differing += 1
                inferred = " or ".join(map(str, shapes))
                print(f"{file}:{span.start_row}:{span.start_column}: inferred {inferred}, seen {seen.shape}", flush=True)
    print(f"{run} of {len(files)} scripts run, {count} shapes compared, {differing} differ")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
