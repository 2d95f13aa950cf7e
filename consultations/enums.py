"""Choices that a case, its steps and its papers share: states, parties, kinds, channels, turns.

Beside them: groups of states (`Mark`), the title on record of a reader by code, and the kinds of help.
"""

from enum import IntFlag, StrEnum, auto

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from kit.records import MarkedChoices
from office.words import with_words_lazy, word


class Mark(IntFlag):
    """Properties of a state. A new state has none, so it is in none of the groups below."""

    ENDED = auto()
    SURVEYED = auto()  # answered, or refused
    OF_SECRETARY = auto()  # only an office with a Sekretaris has it (`Office.has_secretary`)
    BEFORE_SESSION = auto()  # before the consultation begins
    SORTABLE = auto()  # Tim PKD may convert or split the case
    UP_TO_SCHEDULE = auto()  # on the main path before the consultation is scheduled
    BEFORE_FOLLOW_UP = auto()  # a complaint before its first follow-up
    ANSWERING = auto()  # a complaint must still be answered
    INDEPENDENT = auto()  # a complaint in the independent channel can be in it (ADR 38)


EARLY = Mark.BEFORE_SESSION | Mark.SORTABLE | Mark.UP_TO_SCHEDULE
OPEN = EARLY | Mark.ANSWERING
"""Marks of the states before the schedule, and of those with an agenda number among them."""


class State(MarkedChoices):
    """State of a case. Staff and applicants read the same label."""

    SUBMITTED = "SUBMITTED", EARLY, _("Permohonan masuk")
    INCOMPLETE = "INCOMPLETE", Mark.BEFORE_SESSION, _("Perlu dilengkapi")
    ENDORSING = (
        *("ENDORSING", OPEN | Mark.OF_SECRETARY | Mark.BEFORE_FOLLOW_UP),
        with_words_lazy(_("Menunggu %(secretary)s")),
    )
    REGISTERED = "REGISTERED", OPEN | Mark.BEFORE_FOLLOW_UP, _("Diagendakan")
    DISPOSED = "DISPOSED", OPEN | Mark.BEFORE_FOLLOW_UP, _("Didisposisikan")
    ASSIGNED = "ASSIGNED", OPEN, _("Petugas ditunjuk")
    PREPARED = "PREPARED", OPEN, _("Siap dijadwalkan")
    SCHEDULED = "SCHEDULED", Mark.BEFORE_SESSION | Mark.SORTABLE | Mark.ANSWERING, _("Terjadwal")
    IN_SESSION = "IN_SESSION", Mark.ANSWERING, _("Sedang berlangsung")
    HELD = "HELD", Mark.ANSWERING, _("Menunggu laporan")
    REPORTED = "REPORTED", Mark.ANSWERING, _("Laporan diperiksa")
    COSIGNING = (
        *("COSIGNING", Mark.ANSWERING | Mark.OF_SECRETARY),
        with_words_lazy(_("Menunggu paraf %(secretary)s")),
    )
    FORWARDED = "FORWARDED", Mark.ANSWERING, with_words_lazy(_("Menunggu penerimaan %(head)s"))
    EXAMINING = "EXAMINING", Mark.ANSWERING | Mark.INDEPENDENT, _("Diperiksa Pengawas")
    CLOSED = "CLOSED", Mark.ENDED | Mark.SURVEYED | Mark.INDEPENDENT, _("Selesai")
    DECLINED = "DECLINED", Mark.ENDED | Mark.SURVEYED | Mark.INDEPENDENT, _("Ditolak")
    WITHDRAWN = "WITHDRAWN", Mark.ENDED | Mark.INDEPENDENT, _("Ditarik")


ENDED = frozenset(State.marked(Mark.ENDED))
"""Final states. A correction (ralat) reopens CLOSED."""

SURVEYED, OF_SECRETARY = State.marked(Mark.SURVEYED), State.marked(Mark.OF_SECRETARY)
BEFORE_SESSION, SORTABLE = State.marked(Mark.BEFORE_SESSION), State.marked(Mark.SORTABLE)
UP_TO_SCHEDULE = State.marked(Mark.UP_TO_SCHEDULE)
BEFORE_FOLLOW_UP, ANSWERING = State.marked(Mark.BEFORE_FOLLOW_UP), State.marked(Mark.ANSWERING)
INDEPENDENT = frozenset(State.marked(Mark.INDEPENDENT))
"""States of each mark, in the order of the standard."""


class Party(TextChoices):
    """Party of the standard, always in relation to one case. Each step names the party that may take it."""

    APPLICANT = "APPLICANT", _("Pemohon")
    SECRETARIAT = "SECRETARIAT", word("secretariat")
    TIM_PKD = "TIM_PKD", word("agenda_team")
    SECRETARY = "SECRETARY", word("secretary")
    HEAD = "HEAD", word("head")
    DIVISION_HEAD = "DIVISION_HEAD", word("division_head")
    OFFICER = "OFFICER", _("Petugas")
    SUPERVISOR = "SUPERVISOR", _("Pengawas")
    CODE_HOLDER = "CODE_HOLDER", _("Melalui kode lacak dan nomor")


BY_CODE = "Melalui kode lacak dan nomor"
"""Title on record of Party.CODE_HOLDER: whoever gave tracking code and number, perhaps an official."""


class Kind(TextChoices):
    CONSULTATION = "CONSULTATION", _("Konsultasi")
    COMPLAINT = "COMPLAINT", _("Pengaduan")


class Channel(TextChoices):
    """The channel of a request (cara masuk)."""

    ONLINE = "ONLINE", _("Daring")
    LETTER = "LETTER", _("Surat")
    COUNTER = "COUNTER", with_words_lazy(_("Datang ke %(secretariat)s"))
    WALK_IN = "WALK_IN", _("Datang langsung, mendesak")
    PHONE = "PHONE", _("Telepon")
    WHATSAPP = "WHATSAPP", _("WhatsApp")
    EMAIL = "EMAIL", _("Surel")
    BOX = "BOX", _("Kotak saran")
    LAPOR = "LAPOR", _("SP4N-LAPOR!")
    FORWARD = "FORWARD", _("Diteruskan instansi lain")


class RequestedBy(TextChoices):
    """The way in which an applicant asked the office to withdraw the request."""

    LETTER = "LETTER", _("Surat")
    TELEPHONE = "TELEPHONE", _("Telepon")
    MESSAGE = "MESSAGE", _("WhatsApp atau surel")
    IN_PERSON = "IN_PERSON", _("Datang sendiri")


class IdentityCheck(TextChoices):
    """The way in which the office checked the identity of a person who asks for a new link."""

    IDENTITY_CARD = "IDENTITY_CARD", _("KTP, SIM, atau paspor")
    OFFICE_CARD = "OFFICE_CARD", _("Kartu pegawai atau surat tugas lembaganya")
    CALL = "CALL", _("Menelepon nomor yang tercatat")


class Identity(TextChoices):
    """Disclosure of the identity, as chosen by the complainant."""

    OPEN = "OPEN", _("Nama diketahui petugas")
    CONFIDENTIAL = "CONFIDENTIAL", _("Dirahasiakan")
    ANONYMOUS = "ANONYMOUS", _("Anonim")


class ComplaintKind(TextChoices):
    """Class of a complaint (PermenPANRB 62/2018). It determines the working days for the answer."""

    INFORMATION = "INFORMATION", _("Permintaan informasi")
    ASPIRATION = "ASPIRATION", _("Aspirasi")
    NO_SUPERVISION = "NO_SUPERVISION", _("Pengaduan tidak berkadar pengawasan")
    SUPERVISION = "SUPERVISION", _("Pengaduan berkadar pengawasan")


HELP = {
    "needs_companion": _("Didampingi petugas di kantor"),
    "needs_sign_language": _("Juru bahasa isyarat"),
    "needs_large_print": _("Naskah cetak besar"),
    "needs_visit": with_words_lazy(_("Petugas datang ke %(village)s atau kelurahan")),
}
"""Help that an applicant with a disability can ask for, by the column of the case."""


class Urgency(TextChoices):
    """Urgency of a document (tingkat urgensi)."""

    NORMAL = "NORMAL", _("Biasa")
    URGENT = "URGENT", _("Segera")
    VERY_URGENT = "VERY_URGENT", _("Sangat Segera")


class Confidentiality(TextChoices):
    """Security classification of a document (sifat naskah)."""

    NORMAL = "NORMAL", _("Biasa")
    LIMITED = "LIMITED", _("Terbatas")
    CONFIDENTIAL = "CONFIDENTIAL", _("Rahasia")
    STRICT = "STRICT", _("Sangat Rahasia")


class Task(StrEnum):
    """Work of the office that is neither a step of a case nor somebody's turn of a paper."""

    NUMBER = auto()
    NUMBER_FIRST = auto()
    PRINT = auto()
    SEND = auto()
    FOLLOW_UP = auto()
    DRAFT = auto()
    DISPOSAL = auto()
    SYSTEM = auto()


REGISTRY = (Task.NUMBER, Task.NUMBER_FIRST, Task.PRINT, Task.SEND)
"""What the Sekretariat does with papers, or Tim PKD in its place."""


class PaperTurn(TextChoices):
    """Act of a person for which a paper of a case waits. The values are kinds of notices."""

    SIGN = "TO_SIGN", _("tanda tangan")
    INITIAL = "TO_INITIAL", _("paraf")
    REWORK = "PAPER_BACK", _("perbaikan konsep")
    CONFIRM = "SCAN_STORED", _("konfirmasi tanda tangan pada pindaian")
    DENIED = "SCAN_DENIED", _("pengganti surat yang disangkal penanda tangannya")
