"""What the pages write is a cause of what they change."""

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from office.access import changes
from office.models import Position
from tests.factories import Staff
from tests.ledger.conftest import list_findings
from trust.ledger.chain import append_leaves


def test_an_administrator_renames_a_person_and_a_position(staff: Staff) -> None:
    """`pengaturan/` stores an entry of its own log, which the audit log describes."""
    append_leaves()
    position = Position.objects.earliest("pk")
    for row, column in ((staff.petugas, "name"), (position, "title")):
        setattr(row, column, "Nama Lain")
        row.save(update_fields=[column])
        append_leaves()
        assert any("written without its cause" in text for text in list_findings()), column
        about = {"content_type": ContentType.objects.get_for_model(row), "object_id": row.pk}
        LogEntry.objects.create(user=staff.admin, object_repr=str(row), action_flag=CHANGE, **about)
        append_leaves()
        assert list_findings() == []


def test_a_second_factor_is_installed_by_its_owner_and_removed_by_two_people(staff: Staff) -> None:
    factor = Authenticator.objects.create(user=staff.pkd, type="totp", data={"secret": "x"})
    append_leaves()
    assert [text.partition(" (")[0] for text in list_findings()] == [
        f"mfa_authenticator {factor.pk}: written without its cause"
    ]
    authenticator_added.send(Authenticator, request=None, user=staff.pkd, authenticator=factor)
    append_leaves()
    assert list_findings() == []
    with transaction.atomic():
        factor.delete()
        append_leaves()
        assert any("written without its cause" in text for text in list_findings())
        transaction.set_rollback(True)
    change = changes.propose(changes.Kind.FACTOR, staff.pkd, by=staff.admin)
    changes.confirm(change, by=staff.kadis)
    append_leaves()
    assert not Authenticator.objects.exists()
    assert list_findings() == []
