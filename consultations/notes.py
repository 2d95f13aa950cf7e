"""Notes of colleagues: who may write one, whom it may mention, and when it is deleted."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.dispatch import Signal
from django.utils.translation import gettext_lazy as _

from consultations.enums import ENDED
from consultations.models import Case, CaseNote
from consultations.parties import is_supervisor, parties
from kit import clock
from kit.forms import OfficeForm, TextField
from kit.refusal import Refused
from office.models import Office, User, list_current_holders

mentioned_in_note = Signal()
"""Sent with `case` and `user` after a note has mentioned the user, in the same transaction."""

MAX_CHARACTERS = 1_000
MAX_NOTES = 200
"""Notes of one case."""

CANNOT_SEE = _("Rekan ini tidak dapat melihat permohonan ini, jadi tidak dapat disebut. Pilih rekan lain.")


def may_write_note(user: User, case: Case) -> bool:
    """Return whether the user, who sees the case, may add a note to it. A Pengawas only reads."""
    return case.is_open and not is_supervisor(user)


def list_colleagues(case: Case) -> list[User]:
    """Return the staff who see the case today, by name. The official complained about is left out."""
    copied = set(case.copied_to.values_list("pk", flat=True)) if case.division_id else set()

    def sees(user: User) -> bool:
        heads = {division.pk for division in user.headed_divisions}
        return bool(parties(user, case) or heads & copied or user.pk in case.involved)

    return [user for user in list_current_holders() if user.pk != case.complained_about_id and sees(user)]


def write_note(case: Case, *, by: User, text: str, mentioned: User | None = None) -> CaseNote:
    """Store a note and notify the colleague whom it mentions.

    Raise PermissionDenied if `by` is a Pengawas or does not see the case. Raise Refused if the case has
    ended or has MAX_NOTES, or if the colleague does not see it.
    """
    visible = Case.objects.visible_to(by).filter(pk=case.pk)
    if is_supervisor(by) or not visible.exists():
        raise PermissionDenied
    if not case.is_open:
        raise Refused(_("Permohonan ini sudah berakhir, jadi catatan tidak dapat ditambahkan."))
    if case.notes.count() >= MAX_NOTES:
        raise Refused(_("Catatan permohonan ini sudah penuh."))
    if mentioned and not Case.objects.visible_to(mentioned).filter(pk=case.pk).exists():
        raise Refused(CANNOT_SEE, field="mentioned")
    with transaction.atomic():
        note: CaseNote = case.notes.create(by=by, text=text, mentioned=mentioned)
        if mentioned and mentioned != by:
            mentioned_in_note.send(CaseNote, case=case, user=mentioned)
    return note


def delete_old_notes() -> int:
    """Delete the notes of cases that ended `Office.note_days` ago or earlier. Return their number.

    Notes of a case under a legal hold are not deleted.
    """
    until = clock.midnight(clock.today() - dt.timedelta(days=Office.load().note_days))
    ended = Case.objects.filter(state__in=ENDED, since__lt=until, retained_because="")
    return CaseNote.objects.filter(case__in=ended).delete()[0]


class ColleagueNoteForm(OfficeForm):
    """The text, and a colleague whom it mentions. The script offers the colleagues after an `@`."""

    text = TextField(
        _("Tulis catatan"),
        missing=_("Tulis catatannya."),
        rows=2,
        max_length=MAX_CHARACTERS,
        help_text=_("Hanya untuk kantor, bukan naskah resmi."),
    )
    mentioned = forms.TypedChoiceField(
        label=_("Sebut rekan"),
        required=False,
        empty_value=None,
        error_messages={"invalid_choice": CANNOT_SEE},
    )

    class Media:
        js = [forms.Script("js/mention.js", defer=True)]

    def __init__(self, *args: Any, case: Case, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        colleagues = {str(user.pk): user for user in list_colleagues(case) if user != by}
        field = self.fields["mentioned"]
        field.choices = [("", _("Tidak menyebut siapa pun")), *colleagues.items()]  # type: ignore[attr-defined]
        field.coerce = colleagues.__getitem__  # type: ignore[attr-defined]
