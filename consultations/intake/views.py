"""Pages of incoming requests: write and send one, find a case, counter, moderation of held drafts."""

from collections.abc import Callable
from functools import wraps
from secrets import compare_digest
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.html import format_html
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from consultations import workflow
from consultations.audit.models import Act
from consultations.audit.services import record
from consultations.enums import BY_CODE, Kind
from consultations.faq.models import list_nearest
from consultations.intake import drafts, submission
from consultations.intake.drafts import case_of_submission, create_once, hash_submission, new_token
from consultations.intake.forms import CounterForm, LookupForm
from consultations.intake.models import DraftFile, RequestDraft
from consultations.intake.request_form import FORMS, RequestForm, first_words, form_for_draft
from consultations.intake.summary import summarise, without_identity
from consultations.intake.uploads import MAX_BYTES, MAX_FILES
from consultations.models import Case
from consultations.queries import get_page_after
from consultations.secret_link import create_code_key
from consultations.views import serve
from kit import limits
from kit.form_view import handle_form
from kit.limits import body_limit
from kit.middleware import keeps_unsent
from kit.refusal import Refused
from kit.urls import get_public_url
from office import rights
from office.models import Office, User
from office.rights import StaffRequest, requires
from office.words import with_words_lazy


def look_up(request: HttpRequest, *, code: str, phone: object) -> Case | None:
    """Return the case with this tracking code if its applicant gave this telephone number (+62...).

    Record each try of a known code. Hidden complaints are never found: staff who see the code could try the
    numbers of people they suspect. A wrong code costs as much as a wrong number.
    """
    case = Case.objects.filter(code=code).first()
    known = str(case.phone) if case else ""
    matches = bool(known) and compare_digest(known.encode(), str(phone).encode())
    if case:
        by = request.user if isinstance(request.user, User) else None
        found = "ditemukan" if matches else "nomor tidak cocok"
        record(Act.LOOKUP, by=by, case=case, target=found, title="" if by else BY_CODE)
    return case if matches else None


TOO_MANY = with_words_lazy(
    gettext_lazy(
        "Dari jaringan ini baru saja datang sangat banyak kiriman. Tunggu satu jam, lalu kirim lagi, atau "
        "datang ke %(secretariat)s. Isian pada halaman sebelumnya tetap ada bila Anda kembali."
    )
)
NO_ROOM = gettext_lazy(
    "Tempat untuk berkas yang belum terkirim sedang penuh. Kirim tanpa berkas: centang kotak supaya formulir "
    "dibuatkan, dan bawa berkas Anda saat datang. Isian pada halaman sebelumnya tetap ada bila Anda kembali."
)
DELETED = gettext_lazy(
    "Yang Anda tulis dan berkas yang belum terkirim tidak tersimpan lagi. Anda dapat mulai lagi kapan saja."
)
REJECTED = with_words_lazy(
    gettext_lazy(
        "Petugas sudah melihat pengaduan ini dan tidak menerimanya. Bila ini keliru, hubungi kami"
        " atau datang ke %(secretariat)s:"
    )
)
UNKNOWN = gettext_lazy(
    "Isian yang tidak disentuh selama tujuh hari dihapus, begitu pula kiriman yang tidak diterima petugas. "
    "Periksa apakah tautannya lengkap, atau mulai lagi. Bila ini keliru, hubungi kami:"
)
DOES_NOT_MATCH = gettext_lazy(
    "Kode lacak dan nomor kontak ini tidak cocok. Periksa keduanya, lalu coba lagi."
)
TOO_MANY_TRIES = with_words_lazy(
    gettext_lazy("Terlalu banyak percobaan. Tunggu 15 menit, lalu coba lagi, atau hubungi %(secretariat)s.")
)


def submission_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Make a view public, not cached and not indexed. Until the service opens, it says so."""

    @login_not_required
    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def page(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        is_open = Office.load().is_open
        response = view(request, **kwargs) if is_open else render(request, "intake/closed.html", status=503)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "same-origin"
        return response

    return page


@body_limit(files=(MAX_FILES + 1) * MAX_BYTES)
@submission_page
def write(request: HttpRequest, kind: str) -> HttpResponse:
    """The form (`ajukan/`, `pengaduan/`). A POST saves the input, valid or not, and redirects to the check.

    A form that was sent before redirects to its receipt. With any change it is a new request.
    """
    if request.method != "POST":
        return _blank_form(request, FORMS[kind])
    token = _token(request)
    found = drafts.find(token)
    sent: RequestDraft | Case | None = None
    if isinstance(found, RequestDraft) and found.kind != kind:
        token, found = new_token(), None
    if isinstance(found, Case) or (found and found.held_at):
        sent, found = found, None
    if "hapus" in request.POST:
        if sent:
            return _outcome(sent)
        drafts.delete(RequestDraft.objects.filter(pk=hash_submission(token), held_at=None))
        return _notice(request, _("Isian sudah dihapus."), DELETED, status=200)
    try:
        submission.check_saving(request)
    except submission.RateLimited:
        return _too_many(request)
    except submission.StorageFull:
        return _notice(request, _("Tempat berkas penuh"), NO_ROOM, status=503)
    data = request.POST.copy()
    removed = request.POST.getlist("remove")
    form = FORMS[kind](data, request.FILES, draft=found, removed=removed)
    is_valid = form.is_valid()
    if sent:
        says = drafts.fingerprint(kind, form.typed(), form.chosen)
        if not removed and form.errors.keys().isdisjoint(request.FILES) and drafts.is_repeated(sent, says):
            return _outcome(sent)
        token = new_token()
    data["submission_token"] = str(token)
    try:
        draft = drafts.save(token, kind=kind, typed=form.typed(), files=form.chosen, removed=removed)
    except drafts.Overtaken:
        return redirect(f"{form.wording.form_page}_check", token=token)
    headline = ""
    if "simpan" in request.POST:
        if not form.keep_errors_of_refused_files():
            return _to("draft", draft)
        headline = _("Tersimpan, kecuali berkas yang ditolak.")
    elif is_valid:
        return _to("check", draft)
    form.show_files(draft.files.all())
    return _form(request, form, draft, status=422, headline=headline)


@submission_page
def draft(request: HttpRequest, kind: str, token: UUID) -> HttpResponse:
    """The saved form to continue, or the state of a held or rejected draft."""
    found = _find(token, kind)
    if not isinstance(found, RequestDraft):
        return _outcome(found) if found else _gone(request)
    if found.escalated_at:
        title = _("Kiriman Anda tidak diterima")
        return _notice(request, title, REJECTED, status=200, shows_contact=True)
    if found.held_at:
        return render(request, "intake/held.html", {"draft": found, "link": _link(found)})
    form = FORMS[kind](initial={"no_letter": "", **found.typed, "submission_token": token}, draft=found)
    return _form(request, form, found)


@submission_page
def check(request: HttpRequest, kind: str, token: UUID) -> HttpResponse:
    """All that was typed, to read once more and send (`periksa/`)."""
    found = _find(token, kind)
    if not isinstance(found, RequestDraft) or found.held_at:
        return _outcome(found) if found else _gone(request)
    form = form_for_draft(found)
    if not form.is_valid():
        return _invalid(request, found, form)
    if request.method != "POST":
        return _check(request, found, form)
    version = found.saved_at.isoformat()  # changes with each save, also in another window
    if request.POST.get("version", version) != version:
        return _check(request, found, form, has_changed=True, status=422)
    proof = request.POST.get("proof", "" if "unproved" in request.POST else None)
    try:
        case = submission.send(found, details=form.cleaned_data, sender=request, proof=proof)
    except submission.ProofRequired as required:
        return _check(request, found, form, challenge=required.challenge)
    except submission.RateLimited:
        return _too_many(request)
    except drafts.Overtaken:
        return _to("check", found)
    except Refused as refusal:
        form.offer_newest_times()
        form.add_error(refusal.field or None, str(refusal))
        return _invalid(request, found, form)
    if case and case.submission_hash != found.pk:
        sentence = _("Permohonan yang sama sudah kami terima. Inilah tanda terimanya.")
        messages.info(request, case.wording.speak(sentence))
    return _outcome(case or found)


def _token(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("submission_token", ""))
    except ValueError:
        return new_token()


def _find(token: UUID, kind: str) -> RequestDraft | Case | None:
    found = drafts.find(token)
    return None if isinstance(found, RequestDraft) and found.kind != kind else found


def _outcome(found: RequestDraft | Case) -> HttpResponse:
    if isinstance(found, Case):
        return submission.remember(found, redirect("receipt", secret=found.secret))
    return _to("draft", found)


def _to(page: str, draft: RequestDraft) -> HttpResponse:
    return redirect(f"{draft.wording.form_page}_{page}", token=draft.token)


def _invalid(request: HttpRequest, draft: RequestDraft, form: RequestForm) -> HttpResponse:
    """Show the errors, unless the draft was sent meanwhile: then its own case has taken the time."""
    if case := case_of_submission(draft.pk):
        return _outcome(case)
    form.show_files(DraftFile.objects.filter(draft=draft))
    return _form(request, form, draft, status=422)


def _blank_form(request: HttpRequest, form: type[RequestForm]) -> HttpResponse:
    """Show an empty form. It is rendered once for all visitors, apart from the token and the time of each."""
    context = {
        "form": SimpleLazyObject(form),
        "is_blank": True,
        "hidden": {"submission_token": new_token(), "stamp": submission.stamp()},
    }
    return _render_form(request, form, context)


def _form(
    request: HttpRequest, form: RequestForm, draft: RequestDraft, *, status: int = 200, headline: str = ""
) -> HttpResponse:
    context = {
        "form": form,
        "hidden": {name: form[name].value() for name in ("submission_token", "stamp")},
        "draft": draft,
        "headline": headline,
        "link": _link(draft),
        "found_at": reverse(f"{form.wording.form_page}_draft", args=[draft.token]),
    }
    return _render_form(request, form, context, status=status)


def _render_form(
    request: HttpRequest, form: RequestForm | type[RequestForm], context: dict[str, Any], status: int = 200
) -> HttpResponse:
    page = form.wording.form_page
    usual = {"is_blank": False, "draft": None, "headline": "", "write": page}
    context = {**usual, "kind": form.kind, "wording": form.wording, **context}
    return render(request, "intake/request.html", context, status=status)


def _check(
    request: HttpRequest, draft: RequestDraft, form: RequestForm, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "draft": draft,
        "sections": summarise(form),
        "version": draft.saved_at.isoformat(),
        "resume": f"{draft.wording.form_page}_draft",
    }
    if draft.kind == Kind.CONSULTATION:
        context["nearest"] = list_nearest(draft.typed.get("material", ""))
    return render(request, "intake/check.html", {**context, **more}, status=status)


def _link(draft: RequestDraft) -> str:
    return get_public_url(f"{draft.wording.form_page}_draft", draft.token)


def _gone(request: HttpRequest) -> HttpResponse:
    return _notice(request, _("Isian ini tidak ada lagi"), UNKNOWN, status=404, shows_contact=True)


def _too_many(request: HttpRequest) -> HttpResponse:
    return _notice(request, _("Terlalu banyak kiriman"), TOO_MANY, status=429)


def _notice(
    request: HttpRequest, title: str, text: Promise, *, status: int, shows_contact: bool = False
) -> HttpResponse:
    context = {"title": title, "text": text, "shows_contact": shows_contact}
    return render(request, "intake/notice.html", context, status=status)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def lookup(request: HttpRequest) -> HttpResponse:
    """Redirect from tracking code and telephone number to the pages of the case, without the secret link.

    Each look-up of a case is recorded. 422 with the same answer for every mismatch, 429 after too many tries.
    """
    code = request.GET.get("code", "")  # typed on the home page
    form = LookupForm(request.POST) if request.method == "POST" else LookupForm(initial={"code": code})
    is_allowed = True
    if form.is_valid():
        code = form.cleaned_data["code"]
        is_allowed = limits.may_try(request, "lookup_failed", code)
        if is_allowed:
            if case := look_up(request, **form.cleaned_data):
                return redirect("follow", secret=create_code_key(case))
            limits.count_try(request, "lookup_failed", code)
        form.add_error(None, DOES_NOT_MATCH if is_allowed else TOO_MANY_TRIES)
    status = (422 if form.errors else 200) if is_allowed else 429
    return render(request, "intake/lookup.html", {"form": form}, status=status)


MAX_SHOWN = 100


@body_limit(files=MAX_FILES * MAX_BYTES)
@keeps_unsent
def create_case(
    request: StaffRequest,
    *,
    verb: str,
    form: type[CounterForm],
    service: Callable[..., Case],
) -> HttpResponse:
    """Create a case by a verb of the table, and show it with its tracking code.

    Do not show a complaint in the independent channel. Hide its code: with the phone number it opens the case
    at `lacak/`.

    `?adukan=` is the code of a refused case that the complaint is about.

    The desk with a sentence before the service opens, 403 if the verb is not the user's. The same form sent
    twice creates one case.
    """
    try:
        workflow.check(verb, Case(), by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("desk")

    def act(submission_token: UUID, **entered: Any) -> HttpResponse:
        key = hash_submission(submission_token)
        case = create_once(key, lambda: service(by=request.user, submission_hash=key, **entered))
        if case.is_independent:
            messages.success(request, str(case.wording.recorded))
            return redirect("desk")
        # The tracking code to tell the applicant. The case's page offers the receipt (Tanda Terima).
        messages.success(request, format_html("{} <strong>{}</strong>.", case.wording.recorded, case.code))
        return redirect("case", code=case.code)

    context = {"verb": verb, "title": workflow.VERBS[verb].title}
    refused = request.GET.get("adukan")
    initial = {"kind": Kind.COMPLAINT, "complains_of": refused} if refused else None
    return handle_form(request, form, act, "intake/counter.html", context, initial=initial)


@requires(rights.MODERATE)
@require_http_methods(["GET", "HEAD", "POST"])
def held_drafts(request: StaffRequest) -> HttpResponse:
    """The queue. A POST rejects the ticked drafts."""
    error = ""
    if request.method == "POST":
        if keys := _keys(request):
            number = submission.reject(keys, by=request.user)
            text = _("%(number)s kiriman tidak diterima. %(note)s")
            note = submission.get_reject_note(request.user)
            _report_rejection(request, number, text % {"number": number, "note": note})
            return redirect("held_drafts")
        error = _("Centang kiriman yang tidak diterima.")
    held = submission.list_held(request.user)
    context = {
        "rows": [(draft, first_words(draft.shown_material)) for draft in held[:MAX_SHOWN]],
        "count": held.count(),
        "error": error,
        "may_reject": submission.may_reject(request.user),
        "reject_note": submission.get_reject_note(request.user),
    }
    return render(request, "intake/held_drafts.html", context, status=422 if error else 200)


@requires(rights.MODERATE)
@require_http_methods(["GET", "HEAD", "POST"])
def held_draft(request: StaffRequest, key: UUID) -> HttpResponse:
    """One held draft. A POST accepts it, or rejects it if `discard` is set."""
    draft = get_object_or_404(submission.list_held(request.user).prefetch_related("files"), held_key=key)
    if "discard" in request.POST:
        _report_rejection(request, submission.reject([key], by=request.user), str(draft.wording.rejected))
        return redirect("desk")
    form = form_for_draft(draft, offers_times=False)
    is_valid = form.is_valid()
    refusal = ""
    if request.method == "POST" and is_valid:
        try:
            case = submission.accept(draft, by=request.user, details=form.cleaned_data)
        except Refused as answer:
            refusal = str(answer)
        else:
            text = draft.wording.accepted % {"code": case.code, "subject": case.subject}
            messages.success(request, text)
            return redirect(get_page_after(case, request.user))
    elif request.method == "POST":
        refusal = _("Kiriman ini tidak lengkap lagi, jadi tidak dapat diterima. Hubungi pengirimnya.")
    record(Act.DRAFT, by=request.user, target=f"kiriman {key}")
    summary = summarise(form)
    context = {
        "draft": draft,
        "sections": without_identity(summary) if draft.is_sealed else summary,
        "refusal": refusal,
    }
    return render(request, "intake/held_draft.html", context, status=409 if refusal else 200)


@requires(rights.MODERATE)
@require_safe
def held_file(request: StaffRequest, key: UUID, pk: int) -> HttpResponseBase:
    """A file of a held draft, unless the draft is sealed."""
    draft = get_object_or_404(submission.list_held(request.user), held_key=key)
    file = get_object_or_404(draft.files, pk=pk)
    if draft.is_sealed:
        raise PermissionDenied
    record(Act.FILE, by=request.user, target=f"berkas {file.pk} dari kiriman")
    return serve(file)


def _keys(request: HttpRequest) -> list[UUID]:
    try:
        return [UUID(key) for key in request.POST.getlist("draft")]
    except ValueError:
        return []


def _report_rejection(request: HttpRequest, number: int, text: str) -> None:
    if number:
        messages.success(request, text)
    else:
        messages.warning(request, _("Orang lain baru saja memutuskan kiriman ini."))
