"""The self-assessment by question, and public consultation forums, which the folder of evidence contains."""

import datetime as dt
import io
from typing import Any

import pikepdf
import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from consultations.intake.uploads import CheckedFile
from desk.evidence import Evidence, list_parts
from kit import clock
from kit.refusal import Refused
from office.models import User
from reports.assessment import record_forum, score_question
from reports.models import AssessmentQuestion, Forum
from tests.factories import ClientOf, Staff
from tests.submitting import image, pdf, upload
from tests.surveys.answering import last_quarter

PAGE = "/map-bukti/penilaian/"
FORUM: dict[str, Any] = {
    "topic": "Rancangan perubahan standar",
    "participants": "Kepala desa\nLSM Peduli",
    "outcome": "Waktu kunjungan ditambah sore hari.",
}


def test_each_question_gets_a_score_by_a_person_and_a_date(staff: Staff, client_of: ClientOf) -> None:
    client, question = client_of(staff.pkd), AssessmentQuestion.objects.get(number=17)
    assert client.get(PAGE).text.count("data-question=") == AssessmentQuestion.objects.count() == 22
    due = str(clock.today() + dt.timedelta(days=30))
    form = {"score": "3", "gap": "Toilet belum ramah kursi roda.", "responsible": "Sekretaris", "due": due}
    assert client.post(f"{PAGE}17/", form)["Location"] == PAGE
    question.refresh_from_db()
    assert (question.score, question.scored_by, question.scored_on) == (3, staff.pkd, clock.today())
    page = client_of(staff.kadis).get(PAGE).text
    assert "Toilet belum ramah kursi roda." in page
    assert "1 dari 22 pertanyaan sudah dinilai. Rata-rata 3" in page


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("gap", "Tulis apa yang masih kurang."),
        ("responsible", "Tulis jabatan"),
        ("due", "Tulis kapan selesai."),
    ],
)
def test_a_score_below_the_best_says_what_is_missing_who_and_when(
    staff: Staff, client_of: ClientOf, name: str, sentence: str
) -> None:
    form = {"score": "4", "gap": "Kurang kursi.", "responsible": "Sekretaris", "due": str(clock.today())}
    refused = client_of(staff.pkd).post(f"{PAGE}17/", {**form, name: ""})
    assert (refused.status_code, sentence in refused.text) == (422, True)
    assert client_of(staff.pkd).post(f"{PAGE}17/", {"score": "5"}).status_code == 302


def test_who_reads_and_who_scores(staff: Staff, client_of: ClientOf) -> None:
    readers, planners = {"sekretariat", "pkd", "sekretaris", "kadis"}, {"pkd", "sekretaris", "kadis"}
    for user in User.objects.all():
        client = client_of(user)
        for path in (PAGE, "/forum-konsultasi/"):
            assert client.get(path).status_code == (200 if user.username in readers else 403), user
        for path in (f"{PAGE}1/", "/forum-konsultasi/catat/"):
            assert client.get(path).status_code == (200 if user.username in planners else 403), user
    with pytest.raises(PermissionDenied):
        score_question(AssessmentQuestion.objects.get(number=1), by=staff.petugas, score=5)
    with pytest.raises(PermissionDenied):
        record_forum(by=staff.petugas, minutes=[], held_on=clock.today(), **FORUM)


def test_the_page_costs_the_same_queries(
    staff: Staff, client_of: ClientOf, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = client_of(staff.pkd)
    client.get(PAGE)
    for _time in range(2):
        with django_assert_num_queries(6):
            client.get(PAGE)
        AssessmentQuestion.objects.update(score=5, scored_by=staff.pkd, scored_on=clock.today())


def test_a_forum_is_recorded_with_its_minutes_and_never_changes(staff: Staff, client_of: ClientOf) -> None:
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


def test_the_folder_of_evidence_has_scores_and_minutes(staff: Staff, client_of: ClientOf) -> None:
    day = last_quarter().until
    client_of(staff.pkd).post(
        "/forum-konsultasi/catat/", {**FORUM, "held_on": str(day), "minutes": upload("a.pdf", pdf())}
    )
    score_question(
        AssessmentQuestion.objects.get(number=1), by=staff.pkd, score=5, gap="", responsible="", due=None
    )
    parts = {part.name: part for part in list_parts(Evidence(staff.pkd, last_quarter()))}
    forum = Forum.objects.get()
    assert f"forum-konsultasi-{day}-{forum.pk}.pdf" in parts
    content = io.BytesIO()
    parts["penilaian-mandiri.xlsx"].write(content, Evidence(staff.pkd, last_quarter()))
    sheet = load_workbook(content).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert (len(rows), rows[1][4], rows[1][8]) == (23, 5, str(staff.pkd))


def test_each_file_that_a_question_names_can_be_in_the_folder(staff: Staff) -> None:
    evidence = Evidence(staff.pkd, last_quarter())
    made = {part.name for part in list_parts(evidence)}
    named = {name for question in AssessmentQuestion.objects.all() for name in question.names}
    assert named - made <= {"forum-konsultasi"}


def test_a_best_score_needs_nothing_else(staff: Staff) -> None:
    question = AssessmentQuestion.objects.get(number=1)
    score_question(question, by=staff.kadis, score=5)
    with pytest.raises(Refused, match="masih kurang"):
        score_question(question, by=staff.kadis, score=0, gap="")
