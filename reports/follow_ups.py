"""What was recommended is followed up (Tindak Lanjut), by who serves the case."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from consultations.parties import SERVING, parties
from consultations.workflow import Refused
from office import clock
from office.models import User
from reports.models import FollowUp


def record_follow_up(follow_up: FollowUp, *, by: User, outcome: str) -> None:
    """Record what came of a recommendation; with that it is done.

    Raises PermissionDenied where `by` does not serve the case, Refused where somebody was faster or the
    report was corrected meanwhile.
    """
    mine = parties(by, follow_up.case)
    title = next((title for party, title in mine.items() if party in SERVING), None)
    if title is None:
        raise PermissionDenied
    open_still = FollowUp.objects.filter(pk=follow_up.pk, done_at=None)
    if not open_still.update(outcome=outcome, done_by=by, done_title=title, done_at=clock.now()):
        raise Refused(_("Tindak lanjut ini sudah selesai. Muat ulang halaman untuk melihat hasilnya."))
    follow_up.refresh_from_db()
