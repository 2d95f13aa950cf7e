"""The sheet for SP4N-LAPOR!: a complaint in the order of its form.

SP4N-LAPOR! publishes no interface for other systems. Its lists of categories and its administrative fields
are not known here: the person who types the sheet fills them in.
"""

from operator import itemgetter
from typing import BinaryIO

from django.utils.translation import gettext as _, gettext_lazy

from consultations.enums import ComplaintKind, Identity, Kind
from consultations.identity import COMPLAINT_HANDLERS
from consultations.models import Case
from consultations.parties import parties
from kit import clock
from kit.table import Column, write_xlsx
from office.models import Office, User

CLASSES = {
    ComplaintKind.INFORMATION: gettext_lazy("Permintaan Informasi"),
    ComplaintKind.ASPIRATION: gettext_lazy("Aspirasi"),
}
"""Classification in LAPOR! of the kinds that are no complaint."""

SHEET_COLUMNS = (
    Column(gettext_lazy("Isian di LAPOR!"), itemgetter(0), 28),
    Column(gettext_lazy("Nilai"), itemgetter(1), 80),
    Column(gettext_lazy("Keterangan"), lambda line: line[2] if len(line) > 2 else "", 50),
)


def may_hand_over(user: User, case: Case) -> bool:
    """Return whether the user may download the sheet: parties that handle complaints of the office."""
    is_of_office = case.kind == Kind.COMPLAINT and not case.is_independent
    return is_of_office and not {*COMPLAINT_HANDLERS}.isdisjoint(parties(user, case))


def write_sheet(case: Case, file: BinaryIO) -> None:
    """Write the sheet. The name of a hidden complainant is not on it."""
    write_xlsx(file, SHEET_COLUMNS, _list_sheet_lines(case))


def _list_sheet_lines(case: Case) -> list[tuple[str, ...]]:
    is_open = case.identity == Identity.OPEN
    hidden = "" if is_open else _("Identitas dirahasiakan pelapor: jangan ditulis.")
    own = _("Rembuk tidak menyimpannya. Tanyakan kepada pelapor, atau isi menurut uraian.")
    kind = CLASSES.get(ComplaintKind(case.complaint_kind)) if case.complaint_kind else None
    return [
        (_("Klasifikasi laporan"), str(kind or _("Pengaduan"))),
        (_("Judul laporan"), case.subject),
        (_("Isi laporan"), case.material),
        (_("Tanggal kejadian"), "", own),
        (_("Lokasi kejadian"), "", own),
        (_("Instansi tujuan"), Office.load().name),
        (_("Kategori laporan"), "", _("Pilih dari daftar di LAPOR!.")),
        (_("Lampiran"), "", _("Unggah dari halaman pengaduan, bila pelapor setuju.")),
        (_("Anonim atau rahasia"), case.get_identity_display()),
        (_("Nama pelapor"), case.applicant_name if is_open else "", hidden),
        (_("Telepon pelapor"), str(case.phone) if is_open else "", hidden),
        (_("Surel pelapor"), case.email if is_open else "", hidden),
        (_("Nomor laporan LAPOR!"), case.lapor_number, _("Catat di Rembuk setelah laporan terdaftar.")),
        (_("Kode lacak Rembuk"), case.code),
        (_("Diterima kantor"), clock.format_moment(case.submitted_at)),
        (_("Status di Rembuk"), case.get_state_display()),
    ]
