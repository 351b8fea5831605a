"""The real frameworks judge lstmlint on generated scripts: a short form, with fixed seeds, of `benchmarks/judge.py`."""

from __future__ import annotations

import ast
from dataclasses import replace
from importlib.util import find_spec

import pytest

from lstmlint.config import Settings
from lstmlint.confirm.sandbox import Passed, Raised
from lstmlint.engine import check_source
from lstmlint.rules.discovery import all_rules
from lstmlint.sources.source import script as source_of
from tests.generated import FAMILIES, FAULTS, Script, generate
from tests.judged import Judged, _compared, _verdict, judge

SEEDS = (*range(40, 62), 192)
"""The last is one on which they disagreed."""

needs_both = pytest.mark.skipif(find_spec("keras") is None or find_spec("torch") is None, reason="Keras and PyTorch are the judges")


@needs_both
def test_the_judges_agree() -> None:
    """What is right is passed over, what raises is found, and so is what is silent."""
    wrong = [one.story() for one in judge([generate(seed) for seed in SEEDS]) if one.verdict in ("false", "missed", "unsound")]
    assert not wrong, "\n".join(wrong)


def test_scripts_are_what_they_say() -> None:
    scripts = [generate(seed) for seed in range(600)]
    for script in scripts:
        ast.parse(script.text)
        assert bool(script.fault) == bool(script.fault_lines), script.text
        assert generate(script.seed) == script
    assert {script.family for script in scripts} == {family.name for family in FAMILIES}


@pytest.mark.parametrize("framework", FAULTS)
def test_all_faults_can_be_written(framework: str) -> None:
    for family in FAMILIES:
        if family.framework == framework:
            assert set(family.faults) <= set(FAULTS[framework]), family.name
    written = {fault for family in FAMILIES if family.framework == framework for fault in family.faults}
    assert written == set(FAULTS[framework])
    assert {code for fault in FAULTS[framework].values() for code in fault.codes.split()} <= {rule.code for rule in all_rules()}


def test_right_scripts_have_no_findings() -> None:
    for script in map(generate, range(1000, 1300)):
        if not script.fault:
            result = check_source(source_of(script.text, "right.py"), Settings())
            assert not result.diagnostics, (script.text, result.diagnostics)


@pytest.mark.parametrize(
    ("fault", "raises", "claims", "verdict"),
    [
        ("", False, False, "right"),
        ("", True, False, "unsound"),
        ("", False, True, "false"),
        ("impossible reshape", True, True, "right"),
        ("impossible reshape", True, False, "missed"),
        ("impossible reshape", False, False, "harmless"),
        ("impossible reshape", False, True, "false"),
        ("softmax over one unit", False, False, "missed"),
        ("softmax over one unit", False, True, "false"),
    ],
)
def test_a_disagreement_is_seen(fault: str, raises: bool, claims: bool, verdict: str) -> None:
    text = "import numpy as np\nfrom keras.layers import LSTM\nnp.zeros((3, 4)).reshape(5)  # FAULT\nLSTM(3)\n"
    found = check_source(source_of(text, "x.py"), Settings()).diagnostics if claims else ()
    assert len(found) == claims
    outcome = Raised("ValueError", "no", 3, "NumPy", lines=(3,)) if raises else Passed("NumPy")
    judged = Judged(Script(1, "keras", fault, text), outcome, found, _verdict(Script(1, "keras", fault, text), outcome, found))
    assert judged.verdict == verdict and fault in judged.story()


@pytest.mark.parametrize(("second", "verdict"), [("", "right"), ("np.ones(6).reshape(7)", "more")])
def test_what_else_is_said_is_seen(second: str, verdict: str) -> None:
    text = f"import numpy as np\nfrom keras.layers import LSTM\nnp.zeros((3, 4)).reshape(5)  # FAULT\n{second}\nLSTM(3)\n"
    found = check_source(source_of(text, "x.py"), Settings()).diagnostics
    outcome = Raised("ValueError", "no", 3, "NumPy", lines=(3,))
    script, elsewhere = (Script(1, "keras", "impossible reshape", one) for one in (text, text.replace("  # FAULT", "")))
    assert _verdict(script, outcome, found) == verdict
    assert _verdict(elsewhere, replace(outcome, lines=(9,)), found) == "false"


def test_a_silent_place_before_one_that_raises_is_told_apart() -> None:
    text = "import numpy as np\nfrom keras import Sequential\nfrom keras.layers import Dense, Input, LSTM\n"
    text += 'model = Sequential([Input((4, 2)), LSTM(3), Dense(1, activation="softmax")])  # FAULT\n'
    text += 'model.compile(loss="binary_crossentropy")\nmodel.fit(np.zeros((8, 4, 2)), np.zeros(8))\n'
    found = check_source(source_of(text, "x.py"), Settings()).diagnostics
    script = Script(1, "keras", "softmax over one unit", text)
    assert [one.effect for one in found] == ["silent"]
    assert _verdict(script, Passed("Keras"), found) == "right"
    assert _verdict(script, Raised("ValueError", "no", 6, "Keras", lines=(6,)), found) == "late"
    assert _verdict(script, Raised("ValueError", "no", 4, "Keras", lines=(4,)), found) == "false"


def test_what_only_a_file_can_prove_is_told_apart() -> None:
    scripts = [script for script in map(generate, range(300)) if script.inline]
    assert scripts and all("csv" in script.text or "book.txt" in script.text for script in scripts)
    assert all(script.fault_lines for script in scripts if script.fault)
    text = "import numpy as np\nfrom keras.layers import LSTM\ndata = np.loadtxt('data.csv')\ndata.reshape(5)  # FAULT\nLSTM(3)\n"
    inline = text.replace("np.loadtxt('data.csv')", "np.zeros(4)")
    raised = Raised("ValueError", "no", 4, "NumPy", lines=(4,))
    for known, verdict in ((inline, "open"), ("", "missed"), (text, "missed")):
        assert _compared(Script(1, "keras", "impossible reshape", text, inline=known), raised).verdict == verdict
