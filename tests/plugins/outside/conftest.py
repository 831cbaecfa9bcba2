"""Plugins of packages of their own, installed as their authors and admins install them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


class Environment:
    """An environment into which a plugin was installed, beside newswire itself."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def install(self, project: Path) -> None:
        """Builds and installs a project as pip does, with nothing from any network."""
        source = self._folder / "source"
        shutil.copytree(project, source, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        offline = ("--no-index", "--no-deps", "--no-build-isolation", "--no-compile", "--disable-pip-version-check")
        self._run(
            sys.executable, "-m", "pip", "install", "--quiet", *offline, "--target", str(self._target), str(source)
        )

    @property
    def _target(self) -> Path:
        return self._folder / "installed"

    def plugins(self) -> list[dict[str, Any]]:
        """What `newswire plugins` says."""
        found: list[dict[str, Any]] = json.loads(self.newswire("plugins", "--json"))
        return found

    def newswire(self, *words: str, **variables: str) -> str:
        """What newswire prints there."""
        return self._run(str(Path(sys.executable).with_name("newswire")), *words, **variables)

    def tests(self, project: Path) -> str:
        """What the project's own tests print, run on what is installed."""
        folder = self._folder / "tests"
        shutil.copytree(project / "tests", folder, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(project / "pyproject.toml", self._folder)
        return self._run(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "tests")

    def _run(self, *words: str, **variables: str) -> str:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("NEWSWIRE_", "PYTEST_"))}
        done = subprocess.run(
            words,
            cwd=self._folder,
            env={**kept, **variables, "PYTHONPATH": str(self._target)},
            capture_output=True,
            text=True,
            check=False,
            timeout=280,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture
def installed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Environment]:
    """Gives the environment into which a project was installed."""

    def install(project: Path) -> Environment:
        environment = Environment(tmp_path_factory.mktemp("environment"))
        environment.install(project)
        return environment

    return install
