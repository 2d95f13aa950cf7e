"""Rembuk on several machines: web nodes, workers and schedulers, each with a data folder of its own."""

import os
import time
from collections.abc import Sequence
from pathlib import Path

import django

from bench.kills import Supervised, create_site
from bench.machines.database import DatabaseServers, start_pooler
from bench.machines.processes import stop_all, wait_until
from bench.machines.proxy import Proxy
from bench.machines.services import FileServer, start_valkey
from bench.web_server import GUNICORN, WebServer

NODES, WORKERS, SCHEDULERS = ("a", "b"), 2, 2
CORES = {"a": "0", "b": "1"}

SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "SECRET_KEY": "only-for-measurements",
    "ALLOWED_HOSTS": "127.0.0.1,testserver",
    "BEHIND_PROXY": "1",
    "DISABLE_SERVER_SIDE_CURSORS": "true",
    "FORM_SECONDS": "0",
    "REQUESTS_OF_ADDRESS": "1000000/h/ip",
    "LOG_LEVEL": "ERROR",
}
"""BEHIND_PROXY: HAProxy passes on the invented network addresses of the browsers."""


class Node(WebServer):
    """A web node of one worker process, pinned to a processor core."""

    def __init__(self, name: str, folder: Path) -> None:
        command = ("taskset", "-c", CORES[name], *GUNICORN)
        super().__init__({"REMBUK_DATA": str(folder), "WEB_CONCURRENCY": "1"}, command)


class Cluster:
    """All processes, from `start` to `stop`. Its `port` is that of HAProxy."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.proxy = folder, Proxy(folder / "haproxy")
        self.port = self.proxy.port
        self.nodes: dict[str, Node] = {}
        self.commands: list[Supervised] = []

    def start(self) -> None:
        """Start what stores data, and create an office with its staff."""
        self.database = DatabaseServers(self.folder)
        self.files = FileServer(self.folder / "s3")
        self.valkey, valkey_port = start_valkey(self.folder / "valkey")
        self.pooler, pooler_port = start_pooler(
            self.folder / "pgbouncer", primary=self.proxy.primary, replica=self.proxy.replica
        )
        os.environ |= SETTINGS | {
            "DATABASE_URL": f"postgresql://rembuk@127.0.0.1:{pooler_port}/rembuk",
            "REPLICA_URL": f"postgresql://rembuk@127.0.0.1:{pooler_port}/replica",
            "CACHE_URL": f"valkey://127.0.0.1:{valkey_port}/0",
            "STORAGE_URL": self.files.url,
            "REMBUK_DATA": str(self.folder / "bench"),
            "EMAIL_URL": f"filemail:///{self.folder}/surat",
        }
        self.nodes = {name: Node(name, self.folder / f"node-{name}") for name in NODES}
        databases = {name: (port, self.database.rest[name]) for name, port in self.database.ports.items()}
        self.balancer = self.proxy.start(
            {name: node.port for name, node in self.nodes.items()}, databases, render_sentence()
        )
        wait_until(self.database.is_reached_through(pooler_port), "the database through PgBouncer")
        create_site()

    def start_node(self, name: str) -> None:
        """Start a web node, and wait until HAProxy knows it."""
        self.nodes[name].start()
        self.nodes[name].wait()
        time.sleep(2)

    def serve(self, names: Sequence[str] = NODES) -> None:
        """Start these web nodes, the workers and the schedulers."""
        for name in names:
            self.start_node(name)
        commands = [("db_worker", "--no-reload")] * WORKERS + [("run_scheduler", "--every", "5")] * SCHEDULERS
        for number, command in enumerate(commands):
            env = dict(os.environ) | {"REMBUK_DATA": str(self.folder / f"command-{number}")}
            self.commands.append(Supervised(env, *command))

    def get_cpu_seconds(self) -> float:
        """Return the processor time of the running web nodes."""
        return sum(node.get_cpu_seconds() for node in self.nodes.values() if self.is_running(node))

    @staticmethod
    def is_running(node: Node) -> bool:
        return hasattr(node, "process") and node.is_running()

    def stop(self) -> None:
        for command in self.commands:
            command.stop()
        for node in self.nodes.values():
            if self.is_running(node):
                node.__exit__()
        stop_all()


def render_sentence() -> str:
    """Return the site's own page for an outage, which HAProxy shows while no node answers."""
    django.setup()
    from django.core.management import call_command
    from django.template.loader import render_to_string

    call_command("collectstatic", interactive=False, verbosity=0)
    return render_to_string("503.html")
