"""The entry point: hands the Markdown folder intake to newswire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newswire.api import hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newswire.api import AnyIntakeType


@hookimpl
def newswire_intake_types() -> Sequence[AnyIntakeType]:
    """The intake type of kind ``markdown``."""
    from newswire_markdown.kind import MarkdownIntakeType  # noqa: PLC0415  # a plugin's module stays cheap to import

    return (MarkdownIntakeType(),)
