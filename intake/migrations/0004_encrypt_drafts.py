"""Encrypt what is typed in drafts, and replace their tokens by hashes. Drafts live for 90 days at most."""

import hashlib
from uuid import UUID

from django.db import migrations

from office.encryption import encrypt


def encrypt_drafts(apps, schema_editor):
    draft, connection = apps.get_model('intake', 'RequestDraft'), schema_editor.connection
    to_column = draft._meta.get_field('token_hash').get_db_prep_value
    with connection.cursor() as cursor:
        for token, typed in list(draft.objects.values_list('pk', 'typed')):
            hashed = UUID(bytes=hashlib.sha256(token.bytes).digest()[:16])
            keys = [to_column(hashed, connection), to_column(token, connection)]
            cursor.execute(
                'UPDATE intake_requestdraft SET typed = %s, token_hash = %s WHERE token_hash = %s',
                [encrypt(typed), *keys],
            )
            cursor.execute('UPDATE intake_draftfile SET draft_id = %s WHERE draft_id = %s', keys)
        for pk, name in list(apps.get_model('intake', 'DraftFile').objects.values_list('pk', 'name')):
            cursor.execute('UPDATE intake_draftfile SET name = %s WHERE id = %s', [encrypt(name), pk])


class Migration(migrations.Migration):

    dependencies = [
        ('intake', '0003_encrypted_drafts'),
    ]

    operations = [
        migrations.RunPython(encrypt_drafts, migrations.RunPython.noop),
    ]
