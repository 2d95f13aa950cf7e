"""The office knows a held draft by a key of its own, and keeps no token of it: that led to the secret link."""

import hashlib
import uuid

from django.db import migrations, models

from consultations import history_guard

DECISIONS = "consultations_helddecision"


def give_keys(apps, schema_editor):
    for draft in apps.get_model("consultations", "RequestDraft").objects.only("pk").iterator():
        draft.held_key = uuid.uuid4()
        draft.save(update_fields=["held_key"])


def hash_tokens(apps, schema_editor):
    for decision in apps.get_model("consultations", "HeldDecision").objects.only("token").iterator():
        decision.token_hash = hashlib.sha256(str(decision.token).encode()).hexdigest()
        decision.save(update_fields=["token_hash"])


class Migration(migrations.Migration):

    dependencies = [
        ('consultations', '0014_held_decisions'),
    ]

    operations = [
        migrations.RunPython(
            lambda apps, schema_editor: history_guard.remove(schema_editor.connection, DECISIONS),
            lambda apps, schema_editor: history_guard.install(schema_editor.connection, DECISIONS),
        ),
        migrations.AddField(
            model_name='requestdraft',
            name='held_key',
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.RunPython(give_keys, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='requestdraft',
            name='held_key',
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AddField(
            model_name='helddecision',
            name='token_hash',
            field=models.CharField(default='', editable=False, max_length=64),
            preserve_default=False,
        ),
        migrations.RunPython(hash_tokens, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name='helddecision',
            name='token',
        ),
        migrations.AlterField(
            model_name='helddecision',
            name='token_hash',
            field=models.CharField(db_index=True, editable=False, max_length=64),
        ),
        migrations.AddIndex(
            model_name='attachment',
            index=models.Index(fields=['file'], name='attachment_file'),
        ),
        migrations.AddIndex(
            model_name='draftfile',
            index=models.Index(fields=['file'], name='draft_file'),
        ),
        migrations.AddConstraint(
            model_name='draftfile',
            constraint=models.CheckConstraint(condition=models.Q(('field__in', ['letter', 'materials'])), name='draft_file_of_a_known_field'),
        ),
        migrations.AddConstraint(
            model_name='draftfile',
            constraint=models.CheckConstraint(condition=models.Q(('content_type__in', ['application/pdf', 'image/jpeg', 'image/png'])), name='draft_file_of_an_accepted_type'),
        ),
        migrations.AddConstraint(
            model_name='helddecision',
            constraint=models.CheckConstraint(condition=models.Q(('decision__in', ['TAKEN_IN', 'PUT_ASIDE', 'ERASED'])), name='held_decision_is_known'),
        ),
        migrations.AddConstraint(
            model_name='helddecision',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['CONSULTATION', 'COMPLAINT'])), name='held_decision_on_a_known_kind'),
        ),
        migrations.AddConstraint(
            model_name='requestdraft',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['CONSULTATION', 'COMPLAINT'])), name='draft_of_a_known_kind'),
        ),
        migrations.AddConstraint(
            model_name='requestdraft',
            constraint=models.CheckConstraint(condition=models.Q(('language__in', ['id', 'en'])), name='draft_in_a_known_language'),
        ),
        migrations.RunPython(
            lambda apps, schema_editor: history_guard.install(schema_editor.connection, DECISIONS),
            lambda apps, schema_editor: history_guard.remove(schema_editor.connection, DECISIONS),
        ),
    ]
