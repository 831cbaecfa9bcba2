"""The entry point: what newswire loads. Importing it costs nothing; what is heavy is imported where it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newswire.api import hookimpl

from newswire_matrix.kind import MatrixType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newswire.api import AnyChannelType


@hookimpl
def newswire_channel_types() -> Sequence[AnyChannelType]:
    """Hands over the kind ``matrix``."""
    return [MatrixType()]
