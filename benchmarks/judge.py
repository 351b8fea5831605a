"""lstmlint against the real frameworks, on generated scripts: `python benchmarks/judge.py [--scripts N] [--first SEED]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.generated import generate  # noqa: E402
from tests.judged import judge, table  # noqa: E402


def main() -> int:
    """Print the table, and with --show each disagreement; the status is 1 if there is one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scripts", type=int, default=2000)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--show", action="store_true", help="print each script on which they disagree, or where more is said")
    options = parser.parse_args()
    scripts = [generate(seed) for seed in range(options.first, options.first + options.scripts)]

    def progress(done: int) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{done} of {len(scripts)}\x1b[K")

    judged = judge(scripts, progress=progress)
    wrong = [one for one in judged if one.verdict not in ("right", "late", "more", "open", "harmless")]
    if options.show:
        for one in wrong:
            print(one.story())
    print("\n".join(table(judged)))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
