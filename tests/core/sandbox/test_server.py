import asyncio
import contextlib
import signal
import socket
import struct
import subprocess
import sys
import time

import httpx
import pytest

from newswire.sandbox import Fault, NotLoopbackError, Sandbox, VirtualClock, run

TOKEN = "4711:sandbox-secret"
CHANNEL = -1001234567890


async def raw_exchange(url: str, path: str, body: bytes) -> bytes:
    """Post by a bare socket and give all that came until the connection was closed."""
    host, _, port = url.removeprefix("http://").rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    lines = [f"POST {path} HTTP/1.1", "Host: sandbox", "Content-Type: application/json", f"Content-Length: {len(body)}"]
    writer.write("\r\n".join([*lines, "", ""]).encode() + body)
    await writer.drain()
    try:
        return await asyncio.wait_for(reader.read(), 5)
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "sandbox.example", ""])
async def test_listens_on_loopback_only(host: str) -> None:
    with pytest.raises(NotLoopbackError):
        async with Sandbox().serving(host):
            pass


def test_run_refuses_other_addresses() -> None:
    with pytest.raises(NotLoopbackError):
        run("0.0.0.0:8600")
    with pytest.raises(ValueError, match="host:port"):
        run("8600")


def test_run_serves_until_it_is_interrupted() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    script = f"from newswire.sandbox import run; run('127.0.0.1:{port}')"
    with subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.PIPE) as process:
        for _ in range(100):
            with contextlib.suppress(httpx.ConnectError):
                answer = httpx.get(f"http://127.0.0.1:{port}/telegram/bot1:any/getMe", trust_env=False)
                assert answer.json()["ok"], "run registers on first use"
                break
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=10)
    assert (process.returncode, errors) == (0, b"")


async def test_serves_one_after_another() -> None:
    sandbox = Sandbox()
    for _ in range(2):
        async with sandbox.serving() as url, httpx.AsyncClient(trust_env=False) as http:
            assert (await http.get(f"{url}/sandbox/state")).status_code == 200


@pytest.mark.parametrize(("when", "accepted"), [("before", 0), ("after", 1)])
async def test_a_cut_closes_the_connection_without_a_byte(sandbox: Sandbox, url: str, when: str, accepted: int) -> None:
    sandbox.faults.add(Fault.from_json({"effect": "cut", "when": when}))
    body = b'{"chat_id": %d, "text": "hello"}' % CHANNEL
    assert await raw_exchange(url, f"/telegram/bot{TOKEN}/sendMessage", body) == b""
    assert len(sandbox.telegram.messages(CHANNEL)) == accepted
    assert len(sandbox.journal.calls("sendMessage")) == accepted
    assert sandbox.journal.answered == []
    assert len(sandbox.journal.received) == 1


async def test_a_hang_is_bounded_and_then_cut(sandbox: Sandbox, url: str) -> None:
    sandbox.faults.add(Fault(effect="hang", seconds=0.2))
    begin = time.monotonic()
    body = b'{"chat_id": %d, "text": "hello"}' % CHANNEL
    assert await raw_exchange(url, f"/telegram/bot{TOKEN}/sendMessage", body) == b""
    assert 0.2 <= time.monotonic() - begin < 2
    assert sandbox.telegram.texts(CHANNEL) == ["hello"]


async def test_the_end_of_the_server_ends_hanging_calls_and_long_polls(sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault(effect="hang", method="sendMessage"))
    async with httpx.AsyncClient(trust_env=False) as http:
        async with sandbox.serving() as url:
            base = f"{url}/telegram/bot{TOKEN}"
            hanging = asyncio.create_task(http.get(f"{base}/sendMessage", params={"chat_id": CHANNEL, "text": "x"}))
            polling = asyncio.create_task(http.get(f"{base}/getUpdates", params={"timeout": 50}, timeout=60))
            await asyncio.sleep(0.2)
            assert len(sandbox.journal.received) == 2
            begin = time.monotonic()
        assert time.monotonic() - begin < 2
        with pytest.raises(httpx.RemoteProtocolError):
            await hanging
        assert (await polling).json() == {"ok": True, "result": []}


async def test_a_client_that_leaves_does_not_disturb(sandbox: Sandbox, url: str) -> None:
    sandbox.faults.add(Fault(effect="delay", seconds=0.3))
    host, _, port = url.removeprefix("http://").rpartition(":")
    with socket.create_connection((host, int(port))) as leaving:
        leaving.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        leaving.sendall(f"GET /telegram/bot{TOKEN}/getMe HTTP/1.1\r\nHost: sandbox\r\n\r\n".encode())
        await asyncio.sleep(0.1)
    async with httpx.AsyncClient(trust_env=False) as http:
        assert (await http.get(f"{url}/telegram/bot{TOKEN}/getMe")).json()["ok"]


def test_serves_code_that_is_not_asynchronous(sandbox: Sandbox) -> None:
    with sandbox.background() as url:
        answer = httpx.get(f"{url}/telegram/bot{TOKEN}/sendMessage", params={"chat_id": CHANNEL, "text": "x"})
    assert answer.json()["ok"]
    assert sandbox.telegram.texts(CHANNEL) == ["x"]
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)
    with pytest.raises(NotLoopbackError), sandbox.background("0.0.0.0"):
        pass


async def test_the_clock_can_be_advanced_over_http(http: httpx.AsyncClient, clock: VirtualClock) -> None:
    begin = clock()
    assert (await http.post("/sandbox/clock", json={"advance": 60})).json() == {"now": begin + 60}
    assert (await http.post("/sandbox/clock", json={"advance": -1})).status_code == 400
    real = httpx.ASGITransport(Sandbox().app)
    async with httpx.AsyncClient(transport=real, base_url="http://sandbox") as other:
        assert (await other.post("/sandbox/clock", json={"advance": 60})).status_code == 409
    with pytest.raises(ValueError, match="forwards only"):
        clock.advance(-1)


def test_cutting_needs_the_sandbox_server(sandbox: Sandbox) -> None:
    async def called() -> None:
        transport = httpx.ASGITransport(sandbox.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as http:
            await http.get(f"/telegram/bot{TOKEN}/getMe")

    sandbox.faults.add(Fault(effect="cut"))
    with pytest.raises(RuntimeError, match="own server"):
        asyncio.run(called())
