"""Exports: the log of what users downloaded as files, and ZIP files of a period."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from django.db import models
from django.db.models import Q
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kit import clock
from kit.periods import Period
from kit.records import constraint
from kit.refusal import Refused
from office import rights
from office.models import User
from office.models.people import user_field


def export_path(export: "Export", name: str) -> str:
    """Return the storage path, which reveals nothing about the content."""
    return f"exports/{export.pk}.{export.format}"


class Export(models.Model):
    """One list that a user exported: who, as what, when, with which filters, and how many rows.

    The row is the log of exports. Its file
    is deleted after a day.
    """

    not_recorded = True  # a file that is deleted soon

    class Format(models.TextChoices):
        XLSX = "xlsx"
        CSV = "csv"
        ZIP = "zip"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    table = models.CharField(_("daftar"), max_length=30)
    params = models.TextField(_("saringan"), blank=True)
    format = models.CharField(_("bentuk"), max_length=4, choices=Format)
    by = user_field(_("oleh"))
    title = models.CharField(_("selaku"), max_length=210)
    at = models.DateTimeField(_("diminta"), default=clock.now)
    rows = models.PositiveIntegerField(
        _("baris"), default=0, help_text=_("Sampai selesai: yang sudah ditulis")
    )
    is_cut = models.BooleanField(_("dipotong"), null=True)
    finished_at = models.DateTimeField(_("selesai"), null=True)
    failed_at = models.DateTimeField(_("gagal"), null=True)
    file = models.FileField(_("berkas"), upload_to=export_path, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("unduhan daftar")
        indexes = [models.Index(fields=["at"], name="export_with_file", condition=~Q(file=""))]
        constraints = [
            constraint(
                "export_has_a_file_only_when_finished",
                Q(file="") | Q(finished_at__isnull=False, is_cut__isnull=False),
            ),
            constraint("export_in_a_known_format", Q(format__in=["xlsx", "csv", "zip"])),
            constraint("export_says_in_which_position", ~Q(title="")),
        ]

    def __str__(self) -> str:
        return f"{self.table}.{self.format}"

    @property
    def is_ready(self) -> bool:
        """Whether the file can be downloaded."""
        return bool(self.file)

    @property
    def is_expired(self) -> bool:
        """Whether the file was deleted."""
        return self.finished_at is not None and not self.file


PARAMETER = "periode"


@dataclass(frozen=True)
class PeriodExport:
    """A ZIP file of a period. `slug` is its name in the log, in URLs and in file names.

    `refusal` is the sentence for a period that is not in `list_periods()`. `write_files` writes what a user
    may see in a period and returns the number of files. It calls its last argument with the number so far.
    """

    slug: str
    title: Promise
    refusal: Promise
    list_periods: Callable[[], list[Period]]
    write_files: Callable[[BinaryIO, User, Period, Callable[[int], None]], int]

    def create(self, key: str, *, by: User) -> Export:
        """Log the export of a period, to be written by a background task.

        Raise PermissionDenied unless `by` sees the cases of the whole office, Refused unless the period is
        offered.
        """
        title = rights.EXPORT_PERIODS.get_title(by)
        if key not in {period.key for period in self.list_periods()}:
            raise Refused(self.refusal)
        params = QueryDict(mutable=True)
        params[PARAMETER] = key
        return Export.objects.create(
            table=self.slug, params=params.urlencode(), format=Export.Format.ZIP, by=by, title=title
        )

    def write(self, export: Export, file: BinaryIO) -> None:
        """Write the ZIP file of an export, and count its files in `export`.

        Raise PermissionDenied if its user no longer sees the cases of the whole office.
        """
        rights.EXPORT_PERIODS.check(export.by)
        period = Period.of(QueryDict(export.params)[PARAMETER])
        assert period  # noqa: S101 -- checked by create()

        def count(files: int) -> None:
            Export.objects.filter(pk=export.pk).update(rows=files)

        export.rows = self.write_files(file, export.by, period, count)
