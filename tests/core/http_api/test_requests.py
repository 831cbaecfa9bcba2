"""Requests that are not as they should be: each is told what is wrong and where, and nothing happens."""

from __future__ import annotations

import http.client
import json
from typing import TYPE_CHECKING, Any

from newswire.reading import SIZE_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterator

ENGINES = ("sqlite",)


WRONG_FIELDS: list[tuple[dict[str, Any], list[str]]] = [
    ({"editions": []}, [""]),
    ({"editions": None}, ["/editions"]),
    ({"id": "other"}, ["/id"]),
    ({"id": 7}, ["/id"]),
    ({"topics": ["AI Safety", "ok"], "urgent": "perhaps"}, ["/topics/0", "/urgent"]),
    ({"source": {"name": "", "url": "javascript:alert(1)"}}, ["/source/name", "/source/url"]),
    ({"published": 20261123}, ["/published"]),
    ({"published": "9999-12-31T23:59:59-23:00"}, ["/published"]),
    ({"image": {"url": "https://x.example/i.png", "focus": [2, 0]}}, ["/image/focus/0"]),
    ({"a/b~c": 1}, ["/a~1b~0c"]),
    ({"original_language": "xx-nope"}, ["/original_language"]),
    ({"related": ["/etc/passwd"]}, ["/related/0"]),
]
WRONG_BODIES = {
    b"": 400,
    b"{": 400,
    b'{"id": "\xff"}': 400,
    b'{"id": "\\ud800"}': 400,
    b'{"urgent": NaN}': 400,
    b"[" * 100_000: 400,
    b'{"a":' * 5000 + b"1" + b"}" * 5000: 400,
    b"[]": 422,
    b"null": 422,
    b'"text"': 422,
    b'\xef\xbb\xbf{"id": "a"}': 422,
}
WRONG_TYPES: list[tuple[dict[str, str], str]] = [
    ({}, "Accept"),
    ({"Content-Type": "text/plain"}, "Accept"),
    ({"Content-Type": "application/x-www-form-urlencoded"}, "Accept"),
    ({"Content-Type": "application/json; charset=latin-1"}, "Accept"),
    ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, "Accept-Encoding"),
]
WRONG_PARAMETERS = {
    "/api/articles?langage=de": "langage",
    "/api/articles?language=klingon": "language",
    "/api/articles?language=ja": "language",
    "/api/articles?topics=(a": "topics",
    "/api/articles?limit=0": "limit",
    "/api/articles?limit=201": "limit",
    "/api/articles?limit=%D9%A3": "limit",
    "/api/articles?limit=1&limit=2": "limit",
    "/api/articles?status=lost": "status",
    "/api/articles?status=withdrawn&topics=a": "topics",
    "/api/articles?cursor=": "cursor",
    "/api/articles?cursor=nonsense": "cursor",
    "/api/articles?cursor=ImEi": "cursor",
    "/api/articles?cursor=LTE": "cursor",
    "/api/articles?status=withdrawn&cursor=MTI": "cursor",
    "/api/articles?status=withdrawn&cursor=Ilx1MDAwMCI": "cursor",
    "/api/articles/%2Fetc": "id",
    "/api/articles/a%00": "id",
    "/api/articles/a%0A": "id",
    "/api/articles/%ff": "id",
    f"/api/articles/{'a' * 201}": "id",
    "/api/articles/a/editions/x-y-z": "language",
    "/api/articles/a?x=1": "x",
}


def test_a_field_that_is_wrong_is_named(served: Any, pointers: Any) -> None:
    for changes, fields in WRONG_FIELDS:
        answer = served.client.put("/api/articles/a", json=served.article() | changes)
        assert (answer.status_code, pointers(answer)) == (422, fields), changes
    assert served.client.get("/api/articles/a").status_code == 404


def test_an_editions_field_is_named(served: Any, pointers: Any) -> None:
    editions = [
        served.edition("en"),
        served.edition("ja", url="ftp://x/y", questions=[{"question": "?", "answer": ""}]),
    ]
    answer = served.client.put("/api/articles/a", json=served.article(editions=editions))
    assert (answer.status_code, pointers(answer)) == (422, ["/editions/1/url", "/editions/1/questions/0/answer"])
    editions[1] = served.edition("ja")
    answer = served.client.put("/api/articles/a", json=served.article(editions=editions))
    assert (answer.status_code, pointers(answer)) == (422, ["/editions/1/language"])
    assert answer.json()["detail"].endswith("the site has no editions in ja, only in ar, de, en, fr, zh-Hans")
    served.put()
    answer = served.client.put("/api/articles/a/editions/de", json=served.edition("fr"))
    assert (answer.status_code, pointers(answer)) == (422, ["/language"])
    answer = served.client.put("/api/articles/a/editions/ja", json=served.edition("ja"))
    assert (answer.status_code, pointers(answer)) == (422, ["/language"])


def test_a_body_that_is_no_article(served: Any, pointers: Any) -> None:
    for body, status in WRONG_BODIES.items():
        answer = served.client.put("/api/articles/a", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == status, body[:40]
        pointers(answer)


def test_media_types_that_are_not_read(served: Any, pointers: Any) -> None:
    for headers, told in WRONG_TYPES:
        answer = served.client.put("/api/articles/a", content=b"{}", headers=headers)
        assert (answer.status_code, told in answer.headers) == (415, True), headers
        pointers(answer)


def test_a_media_type_has_parameters_and_no_case(served: Any) -> None:
    body = json.dumps(served.article()).encode()
    headers = {"Content-Type": 'Application/JSON ; Charset="UTF-8"'}
    assert served.client.put("/api/articles/a", content=body, headers=headers).status_code == 201


def test_a_body_has_an_end(served: Any, pointers: Any) -> None:
    def endless() -> Iterator[bytes]:
        yield b'{"id": "'
        for _ in range(SIZE_LIMIT // 65_536 + 1):
            yield b"x" * 65_536

    kind = {"Content-Type": "application/json"}
    sent = served.client.put("/api/articles/a", content=endless(), headers=kind)
    assert sent.status_code == 413
    pointers(sent)
    # Who says beforehand how much comes is told so before he sends it.
    connection = http.client.HTTPConnection("127.0.0.1", served.room.config.http.port)
    connection.putrequest("PUT", "/api/articles/a")
    length = {"Content-Length": str(SIZE_LIMIT + 1), "Authorization": served.client.headers["Authorization"]}
    for name, value in (kind | length).items():
        connection.putheader(name, value)
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


def test_a_parameter_that_is_wrong_is_named(served: Any, pointers: Any) -> None:
    for path, parameter in WRONG_PARAMETERS.items():
        answer = served.client.get(path)
        assert (answer.status_code, pointers(answer)) == (400, [parameter]), path


def test_conditions_that_cannot_be_read(served: Any, pointers: Any) -> None:
    for value in ("", "a", '"a', '"a" "b"', 'w/"a"', '"a"; "b"', "*, *"):
        for name in ("If-Match", "If-None-Match"):
            answer = served.client.get("/api/articles/a", headers={name: value})
            assert answer.status_code == 400, value
            pointers(answer)


def test_reading_again_what_has_not_changed(served: Any) -> None:
    served.put()
    for path in ("/api/articles/a", "/api/articles/a/editions/en"):
        etag = served.etag(path)
        for value in (etag, f'"x", W/{etag}', "*"):
            same = served.client.get(path, headers={"If-None-Match": value})
            assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", etag)
        assert served.client.get(path, headers={"If-None-Match": '"x"'}).status_code == 200
        # A weak tag is equal to nothing where it matters: RFC 9110, 13.1.1.
        assert served.client.get(path, headers={"If-Match": f"W/{etag}"}).status_code == 412


def test_methods_are_known_or_told(served: Any, pointers: Any) -> None:
    known = {
        "/api/articles": "GET, HEAD, OPTIONS, POST",
        "/api/articles/a": "DELETE, GET, HEAD, OPTIONS, PUT",
        "/api/articles/a/editions/de": "DELETE, GET, HEAD, OPTIONS, PUT",
        "/api/articles/a/deliveries": "GET, HEAD, OPTIONS",
        "/api/openapi.json": "GET, HEAD, OPTIONS",
    }
    for path, methods in known.items():
        told = served.client.options(path)
        assert (told.status_code, told.headers["Allow"]) == (204, methods)
        wrong = served.client.patch(path)
        assert (wrong.status_code, wrong.headers["Allow"]) == (405, methods)
        pointers(wrong)


def test_head_is_get_without_a_body(served: Any) -> None:
    served.put()
    for path in ("/api/articles", "/api/articles/a", "/api/articles/a/editions/en", "/api/openapi.json"):
        get, head = served.client.get(path), served.client.head(path)
        assert head.content == b""
        for name in ("Content-Length", "Content-Type", "Cache-Control"):
            assert head.headers[name] == get.headers[name]
        assert head.headers.get("ETag") == get.headers.get("ETag")


def test_addresses_that_are_not_there(served: Any, pointers: Any) -> None:
    for path in ("/api/", "/api/articles/", "/api/articles/a/b", "/api/articles//editions/de", "/api/nothing"):
        answer = served.client.get(path)
        assert answer.status_code == 404
        pointers(answer)
    assert "%2F" in served.client.get("/api/articles/2026/05/news").json()["detail"]


def test_the_api_can_be_switched_off(make_room: Any, serve: Any) -> None:
    with serve(make_room(http="api = false")) as served:
        answer = served.client.get("/api/articles")
        assert (answer.status_code, answer.json()["error"]) == (404, "there is nothing at /api/articles")


def test_a_store_that_does_not_answer_is_told(served: Any, pointers: Any) -> None:
    with served.room.store.write() as connection:
        connection.exec_driver_sql("ALTER TABLE article RENAME TO elsewhere")
    answer = served.client.get("/api/articles/a")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "elsewhere" not in answer.text
    assert "article" not in answer.json()["detail"]
    pointers(answer)
