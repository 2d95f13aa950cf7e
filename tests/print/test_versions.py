"""Versions: a new version names the one before; a document that is no longer valid is revoked."""

from django.db import transaction

from consultations import services as consultations_services
from consultations.intake import services as intake_services
from consultations.models import Case, NumberBook
from consultations.scheduling import services as scheduling_services
from consultations.workflow import VERBS
from dispositions import services as dispositions_services
from documents.issuing import get_document
from documents.models import Document
from documents.numbering import number_letter
from documents.types import TYPES_BY_SLUG
from tests.factories import Staff, applicant
from tests.print import scenes
from tests.print.documents import of
from tests.shared_data import each
from tests.standard.steps import CALLS, right_actor

K = Document.Kind


def papers(case: Case, kind: Document.Kind) -> list[Document]:
    """Return all versions with the version each one replaces."""
    return list(Document.objects.filter(case=case, kind=kind).select_related("replaces").order_by("version"))


def in_force(case: Case) -> set[str]:
    return set(Document.objects.in_force().filter(case=case).values_list("kind", flat=True))


def test_each_step_issues_its_documents(people: Staff) -> None:
    case = scenes.submitted()
    assert in_force(case) == {K.APPLICATION, K.RECEIPT}
    scenes.schedule(case := scenes.reviewed(people, code="2222-2222", secret="lain"), people)
    expected = {K.APPLICATION, K.RECEIPT, K.DISPOSITION, K.ASSIGNMENT, K.STAFF_REVIEW, K.SCHEDULE}
    expected |= {K.OPINION_REQUEST, K.OPINION_REMINDER}
    assert in_force(case) == expected
    scenes.report(case, people)
    assert in_force(case) == expected
    scenes.accept(case, people)
    assert in_force(case) == {*expected, K.REPORT, K.RESULT}
    unsigned = Document.objects.filter(signed_at=None)
    assert not unsigned.exclude(sha256="").exists(), "the bytes follow after commit"


def test_issuer_and_title_of_each_document(people: Staff) -> None:
    case = scenes.closed(people)
    issuers = {(d.kind, str(d.issued_by), d.issuer) for d in Document.objects.filter(case=case)}
    assert issuers == {
        (K.APPLICATION, "None", "Pemohon"),
        (K.RECEIPT, "None", "Layanan daring Dinas Contoh"),
        (K.DISPOSITION, people.kadis.name, "Plt. Kepala Dinas Contoh"),
        (K.ASSIGNMENT, people.kabid.name, "a.n. Kepala Dinas Contoh\nKepala Bidang Rehabilitasi Sosial"),
        (K.SCHEDULE, people.kabid.name, "a.n. Kepala Dinas Contoh\nKepala Bidang Rehabilitasi Sosial"),
        (K.REPORT, people.kadis.name, "Plt. Kepala Dinas Contoh"),
        (K.RESULT, people.kabid.name, "a.n. Kepala Dinas Contoh\nKepala Bidang Rehabilitasi Sosial"),
    }


def test_a_completed_request_has_a_new_letter(people: Staff) -> None:
    case = scenes.submitted()
    with scenes.at(9, 9):
        consultations_services.send_back(case, by=people.pkd, missing="Jelaskan jumlah keluarga.")
    with scenes.at(9, 10):
        intake_services.complete(case, by=applicant(case), material="Ada 14 keluarga.")
    first, second = papers(case, K.APPLICATION)
    assert second.replaces == first
    assert (first.version, second.version) == (1, 2)
    assert len(papers(case, K.RECEIPT)) == 1


def test_a_moved_time_replaces_the_letter_and_an_absence_takes_it_back(people: Staff) -> None:
    scenes.reschedule(case := scenes.scheduled(people), people, starts_at=scenes.moment(17, 9))
    first, second = papers(case, K.SCHEDULE)
    assert second.replaces == first
    assert second.number != first.number
    assert first.revoked_at is None, "it is replaced, not taken back"
    with scenes.at(17, 10):
        scheduling_services.no_show(case, by=people.petugas)
    _first, second = papers(case, K.SCHEDULE)
    assert (second.revoke_reason, second.revoked_at) == ("Pemohon tidak hadir", scenes.moment(17, 10))
    assert second not in case.documents.for_applicant()
    with scenes.at(17, 11):
        scheduling_services.schedule(case, by=people.petugas, starts_at=scenes.moment(18, 9))
    assert [paper.replaces for paper in papers(case, K.SCHEDULE)] == [None, first, second]


def test_a_disposition_that_was_handed_back_is_taken_back(people: Staff) -> None:
    case = scenes.disposed(people)
    with scenes.at(9, 15):
        dispositions_services.hand_back(case, by=people.kabid, reason="Bukan tugas bidang kami.")
    (first,) = papers(case, K.DISPOSITION)
    assert first.revoke_reason == "Disposisi dikembalikan"
    assert get_document(TYPES_BY_SLUG["lembar-disposisi"], case) == first
    with scenes.at(9, 15, 30):
        dispositions_services.dispose(case, by=people.kadis, division=people.other_division)
    first, second = papers(case, K.DISPOSITION)
    assert second.replaces == first
    assert second.revoked_at is None


def test_the_assignment_follows_the_session(people: Staff) -> None:
    """None before a session is set; a moved session, or none any more, replaces it or takes it back."""
    case = scenes.prepared(people)
    with scenes.at(11, 8, 30):
        dispositions_services.reassign(case, by=people.kabid, officer=people.other_petugas, reason="Cuti.")
        dispositions_services.reassign(case, by=people.kabid, officer=people.petugas, reason="Kembali.")
    assert papers(case, K.ASSIGNMENT) == []
    scenes.schedule(case, people)
    scenes.reschedule(case, people, starts_at=scenes.moment(17, 9))
    first, second = papers(case, K.ASSIGNMENT)
    assert (second.replaces, second.number != first.number) == (first, True)
    for paper, day, place in (
        (first, "Senin, 16 November 2026, pukul 09.00–09.30 WIB", "Ruang Konsultasi, lantai 1, Dinas Contoh"),
        (second, "Selasa, 17 November 2026, pukul 09.00–09.30 WIB", "Aula, lantai 2, Dinas Contoh"),
    ):
        assert f"Waktu {day} Tempat {place}" in of(paper)
    assert [len(case.assignments.filter(session=one)) for one in case.sessions.order_by("pk")] == [1, 1]
    with scenes.at(17, 10):
        scheduling_services.no_show(case, by=people.petugas)
    assert K.ASSIGNMENT not in in_force(case)
    with scenes.at(17, 11):
        scheduling_services.schedule(case, by=people.petugas, starts_at=scenes.moment(18, 9))
    assert [paper.replaces for paper in papers(case, K.ASSIGNMENT)] == [None, first, second]
    with scenes.at(17, 12):
        scheduling_services.answer(case, by=people.petugas, answer="Usulkan lewat desa.")
    assert K.ASSIGNMENT not in in_force(case)


def test_who_writes_the_report_after_the_session_has_no_letter_for_it(people: Staff) -> None:
    case = scenes.scheduled(people)
    with scenes.at(16, 9):
        scheduling_services.start(case, by=people.petugas)
    with scenes.at(16, 9, 30):
        scheduling_services.finish(case, by=people.petugas, attendees="Contoh Pratama")
        dispositions_services.reassign(case, by=people.kabid, officer=people.other_petugas, reason="Cuti.")
    (only,) = papers(case, K.ASSIGNMENT)
    assert "Contoh Melati" in of(only)


@each("verb", ["withdraw", "withdraw_for"])
def test_a_withdrawn_request_has_no_assignment_and_no_time(verb: str, people: Staff) -> None:
    case = scenes.scheduled(people)
    with scenes.at(12, 8):
        CALLS[verb](case, people, right_actor(VERBS[verb].actor, case, people))
    assert in_force(case) == {K.APPLICATION, K.RECEIPT, K.DISPOSITION}


def test_letters_are_numbered_in_one_series_without_gaps(people: Staff) -> None:
    scenes.schedule(case := scenes.reviewed(people), people)
    letters = Document.objects.filter(case=case).exclude(number="").order_by("numbered_at")
    assert [(d.number, d.kind) for d in letters] == [
        ("400.9/1/PP/DINCONTOH/2026", K.OPINION_REQUEST),
        ("400.9/2/PP/DINCONTOH/2026", K.OPINION_REQUEST),
        ("400.9/3/PP/DINCONTOH/2026", K.OPINION_REMINDER),
        ("000.1.2.3/4/ST/DINCONTOH/2026", K.ASSIGNMENT),
        ("400.9/5/PJ/DINCONTOH/2026", K.SCHEDULE),
    ]


def test_a_step_that_fails_gives_its_number_back(people: Staff) -> None:
    case = scenes.prepared(people)
    for _try in range(3):
        with transaction.atomic():
            scenes.schedule(Case.objects.get(pk=case.pk), people)
            transaction.set_rollback(True)
    assert not Document.objects.filter(kind=K.ASSIGNMENT).exists()
    assert not NumberBook.objects.filter(series="LETTER", taken__gt=0).exists()
    with scenes.at(10, 8), transaction.atomic():
        letter = Document(kind=K.ASSIGNMENT, case=case, classification="000.1.2.3")
        number_letter(letter)
        assert letter.number == "000.1.2.3/1/ST/DINCONTOH/2026"
