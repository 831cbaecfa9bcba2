"""The contract of a translator: code that has a machine translate articles.

A plugin hands over a `TranslatorType`. The room opens each configured translator once and gives it one request after
another. What does not end in a `Translation` ends in an outcome of `newswire.errors`: `Retry` (later, the attempt
counts), `LanePaused` (the service asks to wait, or a cap is reached), `AccountRefused` (the credential is not valid any
more), `Rejected` (this article cannot be translated so), `Unknown` (perhaps it was done, and paid for).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, Protocol, TypeVar

from newswire.channel import Options

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from newswire.channel import Finding
    from newswire.model import Edition, Question
    from newswire.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslationRequest:
    """An article that is to be translated into one language."""

    article_id: str
    original: Edition
    """What is to be translated: title, summary, body, questions and answers, what the picture shows."""
    language: str
    """The language it is wanted in, a BCP 47 tag."""
    topics: tuple[str, ...] = ()
    """What it is about, in the original's language."""
    teaser: Edition | None = None
    """Title and summary in the wanted language, where people wrote them: they are not to be translated."""
    glossary: Mapping[str, str] = field(default_factory=dict)
    """What words of the original are called in the wanted language, the longest first."""
    names: tuple[str, ...] = ()
    """Words that stay as they are, the longest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """What a machine made of an article. It passes the same gate as whatever an intake brings."""

    title: str
    """Of no use where the request had a teaser, as is the summary."""
    summary: str = ""
    body: str | None = None
    body_format: Literal["markdown", "html"] = "markdown"
    image_alt: str | None = None
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class Charge:
    """A request to a service that is under way, as it was booked."""

    translator: str
    hour: int
    """The hour it was booked in, as a Unix time."""
    cost: float
    """What it was booked with."""


class TranslationDesk(Protocol):
    """What the room offers a translator at work: a memory, and the keeping of accounts."""

    async def recall(self, keys: Collection[str]) -> Mapping[str, str]:
        """Pieces that were translated before, by key; unknown ones are missing."""
        ...

    async def remember(self, pieces: Mapping[str, str]) -> None:
        """Keeps translated pieces, so that they need not be paid for again.

        Args:
            pieces: by a key that is a hash of all that the translation depends on.
        """
        ...

    async def charge(self, *, characters: int, cost: float = 0.0) -> Charge:
        """Books a request before it is made.

        Args:
            characters: how many are sent.
            cost: the most it may cost, in the currency that the config's caps are in. It stays booked until `settle`
                says better: where the answer never comes, the request may have been paid for all the same.

        Raises:
            LanePaused: a cap leaves no room for it.
        """
        ...

    async def settle(self, charge: Charge, cost: float) -> None:
        """Books what a request really cost."""
        ...


class Translator(ABC):
    """A service that translates, opened."""

    @abstractmethod
    async def translate(self, request: TranslationRequest, desk: TranslationDesk) -> Translation:
        """Translates an article, all of it or nothing.

        Raises:
            Outcome: it was not, or perhaps not, translated.
        """

    async def check(self) -> Sequence[Finding]:
        """Looks whether the service answers and lets us in; translates nothing."""
        return ()

    async def aclose(self) -> None:
        """Lets connections go."""


TranslatorOptionsT = TypeVar("TranslatorOptionsT", bound=Options)


class TranslatorType(ABC, Generic[TranslatorOptionsT]):
    """A kind of translator."""

    kind: ClassVar[str]
    """The word for it in the config: ``type = "libretranslate"``."""
    options: type[TranslatorOptionsT]
    """The model of a ``[[translators]]`` table, without the keys every translator has."""

    @abstractmethod
    def open(self, name: str, options: TranslatorOptionsT, services: Services) -> Translator:
        """Opens a translator. No network yet."""


AnyTranslatorType = TranslatorType[Any]
"""A translator type of whatever options."""
