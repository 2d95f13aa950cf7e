"""Prints the templates that the office has approved before WHATSAPP=cloud can send anything."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from notices.models import Kind
from notices.telling import BY_EMAIL_ALONE
from notices.texts import SAID, template_for_whatsapp
from notices.whatsapp_cloud import template_name


class Command(BaseCommand):
    help = "Prints name, language and text of each WhatsApp template (category: utility)."

    def handle(self, *args: Any, **options: Any) -> None:
        for kind in (kind for kind in Kind if kind in SAID and kind not in BY_EMAIL_ALONE):
            for language, _name in settings.LANGUAGES:
                self.stdout.write(f"{template_name(kind)} ({language})")
                self.stdout.write(template_for_whatsapp(kind, language) + "\n\n")
