from django.db import migrations

USUAL = "400.9 Sosial\n400.10 Pemberdayaan Masyarakat Desa\n400.10.2 Pemerintahan desa dan kelurahan"
"""Codes that the page of the agenda offered before they became the office's data."""


def keep_offered_codes(apps, schema_editor):
    apps.get_model("office", "Office").objects.filter(classifications="").update(classifications=USUAL)


class Migration(migrations.Migration):
    dependencies = [("office", "0020_words_and_zone")]

    operations = [migrations.RunPython(keep_offered_codes, migrations.RunPython.noop)]
