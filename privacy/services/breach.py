"""The notice of a breach: stored, and sent to those concerned by a background task."""

import datetime as dt
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.tasks import task
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from consultations.models import Case
from kit.refusal import Refused
from notices.models import Kind, Notice
from notices.services.delivery import deliver_soon
from notices.services.outbox import build_applicant_notice, store
from office import clock
from office.models import Role, User
from privacy.models import Breach

MAX_CASES = 5_000
"""Cases of one notice."""

BATCH = 500

NOTIFY_WITHIN = dt.timedelta(hours=72)
"""Time for the notice after the breach was found, by the clock (UU 27/2022, article 46: 3 x 24 hours)."""


def may_report(user: User) -> bool:
    """Return whether the user may write a notice: the Kepala Dinas, and administrators."""
    return user.is_staff or Role.HEAD in user.roles


def list_concerned(breach: Breach) -> QuerySet[Case]:
    """Return the cases that a breach concerns."""
    begins, ends = clock.midnight(breach.since), clock.midnight(breach.until + dt.timedelta(days=1))
    return Case.objects.filter(submitted_at__gte=begins, submitted_at__lt=ends, anonymised_at=None)


def list_breaches_of(case: Case) -> QuerySet[Breach]:
    """Return the breaches that concern a case."""
    day = timezone.localdate(case.submitted_at)
    return Breach.objects.filter(since__lte=day, until__gte=day).order_by("pk")


def report_breach(
    *,
    by: User,
    happened_at: dt.datetime,
    found_at: dt.datetime,
    disclosed: str,
    cause: str,
    handling: str,
    since: dt.date,
    until: dt.date,
) -> Breach:
    """Store a notice. After the commit it is sent to the applicants of the cases of the period.

    Raise PermissionDenied if `by` may not, and Refused if the period has no case or more than MAX_CASES. The
    independent channel does not count here, or the refusal would tell of it. Its complainants are notified.
    """
    if not may_report(by):
        raise PermissionDenied
    with translation.override("id"):  # titles go on record
        held = by.current_appointments
        title = held[0].title if held else "Administrator"
    breach = Breach(
        happened_at=happened_at,
        found_at=found_at,
        disclosed=disclosed,
        cause=cause,
        handling=handling,
        since=since,
        until=until,
        by=by,
        title=title,
        at=clock.now(),
    )
    number = list_concerned(breach).filter(is_independent=False)[: MAX_CASES + 1].count()
    if not number:
        raise Refused(_("Tidak ada permohonan pada waktu ini."), field="since")
    if number > MAX_CASES:
        raise Refused(
            _("Lebih dari %(most)s permohonan. Persempit waktunya.") % {"most": MAX_CASES}, field="since"
        )
    with transaction.atomic():
        breach.save()
        transaction.on_commit(partial(notify_concerned.enqueue, breach.pk), robust=True)
    return breach


@task()
def notify_concerned(pk: int) -> int:
    """Create the notices of a breach that do not exist yet; return how many. Safe to run twice."""
    breach = Breach.objects.get(pk=pk)
    told = Notice.objects.filter(case=OuterRef("pk"), kind=Kind.BREACH, created_at__gte=breach.at)
    waiting, number, last = list_concerned(breach).filter(~Exists(told)).order_by("pk"), 0, 0
    while cases := list(waiting.filter(pk__gt=last)[:BATCH]):
        last = cases[-1].pk
        notices = [one for case in cases if (one := build_applicant_notice(case, Kind.BREACH))]
        with transaction.atomic():
            if store(notices):
                deliver_soon()
        number += len(notices)
    return number
