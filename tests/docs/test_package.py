"""What is built to be given away: the source distribution and the wheel made of it."""

from __future__ import annotations

import ast
import configparser
import subprocess
import tomllib
import zipfile
from email.parser import Parser
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import newswire

ROOT = Path(__file__).parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LEFT_OUT = {".ci/run"}
"""Files of the repository that are about the repository."""


@pytest.fixture(scope="module")
def files(wheel: Path) -> dict[str, bytes]:
    """What the wheel holds."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_source_is_whole(source: Path) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    tracked = {name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()}
    packed = {path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file()}
    assert tracked - packed == LEFT_OUT
    assert {name for name in packed - tracked if not (ROOT / name).exists()} == {"PKG-INFO"}


def test_the_wheel_has_every_file_of_every_package(files: dict[str, bytes], source: Path) -> None:
    for package in PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]:
        folder = source / package
        wanted = {
            f"{folder.name}/{path.relative_to(folder).as_posix()}" for path in folder.rglob("*") if path.is_file()
        }
        assert {name for name in files if name.startswith(f"{folder.name}/")} == wanted
        assert f"{folder.name}/py.typed" in wanted
    tops = {name.split("/")[0] for name in files}
    packages = {Path(package).name for package in PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]}
    stem = f"newswire-{newswire.__version__}"
    assert tops == packages | {f"{stem}.dist-info", f"{stem}.data"}


def test_the_wheel_says_what_it_is(files: dict[str, bytes], wheel: Path) -> None:
    inside = f"newswire-{newswire.__version__}.dist-info"
    about = Parser().parsestr(files[f"{inside}/METADATA"].decode())
    assert (about["Name"], about["Version"]) == ("newswire", newswire.__version__)
    assert wheel.name == f"newswire-{newswire.__version__}-py3-none-any.whl"
    assert (about["License-Expression"], about["License-File"]) == ("MIT", "LICENSE")
    assert about["Requires-Python"] == PROJECT["project"]["requires-python"]
    assert "Typing :: Typed" in about.get_all("Classifier", [])
    assert files[f"{inside}/licenses/LICENSE"] == (ROOT / "LICENSE").read_bytes()
    points = configparser.ConfigParser()
    points.read_string(files[f"{inside}/entry_points.txt"].decode())
    assert dict(points["newswire.plugins"]) == PROJECT["project"]["entry-points"]["newswire.plugins"]
    assert dict(points["console_scripts"]) == {"newswire": "newswire.cli:main"}


def test_the_wheel_has_the_examples(files: dict[str, bytes]) -> None:
    shared = f"newswire-{newswire.__version__}.data/data/share/newswire"
    assert files[f"{shared}/config.example.toml"] == (ROOT / "config.example.toml").read_bytes()
    assert f"{shared}/examples/corpus.toml" in files


def test_whatever_is_imported_is_installed_with_it() -> None:
    """The tests' environment has more than users get: an import of that would fail with them only."""
    owners = metadata.packages_distributions()
    extras = PROJECT["project"]["optional-dependencies"]
    given = _with_what_they_need([*PROJECT["project"]["dependencies"], *extras["postgres"]]) | {"newswire"}
    assert "pydantic-core" in given
    assert "hatchling" not in given
    strangers = {
        f"{path.relative_to(ROOT)}: {top}"
        for folder in ("core", "feeds", "plugins")
        for path in (ROOT / folder).rglob("*.py")
        for top in _imported(path)
        if top in owners and not given & {canonicalize_name(owner) for owner in owners[top]}
    }
    assert strangers == set()


def _with_what_they_need(lines: list[str]) -> set[str]:
    found: set[str] = set()
    waiting = [(Requirement(line), "") for line in lines]
    while waiting:
        requirement, extra = waiting.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        name = canonicalize_name(requirement.name)
        for wanted in ("", *requirement.extras):
            if f"{name}[{wanted}]" not in found:
                found |= {name, f"{name}[{wanted}]"}
                waiting += [(Requirement(line), wanted) for line in metadata.requires(name) or ()]
    return found


def _imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return {name.split(".")[0] for name in names}
