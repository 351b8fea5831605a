"""`lstmlint rule`: print the documentation of a rule."""
from __future__ import annotations

import argparse

from lstmlint.commands.base import NOTHING_FOUND, Commands, Outcome, UsageError


def add(commands: Commands) -> None:
    """Describe the command."""
    rule: argparse.ArgumentParser = commands.add_parser("rule", help="print the documentation of a rule")
    rule.add_argument("rule", nargs="?", metavar="CODE|NAME", help="such as LST102 or missing-return-sequences")
    rule.add_argument("--all", action="store_true", help="print the documentation of all rules")
    rule.set_defaults(run=run)


def run(options: argparse.Namespace) -> Outcome:
    """The pages that are asked for."""
    from lstmlint.config.reader import near
    from lstmlint.rules.discovery import all_rules, find_rule, page

    if options.all == (options.rule is not None):
        raise UsageError("name one rule, by its code or name, or pass --all")
    if options.all:
        return NOTHING_FOUND, [page(rule) for rule in all_rules()]
    found = find_rule(options.rule)
    if found is None:
        hint = near(options.rule, [rule.name for rule in all_rules()]) or "; see lstmlint rule --all"
        raise UsageError(f"no rule has the code or name {options.rule!r}{hint}")
    return NOTHING_FOUND, page(found).splitlines()
