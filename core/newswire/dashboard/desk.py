"""What the pages work with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newswire.admin import Admin

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from newswire.config import Config
    from newswire.dashboard.sessions import Session
    from newswire.services import Services
    from newswire.store import Store


@dataclass(frozen=True, slots=True)
class Desk:
    """The room, as far as the dashboard needs it."""

    store: Store
    config: Config
    services: Services
    clock: Callable[[], datetime]
    """Tells the time, in UTC."""
    wake: Callable[[], None]
    """Tells dispatchers and followers of this process that there is something to do."""

    def admin(self, session: Session, seen: Mapping[int, str] | None = None) -> Admin:
        """Whoever is logged in, at work; see `newswire.admin.Admin.seen`."""
        return Admin(store=self.store, clock=self.clock, who=f"{session.who} (dashboard)", seen=seen or {})
