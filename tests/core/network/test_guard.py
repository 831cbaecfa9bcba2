"""Where requests may go: nowhere that is not public, however it is written, named or redirected to."""

from __future__ import annotations

import asyncio
import socket
import threading
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from newswire.api import Courier, Forbidden, Guard, Unreachable
from newswire.network.resolver import SystemResolver

if TYPE_CHECKING:
    from collections.abc import Callable

WEB = Guard((80, 443))
FORBIDDEN = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 172.31.255.255
192.0.0.1 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255
240.0.0.1 255.255.255.255
:: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:0:7f00:1 64:ff9b::7f00:1 64:ff9b::a00:1 64:ff9b:1::1 100::1
2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:20::1 2001:db8::1 2002:7f00:1::1 2002:808:808::1 3fff::1 5f00::1
fc00::1 fd12:3456::1 fe80::1 fec0::1 ff02::1
""".split()
ALLOWED = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.1 100.63.255.255 100.128.0.1 126.0.0.1 128.0.0.1 172.15.255.255 172.32.0.1
192.0.1.1 192.167.0.1 198.17.0.1 198.20.0.1 223.255.255.255
2606:4700::1111 2a00:1450::1 2001:4860:4860::8888 ::ffff:8.8.8.8 64:ff9b::808:808
""".split()


@pytest.mark.parametrize("address", FORBIDDEN)
def test_addresses_that_are_not_public(address: str) -> None:
    with pytest.raises(Forbidden, match="not public"):
        WEB.check(ip_address(address), 443)
    literal = f"[{address}]" if ":" in address else address
    with pytest.raises(Forbidden, match="not public"):
        WEB.read(f"https://{literal}/callback")


@pytest.mark.parametrize("address", ALLOWED)
def test_addresses_that_are_public(address: str) -> None:
    WEB.check(ip_address(address), 443)
    literal = f"[{address}]" if ":" in address else address
    assert str(WEB.read(f"https://{literal}/callback")).startswith("https://")


@pytest.mark.parametrize(
    "address",
    [
        "http://127.1/",  # the system takes these for 127.0.0.1
        "http://2130706433/",
        "http://017700000001/",
        "http://127.0.0.1./",
        "http://0/",
        "http://[::1%25lo]/",
        "http://[fe80::1%25eth0]/",
        "http://1.1.1.1:22/",
        "http://hooks.example:6379/",
        "http://hooks.example:0/",
        "http://hooks.example:99999/",
        "ftp://hooks.example/",
        "file:///etc/passwd",
        "gopher://hooks.example/",
        "javascript:alert(1)",
        "//hooks.example/",
        "/in",
        "hooks.example/in",
        "http://",
        "http:///in",
        "http://user:password@hooks.example/",
        "http://user@hooks.example/",
        "http://hooks.example/#in",
        "http://hooks.example\\@127.0.0.1/",
        "http://hooks.example/a b",
        "http://hooks.example/\r\nx-header: y",
        "http://hooks.example/\x00",
        "http://①②⑦.0.0.1/",
        "http://hööks.example/",
        "http://[::1/",
        "http://hooks.example/" + "a" * 2000,
        "",
    ],
)
def test_addresses_that_are_refused_before_the_dns_is_asked(address: str) -> None:
    with pytest.raises(Forbidden):
        WEB.read(address)


def test_networks_of_the_config_are_allowed_at_any_port() -> None:
    guard = Guard((443,), [ip_network("10.1.0.0/16"), ip_network("fd00::/64")])
    guard.check(ip_address("10.1.2.3"), 9000)
    guard.check(ip_address("::ffff:10.1.2.3"), 9000)
    guard.check(ip_address("fd00::5"), 9000)
    for address, port in {"10.2.0.1": 443, "fd00:0:0:1::1": 443, "8.8.8.8": 9000}.items():
        with pytest.raises(Forbidden):
            guard.check(ip_address(address), port)


class FakeDns(AbstractResolver):
    """A DNS that answers what it is told to; and something else the next time, if it is told that."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        del family
        self.asked.append(host)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=0,
            )
            for address in answer
        ]

    async def close(self) -> None:
        pass


@pytest.mark.parametrize(
    "answer",
    [["127.0.0.1"], ["::1"], ["10.0.0.1"], ["169.254.169.254"], ["1.1.1.1", "127.0.0.1"], ["::ffff:127.0.0.1"]],
    ids=str,
)
async def test_names_that_lead_inside_are_not_connected_to(answer: list[str], origin: Any) -> None:
    guard = Guard((origin.port,))
    async with Courier(timeout=5.0, guard=guard, resolver=FakeDns(answer)) as courier:
        with pytest.raises(Unreachable, match="not public") as refused:
            await courier.get(origin.url("/in", "hooks.example"))
        assert refused.value.lasting
        with pytest.raises(Unreachable, match="not public"):
            await courier.post(origin.url("/in", "hooks.example"), b"news", {})
    assert origin.asked == []


async def test_the_connection_goes_to_the_address_that_was_looked_at(origin: Any) -> None:
    """Otherwise a DNS that answers another way the second time would lead inside."""
    dns = FakeDns(["127.0.0.1"], ["10.0.0.1"])
    guard = Guard((443,), [ip_network("127.0.0.0/8")])
    origin.put("/in", b"x")
    async with Courier(timeout=5.0, guard=guard, resolver=dns) as courier:
        assert (await courier.get(origin.url("/in", "hooks.example"))).good
    assert dns.asked == ["hooks.example"]
    assert len(origin.asked) == 1


async def test_servers_that_are_trusted_may_lie_anywhere(origin: Any) -> None:
    dns = FakeDns(["127.0.0.1"])
    origin.put("/in", b"x")
    for named, host in ((f"127.0.0.1:{origin.port}", "127.0.0.1"), (f"own.example:{origin.port}", "own.example")):
        async with Courier(timeout=5.0, guard=Guard((443,), hosts=[named]), resolver=dns) as courier:
            assert (await courier.get(origin.url("/in", host))).good
            for other in ("other.example", "127.0.0.2"):
                with pytest.raises(Unreachable, match=r"not public|port"):
                    await courier.get(origin.url("/in", other))
    plain = Guard(hosts=["own.example"])
    plain.check(ip_address("10.0.0.1"), 80, "own.example")
    with pytest.raises(Forbidden):
        plain.check(ip_address("10.0.0.1"), 6379, "own.example")
    Guard(hosts=["[fd00::5]:8080"]).read("http://[fd00::5]:8080/x.png")


async def test_redirects_are_looked_at_like_addresses(origin: Any, new_origin: Callable[..., Any]) -> None:
    inside = await new_origin()
    origin.put("/away", status=307, Location=inside.url("/metadata"))
    guard = Guard((443,), hosts=[f"127.0.0.1:{origin.port}"])
    async with Courier(timeout=5.0, guard=guard) as courier:
        assert (await courier.get(origin.url("/away"))).status == 307
        assert (await courier.post(origin.url("/away"), b"news", {})).status == 307
        with pytest.raises(Unreachable, match="not public") as refused:
            await courier.get(origin.url("/away"), redirects=3)
    assert refused.value.lasting
    assert inside.asked == []


async def test_what_is_refused_names_no_address() -> None:
    async with Courier(timeout=5.0, guard=WEB) as courier:
        for address in ("http://127.0.0.1/secret-capability", "http://127.1/secret-capability"):
            with pytest.raises(Unreachable) as refused:
                await courier.get(address)
            assert "secret" not in str(refused.value)


async def test_slow_name_servers_take_no_thread_of_others() -> None:
    """Names are asked for as many as there are threads, and none is answered; other work of the process goes on."""
    answer = threading.Event()

    def look_up(host: str, *_: object, **__: object) -> list[object]:
        answer.wait(60)
        raise socket.gaierror(socket.EAI_AGAIN, f"{host} is not known")

    async with Courier(timeout=0.5, guard=WEB, resolver=SystemResolver(look_up)) as courier:
        asked = [asyncio.create_task(courier.get(f"http://slow{number}.example/in")) for number in range(100)]
        await asyncio.sleep(0.05)
        assert await asyncio.wait_for(asyncio.to_thread(lambda: 1), 30) == 1
        ended = await asyncio.gather(*asked, return_exceptions=True)
    answer.set()
    assert {str(each) for each in ended} == {"no answer in time"}
    assert all(isinstance(each, Unreachable) for each in ended)


async def test_names_that_are_not_known() -> None:
    def look_up(host: str, *_: object, **__: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, f"secret.{host}")

    async with Courier(timeout=5.0, guard=WEB, resolver=SystemResolver(look_up)) as courier:
        with pytest.raises(Unreachable) as refused:
            await courier.get("http://hooks.example/in")
    assert "hooks.example/in" not in str(refused.value)
