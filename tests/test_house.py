"""The house keeps its own rules: what the build file says, what the folders hold, what no file may name."""

from __future__ import annotations

import ast
import inspect
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from newswire import hooks

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("core", "feeds", "plugins", "tests", "examples", "docs", "bench", ".ci")
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LONGEST = 400

PACKAGES = sorted(
    path.parent.relative_to(ROOT).as_posix()
    for folder in ("feeds", "plugins")
    for path in (ROOT / folder).glob("*/__init__.py")
)
NAMES = [package.rsplit("/", 1)[1] for package in PACKAGES]


def _files() -> list[Path]:
    """Every file that is part of the project, caches left out."""
    inside = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()]
    above = [
        path for path in ROOT.iterdir() if path.is_file() and not path.name.endswith((".db", ".db-wal", ".db-shm"))
    ]
    caches = re.compile(r"(?:^|/)(?:__pycache__|\.[a-z]+_cache|\.hypothesis|[^/]+\.egg-info)/")
    return [path for path in (*inside, *above) if not caches.search(path.relative_to(ROOT).as_posix())]


def _text(path: Path) -> str | None:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return None


def _modules() -> list[Path]:
    return [path for path in _files() if path.suffix == ".py"]


def test_there_are_plugins() -> None:
    assert {"newswire_feeds", "newswire_markdown", "newswire_mastodon", "newswire_telegram"} <= set(NAMES)


def test_every_plugin_is_in_the_wheel() -> None:
    wheel = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["packages"] == ["core/newswire", *PACKAGES]


def test_every_plugin_is_an_entry_point() -> None:
    points = PROJECT["project"]["entry-points"]["newswire.plugins"]
    assert points == {name.removeprefix("newswire_"): f"{name}.plugin" for name in NAMES}
    for package in PACKAGES:
        assert (ROOT / package / "plugin.py").is_file()


def test_every_plugin_is_measured_and_kept_apart() -> None:
    tool = PROJECT["tool"]
    assert tool["coverage"]["run"]["source_pkgs"] == ["newswire", *NAMES]
    assert tool["importlinter"]["root_packages"] == ["newswire", *NAMES]
    contracts = {contract["type"]: contract for contract in tool["importlinter"]["contracts"]}
    assert contracts["forbidden"]["forbidden_modules"] == NAMES
    assert contracts["independence"]["modules"] == NAMES


def _imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {
                f"{node.module}.{alias.name}" if node.module == "newswire" else node.module for alias in node.names
            }
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_a_plugin_imports_the_api_and_nothing_else_of_us(package: str) -> None:
    own = package.rsplit("/", 1)[1]
    for path in (ROOT / package).rglob("*.py"):
        ours = {name for name in _imported(path) if name.split(".")[0].startswith("newswire")}
        assert {name for name in ours if name.split(".")[0] != own} <= {"newswire.api"}, path


def test_the_hooks_are_all_exported_and_documented() -> None:
    marked = {
        name: value
        for name, value in vars(hooks).items()
        if inspect.isfunction(value) and hasattr(value, f"{hooks.PROJECT}_spec")
    }
    assert hooks.__all__ == sorted(marked)
    assert [name for name, value in marked.items() if not inspect.getdoc(value)] == []
    assert all(name.startswith("newswire_") for name in marked)


def test_the_version_stands_in_one_place() -> None:
    place = ROOT / PROJECT["tool"]["hatch"]["version"]["path"]
    assert PROJECT["project"]["dynamic"] == ["version"]
    assert "version" not in PROJECT["project"]
    given = [
        path
        for path in _modules()
        if re.search(r"^(?:__version__|VERSION)\b.*=", path.read_text("utf-8"), re.MULTILINE)
    ]
    assert given == [place]


def test_no_file_names_a_place_of_one_machine_or_a_registry() -> None:
    machine = re.compile(r"(?<![\w.~/-])/(?:work|root|home/[a-z]+|Users)/")
    registry = re.compile(r"pypi[.]|python[h]osted|npmjs[.]|/simple/?$", re.MULTILINE)
    named = {
        str(path.relative_to(ROOT)): found[0]
        for path in _files()
        for pattern in (machine, registry)
        if (found := pattern.search(_text(path) or ""))
    }
    assert named == {}


def test_no_module_is_longer_than_a_reader_likes() -> None:
    written = [path for path in _modules() if "versions" not in path.parts]  # alembic drafts the revisions
    lengths = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in written}
    assert {path: length for path, length in lengths.items() if length > LONGEST} == {}


def test_every_ignored_rule_has_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    ignored = re.search(r"^ignore = \[\n(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    assert ignored
    assert [line for line in ignored[1].splitlines() if "  # " not in line and " # " not in line] == []


def test_every_exception_in_the_source_has_its_reason() -> None:
    # Where a file needs one several times, the reason stands at the first.
    exception = re.compile(r"# (noqa: [A-Z0-9, ]+?|type: ignore\[[a-z, -]+\])[ \t]*([#-].*)?$", re.MULTILINE)
    bare = []
    for path in _modules():
        if path.relative_to(ROOT).parts[0] in {"core", "feeds", "plugins"}:
            reasoned: set[str] = set()
            for found in exception.finditer(path.read_text("utf-8")):
                if found[2]:
                    reasoned.add(found[1])
                elif found[1] not in reasoned:
                    bare.append(f"{path.relative_to(ROOT)}: {found[0]}")
    assert bare == []
