"""``newswire init``: a few questions, and a config to start with."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from newswire.cli.options import config_option
from newswire.cli.times import utc_now

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newswire.config.starter import Answers
    from newswire.plugins import Plugins

_MOST_LOOKED_AT = 1000
_QUESTIONS = {
    "name": "What is the site called",
    "url": "Its address",
    "languages": "The languages it publishes in, the most important first",
    "articles": "The folder of its articles",
    "telegram": "A Telegram channel to post to, such as @example_news (nothing: none)",
    "mastodon": "A Mastodon server to post on, such as https://mastodon.example (nothing: none)",
}


@click.command()
@config_option
@click.option("--name", help="The site's name.")
@click.option("--url", help="The site's address.")
@click.option("--languages", help="The site's languages, with commas between, the most important first.")
@click.option("--articles", help="The folder of Markdown files, seen from the config file.")
@click.option("--pattern", help="Where language and key stand in a file's path, such as '{lang}/{key}.md'.")
@click.option("--telegram", metavar="CHAT", help="A Telegram channel to post to; '' for none.")
@click.option("--mastodon", metavar="URL", help="A Mastodon server to post on; '' for none.")
@click.option("--yes", is_flag=True, help="Ask nothing: what no option says is as the questions would suggest it.")
def command(config_path: Path, *, yes: bool, pattern: str | None, **given: str | None) -> None:
    """Ask a few questions and write a config to start with. Nothing that is there already is overwritten."""
    from newswire.config.starter import SECRETS, Answers, draft, secrets_file  # noqa: PLC0415  # heavy: not for --help
    from newswire.errors import ConfigError  # noqa: PLC0415
    from newswire.plugins import load_plugins  # noqa: PLC0415

    if config_path.exists():
        raise ConfigError(f"{config_path} is there already; give another name with -c, or change it by hand")
    plugins = load_plugins()
    answers = Answers()
    for key in _QUESTIONS:
        if key in {"telegram", "mastodon"} and key not in plugins.channel_types:
            continue
        answers = _asked(answers, key, given[key], plugins, ask=not yes)
    answers = replace(answers, pattern=pattern or _pattern(config_path, answers))
    _refuse(answers, plugins)
    made = [name for name in SECRETS if os.environ.get(name)]
    _make(config_path, draft(answers, year=utc_now().year, known=made), 0o644)
    missing = [name for name in answers.secrets if name not in made]
    secrets = config_path.with_name(".env")
    if missing and not secrets.exists():
        _make(secrets, secrets_file(missing), 0o600)
    folder = config_path.parent / answers.articles
    empty = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    click.echo(f"Wrote {config_path}.")
    for line in _next(config_path, secrets, missing, folder if empty else None):
        click.echo(line)


def _asked(answers: Answers, key: str, given: str | None, plugins: Plugins, *, ask: bool) -> Answers:
    """The answers with one more: what an option says, else what a person says, else what would be suggested."""
    suggested = {"languages": "en", "articles": "articles"}.get(key, "")

    def read(text: str) -> Answers:
        text = text.strip()
        value: Any = tuple(filter(None, (tag.strip() for tag in text.split(",")))) if key == "languages" else text
        if not value and key not in {"telegram", "mastodon"}:
            raise click.BadParameter("it cannot be empty")
        found = replace(answers, **{key: value})
        problem = _problem(found, plugins)
        if problem:
            raise click.BadParameter(problem)
        return found

    if given is None and ask:
        found: Answers = click.prompt(_QUESTIONS[key], default=suggested, value_proc=read, show_default=bool(suggested))
        return found
    if given is None and key in {"name", "url"}:
        raise click.UsageError(f"--yes asks nothing, so --{key} must say it")
    try:
        return read(suggested if given is None else given)
    except click.BadParameter as error:
        raise click.UsageError(f"--{key}: {error.message}") from None


def _problem(answers: Answers, plugins: Plugins) -> str | None:
    """What the config would say of answers; None where it takes them."""
    from newswire.config import load_config  # noqa: PLC0415  # heavy: not for --help
    from newswire.config.starter import draft  # noqa: PLC0415
    from newswire.errors import ConfigError  # noqa: PLC0415

    with TemporaryDirectory() as folder:
        path = Path(folder) / "config.toml"
        path.write_text(draft(answers, year=utc_now().year), "utf-8")
        try:
            load_config(path, plugins=plugins, require_secrets=False)
        except ConfigError as error:
            # A person at a prompt needs no line of a file that is not there.
            return str(error).split("\n", maxsplit=1)[0].removeprefix(f"{path}:").partition(": ")[2]
    return None


def _refuse(answers: Answers, plugins: Plugins) -> None:
    problem = _problem(answers, plugins)
    if problem:
        raise click.UsageError(problem)


def _pattern(config_path: Path, answers: Answers) -> str:
    from newswire.config.starter import ALONE, BY_FOLDER, guessed_pattern  # noqa: PLC0415  # heavy: not for --help

    found = guessed_pattern(_files(config_path.parent / answers.articles), answers.languages)
    return found or (BY_FOLDER if len(answers.languages) > 1 else ALONE)


def _files(folder: Path) -> Iterator[PurePosixPath]:
    for number, path in enumerate(folder.rglob("*.md")):
        if number == _MOST_LOOKED_AT:
            return
        yield PurePosixPath(path.relative_to(folder).as_posix())


def _make(path: Path, text: str, mode: int) -> None:
    """Writes a file that is not there yet."""
    from newswire.errors import ConfigError  # noqa: PLC0415  # not for --help

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode, exist_ok=False)
        path.write_text(text, "utf-8")
    except FileExistsError:
        raise ConfigError(f"{path} is there already, and is left as it is") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}") from None


def _next(config_path: Path, secrets: Path, missing: list[str], folder: Path | None) -> Iterator[str]:
    """What is to be done now."""
    option = "" if config_path == Path("config.toml") else f" -c {config_path}"
    yield ""
    if folder is not None:
        yield f"Put articles into {folder}: Markdown files with title, summary, date and topics in their front matter."
    if missing:
        from newswire.config.starter import SECRETS  # noqa: PLC0415  # heavy: not for --help

        for name in missing:
            yield f"Set {name}= in {secrets}, {SECRETS[name]}."
        yield f"Then in {config_path} write enabled = true below [[accounts]], and give newswire the secrets:"
        yield f"    set -a; . {secrets if secrets.is_absolute() else f'./{secrets}'}; set +a"
    yield "Next:"
    yield f"    newswire check{option}"
    yield f"    newswire run{option}"
    yield "and the feeds are at http://127.0.0.1:8300/"
