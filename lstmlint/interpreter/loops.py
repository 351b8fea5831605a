"""Loops: short ones are unrolled, the others summarised by what one iteration changes."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Hashable

import libcst as cst

from lstmlint.interpreter.blocks import block
from lstmlint.interpreter.branches import SPLITS, join_exits, truth
from lstmlint.interpreter.machine import Exit, Machine, Region, Scope, expression, statement
from lstmlint.interpreter.targets import assign
from lstmlint.shapes import dims
from lstmlint.shapes.dims import Dim, symbol
from lstmlint.shapes.shape import unknown_dim
from lstmlint.trace import Event, LayerApplied, LossComputed, PlaceholderFed
from lstmlint.values.base import MISSING, NONE, Choice, Const, Integer, Undecided, Value, choice, dim_of, integer, unknown
from lstmlint.values.data import (
    DictObject,
    Entries,
    Items,
    ListObject,
    Table,
    TensorKey,
    Tuple,
    items_of,
    key_of,
    type_of_key,
    widen,
    widen_items,
    widen_tables,
)
from lstmlint.values.memory import memory
from lstmlint.values.variation import Youth, fresh, vary

UNROLL = 8
"""How many iterations are run one by one …"""
UNROLL_LITERAL = 24
"""… where the items are written out in the program …"""
UNROLL_NESTED = 48
"""… and how many in all by nested loops."""

UNROLL_STEPS = 12_000
"""How many steps in all the iterations of an unrolled loop may take."""

Bind = Callable[[Value], None]


@statement(cst.For)
def for_statement(machine: Machine, node: cst.For) -> bool:
    iterable = machine.evaluate(node.iter)
    items = _items_over(machine, iterable, node.iter)

    def bind(value: Value) -> None:
        assign(machine, node.target, value)
        if machine.contracts is not None:
            machine.contracts.after(machine, node)

    limit = (
        UNROLL_LITERAL
        if isinstance(node.iter, (cst.List, cst.Tuple, cst.Name)) and isinstance(items_of(iterable), Items)
        else UNROLL
    )
    ended: tuple[bool, bool] | None = None
    if items.known is not None and len(items.known) <= limit and machine.unrolled * len(items.known) <= UNROLL_NESTED:
        ended = _unroll(machine, items.known, bind, node.body)
    elif dims.same(items.length, 0):
        ended = True, False
    if ended is None:
        ended = summarise(machine, items.element, items.length, bind, lambda: block(machine, node.body)), True
    goes_on, broke = ended
    if goes_on and node.orelse is not None and not broke:
        return block(machine, node.orelse.body)
    return goes_on


@statement(cst.While)
def while_statement(machine: Machine, node: cst.While) -> bool:
    test = machine.evaluate(node.test)
    if truth(test) is False:
        return True if node.orelse is None else block(machine, node.orelse.body)

    def body() -> bool:
        condition = machine.evaluate(node.test)
        if truth(condition) is False:
            return True
        return block(machine, node.body)

    return summarise(machine, NONE, symbol("iterations", lower=0), lambda value: None, body)


def _items_over(machine: Machine, iterable: Value, node: cst.CSTNode, depth: int = SPLITS) -> Items:
    """What a loop over `iterable` sees; where that has alternatives, each item has them, and the loop is still one."""
    mark, events = memory.mark(), len(machine.trace.events)
    try:
        return machine.iterate(machine, iterable.under(memory.path) if isinstance(iterable, Choice) else iterable, node)
    except Undecided as undecided:
        memory.undo(mark)
        del machine.trace.events[events:]
        if depth == 0:
            raise
        condition = undecided.condition
    outer = machine.alternatives
    sides = []
    try:
        for truth_of_it in (True, False):
            machine.alternatives = {**outer, condition: truth_of_it}
            with memory.assuming(condition, truth_of_it):
                sides.append(_items_over(machine, iterable, node, depth - 1))
    finally:
        machine.alternatives = outer
    then, orelse = sides
    if then.known is not None and orelse.known is not None:
        if len(then.known) != len(orelse.known):
            raise Undecided(condition)
        return Items.of(choice(condition, a, b) for a, b in zip(then.known, orelse.known))
    length = then.length if then.length == orelse.length else unknown_dim()
    return Items.many(choice(condition, then.element, orelse.element), length)


def _unroll(machine: Machine, items: tuple[Value, ...], bind: Bind, body: cst.BaseSuite) -> tuple[bool, bool] | None:
    """Run the body for each item; says whether control goes on after the loop, and whether a `break` may have ended it.

    None where the first item shows that this would take too many steps; then nothing has been done.
    """
    outer, steps, events = memory.path, machine.steps, len(machine.trace.events)
    returns = _ways_out(machine)
    finished: list[Exit] = []
    machine.unrolled *= max(len(items), 1)
    whole = Region(memory.mark(), outer)
    goes_on = True
    try:
        for item in items:
            region = Region(memory.mark(), memory.path)
            machine.loops.append(region)
            try:
                bind(item)
                goes_on = block(machine, body)
            finally:
                machine.loops.pop()
            too_long = (steps - machine.steps) * len(items) > UNROLL_STEPS
            if item is items[0] and too_long and goes_on and not region.breaks and _ways_out(machine) == returns:
                memory.undo(whole.mark)
                memory.path = outer
                del machine.trace.events[events:]
                return None
            for left in region.breaks:
                path = {c: t for c, t in region.path.items() if c not in outer}
                finished.append(Exit({**path, **left.path}, {**memory.written(whole.mark), **left.writes}, NONE))
            goes_on = _next_iteration(region, goes_on)
            if not goes_on:
                break
        if finished:
            if goes_on:
                finished.append(whole.leave(NONE))
            memory.path = outer
            join_exits(finished, whole)
            return True, True
        return goes_on, False
    finally:
        machine.unrolled //= max(len(items), 1)
        if goes_on or finished:
            memory.path = outer


def _ways_out(machine: Machine) -> int:
    """How many ways out of the active function have been seen."""
    return len(machine.activations[-1].exits) + len(machine.activations[-1].yields) if machine.activations else 0


def _next_iteration(region: Region, goes_on: bool) -> bool:
    """Join the `continue`s of one iteration with its end; says whether there is a next iteration."""
    if not region.exits:
        if goes_on:
            memory.path = region.path
        return goes_on
    if goes_on:
        region.exits.append(region.leave(NONE))
    memory.path = region.path
    join_exits(region.exits, region)
    return True


def summarise(machine: Machine, element: Value, length: Dim, bind: Bind, body: Callable[[], bool]) -> bool:
    """Run the body once to see what it changes, then once more from a state that stands for any iteration.

    While an outer loop only looks for what changes, once is enough: nested loops cost their depth, not a power of it.
    """
    mark, events = memory.mark(), len(machine.trace.events)
    young = Youth(element)
    outermost, glances = not machine.looking, machine.glances
    machine.looking = True
    try:
        breaks = _iteration(machine, element, bind, body)
    finally:
        machine.looking = not outermost
    before = memory.before(mark)
    after = memory.written(mark)
    if not outermost:
        machine.glances += 1
        total = length if not breaks else unknown_dim()
        for cell, end in after.items():
            cell.set(_final_at_once(before[cell], end, total, young))
        return True
    step = symbol("iteration", lower=0, upper=length - 1)
    entries = {
        cell: _entry(old, after[cell], step, young) for cell, old in before.items() if old is not MISSING and after[cell] != old
    }
    ends = after
    if entries or machine.glances > glances:
        # Otherwise all iterations are like the first.
        memory.undo(mark)
        first = machine.trace.events[events:]
        del machine.trace.events[events:]
        for cell, value in entries.items():
            cell.set(value)
        second = memory.mark()
        breaks = _iteration(machine, element, bind, body)
        ends = memory.written(second)
        _keep_faults_of_the_first(machine, first, events)
    total = length if not breaks else unknown_dim()
    before = {**memory.before(mark), **before}
    counts: _Counts = {}
    for cell in {**entries, **ends}:
        old = before.get(cell, MISSING)
        final = _final(old, entries.get(cell, old), ends.get(cell, cell.raw), total, young, counts)
        if final is not cell.raw:
            cell.set(final)
    return True


def _keep_faults_of_the_first(machine: Machine, first: list[Event], since: int) -> None:
    """What is wrong in the first iteration, whose state is known exactly, is wrong, whatever later ones bring.

    Of values with a state of their own (Keras models) the first iteration has left nothing, so nothing is said of them.
    """
    told = {(type(event), event.site.node) for event in machine.trace.events[since:] if _fault_in(event)}
    for event in first:
        if _fault_in(event) and (type(event), event.site.node) not in told:
            machine.trace.events.append(event)


def _fault_in(event: Event) -> bool:
    if isinstance(event, LayerApplied):
        return event.model is None and event.violation is not None and event.layer.path.startswith("torch.")
    return isinstance(event, (LossComputed, PlaceholderFed)) and event.violation is not None


def _iteration(machine: Machine, element: Value, bind: Bind, body: Callable[[], bool]) -> bool:
    """One run of the body; says whether a `break` may end the loop."""
    region = Region(memory.mark(), memory.path)
    machine.loops.append(region)
    try:
        bind(fresh(element))
        goes_on = body()
    finally:
        machine.loops.pop()
    region.exits.extend(region.breaks)
    _next_iteration(region, goes_on)
    memory.path = region.path
    return bool(region.breaks)


def _alternatives(value: Value) -> list[Value]:
    return value.leaves() if isinstance(value, Choice) else [value]


def _entry(old: Value, new: Value, step: Dim, young: Youth) -> Value:
    """What a changed cell holds at the start of any iteration."""
    if isinstance(old, Items):
        grown = [_items(leaf) for leaf in _alternatives(new)]
        element: Value | None = None if dims.same(old.length, 0) else old.element
        for items in grown:
            if items is None:
                return Items.many(unknown(), unknown_dim())
            if not dims.same(items.length, 0):
                element = items.element if element is None else widen(element, items.element)
        growth = _growth(old, grown, young)
        length = unknown_dim() if growth is None else old.length + growth * step
        return Items.many(vary(element or unknown(), young), length)
    increments = [_increment(old, leaf) for leaf in _alternatives(new)]
    if len(set(increments)) == 1 and increments[0] is not None:
        start = dim_of(old)
        return integer((start if start is not None else 0) + increments[0] * step)
    return vary(_widen_all([old, *_alternatives(new)]), young, carried=True)


_Counts = dict[Hashable, Dim]
"""How much lists grow in all, by what decides in each iteration: lists that grow together are equally long."""


def _final(old: Value, entry: Value, end: Value, length: Dim, young: Youth, counts: _Counts) -> Value:
    """What a cell holds after the loop."""
    if isinstance(old, Items) and isinstance(entry, Items):
        grown = [_items(leaf) for leaf in _alternatives(end)]
        if None in grown:
            return Items.many(unknown(), unknown_dim())
        element = entry.element if dims.same(old.length, 0) else widen(old.element, entry.element)
        for items in grown:
            if items is not None and items.element != element and not dims.same(items.length, 0):
                element = widen(element, items.element)
        growth = _growth(entry, grown, young)
        total = _grown(old, entry, end, young, counts) if growth is None else old.length + growth * length
        return Items.many(vary(element, young), total)
    if isinstance(old, (Table, Entries)) or isinstance(end, Choice):
        return vary(_widen_all(_alternatives(end) if old is MISSING else [entry, *_alternatives(end)]), young)
    increment = _increment(entry, end)
    if increment is not None and old is not MISSING and entry is not old:
        start = dim_of(old)
        return integer(start + increment * length) if start is not None else unknown("int")
    if old is MISSING or entry is old or isinstance(end, (Items, ListObject)):
        return end
    return _widen_all([entry, end])


def _final_at_once(old: Value, end: Value, length: Dim, young: Youth) -> Value:
    """As `_final`, after a single iteration: what is not a list may be any of what it was on the way."""
    if isinstance(old, Items):
        return _entry(old, end, length, young)
    if old is MISSING or end == old:
        return end
    return vary(_widen_all([old, *_alternatives(end)]), young)


def _grown(old: Items, entry: Items, end: Value, young: Youth, counts: _Counts) -> Dim:
    """How long a list is that grows in some iterations and not in others, or not by as much."""
    more = unknown_dim("m", "how often the loop appends")
    pattern = _pattern(entry, end, young)
    return more if pattern is None else old.length + counts.setdefault(pattern, more)


def _pattern(entry: Items, end: Value, young: Youth) -> Hashable:
    """By how much an iteration makes a list longer, and what decides about it; None where that can't be told."""
    if isinstance(end, Choice):
        then, orelse = (_pattern(entry, side, young) for side in (end.then, end.orelse))
        return None if then is None or orelse is None else (end.condition, then, orelse)
    if not isinstance(end, Items):
        return None
    delta = end.length - entry.length
    return None if young.has(delta) or not dims.at_least(delta, 0) else delta


def _growth(before: Items, after: list[Items | None], young: Youth) -> Dim | None:
    """By how much each iteration makes a list longer; None where that is not the same each time."""
    if None in after:
        return None
    deltas = {items.length - before.length for items in after if items is not None}
    delta = deltas.pop()
    return None if deltas or young.has(delta) else delta


def _increment(old: Value, new: Value) -> Dim | None:
    """By what constant amount an integer grew."""
    if isinstance(old, (Const, Integer)) and isinstance(new, (Const, Integer)):
        if isinstance(old, Const) and type(old.value) is not int:
            return None
        if isinstance(new, Const) and type(new.value) is not int:
            return None
        start, end = dim_of(old), dim_of(new)
        if start is not None and end is not None:
            difference = end - start
            return difference if isinstance(difference, int) else None
    return None


def _items(value: Value) -> Items | None:
    return value if isinstance(value, Items) else None


def _widen_all(values: list[Value]) -> Value:
    result = values[0]
    for value in values[1:]:
        result = widen_content(result, value)
    return result


def widen_content(a: Value, b: Value) -> Value:
    """One value that covers both, for what cells hold."""
    if a == b:
        return a
    if isinstance(a, Items) and isinstance(b, Items):
        return widen_items(a, b)
    if isinstance(a, Table) and isinstance(b, Table):
        return widen_tables(a, b)
    if isinstance(a, Entries) and isinstance(b, Entries):
        keys = dict(b.known)
        known = tuple((key, widen(value, keys[key])) for key, value in a.known if key in keys)
        return Entries(known, True)
    return widen(a, b)


@expression(cst.ListComp, cst.GeneratorExp, cst.SetComp)
def comprehension(machine: Machine, node: cst.ListComp | cst.GeneratorExp | cst.SetComp) -> Value:
    kind = {cst.ListComp: "list", cst.GeneratorExp: "iterator", cst.SetComp: "set"}[type(node)]
    scope = Scope("comprehension", machine.scope)
    with machine.within(scope, machine.tree):
        items = _comprehend(machine, node.for_in, lambda: machine.evaluate(node.elt), scope)
    return ListObject(Items.many(items.element, unknown_dim()) if kind == "set" else items, kind)


@expression(cst.DictComp)
def dict_comprehension(machine: Machine, node: cst.DictComp) -> Value:
    scope = Scope("comprehension", machine.scope)
    with machine.within(scope, machine.tree):
        items = _comprehend(
            machine, node.for_in, lambda: Tuple(Items.of((machine.evaluate(node.key), machine.evaluate(node.value)))), scope
        )
    if items.known is not None:
        pairs = [item.items.known for item in items.known if isinstance(item, Tuple) and item.items.known is not None]
        keyed = {key_of(pair[0]): pair[1] for pair in pairs}
        if all(isinstance(key, (Const, TensorKey)) for key in keyed):
            return DictObject(Entries(tuple(keyed.items())))
    element = items.element
    key, value = element.items.known if isinstance(element, Tuple) and element.items.known else (unknown(), unknown())
    return DictObject(Entries((), True, value, unknown_dim() if items.known is not None else items.length, type_of_key(key)))


def _comprehend(machine: Machine, clause: cst.CompFor, result: Callable[[], Value], scope: Scope) -> Items:
    """The items that `for … in … [if …]` with its inner clauses makes of `result`."""
    iterable = machine.evaluate(clause.iter)
    items = machine.iterate(machine, iterable, clause.iter)

    def bind(value: Value) -> None:
        _bind_in(machine, scope, clause.target, value)

    if items.known is not None and len(items.known) <= UNROLL_LITERAL and machine.unrolled * len(items.known) <= UNROLL_NESTED:
        machine.unrolled *= max(len(items.known), 1)
        try:
            parts = []
            for item in items.known:
                bind(item)
                parts.append(_filtered(machine, clause, result, scope))
        finally:
            machine.unrolled //= max(len(items.known), 1)
        if all(part.known is not None for part in parts):
            return Items.of(itertools.chain.from_iterable(part.known or () for part in parts))
        length: Dim = 0
        for part in parts:
            length = part.length + length
        element = parts[0].element
        for part in parts[1:]:
            element = widen(element, part.element)
        return Items.many(element, length)
    young = Youth(items.element)
    bind(fresh(items.element))
    inner = _filtered(machine, clause, result, scope)
    return Items.many(vary(inner.element, young), unknown_dim() if young.has(inner.length) else inner.length * items.length)


def _filtered(machine: Machine, clause: cst.CompFor, result: Callable[[], Value], scope: Scope) -> Items:
    """What one iteration adds."""
    keeps: bool | None = True
    for condition in clause.ifs:
        value = truth(machine.evaluate(condition.test))
        if value is False:
            return Items.of(())
        if value is None:
            keeps = None
    inner = clause.inner_for_in
    items = Items.of((result(),)) if inner is None else _comprehend(machine, inner, result, scope)
    return items if keeps else Items.many(items.element, unknown_dim("m", "how many pass the condition"))


def _bind_in(machine: Machine, scope: Scope, target: cst.CSTNode, value: Value) -> None:
    """Bind a comprehension's variable, in its own scope."""
    if isinstance(target, cst.Name):
        scope.names.set(target.value, value)
    elif isinstance(target, (cst.Tuple, cst.List)):
        if isinstance(value, Choice):
            raise Undecided(value.condition)
        items = machine.iterate(machine, value, target)
        for i, element in enumerate(target.elements):
            item = items.at(i)
            _bind_in(machine, scope, element.value, items.element if item is None else item)
