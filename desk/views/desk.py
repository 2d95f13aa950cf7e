"""The desk (Meja Kerja) with its introduction, the queue of waiting cases, and one step on several cases.

The introduction (Perkenalan) after the first login has four cards, the second by role.

A step page in the queue has `?antrean=1`. It posts the code of the case after its own as `antrean`. So the
queue goes on from the present page, also after a skipped case.
"""

from dataclasses import dataclass
from typing import NamedTuple, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from consultations.models import Case
from desk.desk import get_desk
from desk.navigation import list_all_pages
from desk.waiting import Row, list_waiting
from kit import clock
from kit.jobs import list_silent
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
    following = [row for row in following if row.case.pk != case.pk]
    return Queue(following[0] if following else None, len(following))


def go_on(request: HttpRequest) -> HttpResponse:
    """Redirect to the case that the step page named, or to the desk after the last one."""
    if code := request.POST.get(NAME):
        return HttpResponseRedirect(f"{reverse('next')}?{urlencode({'kode': code})}")
    return redirect("desk")
