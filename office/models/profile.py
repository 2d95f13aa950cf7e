"""The office's profile, with the colours and menu that it may choose, and preset disposition instructions."""

from copy import copy
from typing import Any

from django.core.validators import FileExtensionValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kit.cache import once_per_request, remembered
from kit.forms import validate_one_line
from kit.records import constraint
from office.models.codes import NUMBER_PATTERN, check_pattern
from office.models.people import Position
from office.models.publication import PRODUCT, TARIFF, get_components
from office.signals import profile_checked
from office.words import Zone, source_of_words, with_words_lazy


def _line(label: Any, length: int, **options: Any) -> "models.CharField[str, str]":
    return models.CharField(label, max_length=length, validators=(validate_one_line,), **options)


class Colour(models.TextChoices):
    """Colours to choose from: with any of them, text has a contrast of at least 7 to 1."""

    TEAL = "TEAL", _("Hijau kebiruan")
    GREEN = "GREEN", _("Hijau")
    BLUE = "BLUE", _("Biru")
    MAROON = "MAROON", _("Merah tua")
    BROWN = "BROWN", _("Cokelat")


class MenuLevel(models.IntegerChoices):
    """Number of pages in the menu of the staff. The others are on the page *Semua halaman*."""

    SMALL = 1, _("Ringkas: menerima, menjadwalkan, menjawab")
    USUAL = 2, _("Biasa: ditambah laporan, tindak lanjut, survei, dan dasbor")
    ALL = 3, _("Lengkap: ditambah arsip, map bukti, dan sistem lain")


SHADES = {
    Colour.TEAL: ("#0b5563", "#083f4a", "#e3f0f2", "#a9cdd4"),
    Colour.GREEN: ("#1c5a30", "#123f21", "#e2f1e6", "#a8cfb3"),
    Colour.BLUE: ("#1a4b8c", "#123563", "#e4edf8", "#a9c2e3"),
    Colour.MAROON: ("#7a1f2b", "#58141d", "#f8e6e8", "#deadb3"),
    Colour.BROWN: ("#6b4310", "#4c2f0a", "#f6ecdf", "#dac19c"),
}
"""CSS colours in the order of SHADE_NAMES: buttons and links, pressed buttons, background, thin lines."""

SHADE_NAMES = ("--brand", "--brand-dark", "--brand-tint", "--brand-line")


@source_of_words
class Office(models.Model):
    """The office of this installation: letterhead (kop), time zone, words, and figures of its standard.

    There is one row. Texts of the interface contain the office's words, `word_<name>` (`office/words.py`).
    """

    is_remembered = True

    class Paper(models.TextChoices):
        """Paper size of documents. F4 is only for a region whose own rule requires it."""

        A4 = "A4", _("A4 (210 × 297 mm)")
        F4 = "F4", _("F4 atau folio (215 × 330 mm)")

    government = _line(_("pemerintah"), 150)
    name = _line(_("nama kantor"), 150)
    zone = models.CharField(
        _("zona waktu"),
        max_length=15,
        choices=Zone,
        default=Zone.WIB,
        help_text=_("Semua jam ditampilkan dan dibaca menurut zona ini."),
    )
    word_head = _line(_("sebutan pimpinan kantor"), 40, default="Kepala Dinas")
    word_agenda_team = _line(
        _("sebutan tim yang mengagendakan"),
        40,
        default="Tim PKD",
        help_text=_("Sama dengan sebutan loket bila loket sendiri yang mengagendakan."),
    )
    word_secretariat = _line(_("sebutan loket"), 40, default="Sekretariat")
    word_secretary = _line(_("sebutan sekretaris"), 40, default="Sekretaris")
    word_division_name = _line(_("sebutan unit kerja"), 40, default="Bidang")
    word_division_head = _line(_("sebutan kepala unit kerja"), 40, default="Kepala Bidang")
    word_village = _line(
        _("sebutan wilayah terkecil"), 40, default="desa", help_text=_("Huruf kecil, contoh: kampung.")
    )
    word_matters = _line(
        _("hal yang dikonsultasikan"),
        80,
        default="persoalan sosial atau urusan desa",
        help_text=_("Halaman depan bertanya: “Ada … ?” Huruf kecil."),
    )
    unit_code = _line(_("kode unit"), 30, help_text=_("Dipakai dalam nomor surat."))
    address = models.TextField(_("alamat"))
    city = _line(_("kota"), 80, help_text=_("Tempat yang tertulis pada surat."))
    phone = models.CharField(_("telepon"), max_length=40, blank=True)
    email = models.EmailField(_("surel"), blank=True)
    website = models.CharField(_("laman"), max_length=100, blank=True)
    coat_of_arms = models.ImageField(
        _("lambang daerah"),
        upload_to="office/",
        blank=True,
        validators=[FileExtensionValidator(["png", "jpg", "jpeg"])],
        help_text=_("Berkas PNG atau JPG, bukan SVG."),
    )
    colour = models.CharField(
        _("warna"),
        max_length=10,
        choices=Colour,
        default=Colour.TEAL,
        help_text=_("Untuk tombol, tautan, dan judul di halaman, panduan, dan poster."),
    )
    standard_number = models.CharField(_("nomor SK standar layanan"), max_length=80)
    service_minutes = models.PositiveSmallIntegerField(
        _("waktu pelayanan (menit)"), default=30, validators=[MinValueValidator(1), MaxValueValidator(480)]
    )
    is_free = models.BooleanField(
        _("layanan tanpa biaya"),
        default=True,
        help_text=_("Bila tidak, halaman dan naskah memuat komponen Biaya/Tarif."),
    )
    visitors_at_once = models.PositiveSmallIntegerField(
        _("tamu dalam waktu yang sama"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Berapa konsultasi dapat berlangsung bersamaan. Kosong: sebanyak petugas yang ada."),
    )
    visit_lead_days = models.PositiveSmallIntegerField(
        _("jeda sebelum kunjungan (hari kerja)"),
        default=1,
        validators=[MaxValueValidator(30)],
        help_text=_("Waktu kunjungan ditawarkan mulai sekian hari kerja sesudah permohonan diajukan."),
    )
    map_url = models.URLField(
        _("tautan peta"), blank=True, help_text=_("Peta letak kantor, untuk pemohon yang datang.")
    )
    names_officer = models.BooleanField(
        _("nama petugas untuk pemohon"),
        default=True,
        help_text=_("Halaman pemohon menyebut nama petugas dan pendampingnya."),
    )
    has_secretary = models.BooleanField(
        with_words_lazy(_("paraf %(secretary)s")),
        default=False,
        help_text=with_words_lazy(
            _(
                "Permohonan yang diagendakan dan laporan yang diperiksa melewati %(secretary)s sebelum "
                "%(head)s."
            )
        ),
    )
    shares_report = models.BooleanField(
        _("laporan untuk pemohon"),
        default=False,
        help_text=_(
            "Pemohon juga mendapat Laporan Hasil Konsultasi. Bila tidak, ia mendapat surat hasilnya saja."
        ),
    )
    ask_again_days = models.PositiveSmallIntegerField(
        _("waktu bertanya lagi (hari)"),
        default=14,
        validators=[MaxValueValidator(365)],
        help_text=_("Selama itu pemohon dapat bertanya lagi tentang jawabannya, dihitung dari surat hasil."),
    )
    message_hours = models.PositiveSmallIntegerField(
        _("pesan dikirim petugas paling lama (jam kerja)"),
        default=8,
        validators=[MinValueValidator(1), MaxValueValidator(80)],
        help_text=_(
            "Untuk pemohon yang tidak terjangkau surel: sesudah itu pesannya terlambat. Ketentuan kantor "
            "sendiri; bawaan: 8 jam kerja."
        ),
    )
    transfer_days = models.PositiveSmallIntegerField(
        _("penerimaan terusan ditunggu (hari)"),
        default=14,
        validators=[MaxValueValidator(365)],
        help_text=with_words_lazy(
            _(
                "Sesudah itu, pengaduan yang diteruskan dan belum dinyatakan diterima instansi lain tampil "
                "di meja %(secretariat)s. Ketentuan kantor sendiri."
            )
        ),
    )
    meeting_notice_days = models.PositiveSmallIntegerField(
        _("undangan rapat sebelum hari rapat (hari kerja)"),
        default=3,
        validators=[MaxValueValidator(30)],
        help_text=_("Undangan yang lebih mendadak memerlukan alasan (kebiasaan tata naskah: 3 hari kerja)."),
    )
    note_days = models.PositiveSmallIntegerField(
        _("catatan rekan disimpan (hari)"),
        default=90,
        validators=[MaxValueValidator(3650)],
        help_text=_("Dihitung dari berakhirnya permohonan; sesudah itu dihapus. Ketentuan kantor sendiri."),
    )
    tim_pkd_meaning = models.CharField(
        with_words_lazy(_("kepanjangan %(agenda_team)s")),
        max_length=150,
        blank=True,
        help_text=_("Ditulis di halaman publik bila diisi."),
    )
    paper = models.CharField(
        _("ukuran kertas"),
        max_length=2,
        choices=Paper,
        default=Paper.A4,
        help_text=_("F4 hanya bila aturan daerah menetapkannya."),
    )
    menu_level = models.PositiveSmallIntegerField(
        _("isi menu"),
        choices=MenuLevel,
        default=MenuLevel.USUAL,
        help_text=_("Yang tidak ada di menu tetap dapat dibuka dari Semua halaman."),
    )
    counts_letters = models.BooleanField(
        _("Rembuk menomori surat keluar"),
        default=False,
        help_text=with_words_lazy(
            _(
                "Hanya bila Rembuk adalah buku surat keluar kantor ini. Bila tidak, %(secretariat)s "
                "mengisi nomor dari buku surat keluar atau SRIKANDI."
            )
        ),
    )
    counts_reports = models.BooleanField(
        _("Rembuk menomori laporan"),
        default=True,
        help_text=with_words_lazy(
            _(
                "Bila tidak, %(secretariat)s mengisi nomornya dari buku surat keluar atau SRIKANDI sebelum "
                "%(head)s menerima laporan."
            )
        ),
    )
    number_pattern = models.CharField(
        _("pola nomor naskah"),
        max_length=100,
        default=NUMBER_PATTERN,
        validators=[check_pattern],
        help_text=_(
            "Bagiannya dipisah garis miring: {code} kode klasifikasi, {number} nomor urut, {unit} kode unit, "
            "{year} tahun, dan {type} kode jenis bila kantor memakainya. Aturan tata naskah daerah Anda "
            "menetapkannya. Nomor yang sudah diberikan tidak berubah."
        ),
    )
    higher_office = models.CharField(
        _("instansi di atas Pengawas"),
        max_length=150,
        blank=True,
        help_text=_(
            "Pengawas dapat meneruskan pengaduan tentang pimpinan ke sini. Contoh: Inspektorat Jenderal."
        ),
    )
    higher_office_address = models.CharField(
        _("alamat instansi itu"),
        max_length=250,
        blank=True,
        help_text=_("Ditampilkan kepada pelapor bila kantor ini belum memiliki Pengawas."),
    )
    report_classification = models.CharField(
        _("kode klasifikasi laporan"), max_length=20, default="400.9", help_text=_("Permendagri 83/2022")
    )
    only_listed_codes = models.BooleanField(
        _("hanya kode dari daftar"),
        default=False,
        help_text=_("Kode di luar daftar kode klasifikasi kantor ditolak. Nyalakan bila daftarnya lengkap."),
    )
    archive_unit = models.CharField(
        _("unit kearsipan"),
        max_length=150,
        default="Unit Kearsipan",
        help_text=_("Yang menerima arsip inaktif (PP 28/2012)."),
    )
    archive_institution = models.CharField(
        _("lembaga kearsipan"),
        max_length=150,
        default="Lembaga Kearsipan Daerah",
        help_text=_("Yang menerima arsip permanen (UU 43/2009)."),
    )
    destruction_approver = models.CharField(
        _("yang menyetujui pemusnahan"),
        max_length=150,
        default="Kepala Daerah",
        help_text=_("Untuk arsip dengan masa simpan di bawah sepuluh tahun (PP 28/2012)."),
    )
    long_destruction_approver = models.CharField(
        _("yang menyetujui pemusnahan arsip sepuluh tahun atau lebih"),
        max_length=150,
        default="Kepala ANRI",
        help_text=_("Untuk arsip dengan masa simpan sepuluh tahun atau lebih (PP 28/2012)."),
    )
    register_signer = models.ForeignKey(
        Position,
        models.PROTECT,
        verbose_name=_("yang mengetahui buku dan register"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Pemangku jabatan ini ikut menandatangani. Kosong: hanya yang mencetak."),
    )
    is_practice = models.BooleanField(_("kantor latihan"), default=False, editable=False)
    """Whether this database has only invented data, which may be erased with one click (ADR 46)."""

    opened_at = models.DateTimeField(
        _("layanan dibuka"),
        null=True,
        editable=False,
        help_text=_("Kosong: kantor sedang disiapkan, dan belum ada permohonan yang diterima."),
    )

    awaits_staff_check = models.BooleanField(
        _("daftar orang menunggu diperiksa"), default=False, editable=False
    )
    """Whether the head must still check the staff whom one person entered before the opening (ADR 47)."""

    class Meta:
        verbose_name = verbose_name_plural = _("profil kantor")
        constraints = [
            constraint("only_one_office", Q(pk=1)),
            constraint("office_of_a_known_colour", Q(colour__in=Colour.values)),
            constraint("menu_of_a_known_level", Q(menu_level__in=MenuLevel.values)),
            constraint(
                "pattern_tells_numbers_and_years_apart",
                Q(number_pattern__contains="{number}") & Q(number_pattern__contains="{year}"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether the service is open: it accepts requests, and changes of access need two people."""
        return self.opened_at is not None

    @property
    def css(self) -> str:
        """The CSS rule with the office's colour for pages and documents; empty for the default colour."""
        if self.colour == Colour.TEAL:
            return ""
        pairs = zip(SHADE_NAMES, SHADES[Colour(self.colour)], strict=True)
        return f":root{{{';'.join(f'{name}:{shade}' for name, shade in pairs)}}}"

    @property
    def tariff(self) -> str:
        """The published fee in one line (Biaya/Tarif); empty if the service is free."""
        component = None if self.is_free else get_components().get(TARIFF)
        return "; ".join(component.items) if component else ""

    @property
    def product(self) -> str:
        """The published product in one line (Produk Pelayanan); empty if none is published."""
        component = get_components().get(PRODUCT)
        return "; ".join(component.items) if component else ""

    def clean(self) -> None:
        """Raise ValidationError if another app refuses the changed profile."""
        profile_checked.send(type(self), office=self)

    @classmethod
    def load(cls) -> "Office":
        """Return the office, or an unsaved one with defaults if none is stored. Same object per request."""
        return once_per_request(cls, lambda: copy(_load_office()))

    @classmethod
    def lock(cls) -> "Office | None":
        """Return the stored office, locked until the transaction ends.

        The lock serialises changes of access and of the office, so that each sees what the previous one has
        stored. Lock the office before any other row.
        """
        return cls.objects.select_for_update(no_key=True).filter(pk=1).first()


@remembered
def _load_office() -> Office:
    return Office.objects.filter(pk=1).first() or Office(pk=1)


class Instruction(models.Model):
    """A preset instruction of the disposition sheet (Lembar Disposisi, "Dengan hormat harap")."""

    is_remembered = True

    class Effect(models.TextChoices):
        ACTION = "ACTION", _("meminta tindak lanjut")
        INFORMATION = "INFORMATION", _("untuk diketahui")
        FILE = "FILE", _("diarsipkan, tanpa tindak lanjut")

    text = models.CharField(_("instruksi"), max_length=120, unique=True)
    effect = models.CharField(
        _("akibat"),
        max_length=11,
        choices=Effect,
        default=Effect.ACTION,
        help_text=_(
            "Yang diarsipkan tidak dipilih bersama yang meminta tindak lanjut (kebiasaan tata naskah)."
        ),
    )
    order = models.PositiveSmallIntegerField(_("urutan"), default=0)
    is_active = models.BooleanField(_("masih dipakai"), default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("instruksi disposisi")
        ordering = ["order", "text"]

    def __str__(self) -> str:
        return self.text
