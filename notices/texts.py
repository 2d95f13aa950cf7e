"""What messages say: what happened, tracking code, time and place of a schedule, a link; never of a case."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consultations.enums import Identity
from consultations.models import Case
from notices.models import Kind, Notice
from notices.telling import OF_A_SCHEDULE
from office.addresses import public_address
from office.models import Office
from scheduling.models import Session
from scheduling.queries import current_session

SAID: dict[Kind, Promise] = {
    Kind.RECEIVED: _("Permohonan Anda sudah kami terima."),
    Kind.LETTER_RECEIVED: _("Surat Anda sudah kami terima dan catat."),
    Kind.COMPLETED: _("Kelengkapan permohonan Anda sudah kami terima."),
    Kind.TIME_ASKED: _("Permintaan waktu lain kami terima. Jadwal semula berlaku sampai kami menjawab."),
    Kind.WITHDRAWN: _("Permohonan Anda sudah ditarik. Bila bukan Anda yang menariknya, segera hubungi kami."),
    Kind.INCOMPLETE: _("Permohonan Anda perlu dilengkapi. Lihat apa yang kurang lewat tautan di bawah."),
    Kind.DECLINED: _("Permohonan Anda tidak dapat kami layani. Baca alasannya lewat tautan di bawah."),
    Kind.SCHEDULED: _("Konsultasi Anda sudah dijadwalkan."),
    Kind.MOVED: _("Jadwal konsultasi Anda berubah."),
    Kind.KEPT: _("Waktu lain yang Anda minta belum dapat kami penuhi. Jadwal konsultasi Anda tetap."),
    Kind.NO_SHOW: _("Anda belum hadir pada waktu konsultasi. Kami akan mengirim jadwal baru."),
    Kind.LAPSED: _("Permohonan Anda kami tutup karena tidak dilengkapi sampai batas waktunya."),
    Kind.CLOSED: _("Laporan Hasil Konsultasi Anda sudah selesai. Mohon isi juga survei singkat kami."),
}
"""What applicants read."""

TITLED: dict[Kind, Promise] = {
    Kind.RECEIVED: _("permohonan diterima"),
    Kind.LETTER_RECEIVED: _("surat diterima"),
    Kind.COMPLETED: _("kelengkapan diterima"),
    Kind.TIME_ASKED: _("permintaan waktu diterima"),
    Kind.WITHDRAWN: _("permohonan ditarik"),
    Kind.INCOMPLETE: _("perlu dilengkapi"),
    Kind.DECLINED: _("tidak dapat dilayani"),
    Kind.SCHEDULED: _("jadwal konsultasi"),
    Kind.MOVED: _("jadwal baru"),
    Kind.KEPT: _("jadwal tetap"),
    Kind.NO_SHOW: _("menunggu jadwal baru"),
    Kind.LAPSED: _("permohonan ditutup"),
    Kind.CLOSED: _("laporan selesai"),
}
"""The end of the subject line of their mail."""


ASKED_THERE = _("Lihat permohonan Anda dengan kode lacak di atas dan nomor telepon Anda:")


@dataclass(frozen=True)
class Letter:
    """An e-mail message: subject and text."""

    subject: str
    text: str


def to_applicant(notice: Notice, *, office: Office) -> Letter:
    """The mail to the applicant, in the applicant's language, with the secret link to the case."""
    case, kind = notice.case, Kind(notice.kind)
    with translation.override(case.language):
        facts = {
            "said": SAID[kind],
            "details": _details(notice, office),
            "link": secret_link(case),
            "is_hidden": case.identity != Identity.OPEN,
            "office": office,
        }
        subject = gettext("Kode lacak %(code)s: %(title)s") % {"code": case.code, "title": TITLED[kind]}
        return Letter(subject, _written("notices/applicant.txt", facts))


def to_staff(notice: Notice, *, office: Office) -> Letter:
    """The mail to a member of the staff, with a link to where it is read: to that very case, as a rule."""
    with translation.override(settings.LANGUAGE_CODE):
        label = str(Kind(notice.kind).label)
        facts = {
            "notice": notice,
            "label": label,
            "details": _details(notice, office),
            "link": office_link(notice),
            "office": office,
        }
        return Letter(f"{notice.case.code}: {label}", _written("notices/staff.txt", facts))


def reminder(unread: Sequence[Notice], *, office: Office) -> Letter:
    """The mail that reminds somebody of all that he or she has not opened."""
    with translation.override(settings.LANGUAGE_CODE):
        rows = [(notice, office_link(notice)) for notice in unread]
        subject = gettext("Belum dibuka: %(number)s pemberitahuan") % {"number": len(unread)}
        return Letter(subject, _written("notices/reminder.txt", {"rows": rows, "office": office}))


def for_whatsapp(notice: Notice, *, with_secret: bool, office: Office) -> str:
    """The text of a WhatsApp message to the applicant, in the applicant's language.

    It ends in the secret link, or in the page that asks for tracking code and telephone number.
    """
    with translation.override(notice.case.language):
        lines = [office.name, str(SAID[Kind(notice.kind)])]
        lines += [f"{label}: {value}" for label, value in _details(notice, office)]
        lines += [secret_link(notice.case)] if with_secret else [str(ASKED_THERE), lookup_link()]
        return "\n".join(lines)


def values_for_whatsapp(notice: Notice, *, office: Office) -> list[str]:
    """What fills the placeholders of the approved template: the details in their order, then the link."""
    with translation.override(notice.case.language):
        details = [" ".join(value.split()) for _label, value in _details(notice, office)]
        return [*details, secret_link(notice.case)]


def template_for_whatsapp(kind: Kind, language: str) -> str:
    """The text to have approved as a template: `{{1}}`, `{{2}}` ... stand for `values_for_whatsapp()`."""
    with translation.override(language):
        labels = [gettext("Kode lacak")]
        labels += [gettext("Waktu"), gettext("Tempat")] if kind in OF_A_SCHEDULE else []
        labels.append(gettext("Lihat"))
        lines = [f"{label}: {{{{{number}}}}}" for number, label in enumerate(labels, start=1)]
        closing = gettext("Pesan ini dikirim otomatis.")
        return "\n".join([str(SAID[kind]), *lines, closing])


def secret_link(case: Case) -> str:
    """The applicant's own link; it goes to the applicant's own address and number alone."""
    return public_address("follow", case.secret)


def lookup_link() -> str:
    """Where tracking code and telephone number lead to the case: for messages that others send."""
    return public_address("lookup")


def office_link(notice: Notice) -> str:
    """Where a member of the staff reads a notice."""
    return public_address("case", notice.case.code) if notice.leads_to_its_case else public_address("desk")


def _details(notice: Notice, office: Office) -> list[tuple[str, str]]:
    """The tracking code; for a schedule also when and where, as it is now."""
    found = [(gettext("Kode lacak"), notice.case.code)]
    session = current_session(notice.case) if Kind(notice.kind) in OF_A_SCHEDULE else None
    if session and session.starts_at:
        at = timezone.localtime(session.starts_at)
        when = f"{date_format(at, 'l')}, {date_format(at, 'DATETIME_FORMAT')}"
        found += [(gettext("Waktu"), when), (gettext("Tempat"), _where(session, office))]
    return found


def _where(session: Session, office: Office) -> str:
    """The place; of a video meeting only that it is one, since its link stands on the page of the case."""
    if session.mode == Session.Mode.OFFICE:
        return ", ".join(part for part in (session.place, " ".join(office.address.split())) if part)
    return session.place or str(Session.Mode(session.mode).label)


def _written(template: str, facts: dict[str, object]) -> str:
    return render_to_string(template, facts).strip() + "\n"
