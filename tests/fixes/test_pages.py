"""What the pages of rules say of fixes is true: each kind that is named is really offered, and no other."""
from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from lstmlint.config import Settings
from lstmlint.diagnostics import Diagnostic
from lstmlint.engine import Run, check_files
from lstmlint.rules.base import Rule
from lstmlint.rules.discovery import all_checks, all_rules, page
from tests.test_fixtures import SCRIPTS

START = "import numpy as np\nfrom keras import Input, Model, Sequential\nfrom keras.layers import Dense, Embedding, LSTM\n\n"
RARE = {
    "LST101": "model = Sequential([Input((None, 20)), Embedding(90, 8), LSTM(4), Dense(1)])\n",
    "LST102": "x = Input((9, 2))\nh = LSTM(8)(x)\nmodel = Model(x, [h, LSTM(4)(h)])\n",
    "LST103": "model = Sequential([LSTM(8, input_shape=(None, 7, 3))])\n",
    "LST104": "X = np.zeros((90, 7, 3))\nmodel = Sequential([LSTM(8, input_shape=X.shape)])\n",
    "LST108": "x = Input((9, 2))\nh = LSTM(4)\nmodel = Model(x, [Dense(1)(h), LSTM(4)(x)])\n",
    "LST304": 'model = Sequential([Input((9, 2)), LSTM(8), Dense(1, activation="softmax")])\nmodel.compile("adam", "mse")\n'
    "model.fit(np.zeros((30, 9, 2)), np.zeros((30, 1)))\n",
    "LST601": "model = Sequential([Input((9, 2)), LSTM(8, return_sequencez=True), Dense(1)])\n",
}


def found(text: str) -> list[Diagnostic]:
    return list(Run(Settings()).check(text.encode(), "a.py", None).diagnostics)


@pytest.fixture(scope="module")
def offered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The kinds of fixes that are offered for each code."""
    silenced = tmp_path_factory.mktemp("unused") / "a.py"
    silenced.write_text(START + "model = Sequential([Input((9, 2)), LSTM(8)])  # noqa: LST102\n")
    diagnostics = [d for result in check_files([str(silenced)], Settings()) for d in result.diagnostics]
    for text in (*(text for rule in all_checks() for text in rule.invalid), *(START + text for text in RARE.values())):
        diagnostics += found(text)
    for path in SCRIPTS:
        diagnostics += found(Path(path).read_text(encoding="utf-8"))
    kinds: dict[str, set[str]] = defaultdict(set)
    for diagnostic in diagnostics:
        if diagnostic.fix is not None:
            kinds[diagnostic.code].add("safe" if diagnostic.fix.safe else "unsafe")
    return kinds


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_a_page_names_the_fixes_that_there_are(rule: type[Rule], offered: dict[str, set[str]]) -> None:
    said = {kind for kind, words in (("safe", rule.safe_fix), ("unsafe", rule.unsafe_fix)) if words}
    assert offered.get(rule.code, set()) == said
    text = page(rule)
    assert ("- `--fix`: " in text) == ("safe" in said)
    assert ("- `--fix --unsafe-fixes`: " in text) == ("unsafe" in said)
    assert ("None: a person has to decide." in text) == (not said)


def test_the_page_about_fixes_lists_them_all() -> None:
    text = (Path(__file__).parents[2] / "docs" / "fixes.md").read_text(encoding="utf-8")
    for rule in all_rules():
        for words in (rule.safe_fix, rule.unsafe_fix):
            assert not words or f"| {rule.code} | {words} |" in text, rule.code
    listed = sum(line.startswith("| LST") for line in text.splitlines())
    assert listed == sum(bool(words) for rule in all_rules() for words in (rule.safe_fix, rule.unsafe_fix))
