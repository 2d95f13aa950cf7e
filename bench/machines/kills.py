"""Kills one process of the cluster after the other with -9 while people use the site."""

import hashlib
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db import connection

from bench.kills import count_lost
from bench.machines.people import Disturbance, find_disturbance, using
from bench.machines.processes import wait_until
from bench.machines.site import Cluster

BEFORE, AFTER = 5, 10
"""Seconds of use before a kill, and after the killed process runs again."""


@dataclass(frozen=True)
class Kill:
    """What is killed, for how many seconds it stays away, and how it comes back."""

    title: str
    strike: Callable[[Cluster], None]
    mend: Callable[[Cluster], None]
    seconds: int = 10


@dataclass(frozen=True)
class Outcome:
    """The result of one kill: what people noticed, what was acknowledged, and what of that was lost."""

    title: str
    away: int
    noticed: Disturbance
    submitted: int
    steps: int
    lost: int


def kill_node(cluster: Cluster) -> None:
    node = cluster.nodes["a"]
    os.killpg(node.process.pid, signal.SIGKILL)
    node.process.wait()


def kill_primary(cluster: Cluster) -> None:
    """Kill the primary with its Patroni, as if the machine lost power."""
    cluster.database.kill(cluster.database.find_primary())


def kill_replica(cluster: Cluster) -> None:
    cluster.database.kill(cluster.database.find_replica())


def start_database(cluster: Cluster) -> None:
    """Start what was killed, and wait until it is the replica and lacks nothing."""
    cluster.database.servers[cluster.database.killed].start()
    wait_until(lambda: bool(cluster.database.find_replica()), "the replica", 120)


KILLS = (
    Kill("S3 server", lambda c: c.files.program.kill(), lambda c: c.files.restart()),
    Kill("web node A", kill_node, lambda c: c.nodes["a"].start()),
    Kill("task worker", lambda c: c.commands[0].stop(), lambda c: c.commands[0].start()),
    Kill("Valkey", lambda c: c.valkey.kill(), lambda c: c.valkey.start()),
    Kill("read replica", kill_replica, start_database, 20),
    Kill("primary database", kill_primary, start_database, 40),
)


def run_kills(cluster: Cluster, sessions: Mapping[str, str]) -> list[Outcome]:
    """Kill one after the other, each under load."""
    outcomes = []
    for number, kill in enumerate(KILLS, start=1):
        with using(cluster, sessions, 100_000 * number) as found:
            time.sleep(BEFORE)
            kill.strike(cluster)
            time.sleep(kill.seconds)
            kill.mend(cluster)
            time.sleep(AFTER)
        connection.close()  # it may be one to a server that was killed
        lost = count_lost(found.submitted, found.steps)
        noticed = find_disturbance(found.answers)
        outcomes.append(
            Outcome(kill.title, kill.seconds, noticed, len(found.submitted), len(found.steps), lost)
        )
        print(outcomes[-1], file=sys.stderr, flush=True)
    return outcomes


def count_damaged_files() -> tuple[int, int]:
    """Return the number of stored files, and of those that are missing or have another hash."""
    from consultations.models import Attachment
    from reports.models import Document

    total = damaged = 0
    for model in (Attachment, Document):
        for row in model._default_manager.exclude(file=""):
            total += 1
            try:
                with row.file.open("rb") as file:
                    damaged += hashlib.sha256(file.read()).hexdigest() != row.sha256
            except FileNotFoundError:
                damaged += 1
    return total, damaged
