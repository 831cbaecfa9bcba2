"""How a figure is told: one JSON object a line."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, beside a peer's where there is one."""

    name: str
    unit: str
    ours: float
    peer: float | None
    peer_is: str
    better: str
    """``lower`` or ``higher``."""

    @property
    def ratio(self) -> float | None:
        """Ours divided by the peer's, to three digits."""
        return float(f"{self.ours / self.peer:.3g}") if self.peer else None

    def tell(self) -> None:
        """Prints it."""
        print(json.dumps({**asdict(self), "ratio": self.ratio}, ensure_ascii=False), flush=True)
