"""Somebody fills in the form for another person: both are named on the case, the receipt and the papers."""

from typing import Any

from django.test import Client

from consultations.models import Case
from documents.files import render_html
from documents.models import Document
from tests.factories import Staff, client_of
from tests.shared_data import each
from tests.submitting import assert_says, send, typed

HELPED = {"filled_by": "Budi Penolong", "filled_as": "perangkat desa"}
BOTH = "Budi Penolong (perangkat desa)"


def sent(path: str = "/ajukan/", **more: Any) -> Case:
    send(Client(), path, typed(**HELPED, **more))
    return Case.objects.get()


def test_who_filled_in_is_named_wherever_the_applicant_is(staff: Staff) -> None:
    case, office = sent(), client_of(staff.pkd)
    assert (case.applicant_name, case.filled_by, case.filled_as) == ("Siti Contoh", *HELPED.values())
    receipt = Client().get(f"/p/{case.secret}/tanda-terima/").text
    assert "nomor kontak Siti Contoh" in receipt, "it finds the case"
    pages = [office.get(f"/permohonan/{case.code}/{rest}").text for rest in ("", "register/")]
    papers = [render_html(paper) for paper in Document.objects.in_force().filter(case=case)]
    assert len(papers) == 2, "the form and the receipt"
    for shown in (receipt, Client().get(f"/p/{case.secret}/").text, *pages, *papers):
        assert BOTH in shown


def test_the_check_page_reads_both_names(staff: Staff) -> None:
    page = Client().post("/ajukan/", typed(**HELPED), follow=True)
    assert_says(page, 200, "Siti Contoh", *HELPED.values())
    assert "<dt>Nama yang berkepentingan</dt>" in page.text, "the name is not the reader's"
    assert "<dt>Nama Anda</dt>" not in page.text
    own = Client().post("/ajukan/", typed(), follow=True).text
    assert "<dt>Nama Anda</dt>" in own
    assert "pengisi" not in own


@each("path", ["/ajukan/", "/pengaduan/"])
def test_the_form_asks_first_for_whom_it_is_filled_in(path: str, staff: Staff) -> None:
    page = Client().get(path).text
    assert 0 < page.index('id="pengisi"') < page.index('id="id_applicant_name"')
    helped = Client().post(path, typed(**HELPED, applicant_name="", phone=""))
    assert_says(helped, 422, "Nama yang berkepentingan", "Tulis nama orang yang Anda bantu.")
    assert "Tulis nomor telepon atau WhatsApp orang yang Anda bantu, atau nomor Anda." in helped.text


def test_a_name_needs_the_relation_and_the_other_way_round(staff: Staff) -> None:
    assert_says(
        Client().post("/ajukan/", typed(filled_by="Budi Penolong")), 422, "Tulis hubungan Anda dengan orang"
    )
    assert_says(Client().post("/pengaduan/", typed(filled_as="anak")), 422, "Tulis nama Anda yang mengisi.")


def test_an_anonymous_complaint_stores_neither(staff: Staff) -> None:
    case = sent("/pengaduan/", identity="ANONYMOUS")
    assert (case.filled_by, case.filled_as) == ("", "")
