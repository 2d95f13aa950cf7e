"""The desk (Meja Kerja) with its introduction, the queue of waiting cases, and one step on several cases.

The introduction (Perkenalan) after the first login has four cards, the second by role.

A step page in the queue has `?antrean=1`. It posts the code of the case after its own as `antrean`. So the
queue goes on from the present page, also after a skipped case.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy as _, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consultations.models import Case
from consultations.steps import PAGES
from consultations.workflow import MOVED_MEANWHILE, VERBS
from desk.desk import get_desk
from desk.navigation import list_all_pages
from desk.waiting import BULK_VERBS, Row, list_waiting
from kit import clock
from kit.jobs import list_silent
from kit.pagination import PAGE_SIZE
from kit.refusal import Refused
from office.models import Office, Role, User
from office.rights import SET_UP
from operations.setup.views import get_summary


class Card(NamedTuple):
    title: Promise
    text: Promise


class Introduction(NamedTuple):
    card: Card
    number: int
    total: int

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.number < self.total else None


DESK = Card(
    _("Ini meja kerja Anda"),
    _("Semua yang menunggu Anda ada di halaman ini, yang paling mendesak di atas."),
)
FIND = Card(
    _("Mencari permohonan"),
    _("Ketik nomor, nama, atau perihal di kotak cari di atas. Di ponsel, tekan gambar kaca pembesar."),
)
FIND_COMPLAINT = Card(
    _("Mencari pengaduan"),
    _("Pengaduan yang sudah Anda selesaikan ada di menu Permohonan, Semua permohonan."),
)
HELP = Card(
    _("Bila ragu"),
    _("Buka menu pada nama Anda di kanan atas, di ponsel tombol Menu. Perkenalan ini ada juga di sana."),
)
WORK = _("Pekerjaan Anda")

WORK_OF: dict[Role, Promise] = {
    Role.SECRETARIAT: _(
        "Catat tamu dengan tombol Datang langsung dan surat dengan tombol Surat masuk. Tamu yang menunggu "
        "dan pesan yang perlu Anda kirim tampil di meja ini."
    ),
    Role.TIM_PKD: _(
        "Permohonan baru menunggu di sini: catat dalam buku agenda, atau kembalikan agar dilengkapi. "
        "Kiriman yang perlu dilihat dahulu ada di samping."
    ),
    Role.SECRETARY: _(
        "Permohonan yang diagendakan dan laporan yang sudah diperiksa menunggu paraf Anda di sini."
    ),
    Role.HEAD: _(
        "Permohonan menunggu disposisi Anda dan laporan menunggu Anda terima. Tekan Selesaikan satu per satu "
        "untuk menanganinya berurutan, juga dari ponsel."
    ),
    Role.DIVISION_HEAD: _(
        "Disposisi kepada Anda menunggu di sini: tunjuk petugas, atau layani sendiri. Laporan petugas juga "
        "menunggu Anda periksa."
    ),
    Role.OFFICER: _(
        "Permohonan yang ditugaskan kepada Anda menunggu di sini: siapkan, tetapkan jadwal, layani, lalu "
        "tulis laporannya. Jadwal hari ini ada di samping."
    ),
    Role.SUPERVISOR: _(
        "Pengaduan yang dikirim langsung kepada Anda menunggu di sini. Siapa membuka data apa tercatat di "
        "Catatan akses."
    ),
}

OF_ADMINISTRATOR = (
    Card(_("Ini meja Anda"), _("Halaman pertama Anda. Permohonan tidak tampil bagi administrator.")),
    Card(
        WORK,
        _(
            "Pengaturan kantor memuat data kantor, jabatan, dan jam layanan. Pengangkatan dan penutupan akun "
            "ada di Perubahan akses."
        ),
    ),
    Card(
        _("Keadaan sistem"),
        _("Di Pengaturan kantor, Keadaan sistem mengatakan apa yang perlu diperbaiki dan caranya."),
    ),
    HELP,
)


def get_introduction(user: User, chosen: str) -> Introduction | None:
    """Return the card with the number `chosen`, else the first one for a user who has not closed it."""
    cards = _list_cards(user)
    number = int(chosen) if chosen.isascii() and chosen.isdecimal() and len(chosen) == 1 else 0
    if number == 0 and user.introduced_at is None:
        number = 1
    return Introduction(cards[number - 1], number, len(cards)) if 1 <= number <= len(cards) else None


def _list_cards(user: User) -> tuple[Card, ...]:
    if not user.current_appointments:
        return OF_ADMINISTRATOR if user.is_staff else ()
    role = Role(user.current_appointments[0].position.role)
    return (DESK, Card(WORK, WORK_OF[role]), FIND_COMPLAINT if role == Role.SUPERVISOR else FIND, HELP)


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Show the desk, or an explanation if the user holds no position."""
    user = cast(User, request.user)
    introduction = get_introduction(user, request.GET.get("perkenalan", ""))
    setup = get_summary() if user.is_staff and not Office.load().is_open else None
    if not user.current_appointments:
        silent = list_silent() if user.is_staff else []
        without = {"silent": silent, "introduction": introduction, "setup": setup}
        return render(request, "desk/without_position.html", without)
    position = request.GET.get("jabatan", "")
    desk = get_desk(user, position=position)
    context = {
        "desk": desk,
        "now": clock.now(),
        "position": position,
        "introduction": introduction,
        "setup": setup,
    }
    return render(request, "desk/desk.html", context)


@require_safe
def all_pages(request: HttpRequest) -> HttpResponse:
    """Show all pages that the user may open, whatever the level of the menu."""
    user = cast(User, request.user)
    context = {"groups": list_all_pages(user), "sets_menu": SET_UP.is_held_by(user)}
    return render(request, "desk/all_pages.html", context)


@require_POST
def close_introduction(request: HttpRequest) -> HttpResponse:
    """Store when the user first closed the introduction. It is not shown by itself any more."""
    User.objects.filter(pk=request.user.pk, introduced_at=None).update(introduced_at=clock.now())
    return redirect("desk")


NAME = "antrean"


@dataclass(frozen=True)
class Queue:
    """The case that follows in the queue, and how many follow."""

    following: Row | None
    left: int

    @property
    def code(self) -> str:
        return self.following.case.code if self.following else ""


@require_safe
def next_case(request: HttpRequest) -> HttpResponse:
    """Redirect to the step that a case waits for: that of `?kode=`, else of the first case in the queue.

    Redirect to the desk if nothing waits. The code is only looked up among the cases that wait for the user.
    """
    queue = list_waiting(cast(User, request.user)).queue
    row = next((row for row in queue if row.case.code == request.GET.get("kode")), None)
    row = row or next(iter(queue), None)
    if row is None or row.main is None:
        messages.success(request, gettext("Semua yang menunggu Anda sudah selesai."))
        return redirect("desk")
    address = reverse("step", args=[row.case.code, row.main.verb])
    return HttpResponseRedirect(f"{address}?{NAME}=1")


def is_in_queue(request: HttpRequest) -> bool:
    """Return whether a step page was opened from the queue."""
    return NAME in request.GET or NAME in request.POST


def get_queue(request: HttpRequest, case: Case) -> Queue | None:
    """Return what follows the case in the queue, or None if its page was not opened from the queue."""
    if not is_in_queue(request):
        return None
    rows = list_waiting(cast(User, request.user)).queue
    keys = [row.case.pk for row in rows]
    following = rows[keys.index(case.pk) + 1 :] if case.pk in keys else rows
    return Queue(following[0] if following else None, len(following))


def go_on(request: HttpRequest) -> HttpResponse:
    """Redirect to the case that the step page named, or to the desk after the last one."""
    if code := request.POST.get(NAME):
        return HttpResponseRedirect(f"{reverse('next')}?{urlencode({'kode': code})}")
    return redirect("desk")


@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: HttpRequest, verb: str) -> HttpResponse:
    """Show the first cases that wait for a step of BULK_VERBS, or take it on the chosen ones.

    `?semua=1` chooses all of them. Answer 422 if none is chosen or a field is invalid.
    """
    if verb not in BULK_VERBS:
        raise Http404
    user, is_posted = cast(User, request.user), request.method == "POST"
    queue = list_waiting(user).queue
    rows = [row for row in queue if row.main and row.main.verb == verb][:PAGE_SIZE]
    if not rows:
        messages.info(request, gettext("Tidak ada permohonan yang menunggu langkah ini."))
        return redirect("desk")
    chosen = request.POST.getlist("case")[:PAGE_SIZE]
    form = PAGES[verb].form(request.POST if is_posted else None, case=rows[0].case, by=user)
    if is_posted and chosen and form.is_valid():
        _take_each(request, verb, chosen, form.cleaned_data)
        return redirect("desk")
    if "semua" in request.GET:
        chosen = [row.version for row in rows]
    for name in form.of_one_case:
        form.initial.pop(name, None)
    helper = form.helper
    helper.include_media = False  # the scripts of a long form save its draft, which this page has not
    context = {
        "verb": verb,
        "title": VERBS[verb].title,
        "rows": rows,
        "chosen": chosen,
        "form": form,
        "helper": helper,
        "is_nothing_chosen": is_posted and not chosen,
    }
    return render(request, "desk/bulk.html", context, status=422 if is_posted else 200)


def _take_each(request: HttpRequest, verb: str, chosen: Sequence[str], values: dict[str, Any]) -> None:
    """Take the step on each case in a transaction of its own, and name those that could not be taken.

    `chosen` are codes with versions. A case that has another version by now is not taken.
    """
    user = cast(User, request.user)
    versions = dict(entry.replace("\0", "").split(":", 1) for entry in chosen if ":" in entry)
    cases = Case.objects.visible_to(user).with_people().filter(code__in=versions)
    done = 0
    for case in cases.order_by("due_at", "pk"):
        try:
            if str(case.version) != versions[case.code]:
                raise Refused(MOVED_MEANWHILE)
            PAGES[verb].service(case, by=user, **values)
            done += 1
        except Refused as refusal:
            _report_untaken(request, case, str(refusal))
        except PermissionDenied:
            _report_untaken(request, case, gettext("Langkah ini bukan giliran Anda."))
    if done:
        sentence = ngettext("%(done)s: %(n)d permohonan.", "%(done)s: %(n)d permohonan.", done)
        messages.success(request, sentence % {"done": VERBS[verb].done, "n": done})


def _report_untaken(request: HttpRequest, case: Case, reason: str) -> None:
    values = {"subject": case.subject, "number": case.agenda or case.code, "reason": reason}
    messages.error(request, gettext("Belum diproses: %(subject)s (No. %(number)s). %(reason)s") % values)
