"""Booted Debian machines without a network of their own, for bin/rehearse-release."""

import json
import os
import pty
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

HOME = [
    *("env", "-i", "HOME=/root", "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive"),
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
]
PACKAGES = "ca-certificates,systemd-sysv,dbus,libpam-systemd,iproute2"
"""Packages of Debian that a server has before the page begins."""

MAIL_CATCHER = """
import pathlib, socketserver, sys
class Session(socketserver.StreamRequestHandler):
    def handle(self):
        say = lambda line: self.wfile.write(line.encode() + b"\\r\\n")
        say("220 catcher")
        for line in self.rfile:
            word = line.strip().upper()
            if word == b"DATA":
                say("354 go on")
                mail = b"".join(iter(self.rfile.readline, b".\\r\\n"))
                with open(sys.argv[1], "ab") as log:
                    log.write(mail + b"=====\\n")
            say("221 bye" if word == b"QUIT" else "250 ok")
            if word == b"QUIT":
                return
socketserver.ThreadingTCPServer.allow_reuse_address = True
socketserver.ThreadingTCPServer(("127.0.0.1", 2525), Session).serve_forever()
"""
"""A mail server that writes every mail to a file."""

CAPTURED: dict[str, Any] = {
    "stdin": subprocess.DEVNULL,
    "stdout": subprocess.PIPE,
    "stderr": subprocess.STDOUT,
    "text": True,
}

DONE: list[str] = []
"""The names of the checks that succeeded."""


def check(name: str, is_well: object, found: object = "") -> None:
    """Note a check that succeeded. Otherwise print `found` and end the rehearsal."""
    print(f"[{'ok' if is_well else 'FAILED'}] {name}", flush=True)
    if not is_well:
        sys.exit(f"FAILED: {name}\n{found}")
    DONE.append(name)


def call(*command: str | Path, cwd: Path | None = None) -> str:
    """Run a command and return its output. End the rehearsal if it fails."""
    done = subprocess.run(command, **CAPTURED, cwd=cwd, check=False)  # noqa: S603
    if done.returncode:
        sys.exit(f"{done.stdout}\nfailed with {done.returncode}: {' '.join(map(str, command))}")
    return str(done.stdout)


def wait_for(what: str, ask: Callable[[], object], seconds: float = 120) -> None:
    """Ask until the answer is true, and note the check. End the rehearsal after `seconds`."""
    until, found = time.monotonic() + seconds, ask()
    while not found and time.monotonic() < until:
        time.sleep(0.5)
        found = ask()
    check(what, found, f"not within {seconds} s")


def create_base(file: Path) -> None:
    """Make the archive that every machine begins with: a bare Debian 13 with systemd."""
    if not file.exists():
        call("mmdebstrap", "--variant=minbase", f"--include={PACKAGES}", "--quiet", "trixie", file)


class Machine:
    """A Debian that systemd has booted in namespaces of its own. Its network has no other machine.

    `end` powers it off. Call it before the folder is deleted.
    """

    running: ClassVar[list["Machine"]] = []

    def __init__(self, folder: Path, base: Path) -> None:
        self.folder, self.name, self.work = folder, folder.name, "/root"
        self.programs: dict[str, subprocess.Popen[bytes]] = {}
        folder.mkdir()
        call("tar", "-C", folder, "-xf", base)
        (folder / "etc/hostname").write_text(f"{self.name}\n", encoding="utf-8")
        shutil.copy("/etc/resolv.conf", folder / "etc/resolv.conf")
        self.boot()

    def boot(self) -> None:
        command = [
            "systemd-nspawn",
            "--quiet",
            "--boot",
            f"--directory={self.folder}",
            f"--machine={self.name}",
        ]
        command += [
            "--register=no",
            "--keep-unit",
            "--private-network",
            "--timezone=off",
            "--resolv-conf=off",
        ]
        with Path(f"{self.folder}.console").open("ab") as console:
            self.process = subprocess.Popen(  # noqa: S603
                [*command, "--console=pipe"],
                env={**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"},
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
            )
        self.running.append(self)
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        wait_for(f"{self.name}: process 1 runs", lambda: children.read_text().split())
        self.leader = children.read_text().split()[0]
        wait_for(
            f"{self.name}: systemd has booted", lambda: self.ask("systemctl is-system-running") == "running"
        )

    def enter(self, command: str, *, outside: bool = False) -> list[str]:
        """Return the arguments that run a line of the shell here, `outside` with this computer's network."""
        spaces = ["-m", "-u", "-i", "-p", "-C"] if outside else ["-a"]
        line = f"cd {self.work}; set -e; {command}"
        return ["nsenter", "-t", self.leader, *spaces, "--", *HOME, "sh", "-c", line]

    def try_to(self, command: str) -> tuple[int, str]:
        """Run commands, and return the status and what they print."""
        done = subprocess.run(self.enter(command), **CAPTURED, check=False)  # noqa: S603
        return done.returncode, done.stdout.strip()

    def ask(self, command: str) -> str:
        """Return what a command prints, whether it succeeds or not."""
        return self.try_to(command)[1]

    def run(self, block: str, *, outside: bool = False) -> str:
        """Run a block of commands. End the rehearsal if one fails."""
        began = time.monotonic()
        print(f"--- {self.name}\n{block.rstrip()}", flush=True)
        output = call(*self.enter(block, outside=outside))
        print(f"{output[-1500:]}    ({time.monotonic() - began:.0f} s)", flush=True)
        return output

    def refuse(self, block: str) -> str:
        """Run commands that must fail, and return what they print."""
        status, output = self.try_to(block)
        check(f"{self.name}: refused: {block.splitlines()[0]}", status, output)
        print(output[-1500:], flush=True)
        return output

    def type(self, block: str, *answers: str) -> None:
        """Run a block at a terminal, and type an answer at each question, which ends with a colon."""
        print(f"--- {self.name}, at a terminal\n{block.rstrip()}", flush=True)
        left = iter(answers)

        def read(terminal: int) -> bytes:
            text = os.read(terminal, 4096)
            if text.rstrip().endswith(b":"):
                os.write(terminal, f"{next(left)}\n".encode())
            return text

        status = pty.spawn(self.enter(block), read)
        check(f"{self.name}: every question had its answer", not status and next(left, None) is None, status)

    def start(self, name: str, *command: str | Path) -> None:
        """Start a program of this computer in the network of the machine."""
        with Path(f"{self.folder}.{name}.log").open("ab") as log:
            self.programs[name] = subprocess.Popen(  # noqa: S603
                ["nsenter", "-t", self.leader, "-n", "--", *map(str, command)],  # noqa: S607
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def stop(self, name: str) -> None:
        """Stop such a program."""
        process = self.programs.pop(name)
        process.terminate()
        process.wait()

    def catch_mail(self) -> None:
        """Start a mail server at port 2525."""
        self.start("mail", sys.executable, "-c", MAIL_CATCHER, f"{self.folder}.mail")

    def read_mail(self) -> list[str]:
        """Return the mails that arrived."""
        file = Path(f"{self.folder}.mail")
        return file.read_text(encoding="utf-8").split("=====\n")[:-1] if file.exists() else []

    def fetch(self, address: str, *options: str) -> tuple[int, str]:
        """Return the status and the text that an address of this machine answers. 0: no answer."""
        words = " ".join(f"'{option}'" for option in options)
        command = (
            f"curl -sk --resolve '*:443:127.0.0.1' --max-time 30 -w '\\n%{{http_code}}' {words} '{address}'"
        )
        text, _line, status = self.ask(command).rpartition("\n")
        return int(status), text

    def conditions(self, port: int = 8000) -> dict[str, str]:
        """Return the state of each condition, or nothing while the office does not answer."""
        text = self.fetch(f"http://127.0.0.1:{port}/healthz/ready")[1]
        return json.loads(text)["conditions"] if text else {}

    def alerts(self) -> dict[str, str]:
        """Return the alerts of Prometheus with their state: pending until the time of the rule is over."""
        text = self.fetch("http://127.0.0.1:9090/api/v1/alerts")[1]
        found = json.loads(text)["data"]["alerts"] if text else []
        return {alert["labels"]["alertname"]: alert["state"] for alert in found}

    def end(self) -> None:
        """Power the machine off."""
        self.running.remove(self)
        for name in [*self.programs]:
            self.stop(name)
        self.process.terminate()
        try:
            self.process.wait(90)
        except subprocess.TimeoutExpired:
            self.process.kill()
