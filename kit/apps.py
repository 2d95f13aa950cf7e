"""The configuration of the app, and of static files."""

from django import forms
from django.apps import AppConfig
from django.contrib.staticfiles import apps as static_files
from django.db.models import fields
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _

# Django's Indonesian word for a field of a form has another meaning for officials. It is set here, because a
# field copies the sentence when its module is imported.
forms.Field.default_error_messages["required"] = _("Wajib diisi.")


class KitConfig(AppConfig):
    default = True
    name = "kit"

    def ready(self) -> None:
        from kit import cache, records  # they need the models

        cache.connect_all()
        fields.BLANK_CHOICE_LABEL = _("Pilih salah satu")  # Django 6.1 has no Indonesian text for it
        pre_migrate.connect(records.drop_all, sender=self, dispatch_uid="drop_triggers")
        for module in (records, cache):
            post_migrate.connect(module.install_all, sender=self, dispatch_uid=module.__name__)


class StaticFilesConfig(static_files.StaticFilesConfig):
    """Collect only the Bootstrap stylesheet that pages use, and its map, instead of dozens of others."""

    default = False
    ignore_patterns = [
        *static_files.StaticFilesConfig.ignore_patterns,
        *("bootstrap-*", "bootstrap.css*", "bootstrap.rtl*"),
    ]
