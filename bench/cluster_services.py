"""Programs of the cluster: PostgreSQL under Patroni with etcd, PgBouncer, HAProxy, Valkey, an S3 server.

Their settings are the files of `contrib/cluster`.
"""

import http.client
import json
import os
import pwd
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, ClassVar
from urllib.request import Request, urlopen

import boto3
import psycopg

from bench.web_server import ROOT, Process, get_free_ports, wait_until

PROGRAMS = (
    *("etcd:etcd-server", "haproxy:haproxy", "patroni:patroni", "pgbouncer:pgbouncer", "pg_ctl:postgresql"),
    *("taskset:util-linux", "valkey-server:valkey-server"),
)
"""Programs that are needed, with their Debian packages."""

SEARCH_PATH = ":".join(
    [*map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"))), os.environ["PATH"], "/usr/sbin"]
)


def find_program(name: str) -> str:
    """Return the path of a program, or nothing."""
    return shutil.which(name, path=SEARCH_PATH) or ""


def list_missing() -> list[str]:
    """Return the Debian packages that are missing."""
    needed = [program.split(":") for program in PROGRAMS]
    missing = {package for name, package in needed if not find_program(name)}
    # Patroni runs with the system's Python.
    if subprocess.run(["/usr/bin/python3", "-c", "import etcd"], capture_output=True).returncode:
        missing.add("python3-etcd")
    return sorted(missing)


class Program(Process):
    """A process whose output goes to `<folder>/log`. The folder belongs to its account."""

    started: ClassVar[list["Program"]] = []

    def __init__(
        self, folder: Path, *command: str, env: dict[str, str] | None = None, account: str = ""
    ) -> None:
        folder.mkdir(exist_ok=True)
        more: dict[str, Any] = dict.fromkeys(("stdout", "stderr"), (folder / "log").open("ab"))
        # PostgreSQL and PgBouncer refuse to run as root.
        if account and os.getuid() == 0:
            found = pwd.getpwnam(account)
            more |= {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
            for path in (folder, *folder.iterdir()):
                os.chown(path, found.pw_uid, found.pw_gid)
        super().__init__(os.environ | {"PATH": SEARCH_PATH} | (env or {}), command, folder, **more)
        self.start()
        Program.started.append(self)


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
        self.ports = {name: values[f"DATABASE_{letter}"].split(":")[1] for name, letter in letters.items()}
        self.rest = {name: int(values[f"PATRONI_{letter}"]) for name, letter in letters.items()}
        Program(folder / "etcd", find_program("etcd"), env=read_env(folder / "etcd/etcd.env"))
        command = (find_program("patroni"), "patroni.yml")
        self.servers = {
            # Patroni writes .pgpass to its home.
            name: Program(folder / name, *command, env={"HOME": str(folder / name)}, account="postgres")
            for name in SERVERS
        }
        wait_until(lambda: bool(self.find("primary") and self.find("sync")), "primary and standby", 120)
        with self._connect(self.find("primary") or SERVERS[0], "postgres") as connection:
            connection.autocommit = True
            connection.execute(f"CREATE ROLE rembuk LOGIN PASSWORD '{values['DATABASE_PASSWORD']}'")
            connection.execute("CREATE DATABASE rembuk OWNER rembuk")

    def _connect(self, name: str, database: str) -> psycopg.Connection:
        options: dict[str, Any] = {"port": self.ports[name], "user": "postgres", "password": self.password}
        return psycopg.connect(host="127.0.0.1", dbname=database, **options)

    def kill(self, role: str) -> None:
        """Kill the server in a role, and its Patroni."""
        self.killed = self.find(role) or SERVERS[0]
        self.servers[self.killed].kill()

    def find(self, role: str) -> str | None:
        """Return the server to which Patroni gives a role: "primary", or "sync" for a standby without lag."""
        for name in SERVERS:
            connection = http.client.HTTPConnection("127.0.0.1", self.rest[name], timeout=2)
            with closing(connection), suppress(OSError, http.client.HTTPException):
                connection.request("GET", f"/{role}")
                answer = connection.getresponse()
                if answer.status == 200 and json.loads(answer.read())["state"] == "running":
                    return name
        return None

    def count_rows(self) -> dict[str, int]:
        """Return the number of cases on each server that answers."""
        found = {}
        for name in SERVERS:
            with self._connect(name, "rembuk") as connection:
                (found[name],) = connection.execute("SELECT count(*) FROM consultations_case").fetchall()[0]
        return found


def can_connect(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


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
