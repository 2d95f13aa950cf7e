"""Opinions of other agencies get a table of their own; what was typed as one text joins the material."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def into_materials(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    preparations = apps.get_model("consultations", "Preparation").objects.exclude(opinions="")
    for preparation in preparations.iterator():
        preparation.materials += f"\nPendapat instansi terkait: {preparation.opinions}"
        preparation.save(update_fields=["materials"])


class Migration(migrations.Migration):
    dependencies = [("consultations", "0005_first_number_in_reason")]
    operations = [migrations.RunPython(into_materials, migrations.RunPython.noop)]
