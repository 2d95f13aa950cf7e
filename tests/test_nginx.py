"""nginx with contrib/nginx.conf in front of the web server. Skipped if nginx is not installed."""

import contextlib
import getpass
import re
import resource
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings

from bench.web_server import WebServer, environment, get_free_port

pytestmark = [
    pytest.mark.same_on_every_database,
    pytest.mark.release,
    pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed"),
]

SITE = "konsultasi.example.go.id"
MAIN = """
user {user};
daemon off;
worker_processes 1;
worker_rlimit_nofile 8192;
pid {folder}/nginx.pid;
error_log {folder}/main.log;
events {{ worker_connections 4096; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""
"""Settings of nginx itself, in place of /etc/nginx/nginx.conf."""


@dataclass(frozen=True)
class Proxy:
    port: int
    log: Path

    def connect(self, host: str = "127.0.0.1") -> ssl.SSLSocket:
        """Connect from an address of this machine."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=10, source_address=(host, 0))
        return context.wrap_socket(plain, server_hostname=SITE)

    def send_half(self, host: str) -> ssl.SSLSocket:
        """Send a form that stops in the middle of its body."""
        client = self.connect(host)
        form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100"
        client.sendall(f"POST /lacak/ HTTP/1.1\r\nHost: {SITE}\r\n{form}\r\n\r\ncode=".encode())
        return client

    def get(self, path: str, host: str = "127.0.0.1") -> int:
        """Return the status of a page."""
        with self.connect(host) as client:
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: {SITE}\r\nConnection: close\r\n\r\n".encode())
            return int(client.recv(100).split()[1])


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder, port = tmp_path_factory.mktemp("nginx"), get_free_port()
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subject = ("-subj", f"/CN={SITE}", "-keyout", str(key), "-out", str(certificate))
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    data = str(tmp_path_factory.mktemp("data"))
    more = {"DEBUG": "true", "HTTPS": "false", "ALLOWED_HOSTS": f"{SITE},127.0.0.1"}
    with WebServer(environment(REMBUK_DATA=data, **more)) as server:
        site = (settings.BASE_DIR / "contrib/nginx.conf").read_text(encoding="utf-8")
        places = {
            r"listen \[::\].+": "",
            r"listen 80;": f"listen 127.0.0.1:{get_free_port()};",
            r"listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
            r"127\.0\.0\.1:8000": f"127.0.0.1:{server.port}",
            r"/etc/rembuk/tls": str(folder),
            r"/var/log/nginx": str(folder),
        }
        for pattern, place in places.items():
            site, count = re.subn(pattern, place, site)
            assert count
        (folder / "site.conf").write_text(site, encoding="utf-8")
        (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=getpass.getuser()))
        start = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]
        with subprocess.Popen(start, stderr=subprocess.DEVNULL) as process:  # noqa: S603
            found = Proxy(port, folder / "rembuk.log")
            wait(found)
            yield found
            process.terminate()


def wait(proxy: Proxy) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            if proxy.get("/healthz") == 200:
                return
        time.sleep(0.05)
    raise TimeoutError("nginx does not respond")


@pytest.fixture
def many_files() -> None:
    """Let this process open 4096 files and sockets."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096 if hard == -1 else min(4096, hard), hard))


@pytest.mark.usefixtures("many_files")
def test_bodies_that_stop_halfway_stop_no_other_request(proxy: Proxy) -> None:
    """More than all processes of the web server accept: twice 500 (config/web_worker.py)."""
    with contextlib.ExitStack() as clients:
        for number in range(1500):
            clients.enter_context(proxy.send_half(f"127.0.0.{number // 50 + 2}"))
        began = time.monotonic()
        assert [proxy.get("/healthz") for _request in range(20)] == [200] * 20
        assert time.monotonic() - began < 5


def test_one_address_has_a_hundred_requests_in_progress(proxy: Proxy) -> None:
    host = "127.0.0.99"
    with contextlib.ExitStack() as clients:
        for _number in range(100):
            clients.enter_context(proxy.send_half(host))
        until = time.monotonic() + 10
        while proxy.get("/healthz", host) != 429:
            assert time.monotonic() < until
        assert proxy.get("/healthz") == 200
    until = time.monotonic() + 10
    while proxy.get("/healthz", host) != 200:
        assert time.monotonic() < until


def test_a_body_above_the_limit_gets_a_sentence_of_nginx(proxy: Proxy) -> None:
    with proxy.connect() as client:
        length = settings.MAX_BODY_LIMIT + 1
        client.sendall(f"POST /ajukan/ HTTP/1.1\r\nHost: {SITE}\r\nContent-Length: {length}\r\n\r\n".encode())
        answer = client.recv(4096).decode()
    assert answer.split()[1] == "413"
    assert "pilih berkas yang lebih kecil" in answer


def test_the_log_contains_no_secret_and_no_query(proxy: Proxy) -> None:
    secret = "kX7" * 10 + "Zq"
    encoded = "".join(f"%{ord(one):02x}" for one in secret)
    paths = [f"/p/{secret}/", f"/p/{encoded}/complete/", f"//P//{secret}/{secret}.py", f"/x%2Fp%2F{secret}"]
    paths += [f"/lacak/?kode={secret}", f"/survei/{secret[:9]}%0a{secret[9:]}/", "/lacak/?nama=Budi"]
    for path in paths:
        proxy.get(path)
    lines = proxy.log.read_text(encoding="utf-8").splitlines()[-len(paths) :]
    assert [line.split()[3] for line in lines] == [
        *("/p/...", "/p/...", "/P/...", "/x/p/...", "/lacak/", "/survei/...", "/lacak/")
    ]
    assert not any(piece in "".join(lines) for piece in (secret[:6], encoded[:12], "Budi"))
