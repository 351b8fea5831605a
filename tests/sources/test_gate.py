"""What passes the gate can be parsed, visited and written out again, in a process that survives it; what doesn't is said."""
from __future__ import annotations

import subprocess
import sys

import pytest

from lstmlint.sources.gate import BRACKETS, CHAIN, PATTERN_BRACKETS, too_deep

NESTED = {
    "parentheses": lambda n: "x = " + "(" * n + "1" + ")" * n,
    "calls": lambda n: "x = " + "f(" * n + "1" + ")" * n,
    "lists": lambda n: "x = " + "[" * n + "1" + "]" * n,
    "dicts": lambda n: "x = " + "{1: " * n + "1" + "}" * n,
    "subscripts": lambda n: "x: " + "a[" * n + "1" + "]" * n + " = 1",
    "targets": lambda n: "(" * n + "a" + ",)" * n + " = 1",
    "comprehensions": lambda n: "x = " + "[a for a in " * n + "b" + "]" * n,
    "f-string": lambda n: "x = f'{" + "(" * (n - 1) + "1" + ")" * (n - 1) + "}'",
}
CHAINS = {
    "plus": lambda n: "x = 1" + " + 1" * n,
    "power": lambda n: "x = 1" + " ** 1" * (n // 2),
    "not": lambda n: "x = " + "not " * n + "1",
    "minus": lambda n: "x = " + "-" * n + "1",
    "and": lambda n: "x = 1" + " and 1" * n,
    "attributes": lambda n: "x = a" + ".a" * n,
    "calls": lambda n: "x = a" + "()" * n,
    "methods": lambda n: "x = a" + ".a(1)" * (n // 2),
    "conditions": lambda n: "x = 1" + " if 1 else 1" * (n // 2),
    "lambdas": lambda n: "x = " + "lambda a, b: " * n + "1",
    "strings": lambda n: "x = (" + "'a'\n" * (n - 1) + ")",
    "elif": lambda n: "if x: pass\n" + "elif x: pass\n" * n,
}
FLAT = {
    "a long list": lambda n: "x = [" + "-1.5, " * n + "]",
    "a table": lambda n: "x = [\n" + "  [1, 2, -3, f(a.b)],\n" * n + "]",
    "many statements": lambda n: "x = a.b + c.d\n" * n,
    "many ifs": lambda n: "if a: pass\nelif b: pass\nelse: pass\n" * n,
    "comments": lambda n: "x = [\n" + "# ((((((((\n" * n + "]",
    "strings of brackets": lambda n: "x = '((('\n" * n,
    "quotes within f-strings": lambda n: "x = f'{a[\"(\"]}'\n" * n,
    "a miscounted bracket": lambda n: "x = f'{'('}'\nif x: pass\n" + "y = a.b + c.d\nreturn\n" * n,
    "many cases": lambda n: "match x:\n" + "  case A(b=[1, 2]): y = f(g(h([1])))\n" * n,
}

SURVIVES = """
import sys
from lstmlint.sources.deep import run_deep
def work():
    import libcst
    from lstmlint.sources.parse import parse
    from lstmlint.sources.positions import spans
    from lstmlint.sources.source import script
    for text in sys.stdin.read().split("\\0"):
        trees, problems = parse(script(text))
        assert trees, (text[:40], problems)
        module = trees[0].module
        assert spans(trees[0], [module])
        module.visit(libcst.CSTTransformer())
        assert module.code == text
        deepest = 0
        def recurse(node):
            return 1 + max((recurse(child) for child in node.children), default=0)
        recurse(module)
run_deep(work)
print("survived")
"""


@pytest.mark.parametrize("kind", NESTED)
def test_nesting_is_limited(kind: str) -> None:
    assert too_deep(NESTED[kind](BRACKETS - 1)) is None
    assert too_deep("x = 1\n" + NESTED[kind](BRACKETS + 1)) == 2


@pytest.mark.parametrize("kind", CHAINS)
def test_chains_are_limited(kind: str) -> None:
    assert too_deep(CHAINS[kind](CHAIN - 2)) is None
    assert too_deep(CHAINS[kind](CHAIN + 2)) is not None


@pytest.mark.parametrize("kind", FLAT)
def test_length_alone_is_no_depth(kind: str) -> None:
    assert too_deep(FLAT[kind](5000)) is None


def test_nested_patterns_are_limited() -> None:
    deep = "(" * PATTERN_BRACKETS + "1" + ",)" * PATTERN_BRACKETS
    assert too_deep(f"match x:\n    case {deep}: pass\n") == 2
    assert too_deep(f"case = {deep}\nx = case[{deep}]\n") is None


def test_what_passes_survives() -> None:
    texts = [make(BRACKETS - 1) for make in NESTED.values()] + [make(CHAIN - 2) for make in CHAINS.values()]
    assert all(too_deep(text) is None for text in texts)
    done = subprocess.run(
        [sys.executable, "-c", SURVIVES], input="\0".join(texts), capture_output=True, text=True, timeout=120
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "survived\n"), done.stderr[-2000:]


def test_run_deep_passes_on_what_happens_and_leaves_the_limits_alone() -> None:
    from lstmlint.sources.deep import run_deep

    limit = sys.getrecursionlimit()
    assert run_deep(lambda: run_deep(lambda: 42)) == 42
    with pytest.raises(KeyError):
        run_deep(lambda: {}["missing"])
    assert sys.getrecursionlimit() == limit
