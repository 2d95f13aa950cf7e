"""Public consultation forums, whose minutes the folder of evidence contains."""

import datetime as dt
import io
from typing import Any

import pikepdf
import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from consultations.intake.uploads import CheckedFile
from desk.evidence import Evidence, list_parts
from kit import clock
from office.models import User
from reports.forums import record_forum
from reports.models import Forum
from tests.factories import Staff, client_of
from tests.submitting import image, pdf, upload
from tests.surveys.answering import last_quarter

FORUM: dict[str, Any] = {
    "topic": "Rancangan perubahan standar",
    "participants": "Kepala desa\nLSM Peduli",
    "outcome": "Waktu kunjungan ditambah sore hari.",
}


def test_who_reads_and_who_records(staff: Staff) -> None:
    readers, planners = {"sekretariat", "pkd", "sekretaris", "kadis"}, {"pkd", "sekretaris", "kadis"}
    for user in User.objects.all():
        client = client_of(user)
        for path, people in (("/forum-konsultasi/", readers), ("/forum-konsultasi/catat/", planners)):
            assert client.get(path).status_code == (200 if user.username in people else 403), user
    with pytest.raises(PermissionDenied):
        record_forum(by=staff.petugas, minutes=[], held_on=clock.today(), **FORUM)


def test_a_forum_is_recorded_with_its_minutes_and_never_changes(staff: Staff) -> None:
    client = client_of(staff.pkd)
    path, form = "/forum-konsultasi/catat/", {**FORUM, "held_on": str(clock.today())}
    later = str(clock.today() + dt.timedelta(days=1))
    for wrong in ({"held_on": later}, {"minutes": ""}, {"outcome": ""}):
        sent = {**form, "minutes": upload("acara.pdf", pdf()), **wrong}
        answer = client.post(path, sent)
        assert answer.status_code in (409, 422)
        assert FORUM["topic"] in answer.text
    assert client.post(path, {**form, "minutes": upload("acara.jpg", image("JPEG"))}).status_code == 302
    forum = Forum.objects.get()
    sent_file = client_of(staff.sekretariat).get(f"/forum-konsultasi/{forum.pk}.pdf")
    assert (sent_file["Content-Type"], sent_file.getvalue()[:5]) == ("application/pdf", b"%PDF-")
    for change in (lambda: Forum.objects.update(outcome="Lain"), lambda: Forum.objects.all().delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_minutes_lose_their_scripts(staff: Staff) -> None:
    hostile = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as scan:
        scan.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        scan.save(hostile)
    minutes = [CheckedFile(hostile.getvalue(), "application/pdf", "acara.pdf")]
    forum = record_forum(by=staff.pkd, minutes=minutes, held_on=clock.today(), **FORUM)
    with forum.minutes.open("rb") as file, pikepdf.open(io.BytesIO(file.read())) as stored:
        assert "/OpenAction" not in stored.Root


def test_the_folder_of_evidence_has_the_minutes(staff: Staff) -> None:
    day = last_quarter().until
    client_of(staff.pkd).post(
        "/forum-konsultasi/catat/", {**FORUM, "held_on": str(day), "minutes": upload("a.pdf", pdf())}
    )
    parts = {part.name for part in list_parts(Evidence(staff.pkd, last_quarter()))}
    forum = Forum.objects.get()
    assert f"forum-konsultasi-{day}-{forum.pk}.pdf" in parts
