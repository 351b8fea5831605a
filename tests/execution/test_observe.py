"""Scripts in the sandbox: what is seen of them, and what they are kept from."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
import tempfile
from pathlib import Path

import pytest

from lstmlint.execution import mirror as mirroring
from lstmlint.execution import observe as observing
from lstmlint.execution.mirror import home_of, mirror
from lstmlint.execution.observation import Observation
from lstmlint.execution.observe import observe
from lstmlint.sandbox import process
from lstmlint.sandbox.process import Failed
from lstmlint.sources.read import read

linux = pytest.mark.skipif(sys.platform != "linux", reason="what stands between is Linux's own")


def ran(path: Path, text: str, seconds: float = 20, memory: int = 400, arguments: tuple[str, ...] = ()) -> Observation | Failed:
    """What comes of a script with this text."""
    path.write_text(text, encoding="utf-8")
    outcome, _ = observe(read(str(path)), seconds, memory, arguments)
    return outcome


def seen(path: Path, text: str, arguments: tuple[str, ...] = ()) -> Observation:
    outcome = ran(path, text, arguments=arguments)
    assert isinstance(outcome, Observation), outcome
    return outcome


def told(outcome: Observation) -> str:
    """The words of what the script raised to tell something."""
    assert outcome.story is not None
    return outcome.story.message


@linux
class TestWhatAScriptSees:
    def test_its_place_and_its_arguments(self, tmp_path: Path) -> None:
        text = "import os, sys\nraise ValueError(__name__, os.path.basename(__file__), sys.argv[1:], sorted(os.listdir('.')))"
        (tmp_path / "data").mkdir()
        outcome = seen(tmp_path / "train.py", text, ("--epochs", "3"))
        assert told(outcome) == "('__main__', 'train.py', ['--epochs', '3'], ['data', 'train.py'])"

    def test_its_data(self, tmp_path: Path) -> None:
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / "small.txt").write_text("12")
        (tmp_path / "data" / "large.txt").write_text("x" * (3 << 20))
        text = "raise ValueError(open('data/small.txt').read(), len(open('data/large.txt').read()))"
        assert told(seen(tmp_path / "train.py", text)) == "('12', 3145728)"

    def test_its_modules(self, tmp_path: Path) -> None:
        (tmp_path / "tools").mkdir()
        (tmp_path / "tools" / "__init__.py").write_text("")
        (tmp_path / "tools" / "load.py").write_text("import numpy as np\ndef load():\n    x = np.zeros((3, 4))\n    return x\n")
        outcome = seen(tmp_path / "train.py", "from tools.load import load\ny = load()\n")
        places = {(os.path.basename(unit[0]), span.start_row): found for (unit, span), found in outcome.seen.items()}
        assert places["load.py", 3][0].shape == places["train.py", 2][0].shape == (3, 4)

    @pytest.mark.parametrize("level", [".", ".."])
    def test_its_package(self, level: str, tmp_path: Path) -> None:
        """With relative imports, it runs as a module of its package does."""
        for folder in (tmp_path / "top", tmp_path / "top" / "inner"):
            folder.mkdir()
            (folder / "__init__.py").write_text("")
            (folder / "tools.py").write_text("x = 3\n")
        (tmp_path / "pyproject.toml").write_text("")
        outcome = seen(tmp_path / "top" / "inner" / "train.py", f"from {level}tools import x\nimport top.tools\nassert x == 3\n")
        assert outcome.end == "end", outcome.story

    def test_its_package_is_the_project(self, tmp_path: Path) -> None:
        (tmp_path / "tools.py").write_text("x = 3\n")
        assert seen(tmp_path / "train.py", "from .tools import x\n").end == "end"

    def test_arguments_that_it_needs(self, tmp_path: Path) -> None:
        text = "import argparse\np = argparse.ArgumentParser()\np.add_argument('--data', required=True)\np.parse_args()\n"
        outcome = seen(tmp_path / "train.py", text)
        assert outcome.end == "exit" and told(outcome) == "2: the following arguments are required: --data"

    def test_what_keras_has_downloaded(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "home" / ".keras" / "datasets").mkdir(parents=True)
        (tmp_path / "home" / ".keras" / "datasets" / "a.txt").write_text("12")
        monkeypatch.setenv("HOME", str(tmp_path / "home"))
        (tmp_path / "project").mkdir()
        text = (
            "import os\nhome = os.path.expanduser(os.environ.get('KERAS_HOME', '~/.keras'))\nassert os.access(home, os.W_OK)\n"
            "open(home + '/datasets/b.txt', 'w')\nraise ValueError(open(home + '/datasets/a.txt').read())"
        )
        assert told(seen(tmp_path / "project" / "train.py", text)) == "12"
        assert os.listdir(tmp_path / "home" / ".keras" / "datasets") == ["a.txt"]

    def test_cells(self, tmp_path: Path) -> None:
        cells = [
            "%matplotlib inline\nimport numpy as np",
            "!pip install x\nX = np.zeros((5, 2))\ndisplay(X)",
            "get_ipython().magic('x')",
        ]
        listed = [{"cell_type": "code", "source": text, "metadata": {}, "outputs": []} for text in cells]
        outcome = seen(tmp_path / "train.ipynb", json.dumps({"cells": listed, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
        assert outcome.end == "end"
        found = {(unit[1], span.start_row, shapes[0].shape) for (unit, span), shapes in outcome.seen.items()}
        assert found == {(2, 2, (5, 2)), (2, 3, (5, 2))}

    def test_columns_are_of_characters(self, tmp_path: Path) -> None:
        outcome = seen(tmp_path / "train.py", "import numpy as np\ns = 'äöü'; X = np.zeros(3)\n")
        ((_, span),) = outcome.seen
        assert (span.start_column, span.end_column) == (16, 27)

    def test_a_cell_of_the_old_python(self, tmp_path: Path) -> None:
        outcome = seen(tmp_path / "train.py", "print 'x'\n")
        assert outcome.end == "unread" and outcome.story is not None and outcome.story.type == "SyntaxError"


@linux
class TestWhatAScriptWaitsFor:
    def test_sleep(self, tmp_path: Path) -> None:
        assert seen(tmp_path / "train.py", "import time\nfor _ in range(5): time.sleep(1000)").end == "end"

    def test_input(self, tmp_path: Path) -> None:
        outcome = seen(tmp_path / "train.py", "input('name? ')")
        assert outcome.end == "raised" and outcome.story is not None and outcome.story.type == "EOFError"

    def test_exit(self, tmp_path: Path) -> None:
        assert seen(tmp_path / "train.py", "import sys\nsys.exit(3)").end == "exit"

    def test_what_takes_too_long_tells_where_it_was(self, tmp_path: Path) -> None:
        inside = "    try:\n        while True:\n            x = x + 1\n    except:\n        pass\n"
        text = f"import numpy as np\nx = np.zeros(3)\nwhile True:\n{inside}"
        outcome = ran(tmp_path / "train.py", text, seconds=5)
        assert isinstance(outcome, Observation) and outcome.end == "time"
        assert outcome.story is not None and outcome.story.rows[-1][1] in (5, 6)
        assert any(found[0].shape == (3,) for found in outcome.seen.values())


DENIED = r"Permission denied|Read-only file system"
WRITE = "import os\nfor d in range(3, 64):\n    try: os.write(d, "
HOSTILE = {
    "import socket\nsocket.create_connection(('127.0.0.1', 9), 1)": "Network is unreachable",
    "import urllib.request\nurllib.request.urlopen('http://example.org')": "",
    "open('OUTSIDE', 'w').write('x')": DENIED,
    "import os\nos.remove('KEPT')": DENIED,
    "open('KEPT', 'a').write('x')": DENIED,
    "open('link.bin', 'r+b').write(b'x')": DENIED,
    "import os\nos.link('KEPT', 'own')\nopen('own', 'a').write('x')": "Invalid cross-device link",
    "import os\nos.rename('KEPT', 'own')": "",
    "import os\nos.chmod('KEPT', 0)\nos.utime('KEPT', (1, 1))": "Read-only file system",
    "import os\nfor _ in range(1500):\n    os.mkdir('d'); os.chdir('d')\n": "end",
    "import os\nos.makedirs('a/b'); open('a/b/c', 'w')\nos.chmod('a/b', 0); os.chmod('a', 0)\n": "end",
    "import os, sys\nif os.fork() == 0:\n    sys.exit('child')\nos.wait()\nraise ValueError('parent')": "parent",
    "open('made.py', 'w').write('import numpy as np\\nx = np.zeros(3)\\n')\nimport made": "end",
    "import subprocess\nsubprocess.Popen(['sleep', '1000'], start_new_session=True)": "end",
    "import builtins\nbuiltins.sorted = builtins.isinstance = builtins.list = None": "",
    "import sys\nsys.modules.clear()": "",
    "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True: pass": "took longer than 6 s",
    "import os\nfor _ in range(1000):\n    if os.fork() == 0:\n        while True: os.getpid()\n": "more than",
    "bytearray(100 << 30)": "MemoryError",
    "x = [bytearray(b'1') * (8 << 20) for _ in range(999)]\nwhile True: pass": "more than 400 MB of memory",
    "while True:\n    pass": "time",
    "import threading\nthreading.Event().wait()": "time",
    "def f(n):\n    try:\n        f(n + 1)\n    except BaseException:\n        f(n)\nf(0)": "time",
    "for _ in range(256):\n    print('x' * (1 << 20))": "end",
    "raise ValueError('x' * (1 << 30))": "",
    "import os\nraise ValueError([name for name in os.environ if 'TOKEN' in name or 'KEY' in name])": r"\[\]",
    "import os\nraise ValueError(open(os.path.expanduser('~/.netrc')).read())": "No such file",
    "import os, signal\nos.kill(os.getppid(), 9)\nos.killpg(0, 9)": "",
    "import os\nos._exit(0)": "ended with status 0",
    f"{WRITE}b'nonsense\\n')\n    except OSError: pass\nos._exit(0)": "no sensible answer",
    f"{WRITE}b'{{\"end\": \"end\", \"seen\": 3}}\\n')\n    except OSError: pass\nos._exit(0)": "no sensible answer",
    "import sys\nsys.setrecursionlimit(10**9)\ndef f(): f()\nf()": "",
    "import sys\nsys.stdin.read()\nsys.stdout.close()\nsys.stderr.close()": "",
}  # fmt: skip
"""What a script may try, and what is said of it."""


def at_work(folder: Path) -> list[str]:
    """The processes that have their working folder in there."""
    found = []
    for one in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if os.readlink(one / "cwd").startswith(str(folder)):
                found.append(one.name)
    return found


@linux
@pytest.mark.parametrize(("text", "said"), HOSTILE.items())
def test_hostile_scripts(text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is contained, within its limits, and told of in one line; the project is as it was."""
    monkeypatch.setenv("AWS_SECRET_KEY", "hidden")
    project, outside, temporary = tmp_path / "project", tmp_path / "outside", tmp_path / "temporary"
    project.mkdir()
    temporary.mkdir()
    (project / "kept.txt").write_text("as it was")
    (project / "link.bin").write_bytes(b"1" * (2 << 20))
    monkeypatch.setattr(mirroring, "LARGEST", 1 << 20)
    before = (project / "kept.txt").stat()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    script = text.replace("OUTSIDE", str(outside)).replace("KEPT", str(project / "kept.txt"))
    outcome = ran(project / "train.py", script, seconds=6)
    words = outcome.reason if isinstance(outcome, Failed) else f"{outcome.end} {outcome.story or ''}"
    assert re.search(said, words)
    assert len(words) < 5000 and (isinstance(outcome, Observation) or "\n" not in words)
    assert not outside.exists() and (project / "kept.txt").read_text() == "as it was"
    assert (project / "link.bin").read_bytes() == b"1" * (2 << 20)
    after = (project / "kept.txt").stat()
    assert (before.st_mode, before.st_mtime) == (after.st_mode, after.st_mtime)
    assert sorted(path.name for path in project.iterdir()) == ["kept.txt", "link.bin", "train.py"]
    assert list(temporary.iterdir()) == []
    assert not at_work(temporary)


@linux
def test_what_a_script_writes_goes_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_text("as it was")
    (tmp_path / "models").mkdir()
    text = (
        "import os\nopen('old.txt', 'w').write('new')\nopen('models/a.txt', 'w').write('new')\nos.makedirs('deep/er')\n"
        "os.replace('old.txt', 'older.txt')\nraise ValueError(open('older.txt').read(), os.listdir('models'))"
    )
    assert told(seen(tmp_path / "train.py", text)) == "('new', ['a.txt'])"
    assert (tmp_path / "old.txt").read_text() == "as it was"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["models", "old.txt", "train.py"]


@linux
def test_without_walls_it_does_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system has none, and --no-sandbox is not said."""
    child = tmp_path / "child.py"
    child.write_text("import sys\nprint('{\"open\": [\"network\"]}', flush=True)\nsys.stdin.readline()\nopen('ran', 'w')\n")
    monkeypatch.setattr(observing, "CHILD", child)
    monkeypatch.setattr(process, "_bubblewrap", lambda: None)
    outcome = ran(tmp_path / "train.py", "x = 1")
    assert isinstance(outcome, Failed) and "kept from" in outcome.reason


ORDINARY = {
    "a pool": "import multiprocessing\ndef f(x): return x + 1\n"
    "with multiprocessing.Pool(2) as pool: assert pool.map(f, [1, 2]) == [2, 3]",
    "a new interpreter": "import multiprocessing\ndef f(x): return x + 1\nif __name__ == '__main__':\n"
    "    with multiprocessing.get_context('spawn').Pool(1) as pool: assert pool.map(f, [1, 2]) == [2, 3]",
    "shared memory": "from multiprocessing import shared_memory\n"
    "own = shared_memory.SharedMemory(create=True, size=9)\nown.unlink()",
    "joblib": "from joblib import Parallel, delayed\ndef g(x): return abs(x)\ndef f(x): return g(x)\n"
    "assert Parallel(n_jobs=2)(delayed(f)(x) for x in (1, -2)) == [1, 2]",
    "who it is": "import os\nassert os.getuid() == USER",
    "a module with a mark": "import marked\nassert marked.x == 1",
    "a module in Latin-1": "import latin\nassert latin.x == chr(233)",
    "a long sum": "x = " + " + ".join(["'a'"] * 800) + "\nassert len(x) == 800",
    "a hidden folder": "assert open('.settings/a.txt').read() == 'x'",
    "a program": "import subprocess\nsubprocess.run(['./program.sh'], check=True)",
    "an old model": "open('model.bin', 'wb').write(b'new')",
    "what lies beside": "assert open('../beside.txt').read() == 'x'",
    "windows": "import matplotlib\nmatplotlib.use('TkAgg')\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
    "a look for a module": "import importlib.util\nassert importlib.util.find_spec('matplotlib')\n"
    "import matplotlib\nmatplotlib.use('TkAgg')",
    "sleep": "import pickle, time\nassert pickle.loads(pickle.dumps(time.sleep)) is time.sleep",
}
"""What scripts do, and what ends in the sandbox as it does elsewhere."""


@linux
@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_scripts(name: str, tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / ".settings").mkdir(parents=True)
    (project / ".settings" / "a.txt").write_text("x")
    (project / "pyproject.toml").write_text("")
    (tmp_path / "beside.txt").write_text("x")
    (project / "marked.py").write_bytes(b"\xef\xbb\xbfx = 1\n")
    (project / "latin.py").write_bytes(b"# coding: latin-1\nx = '\xe9'\n")
    (project / "program.sh").write_text("#!/bin/sh\ntrue\n")
    (project / "program.sh").chmod(0o755)
    (project / "model.bin").write_bytes(b"1" * (2 << 20))
    outcome = seen(project / "train.py", ORDINARY[name].replace("USER", str(os.getuid())))
    assert outcome.end == "end", outcome.story
    assert (project / "model.bin").stat().st_size == 2 << 20


@linux
def test_a_script_finds_its_own_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As psutil looks for it, to tell how much memory there is."""
    monkeypatch.setattr(process, "_bubblewrap", lambda: None)
    assert seen(tmp_path / "train.py", "import os\nassert os.readlink('/proc/self') == str(os.getpid())").end == "end"


def test_the_mirror_is_not_in_itself(tmp_path: Path) -> None:
    own = tmp_path / "temporary"
    (tmp_path / "a.py").write_text("1")
    mirror(str(tmp_path), str(own / "project"), str(own))
    assert sorted(str(path.relative_to(own)) for path in own.rglob("*")) == ["project", "project/a.py"]


def test_the_mirror_leaves_out_what_no_script_reads(tmp_path: Path) -> None:
    project, copy = tmp_path / "project", tmp_path / "copy"
    for folder in (".git/objects", "venv/lib", "node_modules/x", "src/deep"):
        (project / folder).mkdir(parents=True)
    (project / "venv" / "pyvenv.cfg").write_text("")
    (project / "src" / "deep" / "a.py").write_text("1")
    os.symlink("/nowhere", project / "broken")
    os.mkfifo(project / "pipe")
    mirror(str(project), str(copy))
    assert sorted(str(path.relative_to(copy)) for path in copy.rglob("*")) == ["broken", "pipe", "src", "src/deep", "src/deep/a.py"]
    assert not (copy / "src" / "deep" / "a.py").is_symlink()


def test_where_a_script_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "src").mkdir()
    script = str(tmp_path / "src" / "train.py")
    root = os.path.realpath(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert home_of(script, notebook=False) == (root, root)
    assert home_of(script, notebook=True) == (root, os.path.join(root, "src"))
    monkeypatch.chdir("/")
    assert home_of(script, notebook=False) == (root, os.path.join(root, "src"))
