"""The plugin of the guide keeps the contract, and the guide's test of it runs as an author would run it."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

DOCS = Path(__file__).parents[2] / "docs"
pytestmark = pytest.mark.skipif(not Path("/dev/full").exists(), reason="the guide's full disk is a device of Linux")


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("newswire-logbook")
    text = (DOCS / "writing-a-plugin.md").read_text("utf-8")
    for name, block in re.findall(r"^```python\n# ([\w/.]+\.py)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(block, "utf-8")
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.split(".")[0] == "newswire_logbook"]:
        del sys.modules[name]


@pytest.fixture
def tests(package: Path) -> ModuleType:
    specification = importlib.util.spec_from_file_location("logbook_contract", package / "tests/test_contract.py")
    assert specification
    assert specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_without_pytest(tests: ModuleType) -> None:
    contract = tests.TestLogbook()
    contract.verify()
    assert sum(1 for _ in contract.cases()) == 13 + len(contract.failures)


def test_with_pytest(package: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "tests"],
        cwd=package,
        env={"PYTHONPATH": ":".join([str(package), *sys.path[1:]]), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "17 passed" in ran.stdout
