"""``newswire export-feeds``: the same bytes as served, only what changed, whole files, nothing of others touched."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import feedparser  # type: ignore[import-untyped]  # feedparser has no types
import pytest
from click.testing import CliRunner

from newswire.cli import program
from newswire.errors import Refused
from newswire_feeds.export.folder import Folder
from newswire_feeds.export.manifest import NAME

if TYPE_CHECKING:
    from pathlib import Path


async def test_files_are_what_is_served(desk: Any) -> None:
    desk.publish("a", "en", "de", source={"name": "Die Quelle & Söhne"})
    desk.publish("b", topics=["science", "unheard-of"])
    outcome = desk.export()
    files = desk.files()
    documents = sorted(name for name in files if not name.endswith(".gz") and name != NAME)
    assert len(documents) == outcome.written == outcome.documents
    for name in documents:
        packed = files[f"{name}.gz"]
        assert gzip.decompress(packed) == files[name]
        assert packed[4:8] == bytes(4)  # RFC 1952 section 2.3.1: no time
        if name.startswith("feeds"):
            assert files[name] == await desk.served(f"/{name}", "identity"), name
            assert packed == await desk.served(f"/{name}", "gzip"), name
    for name in (
        "feeds/en.atom",
        "feeds/de.json",
        "feeds/en/topics/science.rss",
        "feeds/en/topics/unheard-of.json",
        "feeds/de/topics/empty.atom",
        "feeds/en/sources/die-quelle-söhne.rss",
        "feeds.opml",
        "index.html",
        "index.de.html",
    ):
        assert name in documents
    assert files["index.html"] == files["index.en.html"] == await desk.served("/", "identity")
    assert sorted(path.name for path in desk.out.iterdir() if path.name.startswith(".")) == [NAME]
    # A server that goes by the file's time says what the web app says.
    for name in ("feeds/en.atom", "feeds/en.atom.gz"):
        updated = feedparser.parse(files["feeds/en.atom"]).feed.updated_parsed
        assert time.gmtime((desk.out / name).stat().st_mtime)[:6] == updated[:6]


def test_only_what_changed_is_written(desk: Any) -> None:
    desk.publish("a", "en", "de")
    first = desk.export()
    before, texts = desk.inodes(), desk.files()
    again = desk.export()
    assert (again.written, again.unchanged, again.removed) == (0, first.written, 0)
    assert desk.inodes() | {NAME: 0} == before | {NAME: 0}
    assert desk.files() == texts

    desk.publish("b", topics=["science"])
    outcome = desk.export()
    after = desk.inodes()
    changed = {name for name in after if after[name] != before.get(name)} - {NAME}
    feeds = {name for name in changed if name.startswith("feeds/")}
    assert {name.removesuffix(".gz") for name in feeds} == {
        f"feeds/en{part}{month}.{form}"
        for part in ("", "/topics/science")
        for month in ("", f"/archive/{datetime.now(UTC):%Y/%m}")
        for form in ("rss", "atom", "json")
    }
    assert outcome.written == len(changed) / 2

    # Made anew, everything is the same, and nothing is written.
    before = desk.inodes()
    assert desk.export(anew=True).written == 0
    assert desk.inodes() | {NAME: 0} == before | {NAME: 0}


def test_a_change_of_the_config_reaches_every_file(desk: Any) -> None:
    desk.publish("a")
    desk.export()
    at = (desk.out / "feeds/en.atom").stat().st_mtime
    desk.configure('title = "{part}: {site}"')
    outcome = desk.export()
    assert (outcome.unchanged, outcome.removed) == (0, 0)
    assert b"<title>English: News Example</title>" in (desk.out / "feeds/en.atom").read_bytes()
    # The feed is no younger, but the file is: servers make entity tags of time and size.
    assert (desk.out / "feeds/en.atom").stat().st_mtime > at


def test_what_is_gone_is_removed_and_what_is_not_ours_stays(desk: Any) -> None:
    desk.publish("a", source={"name": "Hacker News"})
    desk.configure("[topics.gone]\n")
    (desk.out / "feeds/en/topics").mkdir(parents=True)
    others = {
        "robots.txt": b"User-agent: *",
        "feeds/en/topics/mine.atom": b"<mine/>",
        "feeds/en/topics/gone.html": b"<p>",
        ".newswire-export.json~": b"{}",
    }
    for name, text in others.items():
        (desk.out / name).write_bytes(text)
    desk.export()
    assert (desk.out / "feeds/de/topics/gone.atom.gz").exists()

    desk.configure("")
    desk.config.write_text(desk.config.read_text("utf-8").replace('["en", "de"]', '["en"]'), "utf-8")
    outcome = desk.export()
    files = desk.files()
    assert outcome.removed > 10
    assert {name: files[name] for name in others} == others
    assert not any("topics/gone." in name for name in files.keys() - others.keys())
    assert not (desk.out / "feeds/de").exists()


def test_a_withdrawn_article_leaves_the_files(desk: Any) -> None:
    desk.publish("a")
    desk.publish("b")
    desk.export()
    desk.withdraw("a")
    desk.export()
    for form in ("rss", "json"):
        text = (desk.out / f"feeds/en.{form}").read_text("utf-8")
        assert "article/b/en" in text
        assert "article/a/en" not in text


@pytest.mark.parametrize("name", ["feeds/en.atom", "feeds/en.atom.gz", "index.html"])
def test_a_file_of_somebody_else_is_not_overwritten(name: str, desk: Any) -> None:
    desk.publish("a")
    (desk.out / "feeds").mkdir(parents=True)
    (desk.out / name).write_bytes(b"mine")
    for _ in range(2):
        outcome = desk.export()
        assert outcome.foreign == [name.removesuffix(".gz")]
        assert (desk.out / name).read_bytes() == b"mine"
    assert (desk.out / "feeds/en.rss").exists()
    (desk.out / name).unlink()
    assert desk.export().foreign == []


def test_files_that_were_lost_come_back(desk: Any) -> None:
    desk.publish("a")
    desk.export()
    texts = desk.files()
    (desk.out / "feeds/en.atom").unlink()
    (desk.out / "feeds/en.rss.gz").unlink()
    shutil.rmtree(desk.out / "feeds/de")
    desk.export()
    assert desk.files() == texts


def test_an_export_that_was_cut_off_goes_on(desk: Any, tmp_path: Path) -> None:
    desk.publish("a")

    class Cut(Exception):
        pass

    def cut(done: int, _of: int) -> None:
        if done == 2:
            raise Cut

    with pytest.raises(Cut):
        desk.export(progress=cut)
    (desk.out / ".newswire-partial").mkdir(exist_ok=True)
    (desk.out / ".newswire-partial/4711").write_bytes(b"half a docu")
    left = [name for name in desk.files() if name.endswith(".gz")]
    assert len(left) == 9  # two feeds, and a month's archive of one; no manifest names them
    assert json.loads((desk.out / NAME).read_bytes())["files-1"] == {}
    outcome = desk.export()
    assert outcome.foreign == []
    whole = desk.files()
    desk.out = tmp_path / "other"
    desk.export()
    assert desk.files() == whole


def test_one_export_at_a_time(desk: Any) -> None:
    desk.publish("a")
    desk.export()
    with Folder(desk.out, "news.example,2026").held(), pytest.raises(Refused, match="another export"):
        desk.export()
    desk.export()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"site": "news.example,2026"}', '{"site": 1, "files-1": [1]}'])
def test_a_broken_manifest_is_told_and_nothing_is_touched(text: str, desk: Any) -> None:
    desk.publish("a")
    desk.out.mkdir()
    (desk.out / NAME).write_text(text, "utf-8")
    with pytest.raises(Refused, match=re.escape(str(desk.out / NAME))):
        desk.export()
    assert list(desk.files()) == [NAME]


def test_two_sites_do_not_share_a_folder(desk: Any) -> None:
    desk.publish("a")
    desk.export()
    texts = desk.files()
    desk.config.write_text(desk.config.read_text("utf-8").replace("news.example,2026", "other.example,2026"), "utf-8")
    with pytest.raises(Refused, match=r"news\.example,2026, not of other\.example,2026"):
        desk.export()
    assert desk.files() == texts


def test_a_name_that_is_too_long_for_a_file_stops_no_other(desk: Any) -> None:
    desk.publish("a", source={"name": "新" * 150})
    outcome = desk.export()
    assert len(outcome.foreign) == 9  # in two languages, and the archive
    assert (desk.out / "feeds/en.atom").exists()


def test_a_folder_that_cannot_be_written(desk: Any) -> None:
    desk.publish("a")
    desk.out.write_bytes(b"a file")
    with pytest.raises(Refused, match="cannot be made"):
        desk.export()


def test_the_command(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk.config.parent)
    missing = CliRunner().invoke(program, ["export-feeds", "out"])
    assert missing.exit_code == 1
    assert "there is no database" in str(missing.exception)
    desk.publish("a")
    told = CliRunner().invoke(program, ["export-feeds", "out"])
    assert re.fullmatch(r"out: (\d+) documents: \1 written, 0 unchanged, 0 removed\n", told.output)
    again = CliRunner().invoke(program, ["export-feeds", "out", "--json", "-c", str(desk.config)])
    counts = json.loads(again.output)
    assert (counts["written"], counts["unchanged"], counts["not_written"]) == (0, counts["documents"], [])
    (desk.out / NAME).unlink()
    refused = CliRunner().invoke(program, ["export-feeds", "out"])
    assert refused.exit_code == 1
    assert "somebody else's files" in str(refused.exception)


def test_progress_is_told_to_the_end(desk: Any) -> None:
    desk.publish("a")
    told: list[tuple[int, int]] = []
    desk.export(progress=lambda done, of: told.append((done, of)))
    feeds = 2 * 3 + 1  # two languages, everything and two topics in each; and the lists
    assert told == [(number, feeds) for number in range(1, feeds + 1)]


async def test_archives_lead_back_to_the_first_article(desk: Any) -> None:
    desk.configure("entries = 2\nhours = 0\narchive = 10\n")
    for number in range(25):
        at = datetime(2026, 3 + number // 12, 1 + number % 12, tzinfo=UTC)
        desk.publish(f"a{number}", published=at)
    desk.export()
    name, seen = "feeds/en.atom", []
    while name:
        text = (desk.out / name).read_bytes()
        assert text == await desk.served(f"/{name}", "identity"), name
        assert gzip.decompress((desk.out / f"{name}.gz").read_bytes()) == text
        document = feedparser.parse(text)
        seen += [entry.id for entry in document.entries]
        links = {link.rel: link.href for link in document.feed.links}
        name = (links.get("next") or links.get("prev-archive") or "").removeprefix("https://wire.example/")
    assert {f"tag:news.example,2026:article/a{number}/en" for number in range(25)} == set(seen)
    archived = {name for name in desk.files() if "/archive/" in name and name.startswith("feeds/en/topics/science")}
    assert "feeds/en/topics/science/archive/2026/03-1.json" in archived

    # A late correction of March leaves the other months alone.
    before = desk.inodes()
    desk.publish("a0", published=datetime(2026, 3, 1, tzinfo=UTC), topics=["science"], related=["a1"])
    desk.export()
    after = desk.inodes()
    changed = {name for name in after if after[name] != before.get(name) and name.endswith(".atom")}
    assert changed == {
        f"feeds/en{part}{at}.atom" for part in ("", "/topics/science") for at in ("", "/archive/2026/03-1")
    }

    without = desk.export(past=False)
    assert without.removed == sum("/archive/" in name and not name.endswith(".gz") for name in after)
    assert not any("/archive/" in name for name in desk.files())
