"""Initial texts of a first report, in Indonesian, from the data of the case."""

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from consultations.models import Case
from office.models import Office
from scheduling.queries import current_session


@translation.override("id")
def get_initial_texts(case: Case) -> dict[str, str]:
    """Return the initial texts of a report by section."""
    office = Office.load()
    applicant = ", ".join(filter(None, [case.applicant_name, case.organisation]))
    submitted = date_format(timezone.localtime(case.submitted_at), "DATE_FORMAT")
    name = str(case.wording.name)
    letter = (
        _("Surat %(name)s nomor %(number)s") % {"name": name, "number": case.letter_number}
        if case.letter_number
        else _("%(name)s tanggal %(day)s") % {"name": capfirst(name), "day": submitted}
    )
    basis = [_("Standar Pelayanan Nomor %(number)s") % {"number": office.standard_number}, letter]
    if case.agenda:
        basis.append(_("Nomor agenda %(agenda)s") % {"agenda": case.agenda})
    session = current_session(case)
    return {
        "general": _(
            "Laporan ini disusun atas %(name)s yang disampaikan %(applicant)s pada %(day)s "
            "tentang “%(subject)s”."
        )
        % {
            "name": case.wording.full_name,
            "applicant": applicant,
            "day": submitted,
            "subject": case.subject,
        },
        "purpose": str(
            _(
                "Memberikan saran, masukan, pertimbangan, solusi, dan rekomendasi atas materi "
                "yang disampaikan."
            )
        ),
        "scope": f"{case.wording.material}: {case.material}",
        "basis": "\n".join(str(line) for line in basis),
        # The document itself prints time, place and attendees.
        "activities": str(
            _("Menjawab tertulis materi yang disampaikan.")
            if session and session.is_written
            else _("Membahas materi yang dikonsultasikan bersama pemohon.")
        ),
        "results": session.answer if session else "",
        "closing": str(_("Demikian laporan ini dibuat untuk dipergunakan sebagaimana mestinya.")),
    }
