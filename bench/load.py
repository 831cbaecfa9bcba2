"""A load: so many kept connections, each with one request under way, for so many seconds.

Run as a process of its own, so that what it costs is not the server's. Every answer must have the status expected
and, after the first, the same number of bytes: then there is nothing to parse, and one client keeps a server busy.
"""

from __future__ import annotations

import json
import select
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import psutil

HOST = "127.0.0.1"
CONNECTIONS = 32
_CHUNK = 1 << 20


def cpu_per_request(
    port: int,
    path: str,
    headers: Mapping[str, str],
    status: int,
    *,
    processes: Sequence[psutil.Process],
    seconds: float,
) -> float:
    """Microseconds of CPU that one request costs the server's processes, the kernel's share included."""
    lines = [f"GET {path} HTTP/1.1", f"Host: {HOST}:{port}", *(f"{name}: {value}" for name, value in headers.items())]
    order = json.dumps({"port": port, "request": "\r\n".join([*lines, "", ""]), "status": status, "seconds": seconds})
    before = _cpu(processes)
    told = subprocess.run([sys.executable, __file__], input=order, capture_output=True, text=True, check=True)
    return (_cpu(processes) - before) / int(told.stdout) * 1e6


def _cpu(processes: Sequence[psutil.Process]) -> float:
    return sum(times.user + times.system for times in (process.cpu_times() for process in processes))


def _load(port: int, request: bytes, status: int, seconds: float) -> int:
    connections = {}
    poll = select.epoll()
    for _ in range(CONNECTIONS):
        connection = socket.create_connection((HOST, port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        poll.register(connection, select.EPOLLIN)
        connections[connection.fileno()] = connection
    size = _length_of_an_answer(next(iter(connections.values())), request, status)
    left = dict.fromkeys(connections, size)
    buffer = bytearray(_CHUNK)
    done, end = 0, time.monotonic() + seconds
    for connection in connections.values():
        connection.sendall(request)
    while time.monotonic() < end:
        for number, _ in poll.poll():
            received = connections[number].recv_into(buffer)
            if not received:
                raise SystemExit("the server closed a connection")
            left[number] -= received
            if left[number] == 0:
                done += 1
                left[number] = size
                connections[number].send(request)
            elif left[number] < 0:
                raise SystemExit("an answer is longer than the first one")
    return done


def _length_of_an_answer(connection: socket.socket, request: bytes, status: int) -> int:
    connection.sendall(request)
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += connection.recv(_CHUNK)
    head, _, body = answer.partition(b"\r\n\r\n")
    if int(head.split()[1]) != status:
        raise SystemExit(f"{head.splitlines()[0]!r} instead of {status}")
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    while len(body) < length:
        body += connection.recv(_CHUNK)
    return len(head) + 4 + length


if __name__ == "__main__":
    order = json.loads(sys.stdin.read())
    print(_load(order["port"], order["request"].encode(), order["status"], order["seconds"]))
