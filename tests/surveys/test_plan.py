"""The follow-up plan: who writes it, what is refused, and what everybody reads of it."""

import datetime as dt
from typing import Any

from django.test import Client

from kit import clock
from office.models import User
from reports.surveys.models import PlanItem
from tests.factories import Staff, client_of
from tests.submitting import image, pdf, upload
from tests.surveys.answering import answers, last_quarter, publish

CHAIRS = "Menambah sepuluh kursi."


def item_url(element: str) -> str:
    return f"/survei/rencana/{last_quarter().key}/CONSULTATION/{element}/"


def typed(**more: Any) -> dict[str, Any]:
    day = clock.today() + dt.timedelta(days=30)
    return {"action": CHAIRS, "responsible": "Sekretaris Dinas", "due": str(day), "percent": 20, **more}


def test_tim_pkd_plans_and_everybody_reads_the_progress(staff: Staff) -> None:
    quarter, public = last_quarter(), Client()
    answers(sheet=[(3, 3, 3, 4, 4, 4, 4, 4, 4)] * 5, day=quarter.until)
    client = client_of(staff.pkd)
    for code in ("U1", "U2", "U3"):
        assert client.post(item_url(code), typed()).status_code == 302
    photo = upload("kursi.jpg", image("JPEG"))
    assert client.post(item_url("U1"), {**typed(percent=100), "photo": photo}).status_code == 302
    item = PlanItem.objects.get(element="U1")
    shown = f"/survei/foto/{item.pk}/"
    assert (item.percent, item.status, public.get(shown).status_code) == (100, "Selesai", 404)
    publication = publish(staff.kadis, quarter)
    for path in ("/statistik/", publication.get_absolute_url()):
        page = public.get(path).text
        found = [page.count(CHAIRS) >= 3, f'href="{shown}"' in page, "Selesai, 100&nbsp;%" in page]
        assert found == [True] * 3
        assert "Sedang dikerjakan, 20&nbsp;%" in page
    response = public.get(shown)
    assert (response["Content-Type"], response.getvalue()[:2]) == ("image/jpeg", b"\xff\xd8")
    with clock.set_to(clock.now() + dt.timedelta(days=31)):
        assert "Lewat target, 20&nbsp;%" in public.get("/statistik/").text
    client.post(item_url("U1"), {**typed(), "removes_photo": "on"})
    assert public.get(shown).status_code == 404


def test_only_planners_plan_and_only_for_the_lowest_elements(staff: Staff) -> None:
    answers(sheet=[(3, 3, 3, 4, 4, 4, 4, 4, 4)] * 5, day=last_quarter().until)
    planners = {"pkd": 302, "sekretaris": 302, "kadis": 302}
    for user in User.objects.all():
        status = client_of(user).post(item_url("U2"), typed()).status_code
        assert status == planners.get(user.username, 403), user.username
    refused = client_of(staff.pkd).post(item_url("U9"), typed())
    assert refused.status_code == 409
    assert CHAIRS in refused.text
    for wrong in (
        "/survei/rencana/2026-11/CONSULTATION/U1/",
        "/survei/rencana/x/CONSULTATION/U1/",
        f"/survei/rencana/{last_quarter().key}/RUMOUR/U1/",
        item_url("U0"),
    ):
        assert client_of(staff.pkd).get(wrong).status_code == 404


def test_a_wrong_field_gets_a_sentence(staff: Staff) -> None:
    answers(sheet=[(3, 3, 3, 4, 4, 4, 4, 4, 4)] * 5, day=last_quarter().until)
    for name, value, sentence in (
        ("action", " ", "Tulis apa yang diperbaiki."),
        ("responsible", "", "Tulis jabatan penanggung jawabnya."),
        ("due", "besok", "Tulis tanggal"),
        ("percent", 101, "Tulis angka 0 sampai 100."),
        ("photo", upload("a.pdf", pdf()), "Pilih gambar, bukan PDF."),
    ):
        response = client_of(staff.pkd).post(item_url("U1"), typed(**{name: value}))
        assert response.status_code == 422
        assert sentence in response.text
        assert not PlanItem.objects.exists()
