"""Hash the tokens that lead to a case, and encrypt its link and hidden identities, in batches.

Each change of a row is one statement of an `executemany`. Files are encrypted by `rotate_encryption`.
"""

import hashlib
from uuid import UUID

import office.encrypted_fields
from django.db import migrations

from office.encryption import encrypt, hash_token

BATCH = 5000
IDENTITY = ('name', 'organisation', 'address', 'phone', 'email', 'letter_number')


def list_rows(model, *fields):
    rows = model.objects.order_by('pk').values_list('pk', *fields)
    batch = list(rows[:BATCH])
    while batch:
        yield batch
        batch = list(rows.filter(pk__gt=batch[-1][0])[:BATCH])


def encrypt_links(apps, schema_editor):
    case, connection = apps.get_model('consultations', 'Case'), schema_editor.connection
    to_column = case._meta.get_field('submission_hash').get_db_prep_value
    for batch in list_rows(case, 'secret', 'submission_hash'):
        rows = [
            (encrypt(secret), hash_token(secret), to_column(hash_submission(token), connection), pk)
            for pk, secret, token in batch
        ]
        with connection.cursor() as cursor:
            cursor.executemany(
                'UPDATE consultations_case SET secret = %s, secret_hash = %s, submission_hash = %s '
                'WHERE id = %s',
                rows,
            )


def hash_submission(token):
    return token and UUID(bytes=hashlib.sha256(token.bytes).digest()[:16])


def encrypt_identities(apps, schema_editor):
    identity = apps.get_model('consultations', 'HiddenIdentity')
    assignments = ', '.join(f'{name} = %s' for name in IDENTITY)
    for batch in list_rows(identity, *IDENTITY):
        rows = [(*(text and encrypt(text) for text in texts), pk) for pk, *texts in batch]
        with schema_editor.connection.cursor() as cursor:
            cursor.executemany(f'UPDATE consultations_hiddenidentity SET {assignments} WHERE id = %s', rows)


class Migration(migrations.Migration):

    dependencies = [
        ('consultations', '0016_encrypted'),
    ]

    operations = [
        migrations.RunPython(encrypt_links, migrations.RunPython.noop),
        migrations.RunPython(encrypt_identities, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='case',
            name='secret_hash',
            field=office.encrypted_fields.HashField(
                editable=False, max_length=64, of='secret', unique=True
            ),
        ),
    ]
