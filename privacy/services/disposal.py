"""Proposals to erase what is due (usul musnah), and the decision of the Kepala Dinas."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from kit.refusal import Refused
from ledger.models import Disposal
from office import clock
from office.models import RetentionRule, Role, User
from office.words import with_words_lazy
from privacy.due import MAX_ROWS, get_due, list_codes
from privacy.services.execution import erase_approved

PROPOSERS = frozenset({Role.TIM_PKD, Role.SECRETARIAT})
"""Roles that propose the erasure of what is due. The Kepala Dinas decides."""

READERS = PROPOSERS | {Role.HEAD}
"""Roles that see what is due, and the proposals."""

NOTHING_DUE = _("Belum ada yang jatuh tempo.")
WAITS_ALREADY = with_words_lazy(_("Usul untuk jenis ini sudah menunggu keputusan %(head)s."))
OWN_PROPOSAL = with_words_lazy(
    _("Anda sendiri yang mengusulkannya. Orang lain yang memutuskan, selaku %(head)s.")
)
DECIDED_MEANWHILE = _("Usul ini sudah diputuskan.")


def propose(kind: str, *, by: User) -> Disposal:
    """Propose the erasure of what is due of one kind, at most MAX_ROWS records.

    Raise PermissionDenied if `by` may not, and Refused if nothing is due or a proposal waits already.
    """
    due, title = get_due(RetentionRule.Kind(kind)), _get_title(by, PROPOSERS)
    if not due.number:
        raise Refused(NOTHING_DUE)
    codes = list_codes(kind, due.before)
    try:
        with transaction.atomic():
            return Disposal.objects.create(
                rule=kind,
                years=due.years.total,
                before=due.before,
                codes=codes,
                rows=len(codes) or min(due.number, MAX_ROWS),
                proposed_by=by,
                proposed_title=title,
            )
    except IntegrityError as error:
        raise Refused(WAITS_ALREADY) from error


def decide(disposal: Disposal, *, by: User, is_approved: bool, reason: str) -> None:
    """Approve or reject a proposal. After the commit a background task erases what was approved.

    Raise PermissionDenied if `by` is not the head, and Refused if `by` made the proposal or somebody has
    decided meanwhile.
    """
    title = _get_title(by, {Role.HEAD})
    if by.pk == disposal.proposed_by_id:
        raise Refused(OWN_PROPOSAL)
    with transaction.atomic():
        undecided = Disposal.objects.filter(pk=disposal.pk, decided_at=None)
        decided = undecided.update(
            decided_by=by,
            decided_title=title,
            decided_at=clock.now(),
            is_approved=is_approved,
            reason=reason,
        )
        if not decided:
            raise Refused(DECIDED_MEANWHILE)
        if is_approved:
            transaction.on_commit(partial(erase_approved.enqueue, disposal.pk), robust=True)


def _get_title(by: User, roles: frozenset[Role] | set[Role]) -> str:
    """Return the title of the position in one of the roles. Raise PermissionDenied without one."""
    with translation.override("id"):  # titles go on record
        held = [row.title for row in by.current_appointments if row.position.role in roles]
    if not held:
        raise PermissionDenied
    return held[0]
