"""Collects the texts of the interface into the English catalogue, in a form that keeps differences small."""

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.commands import makemessages

NOT_THE_INTERFACE = ("tests", "bench", "demo", "docs", "static", "static-built", "templates/print", "locale")


class Command(makemessages.Command):
    """`makemessages` without places and dates; nothing is guessed, and what is no longer used goes."""

    help = "Collects the texts of the interface for translation; the tests say which are not translated."
    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]

    def handle(self, *args: Any, **options: Any) -> None:
        options.update(
            locale=["en"],
            no_wrap=True,
            no_location=True,
            no_obsolete=True,
            ignore_patterns=[*NOT_THE_INTERFACE],
        )
        super().handle(*args, **options)
        catalogue = Path(settings.LOCALE_PATHS[0]) / "en" / "LC_MESSAGES" / "django.po"
        dated = catalogue.read_text(encoding="utf-8")
        catalogue.write_text(re.sub(r'^"(POT-Creation|PO-Revision)-Date.*\n', "", dated, flags=re.M), "utf-8")
