"""Command that runs the web server with the settings of gunicorn.conf.py, from any folder."""

import os
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Runs the web server on HOST and PORT with the settings of gunicorn.conf.py, until it is stopped."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Replace this process by gunicorn. Its number stays the same, so a supervisor can stop it."""
        folder = str(settings.BASE_DIR)
        config = os.path.join(folder, "gunicorn.conf.py")
        # -P: modules of the current folder are not imported.
        command = [sys.executable, "-P", "-m", "gunicorn", "--config", config, "--pythonpath", folder]
        os.execv(sys.executable, command)  # noqa: S606
