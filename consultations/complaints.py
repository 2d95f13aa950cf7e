"""Complaints: working days left with hints to the staff, those about a refusal, and the independent channel.

Stages and days come from UU 25/2009 and PermenPANRB 62/2018, or from the office's own targets
(`ComplaintTarget`).
The channel is for complaints about those who would handle them (ADR 38). Only the Pengawas sees those.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy

from consultations.deadlines import last_day_of_stage
from consultations.enums import ANSWERING, BEFORE_FOLLOW_UP, ComplaintKind, Identity, Kind, Party, State
from consultations.forms import LongForm, StepForm
from consultations.identity import get_handling_parties
from consultations.models import Case
from consultations.parties import get_present_turn, list_supervisors
from consultations.workflow import TURN, VERBS
from kit import clock
from kit.forms import TextField, line_field, reason_field
from kit.refusal import Refused
from office.models import Office, Role, User, list_holders
from office.words import with_words, with_words_lazy
from office.worktime import WorkingTime

SOON = 2
"""A hint appears if at most this many working days are left."""

WHEN_LATE: dict[Party, Promise] = {
    Party.OFFICER: with_words_lazy(gettext_lazy("Sampaikan sebab keterlambatan kepada %(division_head)s.")),
    Party.DIVISION_HEAD: with_words_lazy(gettext_lazy("Sampaikan sebab keterlambatan kepada %(head)s.")),
    Party.TIM_PKD: with_words_lazy(
        gettext_lazy("Sampaikan keterlambatan ini kepada %(head)s dan beri tahu pelapor.")
    ),
    Party.HEAD: gettext_lazy(
        "Tentukan siapa yang menyelesaikannya sekarang. Bila tidak dapat diselesaikan di kantor ini, "
        "mintalah bantuan Inspektorat Daerah."
    ),
    Party.SUPERVISOR: gettext_lazy("Beri tahu pelapor, atau teruskan pengaduan ini ke instansi di atasnya."),
}
"""Escalation by each party if a deadline has passed: one level up, in the end to the Inspektorat."""


FOLLOW_UP, ANSWER = gettext_lazy("Tindak lanjut pertama"), gettext_lazy("Penyelesaian pengaduan")


@dataclass(frozen=True)
class Hint:
    """Sentences that say what to do about a complaint now. `day` is the deadline that caused the hint."""

    text: str
    is_late: bool
    day: dt.date | None = None


def set_days_left(cases: Iterable[Case], working: WorkingTime | None = None) -> None:
    """Set `Case.days_left` of each open complaint: the working days left until its answer is due.

    The working time is loaded if there is such a complaint and it is not given.
    """
    running = [(case, case.answer_due) for case in cases if case.answer_due and case.is_open]
    today = clock.today()
    if running and working is None:
        working = WorkingTime.load()
    for case, day in running:
        case.days_left = working.days_until(day, today=today) if working else None


def list_hints(user: User, cases: Sequence[Case], working: WorkingTime) -> list[list[Hint]]:
    """Return the hints to the user for each case, in the order of `cases`.

    A case has hints if one of its deadlines has passed or is at most SOON working days away. Users who do
    not handle the case get none.
    """
    handled = [[*get_handling_parties(user, case)] if case.kind == Kind.COMPLAINT else [] for case in cases]
    if not any(handled):
        return [[] for _case in cases]
    today = clock.today()

    @cache  # many cases have the same day
    def days_until(day: dt.date) -> int:
        return working.days_until(day, today=today)

    return [
        [*_without_head(case), *_hints(case, mine, days_until)] if mine else []
        for case, mine in zip(cases, handled, strict=True)
    ]


def _hints(case: Case, mine: Sequence[Party], days_until: Callable[[dt.date], int]) -> Iterator[Hint]:
    for label, day in _days_of(case):
        known = {"what": label, "day": date_format(day)}
        if day < clock.today():
            passed = _("%(what)s sudah lewat batas waktu %(day)s.") % known
            yield Hint(f"{passed} {WHEN_LATE[mine[0]]}", is_late=True, day=day)
        elif (left := days_until(day)) <= SOON:
            near = _("%(what)s paling lambat %(day)s, %(left)s hari kerja lagi.") % {**known, "left": left}
            if left <= 0:
                near = _("%(what)s paling lambat hari ini.") % known
            if left <= 0 and day > clock.today():
                near = _("%(what)s paling lambat %(day)s. Tidak ada hari kerja lagi sebelum itu.") % known
            yield Hint(f"{near} {_get_next_action(case, mine)}", is_late=False, day=day)


def _days_of(case: Case) -> list[tuple[Promise, dt.date]]:
    follow_up_due = case.follow_up_due if case.state in BEFORE_FOLLOW_UP else None
    answer_due = case.answer_due if case.state in ANSWERING else None
    return [(label, day) for label, day in ((FOLLOW_UP, follow_up_due), (ANSWER, answer_due)) if day]


def _get_next_action(case: Case, mine: Sequence[Party]) -> str:
    step = TURN[State(case.state)]
    if get_present_turn(case) != step.actor:
        step = VERBS["pass_up"]
    if step.actor in mine:
        return _("Giliran Anda: %(step)s.") % {"step": case.wording.speak(step.title)}
    return _("Ingatkan %(who)s, yang sekarang mendapat giliran.") % {"who": step.actor.label}


def _without_head(case: Case) -> Iterator[Hint]:
    """Yield where the complaint goes if nobody in the office may decide it."""
    if get_present_turn(case) != case.turn:
        text = with_words(
            _(
                "Pengaduan ini mengenai %(head)s, yang karena itu tidak melihat dan tidak memutuskannya. "
                "Teruskan dengan surat kepada Sekretaris Daerah atau Inspektorat Daerah (langkah “Teruskan "
                "tanpa %(head)s”). Pelapor mendapat tembusannya."
            )
        )
        yield Hint(text, is_late=True)


def can_escalate(case: Case) -> bool:
    """Return whether a deadline of the complaint has passed.

    The applicant is then pointed to SP4N-LAPOR! (lapor.go.id, SMS 1708) and the Ombudsman (UU 25/2009).
    """
    if case.kind != Kind.COMPLAINT:
        return False
    unread = case.state == State.SUBMITTED and case.is_late
    return unread or any(day < clock.today() for _label, day in _days_of(case))


def explain_closed() -> str:
    """Return why nobody can receive a complaint here and who can instead; empty if there is a Pengawas."""
    if list_supervisors():
        return ""
    if not (address := get_higher_office()):
        return _(
            "Kantor ini belum memiliki Pengawas, jadi pengaduan ini tidak dapat dikirim di sini. Sampaikan "
            "lewat lapor.go.id atau SMS ke 1708, atau hapus centang ini bila kantor ini boleh membacanya."
        )
    return _(
        "Kantor ini belum memiliki Pengawas, jadi pengaduan ini tidak dapat dikirim di sini. Sampaikan "
        "langsung kepada %(address)s, atau hapus centang ini bila kantor ini boleh membacanya."
    ) % {"address": address}


def get_higher_office() -> str:
    """Return the higher office with its address; empty if the office has not named one."""
    office = Office.load()
    return ", ".join(part for part in (office.higher_office, office.higher_office_address) if part)


def explain_deletion() -> str:
    """Return to whom the complainant writes: the office neither sees nor erases the complaint."""
    return _(
        "Pengaduan ini hanya pada Pengawas. Datanya tidak ikut jadwal retensi kantor, dan kantor tidak dapat "
        "menghapusnya. Bila Anda ingin datanya dihapus, tulis kepada %(address)s dan sebut kode lacak Anda."
    ) % {"address": get_higher_office() or _("Inspektorat, atau lewat lapor.go.id")}


def get_independent_columns(submitted_at: dt.datetime) -> dict[str, Any]:
    """Return the columns of a new complaint in the channel. There is no visit: it would be in the calendar.

    It counts as one about misconduct (PermenPANRB 62/2018). Raise Refused if there is no Pengawas.
    """
    if sentence := explain_closed():
        raise Refused(sentence, field="is_independent")
    return {
        "is_independent": True,
        "complaint_kind": ComplaintKind.SUPERVISION,
        "answer_due": last_day_of_stage(submitted_at, ComplaintKind.SUPERVISION),
        "visit_at": None,
    }


def can_be_complained_about(case: Case) -> bool:
    """Return whether the applicant may complain about the refusal of the case (Adukan keputusan ini)."""
    was_refused = case.state == State.DECLINED and not case.passed_to and not case.is_independent
    return was_refused and case.anonymised_at is None


def get_refusal_columns(refused: Case, details: Mapping[str, Any]) -> dict[str, Any]:
    """Return who handles a complaint about the refusal of a case, and who must not.

    The Pengawas handles it if the complainant asks for that in the `details`, or if the present head refused.
    Otherwise the official who refused is barred. Raise Refused if nobody refused the case.
    """
    if not can_be_complained_about(refused):
        raise Refused(_("Permohonan ini tidak ditolak, jadi tidak ada keputusan yang dapat diadukan."))
    event = refused.history.filter(verb="decline").order_by("-pk").select_related("by")[0]
    party = details.get("complained_party") or event.title
    if details.get("is_independent") or (event.by_id in list_holders(Role.HEAD) and list_supervisors()):
        return {"complained_party": party, "is_independent": True}
    return {"complained_party": party, "complained_about": event.by}


def lapor_field() -> forms.CharField:
    """Return the field for the number of the same complaint in SP4N-LAPOR!."""
    help_text = gettext_lazy("Bila disampaikan juga lewat SP4N-LAPOR!")
    return line_field(gettext_lazy("Nomor laporan LAPOR!"), 30, help_text=help_text)


class OfficialField(forms.ModelChoiceField):
    """The official that a complaint is about: nobody, or a current holder of a position."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Pejabat yang diadukan"),
            queryset=User.objects.none(),
            required=False,
            empty_label=gettext_lazy("Bukan pejabat kantor ini, atau tidak disebut"),
            error_messages={"invalid_choice": gettext_lazy("Pilih pejabat dari daftar ini.")},
        )

    def offer(self, help_text: str) -> None:
        """Offer the current holders of positions."""
        self.queryset, self.help_text = User.objects.in_office(), help_text


class AnonymousForm(LongForm):
    """Form of a step that answers an anonymous complaint only if more than its letter or name is missing."""

    is_no_letter = forms.BooleanField(
        label=gettext_lazy("Yang kurang bukan surat dan bukan nama pelapor"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case.identity != Identity.ANONYMOUS:
            del self.fields["is_no_letter"]


class NameOfficialForm(StepForm):
    """Form: the official that the complaint is about, and how Tim PKD learnt it."""

    complained_about = OfficialField()
    reason = reason_field(gettext_lazy("Tulis dari mana hal ini diketahui."))
    notice = gettext_lazy(
        "Sejak dicatat, pejabat ini tidak dapat melihat pengaduan dan tidak diberi tahu. Alasan di bawah "
        "terbaca oleh yang menangani pengaduan."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("complained_about", self.case.complained_about_id)
        about = self.fields["complained_about"]
        about.offer(  # type: ignore[attr-defined]
            _("Menurut pelapor: %(party)s.") % {"party": self.case.complained_party or _("tidak disebut")}
        )


class ConcludeForm(StepForm):
    notice = gettext_lazy("Pelapor membaca hasil ini. Sesudah dikirim, hasilnya tidak dapat diubah lagi.")
    is_final = True

    outcome = TextField(
        gettext_lazy("Hasil pemeriksaan"),
        missing=gettext_lazy("Tulis hasil pemeriksaan untuk pelapor."),
        rows=8,
        max_length=10_000,
    )


class DismissForm(StepForm):
    notice = gettext_lazy("Pelapor membaca alasan ini. Sesudah ditolak, pengaduan tidak dapat dibuka lagi.")
    is_final = True

    reason = reason_field(gettext_lazy("Tulis mengapa pengaduan ini ditolak."))


class ReferUpForm(StepForm):
    """The higher office, as the profile of this office names it, and the reason."""

    notice = gettext_lazy(
        "Langkah ini mencatat bahwa Anda meneruskan pengaduan ini; berkasnya Anda kirim sendiri. Pelapor "
        "membaca catatan ini. Sesudah ada hasil, tulis hasilnya di sini."
    )

    office = line_field(
        gettext_lazy("Diteruskan kepada"), 150, missing=gettext_lazy("Tulis nama instansi yang menerimanya.")
    )
    address = line_field(gettext_lazy("Alamat"), 250)
    reason = reason_field(gettext_lazy("Tulis mengapa pengaduan ini diteruskan."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        profile = Office.load()
        self.initial.setdefault("office", profile.higher_office)
        self.initial.setdefault("address", profile.higher_office_address)
