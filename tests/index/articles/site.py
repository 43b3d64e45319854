"""A web site on loopback for the tests: a real HTTP server that can be as hostile as the world."""

import shutil
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Any

from index.articles.fetching.addresses import Address
from index.articles.fetching.permission import FetchRules

HOST = "site.example"
LOOPBACK = ip_address("127.0.0.1")
STORY = (
    "<html><head><title>Ferry strikes pier</title></head><body><article><h1>Ferry strikes pier</h1>"
    "<p>The ferry Alma struck the pier at noon on Monday, and the harbour was closed for the rest of the day.</p>"
    "<p>Captain Ines Roth said that 14 people were hurt, two of them seriously, and thanked the crew.</p>"
    "</article></body></html>"
)

Answer = Callable[[BaseHTTPRequestHandler], None]


def page(body: str | bytes = STORY, status: int = 200, **headers: str) -> Answer:
    """A whole answer; headers as keywords, `Content_Type` for `Content-Type`."""
    data = body.encode() if isinstance(body, str) else body

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        stated = {"Content_Type": "text/html; charset=utf-8", "Content_Length": str(len(data))} | headers
        for name, value in stated.items():
            if value:
                handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(data)

    return answer


def redirect(to: str, status: int = 302) -> Answer:
    return page("", status, Location=to)


@dataclass
class Site:
    """What it answers, by path (404 for what is not here), and what it was asked."""

    port: int
    scheme: str = "http"
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def paths(self) -> list[str]:
        """The paths that were asked for, but for robots.txt."""
        return [path for path, _ in self.asked if path != "/robots.txt"]

    def url(self, path: str, host: str = HOST) -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def rules(self, **given: Any) -> FetchRules:
        """Rules under which this site is one of the public internet."""
        ours: dict[str, Any] = {
            "hosts": (HOST,),
            "ports": frozenset({self.port}),
            "is_allowed_address": lambda address: address == LOOPBACK,
            "resolve": resolver(LOOPBACK),
            "seconds": 20.0,
            "pause_s": 0.0,
        }
        return FetchRules(**(ours | given))


def resolver(*addresses: Address) -> Callable[[str, int], tuple[Address, ...]]:
    """A resolver that knows every host, at the same addresses."""
    return lambda _host, _port: addresses


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[Site]:
    """A site, until the block is left; with TLS where there is a context."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append((self.path, dict(self.headers)))
            try:
                site.answers.get(self.path, page("nothing here", 404))(self)
            except OSError:
                self.close_connection = True  # who asked has gone away

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """A client that breaks off is what is tested here."""

    with Server((str(LOOPBACK), 0), Handler) as server:
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        site = Site(server.server_port, "https" if context else "http")
        thread = Thread(target=server.serve_forever, args=[0.01], daemon=True)
        thread.start()
        yield site
        server.shutdown()
        thread.join()


def certificate(folder: Path, name: str = HOST) -> Path | None:
    """A certificate for the name that vouches for itself, with its key; None where there is no openssl."""
    if (program := shutil.which("openssl")) is None:
        return None
    file = folder / "certificate.pem"
    options = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2".split()
    subject = ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
    subprocess.run(
        [program, *options, *subject, "-keyout", str(file), "-out", str(folder / "cert.pem")],
        check=True,
        capture_output=True,
    )
    file.write_text(file.read_text() + (folder / "cert.pem").read_text())
    return file
