"""A baseline: a page of 25 rows behind a login in plain Django.

A web server serves `create_application()`. As a program, it fills the empty database of DATABASE_URL, and
prints the key of a login session.
"""

from typing import Any

import django
import environ
from django.conf import settings
from django.core.management import call_command
from django.http import HttpRequest, HttpResponse

TITLE = "plain Django: 25 rows behind a login"
BASE = """<!doctype html><html><head><title>{% block title %}{% endblock %}</title></head>
<body>{% block content %}{% endblock %}</body></html>"""
LIST = """{% extends "base.html" %}{% block title %}Users{% endblock %}{% block content %}<table>
{% for user in users %}<tr><td><a href="/{{ user.pk }}/">{{ user.username }}</a></td>
<td>{{ user.first_name }}</td><td>{{ user.email }}</td><td>{{ user.date_joined|date:"j F Y" }}</td></tr>
{% endfor %}</table>{% endblock %}"""
LOADERS = [("django.template.loaders.locmem.Loader", {"base.html": BASE, "list.html": LIST})]

SETTINGS: dict[str, Any] = {
    "SECRET_KEY": "only-for-measurements",
    "ALLOWED_HOSTS": ["localhost", "127.0.0.1"],
    "ROOT_URLCONF": __name__,
    "USE_TZ": True,
    "INSTALLED_APPS": [
        f"django.contrib.{app}" for app in ("auth", "contenttypes", "sessions", "messages", "staticfiles")
    ],
    "MIDDLEWARE": [
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    "TEMPLATES": [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                ],
                "loaders": [("django.template.loaders.cached.Loader", LOADERS)],
            },
        }
    ],
}
"""Settings that `startproject` writes, without the admin."""


def page(request: HttpRequest) -> HttpResponse:
    from django.contrib.auth.models import User
    from django.shortcuts import render

    return render(request, "list.html", {"users": User.objects.order_by("-pk")[:25]})


def create_application() -> Any:
    """Configure Django, fill the database if it is empty, and return the WSGI application."""
    settings.configure(**SETTINGS, DATABASES={"default": environ.Env().db_url("DATABASE_URL")})
    django.setup()
    from django.contrib.auth.decorators import login_required
    from django.contrib.auth.models import User
    from django.core.wsgi import get_wsgi_application
    from django.db import connections
    from django.urls import path

    globals()["urlpatterns"] = [path("", login_required(page)), path("healthz", lambda _: HttpResponse())]
    call_command("migrate", verbosity=0)
    if not User.objects.exists():
        User.objects.bulk_create(
            User(username=f"user{n}", first_name=f"Name {n}", email=f"user{n}@contoh.invalid")
            for n in range(50)
        )
    connections.close_all()  # a worker must not share the connection of its parent
    return get_wsgi_application()


if __name__ == "__main__":
    create_application()
    from django.contrib.auth.models import User
    from django.test import Client

    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.order_by("pk")[0])  # type: ignore[arg-type]
    print(client.cookies["sessionid"].value)
