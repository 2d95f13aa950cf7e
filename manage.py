#!/usr/bin/env python
"""Django's command line for Rembuk. An installed Rembuk has it as the command `rembuk`."""

import os
import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    """Run the command. The apps are in the folder of this file, also if a wheel installed them (ADR 32)."""
    folder = str(Path(__file__).resolve().parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    # What a developer's clone writes needs none of an installation's secrets.
    writes = sys.argv[1:2] in (["makemigrations"], ["standard_doc"])
    settings = "tests.settings" if writes else "config.settings"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings)
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:  # the sentence is for the operator, a traceback hides it
        sys.exit(f"rembuk: {error}")


if __name__ == "__main__":
    main()
