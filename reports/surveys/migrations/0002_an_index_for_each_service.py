"""Answers, plans and results of each service apart. What exists is of both: answers name no service."""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SERVICES = [
    ("CONSULTATION", "Konsultasi"),
    ("COMPLAINT", "Pengaduan"),
    ("BOTH", "Konsultasi dan pengaduan"),
]


def get_service() -> "models.CharField[Any, Any]":
    return models.CharField(choices=SERVICES, default="BOTH", max_length=12, verbose_name="layanan")


def copy_boxes(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    old, new = (apps.get_model("surveys", name) for name in ("OldAnswerBox", "AnswerBox"))
    new.objects.bulk_create(
        new(quarter=box.quarter, answers=box.answers, profile=box.profile, comments=box.comments)
        for box in old.objects.order_by("quarter")
    )


class Migration(migrations.Migration):
    dependencies = [("surveys", "0001_initial")]

    operations = [
        migrations.RemoveConstraint("AnswerBox", "each_element_answered_from_1_to_4"),
        migrations.RemoveConstraint("AnswerBox", "box_of_a_quarter"),
        migrations.RenameModel("AnswerBox", "OldAnswerBox"),
        migrations.CreateModel(
            "AnswerBox",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quarter", models.DateField(verbose_name="hari pertama triwulan")),
                ("service", get_service()),
                ("answers", models.TextField(blank=True, verbose_name="jawaban")),
                ("profile", models.JSONField(blank=True, default=dict, verbose_name="profil responden")),
                ("comments", models.JSONField(blank=True, default=list, verbose_name="saran")),
            ],
            options={
                "verbose_name": "kotak jawaban survei",
                "verbose_name_plural": "kotak jawaban survei",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("quarter", "service"), name="one_box_per_quarter_and_service"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answers", ""),
                            ("answers__regex", "^[1-4]{9}(?: [1-4]{9})*$"),
                            _connector="OR",
                        ),
                        name="each_element_answered_from_1_to_4",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quarter__day", 1), ("quarter__month__in", (1, 4, 7, 10))),
                        name="box_of_a_quarter",
                    ),
                ],
            },
        ),
        migrations.RunPython(copy_boxes, migrations.RunPython.noop),
        migrations.DeleteModel("OldAnswerBox"),
        migrations.RemoveConstraint("PlanItem", "one_plan_item_per_element"),
        migrations.AddField("PlanItem", "service", get_service()),
        migrations.AddConstraint(
            "PlanItem",
            models.UniqueConstraint(
                fields=("since", "until", "service", "element"), name="one_plan_item_per_element"
            ),
        ),
        migrations.RemoveConstraint("Publication", "one_result_per_version"),
        migrations.AddField("Publication", "service", get_service()),
        migrations.AddField(
            "Publication",
            "analysis",
            models.TextField(blank=True, max_length=4000, verbose_name="analisis"),
        ),
        migrations.AddConstraint(
            "Publication",
            models.UniqueConstraint(
                fields=("since", "until", "service", "version"), name="one_result_per_version"
            ),
        ),
    ]
