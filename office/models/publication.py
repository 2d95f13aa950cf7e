"""The published service standard: components, decree, pledge, complaint officers, code of ethics, help."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.validators import FileExtensionValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kit.records import constraint

PLEDGE = """\
Sanggup menyelenggarakan pelayanan sesuai standar pelayanan yang telah ditetapkan.
Memberikan pelayanan sesuai kewajiban dan melakukan perbaikan secara terus-menerus.
Bersedia menerima sanksi dan/atau memberikan kompensasi apabila pelayanan tidak sesuai standar."""

ETHICS = """\
Adil dan tidak diskriminatif
Cermat
Santun dan ramah
Tegas, andal, dan tidak memberikan putusan yang berlarut-larut
Profesional
Tidak mempersulit
Patuh pada perintah atasan yang sah dan wajar
Menjunjung tinggi akuntabilitas dan integritas penyelenggara
Tidak membocorkan informasi atau dokumen yang wajib dirahasiakan
Terbuka dan menghindari benturan kepentingan
Tidak menyalahgunakan sarana dan prasarana pelayanan
Tidak memberikan informasi yang salah atau menyesatkan
Tidak menyalahgunakan informasi, jabatan, dan/atau kewenangan
Sesuai dengan kepantasan
Tidak menyimpang dari prosedur"""
"""Conduct of staff in UU 25/2009, article 34."""

HELP = """\
Petugas mendampingi Anda di kantor, juga untuk mengisi formulir.
Juru bahasa isyarat disiapkan bila Anda memintanya pada permohonan.
Naskah dicetak dengan huruf besar bila Anda memintanya.
Petugas datang ke tempat Anda bila Anda tidak dapat datang ke kantor."""


def check_pdf(file: File) -> None:
    """Raise ValidationError if the file does not begin as a PDF."""
    if file.read(5) != b"%PDF-":
        raise ValidationError(_("Berkas ini bukan PDF."))
    file.seek(0)


PDF: list[Callable[[Any], None]] = [FileExtensionValidator(["pdf"]), check_pdf]
ONE_PER_LINE = _("Satu butir satu baris.")


class StandardComponent(models.Model):
    """One of the 14 components of the published service standard (PermenPANRB 15/2014)."""

    is_remembered = True

    class Part(models.TextChoices):
        DELIVERY = "DELIVERY", _("Penyampaian pelayanan")
        MANUFACTURING = "MANUFACTURING", _("Pengelolaan pelayanan")

    number = models.PositiveSmallIntegerField(_("nomor"), unique=True)
    part = models.CharField(_("bagian"), max_length=15, choices=Part)
    title = models.CharField(_("judul"), max_length=120)
    text = models.TextField(_("isi"), blank=True, help_text=_("Satu butir satu baris."))
    is_decreed = models.BooleanField(
        _("ditetapkan dalam SK"),
        default=False,
        help_text=_("Bila belum, halaman standar layanan mengatakannya."),
    )

    class Meta:
        verbose_name = verbose_name_plural = _("komponen standar pelayanan")
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"

    @property
    def items(self) -> list[str]:
        """Lines of the text without empty ones."""
        return [line for line in self.text.splitlines() if line.strip()]


class StandardPublication(models.Model):
    """The office's publication of its standard (penerbitan standar pelayanan). There is one row."""

    is_remembered = True

    decree_on = models.DateField(_("tanggal SK standar layanan"), null=True, blank=True)
    decree = models.FileField(_("SK standar layanan (PDF)"), upload_to="office/", blank=True, validators=PDF)
    sippn_url = models.URLField(_("tautan SIPPN"), blank=True, default="https://sippn.menpan.go.id/")
    pledge = models.TextField(_("isi maklumat pelayanan"), default=PLEDGE, help_text=ONE_PER_LINE)
    pledge_signer = models.CharField(_("nama penanda tangan maklumat"), max_length=150, blank=True)
    pledge_title = models.CharField(_("jabatan penanda tangan maklumat"), max_length=200, blank=True)
    pledge_on = models.DateField(_("tanggal maklumat"), null=True, blank=True)
    pledge_signature = models.ImageField(
        _("gambar tanda tangan"),
        upload_to="office/",
        blank=True,
        validators=[FileExtensionValidator(["png", "jpg", "jpeg"])],
    )
    pledge_file = models.FileField(
        _("maklumat bertanda tangan elektronik (PDF)"),
        upload_to="office/",
        blank=True,
        validators=PDF,
        help_text=_("Bila diisi, halaman publik menautkannya."),
    )
    complaint_officers = models.TextField(
        _("petugas pengelola pengaduan"),
        blank=True,
        help_text=_("Satu butir satu baris. Kosong: tim yang mengagendakan."),
    )
    ethics = models.TextField(
        _("kode etik pelaksana"), default=ETHICS, help_text=_("Satu butir satu baris (UU 25/2009, Pasal 34).")
    )
    disability_help = models.TextField(
        _("bantuan bagi penyandang disabilitas"), default=HELP, help_text=ONE_PER_LINE
    )
    lists_staff = models.BooleanField(
        _("nama dan kompetensi pelaksana"),
        default=False,
        help_text=_("Halaman standar layanan menyebut nama, jabatan, dan kompetensi pelaksana."),
    )

    class Meta:
        verbose_name = verbose_name_plural = _("penerbitan standar layanan")
        constraints = [
            constraint("only_one_publication_of_the_standard", Q(pk=1)),
            models.CheckConstraint(
                name="signed_pledge_says_by_whom_and_when",
                condition=Q(pledge_signature="", pledge_file="")
                | Q(pledge_on__isnull=False) & ~Q(pledge_signer="") & ~Q(pledge_title=""),
                violation_error_message=_(
                    "Maklumat yang ditandatangani memerlukan nama, jabatan, dan tanggal penanda tangannya."
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    @classmethod
    def load(cls) -> "StandardPublication":
        """Return the publication, or an unsaved one with the defaults if none is stored."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    @property
    def is_pledge_signed(self) -> bool:
        return bool(self.pledge_signature or self.pledge_file)
