"""The answers of a step's form to invalid input; nothing that is posted gives a 500 or changes the case."""

import datetime as dt
from collections import ChainMap
from collections.abc import Iterable
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from consultations.enums import Kind, State
from consultations.models import Case
from consultations.scheduling.queries import current_session
from consultations.services import register, void
from dispositions import services as disposition_services
from kit import clock
from kit.refusal import Refused
from office.models import Division, OpeningHours
from reports.forms.items import ItemForm, ItemsField
from tests.factories import ClientOf, Staff, case_at, walk_in_at, working_moment
from tests.pages.test_steps import FIRST_STEPS, actor_of, address
from tests.pages.test_steps_counter import LETTER
from tests.shared_data import each
from tests.standard.steps import TYPED, case_before, typed
from tests.submitting import items

REQUIRED = [
    (State.SUBMITTED, "register", "classification", "Isi kode klasifikasi"),
    (State.SUBMITTED, "register", "urgency", "Pilih tingkat urgensi."),
    (State.SUBMITTED, "register", "confidentiality", "Pilih sifat naskah."),
    (State.SUBMITTED, "send_back", "missing", "Tulis apa yang perlu dilengkapi pemohon."),
    (State.REGISTERED, "void", "reason", "Tulis mengapa nomor agenda ini dibatalkan."),
    (State.REGISTERED, "dispose", "division", "Pilih bidang yang menindaklanjuti."),
    (State.REGISTERED, "decline", "reason", "Tulis mengapa permohonan ini ditolak."),
    (State.DISPOSED, "assign", "officer", "Pilih petugas yang melayani."),
    (State.DISPOSED, "hand_back", "reason", "Tulis mengapa bidang Anda tidak tepat"),
    (State.ASSIGNED, "reassign", "officer", "Pilih petugas yang melayani."),
    (State.ASSIGNED, "reassign", "reason", "Tulis mengapa petugas diganti."),
    (State.ASSIGNED, "prepare", "administration", "Tulis administrasi yang sudah disiapkan."),
    (State.ASSIGNED, "prepare", "materials", "Tulis bahan yang sudah disiapkan."),
    (State.PREPARED, "schedule", "starts_at", "Isi tanggal dan jam konsultasi."),
    (State.PREPARED, "schedule", "minutes", "Pilih lamanya konsultasi."),
    (State.PREPARED, "schedule", "mode", "Pilih cara konsultasi."),
    (State.PREPARED, "schedule", "place", "Isi tempat konsultasi."),
    (State.SCHEDULED, "reschedule", "reason", "Tulis mengapa jadwal diubah."),
    (State.PREPARED, "answer", "answer", "Tulis jawaban untuk pemohon."),
    (State.IN_SESSION, "finish", "attendees", "Tulis siapa saja yang hadir."),
    (State.HELD, "report", "activities", "Tulis kegiatan yang dilaksanakan."),
    (State.HELD, "report", "results", "Tulis hasil yang dicapai."),
    (State.HELD, "report", "advice-0-text", "Isi sekurangnya satu dari Saran"),
    (State.REPORTED, "revise", "reason", "Tulis apa yang perlu diperbaiki."),
    (State.FORWARDED, "return", "reason", "Tulis apa yang perlu diperbaiki."),
]


def step_of(verb: str) -> Any:
    return next(step for step in FIRST_STEPS if step.verb == verb)


def case_of_each(states: Iterable[State], staff: Staff) -> dict[State, Case]:
    """Return a case in each state. The officer can only be in one session, so that comes last."""
    return {state: case_at(state, staff) for state in sorted({*states}, key=lambda s: s == State.IN_SESSION)}


def test_required(staff: Staff, client_of: ClientOf, subtests: pytest.Subtests) -> None:
    cases = case_of_each((state for state, *_rest in REQUIRED), staff)
    for state, verb, field, sentence in REQUIRED:
        case, client = cases[state], client_of(actor_of(step_of(verb), staff))
        with subtests.test(f"{verb} {field}"):
            for blank in ("", "   ", " \r\n\t ") if field == "reason" else ("",):
                answer = client.post(address(case, verb), {**typed(verb, staff), field: blank})
                assert answer.status_code == 422
                assert sentence in answer.content.decode()
            assert Case.objects.get(pk=case.pk).version == case.version


NONSENSE = ["\0", "9" * 40, "-1", "0000-01-01T00:00", "99999-01-01", "😀" * 50]


@each("step", FIRST_STEPS)
def test_nonsense_in_any_field_is_never_a_500(step: Any, staff: Staff, client_of: ClientOf) -> None:
    """In all fields at once, in all that accept it, and a megabyte in each field alone."""
    case, client = case_before(step, staff), client_of(actor_of(step, staff))
    fields = client.get(address(case, step.verb)).context["form"].fields
    good = {"version": case.version, **typed(step.verb, staff)}

    def post(names: Iterable[str], value: str) -> set[str]:
        """Return the fields that refuse the value; a step that was taken is undone."""
        before = transaction.savepoint_create()
        row = dict.fromkeys(ItemForm.base_fields, value[:200_000])
        posted = [items(n, row) if isinstance(fields[n], ItemsField) else {n: value} for n in names]
        answer = client.post(address(case, step.verb), dict(ChainMap(*posted, good)))
        assert answer.status_code in (302, 409, 422), (names, value[:12])
        if answer.status_code == 302:
            transaction.savepoint_rollback(before)
        assert Case.objects.get(pk=case.pk).version == case.version
        return {*answer.context["form"].errors} if answer.status_code == 422 else set()

    for value in NONSENSE:
        accepted = fields.keys() - post(fields, value)
        if post(accepted, value):
            for field in accepted:
                post([field], value)
    for field in fields:
        post([field], "x" * 1_000_000)


@each(
    ("state", "verb", "field"),
    [
        (State.REGISTERED, "dispose", "division"),
        (State.REGISTERED, "dispose", "instructions"),
        (State.REGISTERED, "dispose", "copies"),
        (State.DISPOSED, "assign", "officer"),
        (State.DISPOSED, "assign", "companions"),
        (State.SCHEDULED, "reassign", "officer"),
    ],
)
def test_forged_ids_change_nothing(
    state: State, verb: str, field: str, staff: Staff, client_of: ClientOf
) -> None:
    case = case_at(state, staff)
    client = client_of(actor_of(step_of(verb), staff))
    for forged in (0, -1, 99_999, 2**63, 10**40, "x", "1e3", "1; DROP TABLE"):
        answer = client.post(address(case, verb), {**typed(verb, staff), field: [forged]})
        assert answer.status_code == 422, forged
    assert Case.objects.get(pk=case.pk).version == case.version


def test_officer_of_another_division_is_no_choice(staff: Staff, client_of: ClientOf) -> None:
    case, client = case_at(State.DISPOSED, staff), client_of(staff.kabid)
    for name in ("elsewhere", "other_kabid", "kadis", "admin", "expired"):
        answer = client.post(address(case, "assign"), {"officer": getattr(staff, name).pk})
        assert answer.status_code == 422, name
        assert "Pilih petugas dari bidang yang menerima disposisi." in answer.content.decode(), name


@each(("state", "verb"), [(State.DISPOSED, "assign"), (State.SCHEDULED, "reassign")])
def test_the_head_of_the_office_is_no_companion(
    state: State, verb: str, staff: Staff, client_of: ClientOf
) -> None:
    case, client = case_at(state, staff), client_of(staff.kabid)
    offered = client.get(address(case, verb)).context["form"].fields["companions"].records()
    assert staff.companion in offered
    assert staff.kadis not in offered
    data = {**typed(verb, staff), "companions": [staff.kadis.pk]}
    assert client.post(address(case, verb), data).status_code == 422
    take = getattr(disposition_services, verb)
    reason = {"reason": "Cuti."} if verb == "reassign" else {}
    with pytest.raises(Refused, match="Kepala Dinas tidak dapat menjadi pendamping"):
        take(case, by=staff.kabid, officer=staff.petugas, companions=[staff.kadis], **reason)
    assert Case.objects.get(pk=case.pk).version == case.version


def test_a_word_that_no_paper_holds(staff: Staff, client_of: ClientOf) -> None:
    case, client = case_at(State.SUBMITTED, staff), client_of(staff.pkd)
    answer = client.post(address(case, "send_back"), {"missing": f"Surat {'x' * 501}"})
    assert answer.status_code == 422
    assert "Ada kata yang terlalu panjang. Pisahkan dengan spasi." in answer.content.decode()
    link = f"https://contoh.go.id/{'x' * 479}"
    assert client.post(address(case, "send_back"), {"missing": f"Surat\r\n{link}"}).status_code == 302


def test_official_complained_about_is_no_choice(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.SUBMITTED, staff, kind=Kind.COMPLAINT)
    pkd, kadis, kabid = (client_of(user) for user in (staff.pkd, staff.kadis, staff.kabid))
    pkd.post(
        address(case, "register"),
        {**typed("register", staff), "complained_about": staff.other_petugas.pk},
    )
    kadis.post(address(case, "dispose"), typed("dispose", staff))
    for data in (
        {"officer": staff.other_petugas.pk},
        {"officer": staff.petugas.pk, "companions": [staff.other_petugas.pk]},
    ):
        assert kabid.post(address(case, "assign"), data).status_code == 422


@each(
    ("chosen", "sentence"),
    [
        (("SOS", []), "Kepala Bidang ini adalah pejabat yang diadukan. Pilih bidang lain."),
        (("DESA", ["SOS"]), "adalah pejabat yang diadukan. Hapus dari tembusan."),
    ],
)
def test_no_division_of_the_official_complained_about_is_chosen_also_not_as_a_copy(
    chosen: tuple[str, list[str]], sentence: str, staff: Staff, client_of: ClientOf
) -> None:
    case = case_at(State.SUBMITTED, staff, kind=Kind.COMPLAINT)
    register(case, by=staff.pkd, classification="700", complained_about=staff.kabid)
    keys = {division.code: division.pk for division in Division.objects.all()}
    data = {"division": keys[chosen[0]], "copies": [keys[code] for code in chosen[1]]}
    answer = client_of(staff.kadis).post(address(case, "dispose"), data)
    assert answer.status_code == 422
    field = "copies" if chosen[1] else "division"
    assert [sentence in error for error in answer.context["form"].errors[field]] == [True]
    assert Case.objects.get(pk=case.pk).state == State.REGISTERED


def test_the_official_is_entered_later_with_a_reason_or_a_sentence_beside_the_name(
    staff: Staff, client_of: ClientOf
) -> None:
    case = case_at(State.ASSIGNED, staff, kind=Kind.COMPLAINT, complained_party="Orang loket")
    client, page = client_of(staff.pkd), address(case, "name_official")
    assert "Menurut pelapor: Orang loket." in client.get(page).content.decode()
    wrong = (
        ({"reason": " "}, "reason", "Tulis dari mana hal ini diketahui."),
        ({"complained_about": ""}, "complained_about", "Ini sudah tercatat."),
        ({"complained_about": staff.admin.pk}, "complained_about", "Pilih pejabat dari daftar ini."),
        ({"complained_about": staff.petugas.pk}, "complained_about", "adalah petugas atau pendamping"),
    )
    for change, field, sentence in wrong:
        answer = client.post(page, {**typed("name_official", staff), **change})
        assert answer.status_code == 422
        assert sentence in answer.context["form"].errors[field][0]
    myself = {**typed("name_official", staff), "complained_about": staff.pkd.pk}
    assert client.post(page, myself)["Location"] == "/meja/"
    assert client.get(page).status_code == 404


def test_only_a_complaint_offers_to_enter_an_official(staff: Staff, client_of: ClientOf) -> None:
    complaint, consultation = (
        case_at(State.REGISTERED, staff, kind=kind) for kind in ("COMPLAINT", "CONSULTATION")
    )
    client = client_of(staff.pkd)
    for case, offered in ((complaint, True), (consultation, False)):
        shown = client.get(f"/permohonan/{case.code}/").content.decode()
        assert (address(case, "name_official") in shown) is offered
    answer = client.get(address(consultation, "name_official"))
    assert answer.status_code == 409
    assert "Langkah ini hanya untuk pengaduan." in answer.content.decode()


def test_consultation_is_about_no_official(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.SUBMITTED, staff)
    data = {**typed("register", staff), "complained_about": staff.petugas.pk}
    assert client_of(staff.pkd).post(address(case, "register"), data).status_code == 302
    assert Case.objects.get(pk=case.pk).complained_about is None


NO_CLOCK = "Tulis jam, contoh: 09.30."
NO_TIME = "Tulis tanggal dan jam, contoh: 24-11-2026 09.30."
NO_CODE = "Tulis kode klasifikasi berupa angka, contoh: 400.9."

UNUSABLE: list[tuple[State, str, dict[str, str], str]] = [
    *(
        (State.SUBMITTED, "register", {"classification": code}, NO_CODE)
        for code in ("ngawur", "400.", ".9", "400,9", "4000", "400.9 a", "1.2.3.4.5.6.7", "٤٠٠")
    ),
    (State.REGISTERED, "dispose", {"deadline": f"{clock.today() - dt.timedelta(days=1)}"}, ""),
    (State.REGISTERED, "dispose", {"deadline": f"{clock.today() + dt.timedelta(days=1000)}"}, ""),
    (State.PREPARED, "schedule", {"starts_at": "2020-01-01T09:00"}, "Waktu ini sudah lewat."),
    (State.PREPARED, "schedule", {"starts_at": "2098-01-01T09:00"}, "Pilih waktu dalam satu tahun ke depan."),
    (State.PREPARED, "schedule", {"starts_at": "besok pagi"}, NO_TIME),
    (State.PREPARED, "schedule", {"starts_at_day": "2026-11-24"}, "Pilih juga jamnya."),
    (State.PREPARED, "schedule", {"minutes": "31"}, "Pilih lamanya konsultasi dari daftar ini."),
    (State.PREPARED, "schedule", {"mode": "WRITTEN"}, "Pilih cara konsultasi dari daftar ini."),
    (State.PREPARED, "schedule", {"mode": "ONLINE"}, "Isi tautan rapat untuk konsultasi daring."),
    (State.PREPARED, "schedule", {"mode": "ONLINE", "link": "bukan tautan"}, "Tulis tautan lengkap"),
    (State.PREPARED, "schedule", {"mode": "ONLINE", "link": "javascript:alert(1)"}, "Tulis tautan lengkap"),
    (State.PREPARED, "schedule", {"mode": "ELSEWHERE", "place": ""}, "Isi tempat konsultasi."),
    (State.IN_SESSION, "finish", {"started_at": "x"}, NO_CLOCK),
    (State.IN_SESSION, "finish", {"finished_at": "25.00"}, NO_CLOCK),
    (State.IN_SESSION, "finish", {"day": ""}, "Tulis tanggal yang ada di kalender"),
    (State.IN_SESSION, "finish", {"day": "2020-01-02"}, "dapat dimulai dari"),
    *((State.PREPARED, "answer", {"minutes": minutes}, "antara 1 dan 480") for minutes in ("0", "481", "x")),
    (State.SCHEDULED, "no_show", {"note": ""}, "Tulis kabar dari pemohon."),
]


def test_what_a_form_cannot_use_gets_a_sentence(
    staff: Staff, client_of: ClientOf, subtests: pytest.Subtests
) -> None:
    cases = case_of_each((state for state, *_rest in UNUSABLE), staff)
    for state, verb, change, sentence in UNUSABLE:
        case, client = cases[state], client_of(actor_of(step_of(verb), staff))
        with subtests.test(f"{verb} {change}"):
            answer = client.post(address(case, verb), {**typed(verb, staff), **change})
            assert answer.status_code == 422
            assert sentence in answer.content.decode()
            assert Case.objects.get(pk=case.pk).version == case.version


MONDAY = dt.datetime(2026, 11, 23, 9, 0, tzinfo=timezone.get_default_timezone())
CLOSED = ["2026-11-29T09:00", "2026-11-24T23:00", "2026-11-24T11:45", "2026-12-25T09:00"]


@each(("state", "verb"), [(State.PREPARED, "schedule"), (State.SCHEDULED, "reschedule")])
@each("closed", CLOSED)
def test_the_office_receives_nobody_while_it_is_closed(
    state: State, verb: str, closed: str, staff: Staff, client_of: ClientOf
) -> None:
    with clock.set_to(MONDAY):
        case, client = case_at(state, staff), client_of(staff.petugas)
        data = {**typed(verb, staff), "starts_at": closed}
        answer = client.post(address(case, verb), data)
        assert answer.status_code == 422
        told = answer.context["form"].errors["starts_at"][0]
        assert told.startswith("Kantor tidak melayani pada waktu ini. Jam layanan: Senin")
        assert Case.objects.get(pk=case.pk).version == case.version
        elsewhere = {**data, "mode": "ELSEWHERE", "place": "Balai desa"}
        assert client.post(address(case, verb), elsewhere).status_code == 302


def test_an_online_session_may_be_in_the_evening(staff: Staff, client_of: ClientOf) -> None:
    with clock.set_to(MONDAY):
        case = case_at(State.PREPARED, staff)
        online = {"starts_at": CLOSED[1], "mode": "ONLINE", "link": "https://rapat.contoh.go.id/abc"}
        data = {**typed("schedule", staff), **online}
        assert client_of(staff.petugas).post(address(case, "schedule"), data).status_code == 302


def test_an_office_without_hours_receives_at_any_time(staff: Staff, client_of: ClientOf) -> None:
    OpeningHours.objects.all().delete()
    case = case_at(State.PREPARED, staff)
    data = {**typed("schedule", staff), "starts_at": working_moment(4, 23).strftime(TYPED)}
    assert client_of(staff.petugas).post(address(case, "schedule"), data).status_code == 302


def test_online_session_needs_no_place(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.PREPARED, staff)
    data = {**typed("schedule", staff), "mode": "ONLINE", "link": "rapat.contoh.go.id/abc"}
    assert client_of(staff.petugas).post(address(case, "schedule"), data).status_code == 302
    session = current_session(Case.objects.get(pk=case.pk))
    assert session
    assert (session.place, session.link) == ("", "https://rapat.contoh.go.id/abc")


def test_session_started_in_the_future_or_before_the_step_before(staff: Staff, client_of: ClientOf) -> None:
    case, client = walk_in_at(State.ASSIGNED, staff), client_of(staff.petugas)
    future = client.post(address(case, "start"), {"at": working_moment(1).strftime(TYPED)})
    assert future.status_code == 422
    assert "Waktu ini belum tiba." in future.content.decode()
    past = client.post(address(case, "start"), {"at": "2020-01-01T09:00"})
    assert past.status_code == 409
    assert "sebelum langkah sebelumnya" in past.content.decode()


def test_nobody_calls_an_anonymous_complainant(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.PREPARED, staff, kind=Kind.COMPLAINT, identity="ANONYMOUS")
    data = {**typed("schedule", staff), "mode": "PHONE"}
    answer = client_of(staff.petugas).post(address(case, "schedule"), data)
    assert answer.status_code == 422
    assert "Pelapor anonim tidak memberi nomor." in answer.content.decode()


def test_a_voided_number_leaves_what_was_entered_in_the_form(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.SUBMITTED, staff, kind=Kind.COMPLAINT)
    register(
        case,
        by=staff.pkd,
        classification="400.10",
        confidentiality="CONFIDENTIAL",
        complained_about=staff.kadis,
    )
    void(case, by=staff.pkd, reason="Salah nomor.")
    form = client_of(staff.pkd).get(address(case, "register")).context["form"]
    assert form["complained_about"].value() == staff.kadis.pk
    assert form["classification"].value() == "400.10"
    assert form["confidentiality"].value() == "CONFIDENTIAL"


def test_a_letter_of_long_ago_is_a_slip_of_the_pen(staff: Staff, client_of: ClientOf) -> None:
    data = {**LETTER, "at": "2020-01-02T09:00"}
    answer = client_of(staff.sekretariat).post("/surat-masuk/", data)
    assert "lebih dari 90 hari" in answer.content.decode()
    assert not Case.objects.exists()
