"""Bodies: the pieces of one, in order, and the body with other words in their places. Pure."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newswire_translate.piece import Node, Piece


class Document(ABC):
    """A body taken apart."""

    pieces: Sequence[Piece]
    """What is to be translated, in the order in which it is read."""

    @abstractmethod
    def written(self, translated: Sequence[Sequence[Node]], pieces: Sequence[Piece]) -> str:
        """The body with other words.

        Args:
            translated: of each piece what was read of the service.
            pieces: the pieces as the service was sent them: perhaps with more marks.

        Raises:
            Broken: the markup does not come out as it was.
        """
