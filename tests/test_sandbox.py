"""What a program that is run apart can do, and what becomes of it."""

from __future__ import annotations

import json
import os
import site
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from lstmlint.cli import main
from lstmlint.confirm import sandbox
from lstmlint.confirm.program import Program
from lstmlint.confirm.sandbox import WORKER, Passed, Raised, run_all
from lstmlint.sandbox import process, walls
from lstmlint.sandbox.process import Failed, Limits

MUCH = "import time\nx = [bytearray(b'1') * (8 << 20) for _ in range(999) if not time.sleep(0.01)]"
HOSTILE = {
    "import socket\nsocket.create_connection(('127.0.0.1', 9), 1)": "Network is unreachable",
    "open('OUTSIDE', 'w').write('x')": "outside'",
    "import os\nos.mkdir('OUTSIDE')": "outside'",
    "import os, time\nfor _ in range(24):\n    if os.fork() == 0:\n        break\ntime.sleep(30)": "more than 12 processes",
    "bytearray(100 << 30)": "MemoryError",
    MUCH: "more than 300 MB of memory",
    "while True:\n    pass": "longer than 4 s",
    "import time\ntime.sleep(1e6)": "longer than 4 s",
    "for _ in range(1024):\n    print('x' * (1 << 20))": "nothing",
    "raise ValueError('x' * (1 << 30))": "",
    "open('file', 'w').write('x' * (2 << 20))": "File too large",
    "import os\nraise ValueError([name for name in os.environ if 'TOKEN' in name or 'KEY' in name])": "[]",
    "import os, signal\nos.kill(os.getppid(), 9)\nos.killpg(0, 9)": "",
    "import sys\nsys.stdin.read()\nsys.exit('bye')": "bye",
}
"""Programs that no script could bring forth, and what is said of them."""


def workers(limit: str) -> list[list[str]]:
    """The processes that still run the worker with this limit."""
    lines = [path.read_text(errors="replace").split("\0") for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    return [line for line in lines if str(WORKER) in line and limit in line]


@pytest.mark.skipif(sys.platform != "linux", reason="what stands between is Linux's own")
class TestSandbox:
    def test_what_programs_do(self) -> None:
        texts = [
            "x = 1",
            "import numpy\nnumpy.zeros(3).reshape(4)",
            "print('x' * 100000)\nimport sys\nsys.exit",
            "import os\nraise ValueError(sorted(os.environ), os.listdir())",
            "import no_such_module",
        ]
        outcomes = run_all([Program(text, 1, keras=False) for text in texts])
        passed, raised, printed, looked, missing = outcomes
        assert isinstance(passed, Passed) and isinstance(printed, Passed)
        assert isinstance(raised, Raised) and raised.line == 2 and "cannot reshape" in raised.message
        assert isinstance(looked, Raised) and looked.message.endswith("[])") and "SECRET" not in looked.message
        assert isinstance(missing, Failed) and "no_such_module" in missing.reason

    def test_a_broken_worker_costs_one_program(self) -> None:
        texts = ["while True: pass", "x = 1", "import os\nos._exit(3)", "x = 1", MUCH, "x = 1"]
        limits = Limits(program=4.0, memory=300)
        outcomes = run_all([Program(text, 1, keras=False) for text in texts], limits)
        assert [type(outcome) for outcome in outcomes] == [Failed, Passed] * 3
        reasons = [outcome.reason for outcome in outcomes if isinstance(outcome, Failed)]
        ended = "the process that runs the programs ended with status 3"
        assert reasons == ["it took longer than 4 s", ended, "it took more than 300 MB of memory"]

    @pytest.mark.parametrize(("text", "said"), HOSTILE.items())
    def test_hostile_programs(self, text: str, said: str, tmp_path: Path) -> None:
        """Each is held off and reported in one line, and what comes after it runs."""
        outside = tmp_path / "outside"
        hostile = Program(text.replace("OUTSIDE", str(outside)), 1, keras=False)
        limits = Limits(program=4.0 if "4 s" in said else 60, memory=300, processes=12, file=1, restarts=1)
        first, second = run_all([hostile, Program("x = 1", 1, keras=False)], limits)
        assert isinstance(second, Passed)
        words = first.reason if isinstance(first, Failed) else first.message if isinstance(first, Raised) else "nothing"
        assert said in words and "\n" not in words
        assert not outside.exists()

    def test_nothing_is_left_behind(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        text = "import os\nopen('file', 'w').write('x' * 99)\nos.makedirs('deep/er')\nif os.fork() == 0:\n    os.setsid()\n"
        text += "    import time\n    time.sleep(77.25)"
        (outcome,) = run_all([Program(text, 1, keras=False)], Limits(total=7391))
        assert isinstance(outcome, Passed)
        assert list(tmp_path.iterdir()) == []
        assert not any(b"77.25" in path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists())
        assert not workers("7391")

    def test_what_is_not_isolated_is_said(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Where there are neither namespaces nor Landlock."""
        worker = tmp_path / "confirm" / "worker.py"
        for part in ("confirm", "sandbox"):
            (tmp_path / part).mkdir()
        worker.write_text(WORKER.read_text())
        without = "\n\ndef raise_walls(folder):\n    return ['network', 'files']\n"
        (tmp_path / "sandbox" / "walls.py").write_text(Path(walls.__file__).read_text() + without)
        monkeypatch.setattr(sandbox, "WORKER", worker)
        monkeypatch.setattr(process, "_bubblewrap", lambda: None)
        text = "import torch\nx = torch.zeros(3, 4).view(5)\nout, h = torch.nn.LSTM(5, 3)(x)\n"
        (tmp_path / "train.py").write_text(text)
        assert main(["confirm", "--isolated", "--output-format", "concise", str(tmp_path / "train.py")]) == 1
        kept = "the programs were not kept from writing files elsewhere and the network"
        assert capsys.readouterr().err == f"lstmlint: {kept}: there are no means for it here\n"

    @pytest.mark.parametrize("text", ['while [ "$1" != -- ]; do shift; done; shift; exec "$@"', "sleep 1000", "exit 0", "exit 1"])
    def test_a_bubblewrap_that_does_not_keep_its_word(self, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """It is tried, and left alone; the walls of the process itself stand."""
        (tmp_path / "bwrap").write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / "bwrap").chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
        monkeypatch.setattr(process, "_TRIAL", 2.0)
        process._bubblewrap.cache_clear()
        try:
            assert process._bubblewrap() is None
            text = "import socket\nsocket.create_connection(('127.0.0.1', 9), 1)"
            (outcome,) = run_all([Program(text, 1, keras=False)])
        finally:
            process._bubblewrap.cache_clear()
        assert isinstance(outcome, Raised) and "unreachable" in outcome.message
        assert not any(b"1000" in path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists())

    def test_packages_of_the_user_are_found(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "of_the_user.py").write_text("x = 3\n")
        monkeypatch.setattr(site, "ENABLE_USER_SITE", True)
        monkeypatch.setattr(site, "getusersitepackages", lambda: str(tmp_path))
        (outcome,) = run_all([Program("import of_the_user, os\nraise ValueError(of_the_user.x, len(os.environ))", 1, keras=False)])
        assert isinstance(outcome, Raised) and outcome.type == "ValueError"

    def test_the_end_of_all_time(self) -> None:
        programs = [Program("import time\ntime.sleep(9)", 1, keras=False)] * 9
        outcomes = run_all(programs, Limits(total=0.3))
        assert all(isinstance(outcome, Failed) for outcome in outcomes)

    def test_an_interpreter_that_is_not_there(self) -> None:
        (outcome,) = run_all([Program("x = 1", 1)], python="/nowhere/python")
        assert isinstance(outcome, Failed)

    def test_an_interpreter_that_is_too_old(self, tmp_path: Path) -> None:
        (tmp_path / "python").write_text("#!/bin/sh\nexit 2\n")
        (tmp_path / "python").chmod(0o755)
        (outcome,) = run_all([Program("x = 1", 1)], python=str(tmp_path / "python"))
        assert isinstance(outcome, Failed) and outcome.reason.endswith(f"status 2; {tmp_path}/python must be Python 3.9 or later")

    def test_secrets_stay_outside(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hidden")
        program = Program("import os\nraise ValueError(os.environ.get('AWS_SECRET_ACCESS_KEY'))", 1, keras=False)
        (outcome,) = run_all([program])
        assert isinstance(outcome, Raised) and outcome.message == "None"


def test_where_no_library_is_installed_the_worker_says_what_is_missing() -> None:
    """Without site-packages, as in an environment with nothing but lstmlint."""
    command = [sys.executable, "-I", "-S", str(WORKER), "60", "2000"]
    run = subprocess.run(command, input='"import keras"\n', capture_output=True, text=True, timeout=60, check=False)
    answer = json.loads(run.stdout.splitlines()[-1])
    assert (answer["type"], answer["missing"]) == ("ModuleNotFoundError", "keras")
