"""Programs of the cluster: PostgreSQL under Patroni with etcd, PgBouncer, HAProxy, Valkey, an S3 server.

Their settings are the files of `contrib/cluster`.
"""

import contextlib
import http.client
import json
import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import ClassVar
from urllib.request import Request, urlopen

import boto3
import psycopg

from bench.web_server import ROOT, get_free_ports

PROGRAMS = {
    "etcd": "etcd-server",
    "haproxy": "haproxy",
    "patroni": "patroni",
    "pgbouncer": "pgbouncer",
    "pg_ctl": "postgresql",
    "taskset": "util-linux",
    "valkey-server": "valkey-server",
}
"""Debian packages by the program that is needed."""

SEARCH_PATH = ":".join(
    [*map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"))), os.environ["PATH"], "/usr/sbin"]
)


def find_program(name: str) -> str:
    """Return the path of a program. Raise FileNotFoundError."""
    if found := shutil.which(name, path=SEARCH_PATH):
        return found
    raise FileNotFoundError(f"{name} is not installed (Debian: apt-get install {PROGRAMS[name]})")


def list_missing() -> list[str]:
    """Return the Debian packages that are missing."""
    missing = {package for name, package in PROGRAMS.items() if not shutil.which(name, path=SEARCH_PATH)}
    # Patroni runs with the system's Python.
    if subprocess.run(["/usr/bin/python3", "-c", "import etcd"], capture_output=True).returncode:
        missing.add("python3-etcd")
    return sorted(missing)


class Program:
    """A process with its children. Its output goes to `<folder>/log`; the folder belongs to its account."""

    started: ClassVar[list["Program"]] = []

    def __init__(
        self, folder: Path, *command: str, env: Mapping[str, str] | None = None, account: str = ""
    ) -> None:
        folder.mkdir(exist_ok=True)
        self.folder, self.command, self.env = folder, command, env
        # PostgreSQL and PgBouncer refuse to run as root.
        self.account = pwd.getpwnam(account) if account and os.getuid() == 0 else None
        if self.account:
            for path in (folder, *folder.iterdir()):
                os.chown(path, self.account.pw_uid, self.account.pw_gid)
        self.start()
        Program.started.append(self)

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603
                self.command,
                cwd=self.folder,
                env=dict(os.environ) | {"PATH": SEARCH_PATH} | dict(self.env or {}),
                stdout=log,
                stderr=log,
                start_new_session=True,
                user=self.account.pw_uid if self.account else None,
                group=self.account.pw_gid if self.account else None,
                extra_groups=[] if self.account else None,
            )

    def kill(self) -> None:
        """Kill the process and its children with -9."""
        for pid in (*list_descendants(self.process.pid), self.process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Let the process end within seconds, or kill it."""
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        self.kill()


def stop_all() -> None:
    """Stop all programs, the last first."""
    while Program.started:
        Program.started.pop().stop()


def list_descendants(pid: int) -> list[int]:
    """Return the process numbers of the children and of their children."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [found for child in map(int, children) for found in (child, *list_descendants(child))]


def wait_until(is_true: Callable[[], bool], what: str, seconds: float = 60) -> float:
    """Ask until the answer is true, and return the seconds. An OSError means no. Raise TimeoutError."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        with contextlib.suppress(OSError):
            if is_true():
                return time.monotonic() - began
        time.sleep(0.1)
    raise TimeoutError(f"{what}: not within {seconds:.0f} s")


FILES = ROOT / "contrib" / "cluster"
"""Settings of the programs, with placeholders. `README.md` there explains them."""

PLACEHOLDER = re.compile("@([A-Z_]+)@")

SERVERS = ("pg1", "pg2")
BUCKET = "rembuk"


def list_values(folder: Path, binaries: Path) -> dict[str, str]:
    """Return the values of all placeholders but those of one database server. Ports are free ones.

    `binaries` is the folder with the programs of PostgreSQL.
    """
    names = ("ETCD", "PEER", "S3", "SITE", "PRIMARY_PORT", "POOLER_PORT", "CACHE_PORT")
    ports = dict(zip(names, get_free_ports(len(names)), strict=True))
    found = {name: str(port) for name, port in ports.items() if name.endswith("_PORT")}
    for letter, database, patroni, node in zip("AB", *[iter(get_free_ports(6))] * 3, strict=True):
        found |= {f"DATABASE_{letter}": f"127.0.0.1:{database}", f"PATRONI_{letter}": str(patroni)}
        found |= {f"NODE_{letter}": f"127.0.0.1:{node}"}
    passwords = ("SUPERUSER_PASSWORD", "REPLICATION_PASSWORD", "DATABASE_PASSWORD", "CACHE_PASSWORD")
    found |= {name: secrets.token_hex(16) for name in passwords}
    client, peer = f"127.0.0.1:{ports['ETCD']}", f"http://127.0.0.1:{ports['PEER']}"
    return found | {
        "BINARIES": str(binaries),
        "ETCD_NAME": "etcd1",
        "ETCD_CLIENT": f"http://{client}",
        "ETCD_PEER": peer,
        "ETCD_CLUSTER": f"etcd1={peer}",
        "ETCD_HOSTS": f'"{client}"',
        "ETCD_DATA": f"{folder}/etcd/data",
        "NETWORK": "127.0.0.1/32",
        "SITE": f"127.0.0.1:{ports['SITE']}",
        "SENTENCE": f"{folder}/haproxy/503.http",
        "POOLER_LOG": f"{folder}/pgbouncer/pgbouncer.log",
        "USERLIST": f"{folder}/pgbouncer/userlist.txt",
        "CACHE_HOST": "127.0.0.1",
        "CACHE_DATA": f"{folder}/valkey",
        "BUCKET": BUCKET,
        "STORAGE": f"http://127.0.0.1:{ports['S3']}",
        "REGION": "us-east-1",
        "STORAGE_KEY": "bench",
        "STORAGE_SECRET": secrets.token_hex(16),
    }


def write_files(folder: Path, values: Mapping[str, str]) -> None:
    """Write the files of `contrib/cluster` into folders of the programs. Raise KeyError for a placeholder
    without a value."""
    for name, program in PROGRAM_OF.items():
        write_file(folder / program / name, values)
    for server, letter in zip(SERVERS, "AB", strict=True):
        own = {
            "NAME": server,
            "LISTEN": values[f"DATABASE_{letter}"],
            "REST": f"127.0.0.1:{values[f'PATRONI_{letter}']}",
            "DATA": f"{folder}/{server}/data",
            "SOCKETS": f"{folder}/{server}",
        }
        write_file(folder / server / "patroni.yml", {**values, **own})


PROGRAM_OF = {
    "etcd.env": "etcd",
    "haproxy.cfg": "haproxy",
    "pgbouncer.ini": "pgbouncer",
    "rembuk.env": "rembuk",
    "userlist.txt": "pgbouncer",
    "valkey.conf": "valkey",
}
"""The folder of each file. `patroni.yml` is not here: each database server has its own."""


def write_file(file: Path, values: Mapping[str, str]) -> None:
    file.parent.mkdir(exist_ok=True)
    text = (FILES / file.name).read_text(encoding="utf-8")
    file.write_text(PLACEHOLDER.sub(lambda found: values[found[1]], text), encoding="utf-8")


def read_env(file: Path) -> dict[str, str]:
    """Return the variables of a file of settings."""
    return dict(re.findall(r"(?m)^([A-Z_]+)=(.*)$", file.read_text(encoding="utf-8")))


class DatabaseServers:
    """etcd and two PostgreSQL servers. Patroni says which of them is the primary."""

    def __init__(self, folder: Path, values: Mapping[str, str]) -> None:
        self.killed, self.password = "", values["SUPERUSER_PASSWORD"]
        letters = dict(zip(SERVERS, "AB", strict=True))
        self.ports = {
            name: int(values[f"DATABASE_{letter}"].split(":")[1]) for name, letter in letters.items()
        }
        self.rest = {name: int(values[f"PATRONI_{letter}"]) for name, letter in letters.items()}
        self.etcd = Program(folder / "etcd", find_program("etcd"), env=read_env(folder / "etcd/etcd.env"))
        patroni = find_program("patroni")
        self.servers = {
            name: Program(
                folder / name,
                *(patroni, "patroni.yml"),
                env={"HOME": str(folder / name)},  # Patroni writes .pgpass there
                account="postgres",
            )
            for name in SERVERS
        }
        wait_until(lambda: bool(self.find_primary() and self.find_standby()), "primary and standby", 120)
        with self._connect(self.find_primary() or SERVERS[0], "postgres") as connection:
            connection.autocommit = True
            connection.execute(f"CREATE ROLE rembuk LOGIN PASSWORD '{values['DATABASE_PASSWORD']}'")
            connection.execute("CREATE DATABASE rembuk OWNER rembuk")

    def _connect(self, name: str, database: str) -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1",
            port=self.ports[name],
            user="postgres",
            password=self.password,
            dbname=database,
        )

    def kill(self, name: str | None) -> None:
        """Kill a server and its Patroni."""
        self.killed = name or SERVERS[0]
        self.servers[self.killed].kill()

    def find_primary(self) -> str | None:
        return next((name for name in SERVERS if self._is(name, "primary")), None)

    def find_standby(self) -> str | None:
        return next((name for name in SERVERS if self._is(name, "sync")), None)

    def _is(self, name: str, role: str) -> bool:
        """Ask Patroni whether a server has a role: "primary", or "sync" for a standby that lacks nothing."""
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", self.rest[name], timeout=2)) as connection:
                connection.request("GET", f"/{role}")
                answer = connection.getresponse()
                return answer.status == 200 and json.loads(answer.read())["state"] == "running"
        except (OSError, http.client.HTTPException):
            return False

    def count_rows(self) -> dict[str, int]:
        """Return the number of cases on each server that answers."""
        found = {}
        for name in self.ports:
            with self._connect(name, "rembuk") as connection:
                row = connection.execute("SELECT count(*) FROM consultations_case").fetchone()
                found[name] = int(row[0]) if row else 0
        return found


def can_connect(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


def start_pooler(folder: Path) -> Program:
    return Program(folder, find_program("pgbouncer"), "-q", "pgbouncer.ini", account="nobody")


def start_valkey(folder: Path) -> Program:
    return Program(folder, find_program("valkey-server"), "valkey.conf")


def start_proxy(folder: Path, sentence: str) -> Program:
    """Start HAProxy, which shows `sentence` while no web server answers."""
    (folder / "503.http").write_text(
        "HTTP/1.0 503 Service Unavailable\r\nContent-Type: text/html; charset=utf-8\r\n"
        f"Cache-Control: no-store\r\nRetry-After: 60\r\n\r\n{sentence}"
    )
    return Program(folder, find_program("haproxy"), "-db", "-f", "haproxy.cfg")


class FileServer:
    """moto's S3 server. It holds files in memory and writes each request to a file, to be replayed."""

    def __init__(self, folder: Path, values: Mapping[str, str]) -> None:
        self.address = values["STORAGE"]
        env = {"MOTO_ENABLE_RECORDING": "1", "MOTO_RECORDER_FILEPATH": str(folder / "recording")}
        host, port = self.address.removeprefix("http://").split(":")
        self.program = Program(folder, sys.executable, "-m", "moto.server", "-H", host, "-p", port, env=env)
        self.wait()
        keys = {
            "aws_access_key_id": values["STORAGE_KEY"],
            "aws_secret_access_key": values["STORAGE_SECRET"],
        }
        client = boto3.client("s3", endpoint_url=self.address, region_name=values["REGION"], **keys)
        client.create_bucket(Bucket=BUCKET)

    def wait(self) -> None:
        wait_until(lambda: self._ask("/moto-api/data.json"), "the S3 server")

    def restart(self) -> None:
        """Start the server again, and let it repeat what it was asked before it was killed."""
        self.program.start()
        self.wait()
        self._ask("/moto-api/recorder/replay-recording", data=b"")

    def _ask(self, path: str, data: bytes | None = None) -> bool:
        with urlopen(Request(self.address + path, data), timeout=60) as answer:  # noqa: S310
            return bool(answer.status == 200)
