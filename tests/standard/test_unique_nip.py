"""The migration that allows each NIP once leaves a shared one with the only open account, if there is one."""

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


def test_a_shared_nip_stays_with_the_only_open_account(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    """Two open accounts lose it: a login at the identity provider would open the account of somebody else."""
    now = clock.now()
    closed, used = make_user("tertutup"), make_user("dipakai")
    alone, (head, officer) = make_user("sendiri"), (make_user(name) for name in ("kepala", "petugas"))
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX one_account_for_each_nip")
    User.objects.filter(pk=closed.pk).update(is_active=False, last_login=now)
    User.objects.filter(pk=used.pk).update(last_login=now - dt.timedelta(days=9))
    User.objects.filter(pk__in=[closed.pk, used.pk]).update(nip="1" * 18)
    User.objects.filter(pk__in=[head.pk, officer.pk]).update(nip="3" * 18)
    User.objects.filter(pk=head.pk).update(last_login=now)
    User.objects.filter(pk=alone.pk).update(nip="2" * 18)

    migration.leave_nip_with_one_account(apps, SimpleNamespace(connection=connection))
    with connection.cursor() as cursor:
        cursor.execute("CREATE UNIQUE INDEX one_account_for_each_nip ON office_user (nip) WHERE nip <> ''")

    assert dict(User.objects.exclude(nip="").values_list("username", "nip")) == {
        "dipakai": "1" * 18,
        "sendiri": "2" * 18,
    }
    told = capsys.readouterr().out
    assert "tertutup loses its NIP, because others have the same: dipakai." in told
    assert "dipakai loses" not in told
    assert "kepala loses its NIP, because others have the same: petugas." in told
    assert "petugas loses" in told
