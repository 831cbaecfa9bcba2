from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Any, ClassVar

import httpx
import pytest

from newswire.api import AsgiApp, HttpApp, Services
from newswire.errors import ConfigError
from newswire.web import WebApp, serve
from newswire.web.server import is_free, listen

if TYPE_CHECKING:
    from newswire.api import Message, Scope


class Echo(HttpApp):
    """Answers with the path; fails where asked to."""

    paths: ClassVar[tuple[str, ...]] = ("/", "/exact", "/deep/", "/deep/er/")

    def __init__(self, name: str) -> None:
        self.name = name

    def open(self, services: Services) -> AsgiApp:
        del services

        async def app(scope: Scope, receive: Any, send: Any) -> None:
            del receive
            if scope["path"].endswith("fail"):
                raise ZeroDivisionError
            start: Message = {"type": "http.response.start", "status": 200, "headers": []}
            await send(start)
            if scope["path"].endswith("halfway"):
                raise ZeroDivisionError
            await send({"type": "http.response.body", "body": f"{self.name} {scope['path']}".encode()})

        return app


def _client(app: WebApp) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here")


def _web(reason: str | None = None) -> WebApp:
    async def ready() -> str | None:
        return reason

    return WebApp([Echo("one"), Echo("two")], None, ready)  # type: ignore[arg-type]  # Echo wants no services


async def test_paths_lead_to_the_first_plugin_that_has_them() -> None:
    async with _client(_web()) as client:
        assert (await client.get("/")).text == "one /"
        assert (await client.get("/exact")).text == "one /exact"
        assert (await client.get("/deep/down/here")).text == "one /deep/down/here"


async def test_the_front_page_is_no_prefix() -> None:
    async with _client(_web()) as client:
        answer = await client.get("/nothing")
        assert (answer.status_code, answer.json()["error"]) == (404, "there is nothing at /nothing")


async def test_health_and_readiness() -> None:
    async with _client(_web()) as client:
        assert (await client.get("/healthz")).json() == {"alive": True}
        assert (await client.get("/readyz")).json() == {"ready": True, "reason": None}
    async with _client(_web("the disk is full")) as client:
        answer = await client.get("/readyz")
        assert (answer.status_code, answer.json()["reason"]) == (503, "the disk is full")


async def test_a_request_that_fails_says_so_without_a_trace() -> None:
    async with _client(_web()) as client:
        answer = await client.get("/deep/fail")
        assert answer.status_code == 500
        assert "ZeroDivision" not in answer.text
        assert (await client.get("/exact")).status_code == 200


async def test_serving_on_a_real_socket_until_stopped() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        bind = f"127.0.0.1:{probe.getsockname()[1]}"
    stop = asyncio.Event()
    serving = asyncio.create_task(serve(_web(), bind, stop))
    async with httpx.AsyncClient(base_url=f"http://{bind}") as client:
        for _ in range(100):
            try:
                assert (await client.get("/healthz")).status_code == 200
                break
            except httpx.TransportError:
                await asyncio.sleep(0.02)
        else:
            pytest.fail("nobody answered")
    stop.set()
    await serving
    assert is_free(bind)


async def test_an_answer_that_fails_halfway_is_cut_and_no_other() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        bind = f"127.0.0.1:{probe.getsockname()[1]}"
    stop = asyncio.Event()
    serving = asyncio.create_task(serve(_web(), bind, stop))
    async with httpx.AsyncClient(base_url=f"http://{bind}", transport=httpx.AsyncHTTPTransport(retries=20)) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/deep/halfway")
        assert (await client.get("/exact")).text == "one /exact"
    stop.set()
    await serving


def test_a_taken_port_is_named_with_the_cure() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        bind = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(ConfigError, match=r"cannot be used .*; choose another port"):
            listen(bind)
