"""Checks of the whole cluster: one request through two nodes, and the throughput of one node and of two."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.files.uploadedfile import SimpleUploadedFile

from bench.load import Cost, measure, open_page
from bench.machines.people import make_letter
from bench.machines.processes import wait_until
from bench.machines.site import Cluster
from bench.site_users import TOKEN, Browser, submit
from office.encryption import hash_token

ACTIONS = {"home": ("/", ""), "public form": ("/ajukan/", ""), "cases: kadis": ("/permohonan/", "kadis")}
"""Pages whose throughput is measured, with the account of the reader."""


@dataclass(frozen=True)
class Passage:
    """Seconds from a confirmation through node A to the documents through node B, and their bytes."""

    seconds: float
    letter: int
    receipt: int


def pass_through(cluster: Cluster) -> Passage:
    """Submit a request with a letter through node A, and download both as PDF through node B."""
    from consultations.models import Case

    first, second = Browser(cluster.nodes["a"]), Browser(cluster.nodes["b"])
    letter = make_letter()
    secret = submit(first, 1, letter=SimpleUploadedFile("surat.pdf", letter, "application/pdf"))
    if secret is None:
        raise RuntimeError(f"not confirmed: status {first.noted[-1].status}")
    page = f"/p/{secret}"
    pk = Case.objects.get(secret_hash=hash_token(secret)).attachments.get().pk
    found: dict[str, bytes] = {}

    def is_complete() -> bool:
        for name, path in (("letter", f"{page}/berkas/{pk}/?unduh"), ("receipt", f"{page}/tanda-terima.pdf")):
            found[name] = second.ask(path).content
        return all(content.startswith(b"%PDF") for content in found.values())

    seconds = wait_until(is_complete, "the documents through node B")
    return Passage(seconds, len(found["letter"]), len(found["receipt"]))


def measure_throughput(cluster: Cluster, sessions: Mapping[str, str]) -> dict[str, Cost]:
    """Measure the pages through HAProxy with the nodes that run."""
    return {
        title: measure(
            cluster, open_page(path), cookies=f"csrftoken={TOKEN}; sessionid={sessions.get(user, '')}"
        )
        for title, (path, user) in ACTIONS.items()
    }
