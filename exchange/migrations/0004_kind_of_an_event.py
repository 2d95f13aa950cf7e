from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    """Older events get the kind of today: which one it was is not stored."""
    steps = apps.get_model("consultations", "Event").objects.filter(pk=OuterRef("event"))
    apps.get_model("exchange", "WebhookEvent").objects.update(kind=Subquery(steps.values("case__kind")))


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0003_answers_of_offices"),
        ("consultations", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="webhookevent",
            name="kind",
            field=models.CharField(
                choices=[("CONSULTATION", "Konsultasi"), ("COMPLAINT", "Pengaduan")],
                default="CONSULTATION",
                editable=False,
                max_length=12,
                verbose_name="jenis saat itu",
            ),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
