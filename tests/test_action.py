"""The GitHub Action: what it runs, run here; nothing in an input is read as code."""
from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
WRONG = "from keras import Sequential\nfrom keras.layers import LSTM\nm = Sequential([LSTM(5, input_shape=(9, 3)), LSTM(4)])\n"


def test_inputs_reach_the_script_in_variables_only() -> None:
    text = (ROOT / "action.yml").read_text()
    script = text[text.index("      run:") :]
    assert "integrations/github-action.sh" in script and "${{" not in script
    given = (ROOT / "integrations/github-action.sh").read_text()
    variables = [line.split(":")[0].strip() for line in text[text.index("      env:") : text.index("      run:")].splitlines()[1:]]
    assert len(variables) == 5 and all(f"${{{name}" in given or f"${name}" in given for name in variables)
    assert "eval" not in given and "sh -c" not in given


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the Action installs from."""
    folder = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "README.md", "lstmlint", "integrations"):
        (folder / name).symlink_to(ROOT / name)
    return folder


def test_what_it_runs(tmp_path: Path, installed: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    for name in ("train.py", "a b.py", "$(touch pwned).py", "`touch pwned`.py", "-x.py"):
        (project / name).write_text(WRONG)
    (project / "fine.py").write_text("print()\n")
    outputs, summary = tmp_path / "outputs", tmp_path / "summary"
    variables = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "LSTMLINT_SOURCE": str(installed),
        "LSTMLINT_PATHS": "train.py\na b.py\n$(touch pwned).py\n`touch pwned`.py\n./-x.py\n",
        "LSTMLINT_ARGUMENTS": "--no-cache\n--exclude\n; touch pwned",
        "LSTMLINT_FORMAT": "github",
        "LSTMLINT_SUMMARY": "true",
        "GITHUB_OUTPUT": str(outputs),
        "GITHUB_STEP_SUMMARY": str(summary),
        **{name: value for name, value in os.environ.items() if name.lower().endswith("_proxy") or name.startswith("PIP_")},
    }
    done = subprocess.run(
        ["bash", str(ROOT / "integrations/github-action.sh")], cwd=project, env=variables, capture_output=True, text=True
    )
    assert done.returncode == 1, done.stderr
    annotations = [line for line in done.stdout.splitlines() if line.startswith("::error ")]
    assert len(annotations) == 5 and all("LST102" in line for line in annotations), done.stdout
    assert summary.read_text().count("LST102") >= 5
    assert outputs.read_text() == "status=1\n"
    assert not any(path.name == "pwned" for path in tmp_path.rglob("*"))
