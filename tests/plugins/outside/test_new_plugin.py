"""`newswire new-plugin` writes a plugin that an author can install, load and test as it stands."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from newswire.cli import program
from newswire.errors import Refused
from newswire.skeleton import KINDS, name_plugin, write_plugin

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from click.testing import Result

ROOT = Path(__file__).parents[3]
SHORTEST, LONGEST = "x", "abcdefghij-klmnopqrs"


def write(folder: Path, name: str, *kinds: str) -> Path:
    chosen = [word for kind in kinds for word in ("--kind", kind)]
    result: Result = CliRunner().invoke(program, ["new-plugin", name, "--into", str(folder), *chosen])
    assert result.exit_code == 0, result.output
    return folder / f"newswire-{name}"


def run(*words: str, cwd: Path) -> str:
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.timeout(300)  # it runs a whole suite of tests
def test_it_is_installed_loaded_and_keeps_the_contract(tmp_path: Path, installed: Callable[[Path], Any]) -> None:
    project = write(tmp_path, "notice-board", *KINDS)
    environment = installed(project)
    (record,) = [one for one in environment.plugins() if one["name"] == "notice-board"]
    assert (record["status"], record["reason"]) == ("loaded", None)
    assert (record["distribution"], record["version"]) == ("newswire-notice-board", "0.1.0")
    assert record["offers"] == ["channel notice-board", "intake notice-board", "follower notice-board"]
    assert re.search(r"\b4\d passed in", environment.tests(project))


def test_it_pleases_its_own_linter_whatever_its_name(tmp_path: Path) -> None:
    combinations: list[Sequence[str]] = [KINDS, ["channel"], ["intake"], ["follower"], ["channel", "follower"]]
    combinations += [["channel", "intake"], ["intake", "follower"]]
    for number, kinds in enumerate(combinations):
        for name in (SHORTEST, LONGEST):
            write(tmp_path / str(number), name, *kinds)
    # Each with its own pyproject, as its author would run it.
    run(sys.executable, "-m", "ruff", "check", "--no-cache", ".", cwd=tmp_path)
    run(sys.executable, "-m", "ruff", "format", "--no-cache", "--check", ".", cwd=tmp_path)


def test_it_is_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = write(tmp_path, "notice-board", *KINDS)
    monkeypatch.setenv("MYPYPATH", os.pathsep.join([str(project), str(project / "tests")]))
    # The house's cache, so that the house's own modules are not looked at anew.
    told = run(sys.executable, "-m", "mypy", "--cache-dir", str(ROOT / ".mypy_cache"), cwd=project)
    assert "no issues found in 13 source files" in told


def test_an_example_to_be_used_is_made_like_it(tmp_path: Path) -> None:
    example = ROOT / "examples/newswire-matrix"
    skeleton = write(tmp_path, "matrix", "channel")
    ours, theirs = (tomllib.loads((folder / "pyproject.toml").read_text("utf-8")) for folder in (skeleton, example))
    ours["project"]["description"] = theirs["project"]["description"]
    assert theirs == ours
    package = [sorted(path.name for path in (folder / "newswire_matrix").glob("*.*")) for folder in (skeleton, example)]
    assert package[0] == package[1]
    for name in ("plugin.py", "py.typed"):
        made = (skeleton / "newswire_matrix" / name).read_text("utf-8")
        kept = (example / "newswire_matrix" / name).read_text("utf-8")
        assert made.replace("kind of channel", "kind") == kept


@pytest.mark.parametrize("name", ["", "Board", "9to5", "a--b", "-", "newswire", "../board", "a" * 21, "bär"])
def test_a_name_that_cannot_be_one_is_refused(name: str) -> None:
    with pytest.raises(Refused, match="a plugin cannot be called"):
        name_plugin(name)


def test_a_name_may_be_that_of_the_package() -> None:
    naming = name_plugin("newswire-notice_board")
    assert (naming.word, naming.package) == ("notice_board", "newswire_notice_board")
    assert (naming.distribution, naming.stem) == ("newswire-notice-board", "NoticeBoard")


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "newswire-board").mkdir()
    (tmp_path / "newswire-board/README.md").write_text("mine", "utf-8")
    with pytest.raises(Refused, match="is there already; nothing was written"):
        write_plugin(name_plugin("board"), ["channel"], tmp_path)
    assert [path.name for path in (tmp_path / "newswire-board").iterdir()] == ["README.md"]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(Refused, match="cannot be written: Not a directory"):
        write_plugin(name_plugin("board"), ["channel"], tmp_path / "file")
