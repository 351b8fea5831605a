"""JUnit XML: a suite for each file, in it a case for each finding, or one that passes."""
from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence

from lstmlint.diagnostics import Diagnostic, FileResult
from lstmlint.output.links import slashed
from lstmlint.output.plain import sentence, spot
from lstmlint.output.style import Style

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(results: Sequence[FileResult], style: Style) -> Iterator[str]:
    """The document, as one text."""
    suites = [_suite(result) for result in results]
    counts = {name: str(sum(int(suite.get(name, "0")) for suite in suites)) for name in ("tests", "failures", "errors")}
    top = ET.Element("testsuites", {"name": "lstmlint", **counts})
    top.extend(suites)
    ET.indent(top)
    yield '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(top, encoding="unicode")


def _suite(result: FileResult) -> ET.Element:
    file = _text(slashed(result.filename))
    cases = [_case(diagnostic) for diagnostic in result.diagnostics]
    if result.error is not None:
        case = ET.Element("testcase", {"name": "checked", "classname": file, "file": file})
        ET.SubElement(case, "error", {"message": _text(result.error), "type": "unreadable"})
        cases.append(case)
    if not cases:
        cases.append(ET.Element("testcase", {"name": "checked", "classname": file, "file": file}))
    suite = ET.Element("testsuite", {
        "name": file,
        "tests": str(len(cases)),
        "failures": str(sum(case.find("failure") is not None for case in cases)),
        "errors": str(sum(case.find("error") is not None for case in cases)),
        "skipped": "0",
    })  # fmt: skip
    suite.extend(cases)
    return suite


def _case(diagnostic: Diagnostic) -> ET.Element:
    file = _text(slashed(diagnostic.filename))
    case = ET.Element("testcase", {
        "name": _text(f"{diagnostic.code} {diagnostic.name} ({spot(diagnostic)}, column {diagnostic.span.start_column})"),
        "classname": file,
        "file": file,
        "line": str(diagnostic.span.start_row),
    })  # fmt: skip
    story = "\n".join([sentence(diagnostic), *(f"{spot(place)}: {place.message}" for place in diagnostic.related)])
    if diagnostic.severity == "info":
        ET.SubElement(case, "system-out").text = _text(story)
    else:
        kind = {"message": _text(sentence(diagnostic, False)), "type": f"{diagnostic.severity}: {diagnostic.code}"}
        ET.SubElement(case, "failure", kind).text = _text(story)
    return case


def _text(text: str) -> str:
    """What XML can't hold is replaced."""
    return _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)
