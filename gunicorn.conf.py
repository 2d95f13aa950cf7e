"""Settings of the web server. `gunicorn` in this folder reads them and starts it."""

import os

wsgi_app = "config.wsgi:application"
worker_class = "config.web_worker.BufferedWorker"
bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# Workers fork from a process that has loaded the application. A killed worker is replaced in milliseconds.
preload_app = True
graceful_timeout = 10  # seconds for requests that are being answered when the server stops
loglevel = "warning"
