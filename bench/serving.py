"""What a request for a feed costs: one web process, beside nginx that has the same bytes in files.

Figures are CPU time of the server's process, its part of the kernel's work included, which a busy machine disturbs
least. nginx has what makes it fast: one worker, files compressed beforehand (``gzip_static``), open files kept.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from databases import databases
from figures import Figure
from load import HOST, cpu_per_request
from webapp import PORT, newswire, publish, wait

if TYPE_CHECKING:
    from collections.abc import Iterator

PEER_PORT = 8412
ARTICLES, BODY = 50, 11_000
"""As in a feed of news: so many entries, bodies of so many characters."""
ROUNDS, SECONDS = 5, 1.5
"""The servers take turns; the round in which others were in the way least counts."""
PATH = "/feeds/en.atom"
NGINX = """
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log stderr error;
events {{ worker_connections 512; }}
http {{
    access_log off;
    types {{ application/atom+xml atom; }}
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000000;
    open_file_cache max=100;
    open_file_cache_valid 60s;
    gzip_static on;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen {host}:{port};
        root {folder}/files;
        add_header Cache-Control "public, max-age=300";
        add_header Vary "Accept-Encoding";
    }}
}}
"""


def figures() -> Iterator[Figure]:
    """A whole feed, compressed, and the answer that nothing has changed."""
    nginx = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if nginx is None:
        print("# serving: there is no nginx to compare with (Debian: apt install nginx-light)", file=sys.stderr)
    with databases() as new, tempfile.TemporaryDirectory() as name:
        folder, url = Path(name), new("SQLite")
        publish(url, articles=ARTICLES, body=BODY)
        with newswire(folder, url) as ours, _static(folder, nginx) as theirs:
            servers = {PORT: [ours]} | ({PEER_PORT: theirs} if theirs else {})
            bodies, tags = zip(*(_answer(port, compressed=True) for port in servers), strict=True)
            if len(set(bodies)) > 1:
                raise SystemExit("the two servers do not send the same bytes")
            for what, status in (("a whole feed (200)", 200), ("not modified (304)", 304)):
                taken: dict[int, list[float]] = {port: [] for port in servers}
                for _ in range(ROUNDS):
                    for (port, processes), tag in zip(servers.items(), tags, strict=True):
                        condition = {"If-None-Match": tag} if what.startswith("not") else {}
                        headers = {"Accept-Encoding": "gzip", "User-Agent": "bench", "Accept": "*/*", **condition}
                        cost = cpu_per_request(port, PATH, headers, status, processes=processes, seconds=SECONDS)
                        taken[port].append(cost)
                least = [round(min(costs), 1) for costs in taken.values()]
                yield Figure(
                    f"serving: {what}, CPU a request",
                    "us",
                    least[0],
                    least[1] if theirs else None,
                    "nginx with the same bytes as files" if theirs else "",
                    "lower",
                )


@contextmanager
def _static(folder: Path, nginx: str | None) -> Iterator[list[psutil.Process]]:
    if nginx is None:
        yield []
        return
    file = folder / "files" / PATH.removeprefix("/")
    file.parent.mkdir(parents=True)
    file.write_bytes(_answer(PORT, compressed=False)[0])
    file.with_name(f"{file.name}.gz").write_bytes(_answer(PORT, compressed=True)[0])
    folder.chmod(0o755)
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, host=HOST, port=PEER_PORT), "utf-8")
    with subprocess.Popen([nginx, "-c", str(config), "-e", "stderr", "-p", str(folder)]) as process:
        try:
            wait(PEER_PORT)
            yield psutil.Process(process.pid).children()
        finally:
            process.terminate()


def _answer(port: int, *, compressed: bool) -> tuple[bytes, str]:
    connection = HTTPConnection(HOST, port)
    connection.request("GET", PATH, headers={"Accept-Encoding": "gzip" if compressed else "identity"})
    answer = connection.getresponse()
    return answer.read(), answer.getheader("ETag") or ""
