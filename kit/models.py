"""Models of the kit: version of cached data, counted requests, heartbeats, place of the database."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kit import clock


class Version(models.Model):
    """The version of all cached data: the set of these random values (kit/cache.py). Usually one row."""

    value = models.CharField(max_length=36, primary_key=True)

    def __str__(self) -> str:
        return self.value


class CountedRequest(models.Model):
    """One request that counts towards a rate limit (kit/limits.py).

    `key` is a keyed hash of the action, and of the network address or the name that it limits.
    """

    key = models.CharField(max_length=64)
    at = models.DateTimeField(_("waktu"), default=clock.now, db_index=True)
    units = models.PositiveSmallIntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = _("kiriman terhitung")
        indexes = [models.Index(fields=["key", "at"], name="counted_request_key")]

    def __str__(self) -> str:
        return self.key


class Heartbeat(models.Model):
    """The latest sign of life of one process. See `kit/jobs.py`."""

    class Kind(models.TextChoices):
        WORKER = "WORKER", _("Pekerja latar")
        SCHEDULER = "SCHEDULER", _("Penjadwal")

    name = models.CharField(_("proses"), max_length=64, primary_key=True)
    kind = models.CharField(_("jenis"), max_length=10, choices=Kind)
    seen_at = models.DateTimeField(_("terakhir terlihat"), help_text=_("Menurut jam basis data."))

    class Meta:
        verbose_name = verbose_name_plural = _("tanda hidup proses latar")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}"


class Place(models.Model):
    """The place whose database may send messages (kit/place.py). `identity` is a hash. Usually one row."""

    is_remembered = True

    identity = models.CharField(max_length=64, primary_key=True)
    name = models.CharField(_("nama komputer"), max_length=255, blank=True)
    since = models.DateTimeField(_("sejak"), default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = _("tempat yang mengirim")

    def __str__(self) -> str:
        return self.name


class BoundSince(models.Model):
    """The moment since which encrypted values without a place are refused (kit/encryption.py)."""

    at = models.DateTimeField(_("sejak"), default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = _("rahasia terikat pada barisnya")

    def __str__(self) -> str:
        return str(self.at)
