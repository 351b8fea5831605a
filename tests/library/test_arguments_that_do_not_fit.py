"""Calls that Python itself refuses, and arrays that can't be: the analysis goes on."""
from __future__ import annotations

import pytest

from lstmlint.config import Settings
from lstmlint.engine import check_source
from lstmlint.sources.source import script


@pytest.mark.parametrize(
    "line",
    [
        "torch.utils.data.DataLoader(x, 3, batch_size=32)",
        "np.stack([table[i : i + 12] for i in range(len(table) - 12)])[:180]",
    ],
)
def test_nothing_breaks(line: str) -> None:
    text = f"import numpy as np\nimport torch\nx = torch.zeros(3)\ntable = np.random.rand(0, 3)\ny = {line}\n"
    assert not check_source(script(text), Settings()).diagnostics
