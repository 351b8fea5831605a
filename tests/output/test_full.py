"""The full format: code frames."""
from __future__ import annotations

from lstmlint.diagnostics import Diagnostic, FileResult, RelatedPlace
from lstmlint.output.full import render
from lstmlint.output.style import Style
from lstmlint.sources.source import CodeCell, Source, Span, script


def shown(diagnostic: Diagnostic, *sources: Source, colour: bool = False) -> str:
    result = FileResult(diagnostic.filename, (diagnostic,), sources={source.filename: source for source in sources})
    return "\n".join(render([result], Style(colour)))


def diagnostic(span: Span, *related: RelatedPlace, filename: str = "train.py", cell: int | None = None) -> Diagnostic:
    return Diagnostic(
        "LST102", "missing-return-sequences", "error", "raises", "this LSTM gets (batch, 50), but needs (batch, time, features)",
        filename, cell, span, "expects rank 3, got rank 2", "pass return_sequences=True to the LSTM before it", related,
    )  # fmt: skip


STACKED = script(
    "model = Sequential()\nmodel.add(LSTM(50, input_shape=(60, 1)))\nmodel.add(LSTM(50))\n\nx = 1\n\nmodel.fit(X, y)\n", "train.py"
)  # fmt: skip


def test_near_places_share_a_frame() -> None:
    near = RelatedPlace("returns only its last step: (batch, 50)", "train.py", None, Span(2, 11, 2, 15))
    assert shown(diagnostic(Span(3, 11, 3, 15), near), STACKED) == """\
train.py:3:11: error LST102 this LSTM gets (batch, 50), but needs (batch, time, features)
  |
2 | model.add(LSTM(50, input_shape=(60, 1)))
  |           ---- returns only its last step: (batch, 50)
3 | model.add(LSTM(50))
  |           ^^^^ expects rank 3, got rank 2
  |
  = help: pass return_sequences=True to the LSTM before it
"""


def test_distant_places_are_apart_and_one_line_between_is_shown() -> None:
    first = RelatedPlace("the model", "train.py", None, Span(1, 1, 1, 6))
    last = RelatedPlace("fed here", "train.py", None, Span(7, 11, 7, 12))
    same_line = RelatedPlace("units", "train.py", None, Span(3, 16, 3, 18))
    assert shown(diagnostic(Span(3, 11, 3, 15), first, last, same_line), STACKED) == """\
train.py:3:11: error LST102 this LSTM gets (batch, 50), but needs (batch, time, features)
  |
1 | model = Sequential()
  | ----- the model
2 | model.add(LSTM(50, input_shape=(60, 1)))
3 | model.add(LSTM(50))
  |           ^^^^ expects rank 3, got rank 2
  |                -- units
...
7 | model.fit(X, y)
  |           - fed here
  |
  = help: pass return_sequences=True to the LSTM before it
"""


def test_places_in_other_files_and_cells() -> None:
    helper = script("\n" * 11 + "def cut(data): ...\n", "helper.py")
    related = RelatedPlace("cut here", "helper.py", None, Span(12, 5, 12, 8))
    assert shown(diagnostic(Span(3, 11, 3, 15), related), STACKED, helper) == """\
train.py:3:11: error LST102 this LSTM gets (batch, 50), but needs (batch, time, features)
   |
 3 | model.add(LSTM(50))
   |           ^^^^ expects rank 3, got rank 2
   |
   ::: helper.py:12:5
12 | def cut(data): ...
   |     --- cut here
   |
   = help: pass return_sequences=True to the LSTM before it
"""
    cells = (CodeCell(3, None, "pass\n", "%time\n"), CodeCell(7, None, "pass\nf(x)", "!ls\nf(x)"))
    notebook = Source("train.ipynb", "notebook", cells)
    place = RelatedPlace("timed", "train.ipynb", 3, Span(1, 1, 1, 6))
    assert shown(diagnostic(Span(2, 1, 2, 2), place, filename="train.ipynb", cell=7), notebook).startswith("""\
train.ipynb:cell 7:2:1: error LST102 this LSTM gets (batch, 50), but needs (batch, time, features)
  |
2 | f(x)
  | ^ expects rank 3, got rank 2
  |
  ::: train.ipynb:cell 3:1:1
1 | %time
  | ----- timed
""")


def frame_of(line: str, span: Span) -> list[str]:
    return shown(diagnostic(span), script(line, "train.py")).split("\n")[2:4]


def test_marks_stand_under_what_they_mark() -> None:
    tabs = frame_of("\tx = f(\t1)", Span(1, 6, 1, 11))
    assert tabs == ["1 |     x = f(    1)", "  |         ^^^^^^^^ expects rank 3, got rank 2"]
    assert frame_of("'模型'; f(x)", Span(1, 7, 1, 11)) == ["1 | '模型'; f(x)", "  |         ^^^^ expects rank 3, got rank 2"]
    assert frame_of("e\N{COMBINING ACUTE ACCENT} = f(x)", Span(1, 6, 1, 10))[1] == "  |     ^^^^ expects rank 3, got rank 2"
    assert frame_of("x = f(\n  y,\n)", Span(1, 5, 3, 2)) == ["1 | x = f(", "  |     ^^ expects rank 3, got rank 2"]
    assert frame_of("x", Span(1, 2, 1, 3)) == ["1 | x", "  |  ^ expects rank 3, got rank 2"]


def test_nothing_in_the_source_steers_the_terminal() -> None:
    text = "\n".join(frame_of("x = '\x1b[31m\x9b\u202e'; f(x)", Span(1, 14, 1, 18)))
    assert text.isprintable() or all(c.isprintable() or c == "\n" for c in text)


def test_long_lines_are_cut_around_the_mark() -> None:
    line = "x = [" + "1, " * 1000 + "f(y), " + "2, " * 1000 + "]"
    shown_line, marks = frame_of(line, Span(1, line.index("f") + 1, 1, line.index("f") + 5))
    assert len(shown_line) < 200 and shown_line.startswith("1 | …") and shown_line.endswith("…")
    assert shown_line[marks.index("^") :][:4] == "f(y)"


def test_places_outside_the_source_do_not_end_it() -> None:
    assert "LST102" in shown(diagnostic(Span(99, 1, 99, 2)), STACKED)
    assert "LST102" in shown(diagnostic(Span(1, 1, 1, 2)))


def test_colours() -> None:
    painted = shown(diagnostic(Span(3, 11, 3, 15)), STACKED, colour=True)
    assert "\x1b[1;31merror\x1b[0m" in painted
    assert "\x1b[1;31m^^^^ expects" in painted
