"""Command that collects the texts of the interface into the English catalogue, with small diffs."""

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.commands import makemessages

IGNORED = ("tests", "bench", "demo", "docs", "static", "static-built", "templates/print", "locale")


class Command(makemessages.Command):
    """`makemessages` for English without locations and dates, without fuzzy and obsolete entries."""

    help = "Collects the texts of the interface for translation. A test lists those without a translation."
    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]

    def handle(self, *args: Any, **options: Any) -> None:
        options.update(
            locale=["en"], no_wrap=True, no_location=True, no_obsolete=True, ignore_patterns=[*IGNORED]
        )
        super().handle(*args, **options)
        catalogue = Path(settings.LOCALE_PATHS[0]) / "en" / "LC_MESSAGES" / "django.po"
        text = catalogue.read_text(encoding="utf-8")
        catalogue.write_text(re.sub(r'^"(POT-Creation|PO-Revision)-Date.*\n', "", text, flags=re.M), "utf-8")
