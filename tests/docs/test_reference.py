"""The reference of the docs has every option, command, hook and name there is, each with what it means."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import click
import pytest
from markdown_it import MarkdownIt
from pydantic import BaseModel

from newswire import api, hooks
from newswire.cli import COMMANDS, program
from newswire.config.environment import CORE_MODELS
from newswire.config.tables import AccountTable, ChannelTable, IntakeTable, SubscriptionTable
from newswire.plugins import load_plugins
from newswire.taxonomy import Topic
from reference import PARTS, Gap, filled
from reference.config import tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted((DOCS / "reference").glob("*.md"))


@pytest.fixture(scope="module")
def parts() -> dict[str, str]:
    return {name: part() for name, part in PARTS.items()}


def test_every_part_has_its_page(parts: dict[str, str]) -> None:
    asked = [name for page in PAGES for name in re.findall(r"<!-- reference: (\w+) -->", page.read_text("utf-8"))]
    assert sorted(asked) == sorted(parts)
    for page in PAGES:
        assert "<!-- reference" not in filled(page.read_text("utf-8"))


def _models() -> Iterator[tuple[str, type[BaseModel]]]:
    plugins = load_plugins()
    for name, model in (CORE_MODELS | {name: table.options for name, table in plugins.settings_tables.items()}).items():
        yield f"[{name}]", model
    yield from (("[topics.SLUG]", Topic), ("[filters.NAME]", SubscriptionTable))
    yield from (("[[intakes]]", IntakeTable), ("[[accounts]]", AccountTable), ("[[channels]]", ChannelTable))
    for kind, intake in plugins.intake_types.items():
        yield f"[[intakes]] of type {kind}", intake.options
    for kind, channel in plugins.channel_types.items():
        yield f"[[accounts]] of type {kind}", channel.account_options
        yield f"[[channels]] of type {kind}", channel.channel_options


@pytest.mark.parametrize(("heading", "model"), [*_models()], ids=lambda value: value if isinstance(value, str) else "")
def test_every_option_is_there_with_its_meaning(parts: dict[str, str], heading: str, model: type[BaseModel]) -> None:
    found = re.search(rf"^##+ {re.escape(heading)}\n(.*?)(?=^##|\Z)", parts["config"], re.MULTILINE | re.DOTALL)
    assert found
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in found[1].splitlines() if line.startswith("| `")]
    keys = {row[0].strip(" `"): row[1:] for row in rows}
    assert {info.alias or name for name, info in model.model_fields.items()} <= set(keys)
    assert [key for key, cells in keys.items() if not all(cell.strip() for cell in cells)] == []


def test_defaults_and_kinds_read_as_the_file_has_them(parts: dict[str, str]) -> None:
    kinds = [f'`"{kind}"`' for kind in load_plugins().channel_types]
    for row in (
        '| `max_age` | a duration or `"off"` | `"3d"` |',
        "| `concurrency` | a whole number from 1 up to 1,000 | `4` |",
        "| `token` | a secret: `env:NAME` or `file:path` | required |",
        "| `enabled` | `true` or `false` | `true` |",
        f"| `type` | {', '.join(kinds)} | required |",
    ):
        assert row in parts["config"]


class Mute(api.Options):
    """A table with a key that says nothing."""

    key: int = 1


def test_an_option_without_a_description_is_not_let_pass() -> None:
    table = api.SettingsTable(name="mute", options=Mute)
    module = ModuleType("mute")
    module.__dict__["newswire_settings"] = api.hookimpl(specname="newswire_settings")(lambda: [table])
    plugins = load_plugins(extra={"mute": module})
    with pytest.raises(Gap, match="mute: key has no description"):
        tables(plugins)


def _commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from _commands(inner, f"{path} {name}")


def test_every_command_and_option_is_there(parts: dict[str, str]) -> None:
    context = click.Context(program, info_name="newswire")
    commands = [(name, program.get_command(context, name)) for name in COMMANDS]
    commands += [(command.name or "", command) for command in load_plugins().commands]
    everything = [found for name, command in commands if command for found in _commands(command, f"newswire {name}")]
    assert len(everything) > len(COMMANDS)
    for path, command in everything:
        found = re.search(rf"^##+ {re.escape(path)}\n(.*?)(?=^##|\Z)", parts["commands"], re.MULTILINE | re.DOTALL)
        assert found, path
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.opts[-1] in found[1], f"{path} {parameter.opts}"


def test_every_hook_and_public_name_is_there(parts: dict[str, str]) -> None:
    assert re.findall(r"^\| `(\w+)` \|", parts["hooks"], re.MULTILINE) == hooks.__all__
    assert sorted(re.findall(r"^### (\w+)$", parts["contract"], re.MULTILINE)) == sorted(api.__all__)


def test_nothing_depends_on_where_it_was_built(parts: dict[str, str]) -> None:
    for part in parts.values():
        assert not re.search(r"0x[0-9a-f]{6,}|<function|/site-packages/", part)
        assert str(DOCS.parent) not in part


def test_every_table_is_one_to_a_reader_of_markdown(parts: dict[str, str]) -> None:
    parser = MarkdownIt("commonmark").enable("table")
    for name, part in parts.items():
        tokens = parser.parse(part)
        rows = sum(token.type == "tr_open" for token in tokens)
        written = sum(line.startswith("|") and not line.startswith("| ---") for line in part.splitlines())
        assert rows == written, name
