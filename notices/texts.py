"""Texts of messages: tracking code, link, time and place of a session. They contain no case content."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy as _

from consultations.enums import Identity
from consultations.models import Case
from consultations.scheduling.models import Session
from consultations.scheduling.queries import current_session
from kit import clock
from kit.urls import get_public_url
from notices.models import Kind, Message, Notice
from notices.rules import SCHEDULE_KINDS
from office.models import Office


@dataclass(frozen=True)
class Text:
    """Text for applicants: the end of the subject line, and the first sentence of the message."""

    subject: Promise
    sentence: Promise


TEXTS: dict[Kind, Text] = {
    Kind.RECEIVED: Text(_("permohonan diterima"), _("Permohonan Anda sudah kami terima.")),
    Kind.LETTER_RECEIVED: Text(_("permohonan diterima"), _("Permohonan Anda sudah kami terima dan catat.")),
    Kind.COMPLETED: Text(_("kelengkapan diterima"), _("Kelengkapan permohonan Anda sudah kami terima.")),
    Kind.TIME_ASKED: Text(
        _("permintaan waktu diterima"),
        _("Permintaan waktu lain kami terima. Jadwal semula berlaku sampai kami menjawab."),
    ),
    Kind.WITHDRAWN: Text(
        _("permohonan ditarik"),
        _("Permohonan Anda sudah ditarik. Bila bukan Anda yang menariknya, segera hubungi kami."),
    ),
    Kind.WITHDRAWN_FOR: Text(
        _("permohonan ditarik"),
        _("Permohonan Anda sudah kami tarik sesuai permintaan. Bila bukan Anda yang meminta, hubungi kami."),
    ),
    Kind.INCOMPLETE: Text(
        _("perlu dilengkapi"),
        _("Permohonan Anda perlu dilengkapi. Lihat apa yang kurang lewat tautan di bawah."),
    ),
    Kind.DECLINED: Text(
        _("tidak dapat dilayani"),
        _("Permohonan Anda tidak dapat kami layani. Baca alasannya lewat tautan di bawah."),
    ),
    Kind.CONVERTED: Text(
        _("jenis permohonan diubah"),
        _("Kiriman Anda kami tangani sebagai jenis layanan lain. Baca alasannya lewat tautan di bawah."),
    ),
    Kind.SPLIT_OFF: Text(
        _("urusan kedua dicatat terpisah"),
        _("Kiriman Anda memuat dua urusan. Urusan kedua kami catat dengan kode dan tautan sendiri."),
    ),
    Kind.MERGED: Text(
        _("permohonan digabung"),
        _("Urusan ini sudah Anda ajukan juga, jadi keduanya kami gabung. Kabarnya ada di yang lain."),
    ),
    Kind.SCHEDULED: Text(_("jadwal konsultasi"), _("Konsultasi Anda sudah dijadwalkan.")),
    Kind.MOVED: Text(_("jadwal baru"), _("Jadwal konsultasi Anda berubah.")),
    Kind.KEPT: Text(
        _("jadwal tetap"),
        _("Waktu lain yang Anda minta belum dapat kami penuhi. Jadwal konsultasi Anda tetap."),
    ),
    Kind.ANSWERED: Text(
        _("dijawab tertulis"),
        _("Kami menjawab Anda tertulis, tanpa pertemuan. Kami mengabari Anda bila jawabannya siap."),
    ),
    Kind.NO_SHOW: Text(
        _("menunggu jadwal baru"),
        _("Anda belum hadir pada waktu konsultasi. Kami akan mengirim jadwal baru."),
    ),
    Kind.POSTPONED: Text(
        _("menunggu jadwal baru"),
        _("Jadwal konsultasi Anda kami batalkan. Mohon maaf; kami akan mengirim jadwal baru."),
    ),
    Kind.LAPSED: Text(
        _("permohonan ditutup"),
        _("Permohonan Anda kami tutup karena tidak dilengkapi sampai batas waktunya."),
    ),
    Kind.CLOSED: Text(
        _("layanan selesai"),
        _(
            "Layanan untuk Anda sudah selesai. Kami mengabari Anda bila surat hasilnya siap. Mohon isi juga "
            "survei singkat kami."
        ),
    ),
    Kind.ENQUIRY_RECEIVED: Text(
        _("pertanyaan diterima"),
        _("Pertanyaan Anda sudah kami terima. Kami mengabari Anda bila jawabannya siap."),
    ),
    Kind.ENQUIRY_ANSWERED: Text(
        _("pertanyaan dijawab"),
        _("Pertanyaan Anda sudah kami jawab. Baca jawabannya lewat tautan di bawah."),
    ),
    Kind.RESULT_READY: Text(
        _("surat hasil siap"),
        _(
            "Surat hasil untuk Anda sudah ditandatangani. Baca lewat tautan di bawah. Mohon isi juga survei "
            "singkat kami."
        ),
    ),
    Kind.REFERRED_UP: Text(
        _("permohonan diteruskan"),
        _("Permohonan Anda diteruskan ke instansi lain. Baca keterangannya lewat tautan di bawah."),
    ),
    Kind.RECEIVED_THERE: Text(
        _("permohonan diterima instansi lain"),
        _("Instansi lain sudah menerima permohonan Anda. Baca keterangannya lewat tautan di bawah."),
    ),
    Kind.CONCLUDED: Text(
        _("hasil pengaduan"),
        _("Pengaduan Anda sudah selesai diperiksa. Baca hasilnya lewat tautan di bawah."),
    ),
    Kind.BREACH: Text(
        _("pemberitahuan tentang data Anda"),
        _("Ada kegagalan pelindungan data pribadi yang mungkin mengenai Anda. Baca di “Data saya”."),
    ),
    Kind.CONTACT_CHANGED: Text(
        _("kontak diperbaiki"),
        _("Nomor atau surel pada permohonan Anda kami perbaiki. Bila Anda tidak memintanya, hubungi kami."),
    ),
    Kind.CONTACT_REPLACED: Text(
        _("kontak diganti"),
        _(
            "Nomor atau surel ini tidak dipakai lagi untuk permohonan dengan kode lacak di bawah. Bila Anda "
            "pemohonnya dan tidak memintanya, segera hubungi kami."
        ),
    ),
    Kind.LINK_ASKED: Text(
        _("tautan permohonan"),
        _("Seseorang, mungkin Anda sendiri, meminta tautan permohonan ini dikirim lagi ke sini."),
    ),
    Kind.DELETION_ASKED: Text(
        _("permintaan penghapusan data"),
        _(
            "Kami menerima permintaan agar data Anda dihapus. Bila Anda tidak memintanya, hentikan lewat "
            "tautan di bawah atau hubungi kami."
        ),
    ),
    Kind.DELETION_DECIDED: Text(
        _("permintaan penghapusan data"),
        _("Permintaan Anda agar data dihapus sudah kami putuskan. Baca keputusannya lewat tautan di bawah."),
    ),
}


WILL_COME = _("Apakah Anda akan hadir? Jawab dengan satu ketuk di sini:")
"""The line before the link in a message about a schedule."""


@dataclass(frozen=True)
class Mail:
    """Subject and text of an e-mail message."""

    subject: str
    text: str


def render_to_applicant(notice: Notice, *, office: Office) -> Mail:
    """Return the mail to the applicant in the applicant's language, with the secret link to the case."""
    case, text = notice.case, TEXTS[Kind(notice.kind)]
    with translation.override(case.language):
        context = {
            "sentence": case.wording.speak(text.sentence),
            "details": _details(notice, office),
            "link": "" if notice.kind == Kind.CONTACT_REPLACED else secret_link(case),
            "link_title": str(WILL_COME if notice.kind in SCHEDULE_KINDS else _("Lihat permohonan Anda:")),
            "is_hidden": case.identity != Identity.OPEN,
            "office": office,
        }
        subject = gettext("Kode lacak %(code)s: %(title)s") % {
            "code": case.code,
            "title": case.wording.speak(text.subject),
        }
        return Mail(subject, _render("notices/applicant.txt", context))


def render_to_staff(notice: Notice, *, office: Office) -> Mail:
    """Return the mail to a member of the staff, with a link to the case or to the desk."""
    with translation.override(settings.LANGUAGE_CODE):
        label = str(Kind(notice.kind).label)
        label = notice.case.wording.speak(label) if notice.case_id else label
        context = {
            "notice": notice,
            "label": label,
            "details": _details(notice, office),
            "link": office_link(notice),
            "office": office,
        }
        subject = f"{notice.case.code}: {label}" if notice.case_id else label
        return Mail(subject, _render("notices/staff.txt", context))


def render_reminder(unread: Sequence[Notice], *, office: Office) -> Mail:
    """Return the mail that lists a user's unread notices."""
    with translation.override(settings.LANGUAGE_CODE):
        rows = [(notice, office_link(notice)) for notice in unread]
        subject = gettext("Belum dibuka: %(number)s pemberitahuan") % {"number": len(unread)}
        return Mail(subject, _render("notices/reminder.txt", {"rows": rows, "office": office}))


def whatsapp_text(notice: Notice, *, with_secret: bool, office: Office) -> str:
    """Return the text of a WhatsApp message, or of a letter by post, in the applicant's language.

    A message ends with the secret link, or with the page that asks for tracking code and phone number. A
    letter also says what is missing or why the case ended. A former number gets no link.
    """
    with translation.override(notice.case.language):
        speak = notice.case.wording.speak
        lines = [office.name, speak(TEXTS[Kind(notice.kind)].sentence)]
        lines += [f"{label}: {value}" for label, value in _details(notice, office)]
        if notice.kind == Kind.CONTACT_REPLACED:
            return "\n".join(lines)
        if (case := notice.case).by_post:
            lines += filter(None, (case.missing, case.end_reason))
            return "\n".join([*lines, gettext("Tautan permohonan Anda tercetak pada Tanda Terima.")])
        if with_secret and notice.kind in SCHEDULE_KINDS:
            return "\n".join([*lines, str(WILL_COME), secret_link(notice.case)])
        if with_secret:
            return "\n".join([*lines, secret_link(notice.case)])
        lookup = speak(gettext("Lihat permohonan Anda dengan kode lacak di atas dan nomor telepon Anda:"))
        return "\n".join([*lines, lookup, get_public_url("lookup")])


def whatsapp_link(message: Message, text: str) -> str:
    """Return the link that opens a WhatsApp chat with the applicant, with the text filled in.

    Return "" if the phone number is no longer known.
    """
    digits = "".join(filter(str.isdigit, message.address or str(message.notice.case.phone)))
    return digits and f"https://wa.me/{digits}?text={quote(text, safe='')}"


def template_values(notice: Notice, *, office: Office) -> list[str]:
    """Return the values for the placeholders of the WhatsApp template: the details, then the link."""
    with translation.override(notice.case.language):
        details = [" ".join(value.split()) for _label, value in _details(notice, office)]
        is_former = notice.kind == Kind.CONTACT_REPLACED
        return [*details, get_public_url("lookup") if is_former else secret_link(notice.case)]


def template_text(kind: Kind, language: str) -> str:
    """Return the text of a WhatsApp template, with placeholders `{{1}}`, `{{2}}` for `template_values()`."""
    with translation.override(language):
        labels = [gettext("Kode lacak")]
        labels += [gettext("Waktu"), gettext("Tempat")] if kind in SCHEDULE_KINDS else []
        labels.append(gettext("Lihat"))
        lines = [f"{label}: {{{{{number}}}}}" for number, label in enumerate(labels, start=1)]
        closing = gettext("Pesan ini dikirim otomatis.")
        return "\n".join([str(TEXTS[kind].sentence), *lines, closing])


def secret_link(case: Case) -> str:
    """Return the applicant's secret link. Send it only to the applicant's own address and number."""
    return get_public_url("follow", case.secret)


def office_link(notice: Notice) -> str:
    """Return the URL of the page that a notice opens for staff, or of their start page."""
    return settings.PUBLIC_URL + notice.path if notice.path else get_public_url(settings.LOGIN_REDIRECT_URL)


def _details(notice: Notice, office: Office) -> list[tuple[str, str]]:
    """Return labels and values: the tracking code, and current time and place of a scheduled session.

    For a delegation, return the name of the acting head. For a change of access, return its sentence.
    """
    if notice.access_change:
        return [(gettext("Perubahan"), notice.sentence)]
    if notice.delegation:
        return [(gettext("Pengganti"), notice.sentence)]
    found = [(gettext("Kode lacak"), notice.case.code)]
    if notice.sent_by:
        found.append((gettext("Diingatkan oleh"), str(notice.sent_by)))
    session = current_session(notice.case) if Kind(notice.kind) in SCHEDULE_KINDS else None
    if session and session.starts_at:
        found.append((gettext("Waktu"), clock.format_moment(session.starts_at)))
        found.append((gettext("Tempat"), _place(session, office)))
    return found


def _place(session: Session, office: Office) -> str:
    """Return the place of a session. Only the page of the case shows the link of a video meeting."""
    if session.mode == Session.Mode.OFFICE:
        return ", ".join(part for part in (session.place, " ".join(office.address.split())) if part)
    if session.is_call:
        return gettext("Petugas menelepon nomor Anda")
    return session.place or str(Session.Mode(session.mode).label)


def _render(template: str, context: dict[str, object]) -> str:
    return render_to_string(template, context).strip() + "\n"
