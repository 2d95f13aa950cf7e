"""PostgreSQL, primary and streaming replica, under Patroni with etcd, behind HAProxy and PgBouncer."""

import http.client
import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg

from bench.machines.processes import Program, find_program, wait_until
from bench.web_server import free_port

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
        self.etcd_port, self.killed = free_port(), ""
        self.ports = {name: free_port() for name in SERVERS}
        self.rest = {name: free_port() for name in SERVERS}
        client, peer = (f"http://127.0.0.1:{port}" for port in (self.etcd_port, free_port()))
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
    port = free_port()
    (folder / "pgbouncer.ini").write_text(
        PGBOUNCER.format(port=port, primary=primary, replica=replica, query=AT_CONNECTION)
    )
    return Program(folder, find_program("pgbouncer"), "-q", "pgbouncer.ini", account="nobody"), port
