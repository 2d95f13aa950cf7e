"""The pages of other systems have no barrier."""

import pytest

from consultations.enums import Kind, State
from exchange.models import Webhook, WebhookEvent
from exchange.webhooks import set_webhook
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
