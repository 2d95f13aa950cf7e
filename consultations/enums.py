"""Enumerations of the case and the groups of its states. Imports nothing of Rembuk."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from office.words import with_words_lazy, word


class State(TextChoices):
    """State of a case. Staff and applicants read the same label."""

    SUBMITTED = "SUBMITTED", _("Permohonan masuk")
    INCOMPLETE = "INCOMPLETE", _("Perlu dilengkapi")
    ENDORSING = "ENDORSING", with_words_lazy(_("Menunggu %(secretary)s"))
    REGISTERED = "REGISTERED", _("Diagendakan")
    DISPOSED = "DISPOSED", _("Didisposisikan")
    ASSIGNED = "ASSIGNED", _("Petugas ditunjuk")
    PREPARED = "PREPARED", _("Siap dijadwalkan")
    SCHEDULED = "SCHEDULED", _("Terjadwal")
    IN_SESSION = "IN_SESSION", _("Sedang berlangsung")
    HELD = "HELD", _("Menunggu laporan")
    REPORTED = "REPORTED", _("Laporan diperiksa")
    COSIGNING = "COSIGNING", with_words_lazy(_("Menunggu paraf %(secretary)s"))
    FORWARDED = "FORWARDED", with_words_lazy(_("Menunggu penerimaan %(head)s"))
    EXAMINING = "EXAMINING", _("Diperiksa Pengawas")
    CLOSED = "CLOSED", _("Selesai")
    DECLINED = "DECLINED", _("Ditolak")
    WITHDRAWN = "WITHDRAWN", _("Ditarik")


ENDED = frozenset({State.CLOSED, State.DECLINED, State.WITHDRAWN})
"""Final states. A correction (ralat) reopens CLOSED."""

SURVEYED = (State.CLOSED, State.DECLINED)
"""States of a surveyed case: answered, or refused."""

OF_SECRETARY = (State.ENDORSING, State.COSIGNING)
"""States that only an office with a Sekretaris has (`Office.has_secretary`)."""

BEFORE_SESSION = tuple(State)[: tuple(State).index(State.IN_SESSION)]
"""States before the consultation begins, in order."""

SORTABLE = tuple(s for s in BEFORE_SESSION if s != State.INCOMPLETE)
"""States of a case that Tim PKD may convert or split, in order."""

UP_TO_SCHEDULE = tuple(s for s in BEFORE_SESSION if s not in (State.INCOMPLETE, State.SCHEDULED))
"""States of the main path before the consultation is scheduled, in order."""

BEFORE_FOLLOW_UP = (State.ENDORSING, State.REGISTERED, State.DISPOSED)
"""States of a complaint before its first follow-up."""

ANSWERING = tuple(s for s in State if s not in (State.SUBMITTED, State.INCOMPLETE, *ENDED))
"""States of a complaint that must still be answered."""

INDEPENDENT = frozenset({State.EXAMINING, *ENDED})
"""States of a complaint in the independent channel (ADR 38). No other case is in EXAMINING."""


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


class PaperTurn(TextChoices):
    """Act of a person for which a paper of a case waits. The values are kinds of notices."""

    SIGN = "TO_SIGN", _("tanda tangan")
    INITIAL = "TO_INITIAL", _("paraf")
    REWORK = "PAPER_BACK", _("perbaikan konsep")
    CONFIRM = "SCAN_STORED", _("konfirmasi tanda tangan pada pindaian")
    DENIED = "SCAN_DENIED", _("pengganti surat yang disangkal penanda tangannya")
