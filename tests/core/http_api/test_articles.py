"""Publishing, revising, withdrawing and reading articles by HTTP, on both engines."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from newswire.model import Article
from newswire.store import events


def _events(served: Any) -> list[tuple[str, int]]:
    with served.room.store.read() as connection:
        return [(event.kind.value, event.rev) for event in events.after(connection, 0, limit=100)]


def test_an_article_is_made_revised_and_left_alone(served: Any) -> None:
    made, again, revised = served.put(), served.put(), served.put(topics=["policy"])
    assert (made.status_code, made.json()["outcome"], made.json()["rev"]) == (201, "new", 1)
    assert made.headers["Location"] == "/api/articles/a"
    assert (again.status_code, again.json()["outcome"], again.json()["etag"]) == (200, "unchanged", made.json()["etag"])
    assert (revised.status_code, revised.json()["outcome"], revised.json()["rev"]) == (200, "revised", 2)
    assert _events(served) == [("published", 1), ("revised", 2)]


def test_what_is_read_can_be_sent_back(served: Any) -> None:
    served.put("a", "en", "de", source={"name": "Hacker News"}, authors=["Ada"], published="2026-11-23T10:00:00+02:00")
    read = served.client.get("/api/articles/a")
    record = read.json()
    assert (record["rev"], record["status"], record["intake"], record["etag"]) == (
        1, "published", "api", read.headers["ETag"],
    )  # fmt: skip
    assert sorted(record["editions"]) == ["de", "en"]
    assert record["article"]["published"] == "2026-11-23T08:00:00Z"
    back = served.client.put("/api/articles/a", json=record["article"])
    assert back.json()["outcome"] == "unchanged"


def test_text_is_cleaned_at_the_door(served: Any) -> None:
    served.put(editions=[served.edition("en", title=" A\u0000  \u001b[31mtitle\ufffe\n", body="a\r\nb\u0008")])
    edition = served.client.get("/api/articles/a/editions/en").json()["edition"]
    assert (edition["title"], edition["body"]) == ("A [31mtitle", "a\nb")


def test_a_slash_in_an_id_is_percent_encoded(served: Any) -> None:
    for key in ("2026/05/late-news", "a/editions/de", "a/deliveries", "x/../y", "v1.0_~-/"):
        path = f"/api/articles/{key.replace('/', '%2F')}"
        made = served.client.put(path, json=served.article())
        assert (made.status_code, made.json()["id"]) == (201, key)
        assert served.client.get(made.headers["Location"]).json()["id"] == key
        assert served.client.get(f"{path}/editions/en").status_code == 200
        assert served.client.get(f"{path}/deliveries").json() == {"deliveries": []}


def test_nobody_overwrites_what_he_has_not_seen(served: Any) -> None:
    served.put()
    seen = served.etag("/api/articles/a")
    first = served.put(topics=["policy"], headers={"If-Match": seen})
    late = served.put(topics=["chips"], headers={"If-Match": seen})
    assert (first.status_code, late.status_code) == (200, 412)
    assert late.headers["ETag"] == first.json()["etag"] == served.etag("/api/articles/a")
    assert served.client.delete("/api/articles/a", headers={"If-Match": seen}).status_code == 412
    assert served.client.get("/api/articles/a").json()["article"]["topics"] == ["policy"]


def test_of_many_that_saw_the_same_one_wins(served: Any) -> None:
    served.put()
    seen = {"If-Match": served.etag("/api/articles/a")}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: served.put(topics=[f"t{number}"], headers=seen), range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7
    won = next(answer for answer in answers if answer.status_code == 200)
    assert served.client.get("/api/articles/a").json()["rev"] == 2 == won.json()["rev"]


def test_making_without_overwriting(served: Any) -> None:
    only_new = {"If-None-Match": "*"}
    assert served.put(headers={"If-Match": "*"}).status_code == 412
    assert served.put(headers=only_new).status_code == 201
    assert served.put(headers=only_new).status_code == 412


def test_taking_editions_away_needs_a_condition(served: Any) -> None:
    served.put("a", "en", "de")
    refused = served.put("a", "en")
    assert refused.status_code == 428
    assert "(de)" in refused.json()["detail"]
    assert sorted(served.client.get("/api/articles/a").json()["editions"]) == ["de", "en"]
    assert served.put("a", "en", headers={"If-Match": refused.headers["ETag"]}).status_code == 200
    assert served.client.get("/api/articles/a/editions/de").status_code == 404


def test_withdrawn_stays_withdrawn_until_it_is_reinstated(served: Any) -> None:
    served.put()
    gone = served.client.delete("/api/articles/a")
    assert (gone.status_code, gone.json()["outcome"], gone.json()["status"]) == (200, "withdrawn", "withdrawn")
    assert served.client.delete("/api/articles/a").json()["rev"] == 2
    assert served.put().status_code == 409
    assert served.client.put("/api/articles/a/editions/de", json=served.edition("de")).status_code == 409
    back = served.client.put("/api/articles/a?reinstate=true", json=served.article())
    assert (back.status_code, back.json()["outcome"], back.json()["status"]) == (200, "revised", "published")
    assert _events(served) == [("published", 1), ("withdrawn", 2), ("published", 3)]


def test_what_was_never_there(served: Any) -> None:
    assert served.client.get("/api/articles/a").status_code == 404
    assert served.client.delete("/api/articles/a").status_code == 404
    assert served.client.delete("/api/articles/a", headers={"If-Match": '"1-a"'}).status_code == 412
    assert served.client.get("/api/articles/a/deliveries").status_code == 404


def test_editions_come_one_by_one(served: Any) -> None:
    served.put()
    path = "/api/articles/a/editions/zh_hans"
    made = served.client.put(path, json=served.edition("zh-Hans", body=None))
    assert (made.status_code, made.json()["rev"]) == (201, 2)
    assert made.json()["etag"] == served.etag(path)
    full = served.edition("zh-Hans")
    del full["language"]
    whole = served.client.put(path, json=full, headers={"If-Match": made.json()["etag"]})
    assert (whole.status_code, whole.json()["rev"]) == (200, 3)
    assert served.client.put(path, json=full).json()["outcome"] == "unchanged"
    assert served.client.put(path, json=full, headers={"If-Match": made.json()["etag"]}).status_code == 412
    assert _events(served) == [("published", 1), ("edition", 2), ("edition", 3)]
    assert served.client.delete(path).json() == {"id": "a", "outcome": "revised", "rev": 4, "status": "published"}
    assert served.client.delete(path).status_code == 404
    assert served.client.delete("/api/articles/a/editions/en").status_code == 409
    assert served.client.put("/api/articles/b/editions/de", json=served.edition("de")).status_code == 404


def test_an_edition_does_not_disturb_who_edits_another(served: Any) -> None:
    served.put("a", "en", "de")
    seen = served.etag("/api/articles/a/editions/de")
    served.client.put("/api/articles/a/editions/fr", json=served.edition("fr"))
    changed = served.edition("de", title="Neu")
    assert served.client.put("/api/articles/a/editions/de", json=changed, headers={"If-Match": seen}).status_code == 200


def test_what_another_intake_brought_stays_its_own(served: Any) -> None:
    theirs = [served.edition("en", title="Theirs"), served.edition("ar", title="Teaser", body=None)]
    # What a request does not speak of, such as the authors, it does not miss.
    article = Article.model_validate(served.article(id="a", editions=theirs, authors=["Ada"]))
    served.room.publisher.publish(article, intake="articles")
    own = [served.edition("en", title="Mine"), served.edition("de")]
    mine = served.client.put("/api/articles/a", json=served.article(editions=own, topics=["x"]))
    assert mine.json()["kept"] == [
        {"pointer": "/topics", "intake": "articles"},
        {"pointer": "/editions/0", "intake": "articles"},
    ]
    refused = served.client.put("/api/articles/a/editions/en", json=served.edition("en", title="Mine"))
    assert (refused.status_code, "'articles'" in refused.json()["detail"]) == (409, True)
    assert served.client.delete("/api/articles/a/editions/ar").status_code == 409
    # A body where there is none is welcome, wherever it comes from.
    assert served.client.put("/api/articles/a/editions/ar", json=served.edition("ar")).status_code == 200
    record = served.client.get("/api/articles/a").json()
    owners = {language: facts["intake"] for language, facts in record["editions"].items()}
    assert owners == {"en": "articles", "de": "api", "ar": "api"}
    served.room.publisher.publish(article, intake="articles")
    assert served.client.get("/api/articles/a").json()["editions"] == record["editions"]


def test_lists_go_on_where_they_ended(served: Any) -> None:
    keys = [f"n{number}" for number in range(7)]
    for number, key in enumerate(keys):
        served.put(key, "en", "de") if number % 2 else served.put(key, topics=["policy"])
    served.put("n3", "en", "de", topics=["policy"])
    found: list[str] = []
    query: dict[str, str] = {"limit": "3"}
    while True:
        part = served.client.get("/api/articles", params=query).json()
        assert len(part["articles"]) <= 3
        found += [one["id"] for one in part["articles"]]
        if "next" not in part:
            break
        query["cursor"] = part["next"]
        served.put("n6", topics=["policy"], urgent=True)  # to the top: nobody who reads on sees it twice
    assert found == ["n3", "n6", "n5", "n4", "n2", "n1", "n0"]

    def ids(**query: str) -> list[str]:
        return [one["id"] for one in served.client.get("/api/articles", params=query).json()["articles"]]

    assert ids(language="de") == ["n3", "n5", "n1"]
    assert ids(topics="policy & !science", language="de-AT") == ["n3"]
    assert ids(topics="science", limit="2") == ["n5", "n1"]
    assert ids(source="Nobody") == []


def test_what_is_withdrawn_has_a_list_of_its_own(served: Any) -> None:
    for key in ("c", "a", "b", "d"):
        served.put(key)
    for key in ("c", "a", "b"):
        served.client.delete(f"/api/articles/{key}")
    first = served.client.get("/api/articles?status=withdrawn&limit=2").json()
    rest = served.client.get("/api/articles", params={"status": "withdrawn", "cursor": first["next"]}).json()
    assert [one["id"] for one in first["articles"]] == ["a", "b"]
    assert [one["id"] for one in rest["articles"]] == ["c"]
    assert [one["id"] for one in served.client.get("/api/articles").json()["articles"]] == ["d"]


def test_what_is_published_is_counted(served: Any) -> None:
    served.put("a", "en", "de", topics=["policy"], source={"name": "Hacker News"}, published="2026-10-30T10:00:00Z")
    served.put("b", "en", topics=["policy", "chips"], published="2026-11-20T10:00:00Z")
    served.put("c", "en")
    served.client.delete("/api/articles/c")
    counts = served.client.get("/api/counts").json()["languages"]
    assert counts["en"] == {
        "articles": 2,
        "topics": {"policy": 2, "chips": 1},
        "sources": {"hacker-news": 1},
        "months": {"2026-11": 1, "2026-10": 1},
    }
    assert counts["de"]["articles"] == 1
    assert served.client.get("/api/counts?language=de-AT").json() == {"languages": {"de": counts["de"]}}
    wrong = served.client.get("/api/counts?language=tlh")
    assert (wrong.status_code, wrong.json()["errors"][0]["parameter"]) == (400, "language")
