"""`--add-noqa`: comments that silence, and not one byte more."""
from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from lstmlint.cli import main
from tests.programs import find_calls

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    find_calls(monkeypatch)


def added(before: bytes, name: str = "a.py", status: int = 0) -> bytes:
    """What becomes of a file, after which nothing more is found in it."""
    path = Path(name)
    path.write_bytes(before)
    assert main(["check", "--add-noqa", name]) == status
    after = path.read_bytes()
    assert main(["check", name, "--output-format", "concise"]) == (0 if status == 0 else 1)
    assert main(["check", "--add-noqa", name]) == status
    assert path.read_bytes() == after
    return after


@pytest.mark.parametrize(
    "before, after",
    [
        ("ERROR(1)\n", "ERROR(1)  # noqa: LST102\n"),
        ("ERROR(1)", "ERROR(1)  # noqa: LST102"),
        ("ERROR(WARNING(1))  \n", "ERROR(WARNING(1))  # noqa: LST102, LST201\n"),
        ("ERROR(1)  # so\n", "ERROR(1)  # so  # noqa: LST102\n"),
        ("ERROR(1)  # noqa: E501\n", "ERROR(1)  # noqa: E501, LST102\n"),
        ("ERROR(1)  # noqa: E501 # so\n", "ERROR(1)  # noqa: E501, LST102 # so\n"),
        ("ERROR(1)  # lstmlint: ignore[LST201]\n", "ERROR(1)  # lstmlint: ignore[LST201]  # noqa: LST102\n"),
        ("ERROR(\n  1,\n)\n", "ERROR(  # noqa: LST102\n  1,\n)\n"),
        ("x = 1 + \\\n  ERROR(1)\n", "x = 1 + \\\n  ERROR(1)  # noqa: LST102\n"),
        ("ERROR(1) + \\\n  2\n", "ERROR(1) + \\\n  2  # noqa: LST102\n"),
        ("ERROR('''a\n# b\n''')\n", "ERROR('''a\n# b\n''')  # noqa: LST102\n"),
        ("if ERROR(1):\n\tERROR(2)\n", "if ERROR(1):  # noqa: LST102\n\tERROR(2)  # noqa: LST102\n"),
        ("ERROR(1)\r\nx = 1\r\n", "ERROR(1)  # noqa: LST102\r\nx = 1\r\n"),
        ("x = '# noqa: E501'; ERROR(1)\n", "x = '# noqa: E501'; ERROR(1)  # noqa: LST102\n"),
    ],
)
def test_lines(before: str, after: str) -> None:
    assert added(f"# LSTM\n{before}".encode()) == f"# LSTM\n{after}".encode()


def test_infos_and_what_is_silenced_already_are_left_alone(capsys: Capture) -> None:
    before = b"# LSTM\nINFO(1)\nERROR(2)  # noqa\n# lstmlint: ignore\nERROR(3)\n"
    assert added(before) == before
    assert capsys.readouterr().out.startswith("Nothing to silence.\n")


def test_encoding_mark_and_mode_stay() -> None:
    text = "# coding: latin-1\ngr\xfc\xdfe = 'LSTM'; ERROR(1)"
    assert added(text.encode("latin-1")) == f"{text}  # noqa: LST102".encode("latin-1")
    marked = b"\xef\xbb\xbf# LSTM\rERROR(1)\r"
    os.chmod("a.py", 0o755)
    assert added(marked) == b"\xef\xbb\xbf# LSTM\rERROR(1)  # noqa: LST102\r"
    assert stat.S_IMODE(os.stat("a.py").st_mode) == 0o755
    assert sorted(os.listdir()) == ["a.py"]


def test_a_link_stays_one() -> None:
    Path("real.py").write_text("# LSTM\nERROR(1)\n")
    Path("a.py").symlink_to("real.py")
    assert main(["check", "--add-noqa", "a.py"]) == 0
    assert Path("a.py").is_symlink()
    assert Path("real.py").read_text() == "# LSTM\nERROR(1)  # noqa: LST102\n"


def test_notebooks_change_nowhere_else() -> None:
    source = '"# LSTM\\u00fc\\n",\n    "ERROR(1)\\n",\n "%%time ERROR(2)", "\\nERROR(3)"'
    cell = f'{{"outputs": [1.0, 1e2],\n   "source": [\n {source}], "cell_type": "code"}}'
    text = f'{{"nbformat": 4,"cells" : [\n {cell}\n],\n\n"metadata":{{"x": "ERROR(1)"}} }}'
    after = added(text.encode(), "a.ipynb").decode()
    assert after == text.replace('ERROR(1)\\n"', 'ERROR(1)  # noqa: LST102\\n"').replace('ERROR(3)"', 'ERROR(3)  # noqa: LST102"')
    assert json.loads(after)["cells"][0]["source"][1] == "ERROR(1)  # noqa: LST102\n"


def test_what_cannot_be_read_is_left(capsys: Capture) -> None:
    before = b"# LSTM\nx = = '''\nERROR(1)\n"
    assert added(before, status=2) == before
    assert "a.py:2: LST901: no comments are put into a file that can't be read whole" in capsys.readouterr().err


def test_what_the_baseline_admits_is_left() -> None:
    Path("a.py").write_text("# LSTM\nERROR(1)\n")
    assert main(["check", "--baseline", "b.json", "--update-baseline"]) == 0
    Path("a.py").write_text("# LSTM\nERROR(1)\nERROR(2)\n")
    assert main(["check", "--baseline", "b.json", "--add-noqa"]) == 0
    assert Path("a.py").read_text() == "# LSTM\nERROR(1)\nERROR(2)  # noqa: LST102\n"


@pytest.mark.parametrize("option", ["--fix", "--diff", "--watch", "-"])
def test_what_it_does_not_go_with(option: str) -> None:
    assert main(["check", "--add-noqa", option]) == 2
