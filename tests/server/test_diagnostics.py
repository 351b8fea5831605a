"""Diagnostics: pushed and pulled, with their story, in the client's columns, of the newest version."""
from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types
from pytest_lsp import LanguageClient

from tests.server.talking import FIXED, SCRIPT, File, codes, published

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_pushed_with_place_story_and_page(client: LanguageClient, tmp_path: Path) -> None:
    file = File(client, tmp_path / "train.py", SCRIPT)
    (found,) = await file.published()
    assert (found.code, found.source, found.severity) == ("LST102", "lstmlint", types.DiagnosticSeverity.Error)
    assert found.range == types.Range(types.Position(7, 10), types.Position(7, 14))
    assert "pass return_sequences=True to the LSTM on line 7" in found.message
    (related,) = found.related_information or ()
    assert (related.location.uri, related.location.range.start) == (file.uri, types.Position(6, 10))
    assert found.code_description is not None
    page = Path(types_path(found.code_description.href))
    assert page.read_text().startswith("# LST102")


def types_path(uri: str) -> str:
    from pygls.uris import to_fs_path

    path = to_fs_path(uri)
    assert path is not None
    return path


async def test_a_fix_makes_it_go(client: LanguageClient, tmp_path: Path) -> None:
    file = File(client, tmp_path / "train.py", SCRIPT)
    assert codes(await file.published()) == ["LST102"]
    file.replace("input_shape=(60, 1)", "input_shape=(60, 1), return_sequences=True")
    assert await file.published() == []


async def test_an_unnecessary_comment_is_tagged(client: LanguageClient, tmp_path: Path) -> None:
    file = File(client, tmp_path / "train.py", FIXED.replace("LSTM(50))\n", "LSTM(50))  # noqa: LST102\n"))
    (found,) = await file.published()
    assert (found.code, list(found.tags or ())) == ("LST902", [types.DiagnosticTag.Unnecessary])


async def test_files_without_recurrent_layers_are_left_alone(client: LanguageClient, tmp_path: Path) -> None:
    file = File(client, tmp_path / "other.py", "import numpy as np\nnp.zeros(3).reshape(4)\n")
    assert await file.published() == []


async def test_what_is_no_python_is_left_alone(client: LanguageClient, tmp_path: Path) -> None:
    File(client, tmp_path / "notes.md", SCRIPT, "markdown")
    python = File(client, tmp_path / "train.py", SCRIPT)
    await python.published()
    assert {params.uri for params in client.published} & {(tmp_path / "notes.md").as_uri()} == set()


async def test_untitled_text_is_checked(client: LanguageClient) -> None:
    item = types.TextDocumentItem("untitled:Untitled-1", "python", 1, SCRIPT)
    client.text_document_did_open(types.DidOpenTextDocumentParams(item))
    assert codes(await published(client, item.uri, 1)) == ["LST102"]


async def test_closing_takes_them_back(client: LanguageClient, tmp_path: Path) -> None:
    file = File(client, tmp_path / "train.py", SCRIPT)
    await file.published()
    client.text_document_did_close(types.DidCloseTextDocumentParams(file.identifier))

    # Whatever would still be told of it, is told before this.
    await File(client, tmp_path / "other.py", SCRIPT).published()
    assert [p for p in client.published if p.uri == file.uri][-1].diagnostics == ()


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
async def test_characters_outside_of_the_first_plane_count_as_two(client: LanguageClient, tmp_path: Path, newline: str) -> None:
    text = SCRIPT.replace("model.add(LSTM(50))", 's = "𝔏𝔖\x0c\u2028é"; model.add(LSTM(50))').replace("\n", newline)
    file = File(client, tmp_path / "train.py", text)
    (found,) = await file.published()
    assert found.range.start == types.Position(7, len('s = "𝔏𝔖\x0c\u2028é"; model.add('.encode("utf-16-le")) // 2)


async def test_edits_are_in_the_clients_columns(client: LanguageClient, tmp_path: Path) -> None:
    line = 's = "𝔏𝔖"; model.add(LSTM(50, return_sequences=False))'
    file = File(client, tmp_path / "train.py", FIXED.replace("model.add(LSTM(50))", line) + "model.add(LSTM(3))\n")
    assert codes(await file.published()) == ["LST102"]
    units = len(line.split("False")[0].encode("utf-16-le")) // 2
    place = types.Range(types.Position(7, units), types.Position(7, units + len("False")))
    file.change(types.TextDocumentContentChangePartial(place, "True"))
    assert await file.published() == []


async def test_a_place_behind_the_end_of_its_line_is_its_end(client: LanguageClient, tmp_path: Path) -> None:
    file = File(client, tmp_path / "train.py", SCRIPT.rstrip("\n"))
    end = types.Position(8, 10_000)
    file.change(types.TextDocumentContentChangePartial(types.Range(end, end), "\nmodel.add(Dense(4))"))
    assert [d.range.start.line for d in await file.published()] == [7]


async def test_pulled(puller: LanguageClient, tmp_path: Path) -> None:
    text = SCRIPT.replace("model.add(LSTM(50))", 's = "𝔏é"; model.add(LSTM(50))')
    file = File(puller, tmp_path / "train.py", text)
    (found,) = await file.pulled()
    assert found.range.start == types.Position(7, len('s = "𝔏é"; model.add('.encode()))
    assert all(params.uri != file.uri for params in puller.published)
    file.edit(FIXED)
    assert await file.pulled() == []


async def test_pulled_again_without_change(puller: LanguageClient, tmp_path: Path) -> None:
    file = File(puller, tmp_path / "train.py", SCRIPT)
    first = await puller.text_document_diagnostic_async(types.DocumentDiagnosticParams(file.identifier))
    assert isinstance(first, types.RelatedFullDocumentDiagnosticReport)
    again = types.DocumentDiagnosticParams(file.identifier, previous_result_id=first.result_id)
    second = await puller.text_document_diagnostic_async(again)
    assert isinstance(second, types.RelatedUnchangedDocumentDiagnosticReport)


async def test_the_newest_version_wins(client: LanguageClient, tmp_path: Path) -> None:
    file = File(client, tmp_path / "train.py", SCRIPT)
    for number in range(60):
        file.edit((SCRIPT if number % 2 else FIXED) + f"# {number}\n" * 20)
    assert codes(await file.published()) == ["LST102"]
    versions = [p.version for p in client.published if p.uri == file.uri]
    assert versions == sorted(versions)
    assert len(versions) < 40


async def test_a_long_analysis_does_not_keep_others_waiting(client: LanguageClient, tmp_path: Path) -> None:
    nest = "".join(f"{'    ' * depth}for i{depth} in range(n):\n" for depth in range(8)) + "    " * 8 + "f(x, i0, i1)\n"
    heavy = SCRIPT + "def f(x, a, b):\n    return [f(x, a, b) for _ in range(30)]\n" + nest * 40
    File(client, tmp_path / "heavy.py", heavy)
    file = File(client, tmp_path / "train.py", SCRIPT)
    assert codes(await file.published()) == ["LST102"]
