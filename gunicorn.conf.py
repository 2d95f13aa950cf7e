"""Settings of the web server. The command `gunicorn` reads them in this folder and serves the site.

`run_office` runs this file, too.
"""

import gc
import os
import shutil
import tempfile
from typing import Any

host, port = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000")

wsgi_app = "config.wsgi:application"
bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
worker_class = "config.web_worker.BufferedWorker"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 4
# Workers are forked from a process that has loaded the application, so a killed one is replaced at once.
preload_app = True
# Seconds for the requests that are being answered when the server stops.
graceful_timeout = 8
loglevel = "warning"

# The worker processes add up their counts for /metrics in this folder, one file each. The next web server of
# an office makes again what the last one has deleted.
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
if FOLDER not in os.environ:
    os.environ[FOLDER] = tempfile.mkdtemp(prefix="rembuk-metrics-")
os.makedirs(os.environ[FOLDER], exist_ok=True)


def when_ready(server: Any) -> None:
    """Load what the first requests would load, so that the processes share its memory."""
    import holidays.countries  # noqa: F401 -- hundreds of modules of the library
    from django.urls import get_resolver

    get_resolver()._populate()
    gc.collect()
    gc.freeze()  # or the collector would write to each object, and so copy its page


def on_exit(server: Any) -> None:
    shutil.rmtree(os.environ[FOLDER], ignore_errors=True)
