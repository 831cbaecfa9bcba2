"""Bringing updates to a bot's webhook.

Source: Bot API, `setWebhook`: an HTTPS POST request with a JSON-serialized Update, the secret in the header
`X-Telegram-Bot-Api-Secret-Token`, and "in case of an unsuccessful request (a request with response HTTP status code
different from 2XY)" another try. The sandbox brings updates to loopback only; others wait.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aiohttp import ClientSession

    from newswire.sandbox.clock import Clock
    from newswire.sandbox.telegram.state import Bot

TRY_AGAIN = 0.5
"""Seconds, in real time, before an update that was not taken is brought again; Telegram takes longer."""
PATIENCE = 10.0
"""Seconds a webhook may take to answer."""
LOOK = 0.05
"""Seconds between two looks for something to bring."""


def on_loopback(url: str) -> bool:
    """Say whether an address is on this machine; there it may go without TLS, as on a local Bot API server."""
    return url.startswith(("http://127.0.0.1:", "http://localhost:", "http://[::1]:"))


class Hooks:
    """The errands of all bots that have a webhook on loopback.

    Args:
        clock: The sandbox's time.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._errands: dict[int, asyncio.Task[None]] = {}

    def begin(self, bot: Bot, closing: asyncio.Event) -> None:
        """Bring a bot its updates for as long as it has a webhook."""
        running = self._errands.get(bot.id)
        if on_loopback(bot.webhook.get("url", "")) and (running is None or running.done()):
            self._errands[bot.id] = asyncio.create_task(self._bring(bot, closing))

    async def _bring(self, bot: Bot, closing: asyncio.Event) -> None:
        import aiohttp  # noqa: PLC0415 - only a webhook needs a client

        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(PATIENCE)) as session:
            while bot.webhook and not closing.is_set():
                taken = not bot.updates or await self._brought(session, bot, bot.updates[0])
                if taken and bot.updates:
                    continue
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(closing.wait(), LOOK if taken else TRY_AGAIN)

    async def _brought(self, session: ClientSession, bot: Bot, update: dict[str, Any]) -> bool:
        hook = bot.webhook
        secret = hook.get("secret_token")
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
        try:
            async with session.post(hook["url"], json=update, headers=headers, allow_redirects=False) as answer:
                said = "" if answer.ok else f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except (OSError, TimeoutError) as error:
            said = f"Connection failed: {type(error).__name__}"
        if said:
            hook |= {"last_error_date": int(self._clock()), "last_error_message": said}
            return False
        bot.updates[:] = [one for one in bot.updates if one["update_id"] != update["update_id"]]
        return True
