"""What is shown beside the code: hovers, hints, the outline; and that broken code keeps them."""
from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pytest_lsp import LanguageClient

from tests.server.talking import FIXED, SCRIPT, File

pytestmark = pytest.mark.asyncio(loop_scope="session")

MODEL = FIXED + 'model.compile("adam", "mse")\nmodel.fit(X, X[:, 0])\nshape = X.shape[0]\n'
TORCH = """\
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(5, 32, batch_first=True)
        self.head = nn.Linear(32, 1)
    def forward(self, x):
        out, h = self.rnn(x)
        return self.head(out[:, -1])
y = Net()(torch.zeros(8, 30, 5))
"""


class TestHover:
    async def test_an_array_has_its_shape_its_axes_and_their_origin(self, client: LanguageClient, tmp_path: Path) -> None:
        text = await File(client, tmp_path / "train.py", MODEL).hover(types.Position(10, 10))
        assert text is not None
        first, *notes = text.split("\n")
        assert first.startswith("X: (") and first.endswith(", 60, 1)")
        assert "sample · time · feature" in notes
        assert any("prices.csv" in note for note in notes)

    async def test_a_layer_has_its_way_and_its_parameters(self, client: LanguageClient, tmp_path: Path) -> None:
        file = File(client, tmp_path / "train.py", MODEL)
        text = await file.hover(file.at("LSTM(50, input"))
        assert text is not None
        assert text.startswith("LSTM: (batch, 60, 1) → (batch, 60, 50)")
        assert "10,400 parameters" in text
        assert "in: batch · time · feature" in text

    async def test_a_layer_that_gets_what_it_cannot_take(self, client: LanguageClient, tmp_path: Path) -> None:
        file = File(client, tmp_path / "train.py", SCRIPT)
        text = await file.hover(file.at("LSTM(50))"))
        assert text is not None
        assert any(line.startswith("wrong: ") for line in text.split("\n"))
        assert "parameters" not in text

    async def test_a_model_has_both_ends(self, client: LanguageClient, tmp_path: Path) -> None:
        file = File(client, tmp_path / "train.py", MODEL)
        text = await file.hover(file.at("model.fit"))
        assert text == "model: Sequential: (batch, 60, 1) → (batch, 1)\n3 layers\n30,651 parameters"

    async def test_a_call_says_what_it_feeds(self, client: LanguageClient, tmp_path: Path) -> None:
        file = File(client, tmp_path / "train.py", MODEL)
        text = await file.hover(file.at("model.fit", behind=7))
        assert text is not None and text.startswith("fit: X (")

    async def test_of_a_module_of_torch(self, client: LanguageClient, tmp_path: Path) -> None:
        file = File(client, tmp_path / "net.py", TORCH)
        layer = await file.hover(file.at("self.rnn(x)", behind=6))
        assert layer is not None and layer.startswith("self.rnn: GRU: (8, 30, 5) → (8, 30, 32), (1, 8, 32)")
        assert (await file.hover(file.at("out[:", behind=1)) or "").startswith("out: (8, 30, 32)\nbatch · time · feature")

    async def test_nothing_is_said_of_nothing(self, client: LanguageClient, tmp_path: Path) -> None:
        file = File(client, tmp_path / "train.py", MODEL)
        assert await file.hover(file.at("import")) is None

    async def test_markdown_for_those_who_show_it(self, puller: LanguageClient, tmp_path: Path) -> None:
        file = File(puller, tmp_path / "train.py", MODEL)
        text = await file.hover(file.at("LSTM(50)"))
        assert text is not None and text.startswith("```text\nLSTM: (batch, 60, 50) → (batch, 50)\n```\n")

    async def test_between_an_edit_and_its_analysis(self, client: LanguageClient, tmp_path: Path) -> None:
        file = File(client, tmp_path / "train.py", MODEL)
        await file.hints()
        file.edit("import os\n\n" + MODEL)
        found = await client.text_document_hover_async(types.HoverParams(file.identifier, file.at("model.fit")))
        assert found is not None and found.range is not None
        assert found.range.start == file.at("model.fit")


class TestHints:
    async def test_layers_assignments_and_arguments(self, client: LanguageClient, tmp_path: Path) -> None:
        file = File(client, tmp_path / "train.py", MODEL)
        hints = await file.hints()
        assert hints[6, len("model.add(LSTM(50, input_shape=(60, 1), return_sequences=True)")] == " → (batch, 60, 50)"
        assert hints[4, 1].startswith(": (") and hints[4, 1].endswith(", 60, 1)")
        assert hints[10, len("model.fit(X")].endswith(", 60, 1)")
        assert not any(line == 11 for line, _ in hints)

    async def test_of_many_shapes_some_are_told(self, client: LanguageClient, tmp_path: Path) -> None:
        text = "import torch\nrnn = torch.nn.GRU(5, 2)\nfor n in (3, 4):\n    x = torch.zeros(n, 5)\n"
        text += "for n in (3, 4, 6, 7):\n    y = torch.zeros(n, 5)\n"
        hints = await File(client, tmp_path / "train.py", text).hints()
        assert hints[3, 5] == ": (3, 5) or (4, 5)"
        assert hints[5, 5] == ": (3, 5) or (4, 5) or (6, 5) or …"

    async def test_only_those_asked_for(self, client: LanguageClient, tmp_path: Path) -> None:
        file = File(client, tmp_path / "train.py", MODEL)
        lines = types.Range(types.Position(6, 0), types.Position(7, 0))
        hints = await client.text_document_inlay_hint_async(types.InlayHintParams(file.identifier, lines))
        assert [hint.position.line for hint in hints or ()] == [6]

    async def test_layers_that_are_called_at_once_say_it_once(self, client: LanguageClient, tmp_path: Path) -> None:
        text = "from keras import Input\nfrom keras.layers import LSTM\na = Input((30, 2))\nb = LSTM(7)(a)\n"
        hints = await File(client, tmp_path / "train.py", text).hints()
        assert {place: label for place, label in hints.items() if place[0] == 3} == {(3, 1): ": (batch, 7)"}


class TestBrokenCode:
    async def test_hints_stay_outside_of_the_broken_statement(self, client: LanguageClient, tmp_path: Path) -> None:
        file = File(client, tmp_path / "train.py", MODEL)
        before = await file.hints()
        file.replace("model.add(LSTM(50))", "model.add(LSTM(50")
        after = await file.hints()
        assert after == {place: label for place, label in before.items() if place[0] != 7}

    async def test_a_broken_statement_in_between_moves_what_is_below(self, client: LanguageClient, tmp_path: Path) -> None:
        file = File(client, tmp_path / "train.py", MODEL)
        before = await file.hints()
        file.replace("model.add(Dense(1))", "model.add(LSTM(\nmodel.add(Dense(1))")
        after = await file.hints()
        assert after[11, len("model.fit(X")] == before[10, len("model.fit(X")]

    async def test_a_file_that_is_broken_from_the_start(self, client: LanguageClient, tmp_path: Path) -> None:
        file = File(client, tmp_path / "train.py", MODEL.replace("shape = X.shape[0]", "shape = X.shape["))
        hints = await file.hints()
        assert hints[7, len("model.add(LSTM(50)")] == " → (batch, 50)"
        assert [d.code for d in await file.published()] == ["LST901"]


class TestOutline:
    async def test_models_and_their_layers(self, client: LanguageClient, tmp_path: Path) -> None:
        file = File(client, tmp_path / "train.py", MODEL)
        (model,) = await client.text_document_document_symbol_async(types.DocumentSymbolParams(file.identifier)) or ()
        assert isinstance(model, types.DocumentSymbol)
        assert model.name == "model"
        assert [part.name for part in model.children or ()] == ["LSTM", "LSTM", "Dense"]
        assert model.range.end.line == 8

    async def test_classes_of_torch(self, client: LanguageClient, tmp_path: Path) -> None:
        file = File(client, tmp_path / "net.py", TORCH)
        (net,) = await client.text_document_document_symbol_async(types.DocumentSymbolParams(file.identifier)) or ()
        assert isinstance(net, types.DocumentSymbol)
        assert (net.name, net.kind, [part.name for part in net.children or ()]) == ("Net", types.SymbolKind.Class, ["rnn", "head"])


async def test_a_request_can_be_cancelled(client: LanguageClient, tmp_path: Path) -> None:
    file = File(client, tmp_path / "train.py", MODEL + "x = 1\n" * 3000)
    everything = types.Range(types.Position(0, 0), types.Position(9999, 0))
    params = types.InlayHintParams(file.identifier, everything)
    request = client.protocol.send_request(types.TEXT_DOCUMENT_INLAY_HINT, params, msg_id="to be cancelled")
    client.cancel_request(types.CancelParams("to be cancelled"))
    with pytest.raises(JsonRpcException) as refused:
        await asyncio.wait_for(asyncio.wrap_future(request), 20)
    assert refused.value.code == -32800
    assert await file.hints()
