"""Separate the answers from their cases: a mark for each answered case, and a box of answers for each quarter."""

import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone

ELEMENTS = [f"u{number}" for number in range(1, 10)]
PROFILE = ("education", "occupation", "sex")


def put_into_boxes(apps, schema_editor):
    Answer, AnswerBox, Participation = (
        apps.get_model("surveys", name) for name in ("Answer", "AnswerBox", "Participation")
    )
    boxes = {}
    for answer in Answer.objects.select_related("case").order_by("case_id").iterator(chunk_size=2_000):
        day = timezone.localdate(answer.case.first_closed_at)
        quarter = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        rows, profile, comments = boxes.setdefault(quarter, ([], {}, []))
        rows.append("".join(str(getattr(answer, name)) for name in ELEMENTS))
        for part in PROFILE:
            if value := getattr(answer, part):
                counts = profile.setdefault(part, {})
                counts[value] = counts.get(value, 0) + 1
        # Without the case, nobody can hide the comment from the official that the complaint is about.
        if answer.comment and answer.case.complained_about_id is None:
            comments.append(answer.comment)
    for quarter, (rows, profile, comments) in boxes.items():
        AnswerBox.objects.create(
            quarter=quarter,
            answers=" ".join(sorted(rows)),
            profile={part: dict(sorted(profile[part].items())) for part in sorted(profile)},
            comments=sorted(comments),
        )
    answered = Answer.objects.order_by("case_id").values_list("case_id", flat=True)
    Participation.objects.bulk_create((Participation(case_id=key) for key in answered), batch_size=2_000)
    if schema_editor.connection.vendor == "sqlite":
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")  # the dropped table's pages are overwritten


class Migration(migrations.Migration):
    dependencies = [
        ("consultations", "0009_pictures"),
        ("surveys", "0002_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="Participation",
            fields=[
                ("case", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to="consultations.case", verbose_name="permohonan")),
            ],
            options={
                "verbose_name": "keikutsertaan survei",
                "verbose_name_plural": "keikutsertaan survei",
            },
        ),
        migrations.CreateModel(
            name="AnswerBox",
            fields=[
                ("quarter", models.DateField(primary_key=True, serialize=False, verbose_name="hari pertama triwulan")),
                ("answers", models.TextField(blank=True, verbose_name="jawaban")),
                ("profile", models.JSONField(blank=True, default=dict, verbose_name="profil responden")),
                ("comments", models.JSONField(blank=True, default=list, verbose_name="saran")),
            ],
            options={
                "verbose_name": "kotak jawaban survei",
                "verbose_name_plural": "kotak jawaban survei",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("answers", ""), ("answers__regex", "^[1-4]{9}(?: [1-4]{9})*$"), _connector="OR"), name="each_element_answered_from_1_to_4"),
                    models.CheckConstraint(condition=models.Q(("quarter__day", 1), ("quarter__month__in", (1, 4, 7, 10))), name="box_of_a_quarter"),
                ],
            },
        ),
        migrations.RunPython(put_into_boxes, elidable=False),
        migrations.DeleteModel(name="Answer"),
    ]
