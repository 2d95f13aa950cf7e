"""Act on several cases at once: a step of the desk, a reminder, or another officer.

The page shows the chosen cases and what follows for each of them. Nothing happens before it is sent. Then
each case is handled in a transaction of its own.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy as _, ngettext
from django.views.decorators.http import require_http_methods

from consultations.enums import State
from consultations.forms import StepForm
from consultations.models import Case
from consultations.scheduling.whose_work import list_waited_for
from consultations.steps import PAGES
from consultations.workflow import MOVED_MEANWHILE, VERBS, check
from desk.waiting import BULK_VERBS, list_waiting
from dispositions.forms.disposition import HandOverForm
from dispositions.services import reassign
from kit.clock import format_moment
from kit.pagination import PAGE_SIZE
from kit.refusal import Refused
from notices.services.occasions import check_reminder, list_reminded_today, remind as remind_of_case
from office import rights
from office.models import User
from office.rights import Right, StaffRequest, requires
from office.words import with_words

type Act = Callable[[Case], object]
type Explain = Callable[[Case], object]

NOT_YOURS = _("Langkah ini bukan giliran Anda.")
MAX_QUERY = 1_000


class Action(NamedTuple):
    """An action that the list of cases offers: URL name, label, icon, and the right that it needs."""

    name: str
    label: Promise
    icon: str
    right: Right


ACTIONS = (
    Action("remind", _("Ingatkan"), "bell", rights.REMIND),
    Action("hand_over", _("Ganti petugas"), "swap", rights.REASSIGN),
)


def list_actions(user: User) -> list[Action]:
    """Return what the user may do with chosen cases."""
    return [action for action in ACTIONS if action.right.is_held_by(user)]


class Chosen(NamedTuple):
    """A case on the page: what follows for it, or the obstacle why nothing does."""

    case: Case
    follows: str
    obstacle: str = ""

    @property
    def version(self) -> str:
        """Code and version, so that a case that has moved meanwhile is not handled."""
        return f"{self.case.code}:{self.case.version}"


@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: HttpRequest, verb: str) -> HttpResponse:
    """Show the first cases that wait for a step of BULK_VERBS, or take it on the chosen ones.

    A case that came back is handled alone.

    `?semua=1` chooses all of them. Answer 422 if none is chosen or a field is invalid.
    """
    if verb not in BULK_VERBS:
        raise Http404
    user, is_posted = cast(User, request.user), request.method == "POST"
    queue = list_waiting(user).queue
    waiting = [row for row in queue if row.main and row.main.verb == verb and not row.returned][:PAGE_SIZE]
    if not waiting:
        messages.info(request, gettext("Tidak ada permohonan yang menunggu langkah ini."))
        return redirect("desk")
    chosen = _get_versions(request)
    form = PAGES[verb].form(request.POST if is_posted else None, case=waiting[0].case, by=user)
    if is_posted and chosen and form.is_valid():
        act = partial(PAGES[verb].service, by=user, **form.cleaned_data)
        _act_on_each(request, chosen, act, VERBS[verb].done)
        return redirect("desk")
    for name in form.of_one_case:
        form.initial.pop(name, None)
    rows = [Chosen(row.case, row.place.words().due) for row in waiting]
    title, back = VERBS[verb].title, (reverse("desk"), _("Meja kerja"))
    context = {"verb": verb, "title": title, "back": back, "form": form, "offers_all": True}
    is_all = "semua" in request.GET
    return _show(request, rows, [row.version for row in rows] if is_all else chosen, context)


@requires(rights.REMIND)
@require_http_methods(["GET", "HEAD", "POST"])
def remind(request: StaffRequest) -> HttpResponse:
    """Show whom a reminder of the chosen cases (`?pilih=`) reaches, or send it."""
    user = request.user
    if request.method == "POST" and (versions := _get_versions(request)):
        _act_on_each(request, versions, partial(remind_of_case, by=user), _("Diingatkan"))
        return _return_to_list(request)
    cases = _list_chosen(request)
    reminded, waited_for = list_reminded_today(cases), list_waited_for(cases)

    def explain(case: Case) -> str:
        people = waited_for[case.pk]
        check_reminder(case, people, by=user, is_reminded=case.pk in reminded)
        return gettext("Kepada %(names)s") % {"names": ", ".join(map(str, people))}

    context = {"verb": "remind", "title": _("Ingatkan"), "form": None}
    return _show_chosen(request, cases, explain, context)


@requires(rights.REASSIGN)
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: StaffRequest) -> HttpResponse:
    """Show what follows if another officer gets the chosen cases (`?pilih=`), or take the step on each.

    The companions stay. Cases of another division than the first one cannot be given away with it.
    """
    user, is_posted = request.user, request.method == "POST"
    cases = _list_chosen(request)
    first = next((case for case in cases if _is_open_to(case, user)), None)

    def explain(case: Case) -> str:
        check("reassign", case, by=user)
        if first and case.division_id != first.division_id:
            raise Refused(with_words(_("Pilih permohonan dari satu %(division)s saja.")))
        moves = case.planned_at if case.state == State.SCHEDULED else None
        if moves is None:
            return gettext("Dari %(name)s") % {"name": case.officer}
        words = {"name": case.officer, "at": format_moment(moves)}
        return gettext("Dari %(name)s. Jadwal %(at)s ikut pindah.") % words

    def act(case: Case, officer: User, reason: str) -> None:
        others = [person for person in case.list_companions() if person != officer]
        reassign(case, by=user, officer=officer, reason=reason, companions=others)

    form = HandOverForm(request.POST if is_posted else None, case=first, by=user) if first else None
    versions = _get_versions(request)
    if is_posted and versions and form and form.is_valid():
        _act_on_each(request, versions, partial(act, **form.cleaned_data), VERBS["reassign"].done)
        return _return_to_list(request)
    context = {"verb": "hand_over", "title": VERBS["reassign"].title, "form": form}
    return _show_chosen(request, cases, explain, context)


def _is_open_to(case: Case, user: User) -> bool:
    try:
        check("reassign", case, by=user)
    except (Refused, PermissionDenied):
        return False
    return True


def _get_versions(request: HttpRequest) -> list[str]:
    return [text.replace("\0", "") for text in request.POST.getlist("case")[:PAGE_SIZE] if ":" in text]


def _list_chosen(request: StaffRequest) -> list[Case]:
    """Return the visible ones of the cases that the list or this page sent, at most a page of them."""
    sent = request.GET.getlist("pilih") or [text.partition(":")[0] for text in _get_versions(request)]
    codes = [code.replace("\0", "") for code in sent[:PAGE_SIZE]]
    found = Case.objects.visible_to(request.user).with_people().filter(code__in=codes)
    return list(found.order_by("due_at", "pk"))


def _return_to_list(request: HttpRequest) -> HttpResponse:
    """Redirect to the list with the filters that it had."""
    query = QueryDict(request.GET.get("dari", "")[:MAX_QUERY]).urlencode()
    return HttpResponseRedirect(reverse("cases") + (f"?{query}" if query else ""))


def _show_chosen(
    request: StaffRequest, cases: Sequence[Case], explain: Explain, context: dict[str, Any]
) -> HttpResponse:
    """Show the cases that the list sent. Those that the user did not uncheck are chosen."""
    if not cases:
        messages.error(request, gettext("Pilih sedikitnya satu permohonan."))
        return _return_to_list(request)
    rows = []
    for case in cases:
        try:
            rows.append(Chosen(case, str(explain(case))))
        except Refused as refusal:
            rows.append(Chosen(case, "", str(refusal)))
        except PermissionDenied:
            rows.append(Chosen(case, "", str(NOT_YOURS)))
    possible = [row.version for row in rows if not row.obstacle]
    is_posted = request.method == "POST"
    more = {"back": (_return_to_list(request)["Location"], _("Permohonan")), "can_act": bool(possible)}
    return _show(request, rows, _get_versions(request) if is_posted else possible, context | more)


def _show(
    request: HttpRequest, rows: Iterable[Chosen], chosen: Sequence[str], context: dict[str, Any]
) -> HttpResponse:
    is_posted, form = request.method == "POST", cast(StepForm | None, context["form"])
    helper = form.helper if form else None
    if helper:
        helper.include_media = False  # the scripts of a long form save its draft, which this page has not
    shown = {"rows": rows, "chosen": chosen, "helper": helper, "is_nothing_chosen": is_posted and not chosen}
    return render(
        request, "desk/bulk.html", {"can_act": True, **context, **shown}, status=422 if is_posted else 200
    )


def _act_on_each(request: HttpRequest, versions: Sequence[str], act: Act, done: str | Promise) -> None:
    """Act on each case in a transaction of its own, and name those that were refused.

    `versions` are codes with versions. A case that has another version by now is left alone.
    """
    wanted = dict(entry.split(":", 1) for entry in versions)
    visible = Case.objects.visible_to(cast(User, request.user)).with_people().filter(code__in=wanted)
    number = 0
    for case in visible.order_by("due_at", "pk"):
        try:
            if str(case.version) != wanted[case.code]:
                raise Refused(MOVED_MEANWHILE)
            act(case)
            number += 1
        except Refused as refusal:
            _report_undone(request, case, str(refusal))
        except PermissionDenied:
            _report_undone(request, case, str(NOT_YOURS))
    if number:
        sentence = ngettext("%(done)s: %(n)d permohonan.", "%(done)s: %(n)d permohonan.", number)
        messages.success(request, sentence % {"done": done, "n": number})


def _report_undone(request: HttpRequest, case: Case, reason: str) -> None:
    values = {"subject": case.subject, "number": case.agenda or case.code, "reason": reason}
    messages.error(request, gettext("Belum diproses: %(subject)s (No. %(number)s). %(reason)s") % values)
