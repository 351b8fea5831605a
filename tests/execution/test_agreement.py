"""What the analysis infers is what is seen: a short form, with fixed seeds, of `benchmarks/executed.py`."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from lstmlint.sources.read import read
from tests.execution.agreement import compared
from tests.generated import generate

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="what stands between is Linux's own"),
    pytest.mark.skipif(find_spec("keras") is None or find_spec("torch") is None, reason="Keras and PyTorch are the judges"),
]


@pytest.mark.parametrize("seed", [800001, 800002, 800004])
def test_generated_scripts(seed: int, tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text(generate(seed).text)
    found = compared(read(str(path)))
    assert found.end in ("end", "raised") and found.count >= 3
    assert not found.differing


def test_a_difference_is_seen(tmp_path: Path) -> None:
    """The analysis takes a name for what it was; behind its back it is something else."""
    path = tmp_path / "train.py"
    path.write_text("import numpy as np\nfrom keras.layers import LSTM\nvars(np).update(zeros=np.ravel)\nx = np.zeros((3, 4))\n")
    found = compared(read(str(path)))
    assert [(span.start_row, one.shape) for span, _, one in found.differing] == [(4, (2,))]
