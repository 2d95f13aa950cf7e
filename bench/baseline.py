"""Measures a baseline: a page of 25 rows behind a login in plain Django. Prints one JSON line.

Runs in its own process. DATABASE_URL names an empty database. `--session` only fills it and prints the key of
a login session, for a web server that serves `create_application()`.
"""

import os
import sys
from typing import Any

import django
import environ
from django.conf import settings
from django.core.management import call_command
from django.http import HttpRequest, HttpResponse

from bench.pages import print_costs, time_page

TITLE = "plain Django: 25 rows behind a login"
BASE = """<!doctype html><html><head><title>{% block title %}{% endblock %}</title></head>
<body>{% block content %}{% endblock %}</body></html>"""
LIST = """{% extends "base.html" %}{% block title %}Users{% endblock %}{% block content %}<table>
{% for user in users %}<tr><td><a href="/{{ user.pk }}/">{{ user.username }}</a></td>
<td>{{ user.first_name }}</td><td>{{ user.email }}</td><td>{{ user.date_joined|date:"j F Y" }}</td></tr>
{% endfor %}</table>{% endblock %}"""


def page(request: HttpRequest) -> HttpResponse:
    from django.contrib.auth.models import User
    from django.shortcuts import render

    return render(request, "list.html", {"users": User.objects.order_by("-pk")[:25]})


def configure() -> None:
    """Configure the settings that `startproject` writes, without the admin."""
    middleware = ("security.SecurityMiddleware", "common.CommonMiddleware", "csrf.CsrfViewMiddleware")
    processors = ("django.template.context_processors.request", "django.contrib.auth.context_processors.auth")
    loaders = [("django.template.loaders.locmem.Loader", {"base.html": BASE, "list.html": LIST})]
    settings.configure(
        SECRET_KEY="only-for-measurements",  # noqa: S106 -- a temporary database
        ALLOWED_HOSTS=["localhost", "127.0.0.1"],
        ROOT_URLCONF=__name__,
        DATABASES={"default": environ.Env().db_url("DATABASE_URL")},
        USE_TZ=True,
        INSTALLED_APPS=[
            f"django.contrib.{app}" for app in ("auth", "contenttypes", "sessions", "messages", "staticfiles")
        ],
        MIDDLEWARE=[
            f"django.middleware.{middleware[0]}",
            "django.contrib.sessions.middleware.SessionMiddleware",
            *(f"django.middleware.{name}" for name in middleware[1:]),
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {
                    "context_processors": processors,
                    "loaders": [("django.template.loaders.cached.Loader", loaders)],
                },
            }
        ],
    )


def fill() -> Any:
    """Configure Django, fill the database and return the user who opens the page."""
    configure()
    django.setup()
    from django.contrib.auth.decorators import login_required
    from django.contrib.auth.models import User
    from django.urls import path

    globals()["urlpatterns"] = [path("", login_required(page)), path("healthz", lambda _: HttpResponse())]
    call_command("migrate", verbosity=0)
    if not User.objects.exists():
        User.objects.bulk_create(
            User(username=f"user{n}", first_name=f"Name {n}", email=f"user{n}@contoh.invalid")
            for n in range(50)
        )
    return User.objects.order_by("pk")[0]


def create_application() -> Any:
    """Return the WSGI application."""
    fill()
    from django.core.wsgi import get_wsgi_application
    from django.db import connections

    connections.close_all()  # a worker must not share the connection of its parent
    return get_wsgi_application()


def main(only_session: bool) -> None:
    user = fill()
    from django.db import connection
    from django.test import Client

    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    if only_session:
        print(client.cookies["sessionid"].value)
    else:
        print_costs([(TITLE, time_page(client, "/", connection))])


if __name__ == "__main__":
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    main("--session" in sys.argv)
