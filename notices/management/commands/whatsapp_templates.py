"""Command that prints the WhatsApp templates. They must be approved before WHATSAPP=cloud can send."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from notices.rules import EMAIL_ONLY
from notices.texts import TEXTS, template_text
from notices.whatsapp import template_name


class Command(BaseCommand):
    help = "Prints name, language and text of each WhatsApp template (category: utility)."

    def handle(self, *args: Any, **options: Any) -> None:
        for kind in (kind for kind in TEXTS if kind not in EMAIL_ONLY):
            for language, _name in settings.LANGUAGES:
                self.stdout.write(f"{template_name(kind)} ({language})")
                self.stdout.write(template_text(kind, language) + "\n\n")
