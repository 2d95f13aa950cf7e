"""Give a work item the kind of its paper."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("consultations", "0010_work_items")]

    operations = [
        migrations.AddField(
            model_name="workitem",
            name="paper_kind",
            field=models.CharField(blank=True, default="", max_length=20, verbose_name="jenis naskah"),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="workitem",
            name="urgency",
            field=models.CharField(
                choices=[("NORMAL", "Biasa"), ("URGENT", "Segera"), ("VERY_URGENT", "Sangat Segera")],
                default="NORMAL",
                max_length=12,
                verbose_name="tingkat urgensi",
            ),
        ),
    ]
