"""Initial texts of a first report, in Indonesian, from the data of the case."""

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from consultations.models import Case
from office.models import Office
from scheduling.models import Session
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
        "activities": describe_session(session),
        "results": session.answer if session else "",
        "closing": str(_("Demikian laporan ini dibuat untuk dipergunakan sebagaimana mestinya.")),
    }


@translation.override("id")
def describe_session(session: Session | None) -> str:
    """Describe time, place and attendees of a session, or return "" before it has ended."""
    if session and session.is_written and session.finished_at:
        day = date_format(timezone.localtime(session.finished_at), "DATE_FORMAT")
        return _("Dijawab tertulis pada %(day)s, tanpa pertemuan.") % {"day": day}
    if not (session and session.started_at and session.finished_at):
        return ""
    sentence = _("Konsultasi dilaksanakan pada %(day)s pukul %(start)s–%(end)s WIB (%(mode)s).") % {
        "day": date_format(timezone.localtime(session.started_at), "DATE_FORMAT"),
        "start": date_format(timezone.localtime(session.started_at), "TIME_FORMAT"),
        "end": date_format(timezone.localtime(session.finished_at), "TIME_FORMAT"),
        "mode": session.place or session.get_mode_display(),
    }
    return sentence + "\n" + _("Hadir: %(attendees)s") % {"attendees": session.attendees}
