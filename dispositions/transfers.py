"""Cases that are passed on to another institution by letter (Surat Penerusan): services and forms."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from consultations.forms import LongForm, StepForm
from consultations.models import Case
from consultations.workflow import transition
from dispositions.models import Transfer
from kit import clock
from kit.forms import LocalDateField, TextField, line_field, reason_field
from kit.refusal import Refused
from office.models import User


def pass_on(case: Case, *, by: User, institution: str, reason: str, address: str = "") -> None:
    """Step 3: the Kepala Dinas passes a case on by letter to the institution that can handle it."""
    _pass_on("pass_on", case, by, institution, reason, address)


def pass_up(case: Case, *, by: User, institution: str, reason: str, address: str = "") -> None:
    """Step 3: Tim PKD passes on a complaint about the only Kepala Dinas, whom it does not wait for."""
    _pass_on("pass_up", case, by, institution, reason, address)


def _pass_on(verb: str, case: Case, by: User, institution: str, reason: str, address: str) -> None:
    with translation.override("id"):  # the note goes on record
        whole = f"{str(case.wording.name).capitalize()} ini diteruskan kepada {institution}.\n{reason}"
    with transition(verb, case, by=by, note=whole) as taken:
        taken.record = Transfer.objects.create(
            case=case,
            institution=institution,
            address=address,
            reason=reason,
            by=by,
            title=taken.title,
        )
        taken.change(end_reason=whole, passed_to=institution, receipt_awaited=True)


def record_receipt(case: Case, *, by: User, **receipt: Any) -> None:
    """Step 3: the Sekretariat enters that the other institution confirmed the receipt by letter or call.

    `receipt` are the columns `received_on`, `receipt_number`, `receiver_name`, `receiver_position` and
    `receipt_note`. Raise Refused if it is dated before the case was passed on.
    """
    note = f"{receipt['receiver_name']}, {receipt['receiver_position']}"
    with transition("record_receipt", case, by=by, note=note) as taken:
        found = Transfer.objects.filter(case=case)
        if receipt["received_on"] < (passed_on := timezone.localdate(found.get().at)):
            sentence = _("Tanggal diterima tidak boleh sebelum diteruskan, %(day)s.")
            raise Refused(sentence % {"day": date_format(passed_on)}, field="received_on")
        found.update(**receipt, recorded_by=by, confirmed_at=clock.now())
        taken.change(receipt_awaited=False)


def remind_receiver(case: Case, *, by: User, note: str) -> None:
    """Step 3: the Sekretariat reminds the other institution of the receipt; `note` says how and whom."""
    with transition("remind_receiver", case, by=by, note=note):
        pass


class PassOnForm(LongForm):
    """The institution that handles the case instead, and why. It gets a letter, the citizen a copy."""

    is_final = True
    institution = line_field(
        _("Diteruskan kepada"),
        150,
        missing=_("Tulis nama instansinya."),
        help_text=_("Instansi yang berwenang menangani permohonan ini."),
    )
    address = line_field(_("Alamat instansi"), 250)
    reason = reason_field(_("Tulis mengapa permohonan ini diteruskan."))
    notice = _(
        "Suratnya dibuat sesudah ini, dan pemohon mendapat tembusan. Kantor kami mencatat penerimaan "
        "instansi itu. Permohonan yang diteruskan tidak dapat dibuka lagi."
    )


class PassUpForm(PassOnForm):
    """The form of `PassOnForm` for a complaint about the Kepala Dinas."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["institution"].help_text = _("Sekretaris Daerah atau Inspektorat Daerah.")


class RecordReceiptForm(StepForm):
    """The answer of an institution about the receipt of a case that was passed on to it."""

    is_final = True
    notice = _("Menurut surat atau telepon instansi itu. Pemohon membaca isian ini.")
    received_on = LocalDateField(label=_("Tanggal diterima"), initial=clock.today)
    receipt_number = line_field(_("Nomor di instansi itu"), 100)
    receiver_name = line_field(_("Nama penerima"), 150, missing=_("Tulis nama penerima."))
    receiver_position = line_field(_("Jabatan penerima"), 150, missing=_("Tulis jabatan penerima."))
    receipt_note = TextField(_("Catatan"), required=False, rows=3, max_length=2000)

    def clean_received_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["received_on"]
        if day > clock.today():
            raise ValidationError(_("Tanggal diterima tidak boleh lebih dari hari ini."))
        return day


class RemindReceiverForm(StepForm):
    note = reason_field(_("Tulis siapa yang diingatkan, dan lewat apa."), label=_("Siapa dan lewat apa"))
    notice = _("Hubungi instansi itu, lalu catat di sini.")
