"""``newswire mastodon login`` and ``setup``, before the sandbox, with a person in a browser."""

from __future__ import annotations

import stat
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from click.testing import CliRunner

from newswire.cli import program
from newswire.errors import ConfigError
from newswire.testing.services import SITE
from newswire_mastodon.login import SCOPES, Login, LoginFailed
from newswire_mastodon.options import Profile
from newswire_mastodon.profile import wanted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from newswire.sandbox import Sandbox

CONFIG = """
[site]
name = "The Example Wire"
url = "https://news.example.org"
default_language = "en"
languages = ["en", "de", "zh-Hant"]
tag_authority = "news.example.org,2026"

[store]
url = "sqlite:///newswire.db"

[[accounts]]
name = "newsroom"
type = "mastodon"
url = "{url}/mastodon/main"
token = "file:token"
{more}

[[channels]]
name = "timeline"
account = "newsroom"
languages = ["de", "en"]
"""


@pytest.fixture
def place(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    sandbox.mastodon.add_account("main", "token-of-the-newsroom", "news")
    monkeypatch.chdir(tmp_path)
    with sandbox.background() as url:
        yield url


def agree(address: str, account: str = "news") -> str:
    """What a person does in the browser."""
    parts = urlsplit(address)
    fields = {name: values[0] for name, values in parse_qs(parts.query).items()} | {"account": account}
    page = requests.post(f"{parts.scheme}://{parts.netloc}{parts.path}", data=fields, timeout=5)
    return page.text.partition("<code>")[2].partition("</code>")[0]


def test_a_token_for_a_code(place: str, sandbox: Sandbox) -> None:
    begun = Login(f"{place}/mastodon/main")
    token = begun.finish(agree(begun.begin()))
    assert token.account == "news"
    assert token.secret not in repr(token)
    assert sandbox.mastodon.servers["main"].tokens[token.secret].scopes == frozenset(SCOPES)


def login(place: str, *given: str, code: str | None = None) -> tuple[int, str]:
    """Runs the command as a person does: agrees at the address it says, types the code in. Exit code, and output."""
    start = "from newswire.cli import main; main()"
    command = [sys.executable, "-c", start, "mastodon", "login", f"{place}/mastodon/main/", *given]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        assert running.stdin
        assert running.stdout
        said = ""
        for line in running.stdout:
            said += line
            if "/oauth/authorize" in line:
                running.stdin.write(f"{agree(line.strip()) if code is None else code}\n")
                running.stdin.flush()
    return running.returncode, said


def test_the_command_keeps_the_token_in_a_file_of_its_owner(place: str, tmp_path: Path, sandbox: Sandbox) -> None:
    code, said = login(place)
    assert code == 0, said
    file = tmp_path / "127.0.0.1.token"
    token = file.read_text().strip()
    assert token in sandbox.mastodon.servers["main"].tokens
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert token not in said
    assert 'token = "file:127.0.0.1.token"' in said
    # It is not written over.
    ran = CliRunner().invoke(program, ["mastodon", "login", f"{place}/mastodon/main"])
    assert isinstance(ran.exception, ConfigError)
    assert "exists" in str(ran.exception)


def test_a_wrong_code_leaves_nothing_behind(place: str, tmp_path: Path) -> None:
    code, said = login(place, "--to", "mine.token", code="not-the-code")
    assert code == 1
    assert "begin anew" in said
    assert "Traceback" not in said
    assert "not-the-code" not in said
    assert not (tmp_path / "mine.token").exists()


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "http://nobody.invalid"])
def test_login_where_nobody_answers(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ran = CliRunner().invoke(program, ["mastodon", "login", url])
    assert isinstance(ran.exception, LoginFailed)
    assert url in str(ran.exception)
    assert list(tmp_path.iterdir()) == []


def test_login_at_what_is_no_server(place: str) -> None:
    for url in (place, "ftp://x.dev", "https://user:pass@x.dev"):
        assert CliRunner().invoke(program, ["mastodon", "login", url]).exception


def configured(tmp_path: Path, url: str, more: str = "") -> Any:
    (tmp_path / "config.toml").write_text(CONFIG.format(url=url, more=more))
    (tmp_path / "token").write_text("token-of-the-newsroom\n")
    return CliRunner().invoke(program, ["mastodon", "setup", "newsroom"])


def test_check_leaves_no_trace(place: str, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG.format(url=place, more=""))
    (tmp_path / "token").write_text("token-of-the-newsroom\n")
    ran = CliRunner().invoke(program, ["check"])
    assert ran.exit_code == 0, ran.output
    assert "signed in as @news" in ran.output
    assert "not read" not in ran.output
    assert {path.name for path in tmp_path.iterdir()} == {"config.toml", "token"}


def test_setup(place: str, tmp_path: Path, sandbox: Sandbox) -> None:
    ran = configured(tmp_path, place)
    assert ran.exit_code == 0, ran.exception
    (account,) = sandbox.mastodon.servers["main"].accounts.values()
    assert account.profile == {
        "bot": True,
        "discoverable": True,
        "indexable": True,
        "attribution_domains": ["news.example.org"],
        "fields": [{"name": "Website", "value": "https://news.example.org", "verified_at": None}],
    }
    assert account.default_language == "de"
    assert "bot: True" in ran.output
    assert "may not know" not in ran.output
    check = CliRunner().invoke(program, ["check"])
    assert check.exit_code == 0
    assert "bot" not in check.output


def test_setup_says_what_the_config_says(place: str, tmp_path: Path, sandbox: Sandbox) -> None:
    more = """
[accounts.profile]
bot = false
indexable = false
language = "zh-Hant"
fields = { Site = "https://a.example", Contact = "desk@a.example" }
attribution_domains = []
"""
    assert configured(tmp_path, place, more).exit_code == 0
    (account,) = sandbox.mastodon.servers["main"].accounts.values()
    assert account.default_language == "zh-TW"
    assert [field["name"] for field in account.profile["fields"]] == ["Site", "Contact"]
    assert (account.profile["bot"], account.profile["indexable"]) == (False, False)


def test_setup_where_the_token_may_not(place: str, tmp_path: Path, sandbox: Sandbox) -> None:
    sandbox.mastodon.add_account("main", "token-of-the-newsroom", "news", scopes=frozenset({"read", "write:statuses"}))
    ran = configured(tmp_path, place)
    assert isinstance(ran.exception, ConfigError)
    assert "newsroom: 403: This action is outside the authorized scopes" in str(ran.exception)


def test_setup_of_which_account(place: str, tmp_path: Path) -> None:
    assert configured(tmp_path, place).exit_code == 0
    ran = CliRunner().invoke(program, ["mastodon", "setup", "other"])
    assert "'other'; there are: newsroom" in str(ran.exception)
    assert CliRunner().invoke(program, ["mastodon", "setup"]).exit_code == 0


def test_a_profile_that_cannot_be() -> None:
    with pytest.raises(ConfigError, match="'haw'"):
        wanted(Profile(), SITE, ("haw",))
    with pytest.raises(ConfigError, match=r"profile\.fields\.Site"):
        wanted(Profile(fields={"Site": "x" * 256}), SITE, ("en",))
    with pytest.raises(ValueError, match="at most 4"):
        Profile(fields={str(number): "x" for number in range(5)})
    assert wanted(Profile(), SITE, ())["default_language"] == SITE.default_language


def test_check_says_what_the_token_lacks(place: str, tmp_path: Path, sandbox: Sandbox) -> None:
    sandbox.mastodon.add_account("main", "token-of-the-newsroom", "news", scopes=frozenset({"read:accounts"}))
    assert configured(tmp_path, place).exception
    ran = CliRunner().invoke(program, ["check"])
    assert ran.exit_code == 1
    assert "the token lacks the scope write:statuses" in ran.output
    assert "the token lacks the scope read:statuses" in ran.output
