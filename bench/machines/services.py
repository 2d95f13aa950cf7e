"""Valkey, and an S3 server (moto) that knows its files again after it was killed."""

import os
import sys
from pathlib import Path
from urllib.request import Request, urlopen

import boto3

from bench.machines.processes import Program, find_program, wait_until
from bench.web_server import free_port

BUCKET = "rembuk"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench"}


def start_valkey(folder: Path) -> tuple[Program, int]:
    """Start Valkey, which stores nothing on disk; return its port."""
    port = free_port()
    options = ("--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")
    return Program(folder, find_program("valkey-server"), *options), port


class FileServer:
    """moto's S3 server. It holds files in memory and writes each request to a file, to be replayed."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
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
