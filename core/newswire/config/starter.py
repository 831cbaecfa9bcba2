"""A config to start with: a few answers, made into a commented file. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import PurePosixPath

SECRETS = {
    "TELEGRAM_TOKEN": "the bot's token: @BotFather gives it (/newbot, or /token)",
    "MASTODON_TOKEN": "an access token: 'newswire mastodon login' gets one by way of your browser",
}
"""The variables the file may refer to, and where their values come from."""
_COLUMN = 48
BY_FOLDER, BY_NAME, ALONE = "{lang}/{key}.md", "{key}.{lang}.md", "{key}.md"
"""How the folders of articles are made that are known at sight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What `newswire init` asks."""

    name: str = "The Example Wire"
    url: str = "https://news.example"
    languages: tuple[str, ...] = ("en",)
    articles: str = "articles"
    """The folder of the articles."""
    pattern: str = BY_FOLDER
    """Where language and key stand in a file's path."""
    telegram: str = ""
    """The chat of a Telegram channel; empty for none."""
    mastodon: str = ""
    """The server of a Mastodon account; empty for none."""

    @property
    def secrets(self) -> list[str]:
        """The variables that hold its secrets."""
        wanted = {"TELEGRAM_TOKEN": self.telegram, "MASTODON_TOKEN": self.mastodon}
        return [name for name, account in wanted.items() if account]


def draft(answers: Answers, *, year: int, known: Collection[str] = ()) -> str:
    """The file.

    Args:
        answers: what was said.
        year: the present one, for the tag authority.
        known: variables that are set; an account whose secret is there is switched on.
    """
    parts = [_SITE.format(**_site(answers, year)), _intake(answers), _TOPICS]
    if answers.telegram:
        chat = answers.telegram.strip()
        written = chat if chat.lstrip("-").isdecimal() else _text(chat)
        switch = _switch("TELEGRAM_TOKEN", known)
        parts.append(_TELEGRAM.format(switch=switch, chat=written, languages=_list(answers.languages)))
    if answers.mastodon:
        switch, server = _switch("MASTODON_TOKEN", known), _text(answers.mastodon.strip())
        parts.append(_MASTODON.format(switch=switch, server=server, languages=_list(answers.languages)))
    return "\n".join(map(_aligned, "\n".join(parts).split("\n")))


def secrets_file(names: Iterable[str]) -> str:
    """A file of variables, to be filled in and read by the shell, a service manager or a container."""
    lines = ["# Secrets that config.toml refers to. Keep this file to yourself, and out of version control."]
    for name in names:
        lines += [f"# {SECRETS[name]}", f"{name}="]
    return "\n".join(lines) + "\n"


def guessed_pattern(files: Iterable[PurePosixPath], languages: Collection[str]) -> str | None:
    """How a folder of articles is made, going by the paths of its Markdown files; None where that cannot be told."""
    tags = {tag.casefold() for tag in languages}
    paths = [path for path in files if path.suffix == ".md"]
    if any(len(path.parts) > 1 and path.parts[0].casefold() in tags for path in paths):
        return BY_FOLDER
    if any(len(path.suffixes) > 1 and path.suffixes[-2].lstrip(".").casefold() in tags for path in paths):
        return BY_NAME
    return ALONE if any(len(path.parts) == 1 for path in paths) else None


def _site(answers: Answers, year: int) -> dict[str, str]:
    host = (urlsplit(answers.url).hostname or "news.example").removeprefix("www.")
    return {
        "name": _text(answers.name),
        "url": _text(answers.url),
        "language": _text(answers.languages[0]),
        "languages": _list(answers.languages),
        "authority": _text(f"{host},{year}"),
    }


def _intake(answers: Answers) -> str:
    page = "/{lang}/{key}/" if len(answers.languages) > 1 else "/{key}/"
    return _INTAKE.format(path=_text(answers.articles), pattern=_text(answers.pattern), page=_text(page))


def _switch(variable: str, known: Collection[str]) -> str:
    if variable in known:
        return "enabled = true"
    return f"enabled = false\0# make it true when {variable} is set"


def _aligned(line: str) -> str:
    """A line with its comment in one column with others; NUL, which no TOML can hold, stands before it."""
    said, mark, comment = line.partition("\0")
    return f"{said:<{_COLUMN}}  {comment}" if mark else line


def _list(words: Iterable[str]) -> str:
    return f"[{', '.join(map(_text, words))}]"


def _text(text: str) -> str:
    """A TOML string; it knows JSON's escapes."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


_SITE = """\
# The config of newswire. 'newswire check' tells every mistake in it with its line, 'newswire config show' how it is
# understood; a running newswire takes changes up by itself. Everything there is to set: config.example.toml, or
# 'newswire schema config'.

[site]
name = {name}
url = {url}
default_language = {language}
languages = {languages}\0# every language you publish in
tag_authority = {authority}\0# part of every feed id: never change it
#timezone = "Europe/Berlin"\0# your readers'

[http]
bind = "127.0.0.1:8300"\0# where the feeds and the page for readers are served
#public_url = "https://wire.news.example"\0# where they are reached from outside; feeds name themselves by it
"""
_INTAKE = """\
# Where articles come from: Markdown files with title, summary, date and topics in their front matter.

[[intakes]]
name = "articles"
type = "markdown"
path = {path}\0# the folder, seen from this file
pattern = [{pattern}]\0# where language and key stand in a file's path
url = {page}\0# the page of an article on the site
"""
_TOPICS = """\
# Topics that channels can ask for, and filters that many channels can use.

#[topics.ai-safety]
#labels = {{ en = "AI safety", de = "KI-Sicherheit" }}

#[filters.machines]
#topics = "(ai-safety | robotics) & !policy"
""".replace("{{", "{").replace("}}", "}")
_TELEGRAM = """\
# Telegram: the bot must be an administrator of the channel.

[[accounts]]
name = "telegram"
type = "telegram"
{switch}
token = "env:TELEGRAM_TOKEN"\0# the environment variable that holds the bot's token

[[channels]]
name = "telegram"\0# never change it: what was posted is remembered by it
account = "telegram"
chat = {chat}
languages = {languages}\0# the most wanted first; each article goes out once
#filter = "machines"\0# only some topics
#quiet_hours = "22:00-07:00"
"""
_MASTODON = """\
# Mastodon

[[accounts]]
name = "mastodon"
type = "mastodon"
{switch}
url = {server}
token = "env:MASTODON_TOKEN"\0# the environment variable that holds the access token

[[channels]]
name = "mastodon"
account = "mastodon"
languages = {languages}
"""
