"""The retention of records (Retensi arsip): proposals to erase what is due, their decision, and the pages."""

from functools import partial
from http import HTTPStatus
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consultations.forms.step import OfficeForm, TextField
from consultations.models import Case
from consultations.pagination import newest_first
from kit.refusal import Refused
from ledger.models import Disposal
from office import clock
from office.models import RetentionRule, Role, User
from office.unsent import keeps_unsent, take_unsent
from office.words import with_words, with_words_lazy
from privacy.due import MAX_ROWS, get_due, list_codes
from privacy.erasure import erase_approved

PROPOSERS = frozenset({Role.TIM_PKD, Role.SECRETARIAT})
"""Roles that propose the erasure of what is due. The Kepala Dinas decides."""

READERS = PROPOSERS | {Role.HEAD}
"""Roles that see what is due, and the proposals."""

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


def _get_reader(request: HttpRequest) -> User:
    """Return the user. Raise Http404 without one of the roles."""
    user = cast(User, request.user)
    if not READERS & user.roles:
        raise Http404
    return user


@require_safe
def retention(request: HttpRequest) -> HttpResponse:
    """Show what is due of each kind, and the proposals, newest first."""
    user = _get_reader(request)
    page = newest_first(Disposal.objects.all(), request.GET, shown=SHOWN)
    waiting = set(Disposal.objects.filter(decided_at=None).values_list("rule", flat=True))
    context = {
        "due": [get_due(kind) for kind in RetentionRule.Kind],
        "waiting": waiting,
        "page": page,
        "proposes": bool(PROPOSERS & user.roles),
    }
    return render(request, "privacy/retention.html", context)


@require_POST
def propose_erasure(request: HttpRequest, kind: str) -> HttpResponse:
    """Propose the erasure of the due records of one kind."""
    user = _get_reader(request)
    if kind not in RetentionRule.Kind.values:
        raise Http404
    try:
        disposal = propose(kind, by=user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("retention")
    messages.success(request, with_words(_("Usul sudah dikirim kepada %(head)s.")))
    return redirect("disposal", disposal.pk)


@keeps_unsent
@require_http_methods(["GET", "HEAD", "POST"])
def disposal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a proposal with its list; the Kepala Dinas decides. Answer 409 if it was decided meanwhile."""
    user = _get_reader(request)
    found = get_object_or_404(Disposal.objects.select_related("proposed_by", "decided_by"), pk=pk)
    status, is_own = HTTPStatus.OK, found.proposed_by_id == user.pk
    decides = Role.HEAD in user.roles and not found.decided_at
    form = DisposalForm(initial=DisposalForm(unsent).typed() if (unsent := take_unsent(request)) else None)
    if request.method == "POST":
        form, status = DisposalForm(request.POST), HTTPStatus.UNPROCESSABLE_CONTENT
        if form.is_valid():
            try:
                decide(found, by=user, **form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, str(refusal))
                status = HTTPStatus.CONFLICT
            else:
                messages.success(request, _("Keputusan Anda tercatat."))
                return redirect("disposal", pk)
    visible = set(Case.objects.visible_to(user).filter(code__in=found.codes).values_list("code", flat=True))
    context = {
        "disposal": found,
        "codes": [(code, code in visible) for code in found.codes],
        "form": form if decides and not is_own else None,
        "obstacle": OWN_PROPOSAL if decides and is_own else "",
    }
    return render(request, "privacy/disposal.html", context, status=status)
