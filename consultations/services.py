"""Steps of the case itself: agenda (step 2), independent channel, new link, official complained about.

Also stores after each step who is involved in the case, and drafts of long forms while somebody types.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone, translation
from django.utils.formats import time_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.deadlines import completed_at, last_day_of_stage
from consultations.enums import Confidentiality, Identity, IdentityCheck, Kind, State, Urgency
from consultations.models import AgendaEntry, Case, ComplaintTarget, Event, Involvement, StepDraft
from consultations.models.case import new_secret
from consultations.parties import LINK_SHARERS, parties
from consultations.search_index import index_names
from consultations.workflow import STEPS, check, transition
from kit import clock
from kit.encryption import EncryptedField, hash_token
from kit.records import leave_entry
from kit.refusal import Refused
from office.models import Office, User
from office.models.codes import check_full_code
from office.words import with_words

result_signed = Signal()
"""Sent with `case` after the letter with its result was signed, in the same transaction."""

papers_moved = Signal()
"""Sent with `case` and `waiting` after a paper of the case moved, in the same transaction.

`waiting` is the set of all pairs of a `PaperTurn` and a user for whom papers wait.
"""


def register(
    case: Case,
    *,
    by: User,
    classification: str,
    urgency: str = Urgency.NORMAL,
    confidentiality: str = Confidentiality.NORMAL,
    srikandi_number: str = "",
    office_number: str = "",
    complained_about: User | None = None,
    complaint_kind: str = "",
    lapor_number: str = "",
    note: str = "",
    **letter: Any,
) -> None:
    """Enter the request in the agenda book under this year's next number.

    `complained_about` is the official that a complaint is about. That official no longer sees the case.
    `complaint_kind` sets the due day of a complaint's answer, counted from when the complaint was complete
    (UU 25/2009, PermenPANRB 62/2018). The first follow-up is counted from now. `letter` are the
    columns `subject`, `letter_number` and `letter_date` as the agenda book states them. A column left out
    stays as the applicant wrote it. `office_number` is that of another agenda of the office, which may also
    be entered later.
    """
    check_full_code(classification, is_complete=Office.load().only_listed_codes)
    with transition("register", case, by=by, note=note) as taken:
        entry = AgendaEntry.take()
        if office_number:
            _store_office_number(entry, office_number, by=by)
        taken.change(
            **letter,
            agenda=entry,
            classification=classification,
            urgency=urgency,
            confidentiality=confidentiality,
            srikandi_number=srikandi_number,
            complained_about=_get_barred(case) or complained_about,
        )
        if case.kind == Kind.COMPLAINT:
            taken.change(
                complaint_kind=complaint_kind,
                lapor_number=lapor_number or case.lapor_number,
                follow_up_due=last_day_of_stage(clock.now(), ComplaintTarget.Stage.FIRST_FOLLOW_UP),
                answer_due=last_day_of_stage(completed_at(case), complaint_kind) if complaint_kind else None,
            )


def _get_barred(case: Case) -> User | None:
    """Return the official who refused, if the complaint is about a refusal. Nobody lifts that bar."""
    return case.complained_about if case.complains_of_id else None


def enter_office_number(case: Case, *, by: User, office_number: str) -> None:
    """Store the number that another agenda of the office gave to the letter, and index it for the search.

    Raise PermissionDenied if `by` enters no numbers. Raise Refused if the case has no agenda number, or has
    this one.
    """
    if not LINK_SHARERS & parties(by, case).keys():
        raise PermissionDenied
    if case.agenda is None:
        raise Refused(_("Permohonan ini belum diagendakan."))
    with transaction.atomic():
        _store_office_number(case.agenda, office_number, by=by)
        index_names(case)


def _store_office_number(entry: AgendaEntry, office_number: str, *, by: User) -> None:
    given = {"office_number": office_number, "office_number_by": by, "office_number_at": clock.now()}
    if not AgendaEntry.objects.filter(pk=entry.pk, office_number="").update(**given):
        raise Refused(_("Nomor agenda kantor untuk surat ini sudah diisi."))
    leave_entry(entry)
    entry.office_number = office_number


def void(case: Case, *, by: User, reason: str) -> None:
    """Void a wrong entry (dibatalkan). Its number stays in the book; the request waits for a new one."""
    with transition("void", case, by=by, note=reason) as taken:
        AgendaEntry.objects.filter(case=case).update(
            voided_case=case, voided_by=by, voided_at=clock.now(), void_reason=reason
        )
        if case.agenda:
            leave_entry(case.agenda)
        taken.change(agenda=None)


def send_back(case: Case, *, by: User, missing: str, is_no_letter: bool = False) -> None:
    """Send a request back to the applicant with a list of the missing items.

    Raise Refused as `check_anonymous` does.
    """
    with transition("send_back", case, by=by, note=missing) as taken:
        check_anonymous(case, is_no_letter=is_no_letter)
        taken.change(missing=missing)


def check_anonymous(case: Case, *, is_no_letter: bool) -> None:
    """Raise Refused unless somebody states that an anonymous complaint lacks something else than a letter.

    A letter needs a name, so an anonymous complaint is never sent back, closed or declined for want of one.
    """
    if case.identity == Identity.ANONYMOUS and not is_no_letter:
        sentence = _(
            "Pengaduan anonim tidak dikembalikan atau ditolak karena tanpa surat atau nama. Centang bila "
            "yang kurang hal lain."
        )
        raise Refused(sentence, field="is_no_letter")


def lapse(case: Case, *, by: User, reason: str) -> None:
    """Close a request that the applicant did not complete in time."""
    with transition("lapse", case, by=by, note=reason) as taken:
        taken.change(end_reason=reason, missing="")


def conclude(case: Case, *, by: User, outcome: str) -> None:
    """Close the complaint with its outcome in writing, which the complainant reads."""
    with transition("conclude", case, by=by) as taken:
        now = clock.now()
        taken.change(outcome=outcome, closed_at=now, first_closed_at=now)


def dismiss(case: Case, *, by: User, reason: str) -> None:
    """Decline the complaint with a reason, which the complainant reads."""
    with transition("dismiss", case, by=by, note=reason) as taken:
        taken.change(end_reason=reason)


def refer_up(case: Case, *, by: User, office: str, address: str = "", reason: str) -> None:
    """Record that the complaint was handed over to a higher office. The Pengawas still closes it here."""
    recipient = ", ".join(part for part in (office, address) if part)
    with transition("refer_up", case, by=by, note=f"{recipient}\n{reason}"):
        pass


def renew_link(case: Case, *, by: User, checked_with: str) -> None:
    """Replace the secret link. The old one stops working, and a new receipt with the new one is issued.

    `checked_with` (IdentityCheck) goes on record. No notice is sent: it would take the new link to a lost
    telephone.
    """
    with translation.override("id"):  # the note goes on record
        note = f"Identitas diperiksa: {IdentityCheck(checked_with).label}"
    with transition("renew_link", case, by=by, note=note) as taken:
        secret, field = new_secret(), cast(EncryptedField, Case._meta.get_field("secret"))
        taken.change(secret=field.encrypt(case, secret), secret_hash=hash_token(secret))


RECALL_FIRST = _(
    "%(name)s adalah %(division_head)s yang menerima disposisi. Lebih dahulu %(head)s menarik disposisi itu "
    "(langkah “Tarik disposisi”), atau administrator menunjuk Plh. %(division_head)s."
)
DEPUTY_FIRST = _(
    "%(name)s adalah %(division_head)s yang menangani pengaduan ini, dan disposisinya tidak dapat "
    "dipindahkan lagi. Mintalah administrator menunjuk Plh. %(division_head)s lebih dahulu."
)
REASSIGN_FIRST = _(
    "%(name)s adalah petugas atau pendamping pengaduan ini. Mintalah %(division_head)s "
    "menggantinya lebih dahulu (langkah “Ganti petugas”)."
)
HAS_SERVED = _(
    "%(name)s sudah melayani pengaduan ini, dan petugas tidak dapat diganti lagi sesudah "
    "laporannya disampaikan. Beri tahu %(head)s sebelum laporannya diterima, dan sampaikan "
    "pengaduan ini kepada Inspektorat Daerah."
)


def name_official(case: Case, *, by: User, complained_about: User | None, reason: str) -> None:
    """Store the official that a complaint is about (None: nobody of this office).

    That official no longer sees the case (PermenPANRB 62/2018). No notice is sent, because it would reach
    the official. Raise Refused if the official serves the complaint or is the only head of its division.
    If the official is the only head of the office, the complaint appears on the desk of Tim PKD, which
    passes it on to the Sekretaris Daerah or the Inspektorat.
    """
    with transition("name_official", case, by=by, note=reason) as taken:
        if complained_about == case.complained_about:
            sentence = _("Ini sudah tercatat. Pilih yang lain bila memang keliru.")
            raise Refused(sentence, field="complained_about")
        if _get_barred(case):
            sentence = _("Pengaduan ini mengenai sebuah penolakan. Pejabat yang menolaknya tetap tercatat.")
            raise Refused(sentence, field="complained_about")
        if complained_about:
            check_official(case, complained_about)
        taken.change(complained_about=complained_about)


def check_official(case: Case, official: User) -> None:
    """Raise Refused if nobody could continue in the place of the official complained about."""
    if obstacles := [*_obstacles(case, official)]:
        sentences = (with_words(sentence, name=official) for sentence in obstacles)
        raise Refused(" ".join(sentences), field="complained_about")


def _obstacles(case: Case, official: User) -> Iterator[Promise]:
    """Yield what must happen first, if nobody could continue in the official's place.

    A companion can be named once the report is written: nobody accompanies any more.
    """
    state = State(case.state)
    if case.division and official.heads_alone(case.division):
        yield RECALL_FIRST if ("recall", state) in STEPS else DEPUTY_FIRST
    if ("reassign", state) in STEPS:
        if case.officer == official or case.companions.contains(official):
            yield REASSIGN_FIRST
    elif case.officer == official:
        yield HAS_SERVED


def store_involvements_of_step(case: Case, event: Event, before: Mapping[str, Any], **more: Any) -> None:
    """Store the involvements after a step that may have named an officer (one of STEP_RECEIVERS)."""
    if "officer" in before or (not event.source and case.officer_id):
        store_involvements(case, are_first=before.get("officer") is None)


def store_involvements(case: Case, *, are_first: bool = False) -> None:
    """Make the involvements of a case those of its officer and its companions."""
    involved = {person.pk for person in case.list_companions()}
    if case.officer_id:
        involved.add(case.officer_id)
    if not are_first:
        case.involvements.exclude(user__in=involved).delete()
    Involvement.objects.bulk_create(
        (Involvement(case=case, user_id=user) for user in sorted(involved)), ignore_conflicts=True
    )


MAX_CHARACTERS = 500_000
"""Upper limit of a draft. No report that fits into a document is longer."""


class DraftTooLong(Refused):
    """The draft has more than MAX_CHARACTERS."""


class DraftConflict(Refused):
    """Another window has saved the draft since this one read it. `draft` is the newer one."""

    def __init__(self, draft: StepDraft) -> None:
        self.draft = draft
        at = time_format(timezone.localtime(draft.saved_at), "TIME_FORMAT")
        super().__init__(
            _("Konsep ini sudah disimpan dari jendela lain pukul %(at)s. Tulisan di sini belum disimpan.")
            % {"at": at}
        )


def get_draft(case: Case, verb: str) -> StepDraft | None:
    """Return the draft of a step. The caller has checked that the reader may take the step."""
    return StepDraft.objects.filter(case=case, verb=verb).first()


def save_draft(
    case: Case, verb: str, *, by: User, typed: Mapping[str, Any], window: str, seen: dt.datetime | None
) -> StepDraft:
    """Store what somebody has typed into the form of a step, valid or not.

    `window` identifies the browser window; the same window may save again. `seen` is `saved_at` of the
    draft that the window has read (aware; None: no draft). Raise PermissionDenied for other users,
    Refused if the step cannot be taken now, DraftConflict if another window saved a newer draft with another
    text, and DraftTooLong beyond MAX_CHARACTERS.
    """
    check(verb, case, by=by)
    if _count_characters(typed) > MAX_CHARACTERS:
        raise DraftTooLong(_("Konsep ini terlalu panjang untuk disimpan. Ringkas dahulu, lalu simpan lagi."))
    with transaction.atomic():
        _lock(case)
        draft = get_draft(case, verb) or StepDraft(case=case, verb=verb)
        is_newer = draft.pk and draft.saved_at != seen and draft.window != window
        if is_newer and draft.typed != dict(typed):
            raise DraftConflict(draft)
        draft.by, draft.saved_at = by, clock.now()
        draft.content = {"window": window, "typed": dict(typed)}
        draft.save()
    return draft


def discard_draft(case: Case, verb: str, *, by: User) -> None:
    """Delete the draft. Raise PermissionDenied or Refused as `save_draft` does."""
    check(verb, case, by=by)
    StepDraft.objects.filter(case=case, verb=verb).delete()


def _lock(case: Case) -> None:
    """Lock the case, so that the step cannot be taken while its draft is saved."""
    as_read = Case.objects.filter(pk=case.pk, state=case.state, version=case.version)
    if not as_read.select_for_update().values("pk"):
        raise Refused(_("Permohonan ini baru saja berubah. Muat ulang halaman untuk melihatnya."))


def _count_characters(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        value = value.values()
    return sum(map(_count_characters, value)) if isinstance(value, Iterable) else 0
