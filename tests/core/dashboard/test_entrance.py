"""Who is let in, for how long, and what those see who are not."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from newswire.errors import Refused
from newswire.store import tokens

PATHS = ("", "channels", "channels/news", "deliveries", "deliveries/1", "articles", "articles/a", "nothing", "login/x")
HIDDEN = re.compile(r"secluded|news|lane|alice|telegram|science", re.IGNORECASE)


def test_nothing_of_the_room_is_seen_without_a_login(served: Any, an_article: Any) -> None:
    served.deliver(an_article())
    served.token("alice", "admin")
    stranger = served.visitor()
    for path in PATHS:
        answer = stranger.get(path)
        assert (answer.status_code, answer.text) == (303, ""), path
        assert answer.headers["location"].startswith("/dashboard/login")
    shown = stranger.get("login")
    assert HIDDEN.findall(re.sub(r"newswire|<style>.*</style>", "", shown.text, flags=re.DOTALL)) == []
    for path in (*PATHS, "channels/news/pause", "deliveries", "logout"):
        assert stranger.send(path, {"key": "x", "do": "retry", "delivery-1": "x"}).status_code == 403
    assert stranger.client.put("/dashboard/").status_code == 405


def test_what_browsers_are_told(served: Any, alice: Any) -> None:
    for answer in (alice.get(), alice.get("nothing"), served.visitor().get(), served.visitor().get("login")):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "script" not in policy
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert "<script" not in alice.page()


@pytest.mark.parametrize("scopes", [("read",), ("write", "read")])
def test_a_token_of_another_scope_does_not_log_in(served: Any, scopes: tuple[str, ...]) -> None:
    visitor = served.visitor()
    answer = visitor.log_in(served.token("cms", *scopes))
    assert answer.status_code == 403
    assert "does not let you in" in answer.text
    assert visitor.get().status_code == 303


def test_an_unknown_and_an_expired_token_do_not_log_in(served: Any) -> None:
    expired = served.token("old", "admin", expires=served.clock() + timedelta(hours=1))
    served.clock.forward(hours=1)
    for secret in ("", "x" * 5000, "newswire_" + "A" * 43, expired, "nonsense\u2028"):
        assert served.visitor().log_in(secret).status_code == 403


def test_logging_in_leads_back_to_where_one_wanted_to_go(served: Any) -> None:
    visitor, token = served.visitor(), served.token("alice", "admin")
    away = visitor.get("deliveries", state="dead").headers["location"]
    assert "to=%2Fdashboard%2Fdeliveries%3Fstate%3Ddead" in away
    assert visitor.log_in(token, to="/dashboard/deliveries?state=dead").headers["location"].endswith("?state=dead")
    for elsewhere in (
        "//evil.example",
        "https://evil.example/dashboard/",
        "/dashboard/\\evil",
        "/dashboard/\r\nX: y",
        "",
    ):
        assert served.visitor().log_in(token, to=elsewhere).headers["location"] == "/dashboard/"


def test_the_cookie_is_for_our_own_pages_only(serve: Any) -> None:
    with serve() as plain:
        cookie = plain.visitor().log_in(plain.token("alice", "admin")).headers.get_list("set-cookie")[0]
        assert re.fullmatch(r"newswire=[\w-]{43}; HttpOnly; Max-Age=43200; Path=/dashboard/; SameSite=strict", cookie)


def test_behind_tls_the_cookie_goes_over_tls_only(serve: Any) -> None:
    with serve(http='public_url = "https://wire.example"\nsession = "1h"') as secure:
        visitor = secure.visitor()
        page = visitor.get("login")
        key = page.headers["set-cookie"].split("=")[1].split(";")[0]
        headers = {"Origin": "https://wire.example", "Cookie": f"__Host-newswire-login={key}"}
        fields = {"key": key, "token": secure.token("alice", "admin")}
        answer = visitor.client.post("/dashboard/login", data=fields, headers=headers)
        cookie = answer.headers.get_list("set-cookie")[0]
        assert re.fullmatch(
            r"__Host-newswire=[\w-]{43}; HttpOnly; Max-Age=3600; Path=/; SameSite=strict; Secure", cookie
        )


def test_a_session_ends_after_its_time_by_logging_out_and_with_its_token(served: Any) -> None:
    def inside(visitor: Any) -> bool:
        return bool(visitor.get().status_code == 200)

    secret = served.token("alice", "admin")
    first, second, third = (served.visitor() for _ in range(3))
    for visitor in (first, second):
        visitor.log_in(secret)
    assert first.send("logout", {"key": first.key()}).status_code == 303
    assert (inside(first), inside(second)) == (False, True)
    served.clock.forward(hours=11, minutes=59)
    assert inside(second)
    served.clock.forward(minutes=1)
    assert not inside(second)
    third.log_in(secret)
    assert inside(third)
    with served.room.store.write() as connection:
        tokens.revoke(connection, "alice")
    assert not inside(third)
    # A new token of the same name does not let the old one's session in again.
    served.clock.forward(seconds=1)
    served.token("alice", "admin")
    assert not inside(third)
    with pytest.raises(Refused, match="there is no token"), served.room.store.write() as connection:
        tokens.revoke(connection, "bob")


def test_secrets_of_sessions_are_not_kept(served: Any, alice: Any) -> None:
    (secret,) = [cookie.value for cookie in alice.client.cookies.jar if cookie.name == "newswire"]
    kept = served.room.store.state("newswire:dashboard").all()
    assert len(kept) == 1
    assert secret not in str(kept)
    served.clock.forward(hours=13)
    served.visitor().log_in(served.token("bob", "admin"))
    assert [value["token"] for value in served.room.store.state("newswire:dashboard").all().values()] == ["bob"]


def test_who_tries_too_often_has_to_wait(served: Any) -> None:
    visitor, token = served.visitor(), served.token("alice", "admin")
    answers = [visitor.log_in("newswire_" + "A" * 43).status_code for _ in range(12)]
    assert answers == [403] * 10 + [429] * 2
    late = visitor.log_in(token)
    assert (late.status_code, late.headers["retry-after"]) == (429, "6")
    served.clock.forward(seconds=6)
    assert visitor.log_in(token).status_code == 303


def test_a_form_from_elsewhere_does_nothing(served: Any, alice: Any) -> None:
    key = alice.key()

    def pausing(fields: dict[str, str], **headers: str) -> int:
        return int(alice.send("channels/news/pause", fields, **headers).status_code)

    assert pausing({"x": "y"}) == pausing({"key": "x" * 64}) == 403
    assert pausing({"key": key}, Origin="https://evil.example") == 403
    assert pausing({"key": key}, Origin="null") == 403
    assert pausing({"key": key}, **{"Sec-Fetch-Site": "cross-site"}) == 403
    assert pausing({"key": key}, **{"Sec-Fetch-Site": "same-site"}) == 403
    assert "paused" not in alice.page("channels/news").partition("By hand")[0]
    other = served.visitor()
    other.log_in(served.token("bob", "admin"))
    assert pausing({"key": other.key()}) == 403
    assert pausing({"key": key}, **{"Content-Type": "application/json"}) == 400
    assert alice.send("channels/news/pause", {"key": key, "x": "y" * 70_000}).status_code == 400
    assert pausing({"key": key}) == 303


def test_logging_in_as_somebody_else_cannot_be_forced(served: Any) -> None:
    token = served.token("mallory", "admin")
    visitor = served.visitor()
    assert visitor.send("login", {"token": token, "key": "x"}).status_code == 403
    visitor.get("login")
    assert visitor.send("login", {"token": token, "key": "x"}).status_code == 403
    assert visitor.get().status_code == 303


def test_following_a_link_from_elsewhere_keeps_one_logged_in(served: Any) -> None:
    """A browser keeps strict cookies back then; the page it gets asks once more, from inside."""
    answer = served.visitor().client.get("/dashboard/deliveries/1", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 200
    assert '<meta http-equiv="refresh" content="0">' in answer.text


def test_it_can_be_switched_off(serve: Any) -> None:
    with serve(http="dashboard = false") as running:
        assert running.visitor().get("login").status_code == 404
