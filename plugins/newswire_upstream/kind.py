"""The intake type: what ``type = "upstream"`` means in an ``[[intakes]]`` table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newswire.api import IntakeType
from newswire_upstream.intake import UpstreamIntake
from newswire_upstream.options import UpstreamOptions

if TYPE_CHECKING:
    from newswire.api import Services


class UpstreamIntakeType(IntakeType[UpstreamOptions]):
    """Feeds of others: RSS, Atom, JSON Feed."""

    kind = "upstream"
    options = UpstreamOptions
    shared = True

    def open(self, name: str, options: UpstreamOptions, services: Services) -> UpstreamIntake:
        """Opens the intake; no feed is asked yet."""
        return UpstreamIntake(name, options, services)
