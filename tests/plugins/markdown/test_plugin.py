from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from newswire.api import Site, Taxonomy
from newswire_markdown import plugin
from newswire_markdown.kind import MarkdownIntakeType
from newswire_markdown.options import MarkdownOptions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_the_plugin_hands_over_its_intake_type() -> None:
    (kind,) = plugin.newswire_intake_types()
    assert isinstance(kind, MarkdownIntakeType)
    assert kind.kind == "markdown"
    assert kind.options is MarkdownOptions


@dataclass
class Part:
    """The part of the services that the intake asks for."""

    site: Site
    taxonomy: Taxonomy
    clock: Callable[[], datetime]


def test_opening_reads_nothing(tmp_path: Path) -> None:
    site = Site(
        name="Test",
        url="https://news.example",
        default_language="en",
        languages=("en",),
        tag_authority="news.example,2026",
    )
    services = Part(site, Taxonomy(), lambda: datetime(2026, 11, 23, tzinfo=UTC))
    options = MarkdownOptions(path=tmp_path / "absent")
    intake = MarkdownIntakeType().open("here", options, services)  # type: ignore[arg-type]  # a part is enough
    assert intake.name == "here"
    (problem,) = intake.read()
    assert str(problem) == f"{tmp_path}/absent: there is no such folder; correct the intake's path, or make the folder"


def test_importing_the_entry_point_loads_no_heavy_library() -> None:
    code = "import sys, newswire_markdown.plugin; print([n for n in ('yaml', 'watchfiles') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
