"""Leave out the models of libraries: they are not office data, and permissions follow from positions."""

from importlib import import_module

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group
from django_tasks_db.models import DBTaskResult

# Importing these modules registers the models, so that they can be unregistered.
for library in (
    "django.contrib.auth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_tasks_db",
):
    import_module(f"{library}.admin")
admin.site.unregister([Group, EmailAddress, Authenticator, UserSession, DBTaskResult])
if apps.is_installed("allauth.socialaccount"):
    import_module("allauth.socialaccount.admin")
    admin.site.unregister(apps.get_app_config("socialaccount").get_models())
