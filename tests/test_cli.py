"""The commands: formats, exit statuses, settings, and that one bad file never stands in the way of the others."""
from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lstmlint import __version__
from lstmlint.cli import main
from lstmlint.rules.discovery import all_rules
from tests.programs import find_calls

COMMAND = [sys.executable, "-m", "lstmlint", "check"]
IMPORTABLE = {"PYTHONPATH": str(Path(__file__).parent.parent)}

SCRIPT = "import keras  # LSTM\nx = RELATED(1)\nERROR(x)\n"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "LSTMLINT_DEBUG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> None:
    find_calls(monkeypatch)


class Outcome:
    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err
        self.lines = out.splitlines()


def lstmlint(capsys: pytest.CaptureFixture[str], *arguments: str) -> Outcome:
    try:
        status = main(list(arguments))
    except SystemExit as exit:
        status = int(exit.code or 0)
    captured = capsys.readouterr()
    return Outcome(status, captured.out, captured.err)


Capture = pytest.CaptureFixture[str]


@pytest.mark.usefixtures("fake")
class TestCheck:
    def test_findings(self, capsys: Capture) -> None:
        Path("train.py").write_text(SCRIPT)
        Path("other.py").write_text("import numpy\n")
        Path("fine.py").write_text("LSTM(3)\n")
        done = lstmlint(capsys, "check")
        assert done.status == 1
        assert done.out == """\
train.py:3:1: error LST102 it is wrong
  |
2 | x = RELATED(1)
  |     ------- born here
3 | ERROR(x)
  | ^^^^^ this one
  |
  = help: do better

Found 1 error in 1 file (3 checked, 1 without a recurrent layer).
"""
        assert done.err == ""

    def test_concise_and_order(self, capsys: Capture) -> None:
        Path("a.py").write_text("# LSTM\nWARNING(ERROR(1)); ERROR(2)\nERROR(3)\n")
        done = lstmlint(capsys, "check", "--output-format", "concise", "a.py")
        assert done.lines == [
            "a.py:2:1: warning LST201 it is wrong",
            "a.py:2:9: error LST102 it is wrong",
            "a.py:2:20: error LST102 it is wrong",
            "a.py:3:1: error LST102 it is wrong",
            "Found 3 errors and 1 warning in 1 file (1 checked).",
        ]

    def test_json(self, capsys: Capture) -> None:
        Path("a.py").write_text("größe = 'LSTM'; ERROR(größe)\nRELATED(1)")
        done = lstmlint(capsys, "check", "--output-format", "json", "a.py")
        assert done.status == 1
        assert json.loads(done.out) == [
            {
                "code": "LST102",
                "name": "missing-return-sequences",
                "severity": "error",
                "effect": "raises",
                "message": "it is wrong",
                "help": "do better",
                "filename": "a.py",
                "cell": None,
                "location": {"row": 1, "column": 17},
                "end_location": {"row": 1, "column": 22},
                "related": [
                    {
                        "message": "born here",
                        "filename": "a.py",
                        "cell": None,
                        "location": {"row": 2, "column": 1},
                        "end_location": {"row": 2, "column": 8},
                    }
                ],
                "fix": None,
                "url": None,
            }
        ]
        Path("a.py").write_text("# LSTM\n")
        assert json.loads(lstmlint(capsys, "check", "--output-format", "json", "a.py").out) == []

    def test_notebooks(self, capsys: Capture) -> None:
        cells = ["!pip install keras", "RELATED(1)", "%%bash\nERROR(1)", "x = 1\n%time ERROR(2)", "print 'a'"]
        notebook = {"cells": [{"cell_type": "code", "source": source} for source in cells], "metadata": {"about": "LSTM"}}
        Path("a.ipynb").write_text(json.dumps(notebook))
        done = lstmlint(capsys, "check", "--output-format", "json")
        found = json.loads(done.out)
        assert [(f["code"], f["severity"], f["cell"], f["location"]) for f in found] == [
            ("LST102", "error", 4, {"row": 2, "column": 7}),
            ("LST901", "info", 5, {"row": 1, "column": 1}),
        ]
        assert found[0]["related"][0]["cell"] == 2
        assert "a.ipynb:cell 4:2:7: error LST102" in lstmlint(capsys, "check").out

    def test_statuses(self, capsys: Capture) -> None:
        for name, text in {"error": "ERROR(1)", "warning": "WARNING(1)", "info": "INFO(1)", "fine": "f(1)"}.items():
            Path(f"{name}.py").write_text(f"{text}  # LSTM...\n")
        for name, status in {"error": 1, "warning": 1, "info": 0, "fine": 0}.items():
            assert lstmlint(capsys, "check", f"{name}.py").status == status, name
        assert lstmlint(capsys, "check", "--exit-zero").status == 0
        assert lstmlint(capsys, "check", "--exit-zero", "missing.py").status == 2

    def test_files_that_cannot_be_read_are_one_line_each(self, capsys: Capture) -> None:
        Path("a.py").write_text(SCRIPT)
        Path("binary.py").write_bytes(b"LSTM\0")
        Path("latin.py").write_bytes(b"x = 'LSTM \xff'")
        Path("link.py").symlink_to("nowhere")
        Path("bad.ipynb").write_text("LSTM")
        Path("empty.py").touch()
        done = lstmlint(capsys, "check", ".", "missing.py")
        assert done.status == 2
        assert done.err.splitlines() == [
            "lstmlint: bad.ipynb: not a notebook: invalid JSON (Expecting value: line 1 column 1 (char 0))",
            "lstmlint: binary.py: binary: it contains null bytes",
            "lstmlint: latin.py: undecodable: line 1 is not UTF-8, and no other encoding is declared",
            "lstmlint: link.py: broken symbolic link",
            "lstmlint: missing.py: no such file or directory",
        ]
        assert done.lines[-1] == "Found 1 error in 1 file (2 checked, 1 without a recurrent layer, 5 could not be checked)."

    def test_an_internal_error_is_one_line_and_the_others_are_checked(
        self, capsys: Capture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Path("a.py").write_text("CRASH('LSTM')\n")
        Path("b.py").write_text(SCRIPT)
        done = lstmlint(capsys, "check")
        assert done.status == 2
        assert done.err == "lstmlint: a.py: internal error: RuntimeError: a bug of ours\n"
        assert "b.py:3:1" in done.out
        monkeypatch.setenv("LSTMLINT_DEBUG", "1")
        assert "Traceback" in lstmlint(capsys, "check").err

    def test_syntax_errors(self, capsys: Capture) -> None:
        Path("a.py").write_text("import LSTM\nprint 'a'\n")
        Path("deep.py").write_text("# LSTM\nx = " + "(" * 5000 + ")" * 5000)
        done = lstmlint(capsys, "check", "--output-format", "concise")
        assert done.status == 1
        assert done.lines[0].startswith("a.py:2:1: error LST901 ")
        assert done.lines[1] == "deep.py:2:1: error LST901 source is too deeply nested"
        assert "LST901" in lstmlint(capsys, "check", "--select", "LST102").out
        assert lstmlint(capsys, "check", "--ignore", "LST901").status == 0

    def test_suppressions(self, capsys: Capture) -> None:
        lines = ["# LSTM", "ERROR(1)  # noqa", "ERROR(2)  # noqa: LST102", "ERROR(3)  # noqa: E501", "ERROR(", "  4)  # noqa"]
        Path("a.py").write_text("\n".join(lines))
        done = lstmlint(capsys, "check", "--output-format", "concise")
        assert [line.split(":")[1] for line in done.lines[:-1]] == ["4"]

    def test_selection(self, capsys: Capture) -> None:
        Path("a.py").write_text("# LSTM\nERROR(1)\nWARNING(2)\n")

        def codes(*arguments: str) -> list[str]:
            done = lstmlint(capsys, "check", "--output-format", "json", *arguments)
            return [finding["code"] for finding in json.loads(done.out)]

        assert codes() == ["LST102", "LST201"]
        assert codes("--select", "LST1") == ["LST102"]
        assert codes("--select", "lst102, LST2") == ["LST102", "LST201"]
        assert codes("--ignore", "LST2") == ["LST102"]
        assert codes("--ignore", "ALL", "--select", "LST201") == ["LST201"]
        assert codes("--select", "LST2", "--ignore", "LST201") == []
        Path("pyproject.toml").write_text('[tool.lstmlint]\nselect = ["LST2"]\n')
        assert codes() == ["LST201"]
        assert codes("--select", "LST1") == ["LST102"]
        assert codes("--isolated") == ["LST102", "LST201"]

    def test_settings_come_from_the_nearest_file_that_has_some(self, capsys: Capture) -> None:
        Path("sub/deep").mkdir(parents=True)
        Path("sub/pyproject.toml").write_text("[project]\nname = 'x'\n")
        Path("pyproject.toml").write_text('[tool.lstmlint]\nextend-exclude = ["old"]\noutput-format = "concise"\n')
        Path("sub/deep/a.py").write_text(SCRIPT)
        Path("sub/old").mkdir()
        Path("sub/old/b.py").write_text(SCRIPT)
        assert lstmlint(capsys, "check", "sub").lines[0] == "sub/deep/a.py:3:1: error LST102 it is wrong"
        assert len(lstmlint(capsys, "check", "sub").lines) == 2
        assert lstmlint(capsys, "check", "sub/old/b.py").status == 1
        assert lstmlint(capsys, "check", "--force-exclude", "sub/old/b.py").status == 0

    @pytest.mark.parametrize(
        "text, words",
        [
            ('[tool.lstmlint]\nselct = ["LST1"]\n', "unknown setting 'selct'"),
            ("[tool.lstmlint]\nselect = 'LST1'\n", "select must be a list of strings"),
            ('[tool.lstmlint]\noutput-format = "xml"\n', "output-format must be one of full, concise, json"),
            ("[tool.lstmlint]\nforce-exclude = 1\n", "force-exclude must be true or false"),
            ('[tool.lstmlint]\nignore = ["E501"]\n', "ignore: unknown rule selector 'E501'"),
            ("[tool.lstmlint\n", "pyproject.toml"),
            ("tool.lstmlint = 1\n", "must be a table"),
        ],
    )
    def test_bad_settings(self, capsys: Capture, text: str, words: str) -> None:
        Path("pyproject.toml").write_text(text)
        done = lstmlint(capsys, "check")
        assert done.status == 2
        assert words in done.err and done.err.count("\n") == 1
        assert lstmlint(capsys, "check", "--isolated").status == 0

    def test_standard_input(self, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
        def feed(text: str) -> None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

        feed(SCRIPT)
        assert lstmlint(capsys, "check", "-", "--output-format", "concise").lines[0].startswith("-:3:1: error")
        feed(SCRIPT)
        named = lstmlint(capsys, "check", "-", "--stdin-filename", "sub/a.py", "--output-format", "concise")
        assert named.lines[0].startswith("sub/a.py:3:1: error")
        feed(json.dumps({"cells": [{"cell_type": "code", "source": SCRIPT}]}))
        assert "a.ipynb:cell 1:3:1" in lstmlint(capsys, "check", "--stdin-filename", "a.ipynb", "-").out
        feed("")
        assert lstmlint(capsys, "check", "-").status == 0
        assert lstmlint(capsys, "check", "-", "a.py").status == 2
        assert lstmlint(capsys, "check", "a.py", "--stdin-filename", "b.py").status == 2

    def test_statistics(self, capsys: Capture) -> None:
        Path("a.py").write_text("# LSTM\n" + "ERROR(1)\n" * 10 + "WARNING(2)\n")
        done = lstmlint(capsys, "check", "--statistics")
        assert done.lines[:2] == ["10  LST102  missing-return-sequences", " 1  LST201  data-rank"]
        assert done.status == 1

    def test_colour(self, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
        Path("a.py").write_text(SCRIPT)
        assert "\x1b[" not in lstmlint(capsys, "check").out
        monkeypatch.setenv("FORCE_COLOR", "1")
        assert "\x1b[" in lstmlint(capsys, "check").out
        monkeypatch.setenv("NO_COLOR", "1")
        assert "\x1b[" not in lstmlint(capsys, "check").out

    def test_summary_of_nothing(self, capsys: Capture) -> None:
        assert lstmlint(capsys, "check").out == "Nothing to check: no Python files or notebooks found.\n"
        Path("a.py").write_text("# LSTM\n")
        assert lstmlint(capsys, "check").out == "Found nothing wrong (1 checked).\n"
        Path("a.py").write_text("x = 1\n")
        Path("b.py").write_text("x = 1\n")
        assert lstmlint(capsys, "check").out == "Nothing to check: none of the 2 files has a recurrent layer.\n"

    def test_an_incomplete_analysis_says_so(self, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
        find_calls(monkeypatch, incomplete="too many steps")
        Path("a.py").write_text(SCRIPT)
        done = lstmlint(capsys, "check", "--output-format", "concise")
        assert done.lines[0] == "a.py:1:1: info LST903 too many steps"
        assert done.lines[1].startswith("a.py:3:1: error LST102")


def test_the_analysed_file_is_never_run(capsys: Capture) -> None:
    Path("train.py").write_text(
        "import pathlib\nfrom keras.layers import LSTM\n"
        "pathlib.Path('written.txt').write_text('run')\nopen('written.txt', 'w').write('run')\n__import__('helper')\n"
    )
    Path("helper.py").write_text("open('written.txt', 'w').write('LSTM')\n")
    Path("conftest.py").write_text("open('written.txt', 'w').write('LSTM')\n")
    assert lstmlint(capsys, "check").status == 0
    assert not Path("written.txt").exists()
    assert sorted(os.listdir()) == ["conftest.py", "helper.py", "train.py"]


@pytest.mark.parametrize(
    "arguments",
    [
        [], ["chekc"], ["check", "--output-format", "xml"], ["check", "--select", "E501"], ["check", "--ignore", "LST777"],
        ["rule"], ["rule", "LST777"], ["rule", "LST901", "--all"], ["check", "--no-such-option"],
    ],
)  # fmt: skip
def test_wrong_usage(capsys: Capture, arguments: list[str]) -> None:
    done = lstmlint(capsys, *arguments)
    assert done.status == 2
    assert done.err and not done.out


def test_version_and_help(capsys: Capture) -> None:
    assert lstmlint(capsys, "--version").out == f"lstmlint {__version__}\n"
    assert "check" in lstmlint(capsys, "--help").out


def test_rule_pages(capsys: Capture) -> None:
    by_code = lstmlint(capsys, "rule", "lst901")
    assert by_code.status == 0
    assert by_code.lines[0] == "# LST901: syntax-error (error)"
    assert lstmlint(capsys, "rule", "syntax-error").out == by_code.out
    everything = lstmlint(capsys, "rule", "--all").out
    assert all(f"# {rule.code}: {rule.name} " in everything for rule in all_rules())
    codes = [rule.code for rule in all_rules()]
    assert codes == sorted(set(codes))


def test_a_reader_that_goes_away_is_no_error() -> None:
    for number in range(300):
        Path(f"script_{number}.py").write_text("import LSTM\nprint 'a'\n")
    environment = {**os.environ, **IMPORTABLE}
    command = subprocess.Popen(COMMAND, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
    assert command.stdout is not None and command.stderr is not None
    command.stdout.readline()
    command.stdout.close()
    assert command.stderr.read() == b""
    assert command.wait() == 1


def test_output_survives_a_poor_terminal() -> None:
    Path("größe.py").write_text("x = 'LSTM ü'; print 'a'\n")
    done = subprocess.run(COMMAND, capture_output=True, env={**os.environ, **IMPORTABLE, "PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stderr) == (1, b"")


def test_no_module_of_the_current_folder_takes_the_place_of_the_standard_librarys(tmp_path: Path) -> None:
    (tmp_path / "typing.py").write_text("open('imported.txt', 'w').write('yes')\nraise SystemExit(7)\n")
    (tmp_path / "train.py").write_text("from keras.layers import LSTM\n")
    run = subprocess.run([sys.executable, "-m", "lstmlint", "check", "train.py"], cwd=tmp_path, capture_output=True, text=True)
    assert (run.returncode, run.stderr) == (0, "")
    assert not (tmp_path / "imported.txt").exists()


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_completion(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert "lstmlint" in script and "stdin-filename" in script and "confirm" in script
