"""Many articles at once: lines in, a line about each out."""

from __future__ import annotations

import json
import socket
import time
import tracemalloc
from typing import TYPE_CHECKING, Any

from newswire.reading import SIZE_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ENGINES = ("sqlite",)
LINES = {"Content-Type": "application/x-ndjson"}


def _line(served: Any, key: str, **changes: Any) -> bytes:
    return json.dumps(served.article(key=key, id=key, **changes)).encode() + b"\n"


def _post(served: Any, content: bytes | Iterable[bytes], query: str = "") -> list[dict[str, Any]]:
    answer = served.client.post(f"/api/articles{query}", content=content, headers=LINES)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/x-ndjson")
    return [json.loads(line) for line in answer.text.splitlines()]


def test_every_line_is_told(served: Any) -> None:
    served.put("gone")
    served.client.delete("/api/articles/gone")
    wrong = _line(served, "c", topics=["No Slug"])
    parts = [_line(served, "a"), b"\n", b"nonsense\r\n", wrong, _line(served, "gone"), _line(served, "a").rstrip()]
    report = _post(served, b"".join(parts))
    assert [(told.get("line"), told.get("outcome")) for told in report] == [
        (1, "new"), (3, "problem"), (4, "problem"), (5, "problem"), (6, "unchanged"), (None, None),
    ]  # fmt: skip
    assert report[2]["problem"]["errors"] == [
        {"detail": "must be lower-case letters, digits and single hyphens", "pointer": "/topics/0"}
    ]
    assert report[3]["problem"]["status"] == 409
    assert report[-1] == {"counts": {"new": 1, "problem": 3, "unchanged": 1}, "complete": True}
    back = _post(served, _line(served, "gone"), "?reinstate=true")
    assert back[0]["outcome"] == "revised"


def test_a_line_comes_in_pieces_of_any_size(served: Any) -> None:
    whole = b"".join(_line(served, f"n{number}") for number in range(5))
    pieces = [whole[start : start + 7] for start in range(0, len(whole), 7)]
    assert [told.get("outcome") for told in _post(served, iter(pieces))] == ["new"] * 5 + [None]


def test_who_was_cut_off_sends_the_same_again(served: Any) -> None:
    lines = [_line(served, f"n{number}") for number in range(4)]
    port = served.room.config.http.port
    with socket.create_connection(("127.0.0.1", port)) as connection:
        head = f"POST /api/articles HTTP/1.1\r\nHost: x\r\nAuthorization: {served.client.headers['Authorization']}\r\n"
        head += "Content-Type: application/x-ndjson\r\nContent-Length: 1000000\r\n\r\n"
        connection.sendall(head.encode() + lines[0] + lines[1] + lines[2][:40])
        for _ in range(500):
            if served.client.get("/api/articles/n1").status_code == 200:
                break
            time.sleep(0.01)
    assert served.client.get("/api/articles/n2").status_code == 404
    report = _post(served, b"".join(lines))
    assert [told.get("outcome") for told in report[:-1]] == ["unchanged", "unchanged", "new", "new"]


def test_a_store_that_fails_ends_the_report_and_says_so(served: Any) -> None:
    def lines() -> Iterator[bytes]:
        yield _line(served, "a")
        for _ in range(500):
            if served.client.get("/api/articles/a").status_code == 200:
                break
            time.sleep(0.01)
        with served.room.store.write() as connection:
            connection.exec_driver_sql("ALTER TABLE event RENAME TO elsewhere")
        yield _line(served, "b") + _line(served, "c")

    report = _post(served, lines())
    assert [told.get("outcome") for told in report] == ["new", "problem", None]
    assert (report[1]["problem"]["status"], report[2]["complete"]) == (503, False)
    assert "table" not in json.dumps(report)  # what the database said is for the log


def test_only_lines_are_taken(served: Any) -> None:
    for kind in ({}, {"Content-Type": "application/json"}, {"Content-Type": "text/plain"}):
        answer = served.client.post("/api/articles", content=b"{}", headers=kind)
        assert (answer.status_code, "application/x-ndjson" in answer.headers["Accept"]) == (415, True)


def test_memory_stays_small_whatever_comes(served: Any) -> None:
    """An endless line is passed over, not kept; the report of many lines waits on disk."""

    def endless() -> Iterator[bytes]:
        for _ in range(3 * SIZE_LIMIT // 262_144):
            yield b"x" * 262_144
        yield b"\n" + _line(served, "a")
        for _ in range(40):
            yield b"{}\n" * 50

    tracemalloc.start()
    try:
        report = _post(served, endless())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (report[0]["problem"]["status"], report[1]["outcome"]) == (413, "new")
    assert report[-1]["counts"] == {"problem": 2_001, "new": 1}
    assert peak < 2 * SIZE_LIMIT
