"""No page of a case is shown without an entry in the audit log, by GET or by POST."""

import re
from collections.abc import Iterator

from django.db import transaction
from django.test import Client
from django.urls import get_resolver

from consultations.audit.models import AuditEntry
from consultations.enums import State
from consultations.models import Case
from tests.factories import Staff, case_at, client_of
from tests.pages.test_access import SECRET, addresses
from tests.print.test_documents import store_short_files
from tests.shared_data import each

NOT_RECORDED = {
    "/survei/{secret}/": "It shows the subject to the applicant, who knows it.",
    "/survei/{secret}/terima-kasih/": "It shows the subject to the applicant, who knows it.",
    "/survei/diterima/{code}/": "It shows the subject, as the lists do.",
}
"""Addresses of a case that are shown without an entry, with the reason."""

SLUGS = ("reschedule", "report", "surat-tugas", "tanda-terima", "surat-permohonan", "laporan", "withdraw")
"""Values for the part of an address that names a step or a document."""


def list_addresses() -> Iterator[str]:
    """Yield the addresses with a code or a secret link, as patterns."""
    for address in sorted(set(addresses(get_resolver().url_patterns))):
        pattern = address.replace("AAAA-AAAA", "{code}").replace(SECRET, "{secret}")
        if "{" not in pattern or pattern.startswith("/kalender/"):
            continue
        yield from {pattern, *(re.sub(r"/1(?=[./])", f"/{slug}", pattern) for slug in SLUGS)}


@each("state", [State.SCHEDULED, State.HELD, State.CLOSED])
@each("name", ["petugas", ""])
def test_each_page_of_a_case_is_recorded(name: str, state: State, staff: Staff) -> None:
    case = case_at(state, staff)
    store_short_files(case.documents.all())
    assert not AuditEntry.objects.exists()
    client = client_of(staff.petugas) if name else Client()
    found = {
        pattern
        for pattern in list_addresses()
        for method in ("GET", "POST")
        if shows_unrecorded(client, method, pattern.format(code=case.code, secret=case.secret), case)
    }
    assert found <= NOT_RECORDED.keys()


def shows_unrecorded(client: Client, method: str, address: str, case: Case) -> bool:
    before = transaction.savepoint_create()
    answer = client.generic(method, address, content_type="application/x-www-form-urlencoded")
    content = answer.getvalue() if answer.streaming else answer.content
    shows = case.subject.encode() in content or answer.headers["Content-Type"].startswith("application/pdf")
    recorded = AuditEntry.objects.filter(case=case, act__in=("CASE", "FILE", "DOCUMENT", "LINK", "EXPORT"))
    is_recorded = recorded.exists()
    transaction.savepoint_rollback(before)
    return shows and not is_recorded
