"""Answers and published results are added and never changed; a respondent's profile is one of those asked for."""

from django.conf import settings
from django.db import migrations, models

from consultations import history_guard

TABLES = ("surveys_answer", "surveys_publication")


class Migration(migrations.Migration):
    dependencies = [
        ("consultations", "0013_complaint_days_by_state"),
        ("surveys", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("education__in", ["", "SD", "SMP", "SMA", "S1", "S2", "S3"]),
                    ("occupation__in", ["", "PNS", "TNI", "POLRI", "SWASTA", "WIRAUSAHA", "LAINNYA"]),
                    ("sex__in", ["", "MALE", "FEMALE"]),
                ),
                name="respondent_of_a_known_profile",
            ),
        ),
        migrations.RunPython(
            lambda apps, schema_editor: history_guard.install(schema_editor.connection, *TABLES),
            lambda apps, schema_editor: history_guard.remove(schema_editor.connection, *TABLES),
        ),
    ]
