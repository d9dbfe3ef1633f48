"""A throw-away PostgreSQL server for the tests, reached through a socket in its own temporary folder."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg

START_SECONDS = 60
STOP_SECONDS = 30


class Postgres:
    """One server. `with Postgres() as server:` starts it, and removes it with all its data at the end."""

    def __init__(self) -> None:
        self._programs = _find_programs()
        self._as_user = _unprivileged()
        self._folder = Path(tempfile.mkdtemp(prefix="prescreen-pg-"))
        self._server: subprocess.Popen[bytes] | None = None
        self._numbers = itertools.count(1)

    def __enter__(self) -> Self:
        try:
            if self._as_user:
                os.chown(self._folder, self._as_user["user"], self._as_user["group"])
            self._initdb()
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def url(self, dbname: str) -> str:
        """The SQLAlchemy URL of a database."""
        return f"postgresql+psycopg://postgres@/{dbname}?host={self._folder}"

    def create_database(self) -> str:
        """The URL of a new, empty database."""
        name = f"test_{next(self._numbers)}"
        with self._connect() as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def start(self) -> None:
        """Starts the server and returns when it answers."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._folder),
            "fsync": "off",  # the data need not outlive the machine
            "max_connections": "200",
            "shared_buffers": "32MB",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self._server = self._launch("postgres", *options)
        give_up = time.monotonic() + START_SECONDS
        while True:
            try:
                self._connect().close()
            except psycopg.OperationalError:
                if self._server.poll() is not None or time.monotonic() > give_up:
                    raise RuntimeError(f"PostgreSQL did not start:\n{self._log.read_text()}") from None
                time.sleep(0.02)
            else:
                return

    def kill(self) -> None:
        """Ends the server as a crash would: connections break, and the next start recovers from the log."""
        self._end(signal.SIGQUIT)

    def restart(self) -> None:
        """Stops the server in good order, if it runs, and starts it again with its data."""
        self._end(signal.SIGINT)
        self.start()

    def stop(self) -> None:
        """Ends the server and removes its data."""
        self._end(signal.SIGQUIT)
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _log(self) -> Path:
        return self._folder / "server.log"

    def _initdb(self) -> None:
        options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
        if self._launch("initdb", *options).wait():
            raise RuntimeError(f"initdb failed:\n{self._log.read_text()}")

    def _launch(self, program: str, *options: str) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [self._programs / program, "-D", self._folder / "data", *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._folder,
                process_group=0,  # Ctrl-C stops the tests, and these stop the server
                **self._as_user,
            )

    def _connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(host=str(self._folder), user="postgres", dbname="postgres", autocommit=True)

    def _end(self, how: signal.Signals) -> None:
        if self._server is None:
            return
        self._server.send_signal(how)
        try:
            self._server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()
        self._server = None


def _find_programs() -> Path:
    """The folder with initdb and postgres: from the PATH, or Debian's newest version."""
    places = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True
    )
    if on_path := shutil.which("initdb"):
        places.insert(0, Path(on_path).resolve().parent)
    for place in places:
        if all(os.access(place / program, os.X_OK) for program in ("initdb", "postgres")):
            return place
    raise RuntimeError(
        "These tests need a PostgreSQL server, and none is installed: "
        "run 'apt-get install postgresql' (with Homebrew 'brew install postgresql'), or 'make system'."
    )


def _unprivileged() -> dict[str, Any]:
    """How to start the programs as somebody else: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    account = names.get("postgres") or names["nobody"]
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
