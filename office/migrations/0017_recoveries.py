"""Recoveries of a second factor become changes of access, which are confirmed in the same way."""

from datetime import timedelta

from django.db import migrations


def copy_recoveries(apps, schema_editor):
    change = apps.get_model('office', 'AccessChange')
    change.objects.bulk_create(
        change(
            kind='FACTOR',
            user_id=recovery.user_id,
            proposed_by_id=recovery.first_by_id,
            proposed_at=recovery.first_at,
            expires_at=recovery.first_at + timedelta(hours=24),
            outcome='CONFIRMED' if recovery.second_at else '',
            decided_by_id=recovery.second_by_id,
            decided_at=recovery.second_at,
        )
        for recovery in apps.get_model('office', 'FactorRecovery').objects.order_by('pk')
    )


class Migration(migrations.Migration):

    dependencies = [
        ('office', '0016_access_changes'),
    ]

    operations = [
        migrations.RunPython(copy_recoveries),
        migrations.DeleteModel(name='FactorRecovery'),
    ]
