"""The migration that allows each NIP once leaves a shared one with the account that is used."""

import datetime as dt
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from office import clock
from office.models import User
from tests.factories import make_user

pytestmark = pytest.mark.differs_by_database

migration = import_module("office.migrations.0026_unique_nip")


def test_a_shared_nip_stays_with_one_account(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    now = clock.now()
    closed, unused, used = (make_user(name) for name in ("tertutup", "belum_masuk", "dipakai"))
    alone = make_user("sendiri")
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX one_account_for_each_nip")
    User.objects.filter(pk=closed.pk).update(is_active=False, last_login=now)
    User.objects.filter(pk=used.pk).update(last_login=now - dt.timedelta(days=9))
    User.objects.filter(pk__in=[closed.pk, unused.pk, used.pk]).update(nip="1" * 18)
    User.objects.filter(pk=alone.pk).update(nip="2" * 18)

    migration.leave_nip_with_one_account(apps, SimpleNamespace(connection=connection))
    with connection.cursor() as cursor:
        cursor.execute("CREATE UNIQUE INDEX one_account_for_each_nip ON office_user (nip) WHERE nip <> ''")

    assert dict(User.objects.exclude(nip="").values_list("username", "nip")) == {
        "dipakai": "1" * 18,
        "sendiri": "2" * 18,
    }
    told = capsys.readouterr().out
    assert "tertutup loses its NIP, because dipakai has the same" in told
    assert "belum_masuk" in told
