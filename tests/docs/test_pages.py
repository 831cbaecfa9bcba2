"""What pages show besides shell and TOML: scripts run, documents can be read; and every page is in the menu."""

from __future__ import annotations

import configparser
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from newswire.config import load_config

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
FRAME = """
[site]
name = "The Daily Lamp"
url = "https://lamp.example"
default_language = "en"
languages = ["en", "de", "pt-BR"]
tag_authority = "lamp.example,2026"

[topics]
climate = {}
energy = {}
policy = {}

[[accounts]]
name = "telegram"
type = "telegram"
token = "env:TELEGRAM_TOKEN"
"""


def _blocks(language: str, *pages: Path) -> list[str]:
    return [
        block
        for page in pages
        for block in re.findall(rf"^ *```{language}\n(.*?)^ *```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    ]


def test_the_script_that_writes_channels_writes_channels(tmp_path: Path) -> None:
    (script,) = _blocks("python", DOCS / "many-channels.md")
    written = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    path = tmp_path / "config.toml"
    path.write_text(FRAME + written, "utf-8")
    config = load_config(path, require_secrets=False)
    channels = {channel.name: channel.subscription.languages for channel in config.channels}
    assert len(channels) == 9
    assert channels["policy-br"] == ("pt-BR", "en")


def test_documents_can_be_read() -> None:
    documents = _blocks("json", *PAGES, ROOT / "README.md")
    assert documents
    for document in documents:
        json.loads(document)
    for document in _blocks("yaml", *PAGES):
        yaml.safe_load(document)
    for document in _blocks("ini", *PAGES):
        configparser.ConfigParser(strict=False).read_string(document)


def test_every_page_is_in_the_menu() -> None:
    menus = re.findall(r"^```{toctree}\n(.*?)^```$", (DOCS / "index.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
    entries = [line for menu in menus for line in menu.splitlines() if line and not line.startswith(":")]
    listed = [page for entry in entries for page in sorted(DOCS.glob(f"{entry}.md"))]
    assert len(listed) == len(set(listed))
    assert set(PAGES) - set(listed) == {DOCS / "index.md"}, "a page that docs/index.md does not name"


def test_the_site_is_built(tmp_path: Path) -> None:
    """As `make docs` does; where what it needs is not installed, `.ci/run` still does it."""
    pytest.importorskip("sphinx", reason="make docs installs Sphinx")
    words = ["--quiet", "--nitpicky", "--fail-on-warning", "--conf-dir", str(DOCS / "site"), str(DOCS)]
    built = subprocess.run(
        [sys.executable, "-m", "sphinx", *words, str(tmp_path / "docs")], capture_output=True, text=True, check=False
    )
    assert (built.returncode, built.stderr) == (0, "")
    pages = {path: path.read_text("utf-8") for path in (tmp_path / "docs").rglob("*.html")}
    assert len(pages) > len(PAGES)
    loaded = {
        found
        for text in pages.values()
        for found in re.findall(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=\"(https?:[^\"]+)", text)
    }
    assert loaded == set()
