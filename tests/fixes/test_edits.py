"""What a fix changes in the text of a call: the argument, and nothing of the layout around it."""
from __future__ import annotations

import json

import pytest

from lstmlint.config import Settings
from lstmlint.diagnostics import Diagnostic
from lstmlint.edits.fix import Edit
from lstmlint.edits.text import offset_of
from lstmlint.engine import check_source
from lstmlint.output.json import as_object
from lstmlint.records import from_record, to_record
from lstmlint.sources.source import script

START = "from keras.models import Sequential\nfrom keras.layers import LSTM, Dense, Input\n"


def diagnosed(text: str) -> list[Diagnostic]:
    return list(check_source(script(text), Settings()).diagnostics)


def edited(text: str, edits: tuple[Edit, ...]) -> str:
    """`text` with edits made, from the last to the first."""
    for edit in sorted(edits, key=lambda edit: edit.span, reverse=True):
        start = offset_of(text, edit.span.start_row, edit.span.start_column)
        end = offset_of(text, edit.span.end_row, edit.span.end_column)
        assert start is not None and end is not None
        text = text[:start] + edit.replacement + text[end:]
    return text


CALLS = {
    "LSTM(8)": "LSTM(8, return_sequences=True)",
    "LSTM( 8 )": "LSTM( 8, return_sequences=True )",
    "LSTM(8,)": "LSTM(8, return_sequences=True,)",
    "LSTM(units=8, return_sequences=False, name='a')": "LSTM(units=8, return_sequences=True, name='a')",
    "LSTM(return_sequences = False, units = 8)": "LSTM(return_sequences = True, units = 8)",
    "LSTM(\n    8,\n    name='a',\n)": "LSTM(\n    8,\n    name='a',\n    return_sequences=True,\n)",
    "LSTM(\n    8,\n    name='a'\n)": "LSTM(\n    8,\n    name='a',\n    return_sequences=True\n)",
    "LSTM(8,\n     name='a')": "LSTM(8,\n     name='a',\n     return_sequences=True)",
    "LSTM(\n    8,  # units\n    name='a',  # name\n)": (
        "LSTM(\n    8,  # units\n    name='a',  # name\n    return_sequences=True,\n)"
    ),
    "LSTM(\n    8,  # units\n    name='a'  # name\n)": (
        "LSTM(\n    8,  # units\n    name='a',  # name\n    return_sequences=True\n)"
    ),
    "LSTM(\n    8, name='a',  # both\n)": "LSTM(\n    8, name='a', return_sequences=True,  # both\n)",
    "LSTM(8  # units\n)": "LSTM(8, return_sequences=True  # units\n)",
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("indented", [False, True], ids=["top", "indented"])
def test_an_argument_is_added_in_the_layout_of_the_call(call: str, indented: bool) -> None:
    lines = "model = Sequential([Input((9, 2))])\nmodel.add({})\nmodel.add(LSTM(4))\n"
    before, after = lines.format(call), lines.format(CALLS[call])
    if indented:
        before, after = ("if True:\n" + "".join(f"    {line}\n" for line in text.splitlines()) for text in (before, after))
    (one,) = diagnosed(START + before)
    assert one.fix is not None and one.fix.safe and one.fix.title == "add return_sequences=True"
    assert edited(START + before, one.fix.edits) == START + after


NOT_OFFERED = {
    "an argument that may be among others": "options = {'units': 8}\nmodel.add(LSTM(**options))\nmodel.add(LSTM(4))\n",
    "an argument that is computed": "whole = False\nmodel.add(LSTM(8, return_sequences=whole))\nmodel.add(LSTM(4))\n",
    "a loop of which only some layers need it": "for n in (8, 4):\n    model.add(LSTM(n))\nmodel.add(Dense(1))\n",
}


@pytest.mark.parametrize("why", NOT_OFFERED)
def test_what_can_not_be_told_is_not_offered(why: str) -> None:
    text = START + "model = Sequential([Input((9, 2))])\n" + NOT_OFFERED[why]
    assert [(d.code, d.fix) for d in diagnosed(text)] == [("LST102", None)]


def test_a_loop_whose_layers_all_need_it_is_fixed_at_once() -> None:
    text = START + (
        "model = Sequential([Input((9, 2))])\nfor n in (8, 4):\n    model.add(LSTM(n))\nmodel.add(LSTM(3))\n"
    )
    fixes = {d.fix.edits: d.fix.safe for d in diagnosed(text) if d.fix is not None}
    assert [edited(text, edits) for edits in fixes] == [text.replace("LSTM(n)", "LSTM(n, return_sequences=True)")]


def test_an_output_with_another_use_makes_the_fix_unsafe() -> None:
    text = START + (
        "from keras import Model\nx = Input((9, 2))\nh = LSTM(8)(x)\ndense = Dense(1)(h)\nmore = LSTM(4)(h)\n"
        "model = Model(x, [dense, more])\n"
    )
    (one,) = diagnosed(text)
    assert one.fix is not None and not one.fix.safe


def test_three_layers_in_a_row_are_one_fix_each_complete() -> None:
    text = START + "model = Sequential([Input((9, 2))])\nmodel.add(LSTM(8))\nmodel.add(LSTM(4))\nmodel.add(LSTM(3))\n"
    fixed = text
    for one in diagnosed(text):
        assert one.fix is not None
        fixed = edited(text, one.fix.edits)
    assert diagnosed(fixed) == []


def test_json_tells_the_edits() -> None:
    text = START + "model = Sequential([Input((9, 2)), LSTM(8), LSTM(4)])\n"
    (one,) = diagnosed(text)
    assert as_object(one)["fix"] == {
        "applicability": "safe",
        "message": "add return_sequences=True",
        "edits": [
            {
                "content": ", return_sequences=True",
                "filename": "<string>",
                "cell": None,
                "location": {"row": 3, "column": 42},
                "end_location": {"row": 3, "column": 42},
            }
        ],
    }


def test_a_fix_is_the_same_once_it_was_kept() -> None:
    text = START + "model = Sequential([Input((9, 2)), LSTM(8), LSTM(4)])\n"
    result = check_source(script(text), Settings())
    kept = json.loads(json.dumps(to_record(result)))
    again = from_record(kept, result.filename, lambda name, path: script(text))
    assert again.diagnostics == result.diagnostics
    assert again.diagnostics[0].fix is not None
