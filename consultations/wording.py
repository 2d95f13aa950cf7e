"""Words that differ between a consultation and a complaint, for forms, pages and documents."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.enums import Kind, Party
from office.words import with_words_lazy


@dataclass(frozen=True)
class Wording:
    """Words for one kind of case. `name` and `full_name` are lower-case, for running text.

    `step_titles` are titles of the applicant's own steps by verb, and `stage_titles` those of the stages
    by number, if they differ from the table's. `form_page` is the URL name of the public form. `moderator`
    decides on a submission that was held. `neutral_subject` is the subject of a case that must not tell its
    story in the agenda book. It and `refusal_subject` go on record, which is always Indonesian. `about_head`
    says on the receipt where a complaint about the head of the office goes.
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
    refusal_subject: str
    moderator: Promise = Party.TIM_PKD.label
    neutral_subject: str = ""
    about_head: Promise | str = ""
    step_titles: Mapping[str, Promise] = MappingProxyType({})
    stage_titles: Mapping[int, Promise] = MappingProxyType({})


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
        refusal_subject="Penolakan Permohonan Konsultasi",
    ),
    Kind.COMPLAINT: Wording(
        form_page="complaint",
        name=_("pengaduan"),
        full_name=_("pengaduan"),
        applicant=_("Pelapor"),
        material=_("Isi pengaduan"),
        form_title=_("Sampaikan pengaduan"),
        form_lead=with_words_lazy(
            _(
                "Pengaduan Anda diproses lewat langkah yang sama dengan permohonan. Sesudah pengaduan "
                "dicatat %(agenda_team)s, pejabat yang diadukan tidak dapat melihatnya. Anda juga dapat "
                "mengirimnya hanya kepada Pengawas: centang pilihan itu di bawah."
            )
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
        refusal_subject="Penolakan Pengaduan",
        neutral_subject="Pengaduan pelayanan",
        about_head=with_words_lazy(
            _(
                "Pengaduan tentang %(head)s tidak dibaca dan tidak diputuskan olehnya: kantor meneruskannya "
                "kepada Sekretaris Daerah atau Inspektorat Daerah."
            )
        ),
        step_titles=MappingProxyType({"complete": _("Lengkapi pengaduan"), "withdraw": _("Tarik pengaduan")}),
        stage_titles=MappingProxyType(
            {
                1: _("Pengaduan disampaikan"),
                2: with_words_lazy(_("Pengaduan diagendakan %(agenda_team)s")),
                6: _("Pelapor menerima jadwal konsultasi"),
            }
        ),
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
