"""Several files: unsaved modules, settings, what is excluded."""
from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from lsprotocol import types
from pytest_lsp import LanguageClient

from tests import remembering
from tests.server.talking import FIXED, SCRIPT, WITHIN, File, codes, published

pytestmark = pytest.mark.asyncio(loop_scope="session")

OPTIONS = "SEQUENCES = {}\n"
TRAIN = """\
from keras import Input, Sequential
from keras.layers import LSTM
from options import SEQUENCES

model = Sequential([Input((60, 1))])
model.add(LSTM(8, return_sequences=SEQUENCES))
model.add(LSTM(8))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'p'\n")
    (tmp_path / "options.py").write_text(OPTIONS.format(False))
    (tmp_path / "train.py").write_text(TRAIN)
    return tmp_path


async def _until(file: File, wanted: list[str]) -> None:
    """Wait for these diagnostics, which need no edit of the file to come."""

    async def wait() -> None:
        while codes([p for p in file.client.published if p.uri == file.uri][-1].diagnostics) != wanted:  # type: ignore[attr-defined]
            await asyncio.sleep(0.005)

    await file.published()
    await asyncio.wait_for(wait(), WITHIN)


async def test_an_unsaved_module_counts_as_it_is_in_the_editor(client: LanguageClient, project: Path) -> None:
    train = File(client, project / "train.py", TRAIN)
    assert codes(await train.published()) == ["LST102"]
    module = File(client, project / "options.py", OPTIONS.format(False))
    module.edit(OPTIONS.format(True))
    await _until(train, [])
    client.text_document_did_close(types.DidCloseTextDocumentParams(module.identifier))
    await _until(train, ["LST102"])


async def test_who_pulls_is_told_that_a_module_changed_others(puller: LanguageClient, project: Path) -> None:
    train = File(puller, project / "train.py", TRAIN)
    assert codes(await train.pulled()) == ["LST102"]
    module = File(puller, project / "options.py", OPTIONS.format(False))
    before = puller.refreshed  # type: ignore[attr-defined]
    module.edit(OPTIONS.format(True))

    async def told() -> None:
        while puller.refreshed == before:  # type: ignore[attr-defined]
            await asyncio.sleep(0.005)

    await asyncio.wait_for(told(), WITHIN)
    assert await train.pulled() == []


async def test_a_module_is_told_what_its_users_find(client: LanguageClient, project: Path) -> None:
    text = "def reshaped(X):\n    return X.reshape(-1, 7, 3)\n"
    (project / "shaping.py").write_text(text)
    (project / "use.py").write_text(
        "import numpy as np\nfrom keras.layers import LSTM\nfrom shaping import reshaped\nreshaped(np.zeros((10, 4)))\n"
    )
    module = File(client, project / "shaping.py", text)
    await _until(module, ["LST501"])


async def test_a_fault_in_a_module_that_is_not_open(client: LanguageClient, project: Path) -> None:
    (project / "making.py").write_text("from keras.layers import LSTM\ndef recurrent():\n    return LSTM(8)\n")
    text = TRAIN.replace("LSTM(8)", "recurrent()").replace("import SEQUENCES", "import SEQUENCES\nfrom making import recurrent")
    train = File(client, project / "train.py", text)
    assert await train.published() == []
    there = (project / "making.py").as_uri()

    async def told() -> None:
        while not any(p.uri == there and codes(p.diagnostics) == ["LST102"] for p in client.published):  # type: ignore[attr-defined]
            await asyncio.sleep(0.005)

    await asyncio.wait_for(told(), WITHIN)


async def test_settings_are_found_and_found_again(client: LanguageClient, project: Path) -> None:
    settings = project / "pyproject.toml"
    settings.write_text('[tool.lstmlint]\nignore = ["LST102"]\n')
    file = File(client, project / "alone.py", SCRIPT)
    assert await file.published() == []
    settings.write_text('[tool.lstmlint]\nseverity = { LST102 = "warning" }\n')
    file.edit(SCRIPT + "# changed\n")
    assert [found.severity for found in await file.published()] == [types.DiagnosticSeverity.Warning]


async def test_a_changed_file_of_settings_needs_no_edit(client: LanguageClient, project: Path) -> None:
    file = File(client, project / "alone.py", SCRIPT)
    assert codes(await file.published()) == ["LST102"]
    settings = project / "pyproject.toml"
    settings.write_text('[tool.lstmlint]\nignore = ["LST102"]\n')
    event = types.FileEvent(settings.as_uri(), types.FileChangeType.Changed)
    client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
    await _until(file, [])


async def test_what_a_run_has_shown_is_noticed_and_told(client: LanguageClient, project: Path) -> None:
    path = project / "seen.py"
    file = File(client, path, remembering.SCRIPT)
    assert codes(await file.published()) == []
    kept = remembering.remember(path, remembering.SCRIPT, remembering.SHAPES)
    event = types.FileEvent(Path(kept.path).as_uri(), types.FileChangeType.Created)
    client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
    await _until(file, ["LST203"])
    (found,) = [p for p in client.published if p.uri == file.uri][-1].diagnostics  # type: ignore[attr-defined]
    assert found.severity == types.DiagnosticSeverity.Warning
    assert remembering.RUN in found.message
    hovered = await file.hover(file.at("X = "))
    assert hovered is not None
    assert hovered.startswith("X: (1000, 60, 5)\n") and hovered.endswith(f"\n{remembering.RUN}")
    assert ": (1000, 60, 5)" in (await file.hints()).values()
    model = await file.hover(file.at("LSTM(8)"))
    assert model is not None and remembering.RUN not in model
    file.edit(remembering.SCRIPT.replace("x.npy", "z.npy"))
    assert codes(await file.published()) == []
    file.edit("# of the sensor\n" + remembering.SCRIPT.replace("LSTM(8)", "LSTM(9)"))
    assert codes(await file.published()) == ["LST203"]
    Path(kept.path).unlink()
    client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
    await _until(file, [])


async def test_settings_that_make_no_sense_are_complained_of_once(client: LanguageClient, project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.lstmlint]\nselekt = []\n")
    client.messages.clear()
    file = File(client, project / "alone.py", SCRIPT)
    assert codes(await file.published()) == ["LST102"]
    file.edit(SCRIPT + "# changed\n")
    await file.published()
    assert len([message for message in client.messages if "selekt" in message.message]) == 1


async def test_what_the_settings_exclude_is_left_alone(client: LanguageClient, project: Path) -> None:
    folder = project / "venv"
    folder.mkdir()
    assert await File(client, folder / "train.py", SCRIPT).published() == []


async def test_what_the_user_sets_in_the_editor(puller: LanguageClient, tmp_path: Path) -> None:
    file = File(puller, tmp_path / "train.py", SCRIPT)
    assert codes(await file.pulled()) == ["LST102"]
    assert await file.hints()

    async def is_told(found: list[str]) -> None:
        while codes(await file.pulled()) != found:
            await asyncio.sleep(0.005)

    async def wish(configuration: dict[str, object], found: list[str]) -> None:
        puller.set_configuration({"lstmlint": configuration})
        puller.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))
        await asyncio.wait_for(is_told(found), WITHIN)

    await wish({"ignore": ["LST102"], "inlayHints": {"enable": False}}, [])
    try:
        assert not await file.hints()
    finally:
        await wish({"inlayHints": {"enable": True}}, ["LST102"])


async def test_the_first_of_several_files_is_still_known(client: LanguageClient, tmp_path: Path) -> None:
    first, second = File(client, tmp_path / "a.py", SCRIPT), File(client, tmp_path / "b.py", FIXED)
    assert codes(await first.published()) == ["LST102"]
    assert await second.published() == []
    assert await published(client, second.uri, 1) == []
