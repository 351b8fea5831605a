"""Statements, except loops, definitions and imports."""

from __future__ import annotations

import libcst as cst

from lstmlint.interpreter.blocks import block, execute
from lstmlint.interpreter.branches import branch, tested
from lstmlint.interpreter.machine import Machine, statement
from lstmlint.interpreter.nodes import outline
from lstmlint.interpreter.operators import binary, subscript_delete
from lstmlint.interpreter.targets import assign
from lstmlint.values.base import MISSING, NONE, TRUE, Choice, Const, Value, unknown
from lstmlint.values.code import External
from lstmlint.values.data import ListObject


@statement(cst.SimpleStatementLine, cst.SimpleStatementSuite)
def line(machine: Machine, node: cst.SimpleStatementLine) -> bool:
    goes_on = execute(machine, node.body)
    if machine.contracts is not None and goes_on:
        machine.contracts.after(machine, node)
    return goes_on


@statement(cst.Expr)
def expression_statement(machine: Machine, node: cst.Expr) -> bool:
    machine.evaluate(node.value)
    return not _exits(node.value)


_EXITS = {"exit", "quit"}


def _exits(node: cst.CSTNode) -> bool:
    """sys.exit(), exit(), os._exit()."""
    if not isinstance(node, cst.Call):
        return False
    function = node.func
    if isinstance(function, cst.Name):
        return function.value in _EXITS
    return (
        isinstance(function, cst.Attribute)
        and isinstance(function.value, cst.Name)
        and (function.value.value, function.attr.value) in {("sys", "exit"), ("os", "_exit")}
    )


@statement(cst.Assign)
def assignment(machine: Machine, node: cst.Assign) -> bool:
    value = machine.evaluate(node.value)
    for target in node.targets:
        assign(machine, target.target, value)
    return True


@statement(cst.AnnAssign)
def annotated_assignment(machine: Machine, node: cst.AnnAssign) -> bool:
    if node.value is not None:
        assign(machine, node.target, machine.evaluate(node.value))
    return True


@statement(cst.AugAssign)
def augmented_assignment(machine: Machine, node: cst.AugAssign) -> bool:
    old = machine.evaluate(node.target)
    operand = machine.evaluate(node.value)
    operator = type(node.operator).__name__.removesuffix("Assign")
    result = binary(machine, operator, old, operand, node)
    if isinstance(old, ListObject) and operator == "Add":
        # In place: other names for the list see it too.
        old.items = result.items if isinstance(result, ListObject) else old.items.many(unknown(), old.items.length)
        return True
    assign(machine, node.target, result)
    return True


@statement(cst.If)
def if_statement(machine: Machine, node: cst.If) -> bool:
    test = machine.evaluate(node.test)
    tested(machine, test, node.test)

    def orelse() -> bool:
        if isinstance(node.orelse, cst.If):
            return if_statement(machine, node.orelse)
        return block(machine, node.orelse.body) if isinstance(node.orelse, cst.Else) else True

    return branch(machine, test, lambda: block(machine, node.body), orelse)


@statement(cst.Return)
def return_statement(machine: Machine, node: cst.Return) -> bool:
    return machine.jump(node, NONE if node.value is None else machine.evaluate(node.value))


@statement(cst.Raise)
def raise_statement(machine: Machine, node: cst.Raise) -> bool:
    return False


@statement(cst.Break, cst.Continue)
def break_or_continue(machine: Machine, node: cst.Break | cst.Continue) -> bool:
    return machine.jump(node)


@statement(cst.Assert)
def assert_statement(machine: Machine, node: cst.Assert) -> bool:
    # Behind it, what is asserted holds.
    return branch(machine, machine.evaluate(node.test), lambda: True, lambda: False)


@statement(cst.Del)
def delete_statement(machine: Machine, node: cst.Del) -> bool:
    targets = [element.value for element in node.target.elements] if isinstance(node.target, cst.Tuple) else [node.target]
    for target in targets:
        if isinstance(target, cst.Name):
            machine.scope.target(target.value).names.set(target.value, MISSING)
        elif isinstance(target, cst.Subscript):
            subscript_delete(machine, target)
    return True


@statement(cst.Global)
def global_statement(machine: Machine, node: cst.Global) -> bool:
    for item in node.names:
        machine.scope.declared[item.name.value] = machine.scope.module()
    return True


@statement(cst.Nonlocal)
def nonlocal_statement(machine: Machine, node: cst.Nonlocal) -> bool:
    for item in node.names:
        scope = machine.scope.parent
        while scope is not None and (scope.kind != "function" or scope.names.get(item.name.value) is MISSING):
            scope = scope.parent
        if scope is not None:
            machine.scope.declared[item.name.value] = scope
    return True


@statement(cst.With)
def with_statement(machine: Machine, node: cst.With) -> bool:
    expects_error = False
    for item in node.items:
        value = machine.evaluate(item.item)
        called = machine.evaluate(item.item.func) if isinstance(item.item, cst.Call) else MISSING
        expects_error |= isinstance(called, External) and called.path in _EXPECT_ERRORS
        if item.asname is not None:
            assign(machine, item.asname.name, unknown() if isinstance(value, Choice) else value)
    machine.catching += expects_error
    try:
        return block(machine, node.body)
    finally:
        machine.catching -= expects_error


_EXPECT_ERRORS = {"pytest.raises", "contextlib.suppress"}
_PASSED_BY = frozenset(
    """
    ImportError ModuleNotFoundError FileNotFoundError KeyboardInterrupt KeyError NameError OSError IOError
    StopIteration AttributeError SystemExit UnicodeDecodeError ZeroDivisionError EOFError MemoryError TimeoutError
    ConnectionError PermissionError FileExistsError NotImplementedError
    """.split()  # noqa: SIM905
)
"""Exceptions that a wrong shape does not raise."""


def _catches_shape_errors(handler: cst.ExceptHandler | cst.ExceptStarHandler) -> bool:
    if handler.type is None:
        return True
    kinds = [e.value for e in handler.type.elements] if isinstance(handler.type, cst.Tuple) else [handler.type]
    names = [k.attr.value if isinstance(k, cst.Attribute) else k.value if isinstance(k, cst.Name) else "" for k in kinds]
    return any(name not in _PASSED_BY for name in names)


@statement(cst.Try, cst.TryStar)
def try_statement(machine: Machine, node: cst.Try | cst.TryStar) -> bool:
    catches = any(_catches_shape_errors(handler) for handler in node.handlers)

    def without_exception() -> bool:
        machine.catching += catches
        try:
            goes_on = block(machine, node.body)
        finally:
            machine.catching -= catches
        return goes_on and (node.orelse is None or block(machine, node.orelse.body))

    def handlers(index: int) -> bool:
        handler = node.handlers[index]

        def run() -> bool:
            if handler.name is not None:
                assign(machine, handler.name.name, unknown())
            return block(machine, handler.body)

        if index + 1 == len(node.handlers):
            return run()
        return branch(machine, unknown("bool"), run, lambda: handlers(index + 1))

    if node.handlers:
        goes_on = branch(machine, unknown("bool"), without_exception, lambda: handlers(0))
    else:
        goes_on = without_exception()
    if node.finalbody is not None:
        goes_on = block(machine, node.finalbody.body) and goes_on
    return goes_on


@statement(cst.Match)
def match_statement(machine: Machine, node: cst.Match) -> bool:
    subject = machine.evaluate(node.subject)

    def case(index: int) -> bool:
        if index == len(node.cases):
            return True
        alternative = node.cases[index]
        test = _matches(machine, subject, alternative)

        def run() -> bool:
            for name in outline(alternative.pattern).bound:
                machine.scope.target(name).names.set(name, unknown())
            return block(machine, alternative.body)

        return branch(machine, test, run, lambda: case(index + 1))

    return case(0)


def _matches(machine: Machine, subject: Value, case: cst.MatchCase) -> Value:
    pattern = case.pattern
    if case.guard is None:
        if isinstance(pattern, cst.MatchAs) and pattern.pattern is None:
            return TRUE
        if isinstance(pattern, cst.MatchValue):
            value = machine.evaluate(pattern.value)
            if isinstance(value, Const) and isinstance(subject, Const):
                return Const(value.value == subject.value)
    return unknown("bool")


@statement(cst.Pass)
def pass_statement(machine: Machine, node: cst.Pass) -> bool:
    return True
