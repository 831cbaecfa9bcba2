"""The intake type: what ``type = "markdown"`` means in an ``[[intakes]]`` table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newswire.api import IntakeType
from newswire_markdown.intake import MarkdownIntake
from newswire_markdown.options import MarkdownOptions

if TYPE_CHECKING:
    from newswire.api import Services


class MarkdownIntakeType(IntakeType[MarkdownOptions]):
    """A folder of Markdown files with front matter."""

    kind = "markdown"
    options = MarkdownOptions

    def open(self, name: str, options: MarkdownOptions, services: Services) -> MarkdownIntake:
        """Opens the intake; the folder is first looked at when it is read."""
        return MarkdownIntake(name, options, site=services.site, taxonomy=services.taxonomy, clock=services.clock)
