"""Who may come in: tokens made and revoked on the command line, scopes, rates, and secrets that stay secret."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from click.testing import CliRunner
from sqlalchemy import text

from newswire.cli import program
from newswire.http_api.rates import Rates
from newswire.store import tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

ENGINES = ("sqlite",)


@pytest.fixture
def admin(served: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs the program on the database of the room that is served."""
    url = served.room.store.engines.url.render_as_string(hide_password=False)
    monkeypatch.setenv("NEWSWIRE_STORE__URL", url)
    config = str(served.folder / "config.toml")
    return lambda *words: CliRunner().invoke(program, [*words, "--config", config])


def _with(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def test_a_token_of_the_dashboard_does_not_open_the_api(served: Any, admin: Callable[..., Result]) -> None:
    made = admin("token", "create", "alice", "--scope", "admin")
    assert "It logs in to the dashboard" in made.stderr
    assert "Bearer" not in made.stderr
    answer = served.client.get("/api/articles", headers=_with(made.stdout.strip()))
    assert (answer.status_code, 'scope="read"' in answer.headers["www-authenticate"]) == (403, True)


def test_without_a_token_nothing_is_shown_or_taken(served: Any, pointers: Any) -> None:
    with httpx.Client(base_url=served.url) as stranger:
        for method, path in (
            ("GET", "/api/articles"), ("POST", "/api/articles"), ("GET", "/api/articles/a"), ("PUT", "/api/articles/a"),
            ("DELETE", "/api/articles/a"), ("PUT", "/api/articles/a/editions/x"), ("GET", "/api/articles/a/deliveries"),
        ):  # fmt: skip
            answer = stranger.request(method, path)
            assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="newswire"')
            pointers(answer)
        for wrong in ("Bearer", "Basic YTpi", "Bearer nonsense", "Bearer newswire_" + "a" * 43):
            answer = stranger.get("/api/articles", headers={"Authorization": wrong})
            assert answer.status_code == 401


def test_a_token_from_its_making_to_its_end(served: Any, admin: Callable[..., Result]) -> None:
    made = admin("token", "create", "cms", "--scope", "read")
    secret = made.stdout.strip()
    assert (made.exit_code, len(secret.splitlines())) == (0, 1)
    assert served.client.get("/api/articles", headers=_with(secret)).status_code == 200
    listed = json.loads(admin("token", "list", "--json").stdout)
    cms = next(token for token in listed if token["name"] == "cms")
    assert (cms["scopes"], cms["rate"], cms["used"] is not None) == (["read"], 600, True)
    with served.room.store.read() as connection:
        kept = str(connection.execute(text("SELECT * FROM token")).all())
    for shown in (kept, admin("token", "list").output, repr(cms)):
        assert secret not in shown
    twice = admin("token", "create", "cms", "--scope", "read")
    assert "there is a token 'cms' already" in str(twice.exception)
    assert admin("token", "revoke", "cms").stdout == "cms: revoked\n"
    assert served.client.get("/api/articles", headers=_with(secret)).status_code == 401
    assert "there is no token 'cms'" in str(admin("token", "revoke", "cms").exception)


def test_a_token_may_do_what_its_scopes_say(served: Any) -> None:
    reader, writer = served.token("reader", "read"), served.token("writer", "write")
    refused = served.client.put("/api/articles/a", json=served.article(), headers=reader)
    assert refused.status_code == 403
    assert refused.headers["WWW-Authenticate"].endswith('error="insufficient_scope", scope="write"')
    assert served.client.put("/api/articles/a", json=served.article(), headers=writer).status_code == 201
    assert served.client.get("/api/articles/a", headers=writer).status_code == 403
    assert served.client.get("/api/articles/a", headers=reader).status_code == 200


def test_a_token_may_have_an_end(served: Any, clock: Any) -> None:
    short = served.token("short", "read", expires=clock() + timedelta(days=1))
    assert served.client.get("/api/articles", headers=short).status_code == 200
    clock.forward(days=1)
    assert served.client.get("/api/articles", headers=short).status_code == 401


def test_a_token_that_is_too_busy_waits(served: Any, clock: Any) -> None:
    busy, other = served.token("busy", "read", rate=3), served.token("other", "read", rate=3)
    answers = [served.client.get("/api/articles", headers=busy) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[3].headers["Retry-After"] == "20"
    assert served.client.get("/api/articles", headers=other).status_code == 200
    clock.forward(seconds=20)
    assert [served.client.get("/api/articles", headers=busy).status_code for _ in range(2)] == [200, 429]


def test_use_is_noted_once_an_hour(served: Any, clock: Any) -> None:
    headers = served.token("noted", "read")

    def used() -> Any:
        with served.room.store.read() as connection:
            return next(token.used for token in tokens.listing(connection) if token.name == "noted")

    assert used() is None
    first = clock()
    for _ in range(3):
        served.client.get("/api/articles", headers=headers)
        clock.forward(minutes=20)
        assert used() == first
    served.client.get("/api/articles", headers=headers)
    assert used() == first + timedelta(hours=1)


def test_no_secret_reaches_a_log_or_an_answer(served: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    header = served.token("quiet", "read")
    secret = header["Authorization"].removeprefix("Bearer ")
    answers = [
        served.client.get("/api/articles/a", headers=header),
        served.client.put("/api/articles/a", json=served.article(), headers=header),
        served.client.get("/api/articles", headers=_with(secret + "x")),
    ]
    with served.room.store.write() as connection:
        connection.execute(text("ALTER TABLE article RENAME TO elsewhere"))
    answers.append(served.client.get("/api/articles/a", headers=header))
    assert [answer.status_code for answer in answers] == [404, 403, 401, 503]
    assert secret not in caplog.text + "".join(answer.text for answer in answers)


def test_the_bucket_never_holds_more_than_a_minute() -> None:
    now = [0.0]
    rates = Rates(lambda: now[0])
    assert [rates.wait("a", 2) for _ in range(3)] == [0, 0, 30]
    now[0] = 3600
    assert [rates.wait("a", 2) for _ in range(3)] == [0, 0, 30]
    now[0] += 29
    assert rates.wait("a", 2) == 1
