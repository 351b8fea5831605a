"""PyTorch's part of LST602: arguments of recurrent layers in the place of others."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from lstmlint.edits.calls import argument_named
from lstmlint.edits.change import Proposal, proposal
from lstmlint.edits.expressions import code
from lstmlint.findings import Effect, Finding, Severity
from lstmlint.rules.base import Part
from lstmlint.rules.misplaced_argument import MisplacedPositionalArgument
from lstmlint.rules.torch.layers import is_cell, is_rnn
from lstmlint.trace import Event, LayerMade, Trace
from lstmlint.values.base import Const

_ORDER = ("input_size", "hidden_size", "num_layers", "bias", "batch_first", "dropout", "bidirectional")
_ORDER_RNN = ("input_size", "hidden_size", "num_layers", "nonlinearity", "bias", "batch_first", "dropout", "bidirectional")


def _named(event: LayerMade, keyword: str) -> Proposal | None:
    """The last positional argument by its name: a share can only be the dropout, a truth value may be several."""
    call = event.site.node
    name, _, given = keyword.partition("=")
    positional = [arg for arg in call.args if arg.keyword is None] if isinstance(call, cst.Call) else []
    if not positional or code(positional[-1].value) != given:
        return None
    return proposal(f"name it: {keyword}", argument_named(event.site, positional[-1].value, name), safe=name == "dropout")


class TorchMisplacedPositionalArgument(Part):
    """
    ## With PyTorch
    After `input_size, hidden_size, num_layers` comes `bias` (of nn.RNN, `nonlinearity`), not `batch_first`: `nn.LSTM(10, 20,
    2, True)` is not batch first, and PyTorch says nothing. A dropout there raises.

    ```python
    nn.LSTM(10, 20, 2, batch_first=True)
    ```
    """

    of = MisplacedPositionalArgument
    listens = (LayerMade,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if not isinstance(event, LayerMade) or event.layer is None or not (is_rnn(event.layer) or is_cell(event.layer)):
            return
        found = self._fault(event)
        if found is None:
            return
        words, advice, severity, effect = found
        fix = _named(event, advice.removeprefix("pass it by name: "))
        yield self.finding(event, event.site, words, help=advice, severity=severity, effect=effect, key=event.layer, fix=fix)

    @staticmethod
    def _fault(event: LayerMade) -> tuple[str, str, Severity, Effect] | None:
        assert event.layer is not None
        kind, order = event.layer.kind, _ORDER_RNN if event.layer.kind == "RNN" else _ORDER
        for at, (name, value) in enumerate(zip(order, event.args)):
            given = value.value if isinstance(value, Const) else None
            if isinstance(given, float) and name != "dropout":
                meant = "dropout" if 0 <= given < 1 else name
                return f"{kind} takes its {name} here, and gets {given}", f"pass it by name: {meant}={given}", "error", "raises"
            if isinstance(given, bool) and (name == "nonlinearity" or at < 3):
                return f"{kind} takes its {name} here, and gets {given}", f"pass it by name: batch_first={given}", "error", "raises"
        last = event.args[3] if len(event.args) == 4 and order[3] == "bias" else None
        if last == Const(True) and is_rnn(event.layer) and "batch_first" not in event.keywords:
            words = f"{kind} takes its bias here, which is True anyway: if batch_first is meant, it is still False"
            return words, "pass it by name: batch_first=True", "warning", "silent"
        return None

    valid = (
        """
from torch import nn

rnn = nn.LSTM(10, 20, 2, batch_first=True)
full = nn.LSTM(10, 20, 2, True, True, 0.2, True)
plain = nn.GRU(10, 20, 2, False)
""",
    )
    invalid = (
        """
from torch import nn

rnn = nn.LSTM(10, 20, 2, True)  # LST602
""",
        """
from torch import nn

rnn = nn.GRU(10, 20, 2, 0.5)  # LST602
""",
        """
from torch import nn

rnn = nn.RNN(10, 20, 2, True)  # LST602
""",
    )
