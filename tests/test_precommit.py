"""The hook, run by the real pre-commit on a scratch repository."""
from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv", "venv", "*_cache", ".hypothesis", "__pycache__", "*.egg-info", "build", "dist"
)  # fmt: skip

BUGGY = """\
from keras.layers import LSTM, Dense
from keras.models import Sequential

model = Sequential()
model.add(LSTM(50, input_shape=(60, 1)))
model.add(LSTM(50))
model.add(Dense(1))
"""
FIXED = BUGGY.replace("input_shape", "return_sequences=True, input_shape")


def run(folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment = {"PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]), **environment}
    return subprocess.run(
        command, cwd=folder, env={**inherited, **environment}, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )  # fmt: skip


def committed(folder: Path) -> Path:
    """`folder` as a repository with everything in it committed."""
    for command in (
        ["git", "init", "-q"],
        ["git", "add", "-A"],
        ["git", "-c", "user.name=test", "-c", "user.email=test@example.org", "commit", "-q", "-m", "everything"],
    ):
        done = run(folder, *command)
        assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of this working tree, uncommitted changes included."""
    folder = tmp_path_factory.mktemp("tool") / "lstmlint"
    shutil.copytree(ROOT, folder, ignore=NOT_COPIED)
    return committed(folder)


def test_hook_fails_on_a_buggy_script_and_passes_on_the_fixed_one(tool: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "train.py").write_text(BUGGY)
    (project / "notes.txt").write_text("LSTM(50)")
    committed(project)
    command = [sys.executable, "-m", "pre_commit", "try-repo", str(tool), "lstmlint", "--files", "train.py", "notes.txt"]
    home = str(tmp_path / "pre-commit")

    failed = run(project, *command, PRE_COMMIT_HOME=home)
    assert failed.returncode == 1, failed.stdout + failed.stderr
    assert "train.py:6:" in failed.stdout and "LST102" in failed.stdout, failed.stdout

    (project / "train.py").write_text(FIXED)
    passed = run(project, *command, PRE_COMMIT_HOME=home)
    assert passed.returncode == 0, passed.stdout + passed.stderr


def test_hook_that_corrects(tool: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "train.py").write_text(BUGGY)
    committed(project)
    command = [sys.executable, "-m", "pre_commit", "try-repo", str(tool), "lstmlint-fix", "--files", "train.py"]

    corrected = run(project, *command, PRE_COMMIT_HOME=str(tmp_path / "pre-commit"))
    assert corrected.returncode == 1 and "files were modified by this hook" in corrected.stdout, corrected.stdout
    assert "LSTM(50, input_shape=(60, 1), return_sequences=True)" in (project / "train.py").read_text()

    assert run(project, *command, PRE_COMMIT_HOME=str(tmp_path / "pre-commit")).returncode == 0
