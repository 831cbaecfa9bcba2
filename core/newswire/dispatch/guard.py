"""What plugins do, held at arm's length: whatever they raise, return or never return, the room goes on."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

import orjson

from newswire import errors
from newswire.post import Entity, Media, Post, Receipt
from newswire.text import clean

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")
_LONGEST = 1000
_MOST = timedelta(days=366)


class PluginFailed(errors.NewswireError):
    """A plugin did what no plugin may do."""


def words(error: BaseException) -> str:
    """What an error says, fit to be kept: one that cannot even say it is told by its kind."""
    try:
        said = str(error)
    except Exception:  # noqa: BLE001  # the plugin's own __str__ may fail in any way
        said = "(it does not say)"
    if not isinstance(error, errors.NewswireError):
        said = f"{type(error).__name__}: {said}"
    said = clean(said)
    return said if len(said) <= _LONGEST else said[:_LONGEST] + "…"


async def call(make: Callable[[], Awaitable[T]], seconds: float) -> T:
    """What a plugin's coroutine gives.

    Args:
        make: starts it.
        seconds: how long it may take; after that it is cancelled, and left to itself if it does not heed that.

    Raises:
        TimeoutError: it took too long.
        Exception: what it raised; anything that is no plain exception comes as PluginFailed.
    """
    task = asyncio.create_task(_contained(make))
    try:
        await asyncio.wait({task}, timeout=seconds)
    finally:
        if not task.done():
            task.cancel()
    if not task.done():
        raise TimeoutError
    value, error = task.result()
    if error is not None:
        raise error
    return value  # type: ignore[return-value]  # without an error there is a value


async def _contained(make: Callable[[], Awaitable[T]]) -> tuple[T | None, Exception | None]:
    try:
        return await make(), None
    except Exception as error:  # noqa: BLE001  # handed to whoever called
        return None, error
    except BaseException as error:
        current = asyncio.current_task()
        if isinstance(error, asyncio.CancelledError) and current is not None and current.cancelling():
            raise
        # SystemExit and its like would end the whole room.
        return None, PluginFailed(words(error))


def made(make: Callable[[], T]) -> T:
    """What a plugin's plain function gives.

    Raises:
        PluginFailed: it raised anything.
    """
    try:
        return make()
    except BaseException as error:
        raise PluginFailed(words(error)) from error


def composed(make: Callable[[], Post]) -> tuple[Post, str]:
    """A post that can be sent and kept, and its digest.

    Raises:
        Rejected: the formatter failed, or made something else.
    """
    try:
        post = make()
        problem = _problem_of_post(post)
        if problem is None:
            return post, post.digest()
    except BaseException as error:
        raise errors.Rejected(f"the formatter failed: {words(error)}") from error
    raise errors.Rejected(f"the formatter failed: {problem}")


def _problem_of_post(post: object) -> str | None:
    if not isinstance(post, Post):
        return f"it gave {type(post).__name__} instead of a Post"
    if not (isinstance(post.text, str) and isinstance(post.language, str)):
        return "text and language of a Post must be strings"
    if not all(isinstance(entity, Entity) for entity in post.entities):
        return "a Post has entities that are none"
    if not all(isinstance(item, Media) for item in post.media):
        return "a Post has media that are none"
    return None


def receipt(given: object) -> Receipt:
    """A receipt that can be kept.

    Raises:
        PluginFailed: what the plugin gave is none.
    """
    if not isinstance(given, Receipt):
        raise PluginFailed(f"it gave {type(given).__name__} instead of a Receipt")
    if not (isinstance(given.remote_id, str) and given.remote_id):
        raise PluginFailed("a Receipt's remote_id must be a string, and not empty")
    if not isinstance(given.at, datetime) or given.at.tzinfo is None:
        raise PluginFailed("a Receipt's time must be a datetime with a zone")
    if not isinstance(given.details, dict) or not isinstance(given.url, str | None):
        raise PluginFailed("a Receipt's details must be a dict, and its address a string or None")
    try:
        orjson.dumps([given.remote_id, given.url, given.details])
    except (TypeError, ValueError) as error:
        raise PluginFailed(f"a Receipt cannot be kept: {words(error)}") from None
    return given


def outcome(raised: errors.Outcome) -> errors.Outcome:
    """An outcome that can be acted on; one with odd arguments becomes Unknown."""
    said = words(raised)
    match raised:
        case errors.Retry(after=after) if after is not None and not _is_wait(after):
            return errors.Unknown(f"{said} (with a wait that is none)")
        case errors.ChannelPaused(after=after) | errors.LanePaused(after=after) if not _is_wait(after):
            return errors.Unknown(f"{said} (with a wait that is none)")
        case errors.ChannelMoved(address=address) if not _is_address(address):
            return errors.Unknown(f"{said} (with an address that is none)")
    raised.args = (said,)
    return raised


def _is_wait(after: object) -> bool:
    return isinstance(after, timedelta) and abs(after) <= _MOST


def _is_address(address: object) -> bool:
    return (
        isinstance(address, dict)
        and bool(address)
        and all(isinstance(key, str) and isinstance(value, str | int) for key, value in address.items())
    )
