"""What the Markdown files say is so: configs load, the plugin of the guide works, commands, targets and links exist."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import os
import re
import shlex
import sys
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import click
import pytest
from click import Group

from newswire import hooks
from newswire.cli import COMMANDS, program
from newswire.config import load_config
from newswire.dispatch.dispatcher import World
from newswire.model import Article
from newswire.plugins import PluginStatus, load_plugins
from newswire.room import Room
from newswire.store import deliveries

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from newswire.plugins import Plugins

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
GUIDE = ROOT / "docs/writing-a-plugin.md"
ARCHITECTURE = ROOT / "docs/architecture.md"
RECORDS = sorted((ROOT / "docs/decisions").glob("*.md"))
MARKDOWN = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)

# What a fragment of a config stands in. A table that the fragment has itself is left out.
AROUND = {
    "site": """
[site]
name = "The Example Wire"
url = "https://news.example"
default_language = "en"
languages = ["en", "de", "pt-BR"]
tag_authority = "news.example,2026"
""",
    "topics": """
[topics]
databases = {}
policy = {}
programming = {}
web = {}
""",
    "accounts": """
[[accounts]]
name = "mastodon"
type = "mastodon"
url = "https://mastodon.example"
token = "env:MASTODON_TOKEN"

[[accounts]]
name = "telegram"
type = "telegram"
token = "env:TELEGRAM_TOKEN"
""",
}


@dataclass(frozen=True)
class Block:
    """A fenced block."""

    path: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line}"

    @property
    def file(self) -> str | None:
        """The file it is, if its first line says so."""
        found = re.match(r"# ([\w/.-]+\.(?:py|toml))\n", self.text)
        return found[1] if found else None


def blocks(path: Path) -> list[Block]:
    text = path.read_text("utf-8")
    return [
        Block(path, text.count("\n", 0, found.start()) + 1, found[2], dedent(found[3]))
        for found in re.finditer(r"^( *)```(\w*)\n(.*?)^\1```$", text, re.MULTILINE | re.DOTALL)
    ]


BLOCKS = [block for path in MARKDOWN for block in blocks(path)]
NAMES = [[name] for name in COMMANDS]
CONFIGS = [block for block in BLOCKS if block.language == "toml" and block.file is None]


def _command_lines() -> list[tuple[Path, list[str], bool]]:
    """Every `newswire ...` in words, also behind another program, and whether it can be typed as it stands.

    Shell blocks and lines that begin with ``$`` or four spaces can; what stands between backticks may be a part.
    """
    found: list[tuple[Path, list[str], bool]] = []
    for path in MARKDOWN:
        text = path.read_text("utf-8")
        shell = [block.text.replace("\\\n", " ") for block in blocks(path) if block.language == "sh"]
        typed = [line for script in shell for line in script.splitlines()]
        typed += re.findall(r"^(?: {4}|\$ )(newswire .*)$", text, re.MULTILINE)
        named = re.findall(r"`(newswire [^`\n]+)`", text)
        for line, whole in [*((line, True) for line in typed), *((line, False) for line in named)]:
            words = shlex.split(line, comments=True)
            for place, word in enumerate(words):
                if Path(word).name == "newswire" and (place == 0 or words[place + 1 :][:1] in NAMES):
                    found.append((path, words[place + 1 :], whole))
    return found


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("NEWSWIRE_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The package of the guide, written out of its blocks and importable."""
    folder = tmp_path_factory.mktemp("newswire-logbook")
    for block in blocks(GUIDE):
        if block.file is not None:
            path = folder / block.file
            path.parent.mkdir(exist_ok=True)
            path.write_text(block.text, "utf-8")
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.split(".")[0] == "newswire_logbook"]:
        del sys.modules[name]


@pytest.fixture(scope="module")
def logbook(package: Path) -> ModuleType:
    """The entry point of the guide's package, as its pyproject names it."""
    project = tomllib.loads((package / "pyproject.toml").read_text("utf-8"))
    return importlib.import_module(project["project"]["entry-points"]["newswire.plugins"]["logbook"])


@pytest.fixture
def plugins(logbook: ModuleType) -> Plugins:
    return load_plugins(extra={"logbook": logbook})


def test_there_is_something_to_look_at() -> None:
    assert len(CONFIGS) >= 3
    assert len(_command_lines()) >= 10
    assert all(block.language == "toml" or block.file for block in blocks(GUIDE) if block.language)


@pytest.mark.parametrize("block", CONFIGS, ids=str)
def test_configs_load(block: Block, tmp_path: Path, plugins: Plugins) -> None:
    present = tomllib.loads(block.text)
    around = [text for table, text in AROUND.items() if table not in present]
    path = tmp_path / "config.toml"
    path.write_text("\n".join([block.text, *around]), "utf-8")
    config = load_config(path, plugins=plugins, require_secrets=False)
    assert {channel.name for channel in config.channels} == {table["name"] for table in present.get("channels", ())}


def test_the_guides_plugin_is_loaded_whole(plugins: Plugins) -> None:
    record = next(record for record in plugins.records if record.name == "logbook")
    assert (record.status, record.reason) == (PluginStatus.LOADED, None)
    assert record.offers == ("channel logbook",)


def test_every_python_block_of_the_guide_is_a_file_of_its_package(package: Path) -> None:
    files = [block.file for block in blocks(GUIDE) if block.language == "python"]
    assert None not in files
    listed = re.findall(r"^ {8}(\S+\.(?:py|toml))", GUIDE.read_text("utf-8"), re.MULTILINE)
    assert sorted(listed) == sorted(
        str(path.relative_to(package)) for path in package.rglob("*") if path.suffix in {".py", ".toml"}
    )


async def test_the_guides_plugin_posts(tmp_path: Path, plugins: Plugins) -> None:
    (tmp_path / "logbooks").mkdir()
    channel = next(block for block in CONFIGS if block.path == GUIDE).text
    text = channel.replace("/var/lib/newswire/logbooks", str(tmp_path / "logbooks"))
    path = tmp_path / "config.toml"
    path.write_text(text + AROUND["site"] + AROUND["topics"], "utf-8")
    world = World(clock=lambda: NOON, monotonic=lambda: 0.0, random=lambda: 0.5)
    room = Room(load_config(path, plugins=plugins), world)
    try:
        room.prepare()
        for article in (_article("drive", "databases"), _article("law", "policy"), _article("drive", "databases")):
            room.publisher.publish(article, intake="test")
        await room.dispatcher().run(asyncio.Event(), patience=timedelta())
        with room.store.read() as connection:
            tallies = deliveries.tally(connection)
    finally:
        room.close()
    lines = (tmp_path / "logbooks/de.log").read_text("utf-8").splitlines()
    notice = "Der vollständige Text liegt bisher nur in dieser Sprache vor: Englisch"
    assert lines == [
        f"2026-11-23 12:00\tde\tEin Titel ({notice}) [databases] https://news.example/de/drive",
    ]
    assert {name: tally.states for name, tally in tallies.items()} == {"log-de": {"done": 1}}


def test_the_guides_own_test_passes(package: Path, logbook: ModuleType, tmp_path: Path) -> None:
    assert logbook.__name__ == "newswire_logbook.plugin"
    names: dict[str, Any] = {}
    source = (package / "tests/test_logbook.py").read_text("utf-8")
    exec(compile(source, "tests/test_logbook.py", "exec"), names)  # a test of the guide, in no package
    tests = [value for name, value in names.items() if name.startswith("test_")]
    assert len(tests) == 1
    tests[0](tmp_path)


@pytest.mark.parametrize("hook", hooks.__all__)
def test_every_hook_is_in_the_guide(hook: str) -> None:
    assert f"`{hook}`" in GUIDE.read_text("utf-8")


def test_every_outcome_is_in_the_guide() -> None:
    from newswire.errors import Outcome  # noqa: PLC0415  # only this test is about it

    told = re.findall(r"^\| `(\w+)` \|", GUIDE.read_text("utf-8"), re.MULTILINE)
    assert {kind.__name__ for kind in Outcome.__subclasses__()} <= set(told)


@pytest.mark.parametrize("command", [*COMMANDS, "export-feeds"])
def test_every_command_is_in_the_readme(command: str) -> None:
    assert re.search(rf"^\| `newswire {command}\b", README.read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize(("path", "words", "whole"), _command_lines(), ids=lambda value: str(value)[-60:])
def test_command_lines_are_right(path: Path, words: list[str], *, whole: bool) -> None:
    assert words, f"{path.name} names no command"
    name, *rest = words
    if name.startswith("-"):
        assert name in {"--help", "--version"}
        return
    command = program.get_command(program.make_context("newswire", [name], resilient_parsing=True), name)
    assert command is not None, "neither newswire nor a plugin of ours has it"
    while isinstance(command, Group) and rest and not rest[0].startswith("-"):
        name, *rest = rest
        assert name in command.commands
        command = command.commands[name]
    if whole:
        with contextlib.suppress(_ReadersFile):
            _parse(command, name, rest)
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert {word for word in rest if word.startswith("-")} <= known | {"--help"}


class _ReadersFile(Exception):
    """A command line is right but for a file that only readers have."""


def _parse(command: click.Command, name: str, words: list[str]) -> None:
    """Reads a command line as the program does, values included; nothing is done."""
    try:
        command.make_context(name, words)
    except click.BadParameter as error:
        if error.param and isinstance(error.param.type, click.Path) and not isinstance(error, click.MissingParameter):
            raise _ReadersFile from error
        raise


@pytest.mark.parametrize("path", MARKDOWN, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text("utf-8")):
        place, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", place):
            continue
        file = (path.parent / place) if place else path
        assert file.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", file.read_text("utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {
        found
        for path in MARKDOWN
        for found in re.findall(r"(?:`|^)make ([a-z]+)", path.read_text("utf-8"), re.MULTILINE)
    }
    assert {"demo", "run", "test", "check", "bench", "help"} <= named <= targets


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = {re.split(r"[\[<>=]", requirement)[0] for requirement in project["dependencies"]}
    record = (ROOT / "docs/decisions/0011-dependencies.md").read_text("utf-8")
    assert set(re.findall(r"^\| `([\w.-]+)` \|", record, re.MULTILINE)) == wanted


def test_every_room_is_in_the_architecture() -> None:
    text = ARCHITECTURE.read_text("utf-8")
    rooms = [*ROOT.glob("core/newswire/*/"), *ROOT.glob("feeds/*/"), *ROOT.glob("plugins/*/")]
    missing = [
        str(room) for room in rooms if (room / "__init__.py").exists() and f"{room.relative_to(ROOT)}/" not in text
    ]
    assert not missing


def test_records_are_numbered_linked_and_complete() -> None:
    assert [record.name[:4] for record in RECORDS] == [f"{number:04}" for number in range(1, len(RECORDS) + 1)]
    for record in RECORDS:
        text = record.read_text("utf-8")
        assert text.startswith(f"# {int(record.name[:4])}. ")
        assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]
        assert f"(decisions/{record.name})" in ARCHITECTURE.read_text("utf-8")


def _article(key: str, topic: str) -> Article:
    editions = [
        {"language": "en", "title": "A title", "body": "A body.", "url": f"https://news.example/en/{key}"},
        {"language": "de", "title": "Ein Titel", "url": f"https://news.example/de/{key}"},
    ]
    return Article.model_validate(
        {"id": key, "original_language": "en", "editions": editions, "topics": [topic], "published": NOON}
    )
