"""The introduction (Perkenalan) on the desk after the first login: four cards, the second by role."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kit import clock
from office.models import Role, User


class Card(NamedTuple):
    title: Promise
    text: Promise


class Introduction(NamedTuple):
    """One card, its number, and the number of all."""

    card: Card
    number: int
    total: int

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.number < self.total else None


DESK = Card(
    _("Ini meja kerja Anda"),
    _("Semua yang menunggu Anda ada di halaman ini, yang paling mendesak di atas."),
)
FIND = Card(
    _("Mencari permohonan"),
    _("Ketik nomor, nama, atau perihal di kotak cari di atas. Di ponsel, tekan gambar kaca pembesar."),
)
FIND_COMPLAINT = Card(
    _("Mencari pengaduan"),
    _("Pengaduan yang sudah Anda selesaikan ada di menu Permohonan, Semua permohonan."),
)
HELP = Card(
    _("Bila ragu"),
    _("Buka menu pada nama Anda di kanan atas, di ponsel tombol Menu. Perkenalan ini ada juga di sana."),
)
WORK = _("Pekerjaan Anda")

WORK_OF: dict[Role, Promise] = {
    Role.SECRETARIAT: _(
        "Catat tamu dengan tombol Datang langsung dan surat dengan tombol Surat masuk. Tamu yang menunggu "
        "dan pesan yang perlu Anda kirim tampil di meja ini."
    ),
    Role.TIM_PKD: _(
        "Permohonan baru menunggu di sini: catat dalam buku agenda, atau kembalikan agar dilengkapi. "
        "Kiriman yang perlu dilihat dahulu ada di samping."
    ),
    Role.SECRETARY: _(
        "Permohonan yang diagendakan dan laporan yang sudah diperiksa menunggu paraf Anda di sini."
    ),
    Role.HEAD: _(
        "Permohonan menunggu disposisi Anda dan laporan menunggu Anda terima. Tekan Selesaikan satu per satu "
        "untuk menanganinya berurutan, juga dari ponsel."
    ),
    Role.DIVISION_HEAD: _(
        "Disposisi kepada Anda menunggu di sini: tunjuk petugas, atau layani sendiri. Laporan petugas juga "
        "menunggu Anda periksa."
    ),
    Role.OFFICER: _(
        "Permohonan yang ditugaskan kepada Anda menunggu di sini: siapkan, tetapkan jadwal, layani, lalu "
        "tulis laporannya. Jadwal hari ini ada di samping."
    ),
    Role.SUPERVISOR: _(
        "Pengaduan yang dikirim langsung kepada Anda menunggu di sini. Siapa membuka data apa tercatat di "
        "Catatan akses."
    ),
}

OF_ADMINISTRATOR = (
    Card(_("Ini meja Anda"), _("Halaman pertama Anda. Permohonan tidak tampil bagi administrator.")),
    Card(
        WORK,
        _(
            "Pengaturan kantor memuat data kantor, jabatan, dan jam layanan. Pengangkatan dan penutupan akun "
            "ada di Perubahan akses."
        ),
    ),
    Card(
        _("Keadaan sistem"),
        _("Di Pengaturan kantor, Keadaan sistem mengatakan apa yang perlu diperbaiki dan caranya."),
    ),
    HELP,
)


def get_introduction(user: User, chosen: str) -> Introduction | None:
    """Return the card with the number `chosen`, else the first one for a user who has not closed it."""
    cards = _list_cards(user)
    number = int(chosen) if chosen.isascii() and chosen.isdecimal() and len(chosen) == 1 else 0
    if number == 0 and user.introduced_at is None:
        number = 1
    return Introduction(cards[number - 1], number, len(cards)) if 1 <= number <= len(cards) else None


def close_introduction(*, by: User) -> None:
    """Store when the user first closed the introduction. It is not shown by itself any more."""
    User.objects.filter(pk=by.pk, introduced_at=None).update(introduced_at=clock.now())


def _list_cards(user: User) -> tuple[Card, ...]:
    """Return the cards of the first position held, those of an administrator, or none."""
    if not user.current_appointments:
        return OF_ADMINISTRATOR if user.is_staff else ()
    role = Role(user.current_appointments[0].position.role)
    return (DESK, Card(WORK, WORK_OF[role]), FIND_COMPLAINT if role == Role.SUPERVISOR else FIND, HELP)
