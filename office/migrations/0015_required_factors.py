"""Require a second factor of three roles in an office that exists, and encrypt the secrets that it has."""

from django.db import migrations

from office.encryption import reencrypt


def require_factors(apps, schema_editor):
    if apps.get_model('office', 'Office').objects.exists():
        requirement = apps.get_model('office', 'FactorRequirement')
        requirement.objects.bulk_create(
            requirement(role=role) for role in ('ADMINISTRATOR', 'HEAD', 'TIM_PKD')
        )


def encrypt_secrets(apps, schema_editor):
    for row in apps.get_model('mfa', 'Authenticator').objects.exclude(type='webauthn'):
        row.data |= {name: reencrypt(row.data[name]) for name in ('secret', 'seed') if name in row.data}
        row.save(update_fields=['data'])


class Migration(migrations.Migration):

    dependencies = [
        ('office', '0014_second_factor'),
        ('mfa', '0003_authenticator_type_uniq'),
    ]

    operations = [
        migrations.RunPython(require_factors, migrations.RunPython.noop),
        migrations.RunPython(encrypt_secrets, migrations.RunPython.noop),
    ]
