"""Pages and forms of the survey: of the applicant, results, publication, paper forms, the follow-up plan."""

from functools import partial
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from consultations.enums import Kind
from consultations.intake.uploads import MAX_BYTES, CheckedFile, CheckedFileField
from consultations.models import Case
from consultations.queries import get_visible_case
from consultations.secret_link import behind_secret, get_holder
from consultations.views import INERT_CSP
from documents.issuing import get_document
from documents.views.documents import answer, send_pdf
from kit.form_view import handle_form
from kit.forms import LocalDateField, OfficeForm, TextField, line_field
from kit.limits import body_limit
from kit.middleware import keeps_unsent
from kit.periods import Period
from kit.refusal import Refused
from office import rights
from office.models import User
from office.rights import StaffRequest, requires
from office.words import with_words_lazy
from reports.surveys import services
from reports.surveys.documents import SURVEY, questionnaire
from reports.surveys.models import PlanItem, Publication
from reports.surveys.queries import (
    MAX_COMMENTS,
    find_period,
    get_newest_version,
    get_result,
    has_answered,
    is_published,
    list_comments,
    list_open_quarters,
    list_plan,
    list_publications,
    list_services,
)
from reports.surveys.regulation import ASKED, ELEMENTS, Element, Service, closes_on

CHOOSE = _("Pilih salah satu jawaban.")
WRONG_PERCENT = _("Tulis angka 0 sampai 100.")


class QuestionnaireForm(forms.Form):
    """The questionnaire. Its cleaned data are keyword arguments of `services.answer()`.

    A complaint is answered without a comment.
    """

    def __init__(self, *args: Any, has_comment: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for element in ELEMENTS.values():
            self.fields[element.field] = forms.TypedChoiceField(
                label=str(element.question),
                choices=element.choices,
                coerce=int,
                widget=forms.RadioSelect,
                error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
            )
        for name, (label, values) in ASKED.items():
            self.fields[name] = forms.ChoiceField(
                label=str(label),
                choices=[("", _("Tidak diisi")), *values.choices],
                required=False,
                error_messages={"invalid_choice": _("Pilih dari daftar ini, atau biarkan kosong.")},
            )
        if has_comment:
            self.fields["comment"] = TextField(
                label=_("Saran Anda (boleh kosong)"), required=False, rows=3, max_length=1000
            )

    @property
    def questions(self) -> list[tuple[Element, BoundField]]:
        return [(element, self[element.field]) for element in ELEMENTS.values()]

    @property
    def profile(self) -> list[BoundField]:
        return [self[name] for name in ASKED]


class PaperForm(QuestionnaireForm):
    """A paper form. Its cleaned data are keyword arguments of `services.enter_form()`."""

    seen = forms.IntegerField(widget=forms.HiddenInput)


class PlanItemForm(OfficeForm):
    """An item of the plan. Its cleaned data are keyword arguments of `services.save_plan_item()`."""

    action = TextField(
        _("Tindakan"),
        missing=_("Tulis apa yang diperbaiki."),
        rows=3,
        max_length=1000,
        help_text=_("Contoh: menambah sepuluh kursi dan dua kipas angin di ruang tunggu."),
    )
    responsible = line_field(
        _("Penanggung jawab"),
        120,
        missing=_("Tulis jabatan penanggung jawabnya."),
        help_text=with_words_lazy(
            _("Tulis jabatannya, contoh: %(secretary)s. Halaman statistik menampilkannya.")
        ),
    )
    due = LocalDateField(label=_("Target selesai"))
    percent = forms.IntegerField(
        label=_("Kemajuan (%)"),
        min_value=0,
        max_value=100,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), WRONG_PERCENT),
    )
    photo = CheckedFileField(
        label=_("Foto hasilnya"),
        required=False,
        help_text=_("JPEG, PNG, atau HEIC, paling besar 5 MB. Jangan memotret wajah pemohon."),
    )
    removes_photo = forms.BooleanField(label=_("Hapus foto yang ada"), required=False)

    def __init__(self, *args: Any, has_photo: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_photo:
            del self.fields["removes_photo"]

    def clean_photo(self) -> CheckedFile | None:
        photo: CheckedFile | None = self.cleaned_data["photo"]
        if photo and not photo.is_picture:
            raise ValidationError(_("Pilih gambar, bukan PDF."))
        return photo


class PublishForm(OfficeForm):
    """The analysis of a result to publish. Its cleaned data are keyword arguments of `services.publish()`."""

    analysis = TextField(
        _("Analisis"),
        missing=services.NO_ANALYSIS,
        rows=5,
        max_length=4000,
        help_text=_("Ditulis dalam Laporan SKM: arti angkanya, dan sebab unsur yang rendah."),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)


@behind_secret(opens_by_code=True, has_steps=True)
def survey(request: HttpRequest, case: Case) -> HttpResponse:
    """Show the survey and store its answer: `survei/<secret>/`.

    Redirects to the thanks once it is answered. Status 409 if the case is not closed or its quarter is, 422
    if an answer is missing.
    """
    by, has_comment = get_holder(case), case.kind != Kind.COMPLAINT
    form = QuestionnaireForm(request.POST or None, has_comment=has_comment)
    try:
        if form.is_valid():
            services.answer(case, by=by, **form.cleaned_data)
            return redirect("survey_thanks", secret=get_holder(case).key)
        services.check_unanswered(case, by=by)
    except services.AlreadyAnswered:
        return redirect("survey_thanks", secret=get_holder(case).key)
    except Refused as refusal:
        context = {"case": case, "title": _("Survei kepuasan"), "refusal": refusal}
        return render(request, "ui/refused_public.html", context, status=HTTPStatus.CONFLICT)
    status = HTTPStatus.UNPROCESSABLE_CONTENT if form.is_bound else HTTPStatus.OK
    return render(request, "surveys/survey.html", {"case": case, "form": form}, status=status)


@behind_secret(opens_by_code=True)
def thanks(request: HttpRequest, case: Case) -> HttpResponse:
    """Thank for the answer, which cannot be shown again: it is stored without the case."""
    if not has_answered(case):
        return redirect("survey", secret=get_holder(case).key)
    return render(request, "surveys/thanks.html", {"case": case})


@login_not_required
@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """List the newest version of each published period: `survei/hasil/`."""
    newest: dict[str, Publication] = {}
    for publication in list_publications():
        newest.setdefault(f"{publication.period.key} {publication.service}", publication)
    return render(request, "surveys/results.html", {"publications": newest.values()})


@login_not_required
@require_safe
def published(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one publication: `survei/hasil/<pk>/`."""
    publication = get_object_or_404(Publication, pk=pk)
    context = {
        "publication": publication,
        "versions": list(publication.same().order_by("-version")),
        "plan": list(list_plan(publication.period, publication.service)),
    }
    return render(request, "surveys/published.html", context)


@requires(rights.READ_SURVEYS)
@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: StaffRequest) -> HttpResponse:
    """Show the result of a period (`?since=&until=`, by default this quarter), or publish it: `survei/`.

    Status 422 if the period is not offered, 409 if the period cannot be published.
    """
    data = request.POST if request.method == "POST" else request.GET
    period, periods = find_period(data.get("since"), data.get("until"))
    services_offered = list_services(period) if period else [Service.BOTH]
    asked = data.get("layanan", "")
    service = Service(asked) if asked in services_offered else services_offered[0]
    page = _get_page(request.user, period, periods, service) | {"services": services_offered}
    context = {"page": page, "not_offered": services.NOT_OFFERED, "max_comments": MAX_COMMENTS}
    if request.method == "POST":
        rights.PUBLISH_SURVEYS.check(request.user)
    if request.method == "POST" and period:

        def act(**entered: Any) -> HttpResponse:
            publication = services.publish(by=request.user, period=period, service=service, **entered)
            messages.success(request, _("Hasil survei sudah diterbitkan."))
            return redirect(publication)

        return handle_form(request, PublishForm, act, "surveys/overview.html", context)
    is_offered = page["can_publish"] and not page["obstacle"]
    initial = {"seen": page["version"], "analysis": page["draft"]}
    context["form"] = PublishForm(initial=initial) if is_offered else None
    status = HTTPStatus.OK if period else HTTPStatus.UNPROCESSABLE_CONTENT
    return render(request, "surveys/overview.html", context, status=status)


def _get_page(
    user: User, period: Period | None, periods: list[list[Period]], service: Service
) -> dict[str, Any]:
    """Return the content of the survey page for one reader. Plan and comments are for those who plan.

    `obstacle` says why the result cannot be published, `version` is that of the newest publication. `plan`
    pairs each of the lowest elements with its item of the follow-up plan, if there is one. `draft` begins
    the analysis.
    """
    page: dict[str, Any] = {
        "can_enter": rights.ENTER_SURVEYS.is_held_by(user),
        "can_plan": rights.PLAN_SURVEYS.is_held_by(user),
        "can_publish": rights.PUBLISH_SURVEYS.is_held_by(user),
        "periods": periods,
        "publications": list(list_publications()),
        "period": period,
        "service": service,
        "result": get_result(period, service) if period else None,
        "obstacle": "",
        "comments": [],
        "plan": [],
        "version": 0,
        "draft": "",
    }
    result = page["result"]
    if not (period and result and page["can_plan"]):
        return page
    items = list(list_plan(period, service))
    by_element = {item.element: item for item in items}
    newest = get_newest_version(period, service) if page["can_publish"] else None
    return page | {
        "obstacle": services.get_obstacle(period, result, items),
        "comments": list_comments(period, service) if result.grade else [],
        "plan": [(row, by_element.get(row.element.code)) for row in result.lowest_elements],
        "version": newest.version if newest else 0,
        "draft": newest.analysis if newest else services.draft_analysis(period, service, result),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def receive(request: StaffRequest, code: str) -> HttpResponse:
    """Mark that the paper form of a case was handed in: `survei/diterima/<code>/`.

    Status 409 if the case is not closed, is answered, or its quarter is closed.
    """
    case = get_visible_case(request.user, code)
    try:
        if request.method == "POST":
            services.receive_form(case, by=request.user)
            messages.success(request, _("Tercatat: formulir survei sudah diterima."))
            return redirect("case", code=case.code)
        services.check_unanswered(case, by=request.user)
    except Refused as refusal:
        context = {"case": case, "title": _("Formulir survei diterima"), "refusal": refusal}
        return render(request, "ui/refused.html", context, status=HTTPStatus.CONFLICT)
    return render(request, "surveys/receive.html", {"case": case})


@requires(rights.ENTER_SURVEYS)
def enter(request: StaffRequest) -> HttpResponse:
    """Enter a paper form of a quarter (`?triwulan=`, by default one with forms to enter): `survei/isian/`.

    Status 409 if no form waits or another was entered meanwhile, 422 if an answer is missing.
    """
    quarters = list_open_quarters()
    key, _dash, service = request.GET.get("triwulan", "").rpartition("-")
    asked = Period.of(key)
    offered = [quarter for quarter in quarters if (quarter.period, quarter.service) == (asked, service)]
    chosen = (offered or [quarter for quarter in quarters if quarter.to_enter] or quarters)[0]

    def act(**entered: Any) -> HttpResponse:
        # The quarter of the page, even if it was closed meanwhile: then the service refuses.
        quarter = asked if asked and asked.quarters == [asked] else chosen.period
        services.enter_form(by=request.user, quarter=quarter, service=chosen.service, **entered)
        messages.success(request, _("Isian formulir tersimpan."))
        return redirect(f"{reverse('survey_entry')}?triwulan={chosen.key}")

    def get_context(form: PaperForm) -> dict[str, Any]:
        if form.non_field_errors():  # refused: the next try starts from the present number
            form.data = {**request.POST.dict(), "seen": str(chosen.to_enter)}
        return {"quarters": quarters, "chosen": chosen, "closes_on": closes_on(chosen.period)}

    initial, has_comment = {"seen": chosen.to_enter}, chosen.service != Service.COMPLAINT
    form_class = partial(PaperForm, has_comment=has_comment)
    return handle_form(request, form_class, act, "surveys/entry.html", get_context, initial=initial)


@body_limit(files=MAX_BYTES)
@keeps_unsent
@requires(rights.PLAN_SURVEYS)
def plan_item(request: StaffRequest, key: str, service: str, element: str) -> HttpResponse:
    """Write or update the plan for one element of a result: `survei/rencana/<key>/<service>/<element>/`.

    Status 409 if the element is not among the lowest of a shown result, 422 if a field is invalid.
    """
    period = Period.of(key)
    if period is None or not period.quarters or element not in ELEMENTS or service not in Service:
        raise Http404
    item = list_plan(period, service).filter(element=element).first()
    names = ("action", "responsible", "due", "percent")

    def act(**entered: Any) -> HttpResponse:
        services.save_plan_item(by=request.user, period=period, service=service, element=element, **entered)
        messages.success(request, _("Rencana tindak lanjut tersimpan."))
        address = f"{reverse('surveys')}?since={period.since}&until={period.until}&layanan={service}"
        return redirect(address)

    return handle_form(
        request,
        partial(PlanItemForm, has_photo=bool(item and item.photo)),
        act,
        "surveys/plan_item.html",
        {"period": period, "service": Service(service), "element": ELEMENTS[element], "item": item},
        initial={name: getattr(item, name) for name in names} if item else {"percent": 0},
    )


@login_not_required
@require_safe
def plan_photo(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show the photograph of a plan item; 404 for the public before its result is published."""
    item = get_object_or_404(PlanItem.objects.exclude(photo=""), pk=pk)
    if not (request.user.is_authenticated or is_published(item)):
        raise Http404
    try:
        content = item.photo.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(
        content,
        filename=item.photo_name,
        headers={"Content-Security-Policy": INERT_CSP, "X-Content-Type-Options": "nosniff"},
    )


@login_not_required
@require_safe
def survey_result_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the document of a published result."""
    publication = get_object_or_404(Publication.objects.select_related("by"), pk=pk)
    return answer(request, get_document(SURVEY, publication))


@require_safe
def survey_form(request: HttpRequest) -> HttpResponse:
    """Return the questionnaire to print. It names no case."""
    return send_pdf(questionnaire(), "kuesioner-survei.pdf")
