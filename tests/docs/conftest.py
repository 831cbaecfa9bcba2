"""The source distribution, and what a fresh environment needs to install it without a network."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUILD = "import sys, hatchling.build as backend; print(getattr(backend, sys.argv[1])(sys.argv[2]))"


def _build(what: str, source: Path, folder: Path) -> Path:
    made = subprocess.run(
        [sys.executable, "-c", BUILD, what, folder], cwd=source, capture_output=True, text=True, check=True
    )
    return folder / made.stdout.split()[-1]


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the source distribution, unpacked: what is not in it is not in anything built from here on."""
    folder = tmp_path_factory.mktemp("source")
    with tarfile.open(_build("build_sdist", ROOT, folder)) as archive:
        archive.extractall(folder, filter="data")
    return next(path for path in folder.iterdir() if path.is_dir())


@pytest.fixture(scope="session")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that is built from the source distribution."""
    return _build("build_wheel", source, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with hatchling and what it needs, and nothing else: what pip would otherwise download to build."""
    folder = tmp_path_factory.mktemp("backend")
    wanted, seen = ["hatchling"], set[str]()
    while wanted:
        name = wanted.pop()
        if name in seen:
            continue
        seen.add(name)
        distribution = metadata.distribution(name)
        tops = {file.parts[0] for file in distribution.files or () if file.parts[0] not in {"..", "__pycache__"}}
        for top in tops:
            (folder / top).symlink_to(Path(str(distribution.locate_file(top))))
        for requirement in distribution.requires or ():
            if ";" not in requirement:
                wanted += re.findall(r"^[\w.-]+", requirement)
    return folder
