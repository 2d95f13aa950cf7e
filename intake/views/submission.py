"""Step 1 by the applicant: write, check, send; and come back to it later by its link, without a cookie."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from consultations.enums import Kind
from intake import draft_files, drafts, spam
from intake import moderation as held
from intake.forms.request import RequestForm
from intake.forms.upload_fields import MOST_FILES
from intake.models import RequestDraft
from intake.request_summary import check_sections
from intake.uploads import MAX_BYTES
from office.public_url import get_public_url

MOST_BYTES = (MOST_FILES + 1) * MAX_BYTES + 2 * 1024 * 1024
"""A letter and its material as large as they may be, and what is typed."""

FORM_PAGES = {Kind.CONSULTATION: "request", Kind.COMPLAINT: "complaint"}
"""The name of each kind's template and of its address; `_draft` and `_check` are added for the other two."""

TOO_LARGE = gettext_lazy(
    "Semua berkas bersama-sama terlalu besar. Kembali ke halaman sebelumnya, pilih berkas yang lebih kecil "
    "(masing-masing paling besar 5 MB), lalu kirim lagi."
)
TOO_MANY = gettext_lazy(
    "Dari jaringan ini baru saja datang sangat banyak kiriman. Tunggu satu jam, lalu kirim lagi, atau datang "
    "ke Sekretariat. Isian pada halaman sebelumnya tetap ada bila Anda kembali."
)
NO_ROOM = gettext_lazy(
    "Tempat untuk berkas yang belum terkirim sedang penuh. Kirim tanpa berkas: centang kotak supaya surat "
    "dibuatkan, dan bawa berkas Anda saat datang. Isian pada halaman sebelumnya tetap ada bila Anda kembali."
)
ERASED = gettext_lazy(
    "Yang Anda tulis dan berkas yang belum terkirim tidak tersimpan lagi. Anda dapat mulai lagi kapan saja."
)
TURNED_AWAY = gettext_lazy(
    "Petugas sudah melihat kiriman ini dan tidak menerimanya sebagai permohonan. Bila ini keliru, hubungi "
    "kami atau datang ke Sekretariat:"
)
UNKNOWN = gettext_lazy(
    "Isian yang tidak disentuh selama tujuh hari dihapus. Periksa apakah tautannya lengkap, atau mulai lagi."
)


def submission_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of the submission: for everybody, never stored, never indexed, and no larger than it must be.

    An upload is measured before its first byte is read, so before the token of the form is looked for: that
    check is made here, and not left out.
    """
    protected = csrf_protect(view)

    @login_not_required
    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @csrf_exempt
    @wraps(view)
    def page(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or ""
        if length.isdecimal() and int(length) > MOST_BYTES:
            response = _notice(request, _("Kiriman terlalu besar"), TOO_LARGE, status=413)
        else:
            response = protected(request, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "same-origin"
        return response

    return page


@submission_page
def write(request: HttpRequest, kind: str) -> HttpResponse:
    """The form (`ajukan/`, `pengaduan/`): all that is typed is kept, then checked, then shown to be sent.

    A form that was sent before and now asks something else is another request, and not lost as the first.
    """
    if request.method != "POST":
        token = uuid4()
        form = drafts.FORMS[kind](initial={"submission_token": token, "stamp": spam.stamp(token)})
        return _form(request, kind, form)
    data = request.POST.copy()
    token = _token(request, kind)
    if drafts.asks_something_else(token, data.get("material", "")):
        former, token = token, uuid4()
        data["stamp"] = spam.stamp_again(data.get("stamp", ""), former, token)
    if answer := _settled(token, kind):
        return answer
    if "hapus" in request.POST:
        drafts.erase(RequestDraft.objects.filter(pk=token, held_at=None))
        return _notice(request, _("Isian sudah dihapus."), ERASED, status=200)
    if answer := _not_taken(request):
        return answer
    draft = RequestDraft.objects.filter(pk=token).first()
    data["submission_token"] = str(token)
    removed = request.POST.getlist("remove")
    form = drafts.FORMS[kind](data, request.FILES, draft=draft, removed=removed)
    is_valid = form.is_valid()
    try:
        draft = drafts.save(token, form)
    except drafts.Overtaken:
        return redirect(f"{FORM_PAGES[Kind(kind)]}_check", token=token)
    if "simpan" in request.POST:
        return _to("draft", draft)
    if is_valid:
        return _to("check", draft)
    form.show_files_of(draft)
    return _form(request, kind, form, draft, status=422)


def _not_taken(request: HttpRequest) -> HttpResponse | None:
    """Why nothing is kept of what this address sends: there is too much of it, or of everything."""
    size = sum(file.size or 0 for _name, files in request.FILES.lists() for file in files)
    if not spam.may_save(request) or not spam.may_store(request, size):
        return _too_many(request)
    if size and not draft_files.has_room_for(size):
        return _notice(request, _("Tempat berkas penuh"), NO_ROOM, status=503)
    return None


@submission_page
def draft(request: HttpRequest, kind: str, token: UUID) -> HttpResponse:
    """What was typed, to go on with; or how a draft stands that a person looks at first."""
    found = RequestDraft.objects.filter(pk=token, kind=kind).first()
    if found and found.put_aside_at:
        return _turned_away(request)
    if found and found.held_at:
        return render(request, "intake/held.html", {"draft": found, "link": _link(found)})
    if found is None:
        return _settled(token, kind) or _gone(request, token, kind)
    form = drafts.FORMS[kind](initial={**found.typed, "submission_token": token}, draft=found)
    return _form(request, kind, form, found)


@submission_page
def check(request: HttpRequest, kind: str, token: UUID) -> HttpResponse:
    """All that was typed, to be read once more and sent (`periksa/`)."""
    if answer := _settled(token, kind):
        return answer
    found = RequestDraft.objects.filter(pk=token, kind=kind).first()
    if found is None:
        return _gone(request, token, kind)
    form = drafts.form_of(found)
    if not form.is_valid():  # perhaps because it has been sent since, and has its place
        return _settled(token, kind) or _form(request, kind, form, found, status=422)
    if request.method != "POST":
        return _check(request, found, form)
    version = _version(found)
    if request.POST.get("version", version) != version:
        return _check(request, found, form, has_changed=True, status=422)
    return _send(request, found, form)


def _send(request: HttpRequest, draft: RequestDraft, form: RequestForm) -> HttpResponse:
    """Send a draft, or have it looked at first; near the limits the sender's browser must work for it."""
    because = spam.suspicion(draft)
    phone = str(form.cleaned_data["phone"])
    if not because and not spam.may_send(request, phone):
        if not {"proof", "unproved"} & request.POST.keys():
            return _check(request, draft, form, challenge=spam.challenge(draft.token))
        if not spam.may_send_with_proof(request, draft.token, phone, request.POST.get("proof", "")):
            because = spam.TOO_MANY
    if because and not spam.may_be_held(request):
        return _too_many(request)
    try:
        if because:
            held.hold(draft, because)
            return _to("draft", draft)
        case = drafts.send(draft)
    except drafts.Overtaken:
        return _to("check", draft)
    except drafts.NotReady as answer:
        return _form(request, draft.kind, answer.form, draft, status=422)
    return redirect("receipt", secret=case.secret)


def _token(request: HttpRequest, kind: str) -> UUID:
    """The token of the form that was sent; a new one where it has none, or that of the other form."""
    try:
        token = UUID(request.POST.get("submission_token", ""))
    except ValueError:
        return uuid4()
    is_taken = RequestDraft.objects.filter(pk=token).exclude(kind=kind).exists()
    return uuid4() if is_taken else token


def _settled(token: UUID, kind: str) -> HttpResponse | None:
    """Where somebody is led whose request was sent before, or waits to be looked at."""
    if case := drafts.sent_as(token):
        return redirect("receipt", secret=case.secret)
    waiting = RequestDraft.objects.filter(pk=token, kind=kind).exclude(held_at=None).first()
    return _to("draft", waiting) if waiting else None


def _to(page: str, draft: RequestDraft) -> HttpResponse:
    return redirect(f"{FORM_PAGES[Kind(draft.kind)]}_{page}", token=draft.token)


def _form(
    request: HttpRequest, kind: str, form: RequestForm, draft: RequestDraft | None = None, status: int = 200
) -> HttpResponse:
    name = FORM_PAGES[Kind(kind)]
    context = {"form": form, "draft": draft, "write": name}
    if draft:
        context |= {"link": _link(draft), "found_at": reverse(f"{name}_draft", args=[draft.token])}
    return render(request, f"intake/{name}.html", context, status=status)


def _check(
    request: HttpRequest, draft: RequestDraft, form: RequestForm, status: int = 200, **more: Any
) -> HttpResponse:
    resume = f"{FORM_PAGES[Kind(draft.kind)]}_draft"
    shown = {"draft": draft, "sections": check_sections(form), "version": _version(draft)}
    return render(request, "intake/check.html", {**shown, "resume": resume, **more}, status=status)


def _version(draft: RequestDraft) -> str:
    """Tells whether what is sent is what the check page showed."""
    return draft.saved_at.isoformat()


def _link(draft: RequestDraft) -> str:
    """The address at which a draft is found again; whoever holds it sees what was typed."""
    return get_public_url(f"{FORM_PAGES[Kind(draft.kind)]}_draft", draft.token)


def _gone(request: HttpRequest, token: UUID, kind: str) -> HttpResponse:
    if held.was_turned_away(token, kind):
        return _turned_away(request)
    return _notice(request, _("Isian ini tidak ada lagi"), UNKNOWN, status=404)


def _turned_away(request: HttpRequest) -> HttpResponse:
    return _notice(request, _("Kiriman Anda tidak diterima"), TURNED_AWAY, status=200, shows_contact=True)


def _too_many(request: HttpRequest) -> HttpResponse:
    return _notice(request, _("Terlalu banyak kiriman"), TOO_MANY, status=429)


def _notice(
    request: HttpRequest, title: str, text: Promise, *, status: int, shows_contact: bool = False
) -> HttpResponse:
    context = {"title": title, "text": text, "shows_contact": shows_contact}
    return render(request, "intake/notice.html", context, status=status)
