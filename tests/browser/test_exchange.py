"""The pages of other systems and of a province's offices have no barrier."""

from typing import Any

import pytest

from consultations.enums import Kind, State
from exchange.models import OfficeAnswer, Webhook, WebhookEvent
from exchange.province import FIGURES
from exchange.webhooks import set_webhook
from kit import clock
from kit.periods import LAST_TWELVE_MONTHS
from tests.browser.accessibility import seen
from tests.browser.conftest import Arrive
from tests.exchange.conftest import make_caller
from tests.factories import Staff, case_at

pytestmark = pytest.mark.browser


@pytest.mark.release
def test_pages_of_other_systems(staff: Staff, arrive: Arrive) -> None:
    system = make_caller("Sistem Informasi Desa", by=staff.admin, official=staff.kadis).system
    make_caller("SIMDA", by=staff.admin, official=staff.kabid, reads_cases=True)
    set_webhook(system, by=staff.kadis, url="https://sistem-informasi-desa.contoh.go.id/penerima/rembuk")
    complaint = case_at(State.REGISTERED, staff, kind=Kind.COMPLAINT)
    WebhookEvent.objects.update(attempts=3, reason="Penerima menjawab dengan status 500.")
    head, address = arrive("kadis"), f"/sistem-lain/{system.pk}/"
    assert Webhook.objects.get().events.count() == 1
    assert not [
        *seen(head, "/sistem-lain/", address, "/srikandi/", f"/permohonan/{complaint.code}/"),
        *seen(arrive(), "/api/v1/dokumentasi/"),
    ]


PROFILE = {
    "name": "Dinas Satu",
    "address": "Jl. Contoh No. 1",
    "phone": "0717000000",
    "zone": "WIB",
    "hours": "Senin-Jumat 07.30-16.00",
    "matters": "urusan desa",
    "product": "Laporan",
    "is_open": False,
}


@pytest.mark.release
def test_pages_of_a_province(staff: Staff, arrive: Arrive, settings: Any) -> None:
    listed = {"kind": "Dinas", "region": "Kabupaten Contoh", "token": "x", "villages": []}
    settings.PROVINCE = [{**listed, "name": f"Dinas {n}", "site": f"https://{n}.example"} for n in range(3)]
    figures = {LAST_TWELVE_MONTHS: {**dict.fromkeys(FIGURES, 12.5), "cases.late": None}}
    for number, failure in ((0, ""), (1, "TOKEN")):
        OfficeAnswer.objects.create(
            site=f"https://{number}.example",
            profile=PROFILE,
            figures=figures,
            answered_at=clock.now(),
            failure=failure,
        )
    assert not [*seen(arrive("kadis"), "/provinsi/"), *seen(arrive(), "/cari-kantor/", "/cari-kantor/?q=x")]
