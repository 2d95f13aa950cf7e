"""Step 9 through its services: reported, reviewed, accepted, corrected; recommendations are followed up."""

import pytest
from django.db import DatabaseError

from consultations import services as consultations_services
from consultations.enums import Kind, Party, State
from consultations.models import Case
from consultations.workflow import Refused
from dispositions import services as dispositions_services
from office import clock
from office.models import Role
from reports import services as report_services
from reports.follow_ups import record_follow_up
from reports.items import Item
from reports.models import Document, FollowUp, ReportNumber
from scheduling import services as scheduling_services
from tests.factories import SECTIONS, Staff, appoint, case_at, make_user, walk_in_at


def stored(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def test_a_returned_report_becomes_a_new_version(staff: Staff) -> None:
    case = case_at(State.REPORTED, staff)
    better = Item(Item.Kind.ADVICE, "Saran yang lengkap.")
    report_services.revise(case, by=staff.kabid, reason="Lengkapi sarannya.", remarks={"results": "Tambah."})
    report_services.report(case, by=staff.petugas, **{**SECTIONS, "items": [better]})
    report_services.forward(case, by=staff.kabid)
    report_services.return_report(case, by=staff.kadis, reason="Perjelas.", remarks={"closing": " "})
    returned = case.reports.get(version=2)
    assert (returned.forwarded_by, returned.forwarded_at) == (None, None)
    report_services.forward(case, by=staff.kabid)
    report_services.accept(case, by=staff.kadis)

    first, second = case.reports.order_by("version")
    assert (first.product[0], first.number) == ((Item.Kind.ADVICE, [SECTIONS["items"][0]]), None)
    assert (second.product, second.forwarded_by) == ([(Item.Kind.ADVICE, [better])], staff.kabid)
    remark = first.remarks.get()
    assert (remark.section, remark.text, remark.by, remark.title) == (
        "results",
        "Tambah.",
        staff.kabid,
        "Kepala Bidang Rehabilitasi Sosial",
    )
    assert not second.remarks.exists()
    assert [e.verb for e in case.history.order_by("-pk")[:7]][::-1] == [
        "report",
        "revise",
        "report",
        "forward",
        "return",
        "forward",
        "accept",
    ]


def test_accepting_gives_number_time_and_title(staff: Staff) -> None:
    case = stored(case_at(State.CLOSED, staff))

    report = case.reports.get()
    assert report.number == case.report_number == f"400.9/1/DINCONTOH/{clock.today().year}"
    assert (report.accepted_by, report.accepted_title) == (staff.kadis, "Kepala Dinas")
    assert case.closed_at == report.accepted_at


def test_accepting_ratifies_a_walk_in(staff: Staff) -> None:
    case = stored(walk_in_at(State.CLOSED, staff))

    disposition = case.dispositions.get()
    assert (disposition.ratified_by, disposition.ratified_title) == (staff.kadis, "Kepala Dinas")
    assert not case.awaits_ratification


def test_ratifying_earlier_leaves_the_case_where_it_is(staff: Staff) -> None:
    case = walk_in_at(State.HELD, staff)
    since = case.since

    dispositions_services.ratify(case, by=staff.kadis, note="Disetujui.")

    assert (stored(case).state, stored(case).since) == (State.HELD, since)
    assert case.dispositions.get().ratified_by == staff.kadis
    with pytest.raises(Refused, match="tidak menunggu pengesahan"):
        dispositions_services.ratify(case, by=staff.kadis)


def test_a_complaint_is_not_disposed_to_the_head_it_is_about(staff: Staff) -> None:
    case = case_at(State.SUBMITTED, staff, kind=Kind.COMPLAINT)
    consultations_services.register(case, by=staff.pkd, classification="400.9", complained_about=staff.kabid)
    with pytest.raises(Refused, match="pejabat yang diadukan"):
        dispositions_services.dispose(case, by=staff.kadis, division=staff.division)
    with pytest.raises(Refused, match="Kepala Bidang Rehabilitasi Sosial adalah pejabat yang diadukan"):
        dispositions_services.dispose(
            case, by=staff.kadis, division=staff.other_division, copies=[staff.division]
        )
    dispositions_services.dispose(case, by=staff.kadis, division=staff.other_division)
    assert case.state == State.DISPOSED


def test_a_deputy_head_can_receive_the_complaint_about_the_head(staff: Staff) -> None:
    appoint(make_user("plh"), Role.DIVISION_HEAD, staff.division, acting="Plh.")
    case = case_at(State.SUBMITTED, staff, kind=Kind.COMPLAINT)
    consultations_services.register(case, by=staff.pkd, classification="400.9", complained_about=staff.kabid)
    dispositions_services.dispose(
        case, by=staff.kadis, division=staff.other_division, copies=[staff.division]
    )
    assert case.copied_to.get() == staff.division
    assert case not in Case.objects.visible_to(staff.kabid)


def test_a_report_too_long_for_a_document_is_refused_on_submission(staff: Staff) -> None:
    case = case_at(State.HELD, staff)
    with pytest.raises(Refused, match="kata yang terlalu panjang"):
        report_services.report(case, by=staff.petugas, **{**SECTIONS, "results": "a" * 20_000})
    assert stored(case).state == State.HELD
    assert not case.reports.exists()


RECOMMENDED = [
    Item(Item.Kind.RECOMMENDATION, "Perbarui data.", "Pemerintah Desa Contoh", clock.today()),
    Item(Item.Kind.SOLUTION, "Musyawarah desa."),
    Item(Item.Kind.RECOMMENDATION, "Laporkan hasilnya."),
]


def closed_with(items: list[Item], staff: Staff) -> Case:
    case = case_at(State.HELD, staff)
    report_services.report(case, by=staff.petugas, **{**SECTIONS, "items": items})
    report_services.forward(case, by=staff.kabid)
    report_services.accept(case, by=staff.kadis)
    return case


def test_a_report_without_any_item_is_refused_by_the_database(staff: Staff) -> None:
    case = case_at(State.HELD, staff)
    with pytest.raises(DatabaseError):
        report_services.report(case, by=staff.petugas, **{**SECTIONS, "items": []})


def test_recommendations_of_an_accepted_report_are_followed_up(staff: Staff) -> None:
    case = closed_with(RECOMMENDED, staff)

    first, second = case.follow_ups.order_by("position")
    assert (first.text, first.responsible, first.due) == (
        "Perbarui data.",
        "Pemerintah Desa Contoh",
        clock.today(),
    )
    assert (second.text, second.responsible, second.due) == ("Laporkan hasilnya.", "", None)
    assert {row.report for row in (first, second)} == {case.reports.get()}


def test_a_correction_keeps_the_number_and_replaces_what_was_issued(staff: Staff) -> None:
    case = closed_with(RECOMMENDED, staff)
    number, closed_at = case.report_number, stored(case).closed_at
    first = Document.objects.get(case=case, kind=Document.Kind.REPORT)

    report_services.correct(case, by=staff.kadis, reason="Nama desa keliru.")

    assert (case.state, case.report_number, case.closed_at) == (State.HELD, "", None)
    assert Document.objects.in_force().get(case=case, kind=Document.Kind.REPORT) == first
    better = Item(Item.Kind.RECOMMENDATION, "Perbarui data setiap triwulan.")
    report_services.report(case, by=staff.petugas, **{**SECTIONS, "items": [better]})
    report_services.forward(case, by=staff.kabid)
    report_services.accept(case, by=staff.kadis)

    assert stored(case).report_number == number
    assert stored(case).first_closed_at == closed_at != stored(case).closed_at
    wrong, right = case.reports.order_by("version")
    assert (wrong.number, right.number) == (number, number)
    assert wrong.corrected_at
    assert right.corrected_at is None
    second = Document.objects.in_force().get(case=case, kind=Document.Kind.REPORT)
    assert (second.number, second.version, second.replaces) == (number, 2, first)
    assert ReportNumber.objects.get(case=case).number == number


def test_a_correction_keeps_the_outcome_of_an_unchanged_recommendation(staff: Staff) -> None:
    case = closed_with(RECOMMENDED, staff)
    done, dropped = case.follow_ups.order_by("position")
    record_follow_up(done, by=staff.petugas, outcome="Sudah diperbarui.")
    report_services.correct(case, by=staff.kadis, reason="Nama desa keliru.")
    assert dropped in FollowUp.objects.filter(case=case, done_at=None)

    added = Item(Item.Kind.RECOMMENDATION, "Ajukan pendampingan.")
    report_services.report(case, by=staff.petugas, **{**SECTIONS, "items": [added, RECOMMENDED[0]]})
    report_services.forward(case, by=staff.kabid)
    report_services.accept(case, by=staff.kadis)

    corrected = case.reports.get(corrected_at=None)
    new, kept = case.follow_ups.order_by("position")
    assert (new.text, new.done_at, new.report) == ("Ajukan pendampingan.", None, corrected)
    assert (kept.pk, kept.outcome, kept.report) == (done.pk, "Sudah diperbarui.", corrected)


def test_the_next_report_takes_the_next_number(staff: Staff) -> None:
    case = closed_with(RECOMMENDED, staff)
    report_services.correct(case, by=staff.kadis, reason="Nama desa keliru.")

    assert case_at(State.CLOSED, staff).report_number == f"400.9/2/DINCONTOH/{clock.today().year}"


def test_a_document_names_the_title_of_its_issuer(staff: Staff) -> None:
    case = case_at(State.CLOSED, staff)

    issued = {document.kind: document for document in case.documents.all()}
    assert {kind: document.issuer for kind, document in issued.items()} == {
        "APPLICATION": str(Party.APPLICANT.label),
        "RECEIPT": "Layanan daring Dinas Contoh",
        "DISPOSITION": "Kepala Dinas",
        "ASSIGNMENT": "Kepala Bidang Rehabilitasi Sosial",
        "SCHEDULE": "Petugas Rehabilitasi Sosial",
        "REPORT": "Kepala Dinas",
    }
    year = clock.today().year
    assert {issued[kind].number for kind in ("ASSIGNMENT", "SCHEDULE")} == {
        f"400.9/1/ST/DINCONTOH/{year}",
        f"400.9/2/PJ/DINCONTOH/{year}",
    }


def test_a_refused_step_issues_no_document_and_uses_no_number(staff: Staff) -> None:
    case = case_at(State.DISPOSED, staff)
    with pytest.raises(Refused):
        dispositions_services.assign(case, by=staff.kabid, officer=staff.elsewhere)
    assert not case.documents.filter(kind="ASSIGNMENT").exists()

    dispositions_services.assign(case, by=staff.kabid, officer=staff.petugas)

    assert "/1/" in case.documents.get(kind="ASSIGNMENT").number


def test_a_revoked_document_names_the_reason(staff: Staff) -> None:
    case = case_at(State.SCHEDULED, staff)
    scheduling_services.no_show(case, by=staff.petugas)

    notice = case.documents.get(kind="SCHEDULE")
    assert (notice.revoked_at is not None, notice.revoke_reason) == (True, "Pemohon tidak hadir")
    assert notice not in case.documents.for_applicant()
