"""Messages are sent again by hand: the program as an admin runs it."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner

from newswire.cli import program
from newswire.testing import an_article

if TYPE_CHECKING:
    from pathlib import Path

RUN = "from newswire.cli import main; main()"
CONFIG = """
[site]
name = "News Example"
url = "https://news.example"
default_language = "en"
languages = ["en"]
tag_authority = "news.example,2026"

[topics.science]

[store]
url = "sqlite:///{folder}/newswire.db"

[[accounts]]
name = "search"
type = "webhook"
url = "{url}"
secret = "{secret}"
allow_networks = ["127.0.0.0/8"]

[[channels]]
name = "search-en"
account = "search"
languages = ["en"]
max_age = "off"
"""


async def test_a_replayed_message_is_known_by_its_id(receiver: Any, tmp_path: Path) -> None:
    receiver.tolerance = 300  # the program goes by the machine's clock
    given = receiver.account
    config, article = tmp_path / "config.toml", tmp_path / "a.json"
    config.write_text(CONFIG.format(folder=tmp_path, url=given["url"], secret=given["secret"]), "utf-8")
    config.chmod(0o600)
    article.write_text(an_article("a").model_dump_json(), "utf-8")

    def newswire(*words: str) -> str:
        done = CliRunner().invoke(program, [*words, "-c", str(config)])
        assert done.exit_code == 0, done.output
        return done.output

    async def deliver() -> None:
        words = ("run", "--once", "-c", str(config))
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", RUN, *words, cwd=tmp_path)
        assert await process.wait() == 0

    newswire("publish", str(article))
    await deliver()
    assert [said.message["type"] for said in receiver.said] == ["article.published"]
    told = newswire("deliveries", "resend", "--since", "2020-01-01", "--channel", "search-en", "--yes")
    assert "search-en" in told
    receiver.articles.clear()
    await deliver()
    first, again = receiver.said
    assert (again.id, again.body) == (first.id, first.body)
    assert receiver.articles == {}, "a receiver that has it drops it"
