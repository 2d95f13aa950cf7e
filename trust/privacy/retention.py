"""The retention of records (Retensi arsip): proposals to erase what is due, their decision, and the pages."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from consultations.models import Case
from kit import clock
from kit.form_view import handle_form
from kit.forms import OfficeForm, TextField
from kit.middleware import keeps_unsent
from kit.pagination import newest_first
from kit.refusal import Refused
from office import rights
from office.models import RetentionRule, User
from office.rights import Right, StaffRequest, requires
from office.words import with_words, with_words_lazy
from trust.ledger.models import Disposal
from trust.privacy.erasure import MAX_ROWS, erase_approved, get_due, list_codes

NOTHING_DUE = gettext_lazy("Belum ada yang jatuh tempo.")
WAITS_ALREADY = with_words_lazy(gettext_lazy("Usul untuk jenis ini sudah menunggu keputusan %(head)s."))
OWN_PROPOSAL = with_words_lazy(
    gettext_lazy("Anda sendiri yang mengusulkannya. Orang lain yang memutuskan, selaku %(head)s.")
)
DECIDED_MEANWHILE = gettext_lazy("Usul ini sudah diputuskan.")


def propose(kind: str, *, by: User) -> Disposal:
    """Propose the erasure of what is due of one kind, at most MAX_ROWS records.

    Raise PermissionDenied if `by` may not, and Refused if nothing is due or a proposal waits already.
    """
    due, title = get_due(RetentionRule.Kind(kind)), _get_title(rights.PROPOSE_ERASURE, by)
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
    title = _get_title(rights.DECIDE_ERASURE, by)
    if by.pk == disposal.proposed_by_id:
        raise Refused(OWN_PROPOSAL)
    with transaction.atomic():
        undecided = Disposal.objects.filter(pk=disposal.pk, decided_at=None)
        decided = undecided.update(
            decided_by=by, decided_title=title, decided_at=clock.now(), is_approved=is_approved, reason=reason
        )
        if not decided:
            raise Refused(DECIDED_MEANWHILE)
        if is_approved:
            transaction.on_commit(partial(erase_approved.enqueue, disposal.pk), robust=True)


def _get_title(right: Right, by: User) -> str:
    with translation.override("id"):  # titles go on record
        return right.get_title(by)


class DisposalForm(OfficeForm):
    """The decision on a proposal. A rejection needs a reason."""

    is_approved = forms.TypedChoiceField(
        label=gettext_lazy("Keputusan"),
        choices=[("yes", gettext_lazy("Setujui pemusnahan")), ("no", gettext_lazy("Tolak"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Pilih keputusannya.")},
    )
    reason = TextField(label=gettext_lazy("Alasan atau catatan"), required=False, rows=3)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("is_approved") is False and not data.get("reason"):
            self.add_error("reason", ValidationError(gettext_lazy("Tulis alasan penolakan.")))
        return data


SHOWN = ("rule", "rows", "before", "proposed_at", "proposed_title", "decided_at", "is_approved", "done_at")


@requires(rights.READ_RETENTION)
@require_safe
def retention(request: StaffRequest) -> HttpResponse:
    """Show what is due of each kind, and the proposals, newest first."""
    page = newest_first(Disposal.objects.all(), request.GET, shown=SHOWN)
    waiting = set(Disposal.objects.filter(decided_at=None).values_list("rule", flat=True))
    context = {
        "due": [get_due(kind) for kind in RetentionRule.Kind],
        "waiting": waiting,
        "page": page,
        "proposes": rights.PROPOSE_ERASURE.is_held_by(request.user),
    }
    return render(request, "privacy/retention.html", context)


@requires(rights.READ_RETENTION)
@require_POST
def propose_erasure(request: StaffRequest, kind: str) -> HttpResponse:
    if kind not in RetentionRule.Kind.values:
        raise Http404
    try:
        disposal = propose(kind, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("retention")
    messages.success(request, with_words(_("Usul sudah dikirim kepada %(head)s.")))
    return redirect("disposal", disposal.pk)


@keeps_unsent
@requires(rights.READ_RETENTION)
def disposal(request: StaffRequest, pk: int) -> HttpResponse:
    """Show a proposal with its list; the Kepala Dinas decides. Answer 409 if it was decided meanwhile."""
    found = get_object_or_404(Disposal.objects.select_related("proposed_by", "decided_by"), pk=pk)
    is_own = found.proposed_by_id == request.user.pk
    decides = rights.DECIDE_ERASURE.is_held_by(request.user) and not found.decided_at

    def act(**entered: Any) -> HttpResponse:
        decide(found, by=request.user, **entered)
        messages.success(request, _("Keputusan Anda tercatat."))
        return redirect("disposal", pk)

    visible = Case.objects.visible_to(request.user).filter(code__in=found.codes)
    codes = set(visible.values_list("code", flat=True))
    context = {
        "disposal": found,
        "codes": [(code, code in codes) for code in found.codes],
        "may_decide": decides and not is_own,
        "obstacle": OWN_PROPOSAL if decides and is_own else "",
    }
    return handle_form(request, DisposalForm, act, "privacy/disposal.html", context)
