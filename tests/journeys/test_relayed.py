"""A head gives a disposition by word: the secretariat enters it, and the head answers later."""

from typing import Any

from consultations.enums import State
from dispositions.models import RelayedOrder
from tests.case_page import read_all
from tests.factories import Staff, case_at
from tests.journeys.actor import Actor, Form
from tests.print.documents import words_of
from tests.shared_data import each
from tests.standard.test_relayed import wav
from tests.submitting import image, upload

MOST_FIELDS = 3


def untouched(form: Form) -> set[str]:
    """Return the fields of a form that open with a value."""
    return {name for name, values in form.values.items() if values and values[0]}


def test_a_disposition_by_telephone_moves_at_once_and_is_ratified_later(
    staff: Staff, sekretariat: Actor, kadis: Actor, kabid: Actor, petugas: Actor
) -> None:
    case = case_at(State.REGISTERED, staff)
    sekretariat.take("dispose_for", case, division=str(staff.division.pk), way="TELEPHONE")
    case.refresh_from_db()
    assert (case.state, case.division) == (State.DISPOSED, staff.division)
    page = read_all(kadis.client, case)
    assert "Disposisi menunggu pengesahan" in page
    assert "Belum disahkan" in page
    kabid.take("assign", case, officer=str(staff.petugas.pk))
    assert "dispose" not in kadis.offered(case)
    desk = kadis.client.get("/meja/").text
    assert case.code in desk
    kadis.take("ratify", case)
    assert "ratify" not in kadis.offered(case)
    assert case.code not in kadis.client.get("/meja/").text
    assert "Belum disahkan" not in read_all(petugas.client, case)
    sheet = words_of("lembar-disposisi", case)
    assert "Disposisi lewat telepon Kepala Dinas tanggal" in sheet
    assert "dicatat oleh Sekretariat (Sekretariat), dikonfirmasi Kadis (Kepala Dinas) tanggal" in sheet


def test_at_most_three_fields_need_a_hand(staff: Staff, sekretariat: Actor) -> None:
    case = case_at(State.REGISTERED, staff)
    form = sekretariat.form(f"/permohonan/{case.code}/dispose_for/", "dispose_for")
    touched = {"division": str(staff.division.pk), "way": "WORD"}
    assert len(touched) <= MOST_FIELDS
    assert {"given_by", "given_at"} <= untouched(form)
    sekretariat.send(form, **touched)
    order = RelayedOrder.objects.get()
    assert (order.given_by, order.way) == (staff.kadis, "WORD")


def test_a_refused_disposition_is_given_again_with_the_own_hand(
    staff: Staff, sekretariat: Actor, kadis: Actor, kabid: Actor
) -> None:
    case = case_at(State.REGISTERED, staff)
    sekretariat.take("dispose_for", case, division=str(staff.division.pk), way="WORD")
    kadis.take("refuse_disposition", case, reason="Yang saya maksud bidang lain.")
    assert kabid.client.get(f"/permohonan/{case.code}/").status_code == 404
    page = read_all(sekretariat.client, case)
    assert "Tidak disahkan" in page
    assert "Yang saya maksud bidang lain." in page
    assert "dispose" in kadis.offered(case)


PROOFS = (("rekaman.wav", wav(), "<audio"), ("lembar.jpg", image("JPEG"), '<img class="proof"'))


@each(("name", "content", "shown"), PROOFS)
def test_the_proof_is_played_or_shown_in_the_page_and_hidden_from_the_applicant(
    name: str, content: bytes, shown: str, staff: Staff, sekretariat: Actor, kadis: Actor
) -> None:
    case = case_at(State.REGISTERED, staff)
    address = f"/permohonan/{case.code}/dispose_for/"
    values: dict[str, Any] = {**sekretariat.form(address, "dispose_for").values, "way": "PAPER"}
    if name.endswith("wav"):
        refused = sekretariat.client.post(
            address, {**values, "division": staff.division.pk, "proof": upload(name, content)}
        )
        assert "foto lembar" in refused.text
        values["way"] = "TELEPHONE"
    sekretariat.client.post(
        address, {**values, "division": staff.division.pk, "proof": upload(name, content)}
    )
    proof = RelayedOrder.objects.get().proof
    assert proof
    ratifying = kadis.client.get(f"/permohonan/{case.code}/ratify/").text
    for text in (read_all(kadis.client, case), ratifying):
        assert shown in text
        assert text.count(f"/berkas/{proof.pk}/") == (1 if name.endswith("wav") else 2)
    served: Any = kadis.client.get(f"/berkas/{proof.pk}/")
    assert served["Content-Type"] == proof.content_type
    assert b"".join(served.streaming_content)[:4] == content[:4]
    assert kadis.client.get(f"/p/{case.secret}/berkas/{proof.pk}/").status_code == 404
