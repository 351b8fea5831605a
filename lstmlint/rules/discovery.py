"""The catalogue: every Rule subclass in the modules of lstmlint.rules, and the parts that rules have in others."""
from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from functools import cache
from types import ModuleType

import lstmlint.rules
import lstmlint.rules.tensorflow
import lstmlint.rules.torch
from lstmlint.rules.base import Part, Rule

_PACKAGES = (lstmlint.rules, lstmlint.rules.torch, lstmlint.rules.tensorflow)


@cache
def all_rules() -> tuple[type[Rule], ...]:
    """All rules, sorted by code."""
    rules: dict[str, type[Rule]] = {}
    for rule in _classes():
        if not issubclass(rule, Part) and rules.setdefault(rule.code, rule) is not rule:
            raise ValueError(f"{rule.code} is the code of two rules")
    return tuple(rules[code] for code in sorted(rules))


@cache
def all_checks() -> tuple[type[Rule], ...]:
    """All rules and their parts, sorted by code."""
    return tuple(sorted(_classes(), key=lambda rule: (rule.code, issubclass(rule, Part))))


def _classes() -> Iterator[type[Rule]]:
    for package in _PACKAGES:
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            yield from _rules_in(importlib.import_module(module.name))


def _rules_in(module: ModuleType) -> Iterator[type[Rule]]:
    for value in vars(module).values():
        own = isinstance(value, type) and issubclass(value, Rule) and value.__module__ == module.__name__
        # What several parts have in common is no check of its own.
        if own and hasattr(value, "code") and not value.__name__.startswith("_"):
            yield value


def find_rule(wanted: str) -> type[Rule] | None:
    """The rule with this code or name, in any case."""
    wanted = wanted.lower()
    return next((rule for rule in all_rules() if wanted in (rule.code.lower(), rule.name)), None)


def page(rule: type[Rule]) -> str:
    """The rule's documentation page: its docstring, with the code in the title, the docstrings of its parts, and its fixes."""
    parts = (part for part in all_checks() if part.code == rule.code and part is not rule)
    text = "\n\n".join(inspect.cleandoc(part.__doc__ or "").strip() for part in (rule, *parts))
    title = f"# {rule.name}"
    return f"# {rule.code}: {rule.name} ({rule.severity})\n\n" + text.removeprefix(title).strip() + "\n\n" + _fixes(rule)


def _fixes(rule: type[Rule]) -> str:
    """What the page says of the rule's fixes."""
    ways = [("`--fix`", rule.safe_fix), ("`--fix --unsafe-fixes`", rule.unsafe_fix)]
    said = [f"- {option}: {words}." for option, words in ways if words]
    if not said:
        return "## Fix\nNone: a person has to decide.\n"
    return "## Fix\nNot everywhere, but where it can be told:\n\n" + "\n".join(said) + "\n"
