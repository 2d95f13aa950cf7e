"""A row of the standard's table: preconditions of a step, detours to another state, and the row itself.

A precondition returns None, or a sentence that says what is missing. A detour takes a case and the columns
that the step changes. The docstrings of both are printed in docs/standard.md.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.deadlines import is_reply_overdue
from consultations.enums import Identity, Kind, Party, State
from consultations.models import Case
from consultations.parties import (
    Actor,
    is_hidden_from_head,
    is_second_awaited,
    is_without_head,
    parties,
    subject_unknown,
)
from kit import clock
from office.models import Office, Role, User, list_current_appointments, list_holders
from office.words import with_words_lazy

type Precondition = Callable[[Case], Promise | str | None]


def urgent_walk_in(case: Case) -> Promise | None:
    """Step 8: only an urgent walk-in is served without preparation and schedule."""
    return None if case.is_walk_in else _("Konsultasi ini perlu disiapkan dan dijadwalkan lebih dahulu.")


def session_due(case: Case) -> Promise | str | None:
    """Step 7: the planned time has come, or is at most START_EARLY_MINUTES away."""
    if case.planned_at is None or (opens := earliest_start(case.planned_at)) <= clock.now():
        return None
    return explain_early_start(case.planned_at, opens)


def earliest_start(planned: dt.datetime) -> dt.datetime:
    """Return from when a consultation that is planned for a moment can begin."""
    return planned - dt.timedelta(minutes=settings.START_EARLY_MINUTES)


def explain_early_start(planned: dt.datetime, opens: dt.datetime) -> str:
    """Return why a consultation cannot begin yet, and what the officer can do."""
    return _(
        "Konsultasi ini dijadwalkan %(planned)s dan dapat dimulai dari %(opens)s. Bila pemohon sudah "
        "siap, pindahkan jadwalnya ke sekarang lewat “Jadwalkan ulang”."
    ) % {"planned": clock.format_moment(planned), "opens": clock.format_moment(opens)}


def review_written(case: Case) -> Promise | None:
    """Step 5: the staff review is written if one is required, or a meeting was called or an agency asked."""
    if not case.review_awaited:
        return None
    return _(
        "Telaahan staf wajib untuk permohonan ini dan belum ditulis. Isi keenam bagiannya lewat “Catat "
        "persiapan” atau “Ubah persiapan”."
    )


def opinion_awaited(case: Case) -> Promise | None:
    """Step 5: another agency was asked and has not answered yet."""
    return None if case.opinions_awaited else _("Tidak ada permintaan pendapat yang menunggu jawaban.")


def meeting_held(case: Case) -> Promise | None:
    """Step 5: a meeting was called, and its time has come."""
    if case.meeting_at and case.meeting_at <= clock.now():
        return None
    return _("Notula dicatat sesudah rapat dimulai. Undang dahulu rapatnya, atau tunggu waktunya.")


def is_complaint(case: Case) -> Promise | None:
    """Step 2: only a complaint is about an official (PermenPANRB 62/2018)."""
    return None if case.kind == Kind.COMPLAINT else _("Langkah ini hanya untuk pengaduan.")


def about_the_head(case: Case) -> Promise | None:
    """Step 3: the complaint is about the only head, so nobody in the office may decide it."""
    if is_without_head(case):
        return None if case.closed_at is None else _("Laporan pengaduan ini sudah pernah diterima.")
    return with_words_lazy(_("Pengaduan ini tidak mengenai %(head)s, yang memutuskannya sendiri."))


def receipt_awaited(case: Case) -> Promise | None:
    """Step 3: the complaint was passed on, and the other institution has not confirmed its receipt."""
    return None if case.receipt_awaited else _("Tidak ada penerimaan instansi yang ditunggu.")


def no_reply(case: Case) -> Promise | None:
    """Step 2: the applicant did not complete the request in time (a complaint: UU 25/2009, article 44)."""
    if is_reply_overdue(case):
        return None
    return _("Pemohon masih memiliki waktu untuk melengkapi permohonan ini.")


def other_time_asked(case: Case) -> Promise | None:
    """Step 6: the applicant has asked for another time."""
    return None if case.other_time else _("Pemohon tidak meminta waktu lain.")


def awaits_ratification(case: Case) -> Promise | None:
    """The secretariat entered the disposition, and the head has not ratified it yet."""
    return None if case.awaits_ratification else _("Disposisi permohonan ini tidak menunggu pengesahan.")


def awaits_answer(case: Case) -> Promise | None:
    """Step 3: the secretariat entered a disposition that the head gave, who has not answered yet."""
    if case.awaits_ratification and not case.is_walk_in:
        return None
    return _("Disposisi permohonan ini tidak menunggu jawaban.")


def disposed_by_head(case: Case) -> Promise | None:
    """Step 3: the head gave the disposition, or has ratified the one that the secretariat entered."""
    return _("Jawab dahulu disposisi yang menunggu pengesahan.") if case.awaits_ratification else None


def assignment_unratified(case: Case) -> Promise | None:
    """Step 4: the secretariat entered an assignment, and the head of the division has not answered yet."""
    return None if case.assignment_unratified else _("Penugasan ini tidak menunggu pengesahan.")


def applicant_is_known(case: Case) -> Promise | None:
    """Withdrawal: the applicant is not anonymous, so the office can tell who asks."""
    if case.identity != Identity.ANONYMOUS:
        return None
    return _("Pelapor anonim hanya dapat menarik pengaduan lewat tautannya sendiri.")


def applicant_is_open(case: Case) -> Promise | None:
    """The identity is open: pictures and a check of papers would reveal a hidden complainant."""
    if case.identity == Identity.OPEN:
        return None
    return _("Identitas pelapor tidak terbuka, jadi langkah ini tidak tersedia.")


def data_is_stored(case: Case) -> Promise | None:
    """The personal data have not been erased."""
    if case.anonymised_at is None:
        return None
    return _("Data pribadi permohonan ini sudah dihapus, jadi langkah ini tidak tersedia.")


def is_of_office(case: Case) -> Promise | None:
    """The office handles the case. It erases nothing of a complaint in the independent channel (ADR 38)."""
    if not case.is_independent:
        return None
    return _("Pengaduan ini hanya pada Pengawas. Kantor tidak melihatnya dan tidak dapat menghapusnya.")


def deletion_asked(case: Case) -> Promise | None:
    """The applicant has asked for the deletion of personal data (UU 27/2022), and nobody has decided yet."""
    if case.deletion_asked_at and not case.deletion_granted_at:
        return None
    return _("Tidak ada permintaan penghapusan data yang menunggu keputusan.")


def head_cannot_see(case: Case) -> Promise | None:
    """The head may not see the complaint: it is, or may be, about the only head."""
    if is_hidden_from_head(case):
        return None
    return with_words_lazy(_("%(head)s yang memutuskannya sendiri."))


def second_official_awaited(case: Case) -> Promise | None:
    """The head has granted a deletion that takes a second official."""
    if is_second_awaited(case):
        return None
    return _("Tidak ada penghapusan data yang menunggu persetujuan kedua.")


def deletion_under_way(case: Case) -> Promise | None:
    """A deletion was asked for or granted, and the data are still stored."""
    return None if case.deletion_asked_at else _("Tidak ada penghapusan data yang dapat dihentikan.")


def no_deletion_asked(case: Case) -> Promise | None:
    """No request for the deletion of personal data waits for its decision."""
    if case.deletion_asked_at is None:
        return None
    return with_words_lazy(_("Permintaan penghapusan data menunggu diputuskan %(head)s."))


def may_ask_again(case: Case) -> Promise | None:
    """The days in which the applicant may ask about the answer have not passed."""
    if case.ask_until and clock.today() <= case.ask_until:
        return None
    return _("Waktu untuk bertanya lagi sudah lewat. Ajukan permohonan baru.")


def nothing_asked_again(case: Case) -> Promise | None:
    """No further question of the applicant waits for its answer."""
    if case.asked_again_at is None:
        return None
    return _("Pertanyaan pemohon yang terakhir masih menunggu jawaban.")


def asked_again(case: Case) -> Promise | None:
    """A further question of the applicant waits for its answer."""
    return None if case.asked_again_at else _("Tidak ada pertanyaan pemohon yang menunggu jawaban.")


def officer_left(case: Case) -> Promise | None:
    """The officer of the case holds no position in its division any more."""
    if case.officer_id not in list_officers(case.division_id):
        return None
    return _("Petugasnya masih bertugas dan menjawab sendiri.")


def list_officers(division: int | None) -> set[int]:
    """Return the keys of the users who serve cases of a division today."""
    return {
        held.user_id
        for held in list_current_appointments()
        if held.position.division_id == division and held.position.role in (Role.OFFICER, Role.DIVISION_HEAD)
    }


def is_consultation(case: Case) -> Promise | None:
    """Conversion: the case is a consultation."""
    return _("Ini sudah pengaduan.") if case.kind == Kind.COMPLAINT else None


def is_about_nobody(case: Case) -> Promise | None:
    """Conversion: no official and no other party is complained about, who could read it then."""
    if case.complained_about_id is None and not case.complained_party:
        return None
    return _("Pengaduan ini menyebut pihak yang diadukan, jadi tetap pengaduan.")


def is_retained(case: Case) -> Promise | None:
    """The case is excluded from erasure (legal hold)."""
    return None if case.retained_because else _("Pemusnahan permohonan ini tidak ditangguhkan.")


def is_not_retained(case: Case) -> Promise | None:
    """The case is not excluded from erasure yet (legal hold)."""
    return _("Pemusnahan permohonan ini sudah ditangguhkan.") if case.retained_because else None


WAY_BACK = dt.timedelta(minutes=2)
"""Time in which the taker of a step may take it back. Its messages wait as long."""


def just_taken(case: Case) -> Promise | None:
    """The user took the last step less than WAY_BACK ago, and nobody else has opened the case since."""
    if case.before_last and clock.now() < dt.datetime.fromisoformat(case.before_last["at"]) + WAY_BACK:
        return None
    return STANDS


STANDS = _("Langkah terakhir tetap berlaku: sudah lewat dua menit, atau orang lain sudah membukanya.")


def has_taken_last(by: Actor | None, case: Case) -> bool:
    """Return whether `by` took the last step, which can still be taken back."""
    return isinstance(by, User) and bool(case.before_last) and by.pk == (case.before_last or {})["by"]


LATEST_ENTRY = dt.timedelta(days=90)
"""Longest time between the arrival of a request and its entry. An older date is a typing error."""


def check_moment(case: Case, *, at: dt.datetime, now: dt.datetime) -> Promise | None:
    """Return a sentence if a step cannot have happened at the moment that the user entered."""
    if at > now:
        return _("Jam ini belum tiba. Periksa tanggal dan jamnya.")
    if case._state.adding:
        sentence = _("Tanggal ini sudah lebih dari 90 hari yang lalu. Periksa tanggalnya.")
        return sentence if at < now - LATEST_ENTRY else None
    # `since` is later than now if another machine's clock was ahead. That must not block the case.
    if at < min(case.since, now):
        return _("Jam ini lebih awal daripada langkah sebelumnya. Periksa tanggal dan jamnya.")
    return None


type Condition = Callable[[Case, Mapping[str, Any]], bool]
type Detour = tuple[Condition, State]


def without_schedule(case: Case, changes: Mapping[str, Any]) -> bool:
    """The consultation of an urgent walk-in was started without a schedule."""
    return changes.get("planned_at", case.planned_at) is None


def ends_merged(case: Case, changes: Mapping[str, Any]) -> bool:
    """The other one of two merged cases goes on."""
    return changes.get("merged_into") is not None


def served(user: User, case: Case) -> bool:
    """Return whether the user is the officer of the case or a companion."""
    return user.pk in case.involved


def passes_secretary(case: Case, changes: Mapping[str, Any]) -> bool:
    """The office has a Sekretaris who has not served the case and may see it."""
    return Office.load().has_secretary and _has_secretary(case, changes)


def without_secretary(case: Case, changes: Mapping[str, Any]) -> bool:
    """No Sekretaris may see the case any more."""
    return not _has_secretary(case, changes)


def is_independent(case: Case, changes: Mapping[str, Any]) -> bool:
    """The complaint is about those who would handle it."""
    return case.is_independent


def own_report(case: Case, changes: Mapping[str, Any]) -> bool:
    """Whoever heads the division now has served the case."""
    heads = [
        row
        for row in list_current_appointments()
        if (row.position.role, row.position.division_id) == (Role.DIVISION_HEAD, case.division_id)
        and row.user_id not in _list_official(case, changes)
    ]
    # Whoever acts for an absent head is in charge instead.
    in_charge = {row.user_id for row in heads if row.acting} or {row.user_id for row in heads}
    return bool(in_charge) and in_charge <= set(_list_serving(case))


def own_report_past_secretary(case: Case, changes: Mapping[str, Any]) -> bool:
    """Whoever heads the division now has served the case, and the office has a Sekretaris who has not."""
    return own_report(case, changes) and passes_secretary(case, changes)


def has_come_from(state: State) -> Condition:
    """Return the condition that the step to take back has led here from `state`."""

    def has_come(case: Case, changes: Mapping[str, Any]) -> bool:
        return case.before_last is not None and case.before_last["state"] == state

    has_come.__doc__ = f"The last step has led here from {state}."
    return has_come


TO_SUPERVISOR: tuple[Detour, ...] = ((is_independent, State.EXAMINING),)
"""First state of a complaint in the independent channel."""

MERGED: tuple[Detour, ...] = ((ends_merged, State.WITHDRAWN),)
"""State of a case that was merged into another one."""

PAST_SECRETARY: dict[State, tuple[Detour, ...]] = {
    State.ENDORSING: ((without_secretary, State.REGISTERED),),
    State.COSIGNING: ((without_secretary, State.FORWARDED),),
}
"""Next state of a complaint about the Sekretaris that it waits for."""


def _has_secretary(case: Case, changes: Mapping[str, Any]) -> bool:
    excluded = {*_list_serving(case), *_list_official(case, changes)}
    return bool(list_holders(Role.SECRETARY) - excluded)


def _list_serving(case: Case) -> list[int]:
    if case.officer_id is None:
        return []
    return [case.officer_id, *(companion.pk for companion in case.list_companions())]


def _list_official(case: Case, changes: Mapping[str, Any]) -> list[int]:
    named = changes.get("complained_about")
    key = (named.pk if named else None) if "complained_about" in changes else case.complained_about_id
    return [key] if key else []


OWN_REPORT = _(
    "Anda ikut melayani konsultasi ini, jadi orang lain yang memeriksa laporannya. Bila tidak ada, "
    "kembalikan laporan untuk diperbaiki: laporan yang dikirim lagi langsung diteruskan ke pimpinan."
)

OWN_ACCEPTANCE = with_words_lazy(
    _(
        "Anda ikut melayani konsultasi ini, jadi orang lain yang menerima laporannya. Mintalah "
        "administrator menunjuk Plh. %(head)s."
    )
)


MAY_BE_MEANT = with_words_lazy(
    _("Belum diketahui siapa yang diadukan, jadi %(agenda_team)s yang mengambil langkah ini.")
)


@dataclass(frozen=True)
class Step:
    """One row of the standard: `actor` takes a case from `source` to `target`.

    `number` is the step in the SK, or 0 if the SK does not name it. `off_path` marks a step that leaves or
    repeats the main path. Parties of `also` may take it too. `preconditions` are functions that return a
    sentence if they are not met. `detours` lead to another state than `target`: the first whose condition
    holds. `is_review` marks a review of the report, which nobody takes who has served the case. A case waits
    for each step of the main path, and for a step beside it while `waits_if` holds (`consultations/work.py`).
    `way_back` is the step with which its taker takes it back. Only who took the last step takes one that
    `is_own`.
    """

    number: int
    verb: str
    title: Promise
    done: Promise
    actor: Party
    source: State | None
    target: State
    preconditions: tuple[Precondition, ...] = ()
    off_path: bool = False
    detours: tuple[Detour, ...] = ()
    is_review: bool = False
    also: tuple[Party, ...] = ()
    waits_if: Callable[[Case], object] | None = None
    way_back: str = ""
    is_own: bool = False

    @property
    def takers(self) -> tuple[Party, ...]:
        """All parties that may take the step, the usual one first."""
        return (self.actor, *self.also)

    def find_taker(self, held: Mapping[Party, str]) -> Party | None:
        """Return the party as which somebody takes the step who is these parties to the case."""
        return next((party for party in self.takers if party in held), None)

    @property
    def targets(self) -> tuple[State, ...]:
        """All states that the step can lead to, the usual one first."""
        return (self.target, *(state for _condition, state in self.detours))

    def obstacles(self, case: Case, by: Actor) -> list[str]:
        """Return a sentence for each precondition that is not met."""
        found = [str(sentence) for precondition in self.preconditions if (sentence := precondition(case))]
        if self.is_review and isinstance(by, User) and served(by, case):
            found.append(str(OWN_ACCEPTANCE if self.actor == Party.HEAD else OWN_REPORT))
        if self.is_own and not found and not has_taken_last(by, case):
            found.append(str(STANDS))
        if (
            self.also
            and isinstance(by, User)
            and subject_unknown(case)
            and self.actor not in parties(by, case)
        ):
            found.append(str(MAY_BE_MEANT))
        return [case.wording.speak(sentence) for sentence in found]

    def choose_target(self, case: Case, changes: Mapping[str, Any]) -> State:
        """Return the state that the step leads a case to. `changes` are columns that change with it."""
        return next((state for holds, state in self.detours if holds(case, changes)), self.target)
