"""The catalogue: every Rule subclass in the modules of lstmlint.rules."""
from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from functools import cache
from types import ModuleType

import lstmlint.rules
from lstmlint.rules.base import Rule


@cache
def all_rules() -> tuple[type[Rule], ...]:
    """All rules, sorted by code."""
    rules: dict[str, type[Rule]] = {}
    for module in pkgutil.iter_modules(lstmlint.rules.__path__, "lstmlint.rules."):
        for rule in _rules_in(importlib.import_module(module.name)):
            if rules.setdefault(rule.code, rule) is not rule:
                raise ValueError(f"{rule.code} is the code of two rules")
    return tuple(rules[code] for code in sorted(rules))


def _rules_in(module: ModuleType) -> Iterator[type[Rule]]:
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, Rule) and value.__module__ == module.__name__ and "code" in vars(value):
            yield value


def find_rule(wanted: str) -> type[Rule] | None:
    """The rule with this code or name, in any case."""
    wanted = wanted.lower()
    return next((rule for rule in all_rules() if wanted in (rule.code.lower(), rule.name)), None)


def page(rule: type[Rule]) -> str:
    """The rule's documentation page: its docstring, with the code in the title."""
    text = inspect.cleandoc(rule.__doc__ or "").strip()
    title = f"# {rule.name}"
    return f"# {rule.code}: {rule.name} ({rule.severity})\n\n" + text.removeprefix(title).strip() + "\n"
