"""Where strangers may have us send requests: public addresses on the ports of the web, and what the config allows.

Anybody can name a callback, a picture, a page to be redirected to. Without this, newswire would fetch addresses inside
our network for them (server-side request forgery). The list is that of the IANA special-purpose address registries
(RFC 6890, as of 2026) and not that of Python's ipaddress module, which differs between Python versions. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from yarl import URL

_WEB = (80, 443)
_LONGEST = 2000
_NOT_PUBLIC_4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 "
        "192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4"
    ).split()
)
# RFC 4291 section 2.4: all global unicast addresses that were ever handed out begin with 001.
_GLOBAL_6 = IPv6Network("2000::/3")
# Of those not: protocol assignments with Teredo in them, documentation, 6to4 (which leads to an IPv4 address).
_NOT_PUBLIC_6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
# RFC 6052: what a network without IPv4 makes of an IPv4 address; the last 32 bits are that address.
_NAT64 = IPv6Network("64:ff9b::/96")


class Forbidden(OSError):
    """A place we do not send requests to; the text says why, and goes to whoever asked."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Says where to requests may go.

    Args:
        ports: the ports that are allowed at public addresses; None for every port.
        networks: networks that are allowed though they are not public, with every port.
        hosts: servers that are allowed wherever they lie, as in an address: ``host`` for the ports 80 and 443, or
            ``host:port``.
    """

    ports: Collection[int] | None = None
    networks: Collection[IPv4Network | IPv6Network] = ()
    hosts: Collection[str] = ()

    def read(self, address: str) -> URL:
        """An address, if nothing speaks against it before the DNS was asked.

        Raises:
            Forbidden: it is no web address, or leads where requests must not go.
        """
        if len(address) > _LONGEST or not address.isascii() or not address.isprintable() or " " in address:
            raise Forbidden(f"it must be an address in ASCII of at most {_LONGEST} characters")
        from yarl import URL  # noqa: PLC0415  # what only asks what there is has no need of it

        try:
            url = URL(address, encoded=True)
            host, port = url.raw_host, url.port
        except ValueError:
            raise Forbidden("it is no web address") from None
        if url.scheme not in {"http", "https"} or not host or port is None or "\\" in address:
            raise Forbidden("it must begin with http:// or https:// and name a host")
        if url.user is not None or url.password is not None:
            raise Forbidden("it must not hold a user name or a password")
        if url.raw_fragment:
            raise Forbidden("it must not hold a fragment")
        self._check_host(host, port)
        return url

    def _check_host(self, host: str, port: int) -> None:
        if ":" in host or host.replace(".", "").isdigit():
            # The HTTP client asks no resolver for such a host, but hands it to the system, which takes 127.1 and
            # 2130706433 for 127.0.0.1, too.
            try:
                literal = ip_address(host)
            except ValueError:
                raise Forbidden("its host looks like an IP address and is none") from None
            self.check(literal, port, host)
        elif not self.networks and not self._trusts(host, port):
            self._check_port(port)

    def check(self, address: IPv4Address | IPv6Address, port: int, host: str = "") -> None:
        """Looks at where a request would really go.

        Args:
            address: where the connection would be made to.
            port: at which port.
            host: the host of the request, as its address names it.

        Raises:
            Forbidden: it must not.
        """
        address = _unwrapped(address)
        if self._trusts(host, port) or any(address in network for network in self.networks):
            return
        if not _public(address):
            raise Forbidden("it leads to an address that is not public")
        self._check_port(port)

    def _trusts(self, host: str, port: int) -> bool:
        named = f"[{host}]" if ":" in host else host
        return f"{named}:{port}" in self.hosts or (port in _WEB and named in self.hosts)

    def _check_port(self, port: int) -> None:
        if self.ports is not None and port not in self.ports:
            allowed = ", ".join(map(str, sorted(self.ports)))
            raise Forbidden(f"port {port} is not allowed; these are: {allowed}")


def _unwrapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 address only wraps."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_4)
    return address in _GLOBAL_6 and not any(address in network for network in _NOT_PUBLIC_6)
