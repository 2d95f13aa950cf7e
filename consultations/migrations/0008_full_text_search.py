"""Replace the word index by the full-text index of the database, and fill it."""

import django.db.models.deletion
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

from consultations import full_text
from consultations.search_index import get_texts

BATCH = 1_000


def fill(apps, schema_editor):
    SearchText = apps.get_model("consultations", "SearchText")
    KnownWord = apps.get_model("consultations", "KnownWord")
    cases = apps.get_model("consultations", "Case").objects.order_by("pk")
    cases = cases.select_related("agenda", "officer").prefetch_related("voided_entries")
    rows, words = [], set()

    def store():
        SearchText.objects.bulk_create(rows)
        KnownWord.objects.bulk_create((KnownWord(word=word) for word in sorted(words)), ignore_conflicts=True)
        rows.clear(), words.clear()

    for case in cases.iterator(BATCH):
        texts = get_texts(case)
        rows.append(SearchText(case=case, **texts))
        words.update(word for text in texts.values() for word in text.split() if word.isalpha() and len(word) > 3)
        if len(rows) == BATCH:
            store()
    store()


class Migration(migrations.Migration):

    dependencies = [
        ('consultations', '0007_link_access'),
    ]

    operations = [
        migrations.DeleteModel(
            name='SearchWord',
        ),
        migrations.CreateModel(
            name='KnownWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(max_length=24, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name='SearchText',
            fields=[
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='search_text', serialize=False, to='consultations.case')),
                ('names', models.TextField()),
                ('subject', models.TextField()),
                ('body', models.TextField(blank=True)),
                ('report', models.TextField(blank=True)),
            ],
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['officer', 'id'], name='case_officer_newest'),
        ),
        TrigramExtension(),
        migrations.RunPython(
            lambda apps, schema_editor: full_text.install(schema_editor.connection),
            lambda apps, schema_editor: full_text.remove(schema_editor.connection),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
