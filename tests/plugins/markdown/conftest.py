"""A folder to write articles into, and the intake that reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from newswire.api import Arrival, Problem, Site, Taxonomy, Topic
from newswire_markdown.intake import MarkdownIntake
from newswire_markdown.options import MarkdownOptions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import anyio

    from newswire.api import Article, Delivered

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)


@dataclass
class Desk:
    """The folder `root` and what its intake makes of it."""

    root: Path
    site: Site
    taxonomy: Taxonomy
    options: dict[str, Any] = field(default_factory=dict)

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def article(self, name: str, body: str = "A body.\n", **values: str) -> Path:
        """Writes a file with the given front matter lines; a title if none is given."""
        lines = {"title": f"Title of {name}"} | values
        header = "".join(f"{key}: {value}\n" for key, value in lines.items())
        return self.write(name, f"---\n{header}---\n\n{body}")

    def intake(self, *, stop: anyio.Event | None = None, **options: Any) -> MarkdownIntake:
        table = {"path": str(self.root), "url": "/{lang}/{key}/"} | self.options | options
        return MarkdownIntake(
            "desk",
            MarkdownOptions.model_validate(table),
            site=self.site,
            taxonomy=self.taxonomy,
            clock=lambda: NOW,
            stop=stop,
            debounce=0.1,
        )

    def read(self, **options: Any) -> list[Delivered]:
        return list(self.intake(**options).read())

    def articles(self, **options: Any) -> dict[str, Article]:
        """The articles by id; there must be nothing wrong."""
        delivered = self.read(**options)
        assert [str(item) for item in delivered if isinstance(item, Problem)] == []
        return {item.article.id: item.article for item in delivered if isinstance(item, Arrival)}

    def only(self, **options: Any) -> Article:
        (article,) = self.articles(**options).values()
        return article

    def problems(self, delivered: Sequence[Delivered] | None = None, **options: Any) -> list[str]:
        """What is wrong, with places below the folder."""
        found = self.read(**options) if delivered is None else delivered
        return [str(item).replace(f"{self.root}/", "") for item in found if isinstance(item, Problem)]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    site = Site(
        name="Test",
        url="https://news.example",
        default_language="en",
        languages=("en", "de", "ar", "ja", "zh-Hans", "pt-BR"),
        tag_authority="news.example,2026",
    )
    taxonomy = Taxonomy({"ai-safety": Topic(labels={"de": "KI-Sicherheit"}, aliases=("Безопасность ИИ",))})
    root = tmp_path / "articles"
    root.mkdir()
    return Desk(root, site, taxonomy)
