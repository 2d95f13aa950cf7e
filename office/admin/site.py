"""The admin site: titles, login, and which models of libraries it leaves out."""

from importlib import import_module

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

admin.site.site_header = admin.site.site_title = _("Pengaturan Rembuk")
admin.site.index_title = _("Data kantor")
# Administrators log in at `masuk/` as other staff do.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
# Models of libraries are not office data, and permissions follow from positions, not from groups.
# Importing these modules registers the models, so that they can be unregistered.
for library in ("allauth.account", "allauth.mfa", "allauth.usersessions", "django_tasks_db"):
    import_module(f"{library}.admin")
admin.site.unregister([Group, EmailAddress, Authenticator, UserSession, DBTaskResult])
if apps.is_installed("allauth.socialaccount"):
    import_module("allauth.socialaccount.admin")
    admin.site.unregister(apps.get_app_config("socialaccount").get_models())
