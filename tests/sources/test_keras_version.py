"""Which version of Keras a script is for: what is asked for, what a script shows, and what outranks what."""
from __future__ import annotations

from pathlib import Path

import pytest

from lstmlint.cli import main
from lstmlint.config import ConfigError, Settings, load
from lstmlint.engine import check_source
from lstmlint.sources.keras_version import asked_for, keras_version
from lstmlint.sources.source import script

PLAIN = "from keras.layers import LSTM\nlayer = LSTM(4, batch_input_shape=(2, 3, 1))\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("keras==2.3.1", {"keras": 2}),
        ("Keras>=2.0,<3", {"keras": 2}),
        ("keras>=3.0", {"keras": 3}),
        ("keras>=2.4", {}),
        ("keras", {}),
        ("# keras==2.3", {}),
        ("keras==2.*", {"keras": 2}),
        ("keras-tuner==1.0\ntensorflow-hub==0.12", {}),
        ("tensorflow==2.10.0", {"tensorflow": 2}),
        ("tensorflow-gpu==1.14", {"tensorflow": 2}),
        ("tensorflow<2.16.0", {"tensorflow": 2}),
        ("tensorflow[and-cuda]==2.17", {"tensorflow": 3}),
        ("tensorflow>=2.16.1", {"tensorflow": 3}),
        ("tensorflow~=2.10", {}),
        ("tensorflow==2.*", {}),
        ('[tool.poetry.dependencies]\nkeras = "^2.3"', {"keras": 2}),
        ('dependencies = ["keras<3", "numpy"]', {"keras": 2}),
        ("dependencies:\n  - keras=2.3.1", {"keras": 2}),
        ('[[package]]\nname = "keras"\nversion = "3.1.1"', {"keras": 3}),
        ('"keras": {\n "hashes": [],\n "version": "==2.3.1"\n}', {"keras": 2}),
        ("tf_keras==2.16", {"tf-keras": 2}),
    ],
)
def test_what_is_asked_for(text: str, found: dict[str, int]) -> None:
    assert dict(asked_for(text)) == found


@pytest.mark.parametrize(
    ("line", "version", "sure"),
    [
        ("", 3, False),
        ("model.fit(x, y, nb_epoch=3)", 2, True),
        ("from keras.layers.recurrent import GRU", 2, True),
        ("model.fit_generator(flow)", 2, True),
        ("optimizer = Adam(lr=0.01)", 2, True),
        ("optimizer = Adam(learning_rate=0.01)", 3, False),
        ("import os; os.environ['TF_USE_LEGACY_KERAS'] = '1'", 2, True),
        ("import tf_keras", 2, True),
        ("from keras import ops", 3, True),
        ("print 'loss'", 2, True),
        ("embedding = Embedding(input_dim=9, output_dim=3)", 3, False),
    ],
)
def test_what_a_script_shows(line: str, version: int, sure: bool) -> None:
    found, evidence = keras_version(script(f"{PLAIN}{line}\n"))
    assert (found, bool(evidence)) == (version, sure)


def test_what_outranks_what(tmp_path: Path) -> None:
    folder = tmp_path / "src"
    folder.mkdir()
    (tmp_path / "requirements.txt").write_text("keras==2.3.1\n")
    path = str(folder / "train.py")
    assert keras_version(script(PLAIN, path, path)) == (2, "requirements.txt")
    assert keras_version(script(PLAIN, path, path), "3")[0] == 3
    (tmp_path / "requirements.txt").write_text("keras>=3\n")
    assert keras_version(script(PLAIN + "model.fit(x, y, nb_epoch=3)\n", path, path)) == (3, "requirements.txt")
    # What can't even be imported with Keras 3 is not for Keras 3.
    assert keras_version(script(PLAIN + "from keras.layers.core import Dense\n", path, path))[0] == 2
    (folder / "setup.py").write_text("")
    assert keras_version(script(PLAIN, path, path)) == (3, "")


@pytest.mark.parametrize(("version", "severities"), [("2", []), ("3", ["error"]), ("auto", ["warning"])])
def test_what_only_keras_3_refuses(version: str, severities: list[str]) -> None:
    result = check_source(script(PLAIN), Settings(keras_version=version))
    assert [diagnostic.severity for diagnostic in result.diagnostics] == severities


def test_the_setting(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train = tmp_path / "train.py"
    train.write_text(PLAIN)
    assert main(["check", "--isolated", "--keras-version", "2", str(train)]) == 0
    assert main(["check", "--isolated", "--keras-version", "3", str(train)]) == 1
    (tmp_path / "pyproject.toml").write_text('[tool.lstmlint]\nkeras-version = "2"\n')
    assert main(["check", str(train)]) == 0
    (tmp_path / "pyproject.toml").write_text('[tool.lstmlint]\nkeras-version = "4"\n')
    with pytest.raises(ConfigError):
        load([str(train)], {})
    capsys.readouterr()
