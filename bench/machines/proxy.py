"""HAProxy: one address for the web nodes, and addresses for whichever server is primary or replica."""

from collections.abc import Mapping
from pathlib import Path

from bench.machines.processes import Program, find_program
from bench.web_server import free_port

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
        self.port, self.primary, self.replica = free_port(), free_port(), free_port()

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
