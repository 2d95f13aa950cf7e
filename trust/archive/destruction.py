"""The destruction of archives (pemusnahan): the list, the acts on it, and what is destroyed (ADR 55).

UU 43/2009, PP 28/2012 and Perka ANRI 25/2012 ask for a panel, its opinion, a written approval, a decision,
two witnesses, and minutes. `ACTS` has a row for each. Messages and the audit log are no archives of the
schedule: the Kepala Dinas decides on them at once.
"""

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations.enums import Task
from consultations.intake.uploads import CheckedFile, merge_to_inert_pdf
from consultations.models import Case, WorkItem
from consultations.work import replace_items
from documents.models import Document
from kit import clock
from kit.records import leave_entry
from kit.refusal import Refused
from office import rights
from office.models import Office, RetentionRule, User
from office.models.retention import Fate, find_retention
from office.rights import Right
from office.words import with_words_lazy
from trust.archive.contents import Content, list_contents
from trust.privacy.erasure import erase_approved
from trust.privacy.models import Disposal, DisposalAct
from trust.privacy.schedule import MAX_ROWS, get_due, is_still_destroyed, list_codes

NOTHING_DUE = _("Belum ada yang jatuh tempo.")
NOT_DESTROYED = _("Arsip ini tidak dimusnahkan: nasib akhirnya permanen atau dinilai kembali.")
WAITS_ALREADY = _("Usul untuk jenis ini sudah berjalan.")
OWN_PROPOSAL = with_words_lazy(
    _("Anda sendiri yang mengusulkannya. Orang lain yang memutuskan, selaku %(head)s.")
)
OWN_DECISION = _("Anda sendiri yang menetapkannya. Orang lain yang melaksanakan pemusnahan.")
NOT_ALONE = _("Arsip tidak dimusnahkan dengan satu keputusan. Catat tindakannya satu per satu.")
BY_STEPS = _("Permintaan pemohon diputuskan pada halaman permohonannya.")
DECIDED_MEANWHILE = _("Usul ini sudah diputuskan.")
NOT_NEXT = _("Tindakan ini sudah dicatat, atau belum gilirannya. Muat ulang halamannya.")
SCHEDULE_CHANGED = _("Jadwal retensi arsip ini sudah berubah. Tolak usul ini, lalu buat yang baru.")
FUTURE = _("Tanggal ini belum tiba.")
TOO_EARLY = _("Tanggal ini mendahului tindakan sebelumnya, %(day)s.")
SAME_WITNESS = _("Kedua saksi harus dua orang yang berbeda.")

LONG = 10
"""Least years of retention for an approval by ANRI. Below, the head of the region approves (PP 28/2012)."""

Verb = DisposalAct.Verb


@dataclass(frozen=True)
class Act:
    """An act on a list of archives: its label, who records it, and the fields of its form."""

    verb: Verb
    label: Promise
    right: Right
    asks: tuple[str, ...]


LETTER = ("letter", "dated", "scan")
WITNESSES = ("law_witness", "law_title", "supervision_witness", "supervision_title")
ACTS = {
    act.verb: act
    for act in (
        Act(Verb.APPOINT, _("Catat SK Panitia Penilai"), rights.KEEP_ARCHIVE, (*LETTER, "text")),
        Act(Verb.CONSIDER, _("Catat pertimbangan panitia"), rights.KEEP_ARCHIVE, (*LETTER, "text")),
        Act(Verb.APPROVE, _("Catat persetujuan tertulis"), rights.KEEP_ARCHIVE, LETTER),
        Act(Verb.DECIDE, _("Tetapkan pemusnahan"), rights.DECIDE_DESTRUCTION, LETTER),
        Act(Verb.EXECUTE, _("Laksanakan pemusnahan"), rights.KEEP_ARCHIVE, ("letter", "dated", *WITNESSES)),
        Act(Verb.CONCLUDE, _("Simpan Berita Acara bertanda tangan"), rights.KEEP_ARCHIVE, ("dated", "scan")),
    )
}
"""The acts in their order."""


def find_next(disposal: Disposal) -> Act | None:
    """Return the act that a list of archives waits for.

    Return None if the list is concluded or rejected, if it was approved before the acts existed, or if it is
    not one of archives."""
    done, is_rejected = len(disposal.acts.all()), disposal.is_approved is False
    if not disposal.is_of_archives or is_rejected or (disposal.is_approved and not done):
        return None
    return [*ACTS.values(), None][done]


def get_approver(disposal: Disposal) -> str:
    """Return who approves the destruction in writing. It follows from the years of retention."""
    office = Office.load()
    return office.long_destruction_approver if disposal.years >= LONG else office.destruction_approver


def propose(kind: str, classification: str = "", *, by: User) -> Disposal:
    """List what is due of one rule, at most MAX_ROWS records, to be destroyed.

    Raise PermissionDenied if `by` may not. Raise Refused if nothing is due, if it is not to be destroyed, or
    if a list of the same rule is under way.
    """
    rule, title = find_retention(kind, classification), _get_title(rights.KEEP_ARCHIVE, by)
    due = get_due(rule)
    if rule.fate != Fate.DESTROY:
        raise Refused(NOT_DESTROYED)
    if not due.number or rule.classification != classification:
        raise Refused(NOTHING_DUE)
    codes = list_codes(rule, due.before)
    try:
        with transaction.atomic():
            proposed = Disposal.objects.create(
                rule=kind,
                classification=classification,
                years=rule.total,
                before=due.before,
                codes=codes,
                rows=len(codes) or min(due.number, MAX_ROWS),
                proposed_by=by,
                proposed_title=title,
            )
            update_item(proposed)
    except IntegrityError as error:
        raise Refused(WAITS_ALREADY) from error
    return proposed


def update_item(disposal: Disposal, *, by: User | None = None) -> None:
    """Open or close the work item of a list."""
    present = WorkItem.objects.open().filter(case=None, kind=Task.DISPOSAL, subject=str(disposal.pk))
    replace_items(present, Disposal.objects.filter(pk=disposal.pk).list_items(), by=by)


def decide(disposal: Disposal, *, by: User, is_approved: bool, reason: str) -> None:
    """Reject a list, or approve one of messages or of the audit log.

    A background task then erases the messages. `manage.py delete_audit_log` deletes the audit log.

    Raise PermissionDenied if `by` is not the head. Raise Refused for a request of an applicant, if archives
    would be approved, if `by` made the proposal, or if somebody has decided meanwhile.
    """
    title = _get_title(rights.DECIDE_DESTRUCTION, by)
    if disposal.rule == Disposal.REQUESTED:
        raise Refused(BY_STEPS)
    if is_approved and disposal.is_of_archives:
        raise Refused(NOT_ALONE)
    if by.pk == disposal.proposed_by_id:
        raise Refused(OWN_PROPOSAL)
    with transaction.atomic():
        _decide(disposal, by=by, title=title, is_approved=is_approved, reason=reason)


def _decide(disposal: Disposal, *, by: User, title: str, is_approved: bool, reason: str = "") -> None:
    undecided = Disposal.objects.filter(pk=disposal.pk, decided_at=None)
    if not undecided.update(
        decided_by=by, decided_title=title, decided_at=clock.now(), is_approved=is_approved, reason=reason
    ):
        raise Refused(DECIDED_MEANWHILE)
    leave_entry(disposal)
    update_item(disposal, by=by)
    if is_approved:
        transaction.on_commit(partial(erase_approved.enqueue, disposal.pk), robust=True)


def act(
    verb: str, disposal: Disposal, *, by: User, dated: dt.date, scan: Sequence[CheckedFile] = (), **facts: str
) -> DisposalAct:
    """Record an act on a list of archives. The execution approves the list, which a task then destroys.

    `facts` are fields of DisposalAct. Raise PermissionDenied if the act is not for `by`. Raise Refused if
    another act is next, or if the date, the person, a witness or the scan cannot be accepted.
    """
    row = ACTS[Verb(verb)]
    title = _get_title(row.right, by)
    content = read_scan(scan)
    with transaction.atomic():
        locked = Disposal.objects.select_for_update(no_key=True).get(pk=disposal.pk)
        done = list(locked.acts.select_related("by").order_by("number"))
        if find_next(locked) != row:
            raise Refused(NOT_NEXT)
        _check(row, locked, done, by=by, dated=dated, **facts)
        recorded = {"number": len(done) + 1, "verb": verb, "by": by, "title": title, "dated": dated}
        new = DisposalAct(disposal=locked, **recorded, **facts)
        new.issuer = _get_issuer(row, locked, title)
        new.letter = new.letter or done[-1].letter  # the minutes were numbered when they were written
        if content:
            new.file = ContentFile(content, name="surat.pdf")
            new.sha256 = hashlib.sha256(content).hexdigest()
        new.save()
        update_item(locked, by=by)
        if row.verb == Verb.EXECUTE:
            decision = done[-1]
            _decide(locked, by=decision.by, title=decision.title, is_approved=True)
    return new


def read_scan(pages: Sequence[CheckedFile]) -> bytes:
    """Return the pages as one PDF without active content. Raise Refused if they are too many or too large."""
    try:
        return merge_to_inert_pdf(pages)
    except ValidationError as error:
        raise Refused(error.messages[0], field="scan") from error


def _check(
    row: Act, disposal: Disposal, done: Sequence[DisposalAct], *, by: User, dated: dt.date, **facts: str
) -> None:
    facts_of_list = (disposal.rule, disposal.classification, disposal.years, disposal.codes)
    if row.verb != Verb.CONCLUDE and not is_still_destroyed(*facts_of_list):
        raise Refused(SCHEDULE_CHANGED)
    if dated > clock.today():
        raise Refused(FUTURE, field="dated")
    if done:  # the panel may have been appointed for the whole year
        earliest = max(done[-1].dated, timezone.localdate(disposal.proposed_at))
        if dated < earliest:
            raise Refused(TOO_EARLY % {"day": earliest.strftime("%d-%m-%Y")}, field="dated")
    if row.verb == Verb.DECIDE and by.pk == disposal.proposed_by_id:
        raise Refused(OWN_PROPOSAL)
    if row.verb == Verb.EXECUTE:
        if by.pk == done[-1].by_id:
            raise Refused(OWN_DECISION)
        names = {" ".join(facts[name].split()).casefold() for name in ("law_witness", "supervision_witness")}
        if len(names) == 1:
            raise Refused(SAME_WITNESS, field="supervision_witness")


def _get_issuer(row: Act, disposal: Disposal, title: str) -> str:
    if row.verb == Verb.CONSIDER:
        return "Panitia Penilai Arsip"
    return get_approver(disposal) if row.verb == Verb.APPROVE else title


def _get_title(right: Right, by: User) -> str:
    with translation.override("id"):  # titles go on record
        return right.get_title(by)


@dataclass(frozen=True)
class Line:
    """One record of a list, with its files. `is_kept` says that it was left out of the destruction."""

    code: str
    number: str
    ended: dt.date
    classification: str
    files: Sequence[Content]
    is_kept: bool = False

    @property
    def hashes(self) -> str:
        """The SHA-256 of each file, one a line."""
        return "\n".join(f"{file.kind}: {file.sha256}" for file in self.files)


def list_lines(codes: Sequence[str], kind: str = "") -> Iterator[Line]:
    """Yield the records of a list in its order, with the hashes of their files. Erased ones keep them.

    `kind` is the rule of a disposal: of uploads, the papers are not listed; of registers, `codes` are keys of
    documents.
    """
    if kind == RetentionRule.Kind.REGISTERS:
        papers = Document.objects.filter(pk__in=codes).in_bulk()
        for paper in sorted(papers.values(), key=lambda paper: paper.issued_at):
            file, day = Content(paper), timezone.localdate(paper.issued_at)
            yield Line(file.name, paper.number, day, "", [file], paper.erased_at is None)
        return
    cases = Case.objects.filter(code__in=codes).select_related("agenda").order_by("since", "pk")
    files = list_contents(cases)
    for case in cases:
        own = files.get(case.pk, [])
        is_erased = case.anonymised_at is not None
        if kind == RetentionRule.Kind.FILES:
            own = [file for file in own if not isinstance(file.record, Document)]
            is_erased = all(file.is_erased for file in own)
        number, ended = str(case.agenda or ""), timezone.localdate(case.since)
        yield Line(case.code, number, ended, case.classification, own, not is_erased)
