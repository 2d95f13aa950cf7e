"""Requests that reach the office in another way than online: each channel, and answers by post."""

import datetime as dt
from typing import Any

import pytest

from consultations import services as consultations_services
from consultations.corrections import correct_data
from consultations.enums import Channel, Identity, State, Task
from consultations.intake import services as intake_services
from consultations.models import Case
from consultations.scheduling import services as scheduling_services
from consultations.scheduling.models import Session
from desk.export_tables import CASES
from documents.life import list_papers
from documents.models import Document
from documents.models.document import DocumentKind, PaperState
from kit import clock
from kit.refusal import Refused
from notices.models import Message
from notices.services.delivery import cancel_old_messages
from office.models import User
from tests.case_page import read_all
from tests.factories import DETAILS, WAY, ClientOf, Staff, afresh, case_at, free_moment, sign_papers
from tests.journeys.actor import Actor
from tests.print.documents import html_of, words_of
from tests.shared_data import each

APPLICANT = {"applicant_name": "Budi Contoh", "subject": "Anggaran desa", "material": "Cara menyusunnya."}
PHONE, ADDRESS = {"phone": "0813 1111 2222"}, {"address": "Jl. Melati No. 2, Kecamatan Contoh"}
OFFICE_CHANNELS = [channel for channel in Channel if channel not in (Channel.ONLINE, Channel.WALK_IN)]


def of_channel(channel: str) -> dict[str, Any]:
    """Return what the form asks for a channel besides."""
    besides = {
        Channel.EMAIL: {"email": "budi@example.id"},
        Channel.LAPOR: {"lapor_number": "1234567", **PHONE},
        Channel.FORWARD: {
            "forwarded_by": "Inspektorat Daerah",
            "letter_number": "700/5/ITDA/2026",
            "letter_date": f"{clock.today()}",
            **PHONE,
        },
    }
    return {**APPLICANT, "kind": "CONSULTATION", "channel": channel, **besides.get(Channel(channel), PHONE)}


@each("channel", OFFICE_CHANNELS)
def test_each_channel_is_recorded_as_what_it_is(
    channel: Channel, staff: Staff, sekretariat: Actor, client_of: ClientOf
) -> None:
    sekretariat.take_from_desk("receive", **of_channel(channel))
    case = Case.objects.get()
    page = read_all(sekretariat.client, case)
    assert (case.channel, case.state, case.by_post) == (channel, State.SUBMITTED, False)
    assert str(channel.label) in page
    listed = client_of(staff.pkd)
    assert case.code in listed.get(f"/permohonan/?channel={channel}").text
    other = next(one for one in OFFICE_CHANNELS if one != channel)
    assert case.code not in listed.get(f"/permohonan/?channel={other}").text
    columns = {str(column.heading): column.value for column in CASES.columns}
    assert columns["Cara masuk"](case) == channel.label
    assert columns["Diteruskan oleh"](case) == case.forwarded_by


@each(
    ("channel", "without"),
    [
        (Channel.LETTER, "phone"),
        (Channel.PHONE, "phone"),
        (Channel.WHATSAPP, "phone"),
        (Channel.EMAIL, "email"),
        (Channel.LAPOR, "lapor_number"),
        (Channel.FORWARD, "forwarded_by"),
        (Channel.FORWARD, "letter_date"),
    ],
)
def test_each_channel_requires_its_own_fields(
    channel: Channel, without: str, staff: Staff, client_of: ClientOf
) -> None:
    counter = client_of(staff.sekretariat)
    typed = of_channel(channel)
    del typed[without]
    assert counter.post("/surat-masuk/", typed).status_code == 422
    assert not Case.objects.exists()


def test_an_institution_that_forwards_is_named_wherever_the_letter_is(
    staff: Staff, sekretariat: Actor, client_of: ClientOf
) -> None:
    sekretariat.take_from_desk("receive", **{**of_channel(Channel.LETTER), "forwarded_by": "Tidak berlaku"})
    assert Case.objects.get().forwarded_by == "", "of another channel"
    sekretariat.take_from_desk("receive", **of_channel(Channel.FORWARD))
    case = Case.objects.latest("pk")
    consultations_services.register(case, by=staff.pkd, classification="400.9")
    client, name = client_of(staff.pkd), "Inspektorat Daerah"
    assert name in read_all(client, case)
    assert name in client.get("/agenda/").text
    assert f"Diteruskan oleh {name}, surat tanggal" in words_of("tanda-terima", case)


def letter_without_phone(staff: Staff, **more: Any) -> Case:
    details = {**DETAILS, "phone": "", **ADDRESS, **more}
    return intake_services.receive(by=staff.sekretariat, **details)


def queue_of(user: User, client_of: ClientOf) -> str:
    return client_of(user).get("/pesan/").text


def test_a_letter_without_a_number_is_answered_by_post(
    staff: Staff, sekretariat: Actor, client_of: ClientOf
) -> None:
    sekretariat.take_from_desk("receive", **APPLICANT, **ADDRESS, kind="CONSULTATION", channel="LETTER")
    case = Case.objects.get()
    assert case.by_post
    page = read_all(client_of(staff.sekretariat), case)
    assert "Dijawab lewat pos" in page
    assert "tel:" not in page
    queue = queue_of(staff.sekretariat, client_of)
    assert f"Kirim lewat pos ke: {ADDRESS['address']}" in queue
    assert "wa.me" not in queue
    assert "/whatsapp/" not in queue
    message = Message.objects.get(channel="POST")
    assert client_of(staff.sekretariat).get(f"/pesan/{message.pk}/whatsapp/").status_code == 404
    client_of(staff.sekretariat).post(f"/pesan/{message.pk}/sent/")
    message.refresh_from_db()
    assert (message.status, message.handled_by) == ("SENT", staff.sekretariat)


def test_the_result_waits_on_the_desk_until_it_is_recorded_as_sent(staff: Staff, client_of: ClientOf) -> None:
    case, counter = letter_without_phone(staff), client_of(staff.sekretariat)
    assert 'data-unsent="' not in counter.get("/meja/").text
    for take in WAY.values():
        take(case, staff)
    sign_papers(case, staff)
    result = Document.objects.in_force().get(case=case, kind=DocumentKind.RESULT)
    assert result.state == PaperState.ISSUED, "nobody has sent it"
    assert list(list_papers(staff.sekretariat, Task.SEND)) == [result]
    assert 'data-unsent="1"' in counter.get("/meja/").text
    assert ADDRESS["address"] in html_of("surat-hasil", case)
    counter.post(f"/tanda-tangan/{result.pk}/send/", {"note": "Pos tercatat 123", "dispatch": "POST"})
    assert afresh(result).state == PaperState.SENT
    assert 'data-unsent="' not in counter.get("/meja/").text
    assert not Message.objects.filter(channel="POST", notice__kind__in=("CLOSED", "RESULT_READY")).exists()


def test_a_letter_says_what_is_missing_because_its_reader_may_have_no_telephone(
    staff: Staff, client_of: ClientOf
) -> None:
    case = letter_without_phone(staff)
    consultations_services.send_back(case, by=staff.pkd, missing="Lampirkan daftar warga.")
    queue = queue_of(staff.sekretariat, client_of)
    assert "Lampirkan daftar warga." in queue
    assert "nomor telepon Anda" not in queue


def test_nobody_is_called_without_a_number(staff: Staff) -> None:
    case = letter_without_phone(staff)
    for take in list(WAY.values())[:4]:
        take(case, staff)
    with pytest.raises(Refused, match="Nomor pemohon tidak diketahui"):
        scheduling_services.schedule(
            case, by=staff.petugas, starts_at=free_moment(staff.petugas), mode=Session.Mode.PHONE
        )


def test_a_number_that_was_removed_leaves_no_link_without_one(staff: Staff, client_of: ClientOf) -> None:
    case = case_at(State.INCOMPLETE, staff)
    waiting = Message.objects.get(channel="WHATSAPP")
    correct_data(case, by=staff.pkd, reason="Nomor orang lain.", phone="", address="Jl. Melati No. 2")
    queue = queue_of(staff.sekretariat, client_of)
    assert queue.count("Kirim lewat pos ke: Jl. Melati No. 2") == 2, "the message, and the news of the change"
    client = client_of(staff.sekretariat)
    assert client.get(f"/pesan/{waiting.pk}/whatsapp/").status_code == 404
    former = Message.objects.get(notice__kind="CONTACT_REPLACED")
    assert f'href="/pesan/{former.pk}/whatsapp/"' in queue, "the former number is known"


def test_a_message_by_post_never_lapses(staff: Staff) -> None:
    letter_without_phone(staff)
    message = Message.objects.get(channel="POST")
    type(message.notice).objects.update(created_at=clock.now() - dt.timedelta(days=60))
    assert cancel_old_messages() == 0
    assert afresh(message).status == "WAITING"


@each("identity", [Identity.CONFIDENTIAL, Identity.ANONYMOUS])
def test_a_hidden_complainant_without_a_number_is_taken_in(identity: Identity, staff: Staff) -> None:
    case = letter_without_phone(staff, kind="COMPLAINT", identity=identity)
    assert case.by_post is (identity == Identity.CONFIDENTIAL)
    assert case.address == ""
    assert not Message.objects.filter(channel="POST").exists(), "the address is shown to nobody"
