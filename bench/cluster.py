"""Start a cluster on this machine, kill its processes one after the other, and say what people noticed."""

import hashlib
import io
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import django
import pikepdf

from bench import cluster_services as services, load
from bench.cluster_services import Program, find_program
from bench.kills import MEANWHILE, list_consequences
from bench.load import Answer, Browser, Cost
from bench.report import conditions, create_parser, publish, table
from bench.web_server import GUNICORN, Supervised, WebServer, create_site, environment, wait_until

NODES, WORKERS, SCHEDULERS = ("a", "b"), 2, 2
CORES = {"a": "0", "b": "1"}
ACTIONS = {"home": ("/", ""), "public form": ("/ajukan/", ""), "cases: kadis": ("/permohonan/", "kadis")}
"""Pages whose throughput is measured, with the account of the reader."""

BEFORE, AFTER = 5, 10
"""Seconds of use before a kill, and after the killed process runs again."""

SENTENCE = b"Layanan sedang terganggu"

HEADING = f"""# Cluster

{{conditions}}

On one machine: two web nodes (one process of four threads, pinned to a core each) with own data folders
behind HAProxy, {WORKERS} workers, {SCHEDULERS} schedulers, PgBouncer (transaction pooling), PostgreSQL
primary and synchronous standby under Patroni with etcd, Valkey, an S3 server (moto). The settings of these
programs are the files of `contrib/cluster`.

Throughput: {load.BROWSERS} browsers for {load.SECONDS:.0f} s, medians of {load.RUNS}. All other processes,
the browsers too, share the same cores, so the second node has less than a core. "CPU ms" is that of the nodes
for one request.

Kills: {MEANWHILE} Requests have a letter. A failed
answer is none at all, or a status of 500 and above. "Confirmed" counts requests and steps.

"""


class Cluster:
    """All processes, from `start` to `stop`. Its `port` is that of HAProxy."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.values = folder, services.list_values(folder, Path(find_program("pg_ctl")).parent)
        self.port = int(self.values["SITE"].split(":")[1])
        self.nodes: dict[str, WebServer] = {}
        self.commands: list[Supervised] = []

    def start(self) -> None:
        """Start what stores data, and create an office with its staff."""
        services.write_files(self.folder, self.values)
        settings = services.read_env(self.folder / "rembuk/rembuk.env")
        self.database = services.DatabaseServers(self.folder, self.values)
        self.files = services.FileServer(self.folder / "s3", self.values)
        self.valkey = Program(self.folder / "valkey", find_program("valkey-server"), "valkey.conf")
        pooler = find_program("pgbouncer")
        Program(self.folder / "pgbouncer", pooler, "-q", "pgbouncer.ini", account="nobody")
        os.environ |= environment(
            **settings,
            REMBUK_DATA=str(self.folder / "bench"),
            EMAIL_URL=f"filemail:///{self.folder}/surat",
        )
        for name in NODES:
            env = {**os.environ, "REMBUK_DATA": str(self.folder / f"node-{name}"), "WEB_CONCURRENCY": "1"}
            port = int(self.values[f"NODE_{name.upper()}"].split(":")[1])
            self.nodes[name] = WebServer(env, ("taskset", "-c", CORES[name], *GUNICORN), port=port)
        services.start_proxy(self.folder / "haproxy", render_sentence())
        url = settings["DATABASE_URL"]
        wait_until(lambda: services.can_connect(url), "the database through PgBouncer")
        create_site(os.environ)

    def measure(self, name: str) -> dict[str, Cost]:
        """Start a web node and measure the throughput through HAProxy with the nodes that run."""
        self.nodes[name].start()
        self.nodes[name].wait()
        time.sleep(2)  # until HAProxy knows it
        sessions = load.log_in(load.STAFF)
        return {
            title: load.measure(self, load.open_page(path), session=sessions.get(user, ""))
            for title, (path, user) in ACTIONS.items()
        }

    def start_commands(self) -> None:
        """Start the workers and the schedulers."""
        commands = [("db_worker", "--no-reload")] * WORKERS + [("run_scheduler", "--every", "5")] * SCHEDULERS
        for number, command in enumerate(commands):
            env = {**os.environ, "REMBUK_DATA": str(self.folder / f"command-{number}")}
            self.commands.append(Supervised(env, *command))

    def list_running(self) -> list[WebServer]:
        return [node for node in self.nodes.values() if hasattr(node, "process") and node.is_running()]

    def get_cpu_seconds(self) -> float:
        """Return the processor time of the running web nodes."""
        return sum(node.get_cpu_seconds() for node in self.list_running())

    def start_database(self) -> None:
        """Start what was killed, and wait until it is the standby and lacks nothing."""
        self.database.servers[self.database.killed].start()
        wait_until(lambda: bool(self.database.find("sync")), "the standby", 120)

    def stop(self) -> None:
        for command in self.commands:
            command.kill()
        for running in (*self.list_running(), *reversed(Program.started)):
            running.stop()


type Deed = Callable[[Cluster], object]

KILLS: dict[str, tuple[Deed, Deed, int]] = {
    "S3 server": (lambda c: c.files.program.kill(), lambda c: c.files.restart(), 10),
    "web node A": (lambda c: c.nodes["a"].kill(), lambda c: c.nodes["a"].start(), 10),
    "task worker": (lambda c: c.commands[0].kill(), lambda c: c.commands[0].start(), 10),
    "Valkey": (lambda c: c.valkey.kill(), lambda c: c.valkey.start(), 10),
    "standby database": (lambda c: c.database.kill("sync"), Cluster.start_database, 20),
    # With its Patroni, as if the machine lost power.
    "primary database": (lambda c: c.database.kill("primary"), Cluster.start_database, 40),
}
"""Services that are killed: how to kill each, how to start it again, and the seconds that it stays away."""


def render_sentence() -> str:
    """Return the site's own page for an outage, which HAProxy shows while no node answers."""
    django.setup()
    from django.core.management import call_command
    from django.template.loader import render_to_string

    call_command("collectstatic", interactive=False, verbosity=0)
    return render_to_string("503.html")


def create_letter() -> bytes:
    """Return a PDF of one empty page."""
    stream = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(stream)
    return stream.getvalue()


def pass_through(cluster: Cluster) -> float:
    """Submit a request with a letter through node A. Return the seconds until node B offers both as PDF."""
    from consultations.models import Case
    from kit.encryption import hash_token

    first, second = Browser(cluster.nodes["a"]), Browser(cluster.nodes["b"])
    secret = load.submit(first, 1, create_letter())
    if not secret:
        raise RuntimeError(f"not confirmed: status {first.noted[-1].status}")
    pk = Case.objects.get(secret_hash=hash_token(secret)).attachments.get().pk
    paths = (f"/p/{secret}/berkas/{pk}/?unduh", f"/p/{secret}/tanda-terima.pdf")
    return wait_until(
        lambda: all(second.ask(path).content.startswith(b"%PDF") for path in paths),
        "the documents through node B",
    )


def run_kills(cluster: Cluster) -> Iterator[list[object]]:
    """Kill one after the other, each under load, and yield what people noticed."""
    from django.db import connection

    letter, sessions = create_letter(), load.log_in(load.STAFF)
    for number, (title, (strike, mend, seconds)) in enumerate(KILLS.items(), start=1):
        with load.used(cluster, sessions, 100_000 * number, letter) as found:
            time.sleep(BEFORE)
            strike(cluster)
            time.sleep(seconds)
            mend(cluster)
            time.sleep(AFTER)
        connection.close()  # it may be one to a server that was killed
        confirmed = len(found.submitted) + len(found.steps)
        row = [title, seconds, *find_disturbance(found.answers), confirmed, found.count_lost()]
        print(row, file=sys.stderr, flush=True)
        yield row


def find_disturbance(answers: Sequence[Answer]) -> list[object]:
    """Return the number of answers, that of failed ones, and the seconds from the first failure to the last.

    The fourth figure counts failures without a sentence. The last one is the longest wait in seconds.
    """
    failed = [answer for answer in answers if answer.status == 0 or answer.status >= 500]
    ends = [answer.asked_at + answer.seconds for answer in failed] or [0]
    speechless = [answer for answer in failed if answer.status and SENTENCE not in answer.content]
    longest = max((answer.seconds for answer in answers), default=0)
    return [len(answers), len(failed), f"{max(ends) - min(ends):.1f}", len(speechless), f"{longest:.1f}"]


def count_files() -> tuple[int, int]:
    """Return the number of stored files, and of those that are missing or have another hash."""
    from consultations.models import Attachment
    from documents.models import Document

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


def run(cluster: Cluster) -> str:
    """Measure the started cluster, and return its tables."""
    one = cluster.measure("a")
    cluster.start_commands()
    two = cluster.measure("b")
    print(one, two, file=sys.stderr, flush=True)
    throughput = [
        [title, a.rate, a.cpu, b.rate, b.cpu, f"{b.rate / a.rate:.2f}"]
        for (title, a), b in zip(one.items(), two.values(), strict=True)
    ]
    passage = pass_through(cluster)
    outcomes = [*run_kills(cluster)]
    consequences = list_consequences(cluster.folder / "surat")
    files, damaged = count_files()
    memory = [p.get_memory() for p in (cluster.nodes["b"], cluster.commands[1], cluster.commands[-1])]
    figures: dict[str, object] = {
        "seconds from a confirmation by node A to letter and receipt (PDF) by node B": f"{passage:.1f}",
        "uploaded files and documents": f"{files:,}",
        "of these missing or changed": damaged,
        **consequences,
        "memory of a web node, a worker, a scheduler (PSS), MiB": " / ".join(f"{mb:.0f}" for mb in memory),
        "cases on each database server": " / ".join(map(str, cluster.database.count_rows().values())),
    }
    heads = ["page", "one node, per second", "CPU ms", "two nodes, per second", "CPU ms", "times"]
    text = table(heads, throughput) + "\n"
    heads = ["killed with -9", "away, s", "answers", "failed", "from the first to the last, s"]
    heads += ["without a sentence", "longest wait, s", "confirmed", "lost"]
    return text + table(heads, outcomes) + "\n" + table(["", ""], figures.items())


def main() -> None:
    parser = create_parser("cluster", __doc__)
    parser.add_argument("--keep", action="store_true", help="keep the folder with all data and logs")
    arguments = parser.parse_args()
    if missing := services.list_missing():
        sys.exit(f"bench/cluster: install {' '.join(missing)} (Debian: apt-get install)")
    text = HEADING.format(conditions=conditions("cluster"))
    # In /tmp, not TMPDIR: the accounts of PostgreSQL and PgBouncer need access.
    folder = Path(tempfile.mkdtemp(prefix="rembuk-cluster.", dir="/tmp"))
    folder.chmod(0o755)
    cluster = Cluster(folder)
    try:
        cluster.start()
        text += run(cluster)
    finally:
        cluster.stop()
        if arguments.keep:
            print(folder, file=sys.stderr)
        else:
            shutil.rmtree(folder)
    publish(text, write=arguments.write)


if __name__ == "__main__":
    main()
