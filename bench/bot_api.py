"""A server that answers every call of the Bot API with one and the same message: run as a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_MESSAGE = {
    "message_id": 7,
    "date": 1_780_000_000,
    "chat": {"id": -1001234567890, "type": "channel", "title": "News"},
    "sender_chat": {"id": -1001234567890, "type": "channel", "title": "News"},
    "text": "Title\n\nSummary\n\nRead more",
    "entities": [
        {"type": "bold", "offset": 0, "length": 5},
        {"type": "text_link", "offset": 16, "length": 9, "url": "https://news.example.org/1"},
    ],
}
_BODY = json.dumps({"ok": True, "result": _MESSAGE}).encode()
_ANSWER = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(_BODY), _BODY)
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


@contextlib.contextmanager
def bot_api() -> Iterator[str]:
    """The address of such a server."""
    process = subprocess.Popen([sys.executable, __file__], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = _LENGTH.search(head)
            await reader.readexactly(int(length[1]) if length else 0)
            writer.write(_ANSWER)
            await writer.drain()
    writer.close()


async def _serve() -> None:
    server = await asyncio.start_server(_answer, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    print(f"http://{host}:{port}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
