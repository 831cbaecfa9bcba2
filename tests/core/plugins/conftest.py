"""Plugins made for the test: real module files, loaded by the public path."""

from __future__ import annotations

import importlib.util
import os
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

PREAMBLE = """
from newswire.api import *
import newswire.api as api

class PaperOptions(api.Options):
    sheet: str = "A4"

class Paper(api.ChannelType):
    kind = "paper"
    account_options = PaperOptions
    channel_options = PaperOptions
    def connect(self, name, options, services): return api.Account()
    def open(self, account, options): raise NotImplementedError

class Pigeon(api.IntakeType):
    kind = "pigeon"
    options = PaperOptions
    def open(self, name, options, services): raise NotImplementedError

class Clerk(api.Follower):
    name = "clerk"
    async def handle(self, events): pass

class Desk(api.HttpApp):
    paths = ("/desk/",)
    def open(self, services): raise NotImplementedError
"""


class MakePlugin(Protocol):
    def __call__(self, name: str, source: str) -> ModuleType: ...


class InstallPlugin(Protocol):
    def __call__(
        self, name: str, source: str, *, distribution: str, version: str = "1.0", requires: str | None = None
    ) -> None: ...


@pytest.fixture(autouse=True)
def _no_safe_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("NEWSWIRE_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def make_plugin(tmp_path: Path) -> MakePlugin:
    """Writes a module file and imports it; the source follows the ready-made classes of the preamble."""

    def make(name: str, source: str) -> ModuleType:
        file = tmp_path / f"{name}.py"
        file.write_text(PREAMBLE + source, "utf-8")
        spec = importlib.util.spec_from_file_location(name, file)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return make


@pytest.fixture
def install_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> InstallPlugin:
    """Installs a distribution with one plugin, as pip leaves it; nothing is imported yet."""
    folder = tmp_path / "site-packages"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)

    def install(
        name: str, source: str, *, distribution: str, version: str = "1.0", requires: str | None = None
    ) -> None:
        module = f"{distribution.replace('-', '_')}_{tmp_path.name.replace('-', '_')}"
        (folder / f"{module}.py").write_text(PREAMBLE + source, "utf-8")
        info = folder / f"{distribution.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        needs = f"Requires-Dist: {requires}\n" if requires else ""
        metadata = f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n{needs}"
        (info / "METADATA").write_text(metadata, "utf-8")
        (info / "entry_points.txt").write_text(f"[newswire.plugins]\n{name} = {module}\n", "utf-8")
        importlib.invalidate_caches()

    return install
