"""The example is installed as its README says, and runs its own tests through the contract's kit."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples/newswire-matrix"
COOKBOOK = ROOT / "docs/plugin-cookbook.md"

CONFIG = """
[site]
name = "The Example Wire"
url = "https://news.example"
default_language = "en"
languages = ["en"]
tag_authority = "news.example,2026"
"""


@pytest.mark.timeout(300)  # it runs a whole suite of tests
def test_it_is_installed_loaded_and_keeps_the_contract(installed: Callable[[Path], Any], tmp_path: Path) -> None:
    environment = installed(EXAMPLE)
    (record,) = [one for one in environment.plugins() if one["name"] == "matrix"]
    assert (record["status"], record["reason"], record["offers"]) == ("loaded", None, ["channel matrix"])
    assert (record["distribution"], record["version"]) == ("newswire-matrix", "0.1.0")
    told = environment.tests(EXAMPLE)
    assert re.search(r"\b4\d passed in", told), told
    readme = (EXAMPLE / "README.md").read_text("utf-8")
    (block,) = re.findall(r"^```toml\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    config = tmp_path / "config.toml"
    config.write_text(CONFIG + block, "utf-8")
    environment.newswire("check", "--offline", "-c", str(config), MATRIX_TOKEN="syt_some_token")


def test_what_the_cookbook_shows_is_the_example() -> None:
    whole = "\n".join(path.read_text("utf-8") for path in sorted(EXAMPLE.rglob("*.py")))
    shown = re.findall(r"^```python\n(.*?)^```$", COOKBOOK.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert len(shown) >= 5
    for block in shown:
        assert block.strip("\n") in whole, block
