"""Discovery, with .gitignore files judged by git itself."""
from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lstmlint.config import Settings
from lstmlint.sources.discover import discover


def make(folder: Path, *files: str) -> None:
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def found(folder: Path, **options: object) -> list[str]:
    taken = discover([str(folder)], Settings(folder=str(folder), **options))  # type: ignore[arg-type]
    return [str(Path(path).relative_to(folder)) for path in taken]


def test_scripts_and_notebooks_in_order(tmp_path: Path) -> None:
    make(tmp_path, "b.py", "a.ipynb", "c/d.pyi", "c/a.py", "e.txt", "f.pyc", "gpy", ".#lock.py")
    assert found(tmp_path) == ["a.ipynb", "b.py", "c/a.py", "c/d.pyi"]


def test_what_is_never_looked_into(tmp_path: Path) -> None:
    make(tmp_path, "a.py", ".venv/a.py", "x/venv/a.py", "build/a.py", ".ipynb_checkpoints/a-checkpoint.ipynb", "node_modules/a.py")
    make(tmp_path, "own/pyvenv.cfg", "own/lib/a.py", "env/a.py", "x.egg-info/a.py")
    assert found(tmp_path) == ["a.py", "env/a.py"]
    assert found(tmp_path, exclude=("env",), extend_exclude=("/a.py",)) == [
        ".ipynb_checkpoints/a-checkpoint.ipynb", ".venv/a.py", "build/a.py", "node_modules/a.py", "x/venv/a.py", "x.egg-info/a.py"
    ]  # fmt: skip


def test_given_paths_are_taken_unless_exclusion_is_forced(tmp_path: Path) -> None:
    make(tmp_path, "build/a.py", "b.txt", "c.py")
    paths = [str(tmp_path / name) for name in ("build/a.py", "b.txt", "c.py", "missing.py", "c.py", "build")]
    assert list(discover(paths, Settings(folder=str(tmp_path)))) == paths[:4]
    assert list(discover(paths, Settings(folder=str(tmp_path), force_exclude=True))) == paths[1:4]


def test_a_folder_that_is_a_link_is_not_followed_but_a_file_is(tmp_path: Path) -> None:
    make(tmp_path, "real/a.py")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "b.py").symlink_to(tmp_path / "real/a.py")
    (tmp_path / "broken.py").symlink_to(tmp_path / "nowhere")
    assert found(tmp_path) == ["b.py", "broken.py", "real/a.py"]


def test_names_are_shown_as_the_user_gave_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "a/b.py", "c.py")
    monkeypatch.chdir(tmp_path)
    settings = Settings(folder=str(tmp_path))
    assert list(discover(["."], settings)) == ["a/b.py", "c.py"]
    assert list(discover(["a"], settings)) == ["a/b.py"]
    assert list(discover(["./a/"], settings)) == ["./a/b.py"]


def test_gitignore_files_nest(tmp_path: Path) -> None:
    make(tmp_path, "a.py", "data/a.py", "data/keep/b.py", "src/x.py", "src/y.py", "src/deep/x.py", "top.py", "src/top.py")
    (tmp_path / ".gitignore").write_text("# comment\n/data/*\n!/data/keep\n/top.py\n\\#odd.py\n")
    (tmp_path / "src/.gitignore").write_text("x.py\n!deep/x.py\n")
    assert found(tmp_path) == ["a.py", "data/keep/b.py", "src/deep/x.py", "src/top.py", "src/y.py"]
    assert len(found(tmp_path, respect_gitignore=False)) == 8


def test_the_repository_above_counts_and_nothing_above_that(tmp_path: Path) -> None:
    make(tmp_path, "repo/sub/a.py", "repo/sub/b.py", "repo/sub/c.py", "repo/sub/d.py")
    (tmp_path / "repo/.git/info").mkdir(parents=True)
    (tmp_path / ".gitignore").write_text("a.py\n")
    (tmp_path / "repo/.gitignore").write_text("b.py\n")
    (tmp_path / "repo/.git/info/exclude").write_text("c.py\n")
    assert found(tmp_path / "repo/sub") == ["a.py", "d.py"]


NAMES = ["a.py", "b.py", "ab.py", "a b.py", "[a].py", "a/a.py", "a/b.py", "b/a.py", "b/a/a.py", "b/c/a.py", "a/b/c/d.py", "!a.py"]
PIECES = ["a", "b", "c", "a.py", "b.py", "*", "**", "?", "*.py", "[ab]", "[!a]", "[a-b].py", "\\a", "a\\*", "d.py"]
PIECES += ["[[:alpha:]]", "[]a]"]
LINES = st.builds(
    lambda bang, lead, pieces, tail: bang + lead + "/".join(pieces) + tail,
    st.sampled_from(["", "", "", "!"]),
    st.sampled_from(["", "", "/"]),
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=3),
    st.sampled_from(["", "", "/", "  ", "/**"]),
) | st.sampled_from(["# a", "", "\\!a.py", "/", "a**b", "*a*", "a\\ b.py", "a b.py ", "["])


@pytest.mark.skipif(shutil.which("git") is None, reason="git is the judge")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(top=st.lists(LINES, max_size=5), inner=st.lists(LINES, max_size=3))
def test_gitignore_means_what_git_says(tmp_path_factory: pytest.TempPathFactory, top: list[str], inner: list[str]) -> None:
    folder = tmp_path_factory.mktemp("ignored")
    make(folder, *NAMES)
    (folder / ".gitignore").write_text("\n".join(top) + "\n")
    (folder / "b/.gitignore").write_text("\n".join(inner) + "\n")
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--others", "--exclude-standard"], cwd=folder, check=True, capture_output=True, text=True
    )  # fmt: skip
    shutil.rmtree(folder / ".git")
    assert sorted(found(folder, exclude=())) == sorted(name for name in listed.stdout.split("\0") if name.endswith(".py"))
