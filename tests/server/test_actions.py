"""What the editor can do about a finding."""
from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types
from pytest_lsp import LanguageClient

from lstmlint.server.confirming import in_words
from tests.server.talking import FIXED, SCRIPT, File, codes

pytestmark = pytest.mark.asyncio(loop_scope="session")

TWICE = SCRIPT + SCRIPT[SCRIPT.index("model =") :].replace("model", "other")


async def test_a_fix(client: LanguageClient, tmp_path: Path) -> None:
    file = File(client, tmp_path / "train.py", SCRIPT)
    actions = await file.actions(types.Position(7, 11))
    (fix,) = [action for action in actions if action.title == "Add return_sequences=True"]
    assert fix.is_preferred and codes(list(fix.diagnostics or ())) == ["LST102"]
    assert file.after(fix) == FIXED


async def test_nothing_elsewhere(client: LanguageClient, tmp_path: Path) -> None:
    file = File(client, tmp_path / "train.py", SCRIPT)
    assert await file.actions(types.Position(1, 3), [types.CodeActionKind.QuickFix.value]) == []


async def test_fix_all(client: LanguageClient, tmp_path: Path) -> None:
    file = File(client, tmp_path / "train.py", TWICE)
    (fix,) = await file.actions(types.Position(0, 0), [types.CodeActionKind.SourceFixAll.value])
    assert fix.kind == "source.fixAll.lstmlint"
    assert file.after(fix).count("return_sequences=True") == 2
    file.edit(file.after(fix))
    assert await file.published() == []


async def test_silence(client: LanguageClient, tmp_path: Path) -> None:
    file = File(client, tmp_path / "train.py", SCRIPT)
    (silence,) = [a for a in await file.actions(types.Position(7, 11)) if a.title == "Ignore LST102 on this line"]
    file.edit(file.after(silence))
    assert "model.add(LSTM(50))  # noqa: LST102\n" in file.text
    assert await file.published() == []


async def test_silence_beside_other_codes(client: LanguageClient, tmp_path: Path) -> None:
    file = File(client, tmp_path / "train.py", SCRIPT.replace("LSTM(50))\n", "LSTM(50))  # noqa: E501\n"))
    (silence,) = [a for a in await file.actions(types.Position(7, 11)) if a.title == "Ignore LST102 on this line"]
    assert "# noqa: E501, LST102\n" in file.after(silence)


async def test_no_silence_within_a_string(client: LanguageClient, tmp_path: Path) -> None:
    file = File(client, tmp_path / "train.py", SCRIPT.replace("LSTM(50))\n", 'LSTM(50, name="""a\nb"""))\n'))
    titles = [action.title for action in await file.actions(types.Position(7, 11))]
    assert "Add return_sequences=True" in titles
    assert "Ignore LST102 on this line" not in titles


async def test_the_page_of_a_rule(client: LanguageClient) -> None:
    params = types.ExecuteCommandParams("lstmlint.openRule", ["LST102"])
    uri = await client.workspace_execute_command_async(params)
    assert str(uri).startswith("file://") and "LST102-missing-return-sequences.md" in str(uri)


class TestConfirm:
    async def test_never_where_nobody_says_that_the_workspace_is_trusted(self, client: LanguageClient, tmp_path: Path) -> None:
        (tmp_path / "train.py").write_text(SCRIPT)
        file = File(client, tmp_path / "train.py", SCRIPT)
        assert await client.text_document_code_lens_async(types.CodeLensParams(file.identifier)) in (None, ())
        params = types.ExecuteCommandParams("lstmlint.confirm", [file.uri])
        assert await client.workspace_execute_command_async(params) == ["nothing is confirmed in a workspace that is not trusted"]

    async def test_settings_of_the_workspace_make_no_trust(self, client: LanguageClient, tmp_path: Path) -> None:
        client.workspace_did_change_configuration(types.DidChangeConfigurationParams({"lstmlint": {"trusted": True}}))
        params = types.ExecuteCommandParams("lstmlint.confirm", [(tmp_path / "train.py").as_uri()])
        assert await client.workspace_execute_command_async(params) == ["nothing is confirmed in a workspace that is not trusted"]

    async def test_a_lens_over_each_model(self, puller: LanguageClient, tmp_path: Path) -> None:
        file = File(puller, tmp_path / "train.py", TWICE)
        lenses = await puller.text_document_code_lens_async(types.CodeLensParams(file.identifier)) or ()
        assert [lens.range.start.line for lens in lenses] == [5, 9]
        assert all(lens.command is not None and lens.command.command == "lstmlint.confirm" for lens in lenses)

    async def test_only_what_is_saved(self, puller: LanguageClient, tmp_path: Path) -> None:
        (tmp_path / "train.py").write_text(SCRIPT)
        file = File(puller, tmp_path / "train.py", SCRIPT + "# not saved\n")
        params = types.ExecuteCommandParams("lstmlint.confirm", [file.uri])
        assert await puller.workspace_execute_command_async(params) == ["what is confirmed is the file on the disk: save it first"]

    async def test_where_there_is_nothing_to_confirm(self, puller: LanguageClient, tmp_path: Path) -> None:
        (tmp_path / "train.py").write_text(FIXED)
        file = File(puller, tmp_path / "train.py", FIXED)
        params = types.ExecuteCommandParams("lstmlint.confirm", [file.uri])
        assert await puller.workspace_execute_command_async(params) == []

    async def test_in_words(self) -> None:
        judged = {"verdict": "not-checked", "message": None, "reason": "no one knows", "given": []}
        one = {"code": "LST102", "cell": 3, "location": {"row": 8, "column": 1}, "confirmation": judged}
        assert in_words(one) == "LST102 on line 8 of cell 3: not checked: no one knows"
