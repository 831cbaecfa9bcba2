"""Requests that no page makes, and a database that refuses, on both engines."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

ENGINES = ("sqlite", "postgresql")


def test_what_no_database_keeps_is_asked_for_in_vain(served: Any, alice: Any, an_article: Any) -> None:
    served.deliver(an_article())
    for path in ("articles/%00", "channels/a%00b", "articles/%FF%FE", "deliveries/%00", "articles/%ED%A0%80/preview"):
        assert alice.get(path).status_code == 404, path
    for field in ("channel", "article", "state", "before"):
        assert alice.get(f"deliveries?{field}=%00%FF").status_code == 200, field
    assert alice.get("articles?id=%00x").status_code == 404
    assert alice.get("channels?name=%00&from=999999999999999999").status_code == 200
    assert alice.get(f"deliveries/{2**62}").status_code == 404
    row = served.row()
    fields = {"key": alice.key(), "do": "sent", f"delivery-{row.id}": "\0", "remote_id": "\0x", "back": "\0"}
    assert alice.send("deliveries", fields).status_code == 303
    assert alice.client.head("/dashboard/").status_code == 200


def test_a_database_that_refuses_is_told_and_nothing_else(served: Any, alice: Any) -> None:
    with served.room.store.write() as connection:
        connection.execute(text("ALTER TABLE delivery RENAME TO elsewhere"))
    answer = alice.get()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "elsewhere" not in answer.text
    assert "delivery" not in answer.text
    with served.room.store.write() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO delivery"))
    assert alice.get().status_code == 200
