"""Corrections of a request by the staff: name, contact, subject and code (Perbaikan Data).

Papers that were issued before stay as they are. Later ones show the new values.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from crispy_forms.layout import HTML, LayoutObject
from django.core.exceptions import PermissionDenied
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy as _
from phonenumber_field.phonenumber import to_python

from consultations.classification import ClassificationField
from consultations.enums import Identity
from consultations.forms import StepForm
from consultations.identity import get_handling_parties
from consultations.models import Case, DataCorrection, HiddenIdentity
from consultations.parties import parties
from consultations.personal_fields import IDENTIFYING, PERSONAL, Readers
from consultations.workflow import check, transition
from kit.encryption import Unreadable
from kit.forms import PhoneField, email_field, line_field, reason_field, side_by_side
from kit.phones import readable
from kit.records import ERASED
from kit.refusal import Refused
from office.models import Office, User
from office.models.codes import check_full_code
from office.words import with_words_lazy

type Changes = dict[str, tuple[str, str]]

OF_APPLICANT = ("applicant_name", "applicant_position", "organisation", "address", "phone", "email")
OF_AGENDA = ("subject", "classification")
CORRECTABLE = (*OF_AGENDA, *OF_APPLICANT)
"""Columns of the case that the staff may correct."""

FOR_PARTIES = {field.name for field in PERSONAL if field.readers == Readers.PARTIES}

FIRST_CODE = "Kode pertama permohonan ini"
"""Reason of a first classification code (Indonesian, for the record)."""

NO_REASON = _("Tulis alasannya.")
NOTHING_CHANGES = _("Belum ada yang berubah. Perbaiki salah satu isian.")
NO_CONTACT = _("Tulis nomor, surel, atau alamat: tanpa salah satunya, jawaban tidak sampai.")


def list_correctable(case: Case, by: User) -> tuple[str, ...]:
    """Return the columns that the user may correct.

    Users who handle a complaint may correct a hidden identity. An anonymous complainant has none. A code is
    corrected once the case is in the agenda.
    """
    of_agenda = OF_AGENDA if case.agenda else ("subject",)
    handles = case.identity == Identity.CONFIDENTIAL and bool(get_handling_parties(by, case))
    return (*of_agenda, *OF_APPLICANT) if case.identity == Identity.OPEN or handles else of_agenda


def correct_data(case: Case, *, by: User, reason: str = "", **typed: Any) -> None:
    """Correct columns of `list_correctable()`, and store each old and new value with the reason.

    Only a first classification code needs no reason.

    An empty value of a hidden identity changes nothing, because the form does not show what is stored. Raise
    PermissionDenied for other columns. Raise Refused if nothing changes, or if no contact remains.
    """
    checked = check("correct_data", case, by=by)
    if not {*typed} <= {*list_correctable(case, by)}:
        raise PermissionDenied
    is_hidden = case.identity == Identity.CONFIDENTIAL
    hidden = HiddenIdentity.objects.get(case=case) if is_hidden else None
    stored = {name: str(_read(case, hidden, name)) for name in CORRECTABLE}
    if classification := typed.get("classification"):
        check_full_code(classification, is_complete=Office.load().only_listed_codes)
    changes = {
        name: (stored[name], str(value))
        for name, value in typed.items()
        if stored[name] != str(value) and (value or not (hidden or name == "classification"))
    }
    if not changes:
        raise Refused(NOTHING_CHANGES)
    is_first_code = [*changes] == ["classification"] and not stored["classification"]
    if not (reason or is_first_code):
        raise Refused(NO_REASON, field="reason")
    new = {**stored, **{name: after for name, (_before, after) in changes.items()}}
    if case.identity != Identity.ANONYMOUS and not (new["phone"] or new["email"] or new["address"]):
        raise Refused(NO_CONTACT, field="address")
    with translation.override("id"):  # the note goes on record
        note = f"{', '.join(get_label(name) for name in changes)}. {reason or FIRST_CODE}"
    with transition("correct_data", case, by=by, note=note, checked=checked) as taken:
        own = {name: typed[name] for name in changes if hidden is None or name in OF_AGENDA}
        by_post = case.identity != Identity.ANONYMOUS and not (new["phone"] or new["email"])
        taken.change(**own, by_post=by_post)
        if hidden:
            for name in changes.keys() - own.keys():
                setattr(hidden, _get_hidden_name(name), typed[name])
            hidden.save()
        taken.record = _store(case, changes, by=by, title=taken.title)


def _read(case: Case, hidden: HiddenIdentity | None, name: str) -> Any:
    return (
        getattr(hidden, _get_hidden_name(name)) if hidden and name not in OF_AGENDA else getattr(case, name)
    )


def _get_hidden_name(name: str) -> str:
    return next(field.hidden_as for field in PERSONAL if field.name == name)


def _store(case: Case, changes: Changes, *, by: User, title: str) -> DataCorrection:
    content = {"values": changes, "salt": secrets.token_hex(16)}
    return DataCorrection.objects.create(
        case=case, by=by, title=title, corrected=" ".join(changes), content=content, sha256=_hash(content)
    )


def _hash(content: Any) -> str:
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def list_altered() -> Iterator[int]:
    """Yield the keys of the corrections whose values are others than were stored. Erased ones have none."""
    for correction in DataCorrection.objects.exclude(sha256=ERASED).order_by("pk").iterator():
        try:
            is_same = _hash(correction.content) == correction.sha256
        except Unreadable:
            is_same = False
        if not is_same:
            yield correction.pk


def get_label(name: str) -> str:
    """Return the name of a column in the language of the reader."""
    column: Any = Case._meta.get_field(name)
    return capfirst(str(column.verbose_name))


def list_corrections(
    case: Case, reader: User, *, reveals: bool = False
) -> list[tuple[DataCorrection, list[tuple[str, str, str]]]]:
    """Return the corrections, the oldest first, each with label, old and new value of each column.

    Contact is withheld from readers without a part in the case, and a hidden identity until it is revealed.
    """
    withheld = {*IDENTIFYING} if case.identity != Identity.OPEN and not reveals else set[str]()
    if not parties(reader, case):
        withheld |= FOR_PARTIES
    secret = gettext("(tidak ditampilkan)")
    found = []
    for correction in DataCorrection.objects.filter(case=case).select_related("by").order_by("pk"):
        values: Mapping[str, Any] = correction.content["values"] if correction.content else {}
        lines = [
            (get_label(name), secret, secret)
            if name in withheld or name not in values
            else (get_label(name), _show(name, values[name][0]), _show(name, values[name][1]))
            for name in correction.corrected.split()
        ]
        found.append((correction, lines))
    return found


def _show(name: str, value: str) -> str:
    number = to_python(value) if name == "phone" else None
    return readable(number) if number and number.is_valid() else value


OPEN_REST = HTML(
    "<details class='stack-s'{% if form.errors %} open{% endif %}>"
    "{% include 'consultations/other_fields.html' %}"
)
CLOSE_REST = HTML("</details>")
"""The rest of the form, folded while only the code is missing."""


class CorrectDataForm(StepForm):
    """Name, contact and subject as they are, and the reason. A hidden identity is not shown."""

    notice = _(
        "Naskah yang sudah terbit tidak berubah. Bila nomor atau surelnya berubah, pemohon diberi tahu di "
        "alamat yang lama dan yang baru."
    )
    subject = line_field(_("Perihal"), 200, missing=_("Tulis perihalnya dalam satu kalimat pendek."))
    classification = ClassificationField(required=False)
    applicant_name = line_field(_("Nama"), 150, missing=_("Tulis nama pemohon."))
    applicant_position = line_field(_("Jabatan"), 100)
    organisation = line_field(with_words_lazy(_("Lembaga atau %(village)s")), 150)
    phone = PhoneField(required=False)
    email = email_field(_("Surel"), _("Tulis alamat surel yang lengkap, contoh: nama@contoh.id."))
    address = line_field(_("Alamat"), 250)
    reason = reason_field(_("Tulis dari mana diketahui, contoh: surat aslinya, atau pemohon datang."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = list_correctable(self.case, self.by) if isinstance(self.by, User) else ()
        for name in {*CORRECTABLE} - {*allowed}:
            del self.fields[name]
        for name in {*OF_AGENDA} & {*allowed}:
            self.initial.setdefault(name, getattr(self.case, name))
        for name in {*OF_APPLICANT} & {*allowed}:
            if self.case.identity == Identity.OPEN:
                self.initial.setdefault(name, getattr(self.case, name))
            else:
                self.fields[name].required = False
                self.fields[name].help_text = _("Kosongkan bila tetap.")
        self.lacks_code = "classification" in self.fields and not self.case.classification
        if self.lacks_code:
            self.fields["reason"].required = False

    def rows(self) -> list[str | LayoutObject]:
        code = ["classification", ClassificationField.SUGGESTIONS] if "classification" in self.fields else []
        rest: list[str | LayoutObject] = ["reason"]
        if "phone" in self.fields:
            pairs = (side_by_side("applicant_position", "organisation"), side_by_side("phone", "email"))
            rest = ["applicant_name", *pairs, "address", "reason"]
        if self.lacks_code:
            return [*code, OPEN_REST, "subject", *rest, CLOSE_REST]
        return ["subject", *code, *rest]
