"""A draft in two windows: a sent draft never comes back, and what is sent is what was shown."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client

from consultations import services as consultations_services
from consultations.intake import drafts
from consultations.intake import services as intake_services
from consultations.intake.models import RequestDraft
from consultations.intake.request_form import RequestForm, form_for_draft
from consultations.models import Case
from kit import clock
from office.models import Office
from tests.factories import Staff, applicant
from tests.submitting import pdf, send, typed, upload


def send_draft(draft: RequestDraft) -> Case:
    """Send a draft as another window does."""
    form = form_for_draft(draft)
    assert form.is_valid()
    return drafts.create_case(draft, form.cleaned_data)


def version_on(page: str) -> str:
    found = re.search(r'name="version" value="([^"]+)"', page)
    assert found
    return found[1]


def test_a_draft_changed_in_another_window_is_shown_again(staff: Staff, client: Client) -> None:
    data = typed()
    check = client.post("/ajukan/", data)["Location"]
    version = version_on(client.get(check).content.decode())
    client.post("/ajukan/", {**data, "material": "Isi dari tab kedua"})
    answer = client.post(check, {"version": version})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "isian ini berubah sesudah halaman tadi dibuka" in page
    assert "Isi dari tab kedua" in page
    assert not Case.objects.exists()
    client.post(check, {"version": version_on(page)})
    assert Case.objects.get().material == "Isi dari tab kedua"


def test_a_stale_draft_is_neither_sent_nor_held(staff: Staff, client: Client) -> None:
    data = typed()
    client.post("/ajukan/", data)
    stale = RequestDraft.objects.get()
    client.post("/ajukan/", {**data, "material": "Isi dari tab kedua"})
    with pytest.raises(drafts.Overtaken):
        send_draft(stale)
    with pytest.raises(drafts.Overtaken):
        drafts.hold(stale, "Uji")
    assert RequestDraft.objects.get().held_at is None
    assert not Case.objects.exists()


@pytest.mark.parametrize("becomes", ["sent", "held"])
def test_a_draft_sent_or_held_meanwhile_does_not_come_back(
    staff: Staff, client: Client, becomes: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = typed(identity="CONFIDENTIAL")
    client.post("/pengaduan/", data)
    draft = RequestDraft.objects.get()

    def meanwhile(*_: object) -> None:
        """Act as another window between reading and saving."""
        if becomes == "sent":
            send_draft(draft)
        else:
            drafts.hold(draft, "Uji")

    monkeypatch.setattr("consultations.intake.submission.check_saving", meanwhile)
    answer = client.post("/pengaduan/", {**data, "applicant_name": "Nama Baru"})
    check = f"/pengaduan/{data['submission_token']}/periksa/"
    assert answer["Location"] == check
    if becomes == "sent":
        assert not RequestDraft.objects.exists()
        assert client.get(check)["Location"].endswith("/tanda-terima/")
    else:
        assert RequestDraft.objects.get().typed == draft.typed
        assert client.get(check)["Location"] == f"/pengaduan/{data['submission_token']}/"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_draft_sent_meanwhile_does_not_say_that_its_own_time_is_full(
    staff: Staff, client: Client, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Office.objects.update(visitors_at_once=1)
    check, opened = client.post("/ajukan/", typed())["Location"], clock.now()

    def meanwhile(draft: RequestDraft) -> RequestForm:
        """Send the draft from another window between reading it and validating its form."""
        with clock.set_to(opened):
            send_draft(draft)
        return form_for_draft(draft)

    monkeypatch.setattr("consultations.intake.views.form_for_draft", meanwhile)
    with clock.set_to(opened + dt.timedelta(minutes=1)):
        answer = client.generic(method, check)
    assert answer.status_code == 302
    assert answer["Location"] == f"/p/{Case.objects.get().secret}/tanda-terima/"


def test_a_ticked_file_is_deleted_when_the_draft_is_saved(staff: Staff, client: Client) -> None:
    data = typed(no_letter="", letter=upload("surat.pdf", pdf()))
    client.post("/ajukan/", data)
    file = RequestDraft.objects.get().files.get()
    answer = client.post("/ajukan/", typed(data["submission_token"], no_letter="", remove=str(file.pk)))
    assert answer.status_code == 422
    assert "Pilih berkas surat Anda" in answer.content.decode()
    assert not RequestDraft.objects.get().files.exists()


def test_the_original_form_is_the_same_request_after_a_completion(staff: Staff, client: Client) -> None:
    data = typed(material="Bagaimana caranya?\r\n\r\n Mohon petunjuk. ")
    receipt = send(client, "/ajukan/", data)["Location"]
    case = Case.objects.get()
    consultations_services.send_back(case, by=staff.pkd, missing="Uraian")
    intake_services.complete(case, by=applicant(case), material="Uraian yang lengkap.")
    for again in (data, {**data, "material": f"{data['material']}\0"}):
        assert client.post("/ajukan/", again)["Location"] == receipt
    completed = client.post("/ajukan/", {**data, "material": "Uraian yang lengkap."})
    assert completed["Location"] != receipt
    assert Case.objects.count() == 1


def test_the_date_of_a_letter_is_shown_in_words(staff: Staff, client: Client) -> None:
    data: dict[str, Any] = typed(letter_number="140/1/2026", letter_date="2026-01-05")
    page = client.get(client.post("/ajukan/", data)["Location"]).content.decode()
    assert "5 Januari 2026" in page
    assert "2026-01-05" not in page


def test_each_save_is_another_version(staff: Staff, client: Client) -> None:
    data = typed()
    check = client.post("/ajukan/", data)["Location"]
    before = version_on(client.get(check).content.decode())
    with clock.set_to(clock.now() + dt.timedelta(minutes=1)):
        client.post("/ajukan/", data)
        assert version_on(client.get(check).content.decode()) != before
