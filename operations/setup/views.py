"""Pages of the set-up: a form for each step, the checklist, the opening of the service, the office file."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib.admin.utils import label_for_field
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consultations.audit.models import Act
from consultations.audit.services import record
from documents.files import published_standard
from kit import clock
from kit.form_view import handle_button
from kit.limits import body_limit
from kit.records import leave_entry
from kit.refusal import Refused
from office import rights
from office.access.invitations import list_without_password
from office.lists import list_active_divisions, list_active_rooms
from office.models import Appointment, Office, Role, User, list_current_appointments
from office.models.publication import get_components, list_standard_steps
from office.rights import StaffRequest, requires
from office.words import get_words, with_words, word
from office.worktime import WorkingTime
from operations.setup import forms, services
from operations.setup.models import MailTest
from operations.setup.office_file import export_office, to_json

COMPONENTS = 14
"""Components of a standard (PermenPANRB 15/2014)."""

MAX_NAMED = 5
"""People named in a sentence."""


class Level(StrEnum):
    """READY, WARNING (the service may open), or MISSING (it may not)."""

    READY = "ready"
    WARNING = "warning"
    MISSING = "missing"


@dataclass(frozen=True)
class Check:
    """One line of the checklist. `step` is the page that mends it."""

    name: str
    step: str
    title: str
    level: Level
    text: str


type Result = tuple[Level, str]
"""The result of a check, and a sentence about it."""


def get_checklist() -> list[Check]:
    """Return all lines. It takes at most four queries beside what the process remembers."""
    held = list_current_appointments()
    lines = [
        ("identity", "identitas", _("Identitas dan kop"), _check_identity()),
        ("hours", "jam", _("Jam layanan"), _check_hours()),
        ("divisions", "bidang", get_words().division_name, _check_divisions()),
        ("roles", "pegawai", _("Tiap langkah ada orangnya"), _check_roles(held)),
        ("accounts", "undangan" if held else "pegawai", _("Akun aktif"), _check_accounts(held)),
        ("standard", "standar", _("Standar layanan"), _check_standard()),
        ("rooms", "layanan", _("Ruang konsultasi"), _check_rooms()),
        ("mail", "layanan", _("Surel"), _check_mail()),
    ]
    if Office.load().awaits_staff_check:  # after the opening, the head checks who was named before (ADR 47)
        text = with_words(_("Menunggu %(head)s memeriksanya di meja kerjanya."))
        lines.append(("people", "pegawai", _("Daftar orang"), (Level.WARNING, text)))
    return [Check(name, step, title, *result) for name, step, title, result in lines]


def _check_identity() -> Result:
    office = Office.load()
    fields = ("government", "name", "unit_code", "address", "city")
    missing = [str(label_for_field(name, Office)) for name in fields if not getattr(office, name)]
    if missing:
        return Level.MISSING, _("Belum diisi: %(fields)s.") % {"fields": ", ".join(missing)}
    if not office.coat_of_arms:
        return Level.WARNING, _("Kop tanpa lambang daerah. Lambang dapat ditambahkan kapan saja.")
    return Level.READY, f"{office.government}, {office.name}"


def _check_hours() -> Result:
    hours = WorkingTime.load()
    if not hours.hours:
        return Level.MISSING, _("Belum ada jam layanan, jadi tidak ada waktu yang ditawarkan.")
    return Level.READY, hours.sentence()


def _check_divisions() -> Result:
    divisions = list_active_divisions()
    if not divisions:
        return Level.MISSING, _("Belum ada unit kerja.")
    return Level.READY, _("%(n)s unit kerja") % {"n": len(divisions)}


def _check_roles(held: list[Appointment]) -> Result:
    """Each step of the standard needs somebody: Sekretariat, Tim PKD, the head, and each division's head."""
    people = Counter(Role(row.position.role) for row in held)
    headed = {row.position.division_id for row in held if row.position.role == Role.DIVISION_HEAD}
    served = {row.position.division_id for row in held if row.position.role == Role.OFFICER}
    needed = [Role.SECRETARIAT, Role.TIM_PKD, Role.HEAD]
    if Office.load().has_secretary:
        needed.append(Role.SECRETARY)
    divisions = list_active_divisions()
    missing = [str(role.label) for role in needed if not people[role]]
    missing += [f"{Role.DIVISION_HEAD.label} {one}" for one in divisions if one.pk not in headed]
    warnings = [f"{Role.OFFICER.label} {one}" for one in divisions if one.pk not in served]
    if not people[Role.SUPERVISOR]:
        warnings.append(_("Pengawas (pengaduan tentang pimpinan)"))
    for level, roles in ((Level.MISSING, missing), (Level.WARNING, warnings)):
        if roles:
            return level, _("Belum ada: %(roles)s.") % {"roles": ", ".join(roles)}
    return Level.READY, ", ".join(f"{role.label} {people[role]}" for role in Role if people[role])


def _check_accounts(held: list[Appointment]) -> Result:
    if not held:
        return Level.MISSING, _("Belum ada pegawai.")
    people = {row.user_id for row in held}
    waiting = [user for user in list_without_password() if user.pk in people]
    text = _("%(active)s dari %(all)s") % {"active": len(people) - len(waiting), "all": len(people)}
    if not waiting:
        return Level.READY, text
    names = ", ".join(str(user) for user in waiting[:MAX_NAMED]) + (" …" if len(waiting) > MAX_NAMED else "")
    return Level.WARNING, f"{text}. " + _("Belum: %(names)s") % {"names": names}


def _check_standard() -> Result:
    number = Office.load().standard_number
    decrees = [component.is_decreed for component in get_components().values() if component.items]
    if len(decrees) < COMPONENTS or not number:
        parts = _("%(n)s dari 14 komponen") % {"n": len(decrees)}
        return Level.MISSING, parts if number else _("%(parts)s; nomor SK belum diisi") % {"parts": parts}
    if not any(decrees):
        return Level.WARNING, f"SK {number}. " + _("Belum ada komponen yang ditetapkan.")
    if not any(step.stage for step in list_standard_steps()):
        return Level.WARNING, f"SK {number}. " + _("Belum ada langkah yang dihubungkan dengan tahapnya.")
    return Level.READY, f"SK {number}"


def _check_rooms() -> Result:
    if rooms := list_active_rooms():
        return Level.READY, ", ".join(map(str, rooms))
    return Level.MISSING, _("Belum ada ruang. Setiap konsultasi di kantor memesan satu ruang.")


def _check_mail() -> Result:
    test = MailTest.objects.first()
    if test is None:
        return Level.WARNING, _("Belum diuji. Kirim surel uji.")
    moment = date_format(localtime(test.at), "SHORT_DATETIME_FORMAT")
    if test.error:
        return Level.WARNING, f"{test.error} ({moment})"
    return Level.READY, _("Surel uji diterima server %(moment)s") % {"moment": moment}


STEPS: dict[str, tuple[str, Promise]] = {
    "identitas": ("setup_identity", gettext_lazy("Identitas dan kop")),
    "jam": ("setup_hours", gettext_lazy("Jam layanan")),
    "bidang": ("setup_divisions", word("division_name")),
    "pegawai": ("staff_import", gettext_lazy("Pegawai dan jabatan")),
    "standar": ("setup_standard", gettext_lazy("Standar layanan")),
    "layanan": ("setup_service", gettext_lazy("Ruang, tanda tangan, dan pesan")),
    "periksa": ("setup_check", gettext_lazy("Periksa dan buka layanan")),
}
"""URL names and titles by their name in the URL."""


@dataclass(frozen=True)
class Step:
    number: int
    name: str
    page: str
    title: Promise
    is_done: bool
    is_current: bool
    text: str


@dataclass(frozen=True)
class Progress:
    """All steps, and the current one."""

    steps: list[Step]
    current: Step

    @property
    def done_count(self) -> int:
        return sum(step.is_done for step in self.steps)


def get_progress(name: str, checks: Sequence[Check], *, is_open: bool) -> Progress:
    steps = []
    for number, (other, (page, title)) in enumerate(STEPS.items(), start=1):
        own = [check for check in checks if check.step == other]
        missing = [check for check in own if check.level == Level.MISSING]
        is_done = is_open if other == "periksa" else not missing
        text = (missing or own)[0].text if own else ""
        steps.append(Step(number, other, page, title, is_done, other == name, text))
    return Progress(steps, next(step for step in steps if step.is_current))


def get_first_open(checks: Sequence[Check]) -> str:
    """Return the step where the set-up continues: the first that lacks something, else the last."""
    missing = {check.step for check in checks if check.level == Level.MISSING}
    return next((name for name in STEPS if name in missing), "periksa")


def get_summary() -> Progress:
    """Return the progress of a set-up that is not finished, for the desk of an administrator."""
    checks = get_checklist()
    return get_progress(get_first_open(checks), checks, is_open=False)


def open_service(*, by: User) -> None:
    """Open the service for good and record it in the audit log. If it is open, do nothing.

    Nobody outside is notified. The desk of the head then asks to check the people who were named before
    (ADR 47). Raise PermissionDenied if `by` is no administrator, Refused if the checklist is not complete.
    """
    rights.SET_UP.check(by)
    with transaction.atomic():
        Office.lock()
        if any(check.level == Level.MISSING for check in get_checklist()):
            raise Refused(_("Layanan belum dapat dibuka. Lengkapi dahulu yang masih kurang."))
        opened = {"opened_at": clock.now(), "awaits_staff_check": True}
        if Office.objects.filter(pk=1, opened_at=None).update(**opened):
            record(Act.SETTING, by=by, target="Layanan dibuka")
            leave_entry(Office.load())


for_administrators = requires(rights.SET_UP)


def render_step(request: HttpRequest, name: str, **context: Any) -> HttpResponse:
    """Render the page of a step; with status 422 if `form` has errors."""
    checks, office = get_checklist(), Office.load()
    progress = get_progress(name, checks, is_open=office.is_open)
    form = context.get("form")
    status = 422 if form is not None and form.errors else 200
    more = {"checks": checks, "progress": progress, "office": office, **context}
    return render(request, f"setup/{name}.html", more, status=status)


PICTURE_BYTES = 5 * 1024 * 1024
HOLIDAY_DAYS = 365
"""Days for which holidays of the law are shown."""


@body_limit(files=PICTURE_BYTES)
@for_administrators
@require_http_methods(["GET", "HEAD", "POST"])
def identity(request: StaffRequest) -> HttpResponse:
    form = forms.IdentityForm(request.POST or None, request.FILES or None, instance=copy(Office.load()))
    if "preview" in request.POST:
        return render_step(request, "identitas", form=form, shown=_show_typed(request, form))
    if form.is_valid():
        entered = form.cleaned_data
        entered["coat_of_arms"] = entered["coat_of_arms"] or ""  # False: the picture is removed
        services.store_office(by=request.user, **entered)
        return redirect("setup_hours")
    return render_step(request, "identitas", form=form, shown=Office.load())


@body_limit(files=PICTURE_BYTES)
@for_administrators
@require_POST
def letterhead(request: HttpRequest) -> HttpResponse:
    """Return the letterhead with the typed values, as a part of the identity page."""
    form = forms.IdentityForm(request.POST, instance=copy(Office.load()))
    return render(request, "setup/letterhead.html", {"shown": _show_typed(request, form)})


def _show_typed(request: HttpRequest, form: forms.IdentityForm) -> Office:
    shown: Office = form.instance
    for name in ("government", "name", "address", "phone", "email", "website"):
        setattr(shown, name, request.POST.get(name, "")[:300])
    return shown


@for_administrators
@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: StaffRequest) -> HttpResponse:
    since = clock.today()
    form = forms.HoursForm(request.POST or None, since=since)
    if form.is_valid():
        by = request.user
        services.store_hours(form.cleaned_data["week"], by=by)
        services.store_closed_days(form.cleaned_data["closed_days"], by=by, since=since)
        return redirect("setup_divisions")
    worktime = WorkingTime.load()
    days = (since + dt.timedelta(days=n) for n in range(HOLIDAY_DAYS))
    holidays = [(day, name) for day in days if (name := worktime.get_holiday(day))]
    return render_step(request, "jam", form=form, holidays=holidays)


@for_administrators
@require_http_methods(["GET", "HEAD", "POST"])
def divisions(request: StaffRequest) -> HttpResponse:
    form = forms.DivisionsForm(request.POST or None)
    if form.is_valid():
        services.store_divisions(form.cleaned_data["divisions"], by=request.user)
        return redirect("staff_import")
    return render_step(request, "bidang", form=form)


@for_administrators
@require_http_methods(["GET", "HEAD", "POST"])
def standard(request: StaffRequest) -> HttpResponse:
    form = forms.StandardForm(request.POST or None)
    if form.is_valid():
        names = ("standard_number", "decree_on", "service_minutes", "is_free", "steps", "requirements")
        entered = {name: form.cleaned_data[name] for name in names}
        services.store_standard(form.entered_components, by=request.user, **entered)
        return redirect("setup_service")
    return render_step(request, "standar", form=form)


@for_administrators
@require_http_methods(["GET", "HEAD", "POST"])
def service(request: StaffRequest) -> HttpResponse:
    by = request.user
    form = forms.ServiceForm(request.POST or None, instance=copy(Office.load()))
    if form.is_valid():
        rooms = form.cleaned_data.pop("rooms")
        services.store_rooms(rooms, by=by)
        services.store_office(by=by, **form.cleaned_data)
        return redirect("setup_check")
    test_form = forms.MailTestForm(initial={"recipient": by.email})
    return render_step(request, "layanan", form=form, test_form=test_form)


@for_administrators
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    return redirect(STEPS[get_first_open(get_checklist())][0])


@for_administrators
@reauthentication_required(allow_get=True)
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: StaffRequest) -> HttpResponse:
    """Show the checklist. POST opens the service."""
    if request.method == "POST":
        done = _("Layanan dibuka. Masyarakat dapat mengajukan konsultasi.")
        return handle_button(request, partial(open_service, by=request.user), done, "setup_check")
    checks = get_checklist()
    missing, warnings = (
        [one for one in checks if one.level == level] for level in (Level.MISSING, Level.WARNING)
    )
    return render_step(request, "periksa", missing=missing, warnings=warnings, is_ready=not missing)


@for_administrators
@reauthentication_required
@require_safe
def office_file(request: StaffRequest) -> HttpResponse:
    """Download the office file. It names people, so the audit log has an entry."""
    record(Act.EXPORT, by=request.user, target="berkas kantor")
    headers = {"Content-Disposition": 'attachment; filename="berkas-kantor.json"'}
    return HttpResponse(to_json(export_office()), content_type="application/json", headers=headers)


@for_administrators
@require_safe
def sample(request: HttpRequest) -> HttpResponse:
    """Show a document with the office's letterhead: the published standard."""
    return HttpResponse(published_standard(), content_type="application/pdf")
