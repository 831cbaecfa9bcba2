"""What a server says of its limits."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from mastodon import MastodonAPIError

if TYPE_CHECKING:
    from mastodon import Mastodon

    from newswire.api import Json, State

logger = logging.getLogger(__name__)

# An endpoint a server does not have: not found, not allowed, gone, not implemented.
_MISSING = {404, 405, 410, 501}


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a server; the defaults are those of Mastodon itself."""

    max_characters: int = 500
    """The longest post, in grapheme clusters."""
    characters_reserved_per_url: int = 23
    """How many of them an address counts, however long it is."""
    max_media: int = 4
    """The most pictures a post may have."""
    image_bytes: int = 16 * 1024 * 1024
    """The largest picture."""
    description: int = 1500
    """The longest text that tells what a picture shows, in characters; servers say so since 4.4."""
    image_types: frozenset[str] = frozenset(
        {"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "image/heic", "image/heif"}
    )
    """The media types of the pictures it takes."""


# What is believed, both ends included; whoever claims more or less is taken for a server that says nothing.
_BELIEVED = {
    "max_characters": range(100, 1_000_001),
    "characters_reserved_per_url": range(1, 201),
    "max_media": range(65),
    "image_bytes": range(10_000, 100_000_001),
    "description": range(50, 100_001),
}


def limits_of(instance: Any) -> Limits:
    """The limits in an instance document.

    They stand in ``configuration.statuses`` (Mastodon 3.4.2 and later, in both versions of the document); Pleroma and
    older forks say ``max_toot_chars`` instead. What is missing or absurd is taken from the defaults.

    Args:
        instance: the answer of ``/api/v2/instance`` or ``/api/v1/instance``.
    """
    document = _table(instance)
    configuration = _table(document.get("configuration"))
    statuses, media = _table(configuration.get("statuses")), _table(configuration.get("media_attachments"))
    claimed = {
        "max_characters": statuses.get("max_characters", document.get("max_toot_chars")),
        "characters_reserved_per_url": statuses.get("characters_reserved_per_url"),
        "max_media": statuses.get("max_media_attachments"),
        "image_bytes": media.get("image_size_limit"),
        "description": media.get("description_limit"),
    }
    believed: dict[str, Any] = {name: value for name, value in claimed.items() if _is_believed(name, value)}
    types = media.get("supported_mime_types")
    if isinstance(types, list) and types:
        believed["image_types"] = frozenset(one for one in types if isinstance(one, str) and one.startswith("image/"))
    return Limits(**believed)


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _is_believed(name: str, value: Any) -> bool:
    if value is None:
        return False
    believed = isinstance(value, int) and not isinstance(value, bool) and value in _BELIEVED[name]
    if not believed:
        logger.warning("the server claims %s = %.40r; Mastodon's usual value is taken instead", name, value)
    return believed


def read_limits(mastodon: Mastodon) -> Limits:
    """Asks a server for its limits: version 2 of its document, then version 1, then the defaults. Blocking.

    The library's own choice goes by the version a server claims, and fails on one that claims 4.0 and has only the
    first document; so both are asked for by name.

    Raises:
        MastodonError: the server does not answer, or refuses.
    """
    for ask in (mastodon.instance_v2, mastodon.instance_v1):
        try:
            return limits_of(ask())
        except MastodonAPIError as error:
            if not (len(error.args) > 1 and error.args[1] in _MISSING):
                raise
    return Limits()


class RememberedLimits:
    """What a server last said of its limits, for processes that do not ask it: a preview uses no network.

    Args:
        key: names the account in the plugin's store.
        server: the server's address; of another one nothing is remembered.
        state: the plugin's store.
    """

    def __init__(self, key: str, server: str, state: State) -> None:
        self._key = key
        self._server = server
        self._state = state

    def keep(self, limits: Limits) -> None:
        """Remembers limits, if they are others than before."""
        document: dict[str, Json] = {**asdict(limits), "image_types": [*sorted(limits.image_types)]}
        try:
            if self._state.get(self._key) != {"server": self._server, "limits": document}:
                self._state.set(self._key, {"server": self._server, "limits": document})
        except Exception as error:  # noqa: BLE001  # whatever the store has: posts are composed all the same
            logger.warning("%s: not written down (%s)", self._key, type(error).__name__)

    def read(self) -> Limits:
        """The limits; Mastodon's own where nothing is remembered."""
        try:
            kept = _table(self._state.get(self._key))
            document = {**_table(kept.get("limits"))} if kept.get("server") == self._server else {}
            return Limits(**document | {"image_types": frozenset(document["image_types"])}) if document else Limits()
        except Exception as error:  # noqa: BLE001  # whatever the store has
            logger.warning("%s: not read (%s)", self._key, type(error).__name__)
            return Limits()
