"""The office's own data after the set-up, in folded sections that are saved one by one."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.db.models import Field, ForeignKey
from django.forms import modelform_factory
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods

from consultations.audit.models import AuditEntry
from kit import clock
from kit.limits import body_limit
from office import rights
from office.models import Office
from office.rights import StaffRequest, requires
from operations.setup import services

PICTURE_BYTES = 5 * 1024 * 1024

SECTIONS: dict[str, tuple[Promise, Sequence[str]]] = {
    "identitas": (
        gettext_lazy("Identitas dan kop"),
        ("government", "name", "address", "city", "phone", "email", "website", "coat_of_arms"),
    ),
    "halaman": (
        gettext_lazy("Halaman dan menu"),
        ("zone", "colour", "menu_level", "map_url", "names_officer"),
    ),
    "sebutan": (
        gettext_lazy("Sebutan"),
        (
            *("word_head", "word_agenda_team", "tim_pkd_meaning", "word_secretariat", "word_secretary"),
            *("word_division_name", "word_division_head", "word_village", "word_matters"),
        ),
    ),
    "standar": (
        gettext_lazy("Standar dan kunjungan"),
        (
            *("standard_number", "service_minutes", "is_free", "visitors_at_once", "visit_lead_days"),
            *(
                "ask_again_days",
                "shares_report",
                "has_secretary",
                "message_hours",
            ),
        ),
    ),
    "naskah": (
        gettext_lazy("Naskah dan nomor"),
        (
            *("unit_code", "paper", "counts_letters", "counts_reports", "number_pattern"),
            *("report_classification", "only_listed_codes", "register_signer", "meeting_notice_days"),
        ),
    ),
    "pengaduan": (
        gettext_lazy("Pengaduan"),
        ("transfer_days", "higher_office", "higher_office_address"),
    ),
    "arsip": (
        gettext_lazy("Arsip"),
        (
            *("archive_unit", "archive_institution", "destruction_approver", "long_destruction_approver"),
            "note_days",
        ),
    ),
}
"""Titles and fields of the sections by their name in the URL. Each field of the profile is in one."""


@dataclass(frozen=True)
class Section:
    """A section with its form, which holds what was typed in the section that is being saved."""

    name: str
    title: Promise
    form: forms.ModelForm
    is_shown: bool
    """Whether the section is unfolded."""

    @cached_property
    def _stored(self) -> dict[str, Any]:
        return {name: getattr(Office.load(), name) for name in self.form.fields}

    @property
    def summary(self) -> str:
        """The first values of the section, in one line."""
        shown = [self._describe(name, value) for name, value in self._stored.items() if value]
        return " · ".join(filter(None, shown[:3]))

    @property
    def empty_count(self) -> int:
        return sum(value in ("", None) or not str(value) for value in self._stored.values())

    def _describe(self, name: str, value: Any) -> str:
        field = cast("Field[Any, Any]", Office._meta.get_field(name))
        if field.choices:
            return str(dict(field.flatchoices)[value])
        label = str(self.form.fields[name].label)
        if value is True:
            return label
        if isinstance(value, int) or isinstance(field, ForeignKey):
            return f"{label}: {value}"
        return "" if name == "coat_of_arms" else str(value).splitlines()[0]


def list_sections(shown: str, typed: tuple[Any, Any] | None = None) -> list[Section]:
    """Return all sections. `typed` are the posted values and files of the section `shown`."""
    found = []
    for name, (title, fields) in SECTIONS.items():
        make = modelform_factory(
            Office, fields=fields, widgets={"address": forms.Textarea({"rows": 3, "autocomplete": "off"})}
        )
        data, files = typed if typed and name == shown else (None, None)
        form = make(data, files, instance=copy(Office.load()), auto_id=f"{name}_%s")
        for bound in form:
            is_posted = data is None or bound.html_initial_name in data
            bound.field.show_hidden_initial = is_posted and not isinstance(bound.field, forms.FileField)
        found.append(Section(name, title, form, name == shown))
    return found


@body_limit(files=PICTURE_BYTES)
@requires(rights.SET_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: StaffRequest, name: str = "") -> HttpResponse:
    """Show all sections, the named one unfolded. POST saves this one. Answer 422 if it has errors.

    Answer 409 if somebody else has changed the same field since the user opened the page.

    Before the set-up has stored an office, the page leads there.
    """
    if Office.load()._state.adding:
        return redirect("setup_identity")
    if name and name not in SECTIONS:
        raise Http404
    is_sent = request.method == "POST"
    if is_sent and not name:
        raise Http404
    sections = list_sections(name, (request.POST, request.FILES) if is_sent else None)
    sent = next((section for section in sections if section.is_shown and is_sent), None)
    status = HTTPStatus.UNPROCESSABLE_CONTENT if sent else HTTPStatus.OK
    if sent and sent.form.is_valid():
        try:
            return _save(request, sent)
        except services.ChangedMeanwhile as changed:
            _show_both(sent.form, changed.fields)
            status = HTTPStatus.CONFLICT
    context = {
        "sections": sections,
        "form": sent.form if sent else None,
        "shown": Office.load(),
        "field_count": sum(len(section.form.fields) for section in sections),
        "empty_count": sum(section.empty_count for section in sections),
    }
    return render(request, "setup/profile.html", context, status=status)


OTHER = object()
"""Stands for a value that the page showed and that is not stored."""


def _list_seen(form: forms.ModelForm) -> dict[str, Any]:
    """Return what the page showed of the fields that the user changed. It is posted beside each field."""
    stored, seen = Office.load(), {}
    for name in form.changed_data:
        shown = form.data.get(form[name].html_initial_name)
        if shown is not None:
            value = getattr(stored, name)
            is_stored = _flatten(shown) == _flatten(form.fields[name].prepare_value(value))
            seen[name] = value if is_stored else OTHER
    return seen


def _flatten(value: Any) -> str:
    """Return a value as browsers post it, without outer spaces and with one kind of line break."""
    return "" if value is None else "\n".join(str(value).splitlines()).strip()


def _show_both(form: forms.ModelForm, stored: Mapping[str, Any]) -> None:
    """Say at each field what somebody else has stored. What was typed stays, and is saved by the next try."""
    form.data = typed = cast("QueryDict", form.data).copy()
    for name, value in stored.items():
        bound, entry = form[name], services.find_editor(name)
        typed[bound.html_initial_name] = now = bound.field.prepare_value(value)
        label = dict(getattr(bound.field, "choices", ())).get(now, value)
        words = {"who": entry.user if entry else _("Orang lain")}
        words |= {"value": "–" if label in ("", None) else label, "when": _describe_moment(entry)}
        form.add_error(name, MEANWHILE % words)


def _describe_moment(entry: AuditEntry | None) -> str:
    """Return when an entry was made: the time, and the day if it is not today."""
    moment = timezone.localtime(entry.at if entry else None)
    if moment.date() == clock.today():
        return _("pukul %(time)s") % {"time": time_format(moment)}
    return _("pada %(day)s pukul %(time)s") % {"day": date_format(moment), "time": time_format(moment)}


MEANWHILE = gettext_lazy(
    "%(who)s menyimpan isian ini %(when)s: %(value)s. Isian Anda belum tersimpan. Simpan lagi bila "
    "isian Anda yang benar."
)


def _save(request: StaffRequest, section: Section) -> HttpResponse:
    """Store the fields that changed."""
    entered = section.form.cleaned_data
    changed = {field: entered[field] for field in section.form.changed_data}
    if changed.get("coat_of_arms") is False:  # the picture is removed
        changed["coat_of_arms"] = ""
    if changed:
        services.store_office(by=request.user, seen=_list_seen(section.form), **changed)
    messages.success(request, _("%(section)s tersimpan.") % {"section": section.title})
    return redirect(f"{reverse('office_profile', args=[section.name])}#{section.name}")
