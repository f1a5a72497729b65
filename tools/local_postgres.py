"""A PostgreSQL server of our own, for tests and benchmarks: on a Unix socket, in its own folder, gone afterwards."""

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

WHY = "no PostgreSQL server: Debian's package `postgresql` brings one (.ci/run installs it)"


def find_postgres() -> Path:
    """The folder of the server's programs; LookupError without them."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name.split(".")[0]))
    on_path = shutil.which("initdb")
    for folder in [*reversed(folders), *([Path(on_path).parent] if on_path else [])]:
        if (folder / "initdb").is_file() and (folder / "postgres").is_file():
            return folder
    raise LookupError(WHY)


class PostgresServer:
    """A running server; it refuses to run as root, so root lends it the user `postgres` (or `nobody`)."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._programs = folder, find_postgres()
        self._as_user = {}
        if os.geteuid() == 0:
            user = "postgres" if _is_user("postgres") else "nobody"
            self._as_user = {"user": user, "extra_groups": []}
            shutil.chown(folder, user)
        self._data = folder / "data"
        self._run("initdb", "-D", str(self._data), "-U", "vedette", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def address(self) -> str:
        return f"postgresql://vedette@/postgres?host={self.folder}"

    def ask_password_of(self, user: str, password: str) -> str:
        """A user who must prove itself from now on, and may make schemas; its address, without the password."""
        self.tell(f"CREATE ROLE {user} LOGIN PASSWORD '{password}'")
        self.tell(f"GRANT CREATE ON DATABASE postgres TO {user}")
        rules = self._data / "pg_hba.conf"
        rules.write_text(f"local all {user} scram-sha-256\n{rules.read_text()}")
        self.tell("SELECT pg_reload_conf()")
        return self.address.replace("vedette@", f"{user}@")

    def tell(self, statement: str) -> None:
        """One statement, as who may do all."""
        import asyncpg

        async def said() -> None:
            connection = await asyncpg.connect(self.address)
            await connection.execute(statement)
            await connection.close()

        asyncio.run(said())

    def start(self) -> None:
        for _ in range(60):  # one that was killed holds its memory until the last of its processes has gone
            with (self.folder / "server.log").open("ab") as log:
                self._process = subprocess.Popen(
                    [str(self._programs / "postgres"), "-D", str(self._data), "-k", str(self.folder), "-h", "",
                     "-c", "shared_buffers=16MB", "-c", "max_connections=20"],
                    stdout=log, stderr=log, **self._as_user,
                )  # fmt: skip
            while self._process.poll() is None:
                if self._is_ready():
                    return
                time.sleep(0.05)
            time.sleep(0.2)
        raise RuntimeError((self.folder / "server.log").read_text(errors="replace"))

    def kill(self) -> None:
        """Without a word, and with the processes that serve its connections, which may hold its memory long."""
        assert self._process is not None
        served_by = _children(self._process.pid)
        self._process.kill()
        self._process.wait()
        for pid in served_by:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)  # fast shutdown
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _is_ready(self) -> bool:
        words = [str(self._programs / "pg_isready"), "-q", "-h", str(self.folder), "-U", "vedette", "-d", "postgres"]
        return subprocess.run(words, check=False).returncode == 0

    def _run(self, name: str, *words: str) -> None:
        done = subprocess.run(
            [str(self._programs / name), *words], capture_output=True, text=True, check=False, cwd=self.folder,
            **self._as_user,
        )  # fmt: skip
        if done.returncode:
            raise LookupError(f"PostgreSQL's {name} does not run here: {done.stderr.strip()[-300:]}")


def _children(pid: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # gone meanwhile
            after_name = stat.read_text().rpartition(")")[2].split()
            if int(after_name[1]) == pid:
                found.append(int(stat.parent.name))
    return found


def _is_user(name: str) -> bool:
    import pwd

    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


@contextmanager
def running_postgres(where: Path | None = None) -> Iterator[PostgresServer]:
    """A server for a while; its folder has a short name, as a socket's path must be."""
    with tempfile.TemporaryDirectory(prefix="vpg", dir=where, ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)
        server = PostgresServer(Path(folder))
        try:
            yield server
        finally:
            server.stop()
