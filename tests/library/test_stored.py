"""Readers of which nothing tells what they read: what they give is at least known to be an array."""
from __future__ import annotations

import pytest

from tests.interpreter.programs import bindings, plain


@pytest.mark.parametrize(
    "program",
    [
        "import h5py\nX = h5py.File('a.h5', 'r')['x'][:]",
        "import h5py\nwith h5py.File('a.h5') as f:\n    X = f['group']['x'][()]",
        "import h5py\nf = h5py.File('a.h5')\nname = input()\nX = f[name][:, 3]",
        "import numpy as np\nimport h5py\nX = np.array(h5py.File('a.h5')['x'])",
        "import scipy.io\nX = scipy.io.loadmat('a.mat')['x']",
        "from scipy.io import loadmat\nX = loadmat('a.mat')['x'].astype(float)",
        "import numpy as np\nX = np.load('a.npy')",
    ],
)
def test_what_is_read_is_an_array_that_can_be_regrouped(program: str) -> None:
    found = bindings(program + "\nY = X.reshape(30, 4, -1)\nZ = X\n")
    shape = str(plain(found["Y"]))
    assert shape.startswith("(30, 4, ") and plain(found["Z"]) == "(…)"


def test_what_may_be_a_dictionary_or_a_group_is_unknown() -> None:
    assert plain(bindings("import numpy as np\nX = np.load('a.npz')\n")["X"]) == "?"
    assert plain(bindings("import numpy as np\nX = np.load(name)\n")["X"]) == "?"
    assert plain(bindings("import h5py\nX = h5py.File('a.h5')['x']['y']\n")["X"]) == "?"
