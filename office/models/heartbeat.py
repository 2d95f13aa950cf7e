"""Signs of life of the background processes."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Heartbeat(models.Model):
    """The latest sign of life of one process. See `office/heartbeat.py`."""

    class Kind(models.TextChoices):
        WORKER = "WORKER", _("Pekerja latar")
        SCHEDULER = "SCHEDULER", _("Penjadwal")

    name = models.CharField(_("proses"), max_length=64, primary_key=True)
    kind = models.CharField(_("jenis"), max_length=10, choices=Kind)
    seen_at = models.DateTimeField(_("terakhir terlihat"), help_text=_("Menurut jam basis data."))

    class Meta:
        verbose_name = _("tanda hidup proses latar")
        verbose_name_plural = _("tanda hidup proses latar")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}"
