"""Words that differ between a consultation and a complaint, for forms, pages and documents.

Texts that say the same of both are written for a consultation. `speak()` says them of a complaint: state,
steps, forms, refusals, notices and papers call it. Templates have `{{ _("Data permohonan")|of:case }}`. A
text that says something else of a complaint is a field of `Wording`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from django.utils.functional import Promise, lazy
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy as _

from consultations.enums import Kind, Party
from office.words import with_words_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

OF_COMPLAINT = {
    "id": (
        (r"\b([Hh])asil [Kk]onsultasi", r"\1asil Penanganan Pengaduan"),
        (r"\bMateri konsultasi", "Isi pengaduan"),
        (r"\bmateri konsultasi", "isi pengaduan"),
        (r"\b([Pp])ermohonan(?: [Kk]onsultasi)?", r"\1engaduan"),
        (r"\b([Pp])emohon", r"\1elapor"),
        (r"\b(?:dikonsultasikan|ditanyakan)", "diadukan"),
        (r"\bKonsultasi", "Penanganan"),
        (r"\bkonsultasi", "penanganan"),
    ),
    "en": (
        (r"\bConsultation Report", "Complaint Report"),
        (r"\bRequest\b(?! for)", "Complaint"),
        (r"\brequest\b(?! for)", "complaint"),
        (r"\ban applicant", "a complainant"),
        (r"\bApplicant", "Complainant"),
        (r"\bapplicant", "complainant"),
        (r"\bConsultation", "Meeting"),
        (r"\bconsultation", "meeting"),
    ),
}
"""Words of a consultation (regular expressions), and what replaces them, by language."""


def speak_of_complaint(text: str | Promise) -> str:
    """Return a text of the interface in the words of a complaint. Never pass what somebody has written.

    HTML stays HTML, because no replacement has any.
    """
    given = spoken = str(text)
    for pattern, replacement in OF_COMPLAINT[get_language() or "id"]:
        spoken = re.sub(pattern, replacement, spoken)
    return mark_safe(spoken) if isinstance(given, SafeString) else spoken


speak_of_complaint_lazy = cast("Callable[..., _StrPromise]", lazy(speak_of_complaint, str))


@dataclass(frozen=True)
class Wording:
    """Words for one kind of case. `name` and `full_name` are lower-case, for running text.

    `speak` returns a text in these words. `form_page` is the URL name of the public form. `moderator`
    decides on a submission that was held. `neutral_subject` is the subject of a case that must not tell its
    story in the agenda book. It goes on record, which is always Indonesian. `about_head`
    says on the receipt where a complaint about the head of the office goes. `report_start` and
    `report_purpose` are the usual first texts of the report.
    """

    form_page: str
    name: Promise
    full_name: Promise
    applicant: Promise
    material: Promise
    form_title: Promise
    form_lead: Promise
    send: Promise
    send_again: Promise
    received: Promise
    recorded: Promise
    privacy: Promise
    unknown_reader: Promise
    accept: Promise
    accepted: Promise
    reject: Promise
    reject_note: Promise
    rejected: Promise
    report_start: Promise
    report_purpose: Promise
    moderator: Promise = Party.TIM_PKD.label
    neutral_subject: str = ""
    about_head: Promise | str = ""
    speak: Callable[[str | Promise], str] = str


WORDINGS: dict[Kind, Wording] = {
    Kind.CONSULTATION: Wording(
        form_page="request",
        name=_("permohonan"),
        full_name=_("permohonan konsultasi"),
        applicant=_("Pemohon"),
        material=_("Materi konsultasi"),
        form_title=_("Ajukan konsultasi"),
        form_lead=_("Isi bagian-bagian ini. Sebelum dikirim, Anda dapat memeriksanya sekali lagi."),
        send=_("Kirim permohonan"),
        send_again=_("Ajukan lagi"),
        received=_("Permohonan konsultasi Anda sudah kami terima"),
        recorded=_("Permohonan tercatat. Kode lacak:"),
        privacy=_(
            "Data Anda hanya dipakai untuk melayani permohonan ini sebagai pelayanan publik (UU 27/2022)"
        ),
        unknown_reader=with_words_lazy(_("Bila ada yang tidak Anda kenali, hubungi %(secretariat)s.")),
        accept=_("Terima sebagai permohonan"),
        accepted=_("Kiriman diterima sebagai permohonan dengan kode lacak %(code)s: %(subject)s"),
        reject=_("Hapus kiriman ini"),
        reject_note=_("Kiriman yang tidak diterima langsung dihapus."),
        rejected=_("Kiriman tidak diterima dan sudah dihapus."),
        report_start=_("Pemohon berkonsultasi tentang “%(subject)s”."),
        report_purpose=_(
            "Memberikan saran, masukan, pertimbangan, solusi, dan rekomendasi atas materi yang disampaikan."
        ),
    ),
    Kind.COMPLAINT: Wording(
        form_page="complaint",
        name=_("pengaduan"),
        full_name=_("pengaduan"),
        applicant=_("Pelapor"),
        material=_("Isi pengaduan"),
        form_title=_("Sampaikan pengaduan"),
        form_lead=with_words_lazy(
            _("Sampai dicatat, hanya %(agenda_team)s membacanya. Pejabat yang diadukan sesudahnya pun tidak.")
        ),
        send=_("Kirim pengaduan"),
        send_again=_("Sampaikan pengaduan lagi"),
        received=_("Pengaduan Anda sudah kami terima"),
        recorded=_("Pengaduan tercatat. Kode lacak:"),
        privacy=_(
            "Data Anda hanya dipakai untuk melayani pengaduan ini sebagai pelayanan publik (UU 27/2022)"
        ),
        unknown_reader=with_words_lazy(_("Bila ada yang tidak Anda kenali, hubungi %(secretariat)s.")),
        accept=_("Terima sebagai pengaduan"),
        accepted=_("Kiriman diterima sebagai pengaduan dengan kode lacak %(code)s: %(subject)s"),
        reject=with_words_lazy(_("Teruskan ke %(head)s")),
        reject_note=with_words_lazy(
            _("Pengaduan tidak langsung dihapus: %(head)s masih melihatnya selama 90 hari.")
        ),
        rejected=with_words_lazy(_("Pengaduan diteruskan: %(head)s masih melihatnya selama 90 hari.")),
        report_start=_("Pelapor menyampaikan pengaduan perihal “%(subject)s”."),
        report_purpose=_(
            "Memeriksa kebenaran pengaduan, menetapkan penyelesaiannya, dan memberi jawaban kepada pelapor."
        ),
        neutral_subject="Pengaduan pelayanan",
        about_head=with_words_lazy(
            _(
                "Pengaduan tentang %(head)s tidak dibaca dan tidak diputuskan olehnya: kantor meneruskannya "
                "kepada Sekretaris Daerah atau Inspektorat Daerah."
            )
        ),
        speak=speak_of_complaint,
    ),
}


INDEPENDENT = replace(
    WORDINGS[Kind.COMPLAINT],
    recorded=_(
        "Pengaduan sudah dikirim kepada Pengawas. Sejak sekarang hanya Pengawas yang dapat membukanya."
    ),
    unknown_reader=_("Bila ada selain Pengawas dan Anda sendiri, laporkan lewat lapor.go.id."),
    moderator=Party.SUPERVISOR.label,
    about_head="",
    reject=WORDINGS[Kind.CONSULTATION].reject,
    reject_note=WORDINGS[Kind.CONSULTATION].reject_note,
    rejected=WORDINGS[Kind.CONSULTATION].rejected,
)
"""Words for a complaint in the independent channel."""


def wording_for(kind: str, *, is_independent: bool = False) -> Wording:
    """Return the words for this kind of case."""
    return INDEPENDENT if is_independent else WORDINGS[Kind(kind)]
