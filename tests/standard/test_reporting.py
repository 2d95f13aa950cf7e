"""Step 9 through its services: reported, reviewed, accepted, corrected; recommendations are followed up."""

import datetime as dt
from functools import partial

import pytest

from consultations import services as consultations_services
from consultations.enums import Kind, State
from consultations.models import Case
from dispositions import relayed_orders, services as dispositions_services
from documents.models import Document, ReportNumber
from kit import clock
from kit.refusal import Refused
from office.models import Office, Role
from reports import services as report_services
from reports.follow_ups import record_follow_up
from reports.models import FollowUp
from reports.models.report import Item
from tests.factories import SECTIONS, ClientOf, Staff, afresh, appoint, case_at, make_user, walk_in_at
from tests.world import undone


def accept_report(case: Case, staff: Staff, *items: Item) -> None:
    report_services.report(case, by=staff.petugas, **{**SECTIONS, "items": items})
    report_services.forward(case, by=staff.kabid)
    report_services.accept(case, by=staff.kadis)


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
    assert (remark.section, remark.text, remark.by) == ("results", "Tambah.", staff.kabid)
    assert remark.title == "Kepala Bidang Rehabilitasi Sosial"
    assert not second.remarks.exists()
    verbs = [event.verb for event in case.history.order_by("pk")]
    assert verbs[-7:] == ["report", "revise", "report", "forward", "return", "forward", "accept"]


def test_accepting_gives_number_time_and_title(staff: Staff) -> None:
    case = afresh(case_at(State.CLOSED, staff))
    report = case.reports.get()
    assert report.number == case.report_number == f"400.9/1/LHK/DINCONTOH/{clock.today().year}"
    assert (report.accepted_by, report.accepted_title) == (staff.kadis, "Kepala Dinas")
    assert case.closed_at == report.accepted_at


def test_ratifying_earlier_leaves_the_case_where_it_is(staff: Staff) -> None:
    case = walk_in_at(State.HELD, staff)
    since = case.since
    relayed_orders.ratify(case, by=staff.kadis, note="Disetujui.")
    assert (afresh(case).state, afresh(case).since) == (State.HELD, since)
    assert case.dispositions.get().ratified_by == staff.kadis
    with pytest.raises(Refused, match="tidak menunggu pengesahan"):
        relayed_orders.ratify(case, by=staff.kadis)


def test_a_complaint_is_not_disposed_to_the_head_it_is_about(staff: Staff) -> None:
    case = case_at(State.SUBMITTED, staff, kind=Kind.COMPLAINT)
    consultations_services.register(case, by=staff.pkd, classification="400.9", complained_about=staff.kabid)
    dispose = partial(dispositions_services.dispose, case, by=staff.kadis)
    other, copies = staff.other_division, [staff.division]
    with pytest.raises(Refused, match="pejabat yang diadukan"):
        dispose(division=staff.division)
    with pytest.raises(Refused, match="Kepala Bidang Rehabilitasi Sosial adalah pejabat yang diadukan"):
        dispose(division=other, copies=copies)
    with undone():
        dispose(division=other)
        assert case.state == State.DISPOSED
    case.refresh_from_db()
    appoint(make_user("plh"), Role.DIVISION_HEAD, staff.division, acting="Plh.")
    dispose(division=other, copies=copies)
    assert case.copied_to.get() == staff.division
    assert case not in Case.objects.visible_to(staff.kabid)


def test_a_report_too_long_for_a_document_is_refused_on_submission(staff: Staff) -> None:
    case = case_at(State.HELD, staff)
    with pytest.raises(Refused, match="kata yang terlalu panjang"):
        report_services.report(case, by=staff.petugas, **{**SECTIONS, "results": "a" * 20_000})
    assert afresh(case).state == State.HELD
    assert not case.reports.exists()


RECOMMENDED = [
    Item(Item.Kind.RECOMMENDATION, "Perbarui data.", "Pemerintah Desa Contoh", clock.today()),
    Item(Item.Kind.SOLUTION, "Musyawarah desa."),
    Item(Item.Kind.RECOMMENDATION, "Laporkan hasilnya."),
]


@pytest.fixture
def case(staff: Staff) -> Case:
    """Return a closed case with two recommendations in its report."""
    case = case_at(State.HELD, staff)
    accept_report(case, staff, *RECOMMENDED)
    return case


def test_recommendations_of_an_accepted_report_are_followed_up(case: Case) -> None:
    first, second = case.follow_ups.order_by("position")
    due = ("Perbarui data.", "Pemerintah Desa Contoh", clock.today())
    assert (first.text, first.responsible, first.due) == due
    assert (second.text, second.responsible, second.due) == ("Laporkan hasilnya.", "", None)
    assert {row.report for row in (first, second)} == {case.reports.get()}


@pytest.mark.differs_by_database
def test_a_correction_keeps_the_number_and_replaces_what_was_issued(case: Case, staff: Staff) -> None:
    number, closed_at = case.report_number, afresh(case).closed_at
    first = Document.objects.get(case=case, kind=Document.Kind.REPORT)
    report_services.correct(case, by=staff.kadis, reason="Nama desa keliru.")
    assert (case.state, case.report_number, case.closed_at) == (State.HELD, number, closed_at)
    assert case.reports.get(corrected_at=None).number == number
    assert Document.objects.in_force().get(case=case, kind=Document.Kind.REPORT) == first
    better = Item(Item.Kind.RECOMMENDATION, "Perbarui data setiap triwulan.")
    with clock.set_to(clock.now() + dt.timedelta(minutes=1)):
        accept_report(case, staff, better)

    assert afresh(case).report_number == number
    assert afresh(case).first_closed_at == closed_at != afresh(case).closed_at
    wrong, right = case.reports.order_by("version")
    assert (wrong.number, right.number) == (number, number)
    assert wrong.corrected_at
    assert right.corrected_at is None
    second = Document.objects.in_force().get(case=case, kind=Document.Kind.REPORT)
    assert (second.number, second.version, second.replaces) == (number, 2, first)
    assert first.replaced_by == second
    assert ReportNumber.objects.get(case=case).number == number
    assert case_at(State.CLOSED, staff).report_number == f"400.9/2/LHK/DINCONTOH/{clock.today().year}"


def test_a_correction_keeps_the_outcome_of_an_unchanged_recommendation(case: Case, staff: Staff) -> None:
    done, dropped = case.follow_ups.order_by("position")
    record_follow_up(done, by=staff.petugas, outcome="Sudah diperbarui.")
    report_services.correct(case, by=staff.kadis, reason="Nama desa keliru.")
    assert dropped in FollowUp.objects.filter(case=case, done_at=None)
    added = Item(Item.Kind.RECOMMENDATION, "Ajukan pendampingan.")
    accept_report(case, staff, added, RECOMMENDED[0])
    corrected = case.reports.get(corrected_at=None)
    new, kept = case.follow_ups.order_by("position")
    assert (new.text, new.done_at, new.report) == ("Ajukan pendampingan.", None, corrected)
    assert (kept.pk, kept.outcome, kept.report) == (done.pk, "Sudah diperbarui.", corrected)


def test_officer_and_division_head_record_follow_ups_also_during_a_correction(
    case: Case, staff: Staff
) -> None:
    report_services.correct(case, by=staff.kadis, reason="Nama desa keliru.")
    people = ((staff.petugas, "Petugas"), (staff.kabid, "Kepala Bidang"))
    for row, (by, title) in zip(case.follow_ups.order_by("position"), people, strict=True):
        record_follow_up(row, by=by, outcome="Data sudah diperbarui.")
        stored = afresh(row)
        assert (stored.outcome, stored.done_by) == ("Data sudah diperbarui.", by)
        assert stored.done_title.startswith(title)
        assert row.done_at == stored.done_at is not None


def test_the_registry_enters_the_number_of_a_report_before_it_is_accepted(
    staff: Staff, client_of: ClientOf
) -> None:
    Office.objects.update(counts_reports=False)
    case, other = case_at(State.FORWARDED, staff), case_at(State.FORWARDED, staff)
    with pytest.raises(Refused, match="Sekretariat mengisi nomornya"):
        report_services.accept(case, by=staff.kadis)
    client, address = client_of(staff.sekretariat), f"/surat-keluar/laporan/{case.code}/"
    assert client_of(staff.kadis).get(address).status_code == 403
    assert f'href="{address}"' in client.get("/surat-keluar/").text
    assert client.post(address, {"number": "SRK/81/2026"}).status_code == 302
    assert client.get(address).status_code == 404, "it has its number"
    again = client.post(f"/surat-keluar/laporan/{other.code}/", {"number": "srk/81/2026"})
    assert "Nomor ini sudah dipakai naskah lain." in again.text
    report_services.accept(case, by=staff.kadis)
    document = Document.objects.get(case=case, kind="REPORT")
    assert (document.number, document.numbered_by) == ("SRK/81/2026", staff.sekretariat)
    assert afresh(case).report_number == "SRK/81/2026"
