"""Make rows of what an office has written as texts, and let it go on as before where the default is new."""

import re
import textwrap

from django.db import migrations

REQUIREMENTS, PROCEDURE, TARIFF = 1, 2, 4
STAGES = 9
FREE = ("tidak dipungut", "tanpa biaya", "tidak ada biaya", "gratis")


def copy_codes(apps, schema_editor):
    """Make rows of the lines of the profile: a code, a space, its name. A line without a name has its code."""
    office = apps.get_model("office", "Office").objects.first()
    model, names = apps.get_model("office", "ClassificationCode"), {}
    for line in office.classifications.splitlines() if office else ():
        code, _space, name = line.strip().partition(" ")
        if re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,3}){0,5}", code):
            names.setdefault(code, name.strip()[:200] or code)
    model.objects.bulk_create(model(code=code, name=name) for code, name in names.items())


def keep_sharing(apps, schema_editor):
    """Let an office that exists share its reports as before."""
    apps.get_model("office", "Office").objects.update(shares_report=True)


def keep_type_codes(apps, schema_editor):
    """Let an office that exists go on with its numbers, which name the kind of paper."""
    apps.get_model("office", "Office").objects.update(
        number_pattern="{code}/{number}/{type}/{unit}/{year}"
    )


def split_texts(apps, schema_editor):
    """Make rows of the procedure and the requirements that an office has published as lines of text.

    Nine steps are those of the table. Another number is tied to no stage: the office says which is which.
    A requirement of more than 300 characters becomes several rows. A component whose lines became rows has no
    text of its own.
    """
    component, office = apps.get_model("office", "StandardComponent"), apps.get_model("office", "Office")
    texts = dict(component.objects.values_list("number", "text"))
    lines = {number: [line.strip() for line in text.splitlines() if line.strip()] for number, text in texts.items()}
    steps, requirements = lines.get(PROCEDURE, []), lines.get(REQUIREMENTS, [])
    requirements = [part for line in requirements for part in textwrap.wrap(line, 300)]
    is_own = len(steps) != STAGES
    apps.get_model("office", "StandardStep").objects.bulk_create(
        apps.get_model("office", "StandardStep")(
            number=number, text=text, title=shorten(text) if is_own else "", stage=None if is_own else number
        )
        for number, text in enumerate(steps, start=1)
    )
    apps.get_model("office", "Requirement").objects.bulk_create(
        apps.get_model("office", "Requirement")(number=number, text=text)
        for number, text in enumerate(requirements, start=1)
    )
    component.objects.filter(number__in=[PROCEDURE, REQUIREMENTS]).update(text="")
    tariff = texts.get(TARIFF, "").lower()
    if tariff.strip() and not any(word in tariff for word in FREE):
        office.objects.update(is_free=False)


def join_rows(apps, schema_editor):
    """Write the rows back into the texts of their components."""
    for number, model in ((PROCEDURE, "StandardStep"), (REQUIREMENTS, "Requirement")):
        texts = apps.get_model("office", model).objects.order_by("number").values_list("text", flat=True)
        if texts:
            component = apps.get_model("office", "StandardComponent").objects.filter(number=number)
            component.update(text="\n".join(texts))


def shorten(text):
    return text if len(text) <= 80 else text[:80].rsplit(" ", 1)[0] + "…"


class Migration(migrations.Migration):

    dependencies = [
        ('office', '0003_rules_steps_and_codes_as_rows'),
    ]

    # On PostgreSQL, a table whose row was updated twice cannot be altered in the same transaction.
    operations = [
        migrations.RunPython(copy_codes, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name='office',
            name='classifications',
        ),
        migrations.RunPython(keep_sharing, migrations.RunPython.noop),
        migrations.RunPython(keep_type_codes, migrations.RunPython.noop),
        migrations.RunPython(split_texts, join_rows),
    ]
