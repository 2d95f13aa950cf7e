"""Pages of the changes of access: the list, a form for each kind, and the decision by a second person."""

from functools import partial
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from kit import clock
from kit.form_view import handle_form
from kit.forms import LocalDateField
from kit.refusal import Refused
from office import rights
from office.access import changes
from office.access.changes import Kind
from office.models import (
    AccessChange,
    Appointment,
    FactorRequirement,
    Office,
    Position,
    Role,
    User,
    list_holders,
)
from office.models.people import MAX_GRACE_DAYS, ORDER_MISSING, list_roles, list_second_factors
from office.rights import StaffRequest, requires
from office.signals import access_changes_opened


class ProposalForm(forms.Form):
    """Form for a change that has one field, the user. Subclasses add fields.

    The cleaned data are the arguments of `propose()`.
    """

    kind: Kind
    user = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Pegawai"),
        empty_label=_("Pilih pegawai"),
        error_messages={"required": _("Pilih pegawainya.")},
    )

    def __init__(self, *args: Any, kind: Kind, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.by = kind, by
        if "user" in self.fields:
            self.fields["user"].queryset = _list_people(kind, by)  # type: ignore[attr-defined]


def _list_people(kind: Kind, by: User) -> Any:
    people = User.objects.filter(is_active=kind != Kind.OPEN_ACCOUNT).order_by("name", "pk")
    match kind:
        case Kind.GRANT_ADMIN | Kind.REVOKE_ADMIN:
            return people.filter(is_staff=kind == Kind.REVOKE_ADMIN)
        case Kind.PASSWORD:
            return people.exclude(pk=by.pk)
        case Kind.FACTOR:
            has_factor = Q(pk__in=list_second_factors().values("user"))
            return people.filter(has_factor | Q(factor_asked_at__isnull=False)).exclude(pk=by.pk)
    return people


class AppointForm(ProposalForm):
    position = forms.ModelChoiceField(
        Position.objects.order_by("title", "pk"),
        label=_("Jabatan"),
        empty_label=_("Pilih jabatan"),
        error_messages={"required": _("Pilih jabatannya.")},
    )
    acting = forms.ChoiceField(
        label=_("Sebagai"),
        choices=[("", _("Pejabat definitif")), *Appointment.Acting.choices],
        required=False,
    )
    order_number = forms.CharField(label=_("Nomor Surat Perintah"), max_length=100, required=False)
    order_date = LocalDateField(
        label=_("Tanggal Surat Perintah"),
        required=False,
        help_text=_("Keduanya wajib untuk Plt., Plh., dan Pj.; kosongkan untuk pejabat definitif."),
    )
    starts = LocalDateField(
        label=_("Mulai"), initial=clock.today, error_messages={"required": _("Isi tanggal mulainya.")}
    )
    ends = LocalDateField(label=_("Sampai (boleh kosong)"), required=False)

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or {}
        starts, ends = entered.get("starts"), entered.get("ends")
        if starts and ends and ends < starts:
            self.add_error("ends", _("Tanggal sampai tidak boleh sebelum tanggal mulai."))
        if not entered.get("acting"):
            entered |= {"order_number": "", "order_date": None}
        elif not (entered.get("order_number") and entered.get("order_date")):
            self.add_error("order_number", str(ORDER_MISSING))
        return entered


class _AppointmentChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return _("%(name)s, %(title)s, sejak %(first)s") % {
            "name": obj.user,
            "title": obj.title,
            "first": f"{obj.starts:%d-%m-%Y}",
        }


class LastDayForm(ProposalForm):
    """Propose the last day of an appointment. The user is the holder of the appointment."""

    user = None  # type: ignore[assignment]  # removes the field
    appointment = _AppointmentChoice(
        Appointment.objects.filter(ended_at=None)
        .select_related("user", "position")
        .order_by("user__name", "-starts"),
        label=_("Pemangku jabatan"),
        empty_label=_("Pilih pemangku jabatan"),
        error_messages={"required": _("Pilih pemangku jabatannya.")},
    )
    ends = LocalDateField(
        label=_("Hari terakhir (boleh kosong)"),
        required=False,
        help_text=_("Kosong: berlaku tanpa batas. Pada hari terakhir wewenangnya masih berlaku."),
    )

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or {}
        if "appointment" in entered:
            entered["user"] = entered["appointment"].user
        return entered


class EmailForm(ProposalForm):
    value = forms.EmailField(label=_("Alamat surel baru (boleh kosong)"), required=False)


class NipForm(ProposalForm):
    value = forms.CharField(
        label=_("NIP baru (boleh kosong)"),
        required=False,
        max_length=18,
        validators=User._meta.get_field("nip").validators,
        help_text=_("18 angka, tanpa spasi."),
    )


class FactorForm(ProposalForm):
    is_here = forms.BooleanField(
        label=_("Orang ini berdiri di depan saya, dan saya mengenalnya atau sudah memeriksa KTP-nya."),
        error_messages={"required": _("Centang sesudah Anda memastikannya sendiri.")},
    )

    def clean(self) -> dict[str, Any]:
        """Remove the checkbox from the cleaned data: it is no argument of `propose()`."""
        entered = super().clean() or {}
        entered.pop("is_here", None)
        return entered


class FactorRuleForm(ProposalForm):
    """Propose whether a role needs a second factor. The change is stored with its proposer as `user`."""

    user = None  # type: ignore[assignment]  # removes the field
    role = forms.ChoiceField(label=_("Peran"), choices=list_roles)
    is_required = forms.BooleanField(label=_("Wajib memakai verifikasi dua langkah"), required=False)
    grace_days = forms.IntegerField(
        label=_("Masa persiapan (hari)"),
        initial=14,
        min_value=0,
        max_value=MAX_GRACE_DAYS,
        help_text=FactorRequirement._meta.get_field("grace_days").help_text,
    )

    def clean(self) -> dict[str, Any]:
        rule = FactorRequirement(**(super().clean() or {}))
        return {"user": self.by, "value": rule.value}


FORMS: dict[str, tuple[Kind, type[ProposalForm]]] = {
    "jabatan": (Kind.APPOINT, AppointForm),
    "hari-terakhir": (Kind.LAST_DAY, LastDayForm),
    "jadikan-administrator": (Kind.GRANT_ADMIN, ProposalForm),
    "cabut-administrator": (Kind.REVOKE_ADMIN, ProposalForm),
    "tutup-akun": (Kind.CLOSE_ACCOUNT, ProposalForm),
    "buka-akun": (Kind.OPEN_ACCOUNT, ProposalForm),
    "kata-sandi": (Kind.PASSWORD, ProposalForm),
    "surel": (Kind.EMAIL, EmailForm),
    "nip": (Kind.NIP, NipForm),
    "verifikasi": (Kind.FACTOR, FactorForm),
    "kewajiban-verifikasi": (Kind.FACTOR_RULE, FactorRuleForm),
}


class DecisionForm(forms.Form):
    """Form of the second person's decision. For a recovery of a second factor, that person must confirm that
    the owner of the account is present."""

    is_here = FactorForm.base_fields["is_here"]

    def __init__(self, *args: Any, change: AccessChange, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if change.kind != Kind.FACTOR:
            del self.fields["is_here"]


MAX_SHOWN = 50
"""Proposals that each part of the list shows, the latest first."""


@require_safe
def access_changes(request: StaffRequest) -> HttpResponse:
    """List the changes that the user may see: those that wait for a decision, then the latest others."""
    visible = changes.visible_changes(request.user)
    access_changes_opened.send(AccessChange, by=request.user)
    takes_part = rights.CHANGE_ACCESS.is_held_by(request.user)
    context = {
        "waiting": changes.list_open(visible)[:MAX_SHOWN],
        "past": changes.list_past(visible)[:MAX_SHOWN],
        "takes_part": takes_part,
        "is_alone": takes_part and not (Office.load().is_open and changes.has_had_others(request.user)),
        "lacks_supervisor": takes_part and not list_holders(Role.SUPERVISOR),
        "kinds": [(name, kind.label) for name, (kind, _form) in FORMS.items()],
    }
    return render(request, "office/access_changes.html", context)


@requires(rights.CHANGE_ACCESS)
def propose_access(request: StaffRequest, name: str) -> HttpResponse:
    """Propose a change of one kind."""
    if name not in FORMS:
        raise Http404
    return _propose_access(request, *FORMS[name])


@reauthentication_required
def _propose_access(request: StaffRequest, kind: Kind, form_class: type[ProposalForm]) -> HttpResponse:

    def act(**entered: Any) -> HttpResponse:
        _announce(request, changes.propose(kind, by=request.user, **entered))
        return redirect("access_changes")

    make = partial(form_class, kind=kind, by=request.user)
    chosen = {field: request.GET[field] for field in ("user", "appointment") if field in request.GET}
    context = {"kind": kind, "at_once": kind == Kind.CLOSE_ACCOUNT}
    return handle_form(request, make, act, "office/propose_access.html", context, initial=chosen)


@requires(rights.CHANGE_ACCESS)
@reauthentication_required
def access_change(request: StaffRequest, pk: int) -> HttpResponse:
    """Show a proposal to the users who decide, with the buttons of the decision."""
    by = request.user
    change = get_object_or_404(changes.visible_changes(by), pk=pk)
    refuses = request.POST.get("decision") == "refuse"
    form = DecisionForm(None if refuses else request.POST or None, change=change)
    if request.method == "POST" and (refuses or form.is_valid()):
        decide = changes.refuse if refuses else changes.confirm
        try:
            _announce(request, decide(change, by=by))
            return redirect("access_changes")
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("access_change", pk)
    context = {"change": change, "form": form, "objection": changes.get_objection(change, by)}
    return render(request, "office/access_change.html", context, status=422 if form.errors else 200)


def _announce(request: HttpRequest, change: AccessChange) -> None:
    """Show the result to the user. Send a mail to the old e-mail address if it was replaced."""
    if change.outcome == changes.Outcome.REFUSED:
        messages.info(request, _("Usulan ditolak. Tidak ada yang berubah."))
    elif change.is_open:
        messages.info(request, _("Usulan tercatat. Berlaku setelah orang kedua menyetujuinya."))
    else:
        messages.success(request, _("Berlaku: %(change)s") % {"change": change.summary})
        if change.kind == Kind.EMAIL and change.before:
            context = {"from_email": change.before, "to_email": change.value}
            get_adapter(request).send_notification_mail(
                "account/email/email_changed", change.user, context, change.before
            )
