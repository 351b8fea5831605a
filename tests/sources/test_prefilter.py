"""The prefilter: nothing recurrent is missed, nothing else is parsed."""
from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lstmlint.sources.prefilter import Prefilter, names_recurrent
from lstmlint.sources.project import Project

LAYERS = """
LSTM GRU SimpleRNN RNN ConvLSTM1D ConvLSTM2D ConvLSTM3D Bidirectional LSTMCell GRUCell SimpleRNNCell StackedRNNCells RNNBase
RNNCell CuDNNLSTM CuDNNGRU BasicLSTMCell MultiRNNCell dynamic_rnn static_rnn
"""


@pytest.mark.parametrize("layer", LAYERS.split())
def test_everything_recurrent_is_named(layer: str) -> None:
    assert names_recurrent(f"layer = layers.{layer}(3)".encode())


def test_other_layers_are_not() -> None:
    assert not names_recurrent(b"model.add(Dense(3)); nn.Linear; Conv1D; MultiHeadAttention; TimeDistributed; group; string")


def concerns(folder: Path, name: str) -> bool:
    return Prefilter().concerns((folder / name).read_bytes(), str(folder / name))


def write(folder: Path, **files: str) -> None:
    """Write modules: `package__module` is package/module.py, and `package__` its __init__.py."""
    for name, text in files.items():
        path = folder / ((name + "init" if name.endswith("__") else name).replace("__", "/") + ".py")
        path = path.with_name("__init__.py") if name.endswith("__") else path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.mark.parametrize(
    "line",
    [
        "import helper", "import os, helper as h", "from helper import build", "from helper import *", "from . import helper",
        "from .helper import build", "    import helper", "from package.inner import f",
        "from package import (\n    other,\n    inner,\n)",
        "import package.inner", "import chain", "from package import inner as i, x", "import os; x = 1\nimport helper",
        "x = 1; import helper", "import os; import helper", "if True: from helper import x", "import os, \\\n    helper",
        "from package import other, \\\n    inner",
    ],
)  # fmt: skip
def test_imports_are_followed(tmp_path: Path, line: str) -> None:
    write(tmp_path, train=f"{line}\nhelper.build()\n", helper="x = LSTM(3)\n", chain="import link\n", link="import helper, chain\n")
    write(tmp_path, package__="", package__inner="layer = GRU(3)\n", package__other="")
    assert concerns(tmp_path, "train.py")


@pytest.mark.parametrize("line", ["import numpy", "import plain", "from plain import LSMT", "import loop", "# nothing", "import"])
def test_other_imports_are_not(tmp_path: Path, line: str) -> None:
    write(tmp_path, train=f"{line}\n", helper="x = LSTM(3)\n", plain="", loop="import loop, train\n")
    assert not concerns(tmp_path, "train.py")


def test_modules_are_looked_up_to_the_top_of_the_project(tmp_path: Path) -> None:
    write(tmp_path, repo__models__net="x = LSTM(3)\n", repo__src__helper="x = GRU(3)\n", outside="x = LSTM(3)\n")
    write(tmp_path, repo__scripts__a="from models.net import x\n", repo__scripts__b="import helper\n")
    write(tmp_path, repo__scripts__c="import outside\n")
    (tmp_path / "repo/pyproject.toml").touch()
    assert concerns(tmp_path, "repo/scripts/a.py")
    assert concerns(tmp_path, "repo/scripts/b.py")
    assert not concerns(tmp_path, "repo/scripts/c.py")


def test_imports_of_notebooks(tmp_path: Path) -> None:
    write(tmp_path, helper="x = LSTM(3)\n")
    (tmp_path / "a.ipynb").write_text('{"cells": [{"cell_type": "code", "source": ["import os\\n", "from helper import x\\n"]}]}')
    (tmp_path / "b.ipynb").write_text('{"cells": [{"cell_type": "code", "source": "import os\\nfrom helper import x"}]}')
    assert concerns(tmp_path, "a.ipynb")
    assert concerns(tmp_path, "b.ipynb")


def test_resolution(tmp_path: Path) -> None:
    write(tmp_path, a="", package__="", package__b="", package__sub__c="", spaces__d="")
    (tmp_path / "setup.py").touch()
    project = Project()
    importer = str(tmp_path / "package" / "b.py")

    def resolved(module: str, level: int = 0) -> str | None:
        path = project.resolve(module, level, importer)
        return None if path is None else str(Path(path).relative_to(tmp_path))

    assert resolved("a") == "a.py"
    assert resolved("package") == "package/__init__.py"
    assert resolved("package.b") == "package/b.py"
    assert resolved("sub.c", 1) == "package/sub/c.py"
    assert resolved("", 1) == "package/__init__.py"
    assert resolved("a", 2) == "a.py"
    assert resolved("spaces.d") == "spaces/d.py"
    assert resolved("spaces") is None
    assert resolved("numpy") is None


def test_libcst_is_not_imported_for_what_is_out_of_scope(tmp_path: Path) -> None:
    write(tmp_path, train="import numpy\nmodel.add(Dense(3))\n")
    program = (
        "import sys\nfrom lstmlint.cli import main\n"
        f"status = main(['check', '--isolated', {str(tmp_path)!r}])\n"
        "assert status == 0\n"
        "names = ('libcst', 'lstmlint.interpreter', 'lstmlint.rules', 'lstmlint.values')\n"
        "heavy = [module for module in sys.modules if module.startswith(names)]\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "Nothing to check: the file has no recurrent layer.\n"
