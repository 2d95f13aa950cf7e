"""Create the involvements, and store those of the existing cases."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


BATCH = 50_000
INVOLVED = """
INSERT INTO consultations_involvement (case_id, user_id)
SELECT id, officer_id FROM consultations_case WHERE officer_id IS NOT NULL AND id BETWEEN %s AND %s
UNION
SELECT case_id, user_id FROM consultations_case_companions WHERE case_id BETWEEN %s AND %s
"""


def fill(apps, schema_editor):
    last = apps.get_model("consultations", "Case").objects.aggregate(last=models.Max("pk"))["last"] or 0
    with schema_editor.connection.cursor() as cursor:
        for first in range(1, last + 1, BATCH):
            cursor.execute(INVOLVED, [first, first + BATCH - 1] * 2)


class Migration(migrations.Migration):

    dependencies = [
        ('consultations', '0013_accepted_by_head'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Involvement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='involvements', to='consultations.case')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='involvements', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'case'), name='user_is_involved_once')],
            },
        ),
        migrations.AddIndex(
            model_name='agendaentry',
            index=models.Index(condition=models.Q(('voided_case__isnull', False)), fields=['year', 'number'], name='agenda_voided'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
