"""The closed room of the upload sandbox: a hostile program in each room, as root and as another user."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from consultations.intake.uploads import run_in_sandbox
from kit import closed_room, confinement
from tests.submitting import pdf

HOSTILE = '''
import json, os, resource, socket, sys, time

def hostile(about):
    """Try each act; return the names of those that were not refused."""
    def ask(family, kind, address):
        with socket.socket(family, kind) as other:
            other.settimeout(2)
            other.connect(address)
            other.send(b"secret")
            other.send(b"secret")  # fails if nobody received the first one

    def end(path):
        with open(path, "ab") as file:
            file.write(b"overwritten")

    acts = {
        "environment": lambda: os.environ["SECRET_KEY"],
        "environment of another process": lambda: open(f"/proc/{about['pid']}/environ", "rb").read(),
        "read the database": lambda: open(about["database"], "rb").read(),
        "read another file": lambda: open(about["file"], "rb").read(),
        "ask for the size of a file": lambda: os.stat(about["file"]),
        "list a folder": lambda: os.listdir(about["folder"]),
        "write to the database": lambda: end(about["database"]),
        "create a file": lambda: end(about["folder"] + "/new"),
        "empty a file": lambda: os.truncate(about["file"], 0),
        "change a mode": lambda: os.chmod(about["file"], 0o666),
        "rename a file": lambda: os.rename(about["file"], about["file"] + ".old"),
        "TCP": lambda: ask(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", about["port"])),
        "UDP": lambda: ask(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", about["port"])),
        "a socket of the machine": lambda: ask(socket.AF_UNIX, socket.SOCK_STREAM, about["socket"]),
        "fork": lambda: os.fork() or os._exit(0),
        "a program": lambda: os.posix_spawn("/usr/bin/true", ["true"], {}),
        "a signal": lambda: os.kill(about["pid"], 0),
        "the limits of another process": lambda: resource.prlimit(about["pid"], resource.RLIMIT_CPU, (9, 9)),
        "two gigabytes": lambda: bytearray(2 << 30),
    }
    if os.geteuid():  # root may raise a limit, unless libseccomp takes the call away
        acts["more memory"] = lambda: resource.setrlimit(resource.RLIMIT_AS, (1 << 40, 1 << 40))
    done = []
    for name, act in acts.items():
        try:
            act()
        except (OSError, KeyError, ValueError, MemoryError):
            continue
        done.append(name)
    print(json.dumps(done))


def calculate(about):
    since = time.monotonic()
    while time.monotonic() - since < 60:
        pass
    print("60 seconds")


def flood(about):
    while True:
        sys.stdout.buffer.write(bytes(1 << 20))


globals()[sys.argv[1]](json.loads(sys.stdin.buffer.read()[8:]))
'''
ROOT = Path(confinement.__file__).parent.parent

READING = [
    "environment of another process",
    "read the database",
    "read another file",
    "ask for the size of a file",
    "list a folder",
]
WRITING = ["write to the database", "create a file", "empty a file"]
PROCESSES = ["fork", "a program"]
OTHERS = ["a signal", "the limits of another process"]
NETWORK = ["TCP", "UDP", "a socket of the machine"]

NOT_REFUSED: dict[tuple[str, bool], list[str]] = {
    ("bubblewrap", True): [],
    ("Landlock", True): ["ask for the size of a file"],
    ("", True): READING,
    ("bubblewrap", False): PROCESSES,
    ("Landlock", False): ["ask for the size of a file", "change a mode", *NETWORK, *PROCESSES, *OTHERS],
    ("", False): [*READING, *WRITING, "change a mode", "rename a file", *NETWORK, *PROCESSES, *OTHERS],
}
"""What a hostile program can do: by the room, and whether libseccomp is installed. The limits always hold."""


@pytest.fixture(params=["as it is", "another user"])
def place(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """A folder with a database and files of one user, a process of this user, and sockets that listen."""
    if request.param == "another user" and os.geteuid():
        pytest.skip("only root becomes another user")
    user = 65534 if request.param == "another user" else os.geteuid()
    folder = Path(tempfile.mkdtemp())
    inside = folder / "data"
    inside.mkdir()
    for name in ("database", "file"):
        (inside / name).write_bytes(b"SQLite format 3")
        os.chown(inside / name, user, -1)
    for path in (folder, inside):
        os.chown(path, user, -1)
    monkeypatch.setenv("SECRET_KEY", "very secret")
    process = subprocess.Popen(["/usr/bin/sleep", "300"], user=user)
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams,
        socket.socket(socket.AF_UNIX) as local,
    ):
        datagrams.bind(server.getsockname())
        local.bind(str(inside / "socket"))
        local.listen()
        (inside / "socket").chmod(0o666)
        about = {name: str(inside / name) for name in ("database", "file", "socket")}
        yield {
            **about,
            "folder": str(inside),
            "port": server.getsockname()[1],
            "pid": process.pid,
            "user": user,
        }
    process.kill()
    process.wait()
    shutil.rmtree(folder)


def run(
    place: dict[str, Any], room: str, task: str, monkeypatch: pytest.MonkeyPatch, *, has_seccomp: bool = True
) -> tuple[int, bytes]:
    """Run a task of a hostile program in a room, as the user of the place."""
    source = Path(confinement.__file__).read_text(encoding="utf-8")
    assert source.count("libseccomp.so.2") == 1
    folder = Path(place["folder"]).parent
    (folder / "confinement.py").write_text(
        source if has_seccomp else source.replace("libseccomp.so.2", "missing.so")
    )
    (folder / "hostile.py").write_text(HOSTILE)
    monkeypatch.setattr(closed_room, "CONFINEMENT", str(folder / "confinement.py"))
    monkeypatch.setattr(closed_room, "PROGRAM", str(folder / "hostile.py"))
    start = closed_room.list_rooms()[room]
    if place["user"] != os.geteuid():
        start = ["setpriv", f"--reuid={place['user']}", "--clear-groups", *start]
    program, about = str(folder / "hostile.py"), json.dumps(place).encode()
    code, output, _errors = closed_room.run(program, task, contents=[about], start=start)
    return code, output


@pytest.mark.same_on_every_database
@pytest.mark.parametrize("has_seccomp", [True, False])
@pytest.mark.parametrize("room", ["bubblewrap", "Landlock", ""])
def test_a_hostile_program_is_refused(
    place: dict[str, Any], room: str, has_seccomp: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, output = run(place, room, "hostile", monkeypatch, has_seccomp=has_seccomp)
    assert code == 0
    assert json.loads(output) == NOT_REFUSED[room, has_seccomp]
    if "write to the database" not in NOT_REFUSED[room, has_seccomp]:
        assert Path(place["file"]).read_bytes() == Path(place["database"]).read_bytes() == b"SQLite format 3"


@pytest.mark.release
@pytest.mark.same_on_every_database
@pytest.mark.parametrize("room", ["bubblewrap", "Landlock", ""])
@pytest.mark.parametrize("task", ["calculate", "flood"])
def test_a_program_that_does_not_end_is_ended(
    place: dict[str, Any], room: str, task: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, output = run(place, room, task, monkeypatch)
    assert code
    assert len(output) <= confinement.MAX_RESULT
    assert b"60 seconds" not in output


CHOOSE = """
import sys
from django.conf import settings
settings.configure(DATA_DIR=sys.argv[1])
from kit.closed_room import get_room
print([get_room().name, *get_room().gaps])
"""
NO_NAMESPACES = 'echo 0 >/proc/sys/user/max_user_namespaces && exec setpriv --bounding-set=-all "$@"'


@pytest.mark.same_on_every_database
@pytest.mark.parametrize(
    ("blocked", "found"), [((), ["Landlock"]), (("landlock_create_ruleset",), ["", "read"])]
)
def test_the_next_room_is_taken_where_one_is_not_permitted(
    blocked: tuple[str, ...], found: list[str], tmp_path: Path
) -> None:
    """Without namespaces bubblewrap fails, as in most containers. Some kernels have no Landlock either."""
    if blocked and not shutil.which("enosys"):
        pytest.skip("enosys is part of util-linux-extra")
    start = ["unshare", "--user", "--map-root-user", "sh", "-c", NO_NAMESPACES, "sh"]
    if blocked:
        start += ["enosys", *(part for name in blocked for part in ("-s", name)), "--"]
    command = [*start, sys.executable, "-c", CHOOSE, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.strip() == str(found)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.same_on_every_database
def test_this_machine_has_a_closed_room() -> None:
    room = closed_room.get_room()
    assert (room.name != "", room.gaps) == (True, [])


@pytest.mark.same_on_every_database
def test_an_upload_is_opened_in_the_room_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A room that ends each program at once shows that none is opened outside of it."""
    monkeypatch.setattr(closed_room, "get_room", lambda: closed_room.Room("shut", ["/usr/bin/false"], []))
    with pytest.raises(ValidationError):
        run_in_sandbox("check", [pdf()])
