"""Notes of colleagues on a case: who writes and reads them, whom they mention, and when they are deleted."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from consultations import notes
from consultations.enums import Kind, State
from consultations.models import Case, CaseNote
from consultations.notes import delete_old_notes, list_colleagues, write_note
from desk.live import get_pulse
from kit import clock
from kit.refusal import Refused
from notices.models import Message, Notice
from office.models import Office, Role, User
from tests.case_page import read_all
from tests.factories import Staff, appoint, case_at, client_of, independent_case, make_user
from tests.shared_data import each


@pytest.fixture
def case(staff: Staff) -> Case:
    return case_at(State.ASSIGNED, staff)


def post(client: Client, case: Case, text: str, mentioned: User | None = None) -> int:
    entered = {"text": text, "mentioned": mentioned.pk if mentioned else ""}
    return client.post(f"/permohonan/{case.code}/catatan/", entered).status_code


def test_those_who_see_the_case_write_and_read_them(case: Case, staff: Staff) -> None:
    assert 'id="id_mentioned"' in read_all(client_of(staff.companion), case)
    assert post(client_of(staff.companion), case, "Pernah diajukan pada Maret.") == 302
    assert post(client_of(staff.elsewhere), case, "Bukan urusan saya.") == 404
    assert post(client_of(staff.kadis), case, " ") == 422
    assert post(client_of(staff.kadis), case, "x" * (notes.MAX_CHARACTERS + 1)) == 422
    assert [note.text for note in case.notes.all()] == ["Pernah diajukan pada Maret."]
    assert "Pernah diajukan pada Maret." in read_all(client_of(staff.petugas), case)
    with pytest.raises(PermissionDenied):
        write_note(case, by=staff.elsewhere, text="Bukan urusan saya.")


def test_an_open_page_of_the_case_hears_of_a_note(case: Case, staff: Staff) -> None:
    before, before_of_all = get_pulse(case), get_pulse(staff.kabid)
    write_note(case, by=staff.kabid, text="Baru.")
    assert get_pulse(case) != before
    assert get_pulse(staff.kabid) == before_of_all


def test_a_mention_is_announced_and_tinted(case: Case, staff: Staff) -> None:
    User.objects.filter(pk=staff.petugas.pk).update(email="petugas@example.go.id")
    staff.petugas.refresh_from_db()
    assert post(client_of(staff.kabid), case, "Tolong telepon dulu.", staff.petugas) == 302
    assert post(client_of(staff.kadis), case, "Segera.", staff.petugas) == 302
    notice = Notice.objects.get(recipient=staff.petugas, kind="MENTIONED")
    assert Message.objects.get(notice=notice).channel == "EMAIL"
    bell = client_of(staff.petugas).get("/pemberitahuan/").text
    assert "Rekan menyebut Anda dalam catatan" in bell
    assert "telepon dulu" not in bell
    assert read_all(client_of(staff.petugas), case).count('class="to-me"') == 2
    assert 'class="to-me"' not in read_all(client_of(staff.kabid), case)
    assert post(client_of(staff.kadis), case, "Sudah?", staff.petugas) == 302
    assert Notice.objects.filter(kind="MENTIONED", superseded_at=None).count() == 1, (
        "a read one is announced again"
    )
    assert Notice.objects.filter(kind="MENTIONED").count() == 2


def test_who_mentions_nobody_or_themselves_announces_nothing(case: Case, staff: Staff) -> None:
    write_note(case, by=staff.kabid, text="Untuk diingat.")
    write_note(case, by=staff.kabid, text="Untuk saya.", mentioned=staff.kabid)
    assert not Notice.objects.filter(kind="MENTIONED").exists()


def test_only_who_sees_the_case_is_mentioned(case: Case, staff: Staff) -> None:
    entered = {"text": "Coba lihat.", "mentioned": staff.elsewhere.pk}
    answer = client_of(staff.kabid).post(f"/permohonan/{case.code}/catatan/", entered)
    assert answer.status_code == 422
    assert "tidak dapat melihat permohonan ini" in answer.text
    with pytest.raises(Refused, match="tidak dapat melihat"):
        write_note(case, by=staff.kabid, text="Coba lihat.", mentioned=staff.elsewhere)
    assert not CaseNote.objects.exists()


@each("state", [State.SUBMITTED, State.REGISTERED, State.DISPOSED, State.ASSIGNED, State.HELD])
@each("kind", [*Kind])
def test_those_who_are_offered_are_those_who_see_it(state: State, kind: Kind, staff: Staff) -> None:
    case = case_at(state, staff, kind=kind)
    if state == State.ASSIGNED:
        case.copied_to.add(staff.other_division)
    seeing = {
        user for user in User.objects.all() if Case.objects.visible_to(user).filter(pk=case.pk).exists()
    }
    assert {*list_colleagues(Case.objects.get(pk=case.pk))} == seeing


def test_the_official_complained_about_is_not_offered_and_reads_nothing(staff: Staff) -> None:
    case = case_at(State.ASSIGNED, staff, kind=Kind.COMPLAINT)
    official = make_user("diadukan")
    appoint(official, Role.DIVISION_HEAD, staff.division)
    Case.objects.filter(pk=case.pk).update(complained_about=official)
    case.refresh_from_db()
    assert official not in list_colleagues(case)
    assert post(client_of(official), case, "Apa ini?") == 404
    with pytest.raises(Refused):
        write_note(case, by=staff.kabid, text="Hati-hati.", mentioned=official)


def test_a_pengawas_reads_and_writes_none(staff: Staff) -> None:
    case = independent_case()
    assert post(client_of(staff.pengawas), case, "Catatan.") == 403
    assert 'data-form="case-note"' not in read_all(client_of(staff.pengawas), case)
    with pytest.raises(PermissionDenied):
        write_note(case, by=staff.pengawas, text="Catatan.")


def test_an_ended_case_gets_no_more_notes(staff: Staff) -> None:
    case = case_at(State.DECLINED, staff)
    assert "Tulis catatan" not in read_all(client_of(staff.kadis), case)
    assert post(client_of(staff.kadis), case, "Terlambat.") == 409
    assert not CaseNote.objects.exists()


def test_a_case_has_a_bounded_number(case: Case, staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "MAX_NOTES", 1)
    assert post(client_of(staff.kabid), case, "Satu.") == 302
    assert post(client_of(staff.kabid), case, "Dua.") == 409
    assert case.notes.count() == 1


def test_they_are_deleted_when_the_office_says(staff: Staff) -> None:
    Office.objects.update(note_days=30)
    for days, because in ((29, ""), (31, ""), (31, "Perkara"), (0, "")):
        case = case_at(State.ASSIGNED, staff)
        write_note(case, by=staff.kabid, text=f"{days} {because}")
        if days:
            since = clock.now() - dt.timedelta(days=days)
            ended = {"state": State.WITHDRAWN, "turn": None, "due_at": None, "end_reason": "x"}
            held = {"retained_because": because}
            Case.objects.filter(pk=case.pk).update(since=since, **ended, **held)
    assert delete_old_notes() == 1
    assert {*CaseNote.objects.values_list("text", flat=True)} == {"29 ", "31 Perkara", "0 "}
