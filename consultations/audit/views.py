"""The page of the audit log (Catatan akses) with its filters, and what an applicant reads of it."""

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from consultations.audit.models import Act, AuditEntry
from consultations.audit.services import list_readings_by_day, record, visible_entries
from consultations.models import Case
from consultations.secret_link import behind_secret
from kit.filters import DayFilter, FilterBar
from kit.pagination import newest_first
from office import rights
from office.models import Role, User
from office.rights import StaffRequest, requires

APPLICANTS = "pemohon"
"""Value of the filter of persons for acts of applicants, who have no account."""


class AuditFilter(FilterBar):
    """Filters of the entries that a user may read. An invalid value filters nothing and shows an error."""

    orang = django_filters.ChoiceFilter(label=_("Orang"), empty_label=_("Semua"), method="of_person")
    permohonan = django_filters.CharFilter(
        label=_("Kode lacak"), method="of_case", max_length=20, widget=forms.TextInput
    )
    perbuatan = django_filters.ChoiceFilter(
        label=_("Perbuatan"), field_name="act", choices=Act.choices, empty_label=_("Semua")
    )
    sejak = DayFilter("at", _("Sejak"))
    sampai = DayFilter("at", _("Sampai"), is_last=True)

    def __init__(self, params: QueryDict, user: User) -> None:
        super().__init__(params, visible_entries(user))
        people = User.objects.order_by("name", "pk").only("name", "username")
        choices = [(APPLICANTS, _("Pemohon")), *((str(person.pk), str(person)) for person in people)]
        self.filters["orang"].extra["choices"] = choices

    def of_person(self, found: QuerySet[AuditEntry], name: str, value: str) -> QuerySet[AuditEntry]:
        if value == APPLICANTS:
            return found.filter(user=None, case__isnull=False)
        return found.filter(user=int(value))

    def of_case(self, found: QuerySet[AuditEntry], name: str, value: str) -> QuerySet[AuditEntry]:
        return found.filter(case__in=Case.objects.filter(code=value.strip().upper()).values("pk"))

    @property
    def names(self) -> str:
        """Names of the filters that are set, for the entry about this reading."""
        return ", ".join(name for name in self.filters if self.form.cleaned_data.get(name))


FIELDS = ("at", "act", "title", "address", "target", "user__name", "user__username", "case__code")


@requires(rights.READ_AUDIT_LOG)
@require_safe
def access_log(request: StaffRequest) -> HttpResponse:
    """List the entries that the user may read, newest first. The reading is recorded itself."""
    chosen = AuditFilter(request.GET, request.user)
    page = newest_first(chosen.qs, request.GET, shown=FIELDS)
    record(Act.AUDIT_LOG, by=request.user, target=chosen.names)
    context = {"filter": chosen, "page": page, "opens_cases": Role.HEAD in request.user.roles}
    return render(request, "audit/log.html", context)


@behind_secret(opens_by_code=False)
def readings(request: HttpRequest, case: Case) -> HttpResponse:
    """Show the applicant on which days who opened what of the case: positions, without names."""
    return render(request, "audit/readings.html", {"case": case, "days": list_readings_by_day(case)})
