"""Dispositions and assignments that the secretariat enters for an official, and the answers to them."""

import datetime as dt
import io
import wave
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from consultations.enums import Kind, State
from consultations.intake.uploads import CheckedFile, check_file
from consultations.models import Attachment, Case
from consultations.progress import progress
from dispositions import relayed_orders, services as dispositions_services
from dispositions.models import RelayedOrder
from documents.models import Document
from kit import clock
from kit.refusal import Refused
from notices.models import Notice
from notices.queries import unread_notices
from office.models import Appointment, Role
from tests.factories import WAY, Staff, appoint, case_at, make_user, relayed_at
from tests.shared_data import each
from tests.submitting import image, pdf, upload

PHOTO = CheckedFile(b"\xff\xd8\xff", "image/jpeg", "lembar.jpg")
VOICE = CheckedFile(b"RIFF", "audio/wav", "rekaman.wav")


def dispose_for(case: Case, staff: Staff, **more: Any) -> None:
    sound = {"by": staff.sekretariat, "given_by": staff.kadis, "way": "WORD", "division": staff.division}
    relayed_orders.dispose_for(case, **{**sound, **more})


def test_the_record_says_who_gave_it_when_and_how_and_who_entered_it(staff: Staff) -> None:
    registered = clock.now() - dt.timedelta(hours=3)
    with clock.set_to(registered):
        case = case_at(State.REGISTERED, staff)
    given_at = registered + dt.timedelta(hours=1)
    dispose_for(case, staff, way="TELEPHONE", given_at=given_at, proof=VOICE, note="Kirim tim.")
    order, event = RelayedOrder.objects.get(), case.history.latest("pk")
    assert (order.given_by, order.given_title, order.given_at) == (staff.kadis, "Kepala Dinas", given_at)
    assert (order.entered_by, order.entered_title, order.way) == (
        staff.sekretariat,
        "Sekretariat",
        "TELEPHONE",
    )
    assert order.entered_at > given_at
    assert order.proof
    assert (order.proof.purpose, order.proof.added_by) == (Attachment.Purpose.ORDER, staff.sekretariat)
    assert (event.by, event.title, event.happened_at) == (staff.sekretariat, "Sekretariat", given_at)
    assert event.note == "Telepon, dari Kadis (Kepala Dinas).\nKirim tim."
    assert (case.state, case.division, case.awaits_ratification) == (State.DISPOSED, staff.division, True)


def test_nothing_counts_as_an_act_of_the_head_before_the_ratification(staff: Staff) -> None:
    case = relayed_at(State.ASSIGNED, staff)
    sheet, assignment = case.dispositions.get(), case.assignments.get()
    assert [sheet.by, assignment.by] == [staff.sekretariat] * 2
    assert sheet.ratified_at is None
    assert not case.history.filter(by__in=[staff.kadis, staff.kabid]).exists()
    papers = Document.objects.filter(case=case, kind__in=["DISPOSITION", "ASSIGNMENT"])
    assert not papers.exists()
    stages = {stage.number: stage for stage in progress(case, case.history.all())}
    assert [stages[3].by, stages[4].by] == ["Sekretariat"] * 2
    assert str(stages[3].title) == "Disposisi dicatat Sekretariat"
    relayed_orders.ratify(case, by=staff.kadis)
    relayed_orders.ratify_assignment(case, by=staff.kabid)
    stages = {stage.number: stage for stage in progress(case, case.history.all())}
    assert [stages[3].by, stages[4].by] == ["Kepala Dinas", "Kepala Bidang Rehabilitasi Sosial"]
    assert str(stages[3].title) == "Kepala Dinas mendisposisikan ke Kepala Bidang"
    sheet.refresh_from_db()
    assert (sheet.ratified_by, sheet.ratified_title) == (staff.kadis, "Kepala Dinas")
    assert {paper.kind: paper.issued_by for paper in papers.all()}.keys() == {"DISPOSITION"}
    assert papers.get(kind="DISPOSITION").issued_by == staff.kadis
    assert list(RelayedOrder.objects.order_by("pk").values_list("answered_by", "is_ratified")) == [
        (staff.kadis.pk, True),
        (staff.kabid.pk, True),
    ]


def test_the_times_of_the_order_and_of_the_answer_stay(staff: Staff) -> None:
    case = relayed_at(State.DISPOSED, staff)
    before = RelayedOrder.objects.get()
    with clock.set_to(clock.now() + dt.timedelta(hours=2)):
        relayed_orders.ratify(case, by=staff.kadis)
    order = RelayedOrder.objects.get()
    assert (order.given_at, order.entered_at) == (before.given_at, before.entered_at)
    assert order.answered_at
    assert order.answered_at > order.entered_at


WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"given_at": dt.timedelta(hours=1)}, "belum tiba"),
    ({"given_at": dt.timedelta(days=-1)}, "lebih awal daripada langkah sebelumnya"),
    ({"way": "PAPER"}, "foto lembar"),
    ({"way": "PAPER", "proof": VOICE}, "foto lembar"),
)


@each(("wrong", "sentence"), WRONG)
def test_an_impossible_time_or_a_missing_sheet_is_refused(
    wrong: dict[str, Any], sentence: str, staff: Staff
) -> None:
    case = case_at(State.REGISTERED, staff)
    if "given_at" in wrong:
        wrong = {"given_at": clock.now() + wrong["given_at"]}
    with pytest.raises(Refused, match=sentence):
        dispose_for(case, staff, **wrong)
    assert not RelayedOrder.objects.exists()
    assert not case.dispositions.exists()


def test_the_minute_of_the_agenda_entry_is_not_too_early(staff: Staff) -> None:
    case = case_at(State.REGISTERED, staff)
    dispose_for(case, staff, given_at=case.since.replace(second=0, microsecond=0))
    assert RelayedOrder.objects.get().given_at >= case.history.get(verb="register").entered_at


def test_a_paper_sheet_comes_with_its_photograph(staff: Staff) -> None:
    dispose_for(case_at(State.REGISTERED, staff), staff, way="PAPER", proof=PHOTO)
    assert RelayedOrder.objects.get().proof


def test_only_a_holder_of_the_position_can_have_given_it(staff: Staff) -> None:
    case = case_at(State.REGISTERED, staff)
    for other in (staff.kabid, staff.expired, staff.sekretariat):
        with pytest.raises(Refused, match="Pilih pejabat"):
            dispose_for(case, staff, given_by=other)
    newcomer = make_user("baru")
    appoint(newcomer, Role.HEAD, starts=clock.today(), acting=Appointment.Acting.PLH)
    yesterday = clock.now() - dt.timedelta(days=1)
    with clock.set_to(yesterday - dt.timedelta(hours=1)):
        older = case_at(State.REGISTERED, staff)
    with pytest.raises(Refused, match="belum memegang jabatan"):
        dispose_for(older, staff, given_by=newcomer, given_at=yesterday)
    dispose_for(older, staff, given_by=newcomer)
    assert RelayedOrder.objects.get().given_title == "Plh. Kepala Dinas"


def test_who_acts_for_the_head_is_offered_first(staff: Staff) -> None:
    case = case_at(State.REGISTERED, staff)
    acting = appoint(make_user("pengganti"), Role.HEAD, acting=Appointment.Acting.PLH)
    givers = relayed_orders.list_givers(case, "dispose_for", by=staff.sekretariat)
    assert [giver.user for giver in givers] == [acting.user, staff.kadis]


def test_an_assignment_is_given_by_the_head_of_that_division(staff: Staff) -> None:
    case = case_at(State.DISPOSED, staff)
    givers = relayed_orders.list_givers(case, "assign_for", by=staff.sekretariat)
    assert [giver.user for giver in givers] == [staff.kabid]


def test_the_official_complained_about_gives_nothing(staff: Staff) -> None:
    case = case_at(State.DISPOSED, staff, kind=Kind.COMPLAINT)
    Case.objects.filter(pk=case.pk).update(complained_about=staff.kabid)
    case.refresh_from_db()
    assert relayed_orders.list_givers(case, "assign_for", by=staff.sekretariat) == []


def test_who_stands_in_ratifies_in_the_own_name(staff: Staff) -> None:
    case = relayed_at(State.PREPARED, staff)
    stand_in = make_user("pengganti")
    appoint(stand_in, Role.HEAD, acting=Appointment.Acting.PLH)
    relayed_orders.ratify(case, by=stand_in)
    order = RelayedOrder.objects.get(disposition__isnull=False)
    assert (order.given_by, order.answered_by, order.answered_title) == (
        staff.kadis,
        stand_in,
        "Plh. Kepala Dinas",
    )


@each(("verb", "role"), [("ratify", Role.HEAD), ("refuse_disposition", Role.HEAD)])
def test_who_entered_it_does_not_answer_it_even_as_stand_in(verb: str, role: Role, staff: Staff) -> None:
    case = relayed_at(State.ASSIGNED, staff)
    appoint(staff.sekretariat, role, acting=Appointment.Acting.PLH)
    clerk = type(staff.sekretariat).objects.get(pk=staff.sekretariat.pk)
    reason = {"reason": "Keliru."} if verb != "ratify" else {}
    with pytest.raises(Refused, match="Anda sendiri"):
        getattr(relayed_orders, verb)(case, by=clerk, **reason)
    assert not RelayedOrder.objects.exclude(answered_at=None).exists()


def test_nobody_answers_for_another(staff: Staff) -> None:
    case = relayed_at(State.ASSIGNED, staff)
    for other in (staff.kabid, staff.sekretariat, staff.petugas, staff.expired, staff.admin):
        with pytest.raises(PermissionDenied):
            relayed_orders.ratify(case, by=other)
    for other in (staff.kadis, staff.other_kabid, staff.sekretariat, staff.petugas):
        with pytest.raises(PermissionDenied):
            relayed_orders.refuse_assignment(case, by=other, reason="Bukan.")


@each("state", [State.DISPOSED, State.ASSIGNED, State.PREPARED, State.SCHEDULED])
def test_a_refused_disposition_goes_back_with_its_history(state: State, staff: Staff) -> None:
    case = relayed_at(state, staff)
    events = case.history.count()
    relayed_orders.refuse_disposition(case, by=staff.kadis, reason="Bukan perintah saya.")
    case = Case.objects.get(pk=case.pk)
    assert (case.state, case.division, case.officer) == (State.REGISTERED, None, None)
    assert (case.awaits_ratification, case.assignment_unratified) == (False, False)
    assert (case.companions.count(), case.involvements.count(), case.copied_to.count()) == (0, 0, 0)
    assert not case.sessions.filter(cancelled_at=None).exists()
    assert case.history.count() == events + 1
    assert case.history.latest("pk").note == "Bukan perintah saya."
    assert RelayedOrder.objects.get(disposition__isnull=False).is_ratified is False
    assert Notice.objects.filter(recipient=None, kind="POSTPONED").exists() == (state == State.SCHEDULED)
    assert not Document.objects.in_force().filter(case=case, kind__in=["SCHEDULE", "ASSIGNMENT"]).exists()
    dispositions_services.dispose(case, by=staff.kadis, division=staff.other_division)
    assert not case.awaits_ratification


@each("state", [State.ASSIGNED, State.PREPARED, State.SCHEDULED])
def test_a_refused_assignment_waits_for_another(state: State, staff: Staff) -> None:
    case = relayed_at(state, staff)
    relayed_orders.refuse_assignment(case, by=staff.kabid, reason="Saya menunjuk yang lain.")
    case = Case.objects.get(pk=case.pk)
    assert (case.state, case.division, case.officer) == (State.DISPOSED, staff.division, None)
    assert (case.awaits_ratification, case.assignment_unratified) == (True, False)
    for reached in (State.ASSIGNED, State.PREPARED, State.SCHEDULED):
        WAY[reached](case, staff)
    assert Document.objects.in_force().filter(case=case, kind="ASSIGNMENT").count() == 1


def test_the_refusal_tells_who_served(staff: Staff) -> None:
    case = relayed_at(State.DISPOSED, staff)
    dispositions_services.assign(case, by=staff.kabid, officer=staff.petugas, companions=[staff.companion])
    relayed_orders.refuse_disposition(case, by=staff.kadis, reason="Bukan.")
    told = Notice.objects.filter(event__verb="refuse_disposition")
    assert dict(told.values_list("recipient__username", "kind")) == {
        "sekretariat": "REFUSED",
        "kabid": "REFUSED",
        "petugas": "REFUSED",
        "companion": "DROPPED",
    }
    assert (case.companions.count(), case.involvements.count()) == (0, 0)


def test_a_refusal_revokes_the_letters_of_the_session(staff: Staff) -> None:
    case = relayed_at(State.SCHEDULED, staff)
    revoked = Document.objects.get(case=case, kind="ASSIGNMENT")
    relayed_orders.refuse_disposition(case, by=staff.kadis, reason="Bukan.")
    revoked.refresh_from_db()
    assert revoked.revoked_at
    dispositions_services.dispose(case, by=staff.kadis, division=staff.division)
    for reached in (State.ASSIGNED, State.PREPARED, State.SCHEDULED):
        WAY[reached](case, staff)
    latest = Document.objects.in_force().get(case=case, kind="ASSIGNMENT")
    assert (latest.version, latest.replaces) == (2, revoked)


def test_the_notice_is_current_until_the_answer_and_so_is_reminded(staff: Staff) -> None:
    case = relayed_at(State.SCHEDULED, staff)
    waiting = {"kadis": "TO_RATIFY", "kabid": "TO_CONFIRM"}
    for name, kind in waiting.items():
        assert kind in {notice.kind for notice in unread_notices(getattr(staff, name))}
    relayed_orders.ratify(case, by=staff.kadis)
    relayed_orders.ratify_assignment(case, by=staff.kabid)
    for name, kind in waiting.items():
        assert kind not in {notice.kind for notice in unread_notices(getattr(staff, name))}


def test_a_later_decision_of_the_own_hand_replaces_an_unanswered_order(staff: Staff) -> None:
    case = relayed_at(State.ASSIGNED, staff)
    dispositions_services.reassign(case, by=staff.kabid, officer=staff.other_petugas, reason="Cuti.")
    assert not case.assignment_unratified
    handed_back = relayed_at(State.DISPOSED, staff)
    dispositions_services.hand_back(handed_back, by=staff.kabid, reason="Bukan bidang kami.")
    assert not handed_back.awaits_ratification
    unanswered = RelayedOrder.objects.filter(answered_at=None).select_related("case").order_by("pk")
    assert [order.waits for order in unanswered] == [True, False, False]


def wav() -> bytes:
    sound = io.BytesIO()
    with wave.open(sound, "wb") as note:
        note.setparams((1, 1, 8000, 0, "NONE", "not compressed"))
        note.writeframes(bytes(8000))
    return sound.getvalue()


SOUNDS = (
    (wav(), "audio/wav"),
    (b"OggS\0\2" + bytes(22) + b"OpusHead\1\1" + bytes(40), "audio/ogg"),
    (b"\x1a\x45\xdf\xa3" + bytes(8) + b"webm" + bytes(30) + b"\x86A_OPUS" + bytes(40), "audio/webm"),
    (b"\0\0\0\x1cftypM4A " + bytes(16) + b"moov" + bytes(30) + b"soun" + bytes(30), "audio/mp4"),
    (b"\xff\xfb\x90\x64" + bytes(400), "audio/mpeg"),
    (b"ID3\4\0\0\0\0\1\0" + bytes(128) + b"\xff\xfb\x90\x64" + bytes(400), "audio/mpeg"),
)


@each(("content", "kind"), [*SOUNDS, (image("JPEG"), "image/jpeg"), (pdf(), "application/pdf")])
def test_voice_notes_are_recognised_by_their_content(content: bytes, kind: str) -> None:
    found = check_file(upload("bukti.bin", content), takes_audio=True)
    assert found.content_type == kind
    assert found.is_audio == kind.startswith("audio/")
    assert found.name.startswith("bukti.")


REFUSED = (
    b"\0\0\0\x1cftypM4A " + bytes(16) + b"moov soun vide" + bytes(30),
    b"\x1a\x45\xdf\xa3" + bytes(8) + b"webm" + bytes(30) + b"A_OPUS V_VP8" + bytes(40),
    b"ID3\4\0\0\0\0\1\0" + b"<script>alert(1)</script>" * 30,
    b"OggS\0\2" + bytes(22) + b"\x80theora" + bytes(40),
    b"halo",
)


@each("content", REFUSED)
def test_videos_and_other_files_are_no_voice_notes(content: bytes) -> None:
    with pytest.raises(ValidationError, match="rekaman suara"):
        check_file(upload("suara.m4a", content), takes_audio=True)


def test_other_forms_take_no_voice_notes() -> None:
    with pytest.raises(ValidationError, match="bukan PDF"):
        check_file(upload("suara.wav", wav()))
