"""The register of consultations (Register Konsultasi, buku tamu): those that ended in a period.

It has every consultation that was held, in any way, with or without a letter, also those of complaints.
"""

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _

from consultations.models import Case
from consultations.pagination import only
from office.words import with_words_lazy, word
from reports.contexts.book import Book, BookColumn, Place, to_day
from reports.contexts.registers import APPLICANT, name_of, organisation_of
from reports.models import Register
from scheduling.models import Session

OF_CASE = (
    *(*APPLICANT, "code", "kind", "channel", "subject", "state", "report_number", "agenda__year"),
    *("agenda__number", "division__name"),
)
FIELDS = (
    *("mode", "started_at", "finished_at", "officer__name", "officer__username"),
    *(f"case__{field}" for field in OF_CASE),
)


def _get_rows(register: Register) -> QuerySet[Session]:
    return only(Session.objects.filter(cancelled_at=None), FIELDS)


def get_hours(session: Session) -> str:
    """Return the real time of day (office's zone) from the start to the end."""
    moments = (moment for moment in (session.started_at, session.finished_at) if moment)
    return "–".join(time_format(timezone.localtime(moment)) for moment in moments)


def get_result(case: Case) -> str:
    """Return the state, and the number of an accepted report."""
    return ", ".join(filter(None, (case.get_state_display(), case.report_number)))


def _get_way(session: Session) -> str:
    """Return how the consultation was held, and that an urgent visitor came without a letter."""
    way = str(Session.Mode(session.mode).label)
    return f"{way}; {session.case.get_channel_display()}" if session.case.is_walk_in else way


GUEST_BOOK = Book(
    Register.Kind.GUEST_BOOK,
    "Register Konsultasi",
    _("konsultasi"),
    Session,
    "finished_at",
    ("finished_at", "pk"),
    (
        BookColumn(_("Tanggal"), lambda session: to_day(session.finished_at), 17),
        BookColumn(_("Jam"), get_hours, 11),
        BookColumn(_("Nomor agenda"), lambda session: str(session.case.agenda or ""), 10),
        BookColumn(_("Kode lacak"), lambda session: session.case.code, 14, Place.FILE),
        BookColumn(_("Jenis"), lambda session: session.case.get_kind_display(), 12),
        BookColumn(_("Nama"), lambda session: name_of(session.case), 20),
        BookColumn(
            with_words_lazy(_("Lembaga atau %(village)s")), lambda session: organisation_of(session.case), 20
        ),
        BookColumn(_("Keperluan"), lambda session: session.case.subject, 32),
        BookColumn(_("Cara layanan"), _get_way, 20),
        BookColumn(word("division_name"), lambda session: str(session.case.division or ""), 22, Place.FILE),
        BookColumn(_("Petugas"), lambda session: str(session.officer), 20),
        BookColumn(_("Lama pelayanan (menit)"), lambda session: session.minutes, 13),
        BookColumn(_("Hasil"), lambda session: get_result(session.case), 22),
        BookColumn(_("Paraf tamu"), lambda session: " ", 12, Place.PAPER),
    ),
    _get_rows,
    is_of_divisions=True,
)
