"""How Sphinx makes the docs: of the Markdown files in ``docs/``, and a reference written from the code."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from newswire import __version__
from reference import filled

project = "newswire"
copyright = "the newswire authors. MIT licence"  # noqa: A001  # Sphinx calls it so
version = release = __version__
language = "en"

extensions = ["myst_parser", "sphinx_copybutton"]
exclude_patterns = ["site"]
nitpicky = True
myst_heading_anchors = 4
copybutton_prompt_text = "$ "

html_theme = "furo"
html_title = f"newswire {version}"
html_copy_source = False
html_show_sphinx = False
html_theme_options: dict[str, Any] = {"footer_icons": []}


def setup(app: Any) -> None:
    """Lets pages ask for parts of the reference."""
    app.connect("source-read", _fill)


def _fill(app: Any, name: str, source: list[str]) -> None:
    del app
    if name.startswith("reference/"):
        source[0] = filled(source[0])
