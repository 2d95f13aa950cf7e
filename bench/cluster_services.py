"""Programs of the cluster: PostgreSQL under Patroni with etcd, PgBouncer, HAProxy, Valkey, an S3 server."""

import contextlib
import http.client
import json
import os
import pwd
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

from bench.web_server import get_free_port

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


SERVERS = ("pg1", "pg2")

PATRONI = """scope: rembuk
name: {name}
restapi: {{listen: "127.0.0.1:{rest}", connect_address: "127.0.0.1:{rest}"}}
etcd3: {{hosts: ["127.0.0.1:{etcd}"]}}
bootstrap:
  dcs:
    ttl: 20
    loop_wait: 2
    retry_timeout: 4
    primary_start_timeout: 0
    synchronous_mode: true
    postgresql:
      use_pg_rewind: true
      parameters: {{max_connections: 100, wal_keep_size: 256MB, fsync: "off"}}
  initdb: [{{encoding: UTF8}}, {{locale: C.UTF-8}}]
postgresql:
  listen: "127.0.0.1:{port}"
  connect_address: "127.0.0.1:{port}"
  data_dir: {folder}/data
  bin_dir: {binaries}
  pgpass: {folder}/pgpass
  parameters: {{unix_socket_directories: "{folder}"}}
  pg_hba: ["local all all trust", "host all,replication all 127.0.0.1/32 trust"]
  authentication:
    superuser: {{username: postgres}}
    replication: {{username: replicator}}
"""
"""With synchronous_mode, a commit is confirmed after both servers have it, so a failover loses none.

Without fsync the disk is not waited for: a killed process loses nothing, a power cut would.
"""

AT_CONNECTION = "SET jit = off; SET max_parallel_workers_per_gather = 0"

PGBOUNCER = """[databases]
rembuk = host=127.0.0.1 port={primary} dbname=rembuk user=rembuk pool_size=20 connect_query='{query}'
replica = host=127.0.0.1 port={replica} dbname=rembuk user=rembuk pool_size=20 connect_query='{query}'
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
max_prepared_statements = 0
max_client_conn = 500
server_connect_timeout = 3
server_login_retry = 1
query_wait_timeout = 5
"""


class DatabaseServers:
    """etcd and two PostgreSQL servers. Patroni says which of them is the primary."""

    def __init__(self, folder: Path) -> None:
        self.etcd_port, self.killed = get_free_port(), ""
        self.ports = {name: get_free_port() for name in SERVERS}
        self.rest = {name: get_free_port() for name in SERVERS}
        client, peer = (f"http://127.0.0.1:{port}" for port in (self.etcd_port, get_free_port()))
        self.etcd = Program(
            folder / "etcd",
            find_program("etcd"),
            *("--data-dir", str(folder / "etcd/data"), "--log-level", "error"),
            *("--listen-client-urls", client, "--advertise-client-urls", client),
            *("--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer),
            *("--initial-cluster", f"default={peer}"),
        )
        self.servers = {name: self._start(folder / name, name) for name in SERVERS}
        wait_until(lambda: bool(self.find_primary() and self.find_replica()), "primary and replica", 120)
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            connection.execute("CREATE ROLE rembuk LOGIN")
            connection.execute("CREATE DATABASE rembuk OWNER rembuk")

    def _start(self, folder: Path, name: str) -> Program:
        folder.mkdir()
        (folder / "patroni.yml").write_text(
            PATRONI.format(
                name=name,
                folder=folder,
                etcd=self.etcd_port,
                port=self.ports[name],
                rest=self.rest[name],
                binaries=Path(find_program("pg_ctl")).parent,
            )
        )
        return Program(folder, find_program("patroni"), str(folder / "patroni.yml"), account="postgres")

    def _dsn(self, database: str) -> str:
        port = self.ports[self.find_primary() or SERVERS[0]]
        return f"host=127.0.0.1 port={port} user=postgres dbname={database}"

    def kill(self, name: str | None) -> None:
        """Kill a server and its Patroni."""
        self.killed = name or SERVERS[0]
        self.servers[self.killed].kill()

    def find_primary(self) -> str | None:
        return next((name for name in SERVERS if self._is(name, "primary")), None)

    def find_replica(self) -> str | None:
        return next((name for name in SERVERS if self._is(name, "sync")), None)

    def _is(self, name: str, role: str) -> bool:
        """Ask Patroni whether a server has a role: "primary", or "sync" for a replica that lacks nothing."""
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", self.rest[name], timeout=2)) as connection:
                connection.request("GET", f"/{role}")
                answer = connection.getresponse()
                return answer.status == 200 and json.loads(answer.read())["state"] == "running"
        except (OSError, http.client.HTTPException):
            return False

    @staticmethod
    def is_reached_through(port: int) -> Callable[[], bool]:
        """Return a question to PgBouncer at a port: does the database answer, and the replica?"""

        def ask() -> bool:
            try:
                for name in ("rembuk", "replica"):
                    psycopg.connect(f"host=127.0.0.1 port={port} user=rembuk dbname={name}").close()
            except psycopg.OperationalError:
                return False
            return True

        return ask

    def count_rows(self) -> dict[str, int]:
        """Return the number of cases on each server that answers."""
        found = {}
        for name, port in self.ports.items():
            with psycopg.connect(f"host=127.0.0.1 port={port} user=postgres dbname=rembuk") as connection:
                row = connection.execute("SELECT count(*) FROM consultations_case").fetchone()
                found[name] = int(row[0]) if row else 0
        return found


def start_pooler(folder: Path, *, primary: int, replica: int) -> tuple[Program, int]:
    """Start PgBouncer in front of HAProxy's ports for the primary and the replica; return its port."""
    folder.mkdir()
    port = get_free_port()
    (folder / "pgbouncer.ini").write_text(
        PGBOUNCER.format(port=port, primary=primary, replica=replica, query=AT_CONNECTION)
    )
    return Program(folder, find_program("pgbouncer"), "-q", "pgbouncer.ini", account="nobody"), port


SETTINGS = """global
  maxconn 1000
defaults
  mode http
  timeout connect 3s
  timeout client 60s
  timeout server 60s
  timeout queue 5s
  default-server inter 500ms fall 2 rise 1
  option redispatch
  retries 3
  retry-on conn-failure
  errorfile 502 {sentence}
  errorfile 503 {sentence}
  errorfile 504 {sentence}
frontend site
  bind 127.0.0.1:{site}
  default_backend nodes
backend nodes
  balance roundrobin
  option httpchk GET /healthz
{nodes}
"""
"""A request is sent again only if no connection to the node could be made: no step is taken twice."""

DATABASE = """listen {role}
  mode tcp
  bind 127.0.0.1:{port}
  timeout client 1h
  timeout server 1h
  option httpchk GET /{role}
  default-server inter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
{servers}
"""


class Proxy:
    """HAProxy with its ports. `write_sentence` stores the page of an outage before it starts."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.port, self.primary, self.replica = get_free_port(), get_free_port(), get_free_port()

    def start(
        self, nodes: Mapping[str, int], databases: Mapping[str, tuple[int, int]], sentence: str
    ) -> Program:
        """Start HAProxy for nodes (name, port) and database servers (name, port, port of Patroni)."""
        page = self.folder / "503.http"
        page.write_text(
            "HTTP/1.0 503 Service Unavailable\r\nContent-Type: text/html; charset=utf-8\r\n"
            f"Cache-Control: no-store\r\nRetry-After: 60\r\n\r\n{sentence}"
        )
        lines = [f"  server {name} 127.0.0.1:{port} check" for name, port in nodes.items()]
        text = SETTINGS.format(sentence=page, site=self.port, nodes="\n".join(lines))
        for role, port in (("primary", self.primary), ("replica", self.replica)):
            servers = [
                f"  server {name} 127.0.0.1:{own} check port {patroni}"
                for name, (own, patroni) in databases.items()
            ]
            text += DATABASE.format(role=role, port=port, servers="\n".join(servers))
        (self.folder / "haproxy.cfg").write_text(text)
        return Program(self.folder, find_program("haproxy"), "-db", "-f", "haproxy.cfg")


BUCKET = "rembuk"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench"}


def start_valkey(folder: Path) -> tuple[Program, int]:
    """Start Valkey, which stores nothing on disk; return its port."""
    port = get_free_port()
    options = ("--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")
    return Program(folder, find_program("valkey-server"), *options), port


class FileServer:
    """moto's S3 server. It holds files in memory and writes each request to a file, to be replayed."""

    def __init__(self, folder: Path) -> None:
        self.port = get_free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        env = CREDENTIALS | {
            "MOTO_ENABLE_RECORDING": "1",
            "MOTO_RECORDER_FILEPATH": str(folder / "recording"),
        }
        command = (sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port))
        self.program = Program(folder, *command, env=env)
        self.wait()
        os.environ |= CREDENTIALS
        boto3.client("s3", endpoint_url=self.address, region_name="us-east-1").create_bucket(Bucket=BUCKET)

    @property
    def url(self) -> str:
        return f"s3://{BUCKET}?endpoint_url={self.address}&region_name=us-east-1"

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
