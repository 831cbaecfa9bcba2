from __future__ import annotations

import inspect
import subprocess
import sys
from types import ModuleType

import pytest

from newswire import api

HEAVY = ("telegram", "mastodon", "feedgen", "sqlalchemy", "alembic", "aiohttp", "uvicorn", "starlette", "newswire_")


def test_what_is_imported_is_what_is_exported() -> None:
    public = {name for name, value in vars(api).items() if name[0] != "_" and not isinstance(value, ModuleType)}
    assert public == set(api.__all__)


def test_the_list_of_names_is_sorted_without_repetition() -> None:
    assert api.__all__ == sorted(set(api.__all__))


@pytest.mark.parametrize("name", [name for name in api.__all__ if inspect.isclass(getattr(api, name))])
def test_every_class_and_what_it_offers_is_documented(name: str) -> None:
    offered = getattr(api, name)
    if getattr(offered, "__module__", "").split(".")[0] != "newswire":
        pytest.skip("a name for a foreign type")
    assert _said(offered), name
    members = {key: value for key, value in vars(offered).items() if not key.startswith("_")}
    functions = {key: value.fget if isinstance(value, property) else value for key, value in members.items()}
    unsaid = [
        key
        for key, value in functions.items()
        if inspect.isfunction(value) and not inspect.getdoc(getattr(offered, key))
    ]
    assert unsaid == []


@pytest.mark.parametrize("name", [name for name in api.__all__ if inspect.isroutine(getattr(api, name))])
def test_every_function_is_documented(name: str) -> None:
    assert _said(getattr(api, name))


def _said(thing: object) -> bool:
    """Whether something has words of its own: not those that dataclasses make up from the fields."""
    said = vars(thing).get("__doc__") or getattr(thing, "__doc__", None)
    return bool(said) and not str(said).startswith(f"{getattr(thing, '__name__', '')}(")


def test_importing_it_is_cheap_and_imports_no_plugin() -> None:
    program = "import sys, newswire.api; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()
    assert "newswire.api" in loaded
    assert [name for name in loaded if name.startswith(HEAVY)] == []


def test_importing_a_plugin_imports_no_other() -> None:
    for plugin in ("apprise", "feeds", "markdown", "mastodon", "telegram", "webhook"):
        program = f"import sys, newswire_{plugin}.plugin; print(*sorted(sys.modules))"
        done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
        loaded = {name.split(".")[0] for name in done.stdout.split() if name.startswith("newswire_")}
        assert loaded == {f"newswire_{plugin}"}
