"""Readers, programs and people ask for translations."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from newswire.errors import Refused, UnknownArticle
from newswire.room import Room
from newswire.translation.asking import Wish


async def test_a_withdrawn_article_is_not_translated(make_desk: Any, edition: Any, openai: Any) -> None:
    async with make_desk() as desk:
        desk.publish(edition("en"))
        await desk.room.follow(asyncio.Event(), once=True)
        desk.room.publisher.withdraw("a")
        await desk.work()
        assert (desk.request().state, openai.asked) == ("cancelled", [])


async def test_what_is_discarded_falls_back_and_is_not_asked_for_again(
    make_desk: Any, edition: Any, openai: Any
) -> None:
    async with make_desk() as desk:
        desk.publish(edition("en"))
        await desk.work()
        desk.room.services.asking.discard(desk.request().id, "bad", desk.room.publisher)
        await desk.work()
        assert desk.request().state == "cancelled"
        assert desk.room.services.library.stories(["a"], "de") == {}
        assert len(openai.asked) == 1


async def test_readers_ask_by_a_form_and_not_by_going_there(make_desk: Any, edition: Any, openai: Any) -> None:
    async with make_desk() as desk, desk.served() as client:
        desk.publish(edition("en"), edition("ja", body=None), topics=())
        page = "/translate/ja?article=a"
        feed = await client.get("/feeds/ja.atom")
        assert "https://wire.news.example/translate/ja?article=a" in feed.text
        found = await client.get(page)
        assert (found.status_code, found.headers["x-robots-tag"]) == (200, "noindex, nofollow")
        assert "Title of a in ja" in found.text
        assert desk.request("a", "ja") is None
        token = found.text.partition('name="token" value="')[2].partition('"')[0]
        for form, headers in (
            ({"token": token}, {"sec-fetch-site": "cross-site"}),
            ({"token": f"{token}0"}, {}),
            ({}, {}),
        ):
            assert (await client.post(page, data=form, headers=headers)).status_code == 403
        assert desk.request("a", "ja") is None
        asked = await client.post(page, data={"token": token})
        assert (asked.status_code, asked.headers["location"]) == (303, page)
        assert (desk.request("a", "ja").state, desk.request("a", "ja").why) == ("waiting", "a reader")
        await client.post(page, data={"token": token})
        openai.turn = lambda text: "訳語。" if text.strip() else text
        await desk.work()
        assert desk.request("a", "ja").state == "done"
        assert "Title of a in ja" in (await client.get(page)).text
        assert "機械翻訳" in (await client.get("/feeds/ja.atom")).text
        for number in range(3):
            desk.publish(edition("en", f"x{number}"), key=f"x{number}", topics=())
        codes = []
        for number in range(3):
            one = f"/translate/de?article=x{number}"
            text = (await client.get(one)).text
            form = {"token": text.partition('name="token" value="')[2].partition('"')[0]}
            codes.append((await client.post(one, data=form)).status_code)
        assert codes == [303, 429, 429]
        for path in (
            "/translate/fr?article=a",
            "/translate/de",
            "/translate/de?article=none",
            "/translate/xx?article=a",
        ):
            assert (await client.get(path)).status_code == 404


async def test_a_telegram_post_that_fell_back_has_a_button(make_desk: Any, edition: Any) -> None:
    async with make_desk() as desk:
        desk.publish(edition("en"), edition("de", body=None), topics=())
        await desk.work()

        def buttons() -> list[Any]:
            return [
                call.parameters.get("reply_markup")
                for call in desk.sandbox.journal.accepted
                if call.method in {"sendMessage", "editMessageText"}
            ]

        assert "https://wire.news.example/translate/de?article=a" in str(buttons()[-1])
        assert "Lesen auf: Deutsch" in str(buttons()[-1])
        desk.room.services.translations.ask("a", "de")
        await desk.work()
        assert "translate" not in str(buttons()[-1])
        assert desk.edits() == {"telegram": 1, "mastodon": 1}


async def test_the_http_api(make_desk: Any, edition: Any) -> None:
    async with make_desk() as desk, desk.served() as client:
        from newswire.store import tokens  # noqa: PLC0415  # only this test needs one
        from newswire.store.tokens import TokenScope  # noqa: PLC0415  # as above

        with desk.room.store.write() as connection:
            given: dict[str, Any] = {"rate": 1000, "expires": None, "now": desk.start}
            secret = tokens.create(connection, "all", [TokenScope.READ, TokenScope.WRITE], **given)
        client.headers["Authorization"] = f"Bearer {secret}"
        desk.publish(edition("en"), topics=())
        path = "/api/articles/a/translations"
        assert (await client.get(path)).json() == {}
        assert (await client.get(f"{path}/de")).status_code == 404
        asked = await client.put(f"{path}/de")
        assert (asked.status_code, asked.json()["state"]) == (202, "waiting")
        assert (await client.put(f"{path}/de")).json()["id"] == asked.json()["id"]
        assert (await client.put(f"{path}/en")).status_code == 409
        assert (await client.put("/api/articles/none/translations/de")).status_code == 404
        await desk.work()
        found = (await client.get(path)).json()["translations"]
        assert [(one["language"], one["state"], one["cost"]) for one in found] == [("de", "done", 0.003)]
        assert (await client.put(f"{path}/de")).status_code == 200
        assert (await client.delete(f"{path}/de")).status_code == 409
        assert (await client.put(f"{path}/ja")).status_code == 202
        assert (await client.delete(f"{path}/ja")).json()["state"] == "cancelled"


async def test_two_processes_translate_an_article_once(make_desk: Any, edition: Any, openai: Any) -> None:
    async with make_desk() as desk:
        other = Room(desk.room.config, desk.room.world)
        try:
            other.prepare()
            for key in "abc":
                desk.publish(edition("en", key), key=key)
            stop = asyncio.Event()
            await desk.room.follow(stop, once=True)
            await asyncio.gather(*(room.translate(stop, patience=timedelta(0)) for room in (desk.room, other)))
            assert [desk.request(key).state for key in "abc"] == ["done"] * 3
            assert len(openai.asked) == 3
        finally:
            other.close()


async def test_asking_is_refused_where_it_makes_no_sense(make_desk: Any, edition: Any) -> None:
    async with make_desk() as desk:
        asking = desk.room.services.asking
        desk.publish(edition("en"), edition("ja"), topics=())
        for language, why in (("en", "written in en"), ("ja", "people translated it"), ("fr", "no language fr")):
            with pytest.raises(Refused, match=why):
                asking.ask("a", language, Wish("test"))
        with pytest.raises(UnknownArticle):
            asking.ask("none", "de", Wish("test"))
        with pytest.raises(Refused, match="no enabled translator 'other'"):
            asking.ask("a", "de", Wish("test", translator="other"))
