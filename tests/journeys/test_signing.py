"""A letter from the officer's draft to the citizen: initials, signature by certificate or by hand."""

import datetime as dt
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import segno
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from pypdfium2 import PdfDocument

from consultations.audit.models import Act, AuditEntry
from consultations.enums import Kind, RequestedBy, State
from consultations.intake import services as intake_services
from consultations.intake.uploads import merge_to_pdf
from consultations.models import Case
from dispositions import services as dispositions_services
from documents import life, signing_desk
from documents.issuing import record_handover
from documents.life import TURNS, list_papers
from documents.models import Document, PaperEvent, PaperRule, StandingOrder
from documents.models.document import DocumentKind, PaperState
from kit import clock
from kit.refusal import Refused
from notices.models import Notice
from office.models import Office, Role, User
from operations import health
from tests.case_page import read_all
from tests.factories import WAY, ClientOf, Staff, afresh, appoint, case_at, give_orders, sign_papers
from tests.print.reading import text_of
from tests.record.conftest import list_findings
from tests.shared_data import each
from trust.record.verification import Verification

K, S = DocumentKind, PaperState


def letter_of(case: Case, kind: DocumentKind = K.SCHEDULE) -> Document:
    return Document.objects.in_force().get(case=case, kind=kind)


def verdict(document: Document) -> str:
    return Client().get(f"/verifikasi/{document.pk}/").text


def test_an_officer_alone_issues_no_letter_in_the_name_of_the_head(case: Case, staff: Staff) -> None:
    letter = letter_of(case)
    assert (letter.state, letter.turn) == (S.INITIALS, Role.DIVISION_HEAD)
    assert not letter.number
    assert not letter.file
    assert "Konsep, menunggu tanda tangan" in verdict(letter)
    assert Client().get(f"/p/{case.secret}/pemberitahuan-jadwal.pdf").status_code == 404
    page = Client().get(f"/p/{case.secret}/").text
    assert case.sessions.get().place in page, "the citizen knows the time at once"


def test_a_letter_is_returned_corrected_initialled_and_signed_by_hand(case: Case, staff: Staff) -> None:
    letter = letter_of(case)
    signing_desk.give_back(letter, by=staff.kabid, reason="Tulis ruang tunggunya.")
    assert (letter.state, letter.turn) == (S.DRAFT, "")
    signing_desk.submit(letter, by=staff.petugas, text="Ruang tunggu di lantai 1.")
    signing_desk.initial(letter, by=staff.kabid)
    assert (letter.state, letter.turn) == (S.SIGNATURE, Role.HEAD)
    sign_papers(case, staff)
    letter.refresh_from_db()
    assert (letter.state, letter.way, letter.signed_by) == (S.SENT, "HAND", staff.kadis)
    assert letter.original_sha256
    verbs = [*PaperEvent.objects.filter(document=letter).order_by("pk").values_list("verb", flat=True)]
    assert verbs == ["give_back", "submit", "initial", "print", "scan"]
    assert "belum dikonfirmasi penanda tangan" in verdict(letter)
    assert Client().get(f"/p/{case.secret}/pemberitahuan-jadwal.pdf").status_code == 200


@each("person", ["petugas", "sekretariat", "pkd", "other_kabid", "companion", "pengawas", "admin"])
def test_nobody_initials_or_signs_for_another(person: str, case: Case, staff: Staff) -> None:
    letter, by = letter_of(case), getattr(staff, person)
    for act in (signing_desk.initial, lambda *a, **k: signing_desk.give_back(*a, reason="x", **k)):
        with pytest.raises(PermissionDenied):
            act(letter, by=by)
    signing_desk.initial(letter, by=staff.kabid)
    for someone in (by, staff.kabid):
        with pytest.raises((PermissionDenied, Refused)):
            signing_desk.give_back(letter, by=someone, reason="x")
    assert not life.can("sign", letter, by=by)


def test_the_drafter_and_the_signer_give_no_initials(staff: Staff) -> None:
    """The Kepala Bidang who serves a case does not initial the own draft."""
    case = case_at(State.SCHEDULED, staff)
    dispositions_services.reassign(case, by=staff.kabid, officer=staff.other_petugas, reason="Cuti.")
    assignment = letter_of(case, K.ASSIGNMENT)
    assert assignment.drafted_by == staff.kabid
    assert (assignment.state, assignment.turn) == (S.SIGNATURE, Role.HEAD)


def test_a_standing_order_lets_another_sign_and_its_end_gives_the_paper_to_the_head(staff: Staff) -> None:
    give_orders(staff, Role.DIVISION_HEAD)
    case = case_at(State.SCHEDULED, staff)
    letter = letter_of(case)
    assert (letter.state, letter.turn) == (S.SIGNATURE, Role.DIVISION_HEAD)
    order = life.get_standing_order(K.SCHEDULE)
    assert order
    signing_desk.end_order(order, by=staff.kadis)
    letter.refresh_from_db()
    assert (letter.turn, letter.signer_role) == (Role.HEAD, Role.HEAD)


def test_the_end_of_an_order_gives_no_letter_to_the_head_it_is_about(staff: Staff) -> None:
    give_orders(staff, Role.DIVISION_HEAD)
    letter = letter_of(case_at(State.SCHEDULED, staff))
    assert letter.case
    Case.objects.filter(code=letter.case.code).update(complained_about=staff.kadis, kind=Kind.COMPLAINT)
    order = life.get_standing_order(K.SCHEDULE)
    assert order
    signing_desk.end_order(order, by=staff.kadis)
    letter.refresh_from_db()
    assert (letter.turn, letter.signer_role) == (Role.DIVISION_HEAD, Role.DIVISION_HEAD)


def test_only_the_head_gives_orders(staff: Staff) -> None:
    for person in (staff.kabid, staff.sekretaris, staff.admin, staff.petugas):
        staff.kadis = person
        with pytest.raises(PermissionDenied):
            give_orders(staff, Role.DIVISION_HEAD)


def test_without_a_certificate_nothing_is_signed_electronically(case: Case, staff: Staff) -> None:
    letter = letter_of(case)
    signing_desk.initial(letter, by=staff.kabid)
    with pytest.raises(Refused, match="belum memakai tanda tangan elektronik"):
        signing_desk.sign(letter, by=staff.kadis, passphrase="x")


def test_a_scan_needs_the_print_and_a_number(case: Case, staff: Staff) -> None:
    Office.objects.update(counts_letters=False)
    letter = letter_of(case)
    signing_desk.initial(letter, by=staff.kabid)
    with pytest.raises(Refused, match="belum dicetak"):
        signing_desk.record_scan(letter, by=staff.sekretariat, pages=[])
    scan = [printed(letter, staff.sekretariat)]
    with pytest.raises(Refused, match="Tulis nomor"):
        signing_desk.record_scan(letter, by=staff.sekretariat, pages=scan)
    signing_desk.record_scan(letter, by=staff.sekretariat, pages=scan, number="400.9/77/X/2026")
    assert (letter.number, letter.numbered_by) == ("400.9/77/X/2026", staff.sekretariat)


def test_a_withdrawn_request_takes_its_waiting_letters_off_the_desk(case: Case, staff: Staff) -> None:
    for kind in (K.SCHEDULE, K.ASSIGNMENT):
        signing_desk.initial(letter_of(case, kind), by=staff.kabid)
    assert list_papers(staff.kadis, *TURNS).count() == 2
    intake_services.withdraw_for(
        case, by=staff.pkd, requested_by=RequestedBy.TELEPHONE, checked_with="CALL", reason="Lewat telepon."
    )
    assert not list_papers(staff.kadis, *TURNS).exists()
    assert "tidak pernah diterbitkan" in verdict(Document.objects.get(case=case, kind=K.SCHEDULE))


def test_the_desk_shows_each_what_waits(case: Case, staff: Staff, client_of: ClientOf) -> None:
    letter = letter_of(case)
    assert f'data-paper="{letter.pk}"' in client_of(staff.kabid).get("/tanda-tangan/").text
    assert f'data-paper="{letter.pk}"' not in client_of(staff.kadis).get("/tanda-tangan/").text
    page = client_of(staff.kabid).get(f"/tanda-tangan/{letter.pk}/").text
    assert 'data-form="initial"' in page
    assert "data:image/png;base64," in page
    following = letter_of(case, K.ASSIGNMENT)
    for paper, opened in ((letter, f"/tanda-tangan/{following.pk}/"), (following, "/tanda-tangan/")):
        answer = client_of(staff.kabid).post(f"/tanda-tangan/{paper.pk}/initial/", {"note": ""})
        assert answer["Location"] == opened, "the next one opens by itself"
    lists = [client_of(person).get("/tanda-tangan/").text for person in (staff.kadis, staff.petugas)]
    assert ['class="turn"' in page for page in lists] == [False, True], "the reader's own title is left out"
    assert 'data-verb="give_back"' not in client_of(staff.petugas).get(f"/tanda-tangan/{letter.pk}/").text
    assert client_of(staff.elsewhere).get(f"/tanda-tangan/{letter.pk}/").status_code == 404


def test_the_officer_finds_the_own_draft_on_top_and_on_the_case(staff: Staff, client_of: ClientOf) -> None:
    waiting, closed = case_at(State.SCHEDULED, staff), case_at(State.CLOSED, staff)
    draft, other, officer = letter_of(closed, K.RESULT), letter_of(waiting), client_of(staff.petugas)
    page = officer.get("/tanda-tangan/").text
    group = page.partition('data-papers="ajukan"')[2].partition("</section>")[0]
    assert [f'data-paper="{paper.pk}"' in group for paper in (draft, other)] == [True, False]
    assert page.index('data-papers="ajukan"') < page.index('data-papers="konsep"')
    assert page.count(f'data-paper="{draft.pk}"') == 1
    assert "1 surat menunggu Anda periksa dan ajukan." in page
    case_page = f"/permohonan/{closed.code}/"
    assert f'data-to-submit="{draft.pk}"' in officer.get(case_page).text
    assert f'href="/tanda-tangan/{draft.pk}/"' in officer.get(case_page).text.partition("data-to-submit")[2]
    for page in ("/tanda-tangan/", case_page):
        assert 'data-papers="ajukan"' not in client_of(staff.kabid).get(page).text
        assert "data-to-submit" not in client_of(staff.kabid).get(page).text
    signing_desk.submit(draft, by=staff.petugas, text=draft.text)
    assert 'data-papers="ajukan"' not in officer.get("/tanda-tangan/").text
    assert "data-to-submit" not in officer.get(case_page).text


def test_papers_of_a_time_that_has_passed_come_last_and_say_so(
    case: Case, staff: Staff, client_of: ClientOf
) -> None:
    later = case_at(State.SCHEDULED, staff)
    schedule, order = letter_of(case), letter_of(case, K.ASSIGNMENT)
    groups = (("paraf", letter_of(later)), ("lewat", schedule), ("lewat", order))
    passed_at = clock.now() - dt.timedelta(minutes=1)
    Case.objects.filter(pk=case.pk).update(planned_at=passed_at)
    case.work_items.exclude(subject="").update(due_at=passed_at)
    page = client_of(staff.kabid).get("/tanda-tangan/").text
    assert page.index('data-papers="paraf"') < page.index('data-papers="lewat"')
    for name, letter in groups:
        group = page.partition(f'data-papers="{name}"')[2].partition("</section>")[0]
        assert f'data-paper="{letter.pk}"' in group, name
    passed = page.partition('data-papers="lewat"')[2]
    assert "Tidak perlu ditandatangani: surat ini berakhir sendiri" in passed
    assert "tanda tangani hanya bila berkasnya harus lengkap." in " ".join(passed.split())
    assert ("waktunya lewat" in passed, "menunggu paraf" in passed) == (True, False)
    assert [paper.case for paper in list_papers(staff.kabid, *TURNS, is_over=False)] == [later, later]
    assert 'data-papers="2"' in client_of(staff.kabid).get("/meja/").text
    menu = client_of(staff.kabid).get("/tanda-tangan/").context["navigation"]()
    assert [link.count for group in menu.groups for link in group.links if link.count] == [2]
    assert f'href="/permohonan/{case.code}/"' in passed
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("documents.views.paper_rows.MAX_ROWS", 1)
        page = client_of(staff.kabid).get("/tanda-tangan/").text
    assert 'data-papers="paraf"' in page, "those that have passed hide none"
    assert "Waktunya sudah lewat" in client_of(staff.kabid).get(f"/tanda-tangan/{schedule.pk}/").text
    for state in (State.IN_SESSION, State.HELD):
        WAY[state](case, staff)
    assert f'data-paper="{schedule.pk}"' not in client_of(staff.kabid).get("/tanda-tangan/").text


def test_a_signature_on_paper_says_what_to_do_and_where_the_paper_goes(
    case: Case, staff: Staff, client_of: ClientOf
) -> None:
    letter = letter_of(case)
    signing_desk.initial(letter, by=staff.kabid)
    pages, head = ("/tanda-tangan/", f"/tanda-tangan/{letter.pk}/"), client_of(staff.kadis)
    for page in pages:
        assert "Sekretariat mencetaknya dari Rembuk dan membawanya kepada Anda" in head.get(page).text, page
        assert "sudah dicetak" not in head.get(page).text, page
    printed(letter, staff.sekretariat)
    assert "sudah dicetak</span>" in head.get(pages[0]).text
    assert "tanda tangani lembar yang sudah dicetak, lalu serahkan ke Sekretariat" in head.get(pages[1]).text
    signing_desk.give_back(letter, by=staff.kadis, reason="Ganti ruang.")
    signing_desk.submit(letter, by=staff.petugas, text="Ruang Melati.")
    signing_desk.initial(letter, by=staff.kabid)
    for page in pages:
        assert "sudah dicetak" not in head.get(page).text, "the print was withdrawn"
        assert "kepada Anda" not in client_of(staff.sekretariat).get(page).text, page


def test_the_desk_of_the_registry_counts_what_is_printed_and_photographed(
    case: Case, staff: Staff, client_of: ClientOf
) -> None:
    desk = client_of(staff.sekretariat)
    assert "data-on-paper" not in desk.get("/meja/").text
    letter = letter_of(case)
    signing_desk.initial(letter, by=staff.kabid)
    page = desk.get("/meja/").text
    assert 'data-on-paper="1"' in page
    assert 'href="/tanda-tangan/#cetak"' in page.partition("data-on-paper")[2].partition("</section>")[0]
    assert 'id="cetak"' in desk.get("/tanda-tangan/").text
    assert "data-on-paper" not in client_of(staff.kadis).get("/meja/").text
    scan = printed(letter, staff.sekretariat)
    assert 'data-on-paper="1"' in desk.get("/meja/").text, "the signed page is to be photographed"
    signing_desk.record_scan(letter, by=staff.sekretariat, pages=[scan])
    assert "data-on-paper" not in desk.get("/meja/").text


def test_scans_are_matched_by_their_codes(case: Case, staff: Staff, client_of: ClientOf) -> None:
    letter, registry = letter_of(case), client_of(staff.sekretariat)
    signing_desk.initial(letter, by=staff.kabid)
    printed = signing_desk.print_original(letter, by=staff.sekretariat)
    photo, good, bad = PdfDocument(printed)[0].render(scale=2.2).to_pil(), BytesIO(), BytesIO()
    photo.rotate(1.5, fillcolor="white").save(good, "JPEG", quality=70)
    photo.resize((60, 80)).save(bad, "JPEG")
    files = (("kabur.jpg", bad), ("foto.jpg", good))
    pages = [SimpleUploadedFile(name, stream.getvalue(), "image/jpeg") for name, stream in files]
    assert 'data-form="scans"' in registry.get("/tanda-tangan/pindaian/").text
    done = registry.post("/tanda-tangan/pindaian/", {"pages": pages}).text
    assert 'data-doubtful="1"' in done
    assert "kabur.jpg" in done
    assert "foto.jpg" not in done
    assert f'href="/tanda-tangan/{letter.pk}/"' in done
    assert afresh(letter).state == S.SENT


def test_the_head_gives_and_ends_a_standing_order(staff: Staff, client_of: ClientOf) -> None:
    head, page = client_of(staff.kadis), "/tanda-tangan/perintah/"
    typed = {"kind": K.SCHEDULE, "signer": Role.DIVISION_HEAD, "number": "800/1", "dated": "2026-09-01"}
    assert head.post(page, typed).status_code == 302
    order = StandingOrder.objects.get(signer=Role.DIVISION_HEAD, ended_at=None)
    assert f'data-order="{order.pk}"' in (shown := head.get(page).text)
    assert f'action="/tanda-tangan/perintah/{order.pk}/' in shown
    head.post(reverse("end_order", args=[order.pk]))
    assert afresh(order).ended_by == staff.kadis
    assert f'action="/tanda-tangan/perintah/{order.pk}/' not in head.get(page).text


def test_the_office_says_who_initials(staff: Staff) -> None:
    both: Any = [Role.DIVISION_HEAD.value, Role.SECRETARY.value]
    PaperRule.objects.create(kind=K.SCHEDULE, initials=both)
    case = case_at(State.SCHEDULED, staff)
    letter = letter_of(case)
    Office.objects.update(has_secretary=True)
    for person, role in ((staff.kabid, Role.SECRETARY), (staff.sekretaris, Role.HEAD)):
        signing_desk.initial(letter, by=person)
        assert letter.turn == role


def test_one_tap_leads_from_the_notice_to_the_paper(case: Case, staff: Staff, client_of: ClientOf) -> None:
    letter = letter_of(case)
    signing_desk.initial(letter_of(case, K.ASSIGNMENT), by=staff.kabid)
    notice = Notice.objects.get(recipient=staff.kabid, kind="TO_INITIAL", superseded_at=None)
    assert client_of(staff.kabid).get(notice.path)["Location"] == f"/tanda-tangan/{letter.pk}/"
    signing_desk.initial(letter, by=staff.kabid)
    notice.refresh_from_db()
    assert notice.superseded_at
    assert Notice.objects.filter(recipient=staff.kadis, kind="TO_SIGN", superseded_at=None).count() == 1
    sign_papers(case, staff)
    assert not Notice.objects.filter(case=case, kind__startswith="TO_SIGN", superseded_at=None).exists()


@pytest.mark.differs_by_database
def test_a_code_with_a_nul_opens_the_desk(staff: Staff, client_of: ClientOf) -> None:
    answer = client_of(staff.kadis).get("/tanda-tangan/berikutnya/?case=A%00")
    assert answer["Location"] == "/tanda-tangan/"


def printed(letter: Document, by: User) -> signing_desk.CheckedFile:
    """Return the printed paper, as a scan of it would look."""
    return signing_desk.CheckedFile(
        signing_desk.print_original(letter, by=by), "application/pdf", "surat.pdf"
    )


def test_a_print_that_was_given_back_is_not_accepted_for_the_new_text(
    waiting: Document, staff: Staff, tmp_path: Path
) -> None:
    old, clerk = printed(waiting, staff.sekretariat), staff.sekretariat
    signing_desk.give_back(waiting, by=staff.kadis, reason="Ruangnya keliru.")
    first = f"/verifikasi/{waiting.pk}/?cetakan=1"
    assert "sudah ditarik" in Client().get(first).text
    signing_desk.submit(waiting, by=staff.petugas, text="Ruang tunggu di lantai 2.")
    signing_desk.initial(waiting, by=staff.kabid)
    with pytest.raises(Refused, match="sudah ditarik"):
        signing_desk.record_scan(waiting, by=clerk, pages=[old])
    new = printed(waiting, clerk)
    assert "lantai 2" in text_of(new.content)
    with pytest.raises(Refused, match="cetakan lama"):
        signing_desk.record_scan(waiting, by=clerk, pages=[old])
    assert signing_desk.record_scans([old], by=clerk)[0] == []
    signing_desk.record_scan(waiting, by=clerk, pages=[new])
    assert "sudah ditarik" in Client().get(first).text
    signing_desk.confirm(waiting, by=staff.kadis)
    assert "masih berlaku" in Client().get(f"/verifikasi/{waiting.pk}/?cetakan=2").text
    assert len([*tmp_path.rglob("*cetakan*.pdf")]) == 2, "the first print is deleted after the commit"


def test_a_paper_is_printed_once(waiting: Document, staff: Staff) -> None:
    assert printed(waiting, staff.sekretariat) == printed(waiting, staff.pkd)
    assert PaperEvent.objects.filter(document=waiting, verb="print").count() == 1


def test_a_print_that_meets_another_one_is_not_stored(waiting: Document, staff: Staff) -> None:
    stale = Document.objects.get(pk=waiting.pk)
    printed(waiting, staff.sekretariat)
    with pytest.raises(Refused, match="Muat ulang"), life.act("print", stale, by=staff.pkd):
        pass


def test_nobody_signs_a_text_that_changed_since(waiting: Document, staff: Staff) -> None:
    stale = Document.objects.get(pk=waiting.pk)
    signing_desk.give_back(waiting, by=staff.kadis, reason="Perbaiki.")
    signing_desk.submit(waiting, by=staff.petugas, text="Teks lain.")
    signing_desk.initial(waiting, by=staff.kabid)
    with pytest.raises(Refused, match="Muat ulang"), life.act("sign", stale, by=staff.kadis):
        pass


def test_the_print_names_the_head_of_today(waiting: Document, staff: Staff) -> None:
    old = printed(waiting, staff.sekretariat)
    appoint(staff.other_kabid, Role.HEAD, acting="Plh.")
    new = printed(waiting, staff.sekretariat)
    assert staff.kadis.name in text_of(old.content)
    assert staff.other_kabid.name in text_of(new.content)
    signing_desk.record_scan(waiting, by=staff.sekretariat, pages=[new])
    assert (waiting.signed_by, waiting.signed_title) == (staff.other_kabid, "Plh. Kepala Dinas")


def test_the_end_of_an_order_withdraws_what_was_printed(staff: Staff) -> None:
    give_orders(staff, Role.DIVISION_HEAD)
    letter = letter_of(case_at(State.SCHEDULED, staff))
    old, order = printed(letter, staff.sekretariat), life.get_standing_order(K.SCHEDULE)
    assert order
    signing_desk.end_order(order, by=staff.kadis)
    letter.refresh_from_db()
    with pytest.raises(Refused, match="sudah ditarik"):
        signing_desk.record_scan(letter, by=staff.sekretariat, pages=[old])
    assert "a.n." not in text_of(printed(letter, staff.sekretariat).content)
    assert Notice.objects.filter(recipient=staff.kadis, kind="TO_SIGN", case=letter.case).exists()


def test_the_official_complained_about_signs_nothing_by_hand(waiting: Document, staff: Staff) -> None:
    assert waiting.case
    Case.objects.filter(pk=waiting.case.pk).update(complained_about=staff.kadis, kind=Kind.COMPLAINT)
    letter = Document.objects.get(pk=waiting.pk)
    assert staff.sekretaris.name in text_of(printed(letter, staff.sekretariat).content)
    for person in (staff.sekretaris, staff.pkd):
        person.appointments.update(ends=clock.today() - dt.timedelta(days=1))
    letter = Document.objects.get(pk=waiting.pk)
    with pytest.raises(Refused, match="Tidak ada pejabat"):
        signing_desk.print_original(letter, by=staff.sekretariat)


def test_the_scan_of_another_letter_is_refused(case: Case, waiting: Document, staff: Staff) -> None:
    """One PDF of a scanner with two letters would give one citizen the letter of the other."""
    other = letter_of(case, K.ASSIGNMENT)
    if other.state == S.INITIALS:
        signing_desk.initial(other, by=staff.kabid)
    mine, foreign = printed(waiting, staff.sekretariat), printed(other, staff.sekretariat)
    both = merge_to_pdf([mine, foreign])
    assert both
    for scan in (foreign, both):
        with pytest.raises(Refused, match="milik surat lain"):
            signing_desk.record_scan(waiting, by=staff.sekretariat, pages=[scan])
    assert signing_desk.record_scans([both], by=staff.sekretariat)[0] == []


def test_a_scan_loses_its_scripts(waiting: Document, staff: Staff) -> None:
    hostile = BytesIO()
    with pikepdf.open(BytesIO(printed(waiting, staff.sekretariat).content)) as pdf:
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        pdf.Root.OpenAction = pdf.make_indirect(script)
        pdf.save(hostile)
    scan = signing_desk.CheckedFile(hostile.getvalue(), "application/pdf", "surat.pdf")
    signing_desk.record_scan(waiting, by=staff.sekretariat, pages=[scan])
    with waiting.file.open() as file, pikepdf.open(BytesIO(file.read())) as pdf:
        assert "/OpenAction" not in pdf.Root


def test_a_scan_of_many_pages_is_refused(waiting: Document, staff: Staff) -> None:
    stored, _scan = BytesIO(), printed(waiting, staff.sekretariat)
    with pikepdf.new() as pdf:
        for _page in range(100):
            pdf.add_blank_page()
        pdf.save(stored)
    many = signing_desk.CheckedFile(stored.getvalue(), "application/pdf", "surat.pdf")
    with pytest.raises(Refused):
        signing_desk.record_scan(waiting, by=staff.sekretariat, pages=[many])
    assert signing_desk.record_scans([many], by=staff.sekretariat)[0] == []


def test_a_page_that_is_refused_is_not_left_out(waiting: Document, staff: Staff, client_of: ClientOf) -> None:
    scan = printed(waiting, staff.sekretariat).content
    pages = [SimpleUploadedFile("1.pdf", scan), SimpleUploadedFile("2.jpg", b"no picture")]
    answer = client_of(staff.sekretariat).post(f"/tanda-tangan/{waiting.pk}/pindaian/", {"pages": pages})
    assert answer.status_code == 422
    waiting.refresh_from_db()
    assert waiting.state == S.SIGNATURE


def test_a_code_that_only_looks_like_ours_names_no_paper(waiting: Document) -> None:
    for address in ("http://testserver.jahat.example/verifikasi/", "http://jahat.example/verifikasi/"):
        code = BytesIO()
        segno.make(f"{address}{waiting.pk}/").save(code, kind="png", scale=8)
        scan = signing_desk.CheckedFile(code.getvalue(), "image/png", "kode.png")
        assert signing_desk.read_codes(scan) == set()


def test_who_looks_at_a_paper_is_recorded(waiting: Document, staff: Staff, client_of: ClientOf) -> None:
    client = client_of(staff.sekretariat)
    client.get(f"/tanda-tangan/{waiting.pk}/")
    client.post(f"/tanda-tangan/{waiting.pk}/cetak/")
    client.get(f"/tanda-tangan/{waiting.pk}/cetakan.pdf")
    seen = AuditEntry.objects.filter(act=Act.DOCUMENT, user=staff.sekretariat, case=waiting.case)
    assert seen.count() == 3


def photo_without_code() -> signing_desk.CheckedFile:
    picture = BytesIO()
    Image.new("RGB", (800, 1100), "white").save(picture, "JPEG")
    return signing_desk.CheckedFile(picture.getvalue(), "image/jpeg", "surat.jpg")


def test_a_scan_without_the_code_of_the_paper_is_refused(waiting: Document, staff: Staff) -> None:
    """Without the code, a picture of anything would be issued as the signed letter."""
    printed(waiting, staff.sekretariat)
    with pytest.raises(Refused, match="tidak terbaca"):
        signing_desk.record_scan(waiting, by=staff.sekretariat, pages=[photo_without_code()])
    assert afresh(waiting).state == S.SIGNATURE


def test_until_the_signer_confirms_a_scan_is_what_the_registry_says(
    waiting: Document, staff: Staff, client_of: ClientOf
) -> None:
    unknown = "pindaian disimpan Sekretariat, belum dikonfirmasi penanda tangan"
    pages = [printed(waiting, staff.sekretariat), photo_without_code()]
    signing_desk.record_scan(waiting, by=staff.sekretariat, pages=pages)
    case, head = waiting.case, client_of(staff.kadis)
    assert case
    verification = Client().get(f"/verifikasi/{waiting.pk}/").text
    assert 'class="verdict" data-standing="unconfirmed"' in verification
    assert unknown in verification
    assert "Naskah ini asli" not in verification
    assert "membuktikan" not in verification
    assert unknown in read_all(client_of(staff.sekretariat), case)
    assert unknown in Client().get(f"/p/{case.secret}/").text
    book = client_of(staff.sekretariat).get("/naskah/buku-surat-keluar/").text
    assert f"P{unknown.removeprefix('p')}" in book
    notice = Notice.objects.get(recipient=staff.kadis, kind="SCAN_STORED", superseded_at=None)
    address = head.get(notice.path)["Location"]
    assert address == f"/tanda-tangan/{waiting.pk}/"
    page = head.get(address).text
    assert page.count("data:image/jpeg") == 2
    assert 'data-papers="konfirmasi"' in head.get("/tanda-tangan/").text
    for name in ("sekretariat", "kabid"):
        assert 'data-form="confirm"' not in client_of(getattr(staff, name)).get(address).text
    for name in ("sekretariat", "pkd", "kabid", "petugas", "sekretaris", "pengawas"):
        for answer in (signing_desk.confirm, signing_desk.deny):
            with pytest.raises(PermissionDenied):
                answer(afresh(waiting), by=getattr(staff, name))
    assert head.post(f"{address}confirm/").status_code == 302
    confirmed = verdict(waiting)
    assert 'class="verdict" data-standing="in_force"' in confirmed
    assert "membuktikan" in confirmed
    notice.refresh_from_db()
    assert notice.superseded_at
    assert 'data-papers="konfirmasi"' not in head.get("/tanda-tangan/").text
    assert list_findings() == []


def test_a_signature_that_is_not_his_revokes_the_paper_with_one_tap(
    waiting: Document, staff: Staff, client_of: ClientOf
) -> None:
    signing_desk.record_scan(waiting, by=staff.sekretariat, pages=[printed(waiting, staff.sekretariat)])
    address = f"/tanda-tangan/{waiting.pk}/"
    assert f'formaction="{address}deny/"' in client_of(staff.kadis).get(address).text
    assert client_of(staff.kadis).post(f"{address}deny/").status_code == 302
    waiting.refresh_from_db()
    assert waiting.revoked_at == waiting.denied_at
    verification = Client().get(f"/verifikasi/{waiting.pk}/").text
    assert 'class="verdict" data-standing="revoked"' in verification
    assert "menyatakan tidak menandatangani naskah ini" in verification
    assert "memang terbit" not in verification
    assert "membuktikan" not in verification
    assert "tidak menandatangani" in Client().get(f"/verifikasi/{waiting.pk}/?cetakan=1").text
    assert waiting not in Document.objects.for_applicant()
    assert waiting.case
    secret = afresh(waiting.case).secret
    assert f"{waiting.slug}.pdf" not in Client().get(f"/p/{secret}/").text
    assert Client().get(f"/p/{secret}/{waiting.slug}.pdf").status_code == 404
    assert "bukan tanda tangannya" in read_all(client_of(staff.sekretariat), waiting.case)
    told = Notice.objects.filter(case=waiting.case, kind="SCAN_DENIED", superseded_at=None)
    assert {notice.recipient for notice in told} == {staff.sekretariat, staff.pkd}
    for answer in (signing_desk.confirm, signing_desk.deny):
        with pytest.raises((PermissionDenied, Refused)):
            answer(afresh(waiting), by=staff.kadis)


def test_a_letter_that_waits_is_no_fault_of_the_system(
    waiting: Document, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed(waiting, staff.sekretariat)
    monkeypatch.setattr(health, "MAX_WAIT", dt.timedelta(0))
    assert not health.list_unmade().filter(pk=waiting.pk).exists()


def test_a_print_that_was_changed_in_the_storage_is_not_handed_out(
    waiting: Document, staff: Staff, client_of: ClientOf
) -> None:
    printed(waiting, staff.sekretariat)
    Path(waiting.original.path).write_bytes(b"%PDF-1.7 another letter")
    with pytest.raises(Refused, match="tidak sama"):
        signing_desk.print_original(afresh(waiting), by=staff.pkd)
    assert client_of(staff.pkd).get(f"/tanda-tangan/{waiting.pk}/cetakan.pdf").status_code == 404
    assert any("was changed" in found for found in Verification().run())


def test_two_printings_are_no_forgery(waiting: Document, staff: Staff) -> None:
    printed(waiting, staff.sekretariat)
    appoint(staff.other_kabid, Role.HEAD, acting="Plh.")
    printed(waiting, staff.sekretariat)
    assert not [found for found in Verification().run() if "reports_document" in found]
    assert not [found for found in Verification().run() if "reports_document" in found]


def test_an_unsigned_letter_is_not_handed_over(waiting: Document, staff: Staff) -> None:
    with pytest.raises(Refused, match="belum ditandatangani"):
        record_handover(waiting, by=staff.sekretariat, receiver="Ani", received_at=clock.now())


def test_an_order_lasts_no_longer_than_its_giver_is_head(staff: Staff) -> None:
    """An order of somebody who was Plh. for a day ends too."""
    give_orders(staff, Role.DIVISION_HEAD)
    before, after = (case_at(State.PREPARED, staff) for _case in range(2))
    WAY[State.SCHEDULED](before, staff)
    assert letter_of(before).signer_role == Role.DIVISION_HEAD
    staff.kadis.appointments.update(ends=clock.today() - dt.timedelta(days=1))
    appoint(staff.sekretaris, Role.HEAD, acting="Plt.")
    WAY[State.SCHEDULED](after, staff)
    assert letter_of(after).signer_role == Role.HEAD


def test_what_is_done_with_the_letter_of_a_complaint_is_said_in_its_words(
    staff: Staff, client_of: ClientOf
) -> None:
    Office.objects.update(counts_letters=False)
    letter = letter_of(case_at(State.CLOSED, staff, kind=Kind.COMPLAINT), K.RESULT)
    officer, registry = client_of(staff.petugas), client_of(staff.sekretariat)
    name = "Surat Hasil Penanganan Pengaduan"
    done = officer.post(f"/tanda-tangan/{letter.pk}/submit/", {"text": letter.text}, follow=True)
    assert f"{name} diajukan." in done.text
    letter.refresh_from_db()
    signing_desk.initial(letter, by=staff.kabid)
    done = registry.post(reverse("letter", args=[letter.pk]), {"number": "400.9/7/SHK/2026"}, follow=True)
    assert f"{name} mendapat nomor" in done.text
    letter.refresh_from_db()
    pages = SimpleUploadedFile("surat.pdf", signing_desk.print_original(letter, by=staff.sekretariat))
    done = registry.post(f"/tanda-tangan/{letter.pk}/pindaian/", {"pages": pages}, follow=True)
    assert f"{name} 400.9/7/SHK/2026 terbit" in done.text
    assert "Surat Hasil Konsultasi" not in done.text
