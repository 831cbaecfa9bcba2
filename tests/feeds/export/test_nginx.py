"""The files behind nginx, with the configuration the guide shows."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import socket
from pathlib import Path
from typing import Any

import httpx
import pytest

from newswire_feeds.export.manifest import NAME

ROOT = Path(__file__).parents[3]
NGINX = shutil.which("nginx")


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
async def test_nginx_serves_the_same_bytes_and_ids(desk: Any, tmp_path: Path) -> None:
    """The configuration in the guide, as it stands there but for folder and port."""
    desk.publish("a", "en", "de", source={"name": "Die Söhne"})
    desk.export()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    guide = (ROOT / "docs/static-feeds.md").read_text("utf-8")
    (server,) = re.findall(r"^```nginx\n(.*?)^```$", guide, re.MULTILINE | re.DOTALL)
    server = server.replace("listen 80", f"listen 127.0.0.1:{port}").replace("/srv/newswire/public", str(desk.out))
    stores = " ".join(
        f"{name}_temp_path {tmp_path}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""  # the test's folder is closed to others
    (tmp_path / "nginx.conf").write_text(
        f"daemon off; pid {tmp_path}/pid; {user} error_log stderr; events {{}}\n"
        f"http {{ access_log off; {stores} {server} }}\n",
        "utf-8",
    )
    assert NGINX is not None
    process = await asyncio.create_subprocess_exec(NGINX, "-c", str(tmp_path / "nginx.conf"), "-p", str(tmp_path))
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            await _nginx_answers(client)
            for path, media_type in {
                "/feeds/en.rss": "application/rss+xml; charset=utf-8",
                "/feeds/de/topics/science.atom": "application/atom+xml; charset=utf-8",
                "/feeds/en/sources/die-s%C3%B6hne.json": "application/feed+json",
                "/feeds.opml": "text/x-opml; charset=utf-8",
            }.items():
                plain = await client.get(path, headers={"accept-encoding": "identity"})
                packed = await client.get(path, headers={"accept-encoding": "gzip"})
                assert (plain.status_code, plain.headers["content-type"]) == (200, media_type), path
                assert packed.headers["content-encoding"] == "gzip"
                assert plain.content == packed.content == await desk.served(path, "identity")
                tag = {"if-none-match": packed.headers["etag"], "accept-encoding": "gzip"}
                assert (await client.get(path, headers=tag)).status_code == 304
                if path.startswith("/feeds/"):
                    assert f'<https://wire.news.example{path}>; rel="self"' in plain.headers["link"]
            assert "Deutsch" in (await client.get("/?lang=de")).text
            assert (await client.get(f"/{NAME}")).status_code == 404
            assert (await client.get("/feeds/en/topics/nothing.rss")).status_code == 404
            assert (await client.get("/feeds/en.rss?topics=science,empty")).status_code == 404
            assert (await client.get("/feeds/en.rss?utm_source=x")).status_code == 200
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), 10)


async def _nginx_answers(client: httpx.AsyncClient) -> None:
    for _ in range(500):
        try:
            await client.get("/")
        except httpx.TransportError:
            await asyncio.sleep(0.02)
        else:
            return
