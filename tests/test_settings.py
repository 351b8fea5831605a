"""Settings: where they come from, what goes before what, and what a wrong one is answered with."""
from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

from lstmlint.cli import main
from lstmlint.config import reference
from lstmlint.config.settings import Settings, key_of, settable
from tests.programs import find_calls

DOCS = Path(__file__).parent.parent / "docs"
SCRIPT = "# LSTM\nERROR(1)\nWARNING(2)\n"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    find_calls(monkeypatch)
    Path("a.py").write_text(SCRIPT)


Capture = pytest.CaptureFixture[str]


def found(capsys: Capture, *arguments: str) -> list[tuple[str, str]]:
    """The codes and severities of what is found."""
    main(["check", *arguments, "--output-format", "json"])
    return [(finding["code"], finding["severity"]) for finding in json.loads(capsys.readouterr().out)]


def codes(capsys: Capture, *arguments: str) -> list[str]:
    return [code for code, _ in found(capsys, *arguments)]


def refused(capsys: Capture, *arguments: str) -> str:
    """The one line that a wrong setting is answered with."""
    assert main(["check", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("lstmlint: ") and captured.err.count("\n") == 1
    return captured.err.rstrip("\n")


def test_rules_have_names_everywhere(capsys: Capture) -> None:
    assert codes(capsys, "--select", "data-rank") == ["LST201"]
    assert codes(capsys, "--ignore", "Missing-Return-Sequences") == ["LST201"]
    assert codes(capsys, "--select", "LST2", "--ignore", "data-rank") == []
    Path("lstmlint.toml").write_text('ignore = ["data-rank"]\n')
    assert codes(capsys) == ["LST102"]
    line = refused(capsys, "--select", "data-ranks")
    assert line == "lstmlint: select: no rule has the code or name 'data-ranks'; did you mean 'data-rank'?"


def test_extend_select(capsys: Capture) -> None:
    Path("lstmlint.toml").write_text('select = ["LST1"]\nextend-select = ["LST2"]\n')
    assert codes(capsys) == ["LST102", "LST201"]
    assert codes(capsys, "--select", "LST1") == ["LST102"]
    assert codes(capsys, "--select", "LST3", "--extend-select", "data-rank") == ["LST201"]


def test_severity(capsys: Capture) -> None:
    Path("lstmlint.toml").write_text('severity = { ALL = "warning", missing-return-sequences = "info", LST201 = "error" }\n')
    assert found(capsys) == [("LST102", "info"), ("LST201", "error")]
    assert main(["check", "--ignore", "LST201", "--output-format", "concise"]) == 0
    assert "info LST102" in capsys.readouterr().out
    assert found(capsys, "--isolated") == [("LST102", "error"), ("LST201", "warning")]


def test_per_file_ignores(capsys: Capture) -> None:
    for name in ("tests/deep/b.py", "old.py"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(SCRIPT)
    Path("lstmlint.toml").write_text('[per-file-ignores]\n"tests/" = ["LST1"]\n"old.*" = ["ALL"]\n')
    assert codes(capsys, "a.py") == ["LST102", "LST201"]
    assert codes(capsys, "tests/deep/b.py") == codes(capsys, "tests") == ["LST201"]
    assert codes(capsys, "old.py") == []
    Path("lstmlint.toml").write_text('per-file-ignores = { "!tests/" = ["missing-return-sequences"] }\n')
    assert codes(capsys, "a.py") == ["LST201"]
    assert codes(capsys, "tests/deep/b.py") == ["LST102", "LST201"]


def test_which_file_counts(capsys: Capture) -> None:
    Path("sub").mkdir()
    Path("sub/b.py").write_text(SCRIPT)
    Path("pyproject.toml").write_text('[tool.lstmlint]\nselect = ["LST1"]\n')
    assert codes(capsys, "sub") == ["LST102"]
    Path("lstmlint.toml").write_text('select = ["LST2"]\n')
    assert codes(capsys, "sub") == ["LST201"]
    Path("sub/pyproject.toml").write_text("[tool.other]\nlstmlint = 1\n")
    assert codes(capsys, "sub") == ["LST201"]
    Path("sub/lstmlint.toml").touch()
    assert codes(capsys, "sub") == ["LST102", "LST201"]
    Path("other.toml").write_text('ignore = ["LST1"]\n')
    assert codes(capsys, "sub", "--config", "other.toml") == ["LST201"]


def test_the_nearest_file_counts_for_each_file_whichever_paths_are_given(capsys: Capture) -> None:
    for name in ("sub/b.py", "sub/deep/c.py", "d.py"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(SCRIPT)
    Path("lstmlint.toml").write_text('select = ["LST1"]\noutput-format = "concise"\n')
    Path("sub/lstmlint.toml").write_text('select = ["LST2"]\noutput-format = "pylint"\n')

    def shown(*arguments: str) -> list[str]:
        main(["check", *arguments])
        return [line.partition(" LST")[0] for line in capsys.readouterr().out.splitlines() if "LST" in line]

    expected = ["a.py:2:1: error", "d.py:2:1: error", "sub/b.py:3:1: warning", "sub/deep/c.py:3:1: warning"]
    assert shown() == expected
    assert shown("sub/deep/c.py", "d.py") == [expected[3], expected[1]]
    assert shown("sub/b.py", "--output-format", "concise") == [expected[2]]
    assert codes(capsys, "--config", "lstmlint.toml", "sub") == ["LST102", "LST102"]
    assert codes(capsys, "--select", "LST1") == ["LST102"] * 4
    Path("sub/deep/lstmlint.toml").write_text("selct = []\n")
    assert "deep/lstmlint.toml: unknown setting 'selct'" in refused(capsys)


def test_files_are_changed_by_their_own_settings() -> None:
    Path("sub").mkdir()
    Path("sub/b.py").write_text("# LSTM\nERROR(1)\nf()  # noqa: LST201\nWARNING(2)  # noqa: LST201, LST102\n")
    Path("sub/lstmlint.toml").write_text('ignore = ["LST102"]\n')
    Path("a.py").write_text("# LSTM\nWARNING(2)  # noqa: LST201, LST102\n")
    assert main(["check", "--add-noqa"]) == 0
    assert main(["check", "--fix"]) == 0
    assert Path("a.py").read_text() == "# LSTM\nWARNING(2)  # noqa: LST201\n"
    assert Path("sub/b.py").read_text() == "# LSTM\nERROR(1)\nf()\nWARNING(2)  # noqa: LST201, LST102\n"


def test_config_on_the_command_line(capsys: Capture) -> None:
    Path("lstmlint.toml").write_text('select = ["LST3"]\nseverity = { LST102 = "info", LST201 = "info" }\n')
    assert codes(capsys, "--config", "select=LST1, LST2") == ["LST102", "LST201"]
    assert codes(capsys, "--config", 'select=["LST1"]', "--config", "extend-select=data-rank") == ["LST102", "LST201"]
    assert codes(capsys, "--config", "select=LST1", "--select", "LST2") == ["LST201"]
    assert found(capsys, "--select=ALL", "--config", "severity.LST102=error") == [("LST102", "error"), ("LST201", "info")]
    assert codes(capsys, "--select=ALL", "--config", 'per-file-ignores."a.*"=["LST1"]') == ["LST201"]
    assert shown(capsys, "--config", "keras-version=2", "--config", "force-exclude=true")["keras-version"] == "2"


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["--config", "selct=LST1"], "--config selct=LST1: unknown setting 'selct'; did you mean 'select'?"),
        (["--config", "keras_version=3"], "unknown setting 'keras_version'; did you mean 'keras-version'?"),
        (["--config", "keras-version=4"], "keras-version must be one of auto, 2, 3, not '4'"),
        (["--config", "output-format=jsn"], "not 'jsn'; did you mean 'json'?"),
        (["--config", "force-exclude=yes"], "force-exclude must be true or false"),
        (["--config", "steps-per-line=0"], "steps-per-line must be at least 1"),
        (["--config", "steps-per-line=true"], "steps-per-line must be a whole number"),
        (["--config", "severity=error"], "severity must be a table"),
        (["--config", "severity.LST102=bad"], "severity.LST102 must be one of error, warning, info, not 'bad'"),
        (["--config", "severity.LST777=info"], "severity: no rule has the code or name 'LST777'"),
        (["--config", "per-file-ignores.a=3"], "per-file-ignores.a must be a list of strings"),
        (["--config", "per-file-ignores={a=['E501']}"], "per-file-ignores: unknown rule selector 'E501'"),
        (["--config", "=1"], "--config =1: "),
        (["--config", "nowhere.toml"], "nowhere.toml: no such file or directory"),
        (["--config", "a.toml", "--config", "b.toml"], "--config names two files"),
        (["--config", "a.toml", "--isolated"], "--isolated takes no settings from a file"),
    ],
)
def test_wrong_settings(capsys: Capture, arguments: list[str], words: str) -> None:
    assert words in refused(capsys, *arguments)


def test_a_wrong_file_is_named(capsys: Capture) -> None:
    Path("lstmlint.toml").write_text("extend_exclude = ['x']\n")
    assert refused(capsys).endswith("lstmlint.toml: unknown setting 'extend_exclude'; did you mean 'extend-exclude'?")
    Path("lstmlint.toml").write_bytes(b"select = '\xff'")
    assert "lstmlint.toml: " in refused(capsys)


def shown(capsys: Capture, *arguments: str) -> dict[str, Any]:
    assert main(["check", "--show-settings", *arguments]) == 0
    return tomllib.loads(capsys.readouterr().out)


def test_show_settings(capsys: Capture) -> None:
    text = 'extend-exclude = ["a\\"b\\\\", "ü"]\nseverity = { LST1 = "info" }\nper-file-ignores = { "x y" = ["LST1", "LST2"] }\n'
    Path("lstmlint.toml").write_text(text)
    settings = shown(capsys, "--select", "lst3", "--force-exclude", "--config", "largest-script=7")
    assert settings == {
        **shown(capsys, "--isolated"),
        **tomllib.loads(text),
        "select": ["LST3"], "force-exclude": True, "largest-script": 7,
    }  # fmt: skip
    Path("lstmlint.toml").write_text("\n".join(reference.in_force(Settings(folder="x"))))
    assert shown(capsys) == shown(capsys, "--isolated")


def test_budgets(capsys: Capture) -> None:
    Path("big.py").write_text("# LSTM" + "x" * 1_200_000)
    assert main(["check", "big.py"]) == 0
    assert main(["check", "big.py", "--config", "largest-script=1"]) == 2
    assert "too large: 1.1 MB, the limit is 1 MB" in capsys.readouterr().err


def test_the_reference_and_the_schema_are_those_of_the_dataclass(tmp_path: Path) -> None:
    """`python -m lstmlint.config.reference docs` writes them anew."""
    for name in ("settings.md", "lstmlint.schema.json"):
        (tmp_path / name).write_text((DOCS / name).read_text(encoding="utf-8"), encoding="utf-8")
    reference.main(str(tmp_path))
    for name in ("settings.md", "lstmlint.schema.json"):
        assert (tmp_path / name).read_text(encoding="utf-8") == (DOCS / name).read_text(encoding="utf-8"), name
    table = (DOCS / "settings.md").read_text(encoding="utf-8")
    assert all(f"| `{key_of(setting)}` |" in table for setting in settable())


def test_the_schema_takes_what_the_reader_takes(capsys: Capture) -> None:
    validator = jsonschema.Draft7Validator(json.loads((DOCS / "lstmlint.schema.json").read_text()))
    validator.check_schema(validator.schema)
    settings = shown(capsys, "--select", "LST1", "--config", "severity.LST1=info")
    assert not list(validator.iter_errors(settings))
    for key, wrong in [("select", "LST1"), ("selct", []), ("force-exclude", 1), ("steps-per-line", 0), ("keras-version", "4"),
                       ("severity", {"LST1": "bad"}), ("per-file-ignores", {"a": "LST1"})]:  # fmt: skip
        assert list(validator.iter_errors({**settings, key: wrong})), key
        Path("lstmlint.toml").write_text(f"{key} = {reference.as_toml(tuple(wrong) if isinstance(wrong, list) else wrong)}\n")
        refused(capsys)


def test_configuration_is_never_run(capsys: Capture) -> None:
    for name in ("lstmlint.py", "config.py", "setup.py", "conftest.py", "sitecustomize.py"):
        Path(name).write_text("open('written.txt', 'w').write('LSTM')\n")
    Path("lstmlint.toml").write_text('src = ["."]\n')
    codes(capsys)
    assert not Path("written.txt").exists()
