"""The entry point: hands the webhook intake and its addresses to newswire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newswire.api import hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newswire.api import AnyIntakeType, HttpApp


@hookimpl
def newswire_intake_types() -> Sequence[AnyIntakeType]:
    """The intake type of kind ``cms``."""
    from newswire_cms.intake import CmsIntakeType  # noqa: PLC0415  # a plugin's module stays cheap to import

    return (CmsIntakeType(),)


@hookimpl
def newswire_http_apps() -> Sequence[HttpApp]:
    """The addresses the systems send to."""
    from newswire_cms.web import CmsDesk  # noqa: PLC0415  # as above

    return (CmsDesk(),)
