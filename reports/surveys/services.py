"""Writes of the survey: answers, follow-up plans and publications."""

import datetime as dt
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format, localize
from django.utils.translation import gettext, gettext_lazy as _

from consultations.enums import SURVEYED, Kind, Party
from consultations.intake.uploads import CheckedFile
from consultations.models import Case
from consultations.parties import LINK_SHARERS, Actor, Applicant, CodeHolder, parties
from documents.issuing import issue_document
from kit import clock
from kit.periods import Period
from kit.refusal import Refused
from office import rights
from office.models import Office, User
from reports.surveys.documents import SURVEY
from reports.surveys.models import AnswerBox, Participation, PlanItem, Publication
from reports.surveys.queries import (
    count_to_enter,
    get_newest_version,
    get_result,
    has_answered,
    list_plan,
    list_services,
    quarter_of,
)
from reports.surveys.regulation import ASKED, ELEMENTS, Result, Service, closes_on, is_closed

NOT_CLOSED = _("Survei dapat diisi sesudah permohonan ini selesai.")
NOT_SERVED = _("Survei hanya untuk permohonan yang dijawab atau ditolak.")
ANSWERED = _("Survei untuk permohonan ini sudah diisi. Satu permohonan diisi satu kali.")
NOT_OFFERED = _("Hasil survei ditampilkan per triwulan atau tahun. Pilih salah satu di atas.")
NOT_ENDED = _("Hasil dapat diterbitkan sesudah survei periode ini ditutup, %(last)s.")
SURVEY_CLOSED = _("Survei ini sudah ditutup pada %(last)s.")
ALL_ENTERED = _(
    "Semua formulir kertas yang diterima sudah dimasukkan. Catat dulu pada halaman permohonan atau "
    "pengaduannya bahwa formulir diterima."
)
ENTERED_MEANWHILE = _(
    "Satu formulir baru saja dimasukkan. Bila itu lembar yang sama, jangan disimpan lagi. Bila lembar lain, "
    "simpan sekali lagi."
)
NOT_LOWEST = _("Rencana tindak lanjut dibuat untuk tiga unsur terendah dari hasil yang sudah ditampilkan.")
NO_ANALYSIS = _("Tulis analisisnya: apa arti angka ini, dan apa sebab unsur yang rendah.")
NO_PLAN = _("Tulis dulu rencana tindak lanjut untuk unsur %(elements)s.")
PUBLISHED_MEANWHILE = _(
    "Hasil periode ini baru saja diterbitkan. Lihat daftar di bawah sebelum menerbitkan versi baru."
)


class AlreadyAnswered(Refused):
    """The applicant of the case has answered, or has handed in a paper form."""


def answer(case: Case, *, by: Applicant | CodeHolder, comment: str = "", **given: Any) -> None:
    """Mark the case as answered and put the answer of its applicant into the box of its quarter.

    `given` are u1 to u9, each 1 to 4, and the parts of the profile. Mark and answer share no key and no
    time. The comment of a complaint is not stored: without a reference to the case, nobody could hide it
    from the official it is about. Raise as `check_unanswered()` does.
    """
    quarter = check_unanswered(case, by=by)
    with transaction.atomic():
        _mark(case)
        _put_in(
            _lock_box(quarter, case.kind), comment="" if case.kind == Kind.COMPLAINT else comment, **given
        )


def receive_form(case: Case, *, by: User) -> None:
    """Mark that the applicant has handed in a paper form. The form itself goes to the others of its quarter.

    Raise as `check_unanswered()` does.
    """
    check_unanswered(case, by=by)
    with transaction.atomic():
        _mark(case)


def enter_form(
    *, by: User, quarter: Period, service: str, seen: int, comment: str = "", **given: Any
) -> None:
    """Put the answer of a paper form into the box of a quarter and service.

    `seen` is the number of forms that waited to be entered when `by` opened the page, so that nobody enters
    a form twice by mistake. Raise PermissionDenied if `by` enters no forms (Sekretariat, Tim PKD). Raise
    Refused if the quarter is closed or fewer forms wait.
    """
    rights.ENTER_SURVEYS.check(by)
    if is_closed(quarter):
        raise Refused(SURVEY_CLOSED % {"last": date_format(closes_on(quarter))})
    with transaction.atomic():
        box = _lock_box(quarter, service)
        waiting = count_to_enter(quarter, service)
        if waiting < 1:
            raise Refused(ALL_ENTERED)
        if waiting < seen:
            raise Refused(ENTERED_MEANWHILE)
        _put_in(box, comment="" if service == Service.COMPLAINT else comment, **given)


def _lock_box(quarter: Period, service: str) -> AnswerBox:
    """Return the box of a quarter for a service, or for both if the quarter began so."""
    offered = list_services(quarter)
    boxes = AnswerBox.objects.select_for_update(no_key=True)
    return boxes.get_or_create(quarter=quarter.since, service=service if service in offered else offered[0])[
        0
    ]


def _put_in(box: AnswerBox, *, comment: str, **given: Any) -> None:
    box.add(elements=given, profile={part: given.get(part, "") for part in ASKED}, comment=comment)
    box.save(update_fields=["answers", "profile", "comments"])


def _mark(case: Case) -> None:
    # The second of two simultaneous answers waits for this lock, and so does a reopening of the case.
    locked = Case.objects.select_for_update(no_key=True).filter(pk=case.pk, state__in=SURVEYED)
    if not locked.values("pk"):
        raise Refused(NOT_CLOSED)
    if has_answered(case):
        raise AlreadyAnswered(ANSWERED)
    Participation.objects.create(case=case)


def check_unanswered(case: Case, *, by: Actor) -> Period:
    """Return the quarter of the case if `by` can answer its survey. Costs one query if the case has ended.

    Raise PermissionDenied if `by` is neither the applicant nor staff who hand out forms (Sekretariat, Tim
    PKD). Raise Refused if the case was neither closed nor refused, or if its quarter is closed, and
    AlreadyAnswered if it is answered.
    """
    if not (LINK_SHARERS | {Party.APPLICANT, Party.CODE_HOLDER}) & parties(by, case).keys():
        raise PermissionDenied
    quarter = quarter_of(case)
    if case.state not in SURVEYED or quarter is None:
        raise Refused(NOT_CLOSED if case.is_open else NOT_SERVED)
    if has_answered(case):
        raise AlreadyAnswered(ANSWERED)
    if is_closed(quarter):
        raise Refused(SURVEY_CLOSED % {"last": date_format(closes_on(quarter))})
    return quarter


def save_plan_item(
    *,
    by: User,
    period: Period,
    service: str,
    element: str,
    photo: CheckedFile | None = None,
    removes_photo: bool = False,
    **given: Any,
) -> PlanItem:
    """Store the item of the follow-up plan for one element of a period and service.

    `given` are action, responsible, due and percent. A new photo replaces the old one. Raise
    PermissionDenied if `by` does not plan. Raise Refused if the element is not among
    the lowest three of a result that is shown.
    """
    rights.PLAN_SURVEYS.check(by)
    if element not in get_result(period, service).lowest:
        raise Refused(NOT_LOWEST)
    with transaction.atomic():
        Office.lock()  # publications and changes of their plans take turns
        item = list_plan(period, service).filter(element=element).first()
        item = item or PlanItem(since=period.since, until=period.until, service=service, element=element)
        for name, value in given.items():
            setattr(item, name, value)
        old = item.photo.name
        if photo:
            item.photo = ContentFile(photo.content, name=photo.name)
        elif removes_photo:
            item.photo = ""
        item.updated_on = clock.today()
        item.save()
        if old and item.photo.name != old:
            transaction.on_commit(partial(default_storage.delete, old), robust=True)
    return item


def publish(*, by: User, period: Period, service: str, analysis: str, seen: int | None = None) -> Publication:
    """Publish the result of a service in a quarter or year, with its analysis and its plan as it is now.

    Earlier publications of the period remain; this one is the next version. `seen` is the version that
    `by` saw last, so that nobody publishes twice by mistake. Raise PermissionDenied unless `by` is the
    Kepala Dinas, or Refused if there is an obstacle (see `get_obstacle()`).
    """
    title = rights.PUBLISH_SURVEYS.get_title(by)
    with transaction.atomic():
        Office.lock()  # publications and changes of their plans take turns
        newest = get_newest_version(period, service)
        version = newest.version if newest else 0
        if seen is not None and seen != version:
            raise Refused(PUBLISHED_MEANWHILE)
        result, plan = get_result(period, service), list(list_plan(period, service))
        if obstacle := get_obstacle(period, result, plan):
            raise Refused(obstacle)
        if not analysis:
            raise Refused(NO_ANALYSIS, field="analysis")
        with translation.override("id"):
            text = "\n".join(item.sentence for item in plan)
        publication = Publication.objects.create(
            since=period.since,
            until=period.until,
            service=service,
            version=version + 1,
            figures=result.to_json(),
            analysis=analysis,
            plan=text,
            by=by,
            title=title,
        )
        issue_document(SURVEY, publication)
    return publication


def get_obstacle(period: Period, result: Result, plan: Sequence[PlanItem]) -> str:
    """Return why the result of a period cannot be published now, as a sentence; empty if it can."""
    if not period.quarters:
        return str(NOT_OFFERED)
    if not is_closed(period):
        return NOT_ENDED % {"last": date_format(closes_on(period))}
    if result.suppressed_because:
        return result.suppressed_because
    planned = {item.element for item in plan}
    missing = [code for code in result.lowest if code not in planned]
    return NO_PLAN % {"elements": ", ".join(ELEMENTS[code].number for code in missing)} if missing else ""


def draft_analysis(period: Period, service: str, result: Result) -> str:
    """Return a text to begin the analysis with: the best and the lowest elements, and what changed."""
    if not result.means:
        return ""
    with translation.override("id"):
        best = max(result.elements, key=lambda row: row.mean)
        sentences = [
            gettext("Unsur tertinggi adalah %(best)s (%(mean)s).") % {"best": best.label, "mean": best.text},
            gettext("Unsur terendah adalah %(lowest)s.")
            % {"lowest": ", ".join(f"{row.label} ({row.text})" for row in result.lowest_elements)},
        ]
        year_before = Period.year_of(period.since - dt.timedelta(days=1))
        is_quarter = period.quarters == [period]
        before = get_newest_version(period.quarter_before if is_quarter else year_before, service)
        if before:
            sentences.append(
                gettext("IKM %(period)s %(before)s, sekarang %(now)s.")
                % {
                    "period": before.period.title,
                    "before": localize(before.result.index),
                    "now": localize(result.index),
                }
            )
        return " ".join(sentences)
