"""The pages of the registers, and outgoing letters whose numbers the staff enters."""

import datetime as dt
import re
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consultations import services as consultations_services
from consultations.enums import Kind, State
from consultations.models import Case
from consultations.scheduling import services as scheduling_services
from documents import signing_desk
from documents.files import read_document, store_file_once
from documents.models import Document, Handover, Register
from documents.numbering import enter_number, list_unnumbered, reserve_report_number
from documents.registers import printing
from kit import clock
from kit.refusal import Refused
from office.models import Office, Role, User
from tests.factories import Staff, appoint, case_at, client_of, free_moment, sign_papers
from tests.print.documents import of
from tests.print.reading import text_of
from tests.sessions import log_in
from tests.shared_data import each
from tests.submitting import assert_says

BOOK, RECAP = "/naskah/buku-agenda/", "/naskah/rekap-laporan/"
DAY = dt.timedelta(days=1)


def days(since: object = None, until: object = None, **more: object) -> dict[str, Any]:
    """Return the form data of a period (default: today)."""
    return {"since": since or clock.today(), "until": until or clock.today(), **more}


def print_it(kind: str, by: User, **more: Any) -> Document:
    """Print a register, with a file that took no time to render."""
    document = printing.print_register(kind, by=by, **{**days(), **more})
    return store_file_once(document, b"%PDF-1.7")


def open_to(client: Client, document: Document) -> bool:
    return client.get(f"/naskah/{document.pk}.pdf").status_code == 200


def newest_on(client: Client) -> str:
    """Return the number on the form by which the server notices that it was sent twice."""
    (found,) = re.findall(r'name="newest" value="(\d+)"', client.get(BOOK).text)
    return found


def test_the_first_look_offers_this_month_and_the_usual_periods(staff: Staff) -> None:
    client = client_of(staff.pkd)
    with clock.set_to(dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)):
        page = client.get(BOOK).text
    assert re.findall(r'href="\?since=([\d-]+)&amp;until=([\d-]+)">([\w ]+)<', page) == [
        ("2026-11-01", "2026-11-24", "Bulan ini"),
        ("2026-10-01", "2026-10-31", "Bulan lalu"),
        ("2026-10-01", "2026-11-24", "Triwulan ini"),
        ("2026-01-01", "2026-11-24", "Tahun ini"),
    ]
    assert 'name="since" value="01-11-2026"' in page
    assert 'name="until" value="24-11-2026"' in page
    assert "Belum ada yang diterbitkan" in page
    for today, quarter in (("2026-01-31", "2026-01-01"), ("2026-12-01", "2026-10-01")):
        with clock.set_to(dt.datetime.fromisoformat(f"{today}T09:00+07:00")):
            appoint(staff.pkd, Role.TIM_PKD, starts=dt.date(2020, 1, 1))
            assert f'since={quarter}&amp;until={today}">Triwulan ini' in client.get(BOOK).text


@each(
    ("list_page", "link", "who"),
    [
        ("/agenda/", BOOK, {"sekretariat", "pkd", "sekretaris", "kadis"}),
        ("/laporan/", RECAP, {"sekretariat", "pkd", "sekretaris", "kadis", "kabid", "other_kabid"}),
    ],
)
def test_the_lists_link_there_for_users_who_may_print(
    list_page: str, link: str, who: set[str], staff: Staff
) -> None:
    pages = {name: client_of(user).get(list_page).text for name, user in vars(staff).items()}
    assert {name for name, page in pages.items() if f'href="{link}"' in page} == who


def test_a_draft_is_a_pdf_and_nothing_is_stored(staff: Staff) -> None:
    case_at(State.CLOSED, staff)
    for page, user in ((BOOK, staff.pkd), (RECAP, staff.kabid)):
        response = client_of(user).get(page, days(draf=1))
        assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
        assert response["Cache-Control"] == "private, no-store"
        assert response.content.startswith(b"%PDF")
    assert not Register.objects.exists()
    assert not Document.objects.filter(case=None).exists()


REGISTERS = ["buku-ekspedisi", "register-konsultasi", "register-pengaduan"]


@pytest.mark.differs_by_database
@each("slug", REGISTERS[:1] if connection.vendor == "postgresql" else REGISTERS)
def test_the_page_shows_the_rows_of_the_period(
    slug: str, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("documents.views.documents.PAGE_SIZE", 2)
    for number in range(3):  # at different times: copies share the order of issue
        with clock.set_to(clock.now() - dt.timedelta(seconds=3 - number)):
            case = case_at(State.CLOSED, staff, kind=Kind.COMPLAINT)
        Case.objects.filter(pk=case.pk).update(subject=f"Perihal {number}")
    client, address = client_of(staff.pkd), f"/naskah/{slug}/"
    page = client.get(address).text
    assert page.count("data-row") == 2
    assert page.index("Perihal 0") < page.index("Perihal 1")
    (more,) = re.findall(r'href="(\?[^"]*start=2)"', page)
    assert client.get(address + more).text.count("Perihal 2") == 1
    day = clock.today() - DAY
    assert "data-row" not in client.get(address, days(since=day, until=day)).text
    assert client_of(staff.kabid).get(address).status_code == (403 if "buku" in slug else 200)


def test_the_receiver_of_a_document_is_recorded(staff: Staff) -> None:
    case, client = case_at(State.DISPOSED, staff), client_of(staff.sekretariat)
    address = f"/naskah/{case.documents.get(kind='DISPOSITION').pk}/penerima/"
    for page in ("/naskah/buku-ekspedisi/", f"/permohonan/{case.code}/"):
        assert f'href="{address}"' in client.get(page).text
    for receiver, received_at, status in (
        ("", "x", 422),
        ("Ani", "2098-01-01T09:00", 422),
        ("Ani", "2020-01-01T09:00", 422),
        ("Ani Uji, staf", f"{timezone.localtime(clock.now()):%Y-%m-%dT%H:%M}", 302),
    ):
        data = {"receiver": receiver, "received_at": received_at}
        assert client.post(address, data).status_code == status
    assert "Ani Uji, staf" in client.get("/naskah/buku-ekspedisi/").text
    handover = Handover.objects.get()
    assert (handover.by, handover.title) == (staff.sekretariat, "Sekretariat")


@pytest.mark.differs_by_database
def test_issuing_again_replaces_the_version_before(staff: Staff) -> None:
    client, today = client_of(staff.pkd), clock.today()
    location = client.post(BOOK, days())["Location"]
    assert location == f"{BOOK}?since={today}&until={today}"
    first = Document.objects.get(case=None)
    page = client.get(location).text
    assert "Buku Agenda versi 1 sudah diterbitkan." in page
    assert page.count(f'href="/naskah/{first.pk}.pdf"') == 2
    assert "Berlaku" in page
    client.post(BOOK, days())
    second = Document.objects.get(case=None, version=2)
    assert second.replaces == first
    page = client.get(BOOK).text
    assert re.findall(r'data-document="([\w-]+)"', page) == [str(second.pk), str(first.pk)]
    assert page.index("Berlaku") < page.index("Digantikan versi 2")
    client.post(BOOK, days(since=today - DAY))
    assert Document.objects.filter(case=None, version=1).count() == 2
    for document in (first, second):
        answer = client.get(f"/naskah/{document.pk}.pdf")
        assert answer["Content-Disposition"] == f'inline; filename="buku-agenda-{today}.pdf"'
        assert answer.content.startswith(b"%PDF")


def test_sent_twice_it_is_issued_once(staff: Staff) -> None:
    client = client_of(staff.pkd)
    for _ in range(2):
        newest = newest_on(client)
        assert client.post(BOOK, days(newest=newest)).status_code == 302
        assert_says(client.post(BOOK, days(newest=newest)), 409, "Waktu ini baru saja diterbitkan.")
    yesterday = clock.today() - DAY
    assert client.post(BOOK, days(since=yesterday, until=yesterday, newest=0)).status_code == 302
    assert sorted(Document.objects.filter(case=None).values_list("version", flat=True)) == [1, 1, 2]


def test_the_token_is_on_the_button_that_issues(staff: Staff) -> None:
    client = Client(enforce_csrf_checks=True)
    log_in(client, staff.pkd)
    page = client.get(BOOK).text
    (token,) = re.findall(r'formmethod="post" name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert page.count("csrfmiddlewaretoken") == 4  # the others: two exports, and the form that logs out
    assert client.post(BOOK, days()).status_code == 403
    assert client.post(BOOK, days(csrfmiddlewaretoken=token)).status_code == 302


WRONG = {
    422: (("", ""), ("2026-02-30", "2026-03-01"), ("kemarin", "\x00"), ("0001-01-01", "9999-12-31")),
    409: (("2020-01-01", "2098-12-31"), ("2025-02-02", "2025-02-01")),
}


@each(("status", "since", "until"), [(code, *days) for code, rows in WRONG.items() for days in rows])
def test_wrong_periods_are_shown_again(status: int, since: str, until: str, staff: Staff) -> None:
    client, sent = client_of(staff.kadis), {"since": since, "until": until}
    for response in (
        client.get(BOOK, {**sent, "draf": "1"}),
        client.post(BOOK, sent),
        client.post(RECAP, sent),
    ):
        shown = "-".join(reversed(since.split("-")))
        assert response.status_code == status
        assert not since or {f'value="{since}"', f'value="{shown}"'} & {
            *re.findall('value="[^"]*"', response.text)
        }
    assert client.get(BOOK, sent).status_code == 200
    assert not Register.objects.exists()


@each("query", [*("newest=abc", f"newest={'9' * 40}", "division=1&before=x", "since=1", "draf=1")])
def test_a_forged_address_gets_a_page(query: str, staff: Staff) -> None:
    client, form = client_of(staff.kadis), "application/x-www-form-urlencoded"
    for page in (BOOK, RECAP):
        assert client.get(f"{page}?{query}").status_code in (200, 422)
        assert client.post(page, query, content_type=form).status_code == 422


def test_many_rows_are_refused(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "MAX_ROWS", 1)
    case_at(State.CLOSED, staff)
    client = client_of(staff.kadis)
    assert client.post(BOOK, days()).status_code == 302
    case_at(State.CLOSED, staff)
    assert [client.post(page, days()).status_code for page in (BOOK, RECAP)] == [409, 409]
    assert client.get(BOOK, days(draf=1)).status_code == 409
    assert Register.objects.count() == 1


def test_users_who_could_print_a_register_may_open_it(staff: Staff) -> None:
    assert client_of(staff.kabid).post(BOOK, days()).status_code == 403
    assert client_of(staff.petugas).post(RECAP, days()).status_code == 403
    assert client_of(staff.expired).get(BOOK, days(draf=1)).status_code == 403
    assert client_of(staff.kadis).get("/naskah/laporan/").status_code == 404
    assert not Register.objects.exists()
    papers = {
        "book": print_it("AGENDA_BOOK", staff.pkd),
        "recap": print_it("RECAP", staff.kadis),
        "division": print_it("RECAP", staff.kabid, division=staff.division),
    }
    may_open = {
        name: {kind for kind, paper in papers.items() if open_to(client_of(user), paper)}
        for name, user in vars(staff).items()
    }
    everything = dict.fromkeys(("sekretariat", "pkd", "sekretaris", "kadis"), papers.keys())
    assert may_open == {**{name: set() for name in vars(staff)}, **everything, "kabid": {"division"}}
    other = print_it("RECAP", staff.other_kabid, division=staff.other_division)
    again = print_it("RECAP", staff.kabid, division=staff.division)
    assert [paper.version for paper in (*papers.values(), other, again)] == [1, 1, 1, 1, 2]
    assert again.replaces == papers["division"], "a division has versions of its own"


def test_the_head_of_two_divisions_chooses_one(staff: Staff) -> None:
    appoint(staff.kabid, Role.DIVISION_HEAD, staff.other_division)
    client = client_of(staff.kabid)
    assert client.get(RECAP).text.count("<option") == 2
    assert client.post(RECAP, days(division=staff.other_division.pk)).status_code == 302
    for chosen in ("", "0", "x", "9" * 30):
        assert client.post(RECAP, days(division=chosen)).status_code == 422
    assert Register.objects.get().division == staff.other_division


def test_a_register_with_a_complaint_is_closed_to_its_subject(staff: Staff) -> None:
    with clock.set_to(clock.now() - 3 * DAY):
        appoint(staff.pkd, Role.TIM_PKD, starts=clock.today())
        before = print_it("AGENDA_BOOK", staff.pkd)
    complaint, once = (case_at(State.SUBMITTED, staff, kind=Kind.COMPLAINT) for _ in range(2))
    for case, official in ((complaint, staff.kadis), (once, staff.sekretariat)):
        consultations_services.register(case, by=staff.pkd, classification="400.9", complained_about=official)
    consultations_services.void(once, by=staff.pkd, reason="Salah")
    telling, client = print_it("AGENDA_BOOK", staff.pkd), client_of(staff.kadis)
    assert client.post(BOOK, days(newest=newest_on(client))).status_code == 302, "a hidden one blocks nothing"
    own = Document.objects.filter(case=None).exclude(pk__in=[before.pk, telling.pk]).get()
    for user, expected in (
        (staff.pkd, [True, True, False]),
        (staff.kadis, [True, False, True]),
        (staff.sekretariat, [True, False, False]),
    ):
        client = client_of(user)
        assert [open_to(client, paper) for paper in (before, telling, own)] == expected
        page = client.get(BOOK).text
        assert [str(paper.pk) in page for paper in (before, telling, own)] == expected
    assert set(Document.objects.in_force()) >= {telling, own}
    assert (own.version, own.replaces) == (1, None)


def test_tim_pkd_opens_a_book_with_an_unexamined_complaint(staff: Staff) -> None:
    complaint = case_at(State.REGISTERED, staff, kind=Kind.COMPLAINT)
    consultations_services.void(complaint, by=staff.pkd, reason="Salah")
    telling, readers = print_it("AGENDA_BOOK", staff.pkd), (staff.pkd, staff.kadis, staff.sekretariat)
    assert [open_to(client_of(reader), telling) for reader in readers] == [True, False, False]
    consultations_services.register(complaint, by=staff.pkd, classification="400.9")
    assert all(open_to(client_of(reader), telling) for reader in readers)


def test_documents_cost_no_more(staff: Staff, at_most_queries: Any) -> None:
    client = client_of(staff.pkd)
    for back in range(30):
        print_it("AGENDA_BOOK", staff.pkd, since=clock.today() - back * DAY)
    with at_most_queries(7):
        page = client.get(BOOK).text
    assert page.count("data-document=") == 25
    assert 'rel="next"' in page


K = Document.Kind


@pytest.fixture
def letters(staff: Staff) -> list[Document]:
    """Return the assignment and the schedule of a case, which wait for their numbers and the signature."""
    Office.objects.update(counts_letters=False)
    case = case_at(State.SCHEDULED, staff)
    for kind in (K.ASSIGNMENT, K.SCHEDULE):
        signing_desk.initial(Document.objects.get(case=case, kind=kind), by=staff.kabid)
    return list(Document.objects.filter(case=case, kind__in=[K.ASSIGNMENT, K.SCHEDULE]).order_by("kind"))


def test_a_letter_waits_for_its_number_and_is_signed_with_it(letters: list[Document], staff: Staff) -> None:
    schedule, number = letters[1], "400.9/ 118 /DINSOSPMD/2026"
    assert schedule.case
    public = reverse("applicant_document", args=[schedule.case.secret, "pemberitahuan-jadwal"])
    assert "DRAF" in of(schedule)
    assert Client().get(public).status_code == 404
    client, url = client_of(staff.sekretariat), reverse("letter", args=[schedule.pk])
    assert 'data-letters="2"' in client.get("/meja/").text
    assert "menunggu tanda tangan" in client.get(reverse("case", args=[schedule.case.code])).text
    assert client.get("/surat-keluar/").text.count('data-document="') == 2
    assert client.post(url, {"number": " "}).status_code == 422
    assert client.post(url, {"number": number}).status_code == 302
    schedule.refresh_from_db()
    assert (schedule.number, schedule.numbered_by) == (number, staff.sekretariat)
    assert "DRAF" in of(schedule)
    sign_papers(schedule.case, staff, kind=K.SCHEDULE)
    schedule.refresh_from_db()
    assert f"Nomor {number}" in text_of(read_document(schedule))
    assert Client().get(public).status_code == 200
    assert client.get("/surat-keluar/").text.count('data-document="') == 1
    assert client.get(url).status_code == 404


def test_nobody_is_asked_for_a_number_that_rembuk_counts(letters: list[Document], staff: Staff) -> None:
    Office.objects.update(counts_letters=True)
    client = client_of(staff.sekretariat)
    assert "data-letters" not in client.get("/meja/").text
    assert "data-document" not in client.get("/surat-keluar/").text
    assert client.get(reverse("letter", args=[letters[0].pk])).status_code == 404


def test_a_number_belongs_to_one_letter(letters: list[Document], staff: Staff) -> None:
    assignment, schedule = letters
    for person in (staff.kadis, staff.kabid, staff.petugas):
        with pytest.raises(PermissionDenied):
            enter_number(assignment, by=person, number="800/1")
        assert client_of(person).get("/surat-keluar/").status_code == 403
        assert client_of(person).get(reverse("letter", args=[assignment.pk])).status_code == 404
    enter_number(assignment, by=staff.pkd, number="800/1")
    answer = client_of(staff.pkd).post(reverse("letter", args=[schedule.pk]), {"number": "800/1"})
    assert_says(answer, 422, "Nomor ini sudah dipakai naskah lain.")
    with pytest.raises(Refused, match="sudah bernomor"):
        enter_number(assignment, by=staff.pkd, number="800/2")


def test_no_number_of_a_letter_blocks_a_report(letters: list[Document], staff: Staff) -> None:
    assignment, schedule = letters
    year = clock.today().year
    enter_number(assignment, by=staff.pkd, number=f"400.9/1/LHK/DINCONTOH/{year}")
    report = case_at(State.CLOSED, staff)
    assert report.report_number == f"400.9/2/LHK/DINCONTOH/{year}"
    reserved = reserve_report_number(case_at(State.FORWARDED, staff))
    for used in (reserved, f"400.9/1/lhk/dincontoh/{year}"):
        with pytest.raises(Refused, match="sudah dipakai"):
            enter_number(schedule, by=staff.pkd, number=used)


def test_a_letter_that_was_replaced_needs_no_number(letters: list[Document], staff: Staff) -> None:
    assert letters[1].case
    later = free_moment(staff.petugas)
    scheduling_services.reschedule(letters[1].case, by=staff.petugas, reason="Rapat.", starts_at=later)
    moved = Document.objects.get(replaces=letters[1])
    signing_desk.initial(moved, by=staff.kabid)
    assert [one for one in list_unnumbered(staff.pkd) if one.kind == K.SCHEDULE] == [moved]
    second = of(moved)
    assert "Jadwal sebelumnya" in second
    assert "tidak berlaku lagi" in second
    assert "menggantikan surat" not in second


@pytest.mark.usefixtures("letters")
def test_letters_cost_no_more(staff: Staff, at_most_queries: Any) -> None:
    client = client_of(staff.pkd)
    for _more in range(3):
        case_at(State.ASSIGNED, staff)
    with at_most_queries(4):
        client.get("/surat-keluar/")
