"""The formats that other tools read, each read back."""
from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
from junitparser import Error, Failure, JUnitXml, TestSuite

import lstmlint.output.links
from lstmlint.cli import main
from lstmlint.config.settings import OutputFormat
from lstmlint.diagnostics import Diagnostic, FileResult
from lstmlint.edits.fix import Edit, Fix
from lstmlint.output import rdjson, sarif
from lstmlint.output.gitlab import in_project
from lstmlint.output.style import Style
from lstmlint.sources.source import Span, script
from tests.output import schemas
from tests.programs import find_calls

ROOT = Path(__file__).parent.parent.parent
Shown = Callable[..., str]

FILES = {
    "a, b:c%.py": "größe = 'LSTM'; x = RELATED(1)\nERROR(x); WARNING(x)\n",
    "sub/fine.py": "import keras  # LSTM\n",
    "sub/info.py": "# LSTM\nINFO(1)\n",
}
NOTEBOOK = {
    "cells": [
        {"cell_type": "code", "source": source, "metadata": {}} for source in ("# LSTM\nRELATED(1)", "\nERROR(2)")
    ],
    "metadata": {}, "nbformat": 4, "nbformat_minor": 4,
}  # fmt: skip


@pytest.fixture
def shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shown:
    """Checks files with findings of each kind, and returns what is printed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CI_PROJECT_DIR", raising=False)
    find_calls(monkeypatch)
    for name, text in FILES.items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")
    Path("n.ipynb").write_text(json.dumps(NOTEBOOK))
    Path("z.py").write_bytes(b"LSTM\0")

    def run(output_format: str, *arguments: str, status: int = 2) -> str:
        assert main(["check", "--output-format", output_format, *arguments]) == status
        return capsys.readouterr().out

    return run


def test_every_format_is_the_same_each_time_and_ends_with_a_newline(shown: Shown) -> None:
    for output_format in get_args(OutputFormat):
        text = shown(output_format)
        assert text == shown(output_format)
        assert text.endswith("\n")


def test_json_lines(shown: Shown) -> None:
    assert [json.loads(line) for line in shown("json-lines").splitlines()] == json.loads(shown("json"))


class TestSarif:
    def log(self, shown: Shown, *arguments: str, status: int = 2) -> dict[str, Any]:
        log: dict[str, Any] = json.loads(shown("sarif", *arguments, status=status))
        jsonschema.Draft7Validator(schemas.sarif(), format_checker=jsonschema.FormatChecker()).validate(log)
        return log

    def test_the_schema_can_fail(self, shown: Shown) -> None:
        log = self.log(shown)
        log["runs"][0]["results"][0]["level"] = "fatal"
        assert list(jsonschema.Draft7Validator(schemas.sarif()).iter_errors(log))

    def test_results(self, shown: Shown) -> None:
        (run,) = self.log(shown)["runs"]
        assert run["columnKind"] == "unicodeCodePoints"
        first, second, in_notebook, info = run["results"]
        assert (first["ruleId"], first["level"]) == ("LST102", "error")
        assert first["message"]["text"] == "it is wrong; do better"
        place = first["locations"][0]["physicalLocation"]
        assert place["artifactLocation"] == {"uri": "a%2C%20b%3Ac%25.py", "uriBaseId": "%SRCROOT%"}
        assert place["region"] == {"startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 6}
        assert (second["level"], info["level"]) == ("warning", "note")
        (related,) = first["relatedLocations"]
        assert related["id"] == 1 and related["message"]["text"] == "born here"
        assert related["physicalLocation"]["region"]["startColumn"] == 21
        assert in_notebook["locations"][0]["logicalLocations"][0]["name"] == "cell 2"
        assert "region" not in in_notebook["locations"][0]["physicalLocation"]
        assert in_notebook["message"]["text"] == "cell 2, line 2: it is wrong; do better"

    def test_the_story_ends_at_the_fault(self, shown: Shown) -> None:
        first = self.log(shown)["runs"][0]["results"][0]
        steps = first["codeFlows"][0]["threadFlows"][0]["locations"]
        rows = [step["location"]["physicalLocation"]["region"]["startLine"] for step in steps]
        assert rows == [1, 2]
        assert [step["location"]["message"]["text"] for step in steps] == ["born here", "this one"]

    def test_rules_explain_themselves(self, shown: Shown) -> None:
        (run,) = self.log(shown)["runs"]
        rules = run["tool"]["driver"]["rules"]
        for result in run["results"]:
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert [rule["id"] for rule in rules] == ["LST102", "LST201", "LST903"]
        assert "return_sequences=True" in rules[0]["help"]["markdown"]
        assert rules[0]["fullDescription"]["text"].startswith("A recurrent layer")

    def test_fingerprints_survive_moved_lines(self, shown: Shown) -> None:
        def prints() -> list[str]:
            (run,) = self.log(shown, "a.py", status=1)["runs"]
            return [result["partialFingerprints"]["lstmlint/v1"] for result in run["results"]]

        Path("a.py").write_text("# LSTM\nERROR(1)\nERROR(1)\nERROR(2)\n")
        before = prints()
        assert len(set(before)) == 3
        Path("a.py").write_text("# LSTM\n\nif x:\n    ERROR(1)  # so\nERROR(1)\nERROR(3)\n")
        assert prints()[:2] == before[:2] and prints()[2] != before[2]

    def test_what_could_not_be_checked(self, shown: Shown) -> None:
        (invocation,) = self.log(shown)["runs"][0]["invocations"]
        assert invocation["executionSuccessful"] is False
        (notification,) = invocation["toolExecutionNotifications"]
        assert notification["message"]["text"] == "binary: it contains null bytes"
        assert self.log(shown, "sub", status=0)["runs"][0]["invocations"] == [{"executionSuccessful": True}]

    def test_files_elsewhere_have_whole_addresses(self, shown: Shown, tmp_path: Path) -> None:
        (result,) = self.log(shown, str(tmp_path / "sub" / "info.py"), status=0)["runs"][0]["results"]
        address = result["locations"][0]["physicalLocation"]["artifactLocation"]
        assert address == {"uri": (tmp_path / "sub" / "info.py").as_uri()}


def fixed(cell: int | None = None) -> FileResult:
    text = "grön = LSTM(50)\nüü = LSTM(50)\n"
    fix = Fix("pass it", True, (Edit("a.py", cell, Span(2, 11, 2, 13), "60"),))
    place = ("a.py", cell, Span(2, 6, 2, 10))
    diagnostic = Diagnostic("LST102", "missing-return-sequences", "error", "raises", "wrong", *place, fix=fix)
    return FileResult("a.py", (diagnostic,), sources={"a.py": script(text, "a.py")})


def test_fixes_in_sarif() -> None:
    log = json.loads("\n".join(sarif.render([fixed()], Style(False))))
    jsonschema.Draft7Validator(schemas.sarif()).validate(log)
    (fix,) = log["runs"][0]["results"][0]["fixes"]
    assert fix["description"]["text"] == "pass it"
    (change,) = fix["artifactChanges"]
    assert change["replacements"] == [
        {"deletedRegion": {"startLine": 2, "startColumn": 11, "endLine": 2, "endColumn": 13}, "insertedContent": {"text": "60"}}
    ]
    of_notebook = json.loads("\n".join(sarif.render([fixed(cell=3)], Style(False))))
    assert "fixes" not in of_notebook["runs"][0]["results"][0]


def test_columns_of_reviewdog_count_bytes() -> None:
    document = json.loads("\n".join(rdjson.render([fixed()], Style(False))))
    jsonschema.validate(document, schemas.RDJSON)
    (found,) = document["diagnostics"]
    assert found["location"]["range"] == {"start": {"line": 2, "column": 8}, "end": {"line": 2, "column": 12}}
    (suggestion,) = found["suggestions"]
    start, end = suggestion["range"]["start"], suggestion["range"]["end"]
    line = "üü = LSTM(50)".encode()
    assert line[: start["column"] - 1] + suggestion["text"].encode() + line[end["column"] - 1 :] == "üü = LSTM(60)".encode()


def test_reviewdog(shown: Shown) -> None:
    document = json.loads(shown("rdjson"))
    jsonschema.validate(document, schemas.RDJSON)
    first, second, in_notebook, info = document["diagnostics"]
    assert first["relatedLocations"][0]["location"]["range"]["start"] == {"line": 1, "column": 23}
    assert [one["severity"] for one in document["diagnostics"]] == ["ERROR", "WARNING", "ERROR", "INFO"]
    assert in_notebook["location"] == {"path": "n.ipynb"}


def test_gitlab(shown: Shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    issues = json.loads(shown("gitlab"))
    jsonschema.validate(issues, schemas.GITLAB)
    assert [(issue["location"]["path"], issue["location"]["lines"]["begin"], issue["severity"]) for issue in issues] == [
        ("a, b:c%.py", 2, "major"), ("a, b:c%.py", 2, "minor"), ("n.ipynb", 1, "major"), ("sub/info.py", 2, "info"),
    ]  # fmt: skip
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    assert issues[0]["description"] == "LST102: it is wrong; do better"
    monkeypatch.setenv("CI_PROJECT_DIR", str(tmp_path))
    monkeypatch.chdir("sub")
    assert [issue["location"]["path"] for issue in json.loads(shown("gitlab", "info.py", status=0))] == ["sub/info.py"]
    assert in_project("../x.py", {"CI_PROJECT_DIR": os.getcwd()}) == "../x.py"


def test_junit(shown: Shown) -> None:
    suites = {suite.name: suite for suite in JUnitXml.fromstring(shown("junit").encode()) if isinstance(suite, TestSuite)}
    assert list(suites) == ["a, b:c%.py", "n.ipynb", "sub/fine.py", "sub/info.py", "z.py"]
    counts = {name: (suite.tests, suite.failures, suite.errors) for name, suite in suites.items()}
    assert counts == {
        "a, b:c%.py": (2, 2, 0), "n.ipynb": (1, 1, 0), "sub/fine.py": (1, 0, 0), "sub/info.py": (1, 0, 0), "z.py": (1, 0, 1),
    }  # fmt: skip
    (result,) = next(iter(suites["a, b:c%.py"])).result
    assert isinstance(result, Failure) and result.message == "it is wrong" and "born here" in (result.text or "")
    (error,) = next(iter(suites["z.py"])).result
    assert isinstance(error, Error) and error.message == "binary: it contains null bytes"


def test_junit_holds_what_xml_cannot(shown: Shown) -> None:
    Path("a\x01<&\".py").write_text(FILES["sub/info.py"].replace("INFO", "ERROR"))
    assert 'a\ufffd<&".py' in {suite.name for suite in JUnitXml.fromstring(shown("junit").encode())}


def test_github(shown: Shown) -> None:
    assert shown("github").splitlines() == [
        "::error title=lstmlint,file=z.py::binary: it contains null bytes",
        "::error title=lstmlint%3A LST102 missing-return-sequences,file=a%2C b%3Ac%25.py,line=2,endLine=2,col=1,endColumn=6"
        "::it is wrong; do better",
        "::warning title=lstmlint%3A LST201 data-rank,file=a%2C b%3Ac%25.py,line=2,endLine=2,col=11,endColumn=18"
        "::it is wrong; do better",
        "::error title=lstmlint%3A LST102 missing-return-sequences,file=n.ipynb::cell 2, line 2: it is wrong; do better",
        "::notice title=lstmlint%3A LST903 analysis-incomplete,file=sub/info.py,line=2,endLine=2,col=1,endColumn=5"
        "::it is wrong; do better",
    ]


def test_no_command_can_be_smuggled_in(shown: Shown) -> None:
    Path("a\n::stop-commands::x\r.py").write_text("# LSTM\nERROR(1)\n")
    for output_format, start in (("github", "::"), ("azure", "##vso[")):
        lines = [line for line in shown(output_format).splitlines() if "stop-commands" in line]
        assert len(lines) == 1
        assert lines[0].startswith(f"{start}error" if start == "::" else f"{start}task.logissue type=error;")


def test_azure(shown: Shown) -> None:
    lines = shown("azure").splitlines()
    assert lines[:2] == [
        "##vso[task.logissue type=error;sourcepath=z.py;]binary: it contains null bytes",
        "##vso[task.logissue type=error;sourcepath=a, b:c%AZP25.py;linenumber=2;columnnumber=1;code=LST102;]"
        "it is wrong%3B do better",
    ]
    assert lines[-1] == "sub/info.py:2:1: info LST903 it is wrong"


def test_pylint(shown: Shown) -> None:
    pattern = re.compile(r"^(?P<path>.+):(?P<line>\d+): \[(?P<code>\w+)\] (?P<message>.+)$")
    found = [pattern.match(line) for line in shown("pylint").splitlines()]
    assert [match and match.groups() for match in found] == [
        ("a, b:c%.py", "2", "LST102", "it is wrong; do better"),
        ("a, b:c%.py", "2", "LST201", "it is wrong; do better"),
        ("n.ipynb", "1", "LST102", "cell 2, line 2: it is wrong; do better"),
        ("sub/info.py", "2", "LST903", "it is wrong; do better"),
    ]


def test_markdown(shown: Shown) -> None:
    Path("a_|b.py").write_text("# LSTM\nERROR(1)\n")
    lines = shown("markdown").splitlines()
    assert lines[0] == "## lstmlint"
    assert lines[2] == "Found 3 errors, 1 warning and 1 info in 4 files (5 checked, 1 could not be checked)."
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines if line.startswith("|")]
    assert {len(row) for row in rows} == {5}
    assert [cell.strip() for cell in rows[3]] == [
        "a, b:c%.py, line 2", "warning", "LST201 data-rank", "it is wrong", "do better"
    ]  # fmt: skip
    assert rows[4][0].strip() == r"a\_\|b.py, line 2"
    assert lines[-1] == "- z.py: binary: it contains null bytes"
    assert "|" not in shown("markdown", "sub/fine.py", status=0)


def test_addresses_of_rules(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lstmlint.output.links, "rules_address", lambda: "https://docs.example/rules/")
    url = "https://docs.example/rules/LST102/"
    assert json.loads(shown("json"))[0]["url"] == url
    assert json.loads(shown("sarif"))["runs"][0]["tool"]["driver"]["rules"][0]["helpUri"] == url
    assert json.loads(shown("rdjson"))["diagnostics"][0]["code"] == {"value": "LST102", "url": url}
    assert f"[LST102 missing-return-sequences]({url})" in shown("markdown")


def test_output_file(shown: Shown) -> None:
    expected = shown("sarif", "sub", status=0)
    done = shown("sarif", "sub", "--output-file", "out.sarif", status=0)
    assert Path("out.sarif").read_text(encoding="utf-8") == expected
    assert done == "Found 1 info in 1 file (2 checked).\n"
    shown("full", "a, b:c%.py", "--output-file", "out.txt", status=1)
    assert "a, b:c%.py:2:1: error LST102" in Path("out.txt").read_text(encoding="utf-8")
    assert shown("sarif", "sub", "--output-file", "nowhere/out.sarif") == ""
    assert shown("sarif", "sub", "--output-file", os.devnull, status=0) == done


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import LSTM\n" + "print 'a'\n" * 10)
    for output_format in ("sarif", "junit", "github"):
        command = [sys.executable, "-m", "lstmlint", "check", "--output-format", output_format]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run(command, cwd=tmp_path, env=environment, stdout=writer, stderr=subprocess.PIPE)
        os.close(writer)
        assert (done.returncode, done.stderr) == (1, b"")
