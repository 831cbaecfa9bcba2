"""How a bot presents itself: names, descriptions and commands, set where they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from telegram import Bot

    from newswire_telegram.account import TelegramAccount
    from newswire_telegram.options import BotProfile

DEFAULT = "default"
"""The language of all who have none of their own."""


async def set_up(account: TelegramAccount) -> AsyncIterator[str]:
    """Brings a bot's profile to what the config says; Telegram allows few such changes, so only differences are set.

    Yields:
        each thing that was looked at, and what became of it.

    Raises:
        Outcome: Telegram refused.
    """
    options = account.options
    for language, profile in sorted(options.profile.items(), key=lambda item: (item[0] != DEFAULT, item[0])):
        async for line in _profile(account, profile, language):
            yield line
    if options.updates == "poll":
        hook = await account.ask("look", None, lambda bot: bot.get_webhook_info())
        if hook.url:
            await account.ask("look", None, lambda bot: bot.delete_webhook())
            yield "the webhook is removed: updates are polled"


async def _profile(account: TelegramAccount, profile: BotProfile, language: str) -> AsyncIterator[str]:
    code = None if language == DEFAULT else language

    async def brought(
        what: str,
        wanted: object,
        read: Callable[[Bot], Awaitable[object]],
        write: Callable[[Bot], Awaitable[object]],
    ) -> str:
        if await account.ask("look", None, read) == wanted:
            return f"{language}: {what} is as it should be"
        await account.ask("look", None, write)
        return f"{language}: {what} is set"

    if (name := profile.name) is not None:
        yield await brought(
            "the name",
            name,
            lambda bot: _member(bot.get_my_name(code), "name"),
            lambda bot: bot.set_my_name(name, code),
        )
    if (description := profile.description) is not None:
        yield await brought(
            "the description",
            description,
            lambda bot: _member(bot.get_my_description(code), "description"),
            lambda bot: bot.set_my_description(description, code),
        )
    if (about := profile.about) is not None:
        yield await brought(
            "the short description",
            about,
            lambda bot: _member(bot.get_my_short_description(code), "short_description"),
            lambda bot: bot.set_my_short_description(about, code),
        )
    if (commands := profile.commands) is not None:
        yield await brought(
            "the menu of commands",
            list(commands.items()),
            lambda bot: _menu(bot, code),
            lambda bot: bot.set_my_commands(list(commands.items()), language_code=code),
        )


async def _member(asked: Awaitable[object], name: str) -> object:
    return getattr(await asked, name)


async def _menu(bot: Bot, code: str | None) -> list[tuple[str, str]]:
    return [(one.command, one.description) for one in await bot.get_my_commands(language_code=code)]
